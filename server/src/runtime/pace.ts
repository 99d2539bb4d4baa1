/**
 * Fairness between instances as a virtual clock per instance (Zhang, "VirtualClock", 1990): each run of an instance moves its clock by
 * 1/rate; a run's place in the queue is its instance's clock, at least the present. Who stays within the rate is served as it comes; who
 * floods queues behind everybody else by as much as it exceeds the rate, and still gets all idle capacity.
 *
 * Kept in memory only: it decides order, never whether work is done, and starting afresh costs one unfair moment.
 */
export interface Pace {
  /** @returns queue priority for the next run of the instance; larger goes first; within int4 until the year 2032 */
  next(instanceId: string, nowMs: number): number
}

const epochMs = Date.UTC(2026, 0, 1)
/** Priority is an int4: steps of 100 ms last for 6.8 years from the epoch. */
const stepMs = 100
/** A flood is forgotten an hour later. */
const farthestAheadMs = 3_600_000

export function createPace({ runsPerSecond = 20 } = {}): Pace {
  const clocks = new Map<string, number>()
  const costMs = 1_000 / runsPerSecond
  let lastSweepMs = 0
  return {
    next(instanceId, nowMs) {
      if (nowMs - lastSweepMs > 10_000) {
        lastSweepMs = nowMs
        for (const [id, clockMs] of clocks) if (clockMs <= nowMs) clocks.delete(id)
      }
      const clockMs = Math.min(Math.max(clocks.get(instanceId) ?? 0, nowMs) + costMs, nowMs + farthestAheadMs)
      clocks.set(instanceId, clockMs)
      return -Math.floor((clockMs - epochMs) / stepMs)
    },
  }
}
