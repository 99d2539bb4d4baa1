export type Headers = Readonly<Record<string, string>>

/** What a partner says about a rate budget. Times are milliseconds since 1970 UTC, by our clock. */
export interface RateWindow {
  limit?: number
  remaining?: number
  resetMs?: number
}

/** Header names of a platform that uses its own, lower case. A value `used/limit` in `remaining` is understood too. */
export interface RateLimitNames {
  limit?: string
  remaining?: string
  reset?: string
}

/** The longest wait that is believed; a partner with a wrong clock or unit must not stop a connection for a year. */
export const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000

const FAMILIES: readonly RateLimitNames[] = ['ratelimit', 'x-ratelimit', 'x-rate-limit'].map((prefix) => ({
  limit: `${prefix}-limit`,
  remaining: `${prefix}-remaining`,
  reset: `${prefix}-reset`,
}))

/**
 * The moment named by Retry-After (RFC 9110 §10.2.3): seconds or an HTTP date. Dates are read against the answer's own
 * Date header, so that a partner's wrong clock cancels out.
 *
 * @returns undefined when there is none or it can't be read; never in the past, never more than a day ahead
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers['retry-after']?.trim()
  if (!value) return undefined
  return momentOf(value, headers, nowMs)
}

/**
 * The state of the partner's rate budget, from `RateLimit` (IETF drafts 3 to 10), `RateLimit-*` and `X-RateLimit-*`.
 * Of several quotas the one with the least left counts.
 */
export function rateWindow(headers: Headers, nowMs: number, names?: RateLimitNames): RateWindow | undefined {
  if (names) {
    const own = windowFrom(headers, names, nowMs)
    if (own) return own
  }
  const structured = headers.ratelimit
  if (structured) return structuredWindow(structured, headers['ratelimit-policy'], nowMs)
  for (const family of FAMILIES) {
    const found = windowFrom(headers, family, nowMs)
    if (found) return found
  }
  return undefined
}

function windowFrom(headers: Headers, names: RateLimitNames, nowMs: number): RateWindow | undefined {
  const remainingText = names.remaining ? headers[names.remaining.toLowerCase()] : undefined
  if (remainingText === undefined) return undefined
  const used = /^\s*(\d+)\s*\/\s*(\d+)/.exec(remainingText)
  if (used) return { limit: Number(used[2]), remaining: Number(used[2]) - Number(used[1]) }
  const remaining = firstInteger(remainingText)
  if (remaining === undefined) return undefined
  const limit = firstInteger(names.limit ? headers[names.limit.toLowerCase()] : undefined)
  const resetText = names.reset ? headers[names.reset.toLowerCase()]?.trim() : undefined
  const resetMs = resetText ? momentOf(resetText, headers, nowMs) : undefined
  return { remaining, ...(limit === undefined ? {} : { limit }), ...(resetMs === undefined ? {} : { resetMs }) }
}

/** `"burst";r=3;t=10, "day";r=900;t=8000` (drafts 8 to 10) or `limit=100, remaining=3, reset=10` (drafts 3 to 7). */
function structuredWindow(value: string, policy: string | undefined, nowMs: number): RateWindow | undefined {
  if (/remaining\s*=/.test(value)) {
    return quota(number(value, 'remaining'), number(value, 'reset'), number(value, 'limit'), nowMs)
  }
  const quotas = value.split(',').flatMap((item) => {
    const name = item.split(';')[0]!.trim()
    const itsPolicy = policy?.split(',').find((part) => part.split(';')[0]!.trim() === name)
    return quota(number(item, 'r'), number(item, 't'), itsPolicy ? number(itsPolicy, 'q') : undefined, nowMs) ?? []
  })
  return quotas.sort((a, b) => a.remaining! - b.remaining! || (b.resetMs ?? 0) - (a.resetMs ?? 0))[0]
}

function quota(
  remaining: number | undefined,
  seconds: number | undefined,
  limit: number | undefined,
  nowMs: number,
): RateWindow | undefined {
  if (remaining === undefined) return undefined
  return {
    remaining,
    ...(limit === undefined ? {} : { limit }),
    ...(seconds === undefined ? {} : { resetMs: believable(nowMs + seconds * 1000, nowMs) }),
  }
}

function number(text: string, name: string): number | undefined {
  const found = new RegExp(`(?:^|[;,\\s])${name}\\s*=\\s*(\\d{1,15})`).exec(text)
  return found ? Number(found[1]) : undefined
}

function firstInteger(text: string | undefined): number | undefined {
  const found = text === undefined ? undefined : /^\s*(-?\d{1,15})/.exec(text)
  return found ? Math.max(0, Number(found[1])) : undefined
}

/** Seconds from now, seconds or milliseconds since 1970, or a date: told apart by size, as the units never overlap. */
function momentOf(text: string, headers: Headers, nowMs: number): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) {
    const value = Number(text)
    if (value < 1e9) return believable(nowMs + value * 1000, nowMs)
    return believable((value < 1e11 ? value * 1000 : value) - clockOffsetMs(headers, nowMs), nowMs)
  }
  const date = dateOf(text)
  return Number.isNaN(date) ? undefined : believable(date - clockOffsetMs(headers, nowMs), nowMs)
}

/** HTTP dates are in UTC also in the old form without a zone (asctime, RFC 9110 §5.6.7), which `Date.parse` takes for local time. */
function dateOf(text: string): number {
  const saysZone = /([A-Za-z]|[+-]\d\d:?\d\d|^\d{4}-\d\d-\d\d)$/.test(text)
  return Date.parse(saysZone ? text : `${text.replace(/(\d)T(\d)/, '$1 $2')} GMT`)
}

/** How far the partner's clock is ahead. Below two seconds it is the rounding of the Date header. */
function clockOffsetMs(headers: Headers, nowMs: number): number {
  const partnerMs = dateOf(headers.date?.trim() ?? '')
  if (Number.isNaN(partnerMs)) return 0
  const offset = partnerMs - nowMs
  return Math.abs(offset) < 2000 ? 0 : offset
}

function believable(momentMs: number, nowMs: number): number {
  return Math.min(Math.max(momentMs, nowMs), nowMs + LONGEST_WAIT_MS)
}
