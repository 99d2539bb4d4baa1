import { storableText } from '../database/index.ts'
import type { HeaderValues } from './schemes/scheme.ts'
import type { WebhookSource } from './webhook-source.ts'

export const redacted = '[redacted]'

/** Where the trace of a delivery is kept. Ours: what a sender puts under this name is dropped. */
export const traceHeader = 'bridgekeeper-traceparent'

// By part of the name, because every platform has its own: x-gitlab-token, x-goog-channel-token, x-api-key, …
const credentialNames = /authorization|cookie|token|secret|passw|api[-_]?key|credential/i

/**
 * The headers as they may be stored: values of those that carry credentials are replaced. Signatures stay, they are
 * evidence and no secret. A header in which the source's own id, event, account or time stands is kept whatever its name.
 */
export function redactHeaders(headers: HeaderValues, source: WebhookSource): Record<string, readonly string[]> {
  const credentials = source.scheme.credentialHeaders
  const facts = kept(source).header
  const stored: Record<string, readonly string[]> = {}
  for (const name in headers) {
    if (name === traceHeader) continue
    const hidden = credentials.includes(name) || (credentialNames.test(name) && !facts.has(name))
    const value = hidden ? [redacted] : storableTexts(headers[name]!)
    // A sender may call a header so, and the name would set what the object inherits.
    if (name === '__proto__') Object.defineProperty(stored, name, { value, enumerable: true })
    else stored[name] = value
  }
  return stored
}

function storableTexts(values: readonly string[]): readonly string[] {
  return values.length === 1 && storableText(values[0]!) === values[0] ? values : values.map(storableText)
}

/** The query of a URL as it may be stored, without the question mark; null when there is none. */
export function redactQuery(url: string, source: WebhookSource): string | null {
  const start = url.indexOf('?')
  if (start === -1 || start === url.length - 1) return null
  const query = new URLSearchParams(url.slice(start + 1))
  const facts = kept(source).query
  for (const name of new Set(query.keys())) if (credentialNames.test(name) && !facts.has(name.toLowerCase())) query.set(name, redacted)
  return query.toString().replaceAll('%00', '%EF%BF%BD')
}

interface Kept {
  header: Set<string>
  query: Set<string>
}

const keptOf = new WeakMap<WebhookSource, Kept>()

/** Names in which the source's own facts stand; found once per source, not once per request. */
function kept(source: WebhookSource): Kept {
  const known = keptOf.get(source)
  if (known !== undefined) return known
  const { deliveryId, event, account, occurredAt } = source
  const places = [...deliveryId, ...event, account, occurredAt] as (Partial<Record<keyof Kept, string>> | null)[]
  const names = (kind: keyof Kept) => new Set(places.flatMap((place) => place?.[kind]?.toLowerCase() ?? []))
  const found = { header: names('header'), query: names('query') }
  keptOf.set(source, found)
  return found
}
