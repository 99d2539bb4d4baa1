/** So many are let go on when a connection opens, where it has not shown that it grants more. */
const LEAST_LET_ON = 10
/** What ends sooner is no window that ran out: calls in flight are waited for, or a partner wished for a little less. */
const SHORTEST_CLOSURE_MS = 1_500
/** Whoever would have to wait longer asks some time before: what it waits for may have changed by then. */
const FARTHEST_AHEAD_MS = 24 * 60 * 60 * 1000
/** Open for so long, and for longer than it was closed, it has let go on whoever waited. */
const NOBODY_LEFT_MS = 60_000

/**
 * When runs come back that a closed connection has turned away. Were it the moment at which it opens, nearly all would be turned away again,
 * and each window would cost as much as there is backlog. So each gets a turn behind the one before it: as many per closure as the connection
 * has granted when it was open. The turns are the latest moments; those who have waited longest are let go on before, as the connection grants
 * calls ({@link release}), so that the order is kept and nothing lies idle when it grants more than it did.
 *
 * Kept in memory only, by each process for itself: turns that were given stay with the runs, and starting afresh costs one opening.
 */
export class Turns {
  #closedUntilMs = 0
  #closureMs = 0
  /** The closure is the end of a window, and what that has granted is known. */
  #isWindow = false
  /** What it has granted between two closures. */
  #perOpening = LEAST_LET_ON
  /** The turn that was given last. */
  #lastMs = 0
  /** Calls since it opened. */
  #granted = 0
  /** How many of them had been counted when runs were let go on last; undefined: none were since it opened. */
  #counted: number | undefined

  /** A call was answered, and not by a wish to wait. */
  granted(): void {
    this.#granted += 1
  }

  /**
   * @param untilMs until when the connection is closed
   * @returns when the one that is turned away now shall come back; never before `untilMs`
   */
  next(untilMs: number, nowMs: number): number {
    if (untilMs > this.#closedUntilMs) this.#close(untilMs, nowMs)
    const turnMs = Math.max(untilMs, this.#lastMs + this.#closureMs / this.#perOpening)
    if (turnMs > untilMs + FARTHEST_AHEAD_MS) return untilMs + Math.random() * FARTHEST_AHEAD_MS
    this.#lastMs = turnMs
    return turnMs
  }

  /**
   * How many more than those whose turn it is may go on; for asking now and then while it is open. Never none: of those that were let go on
   * before, nobody may have called, and the turns of the others may be far.
   */
  release(): number {
    const before = this.#counted
    this.#counted = this.#granted
    return before === undefined ? Math.max(LEAST_LET_ON, this.#perOpening) : Math.max(1, 2 * (this.#granted - before))
  }

  #close(untilMs: number, nowMs: number): void {
    const wasOpenMs = nowMs - this.#closedUntilMs
    // Else the end of the same closure is put off.
    if (wasOpenMs >= 0) {
      if (wasOpenMs > Math.max(this.#closureMs, NOBODY_LEFT_MS)) this.#lastMs = 0
      this.#closureMs = SHORTEST_CLOSURE_MS
      this.#isWindow = false
    }
    this.#closedUntilMs = untilMs
    this.#closureMs = Math.max(this.#closureMs, untilMs - nowMs)
    if (this.#isWindow || untilMs - nowMs < SHORTEST_CLOSURE_MS) return
    this.#isWindow = true
    this.#perOpening = Math.max(1, this.#granted)
    this.#granted = 0
    this.#counted = undefined
  }
}
