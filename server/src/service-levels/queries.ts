import { sql } from 'kysely'
import type { Day } from '../agreements/index.ts'
import { type Executor, type Transaction, uuidv7Floor } from '../database/index.ts'
import type { ExcusedTime } from './maintenance/judge-maintenance.ts'
import { splitMaintained } from './maintenance/split-maintained.ts'
import type { Measure, RecentTally, SlotTally, Tally } from './tally.ts'

/** Length of a slot. */
export const slotMs = 300_000

export interface Cursor {
  callsUntil: Date
}

/**
 * Locks the cursor for this transaction; made at the first call, at the oldest call that is kept.
 *
 * @returns undefined when another process is counting
 */
export async function lockCursor(tx: Transaction, now: Date): Promise<Cursor | undefined> {
  await sql`
    -- serviceLevels.makeCursor
    insert into service_level_cursor (calls_until, counted_at)
    select coalesce((select date_trunc('minute', started_at) from call_record order by id limit 1), ${now}::timestamptz), ${now}::timestamptz
    where not exists (select 1 from service_level_cursor) on conflict do nothing`.execute(tx)
  const { rows } = await sql<Cursor>`
    -- serviceLevels.lockCursor
    select calls_until as "callsUntil" from service_level_cursor for update skip locked`.execute(tx)
  return rows[0]
}

export async function moveCursor(tx: Transaction, callsUntil: Date, now: Date): Promise<void> {
  await sql`
    -- serviceLevels.moveCursor
    update service_level_cursor set calls_until = ${callsUntil}, counted_at = ${now}`.execute(tx)
}

/** When somebody counted last; undefined: nobody ever did. */
export async function lastCountedAt(executor: Executor): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date }>`
    -- serviceLevels.lastCountedAt
    select counted_at as at from service_level_cursor`.execute(executor)
  return rows[0]?.at
}

export interface OutcomeRow {
  runId: string
  instanceId: string
  integration: string
  flow: string
  outcome: 'succeeded' | 'skipped' | 'parked'
  failureKind: string | null
  platform: string | null
  status: number | null
  countedBefore: boolean
  receivedAt: Date
  occurredAt: Date | null
  endedAt: Date
  /** Platform from which the event came; null: a schedule made it. */
  source: string | null
  /** A canary's: counts for nobody. */
  synthetic: boolean
}

/** Takes the oldest outcomes out of the line. They are gone for good when the transaction commits, and there again when it does not. */
export async function takeOutcomes(tx: Transaction, limit: number): Promise<OutcomeRow[]> {
  const { rows } = await sql<OutcomeRow>`
    -- serviceLevels.takeOutcomes
    delete from run_outcome o where id in (select id from run_outcome order by id limit ${limit})
    returning (select synthetic from instance where instance.id = o.instance_id) is true as synthetic,
      (select d.source from delivery d where d.id = o.delivery_id) as source, run_id as "runId", instance_id as "instanceId", integration, flow, outcome, failure_kind as "failureKind", platform, status,
      counted_before as "countedBefore", received_at as "receivedAt", occurred_at as "occurredAt", ended_at as "endedAt"`.execute(tx)
  return rows
}

export interface CallGroup {
  integration: string
  instanceId: string
  flow: string
  platform: string
  /** ok or the kind of failure. */
  kind: string
  status: number | null
  /** Ran out of time before a connection became free. */
  waitedOnly: boolean
  /** Upper bound in milliseconds, or beyond. */
  bound: string
  events: number
  example: string
  startedAt: Date
}

/**
 * Calls of runs that began within a time, grouped. Reads one stretch of the primary key, so the cost is that of the stretch, however much
 * history there is.
 *
 * @param bounds upper bounds in milliseconds, ascending
 */
export async function groupCalls(tx: Transaction, from: Date, to: Date, bounds: readonly number[]): Promise<CallGroup[]> {
  const { rows } = await sql<CallGroup>`
    -- serviceLevels.groupCalls
    with calls as (
      select c.*, coalesce((${[...bounds]}::float8[])[width_bucket(c.duration_ms::float8, ${[...bounds]}::float8[]) + 1]::text, 'beyond') as bound
      from call_record c
      where c.id >= ${uuidv7Floor(from.getTime())}::uuid and c.id < ${uuidv7Floor(to.getTime())}::uuid and c.run_id is not null
    )
    select r.integration, r.instance_id as "instanceId", r.flow, platform, calls.outcome as kind, status,
      (status is null and error like '%: no connection became free for %') as "waitedOnly", bound,
      count(*)::float8 as events, max(calls.id::text) as example, min(calls.started_at) as "startedAt"
    from calls cross join lateral (
      select integration, instance_id, flow from run where run.id = calls.run_id
      union all
      select integration, instance_id, flow from finished_run f where f.id = calls.run_id
      limit 1
    ) r
    where not exists (select from instance where instance.id = r.instance_id and synthetic)
    group by 1, 2, 3, 4, 5, 6, 7, 8`.execute(tx)
  return rows
}

