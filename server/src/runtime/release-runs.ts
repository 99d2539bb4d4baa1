import { sql } from 'kysely'
import type { Database, Executor, Transaction } from '../database/index.ts'
import type { Queue } from './queue.ts'
import type { Wake } from './wake.ts'

interface Parts {
  database: Database
  queue: Queue
  wake: Wake
}

/** Which waiting runs: all that wait under these connections, or those that wait for exactly these things. */
export type ReleaseFilter = { connections: readonly string[] } | { waitsFor: readonly string[] }

/** A partner's wish for less is not stored as a pause, and the moment that follows a longer one is spread over a second. */
const soonMs = 2_000
const batchSize = 500
/** So far apart the batches begin: a thousand runs a second come back, however many have waited. */
const batchEveryMs = 500

/**
 * Lets runs that wait for a later moment go on at once, because what they wait for is over. A run that sleeps or has its next attempt already due
 * is left alone; none is claimed here, so whatever still holds one back (a rate budget, a circuit) says so as always and uses up no attempt.
 *
 * Batches of 500 become due half a second after each other, so that a partner that has just come back does not meet all at once. Two processes
 * may call it together: each takes what the other has not.
 *
 * @returns how many go on
 */
export async function releaseRuns(parts: Parts, filter: ReleaseFilter): Promise<number> {
  let released = 0
  // What waits again meanwhile, because something else holds it back, must not be taken twice.
  let after: string | null = null
  for (let batch = 0; ; batch += 1) {
    const startAt = batch === 0 ? undefined : new Date(Date.now() + batch * batchEveryMs)
    const ids: string[] = await parts.database.transaction((tx) => releaseBatch(tx, parts, filter, { after, startAt }))
    if (ids.length > 0 && batch === 0) parts.wake.ring('run')
    released += ids.length
    if (ids.length < batchSize) return released
    after = ids.at(-1)!
  }
}

/** @param startAt undefined: at once @returns their ids, in order */
async function releaseBatch(
  tx: Transaction,
  { queue, wake }: Parts,
  filter: ReleaseFilter,
  { after, startAt }: { after: string | null; startAt: Date | undefined },
): Promise<string[]> {
  const waiting = await takeWaiting(tx, filter, after)
  if (waiting.length === 0) return []
  await queue.removeRunJobs(
    tx,
    waiting.map((run) => run.jobId),
  )
  const jobs = await queue.addRunJobs(
    tx,
    waiting.map(({ id, instanceId, priority }) => ({ runId: id, instanceId, priority, ...(startAt ? { startAt } : {}) })),
  )
  await sql`
    -- runtime.releaseRuns
    update run set job_id = job.id, due_at = ${startAt ?? null}::timestamptz, wait_reason = null
    from unnest(${[...jobs.keys()]}::uuid[], ${[...jobs.values()]}::uuid[]) as job (run_id, id) where run.id = job.run_id`.execute(tx)
  if (!startAt) await wake.notify(tx, 'run')
  return waiting.map((run) => run.id)
}

const waits = sql`run.wait_reason in ('throttled', 'partner-down', 'retry') and run.due_at > now()`

interface WaitingRun {
  id: string
  instanceId: string
  priority: number
  jobId: string
}

/** Locks run and job and waits for neither: a worker that leases a job locks it before its run. A job so due belongs to one run alone. */
async function takeWaiting(tx: Transaction, filter: ReleaseFilter, after: string | null): Promise<WaitingRun[]> {
  const matches =
    'connections' in filter
      ? sql`run.failure ->> 'connectionId' = any(${[...filter.connections]}::text[])`
      : sql`run.failure ->> 'waitsFor' = any(${[...filter.waitsFor]}::text[]) and run.due_at > now() + ${soonMs} * interval '1 millisecond'`
  const { rows } = await sql<WaitingRun>`
    -- runtime.takeWaiting
    select run.id, run.instance_id as "instanceId", run.priority, run.job_id as "jobId"
    from run join pgboss.job on job.name = 'run' and job.id = run.job_id and job.state in ('created', 'retry')
    where ${waits} and ${matches}
      and (${after}::uuid is null or run.id > ${after}::uuid)
    order by run.id limit ${batchSize} for update of run, job skip locked`.execute(tx)
  return rows
}

/** What runs wait for by name: one step through the index per name, not per run. */
export async function listWaitedFor(executor: Executor): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    -- runtime.listWaitedFor
    with recursive waited as (
      (select failure ->> 'waitsFor' as key from run where wait_reason is not null and failure ->> 'waitsFor' > '' order by 1 limit 1)
      union all
      select (select failure ->> 'waitsFor' from run where wait_reason is not null and failure ->> 'waitsFor' > waited.key order by 1 limit 1)
      from waited where waited.key is not null
    ) select key from waited where key is not null`.execute(executor)
  return rows.map((row) => row.key)
}

/** How many runs would go on if this connection were opened: those that wait for a moment, and those parked for want of a credential. */
export async function countWaiting(executor: Executor, connectionId: string): Promise<{ released: number; parked: number }> {
  const { rows } = await sql<{ released: number; parked: number }>`
    -- runtime.countWaiting
    select (select count(*)::int from run
        where ${waits} and failure ->> 'connectionId' = ${connectionId}) as released,
      (select count(*)::int from run
        where state in ('parked', 'blocked') and failure ->> 'kind' = 'credential' and failure ->> 'connectionId' = ${connectionId}) as parked`.execute(
    executor,
  )
  return rows[0]!
}
