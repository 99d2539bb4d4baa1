import { Secret } from '../connections/index.ts'
import type { Headers } from './rate-headers.ts'

const HIDDEN = String(new Secret(''))

/** Names of headers, query parameters and properties whose values are secret on every platform. */
const SECRET_NAME =
  /authorization|cookie|password|passwd|secret|token$|api[-_]?key|private[-_]?key|credential|signature|jwt|^(pwd|session|session_?id|otp|pin|cvc|cvv)$/i

/** Finds quickly whether a JSON text has such a property; parsing each body again would cost more than the call. */
const SECRET_PROPERTY =
  /"[^"\\]*(?:authorization|cookie|password|passwd|secret|token|api[-_]?key|private[-_]?key|credential|signature|jwt|pwd|session|otp|pin|cvc|cvv)[^"\\]*"\s*:/i

/** Characters of a body that a record keeps. */
const KEPT = 16_384
/** Longer bodies are not looked at whole. */
const LOOKED_AT = 4 * KEPT

/** Takes secrets out of what a call record keeps. */
export interface Redactor {
  headers(headers: Headers): Record<string, string>
  /** A path with query. */
  path(path: string): string
  /** A body as text, at most its first 16,384 characters; JSON is looked at property by property. */
  body(text: string): string
}

/**
 * @param declared      further names that a platform declares; JSON pointers (`/customer/iban`, `*` for any item) hide one place only
 * @param credentialHeaders  names of the headers that carry the credential
 * @param clean         takes the credential itself out of a text
 */
export function redactor(declared: readonly string[], credentialHeaders: readonly string[], clean: (text: string) => string): Redactor {
  const names = new Set(declared.filter((name) => !name.startsWith('/')).map((name) => name.toLowerCase()))
  const pointers = declared.filter((name) => name.startsWith('/')).map((pointer) => pointer.slice(1).split('/').map(fromPointer))
  const isSecret = (name: string): boolean => SECRET_NAME.test(name) || (names.size > 0 && names.has(name.toLowerCase()))
  const redactPath = (path: string): string => {
    const mark = path.indexOf('?')
    if (mark < 0) return clean(path)
    const pairs = path.slice(mark + 1).split('&')
    const kept = pairs.map((pair) => (isSecret(nameOf(pair)) ? `${pair.split('=')[0]}=${HIDDEN}` : pair))
    return clean(`${path.slice(0, mark)}?${kept.join('&')}`)
  }
  return {
    path: redactPath,
    headers(headers) {
      const kept: Record<string, string> = {}
      for (const name in headers) kept[name] = isSecret(name) || credentialHeaders.includes(name) ? HIDDEN : clean(headers[name]!)
      return kept
    },
    body(text) {
      const cleaned = clean(text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text)
      const worthLooking = names.size > 0 || pointers.length > 0 || SECRET_PROPERTY.test(cleaned)
      if (worthLooking && /^\s*[[{]/.test(cleaned)) return cut(redactJson(cleaned, isSecret, pointers))
      return cut(/^[^{}<>\s]+=[^\s]*$/.test(cleaned) ? redactPath(`?${cleaned}`).slice(1) : cleaned)
    },
  }
}

function cut(text: string): string {
  return text.length > KEPT ? `${text.slice(0, KEPT)}… [cut]` : text
}

function redactJson(text: string, isSecret: (name: string) => boolean, pointers: readonly string[][]): string {
  try {
    const value: unknown = JSON.parse(text, (name, inner) => (name !== '' && isSecret(name) && hides(inner) ? HIDDEN : inner))
    for (const pointer of pointers) hide(value, pointer)
    return JSON.stringify(value)
  } catch {
    // Not JSON after all (longer than we look, a template …): a value can't be told from its name's end, so nothing of it is kept.
    return `[unreadable body of ${text.length} characters, not kept]`
  }
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
