import { type HeaderValues, type Refusal, refuse } from './scheme.ts'

/** A header's only value, or the refusal. Two values are refused: a proxy and we might each believe another one. */
export function readSignatureHeader(headers: HeaderValues, name: string): string | Refusal {
  const values = headers[name]
  if (values === undefined || values.length === 0 || values[0] === '') {
    return refuse('signature-missing', `The header ${name} is missing.`)
  }
  if (values.length > 1) return refuse('signature-repeated', `The header ${name} arrived ${values.length} times; it must come once.`)
  return values[0]!
}

/** Checks that the moment a sender signed is within the tolerance of our clock; null when it is. */
export function judgeTimestamp(text: string | undefined, receivedAt: Date, toleranceMs: number): Refusal | null {
  if (text === undefined || text === '') return refuse('timestamp-missing', 'The signed timestamp is missing.')
  const atMs = readTimestamp(text)
  if (atMs === null)
    return refuse('timestamp-malformed', 'The signed timestamp is neither whole Unix seconds or milliseconds nor an RFC 3339 date-time.')
  const ageMs = receivedAt.getTime() - atMs
  if (ageMs > toleranceMs) {
    return refuse('timestamp-too-old', `The request was signed ${seconds(ageMs)} ago; at most ${seconds(toleranceMs)} are allowed.`)
  }
  if (ageMs < -toleranceMs) {
    return refuse(
      'timestamp-in-future',
      `The request is signed ${seconds(-ageMs)} ahead of our clock; at most ${seconds(toleranceMs)} are allowed.`,
    )
  }
  return null
}

const seconds = (ms: number) => `${Math.ceil(ms / 1000)} s`
const isoDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** Milliseconds since 1970 of a timestamp as senders write them; null when it is none. Numbers above 10¹¹ are milliseconds. */
export function readTimestamp(text: string): number | null {
  // Digits only: Number() would also read '0x1f', ' 12 ' and '1e9', which are not what was signed.
  if (/^\d{1,15}$/.test(text)) return Number(text) >= 1e11 ? Number(text) : Number(text) * 1000
  const atMs = isoDateTime.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? null : atMs
}

/** Whole Unix seconds, as most schemes sign them. */
export function unixSeconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1000))
}
