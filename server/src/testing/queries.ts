import { sql } from 'kysely'
import type { Database } from '../database/index.ts'

/** A run that something may still happen to. */
export interface OpenRun {
  id: string
  state: string
  attempt: number
  waitReason: string | null
}

/** Runs that are in line or wait for a time. Those behind a blocked one are not: only a person moves them. */
export async function listOpenRuns(database: Database): Promise<OpenRun[]> {
  const { rows } = await sql<OpenRun>`
    -- testing.listOpenRuns
    select id, state, attempt, wait_reason as "waitReason" from run
    where state in ('queued', 'waiting') and not exists (select 1 from run blocked where blocked.lane = run.lane and blocked.state = 'blocked')
    order by id`.execute(database.executor)
  return rows
}

/** Batches of deliveries that are not routed yet. */
export async function countUnrouted(database: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    -- testing.countUnrouted
    select count(*)::int as count from pgboss.job where name = 'route'`.execute(database.executor)
  return rows[0]!.count
}

/** Ends all waits but those that a partner asked for, which the gateway would only begin again. */
export async function endWaits(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    await sql`
      -- testing.endSleeps
      update run_step set wake_at = now() - interval '1 second'
      where kind = 'sleep' and wake_at > now() and run_id in (select id from run where wait_reason = 'sleep')`.execute(tx)
    await sql`
      -- testing.endWaits
      with due as (update run set due_at = now() where state = 'queued' and due_at > now() and wait_reason <> 'throttled' returning job_id)
      update pgboss.job set start_after = now() where name = 'run' and id in (select job_id from due)`.execute(tx)
  })
}

/** Schedules start only when a test says so. */
export async function holdSchedules(database: Database): Promise<void> {
  await sql`
    -- testing.holdSchedules
    update flow_schedule set next_at = 'infinity' where next_at > now()`.execute(database.executor)
}

/** @returns false when the instance has no such schedule */
export async function startSchedule(database: Database, flow: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- testing.startSchedule
    update flow_schedule set next_at = now() where flow = ${flow}`.execute(database.executor)
  return (numAffectedRows ?? 0n) > 0n
}

export async function countMeters(database: Database): Promise<{ meter: string; quantity: number; origin: string }[]> {
  const { rows } = await sql<{ meter: string; quantity: number; origin: string }>`
    -- testing.countMeters
    select meter, sum(quantity)::int as quantity, coalesce(runs.delivery_id::text, 'tick ' || meter_event.flow) as origin
    from meter_event
    join (select id, delivery_id from run union all select id, delivery_id from finished_run) runs on runs.id = meter_event.run_id
    group by 1, 3 order by 1, 3`.execute(database.executor)
  return rows
}

export async function isScheduleDue(database: Database, flow: string): Promise<boolean> {
  const { rows } = await sql<{ due: boolean }>`
    -- testing.isScheduleDue
    select exists (select 1 from flow_schedule where flow = ${flow} and next_at <= now()) as due`.execute(database.executor)
  return rows[0]!.due
}
