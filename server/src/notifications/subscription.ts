import { sql } from 'kysely'
import { type KeyRing, makeSigningSecret } from '../connections/index.ts'
import { type Database, type Executor, uuidv7 } from '../database/index.ts'
import { errors } from './errors.ts'
import type { NotificationKind } from './notification.ts'

/** Where an organization is told besides its list. */
export interface Subscription {
  id: string
  organization: string
  name: string
  channel: 'webhook'
  url: string
  /** Empty: all. */
  kinds: NotificationKind[]
  createdBy: string
  createdAt: Date
  /** Copies that wait to be sent, and that were given up. */
  pending: number
  dead: number
  lastDeliveredAt: Date | null
}

export interface NewSubscription extends Pick<Subscription, 'organization' | 'name' | 'url' | 'kinds' | 'createdBy'> {}

/** More would be a mistake, and each is asked for what is due. */
const maxPerOrganization = 20

/** @returns the secret that signs, readable this once @throws notifications.too_many_subscriptions */
export async function addSubscription(database: Database, ring: KeyRing, wanted: NewSubscription): Promise<{ id: string; secret: string }> {
  const { organization, name, url, kinds, createdBy } = wanted
  const id = uuidv7()
  const { shown, sealed, keyId } = makeSigningSecret(ring, id)
  const { rows } = await sql<{ id: string }>`
    -- notifications.insertSubscription
    insert into notification_subscription (id, organization, name, channel, url, kinds, sealed, secret_key_id, created_by)
    select ${id}, ${organization}, ${name}, 'webhook', ${url}, ${[...kinds]}::text[], ${sealed}, ${keyId}, ${createdBy}
    where (select count(*) from notification_subscription where organization = ${organization} and removed_at is null) < ${maxPerOrganization}
    returning id`.execute(database.executor)
  if (!rows[0]) throw errors.too_many_subscriptions({ organization, limit: maxPerOrganization })
  return { id, secret: shown }
}

/** In order of creation, without removed ones. @param organization only its own; null: all */
export async function listSubscriptions(executor: Executor, organization: string | null): Promise<Subscription[]> {
  const { rows } = await sql<Subscription>`
    -- notifications.listSubscriptions
    select id, organization, name, channel, url, kinds, created_by as "createdBy", created_at as "createdAt",
      (select count(*)::int from notification_delivery where subscription_id = s.id and state = 'pending') as pending,
      (select count(*)::int from notification_delivery where subscription_id = s.id and state = 'dead') as dead,
      (select max(settled_at) from notification_delivery where subscription_id = s.id and state = 'delivered') as "lastDeliveredAt"
    from notification_subscription s
    where removed_at is null and (${organization}::text is null or organization = ${organization}) order by id`.execute(executor)
  return rows
}

/** Nothing more is sent to it, and its secret is forgotten. @throws notifications.subscription_unknown */
export async function removeSubscription(database: Database, reference: string, organization: string | null): Promise<void> {
  await database.transaction(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      -- notifications.removeSubscription
      update notification_subscription set removed_at = now(), sealed = null, secret_key_id = null
      where id::text = ${reference} and removed_at is null and (${organization}::text is null or organization = ${organization})
      returning id`.execute(tx)
    if (!rows[0]) throw errors.subscription_unknown({ subscription: reference })
    await sql`
      -- notifications.giveUpDeliveries
      update notification_delivery set state = 'dead', settled_at = now(), last_error = 'The subscription was removed.'
      where subscription_id = ${rows[0].id} and state = 'pending'`.execute(tx)
  })
}

/** Copies that were given up are sent again from now on. @returns how many @throws notifications.subscription_unknown */
export async function retryDead(executor: Executor, reference: string, organization: string | null, now: Date): Promise<number> {
  const { rows } = await sql<{ known: number; retried: number }>`
    -- notifications.retryDead
    with known as (select id from notification_subscription
        where id::text = ${reference} and removed_at is null and (${organization}::text is null or organization = ${organization})),
      retried as (update notification_delivery set state = 'pending', settled_at = null, attempts = 0, next_attempt_at = ${now}
        where subscription_id in (select id from known) and state = 'dead' returning 1)
    select (select count(*)::int from known) as known, (select count(*)::int from retried) as retried`.execute(executor)
  if (rows[0]!.known === 0) throw errors.subscription_unknown({ subscription: reference })
  return rows[0]!.retried
}

/** What sending to it takes. @throws notifications.subscription_unknown */
export async function findSubscription(
  executor: Executor,
  reference: string,
  organization: string | null,
): Promise<Pick<Subscription, 'id' | 'organization' | 'url'> & { sealed: string }> {
  const { rows } = await sql<Pick<Subscription, 'id' | 'organization' | 'url'> & { sealed: string }>`
    -- notifications.findSubscription
    select id, organization, url, sealed from notification_subscription
    where id::text = ${reference} and removed_at is null and (${organization}::text is null or organization = ${organization})`.execute(
    executor,
  )
  if (!rows[0]) throw errors.subscription_unknown({ subscription: reference })
  return rows[0]
}
