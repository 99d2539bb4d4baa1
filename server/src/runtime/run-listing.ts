import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import type { RunFailure } from './decide.ts'
import { errors } from './errors.ts'
import type { RunOutcome, RunState } from './run.ts'
import { type VisibleInstances, visibleInstances } from './visible-instances.ts'

/** What a reader calls the state of a run. */
export type RunStatus =
  | 'waiting'
  | 'queued'
  | 'running'
  | 'retrying'
  | 'throttled'
  | 'partner-down'
  | 'sleeping'
  | 'parked'
  | 'blocked'
  | RunOutcome

export interface RunSummary {
  id: string
  status: RunStatus
  integration: string
  version: string
  flow: string
  instanceId: string
  instance: string
  /** Another may have its name by now. */
  instanceRemoved: boolean
  customer: string
  organization: string
  lane: string
  deliveryId: string | null
  replayOf: string | null
  attempt: number
  failures: number
  failure: RunFailure | null
  fingerprint: string | null
  /** When it goes on by itself. */
  dueAt: Date | null
  receivedAt: Date
  occurredAt: Date | null
  createdAt: Date
  finishedAt: Date | null
}

/** All given conditions hold. */
export interface RunFilter {
  ids?: readonly string[]
  status?: RunStatus
  integration?: string
  instance?: string
  customer?: string
  /** Limits of who asks. */
  visible?: VisibleInstances
  flow?: string
  fingerprint?: string
  delivery?: string
  /** Text in the failure's message. */
  error?: string
  receivedFrom?: Date
  receivedTo?: Date
  connection?: string
  failureKind?: RunFailure['kind']
  /** Of parked runs only. */
  parkedBefore?: Date
}

export interface Page {
  limit: number
  /** Runs older than this id. */
  before?: string
}

const unfinishedColumns = sql`r.id, case
    when r.state = 'queued' and claimed_at is not null then 'running'
    when r.state = 'queued' and wait_reason = 'retry' then 'retrying'
    when r.state = 'queued' and wait_reason = 'sleep' then 'sleeping'
    when r.state = 'queued' and wait_reason is not null then wait_reason
    else r.state end as status,
  r.integration, version, flow, instance_id, lane, delivery_id, replay_of, attempt, failures, failure, fingerprint, due_at, received_at, occurred_at, r.created_at, null::timestamptz as finished_at`
const finishedColumns = sql`r.id, outcome as status, r.integration, version, flow, instance_id, lane, delivery_id, replay_of, attempt, failures,
  failure, fingerprint, null::timestamptz as due_at, received_at, occurred_at, r.created_at, finished_at`

/** Newest first, unfinished and finished alike. */
export async function listRuns(executor: Executor, filter: RunFilter, page: Page): Promise<RunSummary[]> {
  const { rows } = await sql<RunSummary>`
    -- runtime.listRuns
    with found as (
      (select ${unfinishedColumns} from run r join instance on instance.id = r.instance_id
        where ${conditions(filter)} and ${unfinishedStatus(filter)} and ${page.before ? sql`r.id < ${page.before}::uuid` : sql`true`} order by r.id desc limit ${scanLimit(filter, page)})
      union all
      (select ${finishedColumns} from finished_run r join instance on instance.id = r.instance_id
        where ${conditions(filter)} and ${finishedStatus(filter)} and ${page.before ? sql`r.id < ${page.before}::uuid` : sql`true`} order by r.id desc limit ${scanLimit(filter, page)})
    )
    select found.id, status, found.integration, version, flow, instance_id as "instanceId", instance.name as instance, instance.state = 'removed' as "instanceRemoved", instance.customer, instance.organization, lane,
      delivery_id as "deliveryId", replay_of as "replayOf", attempt, failures, failure, fingerprint, due_at as "dueAt", received_at as "receivedAt",
      occurred_at as "occurredAt", found.created_at as "createdAt", finished_at as "finishedAt"
    from found join instance on instance.id = found.instance_id
    where ${filter.status ? sql`status = ${filter.status}` : sql`true`}
    order by found.id desc limit ${page.limit}`.execute(executor)
  return rows
}

const outcomes: readonly string[] = ['succeeded', 'skipped', 'discarded']
const stored: readonly string[] = ['waiting', 'parked', 'blocked']

/** As much of the status as the table itself knows; what distinguishes queued from running is computed, and compared after the scan. */
function unfinishedStatus({ status }: RunFilter) {
  if (!status) return sql`true`
  if (outcomes.includes(status)) return sql`false`
  return sql`r.state = ${stored.includes(status) ? status : 'queued'}`
}

function finishedStatus({ status }: RunFilter) {
  if (!status) return sql`true`
  return outcomes.includes(status) ? sql`r.outcome = ${status}` : sql`false`
}

function scanLimit({ status }: RunFilter, page: Page): number {
  return status && !outcomes.includes(status) && !stored.includes(status) ? Math.max(page.limit, 10_000) : page.limit
}

/** A name is that of the instance that is there: what another has left under the same one is asked for by id. */
const hasItsName = sql`(instance.state <> 'removed' or not exists (select from instance heir where heir.integration = instance.integration
  and heir.customer = instance.customer and heir.name = instance.name and heir.state <> 'removed'))`

