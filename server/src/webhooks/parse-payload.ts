import type { HeaderValues } from './schemes/scheme.ts'

/** A body as a value; `problem` says in words why it is none. The bytes are kept either way. */
export type Payload = { readonly value: unknown; readonly problem: null } | { readonly value: undefined; readonly problem: string }

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a body as JSON, or as a form (`application/x-www-form-urlencoded`), whose field `payload` is read as JSON where
 * there is one, as GitHub and Slack send it. Never throws. Of repeated keys the last counts, as in every JavaScript parser.
 */
export function parsePayload(headers: HeaderValues, body: Uint8Array): Payload {
  const text = decode(body)
  if (text === null) return { value: undefined, problem: 'The body is not UTF-8.' }
  return mediaTypeOf(headers) === 'application/x-www-form-urlencoded' ? parseForm(text) : parseJson(text)
}

/** The media type without parameters, in lower case; empty when the header is absent. */
export function mediaTypeOf(headers: HeaderValues): string {
  return (headers['content-type']?.[0] ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

function decode(body: Uint8Array): string | null {
  try {
    return decoder.decode(body)
  } catch {
    return null
  }
}

function parseForm(text: string): Payload {
  const fields = Object.fromEntries(new URLSearchParams(text))
  return fields.payload === undefined ? { value: fields, problem: null } : parseJson(fields.payload)
}

function parseJson(text: string): Payload {
  try {
    return { value: JSON.parse(text), problem: null }
  } catch (cause) {
    // The parser quotes what it found; a body may hold secrets, so only its place is told.
    const at = /position (\d+)/.exec((cause as Error).message)?.[1]
    return {
      value: undefined,
      problem: at === undefined ? 'The body is not JSON.' : `The body is not JSON: it breaks off or errs at character ${at}.`,
    }
  }
}

/**
 * As JSON, but whole numbers that a double cannot hold are their digits as text: ids of 64 bits would otherwise be
 * rounded, and two deliveries would look like one. Only for reading ids; slower than `JSON.parse` where such numbers occur.
 */
export function withExactIntegers(headers: HeaderValues, body: Uint8Array, payload: Payload): unknown {
  const text = decode(body)
  if (text === null || payload.problem !== null || !/\d{16}/.test(text)) return payload.value
  if (mediaTypeOf(headers) === 'application/x-www-form-urlencoded') return payload.value
  return JSON.parse(text, exactInteger)
}

function exactInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return context?.source !== undefined && /^-?\d+$/.test(context.source) ? context.source : value
}
