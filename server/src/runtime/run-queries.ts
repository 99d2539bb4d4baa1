import { sql } from 'kysely'
import type { Executor, Transaction } from '../database/index.ts'
import type { RunJob } from './queue.ts'
import type { ClaimedRun, InstanceRevision, NewRun } from './run.ts'

/**
 * Sorted, so that two transactions that need the same lanes never wait for each other in a circle.
 *
 * What follows in the transaction finds rows by indexes only. After a calm PostgreSQL takes the table of runs for a handful, and goes through
 * all of it in the burst that follows (measured 2026-11: forty times slower, until the next ANALYZE).
 */
export async function lockLanes(tx: Transaction, lanes: readonly string[]): Promise<void> {
  if (lanes.length === 0) return
  await sql`
    -- runtime.lockLanes
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(lane, 1) as key from unnest(${[...lanes]}::text[]) as lane order by key
    ) as keys, (
      select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)
    ) as by_indexes`.execute(tx)
}

/**
 * The first run from `lane.lane` on that is not set aside; of another lane where this one has none. Asked like this because only the index of
 * lanes is in this order: asked for the lane itself, PostgreSQL may go through the index of ids instead.
 */
export const firstOfLane = sql`(
  select lane, id, instance_id, priority, state from run
  where (run.lane, run.id) >= (lane.lane, '00000000-0000-0000-0000-000000000000'::uuid) and state <> 'parked'
  order by run.lane, run.id limit 1
)`

/** Lanes that somebody runs, waits or blocks in. */
export async function listBusyLanes(tx: Transaction, lanes: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ lane: string }>`
    -- runtime.listBusyLanes
    select lane.lane from unnest(${[...lanes]}::text[]) as lane cross join lateral ${firstOfLane} as first
    where first.lane = lane.lane`.execute(tx)
  return new Set(rows.map((row) => row.lane))
}

export async function insertRuns(tx: Transaction, runs: readonly (NewRun & { jobId: string | null })[]): Promise<void> {
  const column = <K extends keyof (NewRun & { jobId: string | null })>(key: K) => runs.map((run) => run[key])
  await sql`
    -- runtime.insertRuns
    insert into run (id, instance_id, revision, integration, version, flow, origin_id, delivery_id, lane, state, job_id, priority, replay_of, received_at, occurred_at)
    select id, instance_id, revision, integration, version, flow, origin_id, delivery_id, lane,
      case when job_id is null then 'waiting' else 'queued' end, job_id, priority, replay_of, received_at, occurred_at
    from unnest(
      ${column('id')}::uuid[], ${column('instanceId')}::uuid[], ${column('revision')}::int[], ${column('integration')}::text[],
      ${column('version')}::text[], ${column('flow')}::text[], ${column('originId')}::uuid[], ${column('deliveryId')}::uuid[],
      ${column('lane')}::text[], ${column('jobId')}::uuid[], ${column('priority')}::int[], ${column('replayOf')}::uuid[],
      ${column('receivedAt')}::timestamptz[], ${column('occurredAt')}::timestamptz[]
    ) as new (id, instance_id, revision, integration, version, flow, origin_id, delivery_id, lane, job_id, priority, replay_of, received_at, occurred_at)`.execute(
    tx,
  )
}

/**
 * For what a crash of PostgreSQL may undo, so that it need not wait for the disk: a claim is a lease that nobody has yet acted on durably, and
 * routing that is undone puts its deliveries back in line, to runs with the same effect ids. A later commit that does wait takes it along.
 */
export async function relaxDurability(tx: Transaction): Promise<void> {
  await sql`set local synchronous_commit = off`.execute(tx)
}

