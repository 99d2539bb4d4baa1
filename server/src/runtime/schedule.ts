import { createHash } from 'node:crypto'
import type { EveryFlow } from '@bridgekeeper/sdk'
import { Cron } from 'croner'
import { sql } from 'kysely'
import { type Database, type Transaction, uuidv7 } from '../database/index.ts'
import { failPoint, type Log } from '../observation/index.ts'
import { createRuns } from './create-runs.ts'
import { durationMs } from './duration.ts'
import type { Integrations } from './integrations.ts'
import { scheduleLane } from './lane.ts'
import type { Pace } from './pace.ts'
import type { Queue } from './queue.ts'
import type { NewRun } from './run.ts'
import { listBusyLanes, lockLanes } from './run-queries.ts'
import type { Wake } from './wake.ts'

/** `PT15M` or a cron expression, as stored: a changed rule starts afresh. */
export function ruleOf(flow: EveryFlow): string {
  return flow.interval ?? flow.cron!
}

/**
 * The next tick after `after`. Intervals are counted from a moment of their own per instance and flow, so that a thousand instances with
 * `PT15M` spread over the quarter of an hour instead of starting together; cron expressions mean the same minute for all, in UTC, so that
 * a change to summer time neither repeats nor leaves out a tick.
 *
 * @returns null when no such moment comes, as on a 30th of February; `createIntegrations` has refused such rules before any is stored
 */
export function nextTick(rule: string, identity: string, after: Date): Date | null {
  if (!rule.startsWith('P')) return new Cron(rule, { timezone: 'UTC' }).nextRun(after)
  const intervalMs = durationMs(rule)
  const offsetMs = createHash('sha256').update(identity).digest().readUInt32BE(0) % intervalMs
  return new Date((Math.floor((after.getTime() - offsetMs) / intervalMs) + 1) * intervalMs + offsetMs)
}

interface DueRow {
  instanceId: string
  flow: string
  rule: string
  integration: string
  revision: number
  version: string
  state: string
}

export interface SchedulingParts {
  database: Database
  queue: Queue
  wake: Wake
  integrations: Integrations
  pace: Pace
  log: Log
}

const maxTicksPerPass = 500

/**
 * Makes the runs of all ticks that are due. Any number of processes may call it: each row is taken by one. A tick whose predecessor still
 * runs is left out; ticks missed while nothing ran are made up by one.
 *
 * @returns runs made
 */
export async function runSchedules(parts: SchedulingParts, now: Date = new Date()): Promise<number> {
  const made = await parts.database.transaction(async (tx) => {
    const due = await takeDue(tx, now)
    if (due.length === 0) return 0
    const lanes = due.map((row) => scheduleLane(row.instanceId, row.flow))
    await lockLanes(tx, lanes)
    const busy = await listBusyLanes(tx, lanes)
    const runs = due
      .filter((row) => row.state === 'active' && !busy.has(scheduleLane(row.instanceId, row.flow)))
      .map((row) => newRun(parts, row, now))
    await createRuns(tx, parts.queue, runs)
    await moveTicks(
      tx,
      due.map((row) => ({ ...row, nextAt: nextTick(row.rule, `${row.instanceId}/${row.flow}`, now)! })),
    )
    if (runs.length > 0) await parts.wake.notify(tx, 'run')
    failPoint('schedule.before-commit')
    return runs.length
  })
  if (made > 0) {
    failPoint('schedule.after-commit')
    parts.wake.ring('run')
  }
  return made
}

function newRun(parts: SchedulingParts, row: DueRow, now: Date): NewRun {
  const id = uuidv7()
  return {
    id,
    instanceId: row.instanceId,
    revision: row.revision,
    integration: row.integration,
    version: row.version,
    flow: row.flow,
    originId: id,
    deliveryId: null,
    lane: scheduleLane(row.instanceId, row.flow),
    priority: parts.pace.next(row.instanceId, now.getTime()),
    replayOf: null,
    receivedAt: now,
    occurredAt: null,
  }
}

async function takeDue(tx: Transaction, now: Date): Promise<DueRow[]> {
  const { rows } = await sql<DueRow>`
    -- runtime.takeDueSchedules
    select s.instance_id as "instanceId", s.flow, s.rule, instance.integration, instance.revision, r.version, instance.state
    from flow_schedule s
    join instance on instance.id = s.instance_id and instance.state <> 'removed'
    join instance_revision r on r.instance_id = instance.id and r.revision = instance.revision
    where s.next_at <= ${now}
    order by s.next_at limit ${maxTicksPerPass}
    for update of s skip locked`.execute(tx)
  return rows
}

async function moveTicks(tx: Transaction, rows: readonly (DueRow & { nextAt: Date })[]): Promise<void> {
  await sql`
    -- runtime.moveTicks
    update flow_schedule set next_at = moved.next_at
    from unnest(${rows.map((r) => r.instanceId)}::uuid[], ${rows.map((r) => r.flow)}::text[], ${rows.map((r) => r.nextAt)}::timestamptz[])
      as moved (instance_id, flow, next_at)
    where flow_schedule.instance_id = moved.instance_id and flow_schedule.flow = moved.flow`.execute(tx)
}

/** Brings an instance's schedules in line with its version: new flows start, changed rules start afresh, vanished flows end. */
export async function planSchedules(
  tx: Transaction,
  instance: { id: string },
  flows: Readonly<Record<string, { kind: string }>>,
  now: Date = new Date(),
): Promise<void> {
  const every = Object.entries(flows).filter((entry): entry is [string, EveryFlow] => entry[1].kind === 'every')
  const names = every.map(([name]) => name)
  await sql`
    -- runtime.endSchedules
    delete from flow_schedule where instance_id = ${instance.id} and flow <> all(${names}::text[])`.execute(tx)
  if (every.length === 0) return
  await sql`
    -- runtime.planSchedules
    insert into flow_schedule (instance_id, flow, rule, next_at)
    select ${instance.id}::uuid, flow, rule, next_at
    from unnest(${names}::text[], ${every.map(([, flow]) => ruleOf(flow))}::text[],
      ${every.map(([name, flow]) => nextTick(ruleOf(flow), `${instance.id}/${name}`, now)!)}::timestamptz[]) as planned (flow, rule, next_at)
    on conflict (instance_id, flow) do update set rule = excluded.rule, next_at = excluded.next_at where flow_schedule.rule <> excluded.rule`.execute(
    tx,
  )
}
