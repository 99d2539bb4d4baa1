import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'

export interface KeyUse {
  keyId: string
  secrets: number
}

/** How many rows each key still seals. */
export async function keyUses(executor: Executor): Promise<KeyUse[]> {
  const { rows } = await sql<{ key_id: string; secrets: number }>`
    -- connections.keyUses
    select secret_key_id as key_id, count(*)::int as secrets
    from (select secret_key_id from connection where secret_key_id is not null
          union all select secret_key_id from webhook_secret
          union all select secret_key_id from notification_subscription where secret_key_id is not null) sealed
    group by secret_key_id order by secret_key_id`.execute(executor)
  return rows.map((row) => ({ keyId: row.key_id, secrets: row.secrets }))
}

/**
 * Locks the next rows that another key sealed. Rows that a running credential change holds are skipped: it will seal them
 * with its own newest key, and the last round of the rotation looks again.
 */
export async function takeConnectionsToRotate(
  executor: Executor,
  newestKeyId: string,
  limit: number,
): Promise<{ id: string; secrets: Record<string, string> }[]> {
  const { rows } = await sql<{ id: string; secrets: Record<string, string> }>`
    -- connections.takeConnectionsToRotate
    select id, secrets from connection where secret_key_id <> ${newestKeyId}
    order by id limit ${limit} for update skip locked`.execute(executor)
  return rows
}

export async function takeWebhookSecretsToRotate(
  executor: Executor,
  newestKeyId: string,
  limit: number,
): Promise<{ id: string; source: string; sealed: string }[]> {
  const { rows } = await sql<{ id: string; source: string; sealed: string }>`
    -- connections.takeWebhookSecretsToRotate
    select id, source, sealed from webhook_secret where secret_key_id <> ${newestKeyId}
    order by id limit ${limit} for update skip locked`.execute(executor)
  return rows
}

export async function takeSigningSecretsToRotate(
  executor: Executor,
  newestKeyId: string,
  limit: number,
): Promise<{ id: string; sealed: string }[]> {
  const { rows } = await sql<{ id: string; sealed: string }>`
    -- connections.takeSigningSecretsToRotate
    select id, sealed from notification_subscription where secret_key_id <> ${newestKeyId}
    order by id limit ${limit} for update skip locked`.execute(executor)
  return rows
}

/** The plain secret stays the same, so the secret version does too. */
export async function storeRotatedConnections(
  executor: Executor,
  keyId: string,
  rows: readonly { id: string; secrets: Record<string, string> }[],
): Promise<void> {
  await sql`
    -- connections.storeRotatedConnections
    update connection set secrets = rotated.secrets::jsonb, secret_key_id = ${keyId}
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => JSON.stringify(row.secrets))}::text[]) as rotated (id, secrets)
    where connection.id = rotated.id`.execute(executor)
}

export async function storeRotatedSealed(
  executor: Executor,
  table: 'webhook_secret' | 'notification_subscription',
  keyId: string,
  rows: readonly { id: string; sealed: string }[],
): Promise<void> {
  const sealed = sql.table(table)
  await sql`
    -- connections.storeRotatedSealed
    update ${sealed} set sealed = rotated.sealed, secret_key_id = ${keyId}
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.sealed)}::text[]) as rotated (id, sealed)
    where ${sealed}.id = rotated.id`.execute(executor)
}
