import { sql } from 'kysely'
import type { Database, Transaction } from '../database/index.ts'
import type { Log, Metrics } from '../observation/index.ts'
import type { Queue } from './queue.ts'
import { lockLanes } from './run-queries.ts'
import { type LaneHead, listNextHeads, queueHeads } from './settle-queries.ts'
import type { Wake } from './wake.ts'

/** What is found when work would never be picked up again. */
export interface InvariantReport {
  /** Queued runs whose job is gone, given a new one. */
  jobless: number
  /** Waiting runs with nobody before them in their lane, queued. */
  forgotten: number
  /** Unfinished runs in all, for the reader to judge the above by. */
  unfinished: number
}

interface Parts {
  database: Database
  queue: Queue
  wake: Wake
  metrics: Metrics
  log: Log
}

const maxMendedPerPass = 1_000

/**
 * Invariant: every unfinished run is leased and live, scheduled, or parked with a reason. The third is held by constraints of the table; the
 * first two cross two systems and are checked here, in production, all the time. Anything found is mended, counted and said aloud, because
 * finding something means that the runtime has a bug.
 */
export async function checkInvariants(parts: Parts): Promise<InvariantReport> {
  const report = await parts.database.transaction(async (tx) => {
    const jobless = await requeue(tx, parts.queue, await listJobless(tx))
    const forgotten = await queueForgotten(tx, parts.queue)
    return { jobless, forgotten, unfinished: await countUnfinished(tx) }
  })
  for (const invariant of ['jobless', 'forgotten'] as const) {
    if (report[invariant] === 0) continue
    parts.metrics.invariantViolations.inc({ invariant }, report[invariant])
    parts.log.error({ invariant, runs: report[invariant] }, 'unfinished runs that nothing would have picked up were found and mended')
    parts.wake.ring('run')
  }
  return report
}

/** The age keeps out runs whose transaction is so fresh that their job could be seen to come and go between two statements. */
async function listJobless(tx: Transaction): Promise<LaneHead[]> {
  const { rows } = await sql<LaneHead>`
    -- runtime.listJoblessRuns
    select id, instance_id as "instanceId", priority from run
    where state = 'queued' and created_at < now() - interval '10 seconds'
      and not exists (select 1 from pgboss.job where job.name = 'run' and job.id = run.job_id and job.state in ('created', 'retry', 'active'))
    order by id limit ${maxMendedPerPass} for update skip locked`.execute(tx)
  return rows
}

async function requeue(tx: Transaction, queue: Queue, runs: readonly LaneHead[]): Promise<number> {
  if (runs.length === 0) return 0
  const jobs = await queue.addRunJobs(
    tx,
    runs.map((run) => ({ runId: run.id, instanceId: run.instanceId, priority: run.priority })),
  )
  await sql`
    -- runtime.requeueRuns
    update run set job_id = new.job_id from unnest(${[...jobs.keys()]}::uuid[], ${[...jobs.values()]}::uuid[]) as new (run_id, job_id)
    where run.id = new.run_id`.execute(tx)
  return runs.length
}

async function queueForgotten(tx: Transaction, queue: Queue): Promise<number> {
  const { rows } = await sql<{ lane: string }>`
    -- runtime.listForgottenLanes
    select distinct lane from run
    where state = 'waiting' and created_at < now() - interval '10 seconds'
      and not exists (select 1 from run earlier where earlier.lane = run.lane and earlier.state in ('queued', 'blocked'))
    limit ${maxMendedPerPass}`.execute(tx)
  const lanes = rows.map((row) => row.lane)
  if (lanes.length === 0) return 0
  await lockLanes(tx, lanes)
  // Asked again under the locks: a lane may have moved on since.
  const heads = await listNextHeads(tx, lanes)
  const jobs = await queue.addRunJobs(
    tx,
    heads.map((head) => ({ runId: head.id, instanceId: head.instanceId, priority: head.priority })),
  )
  if (jobs.size > 0) await queueHeads(tx, jobs)
  return heads.length
}

async function countUnfinished(tx: Transaction): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    -- runtime.countUnfinished
    select count(*)::int as count from run`.execute(tx)
  return rows[0]!.count
}
