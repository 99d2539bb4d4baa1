/** So many go on first … */
const FIRST = 32
/** … and so many times as many each time after, … */
const GROWTH = 4
/** … up to a thousand a second. */
const MOST = 2_000
const STEP_MS = 1_900

/**
 * How many of those that wait behind a circuit go on when it has closed. One call that got through says that the partner is back, not what it
 * bears: were all let go on at once, a partner that breaks down under them would open the circuit again, and each time would cost as much as there
 * is backlog. So each step is four times as large as the one before; when the circuit opens in between, the next closing begins anew.
 *
 * Kept in memory only, by each process for itself: who knows of none begins with the first step.
 */
export class Comebacks {
  readonly #steps = new Map<string, { room: number; atMs: number }>()

  /** How many more of those behind this circuit go on now; for asking now and then while it is closed. */
  room(key: string, nowMs: number): number {
    const last = this.#steps.get(key)
    if (last && nowMs < last.atMs + STEP_MS) return 0
    const room = last ? Math.min(MOST, last.room * GROWTH) : FIRST
    this.#steps.set(key, { room, atMs: nowMs })
    return room
  }

  /** Forgets all circuits but these: the others are open again, or nobody waits behind them any more. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#steps.keys()) if (!keys.has(key)) this.#steps.delete(key)
  }
}
