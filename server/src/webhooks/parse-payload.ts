import type { HeaderValues } from './schemes/scheme.ts'

/** A body as a value; `problem` says in words why it is none. The bytes are kept either way. */
export type Payload = {
  /** The body as text; null when it is no UTF-8. */
  readonly text: string | null
} & ({ readonly value: unknown; readonly problem: null } | { readonly value: undefined; readonly problem: string })

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a body as JSON, or as a form (`application/x-www-form-urlencoded`), whose field `payload` is read as JSON where
 * there is one, as GitHub and Slack send it. Never throws. Of repeated keys the last counts, as in every JavaScript parser.
 */
export function parsePayload(headers: HeaderValues, body: Uint8Array): Payload {
  const text = decode(body)
  if (text === null) return { text, value: undefined, problem: 'The body is not UTF-8.' }
  return isForm(headers) ? parseForm(text) : parseJson(text, text)
}

/** The media type without parameters, in lower case; empty when the header is absent. */
export function mediaTypeOf(headers: HeaderValues): string {
  const given = headers['content-type']?.[0] ?? ''
  return given === 'application/json' ? given : given.split(';', 1)[0]!.trim().toLowerCase()
}

function isForm(headers: HeaderValues): boolean {
  return mediaTypeOf(headers) === 'application/x-www-form-urlencoded'
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
  return fields.payload === undefined ? { text, value: fields, problem: null } : parseJson(fields.payload, text)
}

function parseJson(json: string, text: string): Payload {
  try {
    return { text, value: JSON.parse(json), problem: null }
  } catch (cause) {
    // The parser quotes what it found; a body may hold secrets, so only its place is told.
    const at = /position (\d+)/.exec((cause as Error).message)?.[1]
    return {
      text,
      value: undefined,
      problem: at === undefined ? 'The body is not JSON.' : `The body is not JSON: it breaks off or errs at character ${at}.`,
    }
  }
}

/**
 * As JSON, but whole numbers that a double cannot hold are their digits as text: ids of 64 bits would otherwise be
 * rounded, and two deliveries would look like one. Only for reading ids; slower than `JSON.parse` where such numbers occur.
 */
export function withExactIntegers(headers: HeaderValues, { text, value, problem }: Payload): unknown {
  if (text === null || problem !== null || !/\d{16}/.test(text) || isForm(headers)) return value
  return JSON.parse(text, exactInteger)
}

function exactInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return context?.source !== undefined && /^-?\d+$/.test(context.source) ? context.source : value
}