/** The first moment at or after `from` at which a call is kept; undefined: none. */
export async function nextCallAt(tx: Transaction, from: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date }>`
    -- serviceLevels.nextCallAt
    select started_at as at from call_record where id >= ${uuidv7Floor(from.getTime())}::uuid order by id limit 1`.execute(tx)
  return rows[0]?.at
}

export interface DayRow extends Omit<Tally, 'instances'> {
  instanceId: string
}

/** Adds to what is there. One statement for any number of rows; no two may have the same key. */
export async function addToDays(tx: Transaction, rows: readonly DayRow[]): Promise<void> {
  const column = (read: (row: DayRow) => unknown) => rows.map(read)
  await sql`
    -- serviceLevels.addToDays
    insert into service_level_day as d (integration, day, instance_id, flow, measure, platform, mark, events, example_id)
    select * from unnest(${column((r) => r.integration)}::text[], ${column((r) => r.day)}::date[], ${column((r) => r.instanceId)}::uuid[],
      ${column((r) => r.flow)}::text[], ${column((r) => r.measure)}::text[], ${column((r) => r.platform)}::text[], ${column((r) => r.mark)}::text[],
      ${column((r) => r.events)}::bigint[], ${column((r) => r.example)}::uuid[])
    on conflict (integration, day, instance_id, flow, measure, platform, mark) do update
    set events = d.events + excluded.events, example_id = coalesce(excluded.example_id, d.example_id)`.execute(tx)
}

/** Adds to what is there; no two rows may have the same key. */
export async function addToSlots(tx: Transaction, rows: readonly SlotTally[]): Promise<void> {
  const column = (read: (row: SlotTally) => unknown) => rows.map(read)
  await sql`
    -- serviceLevels.addToSlots
    insert into service_level_slot as s (integration, slot, flow, measure, platform, mark, events, example_id)
    select * from unnest(${column((r) => r.integration)}::text[], ${column((r) => new Date(r.slotMs))}::timestamptz[], ${column((r) => r.flow)}::text[],
      ${column((r) => r.measure)}::text[], ${column((r) => r.platform)}::text[], ${column((r) => r.mark)}::text[], ${column((r) => r.events)}::bigint[], ${column((r) => r.example)}::uuid[])
    on conflict (integration, slot, flow, measure, platform, mark) do update
    set events = s.events + excluded.events, example_id = coalesce(excluded.example_id, s.example_id)`.execute(tx)
}

/** Forgets what no window reaches any more. What happened during maintenance is kept as long as days are: it is told apart from them. */
export async function forgetBefore(tx: Transaction, day: Day, slot: Date): Promise<void> {
  await sql`
    -- serviceLevels.forgetDays
    delete from service_level_day where day < ${day}::date`.execute(tx)
  await sql`
    -- serviceLevels.forgetSlots
    delete from service_level_slot s where slot < ${day}::date or (slot < ${slot} and slot >= ${slot}::timestamptz - interval '1 day'
      and not exists (select from maintenance_window where starts_at <= s.slot and ends_at > s.slot))`.execute(tx)
}

/** In the order of days. @param excused what happened in these times is told apart, by `maintainedBy` */
export async function listTallies(
  executor: Executor,
  integrations: readonly string[],
  from: Day,
  excused: readonly ExcusedTime[],
): Promise<Tally[]> {
  const { rows } = await sql<Tally & { measure: Measure }>`
    -- serviceLevels.listTallies
    select integration, to_char(day, 'YYYY-MM-DD') as day, flow, measure, platform, mark, sum(events)::float8 as events,
      count(distinct instance_id)::int as instances, max(example_id::text) as example
    from service_level_day where integration = any(${[...integrations]}::text[]) and day >= ${from}::date
    group by integration, service_level_day.day, flow, measure, platform, mark
    order by integration, service_level_day.day, flow, measure, platform, mark`.execute(executor)
  return splitMaintained(rows, excused.length === 0 ? [] : await listMaintained(executor, excused))
}

async function listMaintained(executor: Executor, excused: readonly ExcusedTime[]): Promise<Tally[]> {
  const { rows } = await sql<Tally>`
    -- serviceLevels.listMaintained
    with excused as materialized (${rowsOf(excused)}),
    maintained as (
      select s.*, ${maintainer} as maintainer from service_level_slot s
      where exists (select from excused e where e.integration = s.integration and s.slot >= e.starts_at and s.slot < e.ends_at)
    )
    select integration, to_char(slot at time zone 'UTC', 'YYYY-MM-DD') as day, flow, measure, platform, mark, sum(events)::float8 as events,
      1 as instances, null as example, maintainer as "maintainedBy"
    from maintained where maintainer is not null group by 1, 2, 3, 4, 5, 6, maintainer`.execute(executor)
  return rows
}

