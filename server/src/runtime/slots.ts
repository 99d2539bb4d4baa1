import type { ClaimedRun } from './run.ts'

/**
 * Which of the runs that a worker has leased execute now. A job brings several runs, so a lease can bring more than may execute: they are held,
 * with their leases alive, until a slot is free.
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
  /** Of admitted and held runs, each once. */
  jobIds(): string[]
  readonly activeCount: number
  /** How many more could start now; what is held and could start is counted as if it had. */
  readonly freeCount: number
}

const none: readonly ClaimedRun[] = []

export function createSlots(limits: { slots: number; slotsPerInstance: number }): Slots {
  const active = new Set<ClaimedRun>()
  const perInstance = new Map<string, number>()
  const held = new Map<string, ClaimedRun[]>()

  const count = (instanceId: string): number => perInstance.get(instanceId) ?? 0
  const mayStart = (instanceId: string): boolean => active.size < limits.slots && count(instanceId) < limits.slotsPerInstance
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
        if (held.has(run.instanceId) || !mayStart(run.instanceId)) hold(run)
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
      const full = [...perInstance].filter(([, running]) => running >= limits.slotsPerInstance).map(([id]) => id)
      return [...new Set([...full, ...held.keys()])]
    },
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
      let free = limits.slots - active.size
      for (const [instanceId, runs] of held) free -= Math.min(runs.length, limits.slotsPerInstance - count(instanceId))
      return Math.max(0, free)
    },
  }
}
