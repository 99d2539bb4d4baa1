import { sql } from 'kysely'
import { type Executor, storableJson, type Transaction, uuidv7 } from '../../database/index.ts'
import type { DriftPlace } from '../drift/deviation.ts'
import type { Recording } from './record-message.ts'

export interface RecordingRow extends DriftPlace, Recording {
  instanceId: string
  seen: number
  firstAt: Date
  lastAt: Date
}

/** Different shapes kept of each operation, direction and instance: the latest. */
export const maxShapes = 20

export async function addRecordings(tx: Transaction, rows: readonly RecordingRow[]): Promise<void> {
  const column = (name: Exclude<keyof RecordingRow, 'shape'>) => rows.map((row) => row[name])
  await sql`
    -- contracts.addRecordings
    insert into contract_recording as kept (id, platform, surface, method, path, status, instance_id, direction, media_type, digest, shape, seen, first_at, last_at)
    select (array_agg(id))[1], platform, surface, method, path, status, instance_id, direction, (array_agg(media_type))[1], digest,
      (array_agg(shape))[1], sum(seen), min(first_at), max(last_at)
    from unnest(${rows.map(() => uuidv7())}::uuid[], ${column('platform')}::text[], ${column('surface')}::text[], ${column('method')}::text[],
      ${column('path')}::text[], ${column('status')}::text[], ${column('instanceId')}::uuid[], ${column('direction')}::text[],
      ${column('mediaType')}::text[], ${column('digest')}::text[], ${rows.map(({ shape }) => storableJson(shape))}::jsonb[],
      ${column('seen')}::bigint[], ${column('firstAt')}::timestamptz[], ${column('lastAt')}::timestamptz[])
      as new (id, platform, surface, method, path, status, instance_id, direction, media_type, digest, shape, seen, first_at, last_at)
    group by platform, surface, method, path, status, instance_id, direction, digest
    order by 2, 3, 4, 5, 6, 7, 8, 10
    on conflict (platform, surface, method, path, status, instance_id, direction, digest) do update
      set seen = kept.seen + excluded.seen, last_at = greatest(kept.last_at, excluded.last_at)`.execute(tx)
  await dropSurplus(tx, rows)
}

async function dropSurplus(tx: Transaction, rows: readonly RecordingRow[]): Promise<void> {
  const column = (name: 'platform' | 'surface' | 'method' | 'path' | 'status' | 'instanceId' | 'direction') => rows.map((row) => row[name])
  await sql`
    -- contracts.dropSurplusRecordings
    delete from contract_recording where id in (
      select id from (
        select r.id, row_number() over (partition by r.platform, r.surface, r.method, r.path, r.status, r.instance_id, r.direction
          order by r.last_at desc, r.id desc) as place
        from contract_recording r where (r.platform, r.surface, r.method, r.path, r.status, r.instance_id, r.direction) in (
          select * from unnest(${column('platform')}::text[], ${column('surface')}::text[], ${column('method')}::text[], ${column('path')}::text[],
            ${column('status')}::text[], ${column('instanceId')}::uuid[], ${column('direction')}::text[]))
      ) ranked where place > ${maxShapes})`.execute(tx)
}

/** Recordings of these instances since a moment, the latest first. */
export async function listRecordings(
  executor: Executor,
  platform: string,
  { instanceIds, since, limit = 10_000 }: { instanceIds: readonly string[]; since: Date; limit?: number },
): Promise<RecordingRow[]> {
  const { rows } = await sql<RecordingRow>`
    -- contracts.listRecordings
    select platform, surface, method, path, status, instance_id as "instanceId", direction, media_type as "mediaType", digest, shape,
      seen::float8 as seen, first_at as "firstAt", last_at as "lastAt"
    from contract_recording where platform = ${platform} and instance_id = any(${instanceIds}::uuid[]) and last_at >= ${since}
    order by last_at desc, id desc limit ${limit}`.execute(executor)
  return rows
}

/** @returns rows removed */
export async function dropRecordingsBefore(executor: Executor, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    -- contracts.dropRecordings
    delete from contract_recording where last_at < ${before}`.execute(executor)
  return Number(numAffectedRows ?? 0)
}
