import type { Place } from '../workspace/index.ts'
import { parsePayload, withExactIntegers } from './parse-payload.ts'
import type { HeaderValues } from './schemes/scheme.ts'

export interface ReadableRequest {
  readonly headers: HeaderValues
  readonly url: string
  readonly body: Uint8Array
}

/**
 * What stands at a place of a request: text, number or boolean as text; null when it is absent, empty or of another kind.
 *
 * @param payload the body already read, for callers that read several places
 */
export function readPlace(place: Place, request: ReadableRequest, payload: () => unknown = () => payloadOf(request)): string | null {
  if ('header' in place) return request.headers[place.header.toLowerCase()]?.[0] || null
  if ('query' in place) return URL.parse(request.url, 'http://localhost')?.searchParams.get(place.query) || null
  return scalarText(at(payload(), place.body))
}

/** The body as a value for reading ids (see `withExactIntegers`); undefined when it cannot be read. */
export function payloadOf({ headers, body }: ReadableRequest): unknown {
  return withExactIntegers(headers, parsePayload(headers, body))
}

/** The value at a JSON Pointer (RFC 6901); only what the document itself holds, never an inherited property. */
export function at(document: unknown, pointer: string): unknown {
  let value = document
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}
