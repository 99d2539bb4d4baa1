import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import type { DeliveryAssurance, RouteState } from './queries.ts'

export interface DeliverySummary {
  id: string
  source: string
  senderId: string
  assurance: DeliveryAssurance
  /** accepted: its routing is still to come. */
  state: RouteState | 'accepted'
  event: string | null
  account: string | null
  problem: string | null
  bytes: number
  receivedAt: Date
  occurredAt: Date | null
  runs: number
  /** Of its runs, those that are parked or blocked. */
  parked: number
}

/** Who asks; null: no limit of this kind. A delivery is visible through its runs, or to the owner of the platform that sent it. */
export interface DeliveryVisibility {
  integrations: readonly string[] | null
  customer: string | null
  organization: string | null
  platforms: readonly string[] | null
}

export interface DeliveryFilter {
  ids?: readonly string[]
  source?: string
  state?: RouteState | 'accepted'
  event?: string
  account?: string
  visible?: DeliveryVisibility
}

/** Newest first. */
export async function listDeliveries(
  executor: Executor,
  filter: DeliveryFilter,
  page: { limit: number; before?: string },
): Promise<DeliverySummary[]> {
  const conditions = [
    filter.ids ? sql`d.id = any(${[...filter.ids]}::uuid[])` : undefined,
    filter.source ? sql`d.source = ${filter.source}` : undefined,
    filter.state === 'accepted' ? sql`r.state is null` : filter.state ? sql`r.state = ${filter.state}` : undefined,
    filter.event ? sql`r.event = ${filter.event}` : undefined,
    filter.account ? sql`r.account = ${filter.account}` : undefined,
    filter.visible ? visibleTo(filter.visible) : undefined,
    page.before ? sql`d.id < ${page.before}::uuid` : undefined,
  ].filter((condition) => condition !== undefined)
  const { rows } = await sql<DeliverySummary>`
    -- webhooks.listDeliveries
    select d.id, d.source, d.sender_id as "senderId", d.assurance, coalesce(r.state, 'accepted') as state, r.event, r.account, r.problem,
      octet_length(d.body) as bytes, d.received_at as "receivedAt", r.occurred_at as "occurredAt",
      (select count(*)::int from run where run.delivery_id = d.id) + (select count(*)::int from finished_run f where f.delivery_id = d.id) as runs,
      (select count(*)::int from run where run.delivery_id = d.id and run.state in ('parked', 'blocked')) as parked
    from delivery d left join delivery_route r on r.delivery_id = d.id
    where ${conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`}
    order by d.id desc limit ${page.limit}`.execute(executor)
  return rows
}

/** That an instance, joined as `i`, is visible to who asks. */
export function ofVisibleInstance({ integrations, customer, organization }: DeliveryVisibility) {
  return sql`(${integrations}::text[] is null or i.integration = any(${integrations})) and (${customer}::text is null or i.customer = ${customer})
    and (${organization}::text is null or i.organization = ${organization})`
}

function visibleTo(visible: DeliveryVisibility) {
  const { integrations, customer, platforms } = visible
  if (integrations === null && customer === null) return sql`true`
  const ofInstance = ofVisibleInstance(visible)
  return sql`(d.source = any(${platforms ?? []}::text[])
    or exists (select 1 from run join instance i on i.id = run.instance_id where run.delivery_id = d.id and ${ofInstance})
    or exists (select 1 from finished_run f join instance i on i.id = f.instance_id where f.delivery_id = d.id and ${ofInstance}))`
}

/** Deliveries that wait for somebody (their account is unknown, their instance paused, …), oldest first. */
export async function listWaitingDeliveries(
  executor: Executor,
  filter: { state: RouteState; source?: string; account?: string },
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    -- webhooks.listWaitingDeliveries
    select r.delivery_id as id from delivery_route r join delivery d on d.id = r.delivery_id
    where r.state = ${filter.state} and (${filter.source ?? null}::text is null or d.source = ${filter.source ?? null})
      and (${filter.account ?? null}::text is null or r.account = ${filter.account ?? null})
    order by r.delivery_id limit ${limit}`.execute(executor)
  return rows.map((row) => row.id)
}
