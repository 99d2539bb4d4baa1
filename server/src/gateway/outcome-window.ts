/** When a circuit opens. */
export interface CircuitPolicy {
  /** Length of the rolling window. */
  windowMs: number
  /** Fewer calls since the first failure in the window decide nothing. */
  minimumCalls: number
  /** Share of calls that did not reach the partner at which the circuit opens, 0 to 1. */
  downShare: number
  /** A platform's circuit opens only when so many connections can't reach it: one customer's dead host is not the platform. */
  minimumConnections: number
  /** Until the first probe; doubles with every probe that fails. */
  firstWaitMs: number
  longestWaitMs: number
}

export const CIRCUIT_POLICY: CircuitPolicy = {
  windowMs: 30_000,
  minimumCalls: 10,
  downShare: 0.5,
  minimumConnections: 2,
  firstWaitMs: 5_000,
  longestWaitMs: 300_000,
}

const SLICES = 10

interface Slice {
  startMs: number
  calls: number
  down: number
  downConnections: Set<string>
}

/** Counts of the last `windowMs`, from a first failure on, in ten slices: constant memory, whatever the traffic. */
export class OutcomeWindow {
  readonly #policy: CircuitPolicy
  readonly #minimumConnections: number
  #slices: Slice[] = []

  /** @param minimumConnections 1 for a connection's own circuit */
  constructor(policy: CircuitPolicy, minimumConnections: number) {
    this.#policy = policy
    this.#minimumConnections = minimumConnections
  }

  /** @returns true when this outcome makes the circuit open */
  record(down: boolean, connectionId: string, nowMs: number): boolean {
    const slice = this.#sliceAt(nowMs)
    slice.calls += 1
    if (!down) return false
    slice.down += 1
    if (slice.downConnections.size < this.#minimumConnections) slice.downConnections.add(connectionId)
    return this.#isBroken(nowMs)
  }

  /** No failure within the window. */
  isClean(nowMs: number): boolean {
    return this.#live(nowMs).every((slice) => slice.down === 0)
  }

  clear(): void {
    this.#slices = []
  }

  #sliceAt(nowMs: number): Slice {
    const lengthMs = this.#policy.windowMs / SLICES
    const last = this.#slices.at(-1)
    if (last && nowMs < last.startMs + lengthMs) return last
    const slice = { startMs: nowMs, calls: 0, down: 0, downConnections: new Set<string>() }
    this.#slices.push(slice)
    if (this.#slices.length > SLICES + 1) this.#slices.shift()
    return slice
  }

  #live(nowMs: number): Slice[] {
    return this.#slices.filter((slice) => slice.startMs > nowMs - this.#policy.windowMs)
  }

  #isBroken(nowMs: number): boolean {
    const live = this.#live(nowMs)
    const calls = live.reduce((sum, slice) => sum + slice.calls, 0)
    const down = live.reduce((sum, slice) => sum + slice.down, 0)
    const connections = new Set(live.flatMap((slice) => [...slice.downConnections]))
    if (connections.size < this.#minimumConnections) return false
    return calls >= this.#policy.minimumCalls && down / calls >= this.#policy.downShare
  }
}
