import { sql } from 'kysely'
import { type Database, type Executor, uuidv7Floor, uuidv7Timestamp } from '../../database/index.ts'

export interface CanaryName {
  integration: string
  scenario: string
}

/**
 * Takes canaries that are due, each for one process. A canary that is new is due at once.
 *
 * @param planned every canary that is sent by time, with how long it may be held
 */
export async function claimDueCanaries(
  database: Database,
  planned: readonly (CanaryName & { leaseMs: number })[],
  limit: number,
): Promise<CanaryName[]> {
  const names = planned.map(({ integration }) => integration)
  const scenarios = planned.map(({ scenario }) => scenario)
  return database.transaction(async (tx) => {
    await sql`
      -- serviceLevels.planCanaries
      insert into canary_schedule (integration, scenario) select * from unnest(${names}::text[], ${scenarios}::text[])
      on conflict do nothing`.execute(tx)
    const { rows } = await sql<CanaryName>`
      -- serviceLevels.claimDueCanaries
      update canary_schedule s set leased_until = now() + due.lease_ms * interval '1 millisecond'
      from (
        select s.integration, s.scenario, p.lease_ms from canary_schedule s
        join unnest(${names}::text[], ${scenarios}::text[], ${planned.map(({ leaseMs }) => leaseMs)}::float8[]) as p (integration, scenario, lease_ms)
          using (integration, scenario)
        where next_at <= now() and (leased_until is null or leased_until < now())
        order by next_at limit ${limit} for update of s skip locked
      ) as due
      where s.integration = due.integration and s.scenario = due.scenario
      returning s.integration, s.scenario`.execute(tx)
    return rows
  })
}

/** After its end, whatever it was. */
export async function scheduleCanary(executor: Executor, { integration, scenario }: CanaryName, afterMs: number): Promise<void> {
  await sql`
    -- serviceLevels.scheduleCanary
    update canary_schedule set next_at = now() + ${afterMs} * interval '1 millisecond', leased_until = null
    where integration = ${integration} and scenario = ${scenario}`.execute(executor)
}

export interface CanaryInstance {
  id: string
  key: string
  organization: string
  state: string
  synthetic: boolean
}

export async function findCanaryInstance(executor: Executor, integration: string, named: string): Promise<CanaryInstance | undefined> {
  const { rows } = await sql<CanaryInstance>`
    -- serviceLevels.findCanaryInstance
    select id, key, organization, state, synthetic from instance
    where integration = ${integration} and customer || '/' || name = ${named} and state <> 'removed'`.execute(executor)
  return rows[0]
}

export interface DeliveryProgress {
  /** null: not routed yet. */
  route: string | null
  problem: string | null
  succeeded: number
  /** Waiting, queued or running. */
  unfinished: number
  /** Why the first one did not get through; null: none failed. */
  failure: string | null
  /** Writes and reads of its runs that the partner answered well, as `platform POST /orders`. */
  done: string[]
}

export async function readDeliveryProgress(executor: Executor, delivery: string): Promise<DeliveryProgress> {
  const from = uuidv7Floor(uuidv7Timestamp(delivery))
  const { rows } = await sql<DeliveryProgress>`
    -- serviceLevels.readDeliveryProgress
    with runs as (
      select id, state as outcome, failure from run where delivery_id = ${delivery}
      union all
      select id, outcome, failure from finished_run where delivery_id = ${delivery} and id >= ${from}::uuid
    )
    select (select state from delivery_route where delivery_id = ${delivery}) as route,
      (select problem from delivery_route where delivery_id = ${delivery}) as problem,
      (select count(*)::int from runs where outcome = 'succeeded') as succeeded,
      (select count(*)::int from runs where outcome in ('waiting', 'queued')) as unfinished,
      (select outcome || ': ' || coalesce(failure ->> 'message', 'without a reason') from runs where outcome in ('parked', 'blocked', 'skipped', 'discarded')
        order by id limit 1) as failure,
      array(select distinct c.platform || ' ' || c.method || ' ' || c.operation from call_record c
        where c.run_id in (select id from runs) and c.id >= ${from}::uuid and c.outcome = 'ok') as done`.execute(executor)
  return rows[0]!
}
