import type { Json } from '../json.ts'

/**
 * What one client (an instance, or all instances of a customer) really touches of a contract. Learned from production, or
 * declared. Undefined means unknown, an empty list means observed and nothing found.
 */
export interface Usage {
  readonly operations: readonly OperationUsage[]
  readonly webhooks: readonly WebhookUsage[]
}

export interface OperationUsage {
  readonly method: string
  /** Templated path; the names of its parameters don't matter. */
  readonly path: string
  /** Days since the last call; undefined when calls go on. */
  readonly lastUsedDaysAgo?: number
  /** Headers that all calls carry, such as a pinned version. */
  readonly requestHeaders?: Readonly<Record<string, string>>
  /** Recorded (redacted) requests: proof instead of rule. */
  readonly requests?: readonly RecordedRequest[]
  /**
   * Fields seen in requests, as `items[].sku` and `query status`; `values` when few were seen. For clients whose requests are not recorded.
   * `share`: of the calls that sent what is around the field, those that sent the field; left out: all of them.
   */
  readonly sends?: readonly { field: string; values?: readonly Json[]; share?: number }[]
  /** Media types of sent bodies, and the share of calls that sent one; left out: all. */
  readonly sendsAs?: readonly string[]
  readonly bodyShare?: number
  /** Media types and statuses of the answers that came, with how often each status did. */
  readonly accepts?: readonly string[]
  readonly statuses?: Readonly<Record<string, number>>
  /** Fields read from answers, as `items[].owner.name`; `items[].**` for a value passed on whole. */
  readonly reads?: readonly string[]
}

export interface RecordedRequest {
  readonly body?: Json
  readonly mediaType?: string
  readonly query?: Readonly<Record<string, Json>>
}

export interface WebhookUsage {
  readonly name: string
  readonly reads?: readonly string[]
  /** Recorded (redacted) payloads. */
  readonly deliveries?: readonly Json[]
}

/** How two parties judge changes. Presets differ: adding an enum value is breaking for some schools and additive for others. */
export interface ImpactProfile {
  /** A use longer ago is shown to a person instead of raised. Default 180. */
  readonly staleAfterDays?: number
  /** Rule id → what it means between these parties, for a client that is touched. */
  readonly outcomes?: Readonly<Record<string, 'break' | 'warn' | 'none'>>
}

export const outcomes = ['none', 'notice', 'warn', 'hold', 'break'] as const
/**
 * `break`: raised as breaking for this client. `warn`: shown to a person as a risk. `notice`: nothing breaks yet, a coming
 * break is announced. `hold`: unconfirmed, nobody outside is told. `none`: not raised.
 */
export type Outcome = (typeof outcomes)[number]