/** Takes the runs of leased jobs; runs that are gone or have another job by now are left out. */
export async function claimRuns(executor: Executor, jobs: readonly RunJob[], workerId: string): Promise<ClaimedRun[]> {
  const leases = new Map(jobs.map((job) => [job.id, { jobId: job.id, open: new Set<string>() }]))
  const { rows } = await sql<Omit<ClaimedRun, 'lease'> & { jobId: string }>`
    -- runtime.claimRuns
    update run set attempt = attempt + 1, claimed_at = now(), claimed_by = ${workerId}, due_at = null, wait_reason = null
    from unnest(${jobs.flatMap((job) => job.runIds)}::uuid[], ${jobs.flatMap((job) => job.runIds.map(() => job.id))}::uuid[]) as job (run_id, id)
    where run.id = job.run_id and run.job_id = job.id and run.state = 'queued'
    returning run.id, instance_id as "instanceId", revision, integration, version, flow, origin_id as "originId", delivery_id as "deliveryId",
      lane, job_id as "jobId", attempt, claimed_by as "claimedBy", failures, priority, received_at as "receivedAt", occurred_at as "occurredAt"`.execute(
    executor,
  )
  return rows.map(({ jobId, ...run }) => {
    const lease = leases.get(jobId)!
    lease.open.add(run.id)
    return { ...run, lease }
  })
}

export interface RememberedStep {
  runId: string
  name: string
  kind: 'step' | 'sleep'
  /** JSON text; null for undefined. */
  result: string | null
  wakeAt: Date | null
}

export async function listSteps(executor: Executor, runIds: readonly string[]): Promise<RememberedStep[]> {
  const { rows } = await sql<RememberedStep>`
    -- runtime.listSteps
    select run_id as "runId", name, kind, result::text as result, wake_at as "wakeAt"
    from run_step where run_id = any(${[...runIds]}::uuid[])`.execute(executor)
  return rows
}

/**
 * Steps of as many of the oldest runs as remember at most `maxBytes` together; of the `left` ones, how much they remember.
 *
 * @param maxBytes of results, as JSON text
 */
export async function listStepsWithin(
  executor: Executor,
  runIds: readonly string[],
  maxBytes: number,
): Promise<{ steps: RememberedStep[]; bytesOf: Map<string, number>; left: Set<string> }> {
  const { rows } = await sql<Omit<RememberedStep, 'name'> & { name: string | null; bytes: number }>`
    -- runtime.listStepsWithin
    with remembered as (
      select run_id, sum(octet_length(result::text))::bigint as bytes, sum(sum(octet_length(result::text))) over (order by run_id) as until
      from run_step where run_id = any(${[...runIds]}::uuid[]) group by run_id
    ), room as (select run_id, coalesce(bytes, 0)::float8 as bytes, coalesce(until, 0) <= ${maxBytes}::bigint as fits from remembered)
    select run_id as "runId", name, kind, result::text as result, wake_at as "wakeAt", bytes
    from room join run_step using (run_id) where fits
    union all select run_id, null, null, null, null, bytes from room where not fits`.execute(executor)
  const steps = rows.flatMap(({ bytes: _, name, ...step }) => (name === null ? [] : [{ ...step, name }]))
  return {
    steps,
    bytesOf: new Map(rows.map(({ runId, bytes }) => [runId, bytes])),
    left: new Set(rows.flatMap(({ runId, name }) => (name === null ? [runId] : []))),
  }
}

export async function findRevisions(
  executor: Executor,
  wanted: readonly { instanceId: string; revision: number }[],
): Promise<InstanceRevision[]> {
  const { rows } = await sql<InstanceRevision>`
    -- runtime.findRevisions
    select instance.id as "instanceId", r.revision, integration, organization, customer, name, version, settings, mappings, connections, key,
      array(select distinct platform from instance_account a where a.instance_id = instance.id) as "platformsWithAccount"
    from unnest(${wanted.map((one) => one.instanceId)}::uuid[], ${wanted.map((one) => one.revision)}::int[]) as wanted (instance_id, revision)
    join instance on instance.id = wanted.instance_id
    join instance_revision r on r.instance_id = wanted.instance_id and r.revision = wanted.revision`.execute(executor)
  return rows
}
