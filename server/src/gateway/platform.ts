import type { QueryStyle } from './query-string.ts'
import type { DocumentedLimit } from './rate-budget.ts'
import type { RateLimitNames } from './rate-headers.ts'

/** What the gateway needs to know of a platform; `main` reads it from the Platform entity of the workspace. */
export interface GatewayPlatform {
  name: string
  /** Where calls go, unless the connection names its own. */
  baseUrl?: string
  /** Where a write carries its idempotency key; absent: the platform knows none. `field`: a property of the JSON body, or a JSON pointer to one. */
  idempotency?: { header: string } | { field: string }
  /** Where rate limits stand when the platform uses names of its own, and what holds until it has said something. */
  rateLimit?: { headers?: RateLimitNames; documented?: DocumentedLimit }
  query?: QueryStyle
  /** Sent with every call (API version, user agent); a call's own headers win. */
  headers?: Readonly<Record<string, string>>
  /** What a status means on this platform where it differs from the usual. */
  failures?: Readonly<Record<number, FailureWord>>
  /** Names of body properties, of query parameters and of headers that call records must not keep, besides the usual ones. */
  redact?: readonly string[]
  /** Keep bodies and headers in call records (default), or only who, when, what and how it ended. */
  record?: 'bodies' | 'metadata'
  /** From handing the request over to the last byte of the answer; default 30 s. */
  timeoutMs?: number
  /** How many redirects a GET or HEAD may follow; default 0. */
  maxRedirects?: number
  /** Longest answer in bytes; default 10 MiB. */
  maxResponseBytes?: number
}

export type FailureWord = 'retryable' | 'throttled' | 'credential' | 'customer-data' | 'bug' | 'partner-down'
