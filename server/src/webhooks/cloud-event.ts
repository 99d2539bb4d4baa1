import { mediaTypeOf } from './parse-payload.ts'
import { at } from './read-place.ts'
import type { HeaderValues } from './schemes/scheme.ts'

/** The attributes of a CloudEvent 1.0 that ingress cares for; null where the sender gave none. */
export interface CloudEvent {
  readonly id: string | null
  readonly source: string | null
  readonly type: string | null
  readonly time: string | null
  /** What the event is about: in structured mode its `data`, in binary mode the whole body. */
  readonly data: unknown
}

/**
 * Reads a CloudEvent in structured mode (`application/cloudevents+json`) or binary mode (`ce-*` headers); null for
 * anything else. Batches are not read: one delivery is one event.
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function readCloudEvent(headers: HeaderValues, body: () => unknown): CloudEvent | null {
  if (!isCloudEvent(headers)) return null
  if (mediaTypeOf(headers) === 'application/cloudevents+json') {
    const document = body()
    return attributes((name) => at(document, `/${name}`), structuredData(document))
  }
  return attributes((name) => headers[`ce-${name}`]?.[0], body())
}

/** In either mode. */
export function isCloudEvent(headers: HeaderValues): boolean {
  return headers['ce-specversion'] !== undefined || mediaTypeOf(headers) === 'application/cloudevents+json'
}

function attributes(read: (name: string) => unknown, data: unknown): CloudEvent {
  const text = (name: string) => {
    const value = read(name)
    return typeof value === 'string' && value !== '' ? value : null
  }
  return { id: text('id'), source: text('source'), type: text('type'), time: text('time'), data }
}

function structuredData(body: unknown): unknown {
  const encoded = at(body, '/data_base64')
  if (typeof encoded !== 'string') return at(body, '/data')
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
