import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import type { Assurance } from './schemes/scheme.ts'

/** What is known of a delivery's origin: as the scheme proves it, or `polled`, when this program asked the platform for it. */
export type DeliveryAssurance = Assurance | 'polled'

/** One arrival as the statements take it: names as in the tables, `start` counts from 1 in the joined bodies. */
export interface ArrivalRow {
  id: string
  source: string
  instance_key: string | null
  sender_id: string
  assurance: DeliveryAssurance
  secret_id: string | null
  content_type: string | null
  headers: unknown
  query: string | null
  received_at: Date
  /** Null: for ever. */
  repeats_until: Date | null
  body_sha256: string
  start: number
  length: number
}

/** Columns as arrays: reading them as JSON takes PostgreSQL a table of names per row (measured 2026-11: a fifth of the statement). */
const arrivals = (rows: readonly ArrivalRow[]) => {
  const column = <Key extends keyof ArrivalRow>(key: Key) => rows.map((row) => row[key])
  return sql`unnest(${column('id')}::uuid[], ${column('source')}::text[], ${column('instance_key')}::text[], ${column('sender_id')}::text[],
    ${column('assurance')}::text[], ${column('secret_id')}::text[], ${column('content_type')}::text[],
    ${rows.map(({ headers }) => JSON.stringify(headers))}::text[], ${column('query')}::text[], ${column('received_at')}::timestamptz[],
    ${column('repeats_until')}::timestamptz[], ${column('body_sha256')}::text[], ${column('start')}::int[], ${column('length')}::int[]
  ) as arrival (id, source, instance_key, sender_id, assurance, secret_id, content_type, headers, query, received_at, repeats_until,
    body_sha256, start, length)`
}

/**
 * Stores what is not a repeat; returns the ids that were stored. `rows` must not hold the same key twice.
 * Two processes that store the same key at once: the second waits for the first to commit and then finds a repeat.
 */
export async function insertDeliveries(executor: Executor, rows: readonly ArrivalRow[], bodies: Buffer): Promise<Set<string>> {
  const { rows: stored } = await sql<{ id: string }>`
    -- webhooks.insertDeliveries
    with arrived as materialized (select * from ${arrivals(rows)}),
    claimed as (
      insert into delivery_key as known (source, instance_key, sender_id, delivery_id, body_sha256, received_at, repeats_until)
      select source, coalesce(instance_key, ''), sender_id, id, decode(body_sha256, 'hex'), received_at, coalesce(repeats_until, 'infinity')
      from arrived
      -- In one order everywhere: batches of two processes that share keys would deadlock otherwise.
      order by source, coalesce(instance_key, ''), sender_id
      on conflict (source, instance_key, sender_id) do update
        set delivery_id = excluded.delivery_id, body_sha256 = excluded.body_sha256,
            received_at = excluded.received_at, repeats_until = excluded.repeats_until
        where known.repeats_until <= excluded.received_at
      returning delivery_id
    ),
    stored as (
      insert into delivery (id, source, instance_key, sender_id, assurance, secret_id, content_type, headers, query, body, received_at)
      select id, source, instance_key, sender_id, assurance, secret_id, content_type, headers::jsonb, query,
             substring(${bodies}::bytea from start for length), received_at
      from arrived
      where id in (select delivery_id from claimed)
      returning id
    )
    -- An acknowledgement promises durability, also where the server's default does not.
    select id, case current_setting('synchronous_commit') when 'off' then set_config('synchronous_commit', 'on', true) end
    from stored
  `.execute(executor)
  return new Set(stored.map((row) => row.id))
}

export interface RepeatRow {
  /** The id the repeat would have got. */
  id: string
  /** The delivery it repeats. */
  first_id: string
  same_bytes: boolean
}

/** Whose repeats these arrivals are. */
export async function selectFirstDeliveries(executor: Executor, rows: readonly ArrivalRow[]): Promise<RepeatRow[]> {
  const { rows: found } = await sql<RepeatRow>`
    -- webhooks.selectFirstDeliveries
    select arrival.id, known.delivery_id as first_id, known.body_sha256 = decode(arrival.body_sha256, 'hex') as same_bytes
    from ${arrivals(rows)}
    join delivery_key known on known.source = arrival.source and known.instance_key = coalesce(arrival.instance_key, '')
      and known.sender_id = arrival.sender_id
  `.execute(executor)
  return found
}

export interface DeliveryRow {
  id: string
  source: string
  instance_key: string | null
  sender_id: string
  assurance: DeliveryAssurance
  secret_id: string | null
  content_type: string | null
  headers: Readonly<Record<string, readonly string[]>>
  query: string | null
  body: Uint8Array
  received_at: Date
}