function rowsOf(excused: readonly ExcusedTime[]) {
  return sql`select integration, organization, platform, "from" as starts_at, until as ends_at from jsonb_to_recordset(${JSON.stringify(excused)}::jsonb)
      as r (integration text, organization text, platform text, "from" timestamptz, until timestamptz)`
}

/** Who maintained the platform of a slot; what names no platform may have met any. Expects `excused` and the slot as `s`. */
const maintainer = sql`(select e.organization from excused e where e.integration = s.integration and s.slot >= e.starts_at and s.slot < e.ends_at
      and (s.platform in (e.platform, '') or s.measure in ('handling', 'lag')) order by e.platform limit 1)`

/**
 * What happened lately, summed by how long ago: the answer is as small as there are lengths and outcomes, whatever the traffic.
 *
 * @param lengthsMs ascending; what is older than the last is left out
 */
export async function listRecent(
  executor: Executor,
  integrations: readonly string[],
  now: Date,
  lengthsMs: readonly number[],
  excused: readonly ExcusedTime[],
): Promise<RecentTally[]> {
  const longest = lengthsMs.at(-1)
  if (longest === undefined) return []
  const lengths = [...lengthsMs]
  const { rows } = await sql<RecentTally>`
    -- serviceLevels.listRecent
    with excused as materialized (${rowsOf(excused)}),
    aged as (
      select s.*, ${excused.length === 0 ? sql`null::text` : maintainer} as maintainer, greatest(0, extract(epoch from ${now}::timestamptz - slot)::float8 * 1000 - ${slotMs}) as age_ms
      from service_level_slot s
      where integration = any(${[...integrations]}::text[]) and slot > ${new Date(now.getTime() - longest - slotMs)}::timestamptz
    )
    select integration, (${lengths}::float8[])[width_bucket(age_ms, ${lengths}::float8[]) + 1] as "withinMs", flow, measure, platform, mark,
      sum(events)::float8 as events, 1 as instances, max(example_id::text) as example,
      maintainer as "maintainedBy"
    from aged where age_ms < ${longest} group by 1, 2, 3, 4, 5, 6, maintainer`.execute(executor)
  return rows
}

/** Slot by slot, newest first; for integrations with little traffic. */
export async function listSlotTallies(
  executor: Executor,
  integrations: readonly string[],
  from: Date,
  excused: readonly ExcusedTime[],
): Promise<SlotTally[]> {
  const { rows } = await sql<SlotTally>`
    -- serviceLevels.listSlotTallies
    with excused as materialized (${rowsOf(excused)})
    select integration, extract(epoch from slot)::float8 * 1000 as "slotMs", flow, measure, platform, mark, events::float8 as events,
      1 as instances, example_id as example, ${maintainer} as "maintainedBy"
    from service_level_slot s where integration = any(${[...integrations]}::text[]) and slot >= ${from} order by slot desc`.execute(
    executor,
  )
  return rows
}

export interface Newest {
  platform: string
  /** The slot in which the newest event from this platform got to its effect; null: none in two weeks. */
  eventAt: Date | null
  /** The slot of the newest call that it answered. */
  callAt: Date | null
}

/** How long ago something came from each platform of an integration, and how long ago it answered; to five minutes. */
export async function newestOf(executor: Executor, integration: string): Promise<Newest[]> {
  const { rows } = await sql<Newest>`
    -- serviceLevels.newestOf
    select platform, max(slot) filter (where measure = 'lag') as "eventAt",
      max(slot) filter (where measure = 'call' and mark in ('ok', 'content-refused')) as "callAt"
    from service_level_slot where integration = ${integration} and measure in ('lag', 'call') and platform <> '' group by platform`.execute(
    executor,
  )
  return rows
}

/** Integration → day of the first event that was ever counted. Reads the first row of each in the primary key. */
export async function firstDays(executor: Executor, integrations: readonly string[]): Promise<Map<string, Day>> {
  const { rows } = await sql<{ integration: string; day: Day }>`
    -- serviceLevels.firstDays
    select name as integration, to_char(first.day, 'YYYY-MM-DD') as day
    from unnest(${[...integrations]}::text[]) as name
    cross join lateral (select day from service_level_day d where d.integration = name order by day limit 1) as first`.execute(executor)
  return new Map(rows.map(({ integration, day }) => [integration, day]))
}
