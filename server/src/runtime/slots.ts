import type { ClaimedRun } from './run.ts'

/**
 * Which of the runs that a worker has leased execute now. A job brings several runs, so a lease can bring more than may execute: they are held,
 * with their leases alive, until a slot is free.
 *
 * An instance may execute as many runs as `shareOfFree` times the slots that are free (the dynamic thresholds of Choudhury and Hahne, 1998, for
 * queues that share a buffer). Alone it has most of the worker; what others need, it gives up as its runs end; and the more instances have slow
 * partners, the less each of them may have. A fixed share leaves most of a worker idle beside one instance, and nothing beside a few slow ones.
 */
export interface Slots {
  /** @returns those that start now; the others are held, in the order given */
  admit(runs: readonly ClaimedRun[]): ClaimedRun[]
  /** Ends an admitted run. @returns those that start in its place */
  leave(run: ClaimedRun): readonly ClaimedRun[]
  /** Gives up what is held. */
  dropHeld(): ClaimedRun[]
  /** Instances of which no more should be leased: as many of their runs execute as may, or some are held already. */
  saturated(): string[]
  isSaturated(instanceId: string): boolean
  /** Of admitted and held runs, each once. */
  jobIds(): string[]
  readonly activeCount: number
  /** How many more execute at most. */
  readonly freeCount: number
}

/** Three quarters of the slots for an instance alone, which measures like any number of instances; half of them took a sixth longer (2026-11). */
const shareOfFree = 3
const none: readonly ClaimedRun[] = []

export function createSlots(slots: number): Slots {
  const active = new Set<ClaimedRun>()
  const perInstance = new Map<string, number>()
  const held = new Map<string, ClaimedRun[]>()

  const count = (instanceId: string): number => perInstance.get(instanceId) ?? 0
  const mayStart = (instanceId: string): boolean => count(instanceId) < shareOfFree * (slots - active.size)
  const isSaturated = (instanceId: string): boolean => held.has(instanceId) || !mayStart(instanceId)
  const start = (run: ClaimedRun): void => {
    active.add(run)
    perInstance.set(run.instanceId, count(run.instanceId) + 1)
  }
  const hold = (run: ClaimedRun): void => {
    const runs = held.get(run.instanceId)
    if (runs) runs.push(run)
    else held.set(run.instanceId, [run])
  }
  const startHeld = (): readonly ClaimedRun[] => {
    if (held.size === 0) return none
    const started: ClaimedRun[] = []
    for (const [instanceId, runs] of held) {
      if (active.size >= slots) break
      let at = 0
      for (; at < runs.length && mayStart(instanceId); at += 1) {
        start(runs[at]!)
        started.push(runs[at]!)
      }
      if (at === runs.length) held.delete(instanceId)
      else runs.splice(0, at)
    }
    return started
  }

  return {
    admit(runs) {
      const started: ClaimedRun[] = []
      for (const run of runs) {
        if (isSaturated(run.instanceId)) hold(run)
        else {
          start(run)
          started.push(run)
        }
      }
      return started
    },
    leave(run) {
      active.delete(run)
      const left = count(run.instanceId) - 1
      if (left === 0) perInstance.delete(run.instanceId)
      else perInstance.set(run.instanceId, left)
      return startHeld()
    },
    dropHeld() {
      const runs = [...held.values()].flat()
      held.clear()
      return runs
    },
    saturated() {
      const full = [...perInstance.keys()].filter((id) => !mayStart(id))
      return [...new Set([...full, ...held.keys()])]
    },
    isSaturated,
    jobIds() {
      const ids = new Set<string>()
      for (const run of active) ids.add(run.lease.jobId)
      for (const runs of held.values()) for (const run of runs) ids.add(run.lease.jobId)
      return [...ids]
    },
    get activeCount() {
      return active.size
    },
    get freeCount() {
      return slots - active.size
    },
  }
}