/** In order of id; ids that are not there are left out. */
export async function selectDeliveries(executor: Executor, ids: readonly string[]): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    -- webhooks.selectDeliveries
    select id, source, instance_key, sender_id, assurance, secret_id, content_type, headers, query, body, received_at
    from delivery
    where id = any(${[...ids]}::uuid[])
    order by id
  `.execute(executor)
  return rows
}

/**
 * As many of the first in order of id as have at most `maxBytes` of bodies together; the others without their body. The size of a stored
 * body is known without reading it.
 */
export async function selectDeliveriesWithin(
  executor: Executor,
  ids: readonly string[],
  maxBytes: number,
): Promise<{ loaded: DeliveryRow[]; left: { id: string; bytes: number }[] }> {
  const { rows } = await sql<Omit<DeliveryRow, 'body'> & { bytes: number; body: Buffer | null }>`
    -- webhooks.selectDeliveriesWithin
    select id, source, instance_key, sender_id, assurance, secret_id, content_type, headers, query, received_at, octet_length(body) as bytes,
      case when sum(octet_length(body)) over (order by id) <= ${maxBytes}::bigint then body end as body
    from delivery
    where id = any(${[...ids]}::uuid[])
    order by id
  `.execute(executor)
  return {
    loaded: rows.flatMap(({ body, ...row }) => (body ? [{ ...row, body }] : [])),
    left: rows.flatMap(({ id, bytes, body }) => (body ? [] : [{ id, bytes }])),
  }
}

export type RouteState = 'routed' | 'ignored' | 'account-unknown' | 'unparsable' | 'held'

export interface RouteRow {
  delivery_id: string
  state: RouteState
  event: string | null
  account: string | null
  occurred_at: Date | null
  problem: string | null
}

/** Routing again replaces what was said before. */
export async function upsertRoutes(executor: Executor, rows: readonly RouteRow[]): Promise<void> {
  await sql`
    -- webhooks.upsertRoutes
    insert into delivery_route as route (delivery_id, state, event, account, occurred_at, problem)
    select * from unnest(${rows.map((r) => r.delivery_id)}::uuid[], ${rows.map((r) => r.state)}::text[], ${rows.map((r) => r.event)}::text[],
      ${rows.map((r) => r.account)}::text[], ${rows.map((r) => r.occurred_at)}::timestamptz[], ${rows.map((r) => r.problem)}::text[]
    ) as r (delivery_id, state, event, account, occurred_at, problem)
    order by delivery_id
    on conflict (delivery_id) do update
      set state = excluded.state, event = excluded.event, account = excluded.account, occurred_at = excluded.occurred_at,
          problem = excluded.problem, routed_at = now()
  `.execute(executor)
}

export interface RefusedRow {
  id: string
  source: string
  instance_key: string | null
  reason: string
  detail: string
  remote_address: string | null
  content_type: string | null
  headers: Record<string, readonly string[]>
  body_bytes: number
  body_sha256: Buffer
  refused_at: Date
}

/** Keeps the newest `keep` of the source. */
export async function insertRefused(executor: Executor, row: RefusedRow, keep: number): Promise<void> {
  await sql`
    -- webhooks.insertRefused
    with outdated as (
      delete from refused_delivery where id in (
        select id from refused_delivery where source = ${row.source} order by id desc offset ${keep - 1})
    )
    insert into refused_delivery (id, source, instance_key, reason, detail, remote_address, content_type, headers, body_bytes, body_sha256, refused_at)
    values (${row.id}, ${row.source}, ${row.instance_key}, ${row.reason}, ${row.detail}, ${row.remote_address}, ${row.content_type},
            ${JSON.stringify(row.headers)}::jsonb, ${row.body_bytes}, ${row.body_sha256}, ${row.refused_at})
  `.execute(executor)
}

export async function deleteDeliveryKeys(executor: Executor, beforeId: string, limit: number): Promise<number> {
  const result = await sql`
    -- webhooks.deleteDeliveryKeys
    delete from delivery_key where ctid = any(array(select ctid from delivery_key where delivery_id < ${beforeId} limit ${limit}))
  `.execute(executor)
  return Number(result.numAffectedRows ?? 0)
}

/** Among those with an id below `beforeId`; null when all of them are routed. */
export async function selectOldestUnrouted(executor: Executor, beforeId: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    -- webhooks.selectOldestUnrouted
    select id from delivery
    where id < ${beforeId} and not exists (select from delivery_route where delivery_id = id)
    order by id limit 1
  `.execute(executor)
  return rows[0]?.id ?? null
}

export async function deleteDefaultRows(executor: Executor, beforeId: string): Promise<void> {
  await sql`
    -- webhooks.deleteDefaultRows
    with routes as (delete from delivery_route_default where delivery_id < ${beforeId})
    delete from delivery_default where id < ${beforeId}
  `.execute(executor)
}
