import type { HeaderValues } from './schemes/scheme.ts'
import type { WebhookSource } from './webhook-source.ts'

export const redacted = '[redacted]'

// By part of the name, because every platform has its own: x-gitlab-token, x-goog-channel-token, x-api-key, …
const credentialNames = /authorization|cookie|token|secret|passw|api[-_]?key|credential/i

/**
 * The headers as they may be stored: values of those that carry credentials are replaced. Signatures stay, they are
 * evidence and no secret. A header in which the source's own id, event, account or time stands is kept whatever its name.
 */
export function redactHeaders(headers: HeaderValues, source: WebhookSource): Record<string, readonly string[]> {
  const credentials = source.scheme.credentialHeaders
  const kept = placesOf(source, 'header')
  // No prototype: a sender may call a header `__proto__`.
  const stored: Record<string, readonly string[]> = Object.create(null)
  for (const name in headers) {
    const hidden = credentials.includes(name) || (credentialNames.test(name) && !kept.has(name))
    stored[name] = hidden ? [redacted] : headers[name]!.map(storableText)
  }
  return stored
}

/** The query of a URL as it may be stored, without the question mark; null when there is none. */
export function redactQuery(url: string, source: WebhookSource): string | null {
  const start = url.indexOf('?')
  if (start === -1 || start === url.length - 1) return null
  const query = new URLSearchParams(url.slice(start + 1))
  const kept = placesOf(source, 'query')
  for (const name of new Set(query.keys())) if (credentialNames.test(name) && !kept.has(name.toLowerCase())) query.set(name, redacted)
  return query.toString().replaceAll('%00', '%EF%BF%BD')
}

function placesOf({ deliveryId, event, account, occurredAt }: WebhookSource, kind: 'header' | 'query'): Set<string> {
  const places = [deliveryId, ...event, account, occurredAt] as (Record<string, string> | null)[]
  return new Set(places.flatMap((place) => place?.[kind]?.toLowerCase() ?? []))
}

function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd')
}
