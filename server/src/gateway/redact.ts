import { Secret } from '../connections/index.ts'
import type { Headers } from './rate-headers.ts'

const HIDDEN = String(new Secret(''))

/** Names of headers, query parameters and properties whose values are secret on every platform. */
const SECRET_NAME =
  /authorization|cookie|password|passwd|secret|token$|api[-_]?key|private[-_]?key|credential|signature|jwt|^(pwd|session|session_?id|otp|pin|cvc|cvv)$/i

/** Characters of a body that a record keeps. */
const KEPT = 16_384
/** Names repeat from call to call; a body whose names are data must not fill the memory. */
const MAX_NAMES = 10_000

/** Takes secrets out of what a call record keeps. Which values they are is decided by their names. */
export interface Redactor {
  headers(headers: Headers): Record<string, string>
  /** A path with query. */
  path(path: string): string
  /**
   * A body as text, at most its first 16,384 characters.
   *
   * @param value what the text parses to, when the caller has parsed it
   */
  body(text: string, value?: unknown): string
}

/**
 * @param declared  further names that a platform declares; JSON pointers (`/customer/iban`, `*` for any item) hide one place only
 * @param credentialHeaders  names of the headers that carry the credential
 */
export function redactor(declared: readonly string[], credentialHeaders: readonly string[]): Redactor {
  const names = new Set(declared.filter((name) => !name.startsWith('/')).map((name) => name.toLowerCase()))
  for (const name of credentialHeaders) names.add(name)
  const pointers = declared.filter((name) => name.startsWith('/')).map((pointer) => pointer.slice(1).split('/').map(fromPointer))
  const isSecret = remembered((name) => SECRET_NAME.test(name) || names.has(name.toLowerCase()))
  const redactPath = (path: string): string => {
    const mark = path.indexOf('?')
    if (mark < 0) return path
    const pairs = path.slice(mark + 1).split('&')
    const kept = pairs.map((pair) => (isSecret(nameOf(pair)) ? `${pair.split('=')[0]}=${HIDDEN}` : pair))
    return `${path.slice(0, mark)}?${kept.join('&')}`
  }
  const redactValue = (text: string, value: unknown): string => {
    if (pointers.length === 0 && !hasSecret(value, isSecret)) return cut(text)
    const copy = withoutSecrets(value, isSecret)
    for (const pointer of pointers) hide(copy, pointer)
    return cut(JSON.stringify(copy))
  }
  return {
    path: redactPath,
    headers(headers) {
      const kept: Record<string, string> = {}
      for (const name in headers) kept[name] = isSecret(name) ? HIDDEN : headers[name]!
      return kept
    },
    body(text, value) {
      if (typeof value === 'object' && value !== null) return redactValue(text, value)
      if (/^\s*[[{]/.test(text)) return redactText(text, redactValue)
      return cut(/^[^{}<>\s]+=\S*$/.test(text) ? redactPath(`?${text}`).slice(1) : text)
    },
  }
}

function redactText(text: string, redactValue: (text: string, value: unknown) => string): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not JSON after all: where a value ends can't be told, so nothing is kept when there may be a secret in it.
    return /pass|secret|token|key|auth|cookie|credential|signature/i.test(text)
      ? `[unreadable, ${text.length} characters, not kept]`
      : cut(text)
  }
  return redactValue(text, value)
}

function hasSecret(value: unknown, isSecret: (name: string) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some((item) => hasSecret(item, isSecret))
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name]
    if ((isSecret(name) && hides(inner)) || hasSecret(inner, isSecret)) return true
  }
  return false
}

function withoutSecrets(value: unknown, isSecret: (name: string) => boolean): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, isSecret))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSecret(name) && hides(inner) ? HIDDEN : withoutSecrets(inner, isSecret)]),
  )
}

/** Flags and empty values reveal nothing and help in debugging. */
function hides(value: unknown): boolean {
  return value !== null && value !== '' && typeof value !== 'boolean'
}

function hide(value: unknown, [head, ...rest]: readonly string[]): void {
  if (typeof value !== 'object' || value === null || head === undefined) return
  const keys = head === '*' ? Object.keys(value) : Object.hasOwn(value, head) ? [head] : []
  for (const key of keys) {
    const holder = value as Record<string, unknown>
    if (rest.length === 0) holder[key] = HIDDEN
    else hide(holder[key], rest)
  }
}

function remembered(judge: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    if (known.size >= MAX_NAMES) known.clear()
    const verdict = judge(name)
    known.set(name, verdict)
    return verdict
  }
}

function cut(text: string): string {
  return text.length > KEPT ? `${text.slice(0, KEPT)}… [cut]` : text
}

function fromPointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}

function nameOf(pair: string): string {
  try {
    return decodeURIComponent(pair.split('=')[0]!)
  } catch {
    return pair
  }
}