/** Conditions on `r` (run or finished_run: their columns are named alike) joined with its instance. */
export function conditions(filter: RunFilter) {
  const parts = [
    filter.ids ? sql`r.id = any(${[...filter.ids]}::uuid[])` : undefined,
    filter.flow ? sql`flow = ${filter.flow}` : undefined,
    filter.fingerprint ? sql`fingerprint = ${filter.fingerprint}` : undefined,
    filter.delivery ? sql`delivery_id = ${filter.delivery}::uuid` : undefined,
    filter.error ? sql`failure->>'message' ilike ${`%${filter.error.replace(/[\\%_]/g, '\\$&')}%`}` : undefined,
    filter.failureKind ? sql`failure->>'kind' = ${filter.failureKind}` : undefined,
    filter.connection ? sql`failure->>'connectionId' = ${filter.connection}` : undefined,
    filter.parkedBefore ? sql`r.parked_at < ${filter.parkedBefore}` : undefined,
    filter.receivedFrom ? sql`received_at >= ${filter.receivedFrom}` : undefined,
    filter.receivedTo ? sql`received_at < ${filter.receivedTo}` : undefined,
    filter.integration ? sql`instance.integration = ${filter.integration}` : undefined,
    filter.customer ? sql`instance.customer = ${filter.customer}` : undefined,
    filter.visible ? visibleInstances(filter.visible) : undefined,
    filter.instance
      ? sql`(instance.id::text = ${filter.instance}
          or (instance.name = ${filter.instance} or instance.customer || '/' || instance.name = ${filter.instance}) and ${hasItsName})`
      : undefined,
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `)
}

/** @throws runtime.run_not_found */
export async function getRun(executor: Executor, id: string, visible?: RunFilter['visible']): Promise<RunSummary> {
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
  const [run] = isUuid ? await listRuns(executor, { ids: [id], ...(visible ? { visible } : {}) }, { limit: 1 }) : []
  if (!run) throw errors.run_not_found({ run: id })
  return run
}

/** Where an unfinished run stands in its lane. A parked one stands aside, and holds nobody. */
export interface LanePlace {
  /** The run for which this one waits; null: it is the first. */
  behind: string | null
  /** How many wait for this one. */
  holds: number
}

export async function placeInLane(
  executor: Executor,
  { id, lane, status }: Pick<RunSummary, 'id' | 'lane' | 'status'>,
): Promise<LanePlace> {
  if (status === 'parked' || outcomes.includes(status)) return { behind: null, holds: 0 }
  const { rows } = await sql<LanePlace>`
    -- runtime.placeInLane
    select (select id from run where lane = ${lane} and state <> 'parked' and id < ${id}::uuid order by id limit 1) as behind,
      (select count(*)::int from run where lane = ${lane} and state = 'waiting' and id > ${id}::uuid) as holds`.execute(executor)
  return rows[0]!
}

export interface StepSummary {
  name: string
  kind: 'step' | 'sleep'
  result: unknown
  wakeAt: Date | null
  durationMs: number | null
  recordedAt: Date
}

/** In the order in which they were recorded. */
export async function listRunSteps(executor: Executor, runId: string): Promise<StepSummary[]> {
  const { rows } = await sql<StepSummary>`
    -- runtime.listRunSteps
    select name, kind, result, wake_at as "wakeAt", duration_ms as "durationMs", recorded_at as "recordedAt"
    from run_step where run_id = ${runId} order by recorded_at, name`.execute(executor)
  return rows
}

/** Parked runs that share a fingerprint. */
export interface ParkedGroup {
  fingerprint: string
  state: RunState
  integration: string
  flow: string
  runs: number
  /** Runs that wait behind them in their lanes. */
  holds: number
  instances: number
  customers: string[]
  failure: RunFailure
  firstParkedAt: Date
  lastParkedAt: Date
  exampleRunId: string
}

/** Largest first. */
export async function listParkedGroups(executor: Executor, filter: RunFilter = {}): Promise<ParkedGroup[]> {
  const { rows } = await sql<ParkedGroup>`
    -- runtime.listParkedGroups
    select fingerprint, r.state, r.integration, flow, count(*)::int as runs,
      coalesce(sum((select count(*) from run w where r.state = 'blocked' and w.lane = r.lane and w.state = 'waiting')), 0)::int as holds, count(distinct instance_id)::int as instances,
      array_agg(distinct customer) as customers, (array_agg(failure order by r.id desc))[1] as failure,
      min(parked_at) as "firstParkedAt", max(parked_at) as "lastParkedAt", (array_agg(r.id order by r.id desc))[1] as "exampleRunId"
    from run r join instance on instance.id = r.instance_id
    where r.state in ('parked', 'blocked') and ${conditions(filter)}
    group by fingerprint, r.state, r.integration, flow
    order by runs desc, fingerprint limit 500`.execute(executor)
  return rows
}

/** Connections that parked runs wait for. */
export async function listAwaitedConnections(executor: Executor): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    -- runtime.listAwaitedConnections
    select distinct failure->>'connectionId' as id from run
    where state in ('parked', 'blocked') and failure->>'kind' = 'credential' and failure->>'connectionId' is not null`.execute(executor)
  return rows.map((row) => row.id)
}
