import { sql } from 'kysely'
import type { Database } from '../database/index.ts'

/**
 * What something may still happen to: batches of deliveries that are not routed, and runs in line or waiting for a time, with how far they got.
 * Runs behind a blocked one are left out, as only a person moves them. One statement, so that nothing slips from one list to the other.
 */
export async function listUnfinished(database: Database): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    -- testing.listUnfinished
    select concat_ws(' ', 'run', id, state, attempt, wait_reason) as what from run
    where state in ('queued', 'waiting') and not exists (select 1 from run blocked where blocked.lane = run.lane and blocked.state = 'blocked')
    union all
    select 'batch ' || id from delivery_batch
    order by 1`.execute(database.executor)
  return rows.map(({ what }) => what)
}

/** Sleeps, retries and pauses end now. @returns whether a run waited because a partner had asked for it */
export async function endWaits(database: Database): Promise<{ throttled: boolean }> {
  return database.transaction(async (tx) => {
    await sql`
      -- testing.endSleeps
      update run_step set wake_at = now() - interval '1 second'
      where kind = 'sleep' and wake_at > now() and run_id in (select id from run where wait_reason = 'sleep')`.execute(tx)
    const { rows } = await sql<{ reason: string }>`
      -- testing.endWaits
      with due as (update run set due_at = now() where state = 'queued' and due_at > now() returning job_id, wait_reason),
        jobs as (update pgboss.job set start_after = now() where name = 'run' and id in (select job_id from due))
      select wait_reason as reason from due`.execute(tx)
    return { throttled: rows.some(({ reason }) => reason === 'throttled') }
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
