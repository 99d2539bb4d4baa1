import { sql } from 'kysely'
import { storableJson, type Transaction } from '../database/index.ts'
import type { RunFailure } from './decide.ts'
import type { ClaimedRun, MeterRecord, RunOutcome } from './run.ts'
import { firstOfLane } from './run-queries.ts'

/**
 * Locks the runs whose claim is still ours. A run that another worker has claimed meanwhile (our lease was lost) is missing from the
 * answer, and nothing may be written for it.
 */
export async function lockClaims(tx: Transaction, runs: readonly ClaimedRun[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    -- runtime.lockClaims
    select run.id from run
    join unnest(${runs.map((run) => run.id)}::uuid[], ${runs.map((run) => run.attempt)}::int[],
      ${runs.map((run) => run.claimedBy)}::text[]) as claim (id, attempt, claimed_by)
      on run.id = claim.id and run.attempt = claim.attempt and run.claimed_by = claim.claimed_by and run.state = 'queued'
    order by run.id for update of run`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

export interface StepRow {
  runId: string
  name: string
  kind: 'step' | 'sleep'
  result: string | null
  wakeAt: Date | null
  durationMs: number | null
}

/** A step that is there already was recorded by a commit whose answer got lost: it stays. */
export async function insertSteps(tx: Transaction, steps: readonly StepRow[]): Promise<void> {
  await sql`
    -- runtime.insertSteps
    insert into run_step (run_id, name, kind, result, wake_at, duration_ms)
    select run_id, name, kind, result::json, wake_at, duration_ms
    from unnest(${steps.map((s) => s.runId)}::uuid[], ${steps.map((s) => s.name)}::text[], ${steps.map((s) => s.kind)}::text[],
      ${steps.map((s) => s.result)}::text[], ${steps.map((s) => s.wakeAt)}::timestamptz[], ${steps.map((s) => s.durationMs)}::int[]
    ) as new (run_id, name, kind, result, wake_at, duration_ms)
    on conflict do nothing`.execute(tx)
}

/** The id says which effect is counted: a second count of the same effect is the same row. What a canary does is on nobody's bill. */
export async function insertMeterEvents(tx: Transaction, events: readonly (MeterRecord & { run: ClaimedRun })[]): Promise<void> {
  await sql`
    -- runtime.insertMeterEvents
    insert into meter_event (id, instance_id, integration, version, flow, run_id, meter, quantity, occurred_at, received_at)
    select e.* from unnest(${events.map((e) => e.id)}::uuid[], ${events.map((e) => e.run.instanceId)}::uuid[], ${events.map((e) => e.run.integration)}::text[],
      ${events.map((e) => e.run.version)}::text[], ${events.map((e) => e.run.flow)}::text[], ${events.map((e) => e.run.id)}::uuid[],
      ${events.map((e) => e.meter)}::text[], ${events.map((e) => e.quantity)}::bigint[],
      ${events.map((e) => e.run.occurredAt ?? e.run.receivedAt)}::timestamptz[], ${events.map((e) => e.run.receivedAt)}::timestamptz[]) as e (id, instance_id)
    join instance on instance.id = e.instance_id and not instance.synthetic
    on conflict do nothing`.execute(tx)
}

export interface FinishedRow {
  runId: string
  outcome: RunOutcome
  failure: RunFailure | null
  fingerprint: string | null
  discardedBy: string | null
}

/** Moves runs to the history, and tells those who count service levels. What a person replayed or gave up is no event of its own. */
export async function finishRuns(tx: Transaction, rows: readonly FinishedRow[]): Promise<void> {
  await sql`
    -- runtime.finishRuns
    with ended as (
      select * from unnest(${rows.map((r) => r.runId)}::uuid[], ${rows.map((r) => r.outcome)}::text[],
        ${rows.map((r) => (r.failure ? storableJson(r.failure) : null))}::text[], ${rows.map((r) => r.fingerprint)}::text[],
        ${rows.map((r) => r.discardedBy)}::text[]) as e (run_id, outcome, failure, fingerprint, discarded_by)
    ), gone as (
      delete from run using ended where run.id = ended.run_id
      returning run.*, ended.outcome, ended.failure as last_failure, ended.fingerprint as last_fingerprint, ended.discarded_by
    ), told as (
      insert into run_outcome (run_id, instance_id, integration, flow, outcome, failure_kind, platform, status, counted_before, received_at, occurred_at,
        delivery_id)
      select id, instance_id, integration, flow, outcome, last_failure::jsonb ->> 'kind', last_failure::jsonb ->> 'platform',
        (last_failure::jsonb ->> 'status')::int, was_parked, received_at, occurred_at, delivery_id
      from gone where outcome <> 'discarded' and replay_of is null
    )
    insert into finished_run (id, instance_id, revision, integration, version, flow, origin_id, delivery_id, lane, outcome, attempt, failures,
      failure, fingerprint, replay_of, discarded_by, received_at, occurred_at, created_at, started_at)
    select id, instance_id, revision, integration, version, flow, origin_id, delivery_id, lane, outcome, attempt, failures,
      last_failure::jsonb, last_fingerprint, replay_of, discarded_by, received_at, occurred_at, created_at, claimed_at
    from gone`.execute(tx)
}

export interface WaitingRow {
  runId: string
  jobId: string
  dueAt: Date
  reason: string
  failures: number
  failure: RunFailure | null
}

/** Gives runs a later job. */
export async function rescheduleRuns(tx: Transaction, rows: readonly WaitingRow[]): Promise<void> {
  await sql`
    -- runtime.rescheduleRuns
    update run set job_id = later.job_id, due_at = later.due_at, wait_reason = later.reason, failures = later.failures,
      failure = later.failure::jsonb, claimed_at = null, claimed_by = null
    from unnest(${rows.map((r) => r.runId)}::uuid[], ${rows.map((r) => r.jobId)}::uuid[], ${rows.map((r) => r.dueAt)}::timestamptz[],
      ${rows.map((r) => r.reason)}::text[], ${rows.map((r) => r.failures)}::int[], ${rows.map((r) => (r.failure ? storableJson(r.failure) : null))}::text[]
    ) as later (run_id, job_id, due_at, reason, failures, failure)
    where run.id = later.run_id`.execute(tx)
}

export interface ParkedRow {
  runId: string
  state: 'parked' | 'blocked'
  failures: number
  failure: RunFailure
  fingerprint: string
}

/** Tells those who count service levels the first time only: a run that is resumed and parks again has failed once. */
export async function parkRuns(tx: Transaction, rows: readonly ParkedRow[]): Promise<void> {
  await sql`
    -- runtime.parkRuns
    with parked as (
      select * from unnest(${rows.map((r) => r.runId)}::uuid[], ${rows.map((r) => r.state)}::text[], ${rows.map((r) => r.failures)}::int[],
        ${rows.map((r) => storableJson(r.failure))}::text[], ${rows.map((r) => r.fingerprint)}::text[]) as p (run_id, state, failures, failure, fingerprint)
    ), told as (
      insert into run_outcome (run_id, instance_id, integration, flow, outcome, failure_kind, platform, status, counted_before, received_at, occurred_at,
        delivery_id)
      select id, instance_id, integration, flow, 'parked', parked.failure::jsonb ->> 'kind', parked.failure::jsonb ->> 'platform',
        (parked.failure::jsonb ->> 'status')::int, false, received_at, occurred_at, delivery_id
      from run join parked on run.id = parked.run_id where not was_parked and replay_of is null
    )
    update run set state = parked.state, job_id = null, parked_at = now(), was_parked = true, failures = parked.failures,
      failure = parked.failure::jsonb, fingerprint = parked.fingerprint, claimed_at = null, claimed_by = null
    from parked where run.id = parked.run_id`.execute(tx)
}

export interface LaneHead {
  id: string
  instanceId: string
  priority: number
}

/** The next waiting run of each lane that nobody runs or blocks any more. Call with the lanes locked. */
export async function listNextHeads(tx: Transaction, lanes: readonly string[]): Promise<LaneHead[]> {
  const { rows } = await sql<LaneHead>`
    -- runtime.listNextHeads
    select head.id, head.instance_id as "instanceId", head.priority
    from unnest(${[...new Set(lanes)]}::text[]) as lane
    cross join lateral ${firstOfLane} as head
    where head.lane = lane.lane and head.state = 'waiting'
      -- Asked of each head by itself, "offset 0" says: joined, it would be a scan of all runs.
      and not exists (select 1 from run where run.lane = lane.lane and state in ('queued', 'blocked') offset 0)`.execute(tx)
  return rows
}

export async function queueHeads(tx: Transaction, jobs: ReadonlyMap<string, string>): Promise<void> {
  await sql`
    -- runtime.queueHeads
    update run set state = 'queued', job_id = head.job_id
    from unnest(${[...jobs.keys()]}::uuid[], ${[...jobs.values()]}::uuid[]) as head (run_id, job_id)
    where run.id = head.run_id and state = 'waiting'`.execute(tx)
}

export interface CursorRow {
  instanceId: string
  flow: string
  /** JSON text. */
  value: string
  runId: string
}

export async function moveCursors(tx: Transaction, rows: readonly CursorRow[]): Promise<void> {
  await sql`
    -- runtime.moveCursors
    insert into poll_cursor (instance_id, flow, value, run_id)
    select instance_id, flow, value::json, run_id
    from unnest(${rows.map((r) => r.instanceId)}::uuid[], ${rows.map((r) => r.flow)}::text[], ${rows.map((r) => r.value)}::text[],
      ${rows.map((r) => r.runId)}::uuid[]) as moved (instance_id, flow, value, run_id)
    on conflict (instance_id, flow) do update set value = excluded.value, run_id = excluded.run_id, moved_at = now()`.execute(tx)
}
