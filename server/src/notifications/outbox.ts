import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import type { Notification } from './notification.ts'

/** A copy of a notification that is about to be sent. */
export interface Claimed extends Pick<Notification, 'id' | 'organization' | 'kind' | 'title' | 'data' | 'toldAt'> {
  subscriptionId: string
  url: string
  sealed: string
  /** This one included. */
  attempts: number
}

export interface Settled {
  notificationId: string
  subscriptionId: string
  attempts: number
  state: 'pending' | 'delivered' | 'dead'
  nextAttemptAt: Date
  status: number | null
  error: string | null
}

/**
 * Takes copies that are due, a few of each subscription, so that one receiver that hangs holds up nobody else. They are leased: if whoever
 * took them dies, they are due again after the lease.
 */
export async function claimDue(
  executor: Executor,
  now: Date,
  leaseMs: number,
  { each, all }: { each: number; all: number },
): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    -- notifications.claimDue
    with due as (
      select d.notification_id, s.id as subscription_id, s.url, s.sealed from notification_subscription s
      cross join lateral (select notification_id from notification_delivery
        where subscription_id = s.id and state = 'pending' and next_attempt_at <= ${now}
        order by next_attempt_at, notification_id limit ${each} for update skip locked) d
      where s.removed_at is null limit ${all})
    update notification_delivery d set attempts = d.attempts + 1, next_attempt_at = ${now}::timestamptz + ${leaseMs} * interval '1 millisecond'
    from due, notification n
    where d.notification_id = due.notification_id and d.subscription_id = due.subscription_id and n.id = due.notification_id
    returning n.id, n.organization, n.kind, n.title, n.data, n.told_at as "toldAt", d.subscription_id as "subscriptionId", due.url, due.sealed, d.attempts`.execute(
    executor,
  )
  return rows
}

/** Only what its sender still holds: after a lease ended, another may have sent it. */
export async function settle(executor: Executor, settled: readonly Settled[], now: Date): Promise<void> {
  if (settled.length === 0) return
  await sql`
    -- notifications.settle
    update notification_delivery d set state = r.state, next_attempt_at = r."nextAttemptAt", last_status = r.status, last_error = r.error,
      settled_at = case when r.state <> 'pending' then ${now}::timestamptz end
    from jsonb_to_recordset(${JSON.stringify(settled)}::jsonb) as r ("notificationId" uuid, "subscriptionId" uuid, attempts int, state text,
      "nextAttemptAt" timestamptz, status int, error text)
    where d.notification_id = r."notificationId" and d.subscription_id = r."subscriptionId" and d.attempts = r.attempts and d.state = 'pending'`.execute(
    executor,
  )
}

export interface ShownDelivery {
  notification: string
  kind: string
  title: string
  subscription: string
  state: 'pending' | 'delivered' | 'dead'
  attempts: number
  nextAttemptAt: Date | null
  lastStatus: number | null
  lastError: string | null
  settledAt: Date | null
}

/** A place in the list of copies: `notification/subscription`, both as ids. */
export type DeliveryCursor = string

/** Newest first. @param query organization: only its own; null: all. before: only what comes after this place in the order */
export async function listDeliveries(
  executor: Executor,
  query: {
    organization: string | null
    state?: ShownDelivery['state'] | undefined
    limit: number
    before?: DeliveryCursor | undefined
  },
): Promise<{ deliveries: ShownDelivery[]; next: DeliveryCursor | null }> {
  const { organization, state, limit } = query
  const [notification, subscription] = query.before?.split('/') ?? []
  // The bound of n follows from that of d, but the planner does not see it, and would merge through all newer notifications.
  const older = query.before
    ? sql`(d.notification_id, d.subscription_id) < (${notification}::uuid, ${subscription}::uuid) and n.id <= ${notification}::uuid`
    : sql`true`
  const { rows } = await sql<ShownDelivery & { place: DeliveryCursor }>`
    -- notifications.listDeliveries
    select d.notification_id as notification, n.kind, n.title, s.name as subscription, d.state, d.attempts,
      case when d.state = 'pending' then d.next_attempt_at end as "nextAttemptAt", d.last_status as "lastStatus", d.last_error as "lastError",
      d.settled_at as "settledAt", d.notification_id || '/' || d.subscription_id as place
    from notification_delivery d join notification n on n.id = d.notification_id join notification_subscription s on s.id = d.subscription_id
    where (${organization}::text is null or s.organization = ${organization}) and (${state ?? null}::text is null or d.state = ${state ?? null})
      and ${older}
    order by d.notification_id desc, d.subscription_id desc limit ${limit}`.execute(executor)
  return { deliveries: rows.map(({ place: _, ...row }) => row), next: rows.length === limit ? rows.at(-1)!.place : null }
}
