import type { RateWindow } from './rate-headers.ts'

/** When calls in flight could use up what is left, the next one waits for their answers; this long, in milliseconds. */
const SETTLE_MS = 1000
/** Two resets closer than this are the same window: they come in whole seconds, rounded differently. */
const SAME_WINDOW_MS = 1500
/** How long an exhausted budget without a reset time is believed. */
const UNKNOWN_RESET_MS = 60_000

/** What a platform's documentation promises per credential. */
export interface DocumentedLimit {
  requests: number
  perMs: number
}

/**
 * The rate budget of one credential as this process sees it. What the partner says wins: its count contains the calls of
 * all processes. Between two answers the calls in flight are taken off. A documented limit holds until the partner has said something itself; it
 * is counted by each process for itself, from the first call of a window on.
 */
export class RateBudget {
  readonly #documented: DocumentedLimit | undefined
  #learned = false
  #windowStartMs = 0
  #used = 0
  #remaining: number | undefined
  #resetMs = 0
  #inFlight = 0

  constructor(documented?: DocumentedLimit) {
    this.#documented = documented
  }

  /** @returns undefined when a call may start, else the moment (milliseconds since 1970 UTC) to ask again */
  refusedUntilMs(nowMs: number): number | undefined {
    if (this.#remaining === undefined) return this.#refusedByDocument(nowMs)
    if (nowMs >= this.#resetMs) {
      this.#remaining = undefined
      return undefined
    }
    if (this.#remaining <= 0) return this.#resetMs
    return this.#remaining <= this.#inFlight ? Math.min(nowMs + SETTLE_MS, this.#resetMs) : undefined
  }

  /** The partner said to wait until then: that is later knowledge than the end of any window it named before. */
  exhaust(untilMs: number): void {
    this.#remaining = 0
    this.#resetMs = untilMs
  }

  started(nowMs: number): void {
    this.#inFlight += 1
    if (!this.#documented || this.#learned) return
    if (nowMs >= this.#windowStartMs + this.#documented.perMs) {
      this.#windowStartMs = nowMs
      this.#used = 0
    }
    this.#used += 1
  }

  /** @param window what the answer said; undefined when it said nothing or there was no answer */
  ended(window: RateWindow | undefined, nowMs: number): void {
    // A call can outlive the budget it began under (a new credential, a resume).
    this.#inFlight = Math.max(0, this.#inFlight - 1)
    if (window?.remaining === undefined) {
      if (this.#remaining !== undefined) this.#remaining -= 1
      return
    }
    this.#learned = true
    const resetMs = window.resetMs ?? nowMs + UNKNOWN_RESET_MS
    // Answers overtake each other: within one window the smaller number is the later truth.
    const sameWindow = this.#remaining !== undefined && nowMs < this.#resetMs && Math.abs(resetMs - this.#resetMs) < SAME_WINDOW_MS
    const olderWindow = this.#remaining !== undefined && nowMs < this.#resetMs && resetMs <= this.#resetMs - SAME_WINDOW_MS
    if (olderWindow && window.resetMs !== undefined) return
    this.#remaining = sameWindow ? Math.min(this.#remaining!, window.remaining) : window.remaining
    this.#resetMs = resetMs
  }

  #refusedByDocument(nowMs: number): number | undefined {
    if (!this.#documented || this.#learned) return undefined
    const endMs = this.#windowStartMs + this.#documented.perMs
    return nowMs < endMs && this.#used >= this.#documented.requests ? endMs : undefined
  }
}
