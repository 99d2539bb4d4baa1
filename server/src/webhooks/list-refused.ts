import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import { type DeliveryVisibility, ofVisibleInstance } from './list-deliveries.ts'

/** A request that was not believed. Its body was not kept. */
export interface RefusedSummary {
  id: string
  source: string
  /** Whose own address was asked; null: the common one, or one that no instance has. */
  instanceId: string | null
  address: 'common' | 'instance' | 'unknown'
  reason: string
  detail: string
  remoteAddress: string | null
  headers: Record<string, string[]>
  bytes: number
  /** Hexadecimal; the sender can find the request by it. */
  bodySha256: string
  refusedAt: Date
}

export interface RefusedFilter {
  source?: string | undefined
  /** As with deliveries: to the owner of the platform, and, at an instance's own address, to whom the instance is visible. */
  visible?: DeliveryVisibility | undefined
}

/** The sample that is kept of what was refused (see `createRefusalSample`), newest first. */
export async function listRefused(
  executor: Executor,
  { source, visible }: RefusedFilter,
  page: { limit: number; before?: string | undefined },
): Promise<RefusedSummary[]> {
  const conditions = [
    source === undefined ? undefined : sql`f.source = ${source}`,
    visible ? visibleTo(visible) : undefined,
    page.before === undefined ? undefined : sql`f.id < ${page.before}::uuid`,
  ].filter((condition) => condition !== undefined)
  const { rows } = await sql<RefusedSummary>`
    -- webhooks.listRefused
    select f.id, f.source, i.id as "instanceId",
      case when f.instance_key is null then 'common' when i.id is null then 'unknown' else 'instance' end as address,
      f.reason, f.detail, f.remote_address as "remoteAddress", f.headers, f.body_bytes as bytes, encode(f.body_sha256, 'hex') as "bodySha256",
      f.refused_at as "refusedAt"
    from refused_delivery f left join instance i on i.key = f.instance_key
    where ${conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`}
    order by f.id desc limit ${page.limit}`.execute(executor)
  return rows
}

function visibleTo(visible: DeliveryVisibility) {
  if (visible.integrations === null && visible.customer === null) return sql`true`
  return sql`(f.source = any(${visible.platforms ?? []}::text[]) or (i.id is not null and ${ofVisibleInstance(visible)}))`
}
