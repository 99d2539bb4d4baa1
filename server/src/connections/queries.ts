import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import type { Authentication } from './authentication.ts'
import type { ConnectionState } from './connection.ts'

export interface ConnectionRow {
  id: string
  platform: string
  organization: string
  customer: string
  name: string
  base_url: string | null
  authentication: Authentication
  secrets: Record<string, string>
  secret_version: number
  state: ConnectionState
  state_reason: string | null
  paused_until: Date | number | null
  pause_reason: string | null
  created_at: Date
  changed_at: Date
  /** Microseconds of changed_at: two changes within one millisecond are two versions. */
  version: number
}

const columns = sql.raw(
  'id, platform, organization, customer, name, base_url, authentication, secrets, secret_version, state, state_reason, paused_until, pause_reason, created_at, changed_at, (extract(epoch from changed_at) * 1000000)::float8 as version',
)

/** @returns false when the customer already has a connection of that name to the platform */
export async function insertConnection(
  executor: Executor,
  row: Pick<ConnectionRow, 'id' | 'platform' | 'organization' | 'customer' | 'name' | 'base_url' | 'authentication' | 'secrets'> & {
    secret_key_id: string | null
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- connections.insertConnection
    insert into connection (id, platform, organization, customer, name, base_url, authentication, secrets, secret_key_id)
    values (${row.id}, ${row.platform}, ${row.organization}, ${row.customer}, ${row.name}, ${row.base_url},
            ${JSON.stringify(row.authentication)}::jsonb, ${JSON.stringify(row.secrets)}::jsonb, ${row.secret_key_id})
    on conflict (platform, organization, customer, name) do nothing`.execute(executor)
  return numAffectedRows === 1n
}

export async function connectionById(executor: Executor, id: string): Promise<ConnectionRow | undefined> {
  const { rows } = await sql<ConnectionRow>`
    -- connections.connectionById
    select ${columns} from connection where id = ${id}`.execute(executor)
  return rows[0]
}

export async function listConnections(
  executor: Executor,
  filter: {
    organization: string | null
    platform: string | null
    customer: string | null
    name: string | null
    state: string | null
    after: string | null
    limit: number
  },
): Promise<ConnectionRow[]> {
  const { rows } = await sql<ConnectionRow>`
    -- connections.listConnections
    select ${columns} from connection
    where (${filter.organization}::text is null or organization = ${filter.organization})
      and (${filter.platform}::text is null or platform = ${filter.platform})
      and (${filter.name}::text is null or name = ${filter.name})
      and (${filter.customer}::text is null or customer = ${filter.customer})
      and (${filter.state}::text is null or state = ${filter.state})
      and (${filter.after}::uuid is null or id > ${filter.after})
    order by id limit ${filter.limit}`.execute(executor)
  return rows
}

/** Rows changed since a moment of the database's clock, and that clock now. Always at least one row; without a change its id is null. */
export async function changedConnections(
  executor: Executor,
  since: Date | null,
): Promise<(({ id: null } | ConnectionRow) & { now: Date })[]> {
  // Five seconds of overlap: changed_at is taken before the commit, so a row can appear with a time already read past.
  const { rows } = await sql<ConnectionRow & { now: Date }>`
    -- connections.changedConnections
    select clock.now, connection.*
    from (select clock_timestamp() as now) clock
    left join (select ${columns} from connection) connection on connection.changed_at > ${since}::timestamptz - interval '5 seconds'`.execute(
    executor,
  )
  return rows
}

/** @returns false when there is no such connection */
export async function replaceSecrets(
  executor: Executor,
  id: string,
  secrets: Record<string, string>,
  keyId: string | null,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- connections.replaceSecrets
    update connection
    set secrets = ${JSON.stringify(secrets)}::jsonb, secret_key_id = ${keyId}, secret_version = secret_version + 1,
        state = 'healthy', state_reason = null
    where id = ${id}`.execute(executor)
  return numAffectedRows === 1n
}

/** A person pauses until a moment, whatever was there before. */
export async function pauseConnection(executor: Executor, id: string, until: string, reason: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- connections.pauseConnection
    update connection set paused_until = ${until}::timestamptz, pause_reason = ${reason} where id = ${id}`.execute(executor)
  return numAffectedRows === 1n
}

/** A partner's wish only ever lengthens a pause: it must not end one that a person set. */
export async function extendPause(executor: Executor, id: string, until: string, reason: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- connections.extendPause
    update connection set paused_until = ${until}::timestamptz, pause_reason = ${reason}
    where id = ${id} and (paused_until is null or paused_until < ${until}::timestamptz)`.execute(executor)
  return numAffectedRows === 1n
}

export async function resumeConnection(executor: Executor, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- connections.resumeConnection
    update connection set paused_until = null, pause_reason = null where id = ${id}`.execute(executor)
  return numAffectedRows === 1n
}

/** The version fences: a late verdict about an old credential says nothing about the new one. */
export async function setState(
  executor: Executor,
  id: string,
  secretVersion: number,
  state: ConnectionState,
  reason: string | null,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- connections.setState
    update connection set state = ${state}, state_reason = ${reason}
    where id = ${id} and secret_version = ${secretVersion} and state <> ${state}`.execute(executor)
  return numAffectedRows === 1n
}

export async function deleteConnection(executor: Executor, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- connections.deleteConnection
    delete from connection where id = ${id}`.execute(executor)
  return numAffectedRows === 1n
}

export interface WebhookSecretRow {
  id: string
  source: string
  sealed: string
  expires_at: Date | null
  created_at: Date
}

export async function insertWebhookSecret(
  executor: Executor,
  row: { id: string; source: string; sealed: string; secret_key_id: string; expires_at: Date | null },
): Promise<void> {
  await sql`
    -- connections.insertWebhookSecret
    insert into webhook_secret (id, source, sealed, secret_key_id, expires_at)
    values (${row.id}, ${row.source}, ${row.sealed}, ${row.secret_key_id}, ${row.expires_at})`.execute(executor)
}

/** Ends the older secrets of a source after the overlap, unless they end sooner already. */
export async function expireOlderWebhookSecrets(executor: Executor, source: string, newestId: string, overlapMs: number): Promise<void> {
  await sql`
    -- connections.expireOlderWebhookSecrets
    update webhook_secret set expires_at = now() + ${overlapMs} * interval '1 millisecond'
    where source = ${source} and id <> ${newestId}
      and (expires_at is null or expires_at > now() + ${overlapMs} * interval '1 millisecond')`.execute(executor)
}

/** Ends one at once. The row stays, so that every process sees the change. */
export async function expireWebhookSecret(executor: Executor, source: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    -- connections.expireWebhookSecret
    update webhook_secret set expires_at = now() where id = ${id} and source = ${source} and (expires_at is null or expires_at > now())`.execute(
    executor,
  )
  return numAffectedRows === 1n
}

/** Of those that have ended. Who names one, as a delivery does that it has proven, names it for good. */
export async function dropWebhookSecretsEndedBefore(executor: Executor, before: Date): Promise<void> {
  await sql`
    -- connections.dropEndedWebhookSecrets
    delete from webhook_secret where expires_at < ${before}`.execute(executor)
}

/** Newest first, so that a verification after a rotation usually succeeds with the first. */
export async function webhookSecretsOf(executor: Executor, source: string): Promise<WebhookSecretRow[]> {
  const { rows } = await sql<WebhookSecretRow>`
    -- connections.webhookSecretsOf
    select id, source, sealed, expires_at, created_at from webhook_secret
    where source = ${source} and (expires_at is null or expires_at > now()) order by id desc`.execute(executor)
  return rows
}

export async function changedWebhookSources(executor: Executor, since: Date | null): Promise<string[]> {
  const { rows } = await sql<{ source: string }>`
    -- connections.changedWebhookSources
    select distinct source from webhook_secret where changed_at > ${since}::timestamptz - interval '5 seconds'`.execute(executor)
  return rows.map((row) => row.source)
}
