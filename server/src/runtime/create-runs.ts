import type { Transaction } from '../database/index.ts'
import type { Queue } from './queue.ts'
import type { NewRun } from './run.ts'
import { insertRuns, listBusyLanes, lockLanes } from './run-queries.ts'

/**
 * Makes runs, each at the end of its lane: the head of a lane gets a job, the others wait behind it without one, so the queue holds
 * only what can run now and its cost does not grow with the depth of lanes.
 *
 * The lane locks make "is it empty?" and "who is next?" (settling) see each other's commits; without them a run inserted while its
 * predecessor finishes would wait for ever.
 */
export async function createRuns(tx: Transaction, queue: Queue, runs: readonly NewRun[]): Promise<{ queued: number; waiting: number }> {
  if (runs.length === 0) return { queued: 0, waiting: 0 }
  const ordered = [...runs].sort((a, b) => (a.id < b.id ? -1 : 1))
  const lanes = [...new Set(ordered.map((run) => run.lane))]
  await lockLanes(tx, lanes)
  const taken = await listBusyLanes(tx, lanes)
  const heads = ordered.filter((run) => !taken.has(run.lane) && taken.add(run.lane))
  const jobs = await queue.addRunJobs(
    tx,
    heads.map((run) => ({ runId: run.id, instanceId: run.instanceId, priority: run.priority })),
  )
  await insertRuns(
    tx,
    ordered.map((run) => ({ ...run, jobId: jobs.get(run.id) ?? null })),
  )
  return { queued: heads.length, waiting: ordered.length - heads.length }
}
