export interface SamplerOptions {
  /** Part of one core that checking may take, over all platforms. Default 0.005. */
  share?: number
  /** Messages of each place and instance that are wanted without waiting. Default 3. */
  eager?: number
  now?: () => number
}

/**
 * Decides which messages are checked. Each place of each instance begins with a few in a row, then waits longer after each one that agreed, and
 * shorter after one that did not. Above all stands one budget of processor time, paid with what checks really took: the cost does not
 * grow with the traffic, the number of places, or the size of contracts.
 */
export interface Sampler {
  wants(key: string): boolean
  /** Tells what checking one message took. */
  spend(ms: number): void
  /** Tells how a message of this place turned out. */
  learn(key: string, deviates: boolean): void
}

interface Turn {
  taken: number
  waitMs: number
  nextMs: number
}

const burstMs = 250
/** A contract that takes long to compile must not silence all others for minutes. */
const deepestDebtMs = 2_000
const leastWaitMs = 2_000
const longestWaitMs = 300_000
const maxTurns = 20_000

export function createSampler({ share = 0.005, eager = 3, now = Date.now }: SamplerOptions = {}): Sampler {
  const turns = new Map<string, Turn>()
  let allowanceMs = burstMs
  let countedMs = now()

  const affordable = (atMs: number): boolean => {
    allowanceMs = Math.min(burstMs, allowanceMs + Math.max(0, atMs - countedMs) * share)
    countedMs = atMs
    return allowanceMs > 0
  }
  const turnOf = (key: string): Turn => {
    const known = turns.get(key)
    if (known) return known
    // Whatever is asked for next begins anew; the budget holds all the same.
    if (turns.size >= maxTurns) turns.clear()
    const fresh = { taken: 0, waitMs: leastWaitMs, nextMs: 0 }
    turns.set(key, fresh)
    return fresh
  }
  return {
    wants(key) {
      const turn = turnOf(key)
      const atMs = now()
      if (turn.taken >= eager && atMs < turn.nextMs) return false
      if (!affordable(atMs)) return false
      turn.taken += 1
      turn.nextMs = atMs + turn.waitMs
      return true
    },
    spend(ms) {
      allowanceMs = Math.max(-deepestDebtMs, allowanceMs - ms)
    },
    learn(key, deviates) {
      const turn = turns.get(key)
      if (!turn) return
      turn.waitMs = deviates ? leastWaitMs : Math.min(longestWaitMs, turn.waitMs * 2)
      if (deviates) turn.nextMs = Math.min(turn.nextMs, now() + leastWaitMs)
    },
  }
}
