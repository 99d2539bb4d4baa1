/** The error taxonomy. It, and not the class of an exception, decides what happens to a run. */
export type FailureKind = 'retryable' | 'throttled' | 'credential' | 'customer-data' | 'bug' | 'partner-down'

/** What a failure may carry along. `status` and `body` are the partner's answer, when there was one. */
export interface FailureDetails {
  status?: number
  body?: unknown
  cause?: unknown
}

const brand = Symbol.for('bridgekeeper.failure')

/** What went wrong in a run, said so that the runtime knows what to do and whom to tell. Throw one of its six kinds. */
export abstract class Failure extends Error {
  abstract readonly kind: FailureKind
  /** HTTP status of the partner's answer; absent when there was no answer. */
  declare readonly status?: number
  /** The partner's answer as parsed; absent when there was none. */
  declare readonly body?: unknown
  readonly [brand] = true

  constructor(message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    if (details.status !== undefined) this.status = details.status
    if (details.body !== undefined) this.body = details.body
  }
}

/** May succeed later by itself: a 5xx, a lost answer, a conflict. The run is tried again with growing delay, then parked. */
export class RetryableFailure extends Failure {
  readonly kind = 'retryable'
  /** Wait at least this long, in milliseconds; absent: the runtime's backoff decides. */
  declare readonly afterMs?: number

  constructor(message: string, details: FailureDetails & { afterMs?: number } = {}) {
    super(message, details)
    if (details.afterMs !== undefined) this.afterMs = details.afterMs
  }
}

/** After which work waits for what others may wait for, too. */
abstract class WaitingFailure extends Failure {
  declare readonly untilMs?: number
  declare readonly key?: string

  constructor(message: string, details: FailureDetails & { untilMs?: number; key?: string } = {}) {
    super(message, details)
    if (details.untilMs !== undefined) this.untilMs = details.untilMs
    if (details.key !== undefined) this.key = details.key
  }
}

/** The partner asks to slow down. All work that shares `key` waits; no attempt of the run is used up. */
export class ThrottledFailure extends WaitingFailure {
  readonly kind = 'throttled'
  /** When to go on, in milliseconds since 1970 UTC; absent: the partner did not say. */
  declare readonly untilMs?: number
  /** The rate budget that is used up; absent: the budget of the connection that made the call. */
  declare readonly key?: string
}

/** The customer's access is missing, revoked or too narrow. The run is parked until the connection works again. */
export class CredentialFailure extends Failure {
  readonly kind = 'credential'
}

/** This customer's data or mapping can't pass: the partner would refuse it however often it is sent. The run is parked for the customer. */
export class CustomerDataFailure extends Failure {
  readonly kind = 'customer-data'
}

/** The integration is wrong. The run is parked for its engineers; a new version can replay it. Any other thrown error counts as this. */
export class BugFailure extends Failure {
  readonly kind = 'bug'
}

/** The partner can't be reached (DNS, refused, TLS, time-out, maintenance). Waits behind the circuit breaker; no attempt is used up. */
export class PartnerDownFailure extends WaitingFailure {
  readonly kind = 'partner-down'
  /** When the partner is tried next, in milliseconds since 1970 UTC; absent: nobody knows. */
  declare readonly untilMs?: number
  /** The circuit that is open; absent: none is, or not yet. */
  declare readonly key?: string
}

export type AnyFailure = RetryableFailure | ThrottledFailure | CredentialFailure | CustomerDataFailure | BugFailure | PartnerDownFailure

/**
 * Tells a failure from any other thrown value.
 * Works across two installed copies of this package, where `instanceof` would say no.
 */
export function isFailure(thrown: unknown): thrown is AnyFailure {
  return typeof thrown === 'object' && thrown !== null && (thrown as { [brand]?: unknown })[brand] === true
}
