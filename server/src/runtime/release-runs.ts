import { sql } from 'kysely'
import type { Database, Executor, Transaction } from '../database/index.ts'
import { failPoint } from '../observation/index.ts'
import type { Queue } from './queue.ts'
import type { Wake } from './wake.ts'

interface Parts {
  database: Database
  queue: Queue
  wake: Wake
}

/** Which waiting runs: all that wait under these connections, or so many (`Infinity`: all) of those that wait for exactly these things. */
export type ReleaseFilter = { connections: readonly string[] } | { open: ReadonlyMap<string, number> }

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
 * may call it together: each takes what the other has not. Where not all go on, those do whose place in the queue is the first.
 *
 * @returns how many go on
 */
export async function releaseRuns(parts: Parts, filter: ReleaseFilter): Promise<number> {
  if ('connections' in filter)
    return releaseInBatches(parts, takingAll(sql`run.failure ->> 'connectionId' = any(${[...filter.connections]}::text[])`))
  const some = new Map([...filter.open].filter(([, most]) => most !== Number.POSITIVE_INFINITY))
  const all = [...filter.open.keys()].filter((key) => !some.has(key))
  let released = 0
  if (all.length > 0)
    released += await releaseInBatches(parts, takingAll(sql`run.failure ->> 'waitsFor' = any(${all}::text[]) and ${notSoon}`))
  if (some.size > 0) released += await releaseInBatches(parts, takingFirst(some))
  return released
}

/** Takes the next batch; fewer than `batchSize` are the last. */
type Take = (tx: Transaction) => Promise<WaitingRun[]>

/**
 * Lets one of the runs go on that wait behind an open circuit, to try whether the partner is back: of those that nothing else stops, the one that
 * has waited longest. Who tries in vain waits again, behind all others.
 *
 * @param key as failures name the circuit
 * @param isFree whether nothing else stops calls under a connection
 * @returns false: there is none
 */
export async function releaseOneToTry(parts: Parts, key: string, isFree: (connectionId: string) => boolean): Promise<boolean> {
  for (const { id, connectionId } of await listFirstBehind(parts.database.executor, key)) {
    if (isFree(connectionId) && (await releaseInBatches(parts, takingAll(sql`run.id = ${id}::uuid`))) > 0) return true
  }
  return false
}

async function releaseInBatches(parts: Parts, take: Take): Promise<number> {
  let released = 0
  for (let batch = 0; ; batch += 1) {
    const startAt = batch === 0 ? undefined : new Date(Date.now() + batch * batchEveryMs)
    const count = await parts.database.transaction((tx) => releaseBatch(tx, parts, take, startAt))
    failPoint('release.after-commit')
    if (count > 0 && batch === 0) parts.wake.ring('run')
    released += count
    if (count < batchSize) return released
  }
}

/** @param startAt undefined: at once */
async function releaseBatch(tx: Transaction, { queue, wake }: Parts, take: Take, startAt: Date | undefined): Promise<number> {
  const waiting = await take(tx)
  if (waiting.length === 0) return 0
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
  failPoint('release.before-commit')
  return waiting.length
}

const waits = sql`run.wait_reason in ('throttled', 'partner-down', 'retry') and run.due_at > now()`

const notSoon = sql`run.due_at > now() + ${soonMs} * interval '1 millisecond'`

interface WaitingRun {
  id: string
  instanceId: string
  priority: number
  jobId: string
}

const columns = sql`run.id, run.instance_id as "instanceId", run.priority, run.job_id as "jobId"`
/** Locks run and job and waits for neither: a worker that leases a job locks it before its run. A job so due belongs to one run alone. */
const joinJob = sql`join pgboss.job on job.name = 'run' and job.id = run.job_id and job.state in ('created', 'retry')`

/** In order of their ids: what waits again meanwhile, because something else holds it back, must not be taken twice. */
function takingAll(matches: ReturnType<typeof sql>): Take {
  let after: string | null = null
  return async (tx) => {
    const { rows } = await sql<WaitingRun>`
      -- runtime.takeWaiting
      select ${columns} from run ${joinJob}
      where ${waits} and ${matches} and (${after}::uuid is null or run.id > ${after}::uuid)
      order by run.id limit ${batchSize} for update of run, job skip locked`.execute(tx)
    after = rows.at(-1)?.id ?? after
    return rows
  }
}

/** So many for each key, by their place in the queue; one step through the index per run that is taken, however many wait. */
function takingFirst(most: ReadonlyMap<string, number>): Take {
  const left = new Map(most)
  return async (tx) => {
    const { rows } = await sql<WaitingRun & { key: string }>`
      -- runtime.takeFirstWaiting
      select first.* from unnest(${[...left.keys()]}::text[], ${[...left.values()]}::int[]) as wanted (key, most)
      cross join lateral (
        select ${columns}, wanted.key from run ${joinJob}
        where run.wait_reason is not null and ${waits} and run.failure ->> 'waitsFor' = wanted.key and ${notSoon}
        order by run.priority desc, run.id limit wanted.most for update of run, job skip locked
      ) as first limit ${batchSize}`.execute(tx)
    for (const { key } of rows) left.set(key, left.get(key)! - 1)
    return rows
  }
}

/** More connections than this wait behind few circuits, and some of so many can try. */
const mostConnections = 1_000

/** Of each connection the run that has waited longest behind this circuit, those first: one step through the index per connection, not per run. */
async function listFirstBehind(executor: Executor, key: string): Promise<{ id: string; connectionId: string }[]> {
  const behind = sql`wait_reason = 'partner-down' and failure ->> 'waitsFor' = ${key}`
  const firstOf = (more: ReturnType<typeof sql>) => sql`
    select id, failure ->> 'connectionId' as connection, due_at from run
    where ${behind} and ${more} order by failure ->> 'connectionId', due_at limit 1`
  const { rows } = await sql<{ id: string; connectionId: string }>`
    -- runtime.listFirstBehind
    with recursive first as (
      (${firstOf(sql`true`)})
      union all
      select next.* from first cross join lateral (${firstOf(sql`failure ->> 'connectionId' > first.connection`)}) as next
    ), found as (select * from first limit ${mostConnections})
    select id, connection as "connectionId" from found where connection is not null order by due_at`.execute(executor)
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
