import { sql } from 'kysely'
import { type Executor, storableJson, uuidv7 } from '../database/index.ts'

/**
 * announced: an end or another change that is to come. in-force: a change that was found when it was there already. moved: another date.
 * withdrawn: taken back. reminder: the day comes nearer. effective: the day has come. overdue: an answer did not come in time, and the next
 * people are called. answered: somebody acknowledged, consented or objected.
 *
 * alert.started: an error budget burns or a canary no longer gets through, and people are called. worse: it has become urgent. called: the fault
 * turned out to be yours, too. overdue: nobody acknowledged, and the next people are called. acknowledged: a human looks at it. ended: it is over.
 * self-test: the weekly breach that is only played.
 *
 * maintenance.announced: a platform will be out of service because its owner works on it. withdrawn: it was taken back.
 *
 * test: somebody tried whether it arrives.
 */
export const notificationKinds = [
  'notice.announced',
  'notice.in-force',
  'notice.moved',
  'notice.withdrawn',
  'notice.reminder',
  'notice.effective',
  'notice.overdue',
  'notice.answered',
  'alert.started',
  'alert.worse',
  'alert.called',
  'alert.overdue',
  'alert.acknowledged',
  'alert.ended',
  'alert.self-test',
  'maintenance.announced',
  'maintenance.withdrawn',
  'test',
] as const
export type NotificationKind = (typeof notificationKinds)[number]

export interface NewNotification {
  organization: string
  kind: NotificationKind
  /** What it is about. The same organization is told the same key once, however often it is tried. */
  key: string
  /** One sentence for people. */
  title: string
  /** For programs; goes to the organization as it stands here. */
  data: Readonly<Record<string, unknown>>
}

export interface Notification extends NewNotification {
  id: string
  toldAt: Date
}

/**
 * Tells organizations something, in the transaction of what it is about: with it stand the copies for their subscriptions in the outbox. In one
 * statement, however many they are.
 *
 * @returns how many were new
 */
export async function tell(tx: Executor, notifications: readonly NewNotification[], at: Date): Promise<number> {
  if (notifications.length === 0) return 0
  const rows = notifications.map((notification) => ({ id: uuidv7(), ...notification }))
  const { rows: told } = await sql<{ told: number }>`
    -- notifications.tell
    with added as (
      insert into notification (id, organization, kind, key, title, data, told_at)
      select id, organization, kind, key, title, data, ${at}
      from jsonb_to_recordset(${storableJson(rows)}::jsonb) as r (id uuid, organization text, kind text, key text, title text, data jsonb)
      on conflict (organization, key) do nothing returning id, organization, kind),
    outbox as (
      insert into notification_delivery (notification_id, subscription_id, next_attempt_at)
      select a.id, s.id, ${at} from added a join notification_subscription s on s.organization = a.organization
      where s.removed_at is null and (s.kinds = '{}' or a.kind = any(s.kinds)))
    select count(*)::int as told from added`.execute(tx)
  return told[0]!.told
}

export interface NotificationQuery {
  /** null: of all. */
  organization: string | null
  kind?: NotificationKind | undefined
  /** Only older than this one. */
  before?: string | undefined
  limit: number
}

/** Newest first. */
export async function listNotifications(executor: Executor, query: NotificationQuery): Promise<Notification[]> {
  const { organization, kind, before, limit } = query
  const { rows } = await sql<Notification>`
    -- notifications.list
    select id, organization, kind, key, title, data, told_at as "toldAt" from notification
    where (${organization}::text is null or organization = ${organization}) and (${kind ?? null}::text is null or kind = ${kind ?? null})
      and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
    order by id desc limit ${limit}`.execute(executor)
  return rows
}

/** Forgets what was told before, with the copies of it that were sent or given up. What still waits to be sent stays. @returns notifications removed */
export async function dropNotificationsBefore(executor: Executor, before: Date): Promise<number> {
  await sql`
    -- notifications.dropDeliveries
    delete from notification_delivery d using notification n
    where n.id = d.notification_id and n.told_at < ${before} and d.state <> 'pending'`.execute(executor)
  const { numAffectedRows } = await sql`
    -- notifications.dropNotifications
    delete from notification n where told_at < ${before}
      and not exists (select from notification_delivery where notification_id = n.id)`.execute(executor)
  return Number(numAffectedRows ?? 0)
}
