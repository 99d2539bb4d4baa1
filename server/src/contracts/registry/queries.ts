import { sql } from 'kysely'
import { type Executor, storableText, type Transaction, uuidv7 } from '../../database/index.ts'
import type { ContractTexts } from './contract-texts.ts'

export type VersionState = 'proposed' | 'published' | 'quarantined' | 'withdrawn'
export type VersionSource = 'workspace' | 'url' | 'upload'

export interface ContractVersion {
  id: string
  platform: string
  hash: string
  label: string | null
  state: VersionState
  source: VersionSource
  origin: string
  reads: number
  firstReadAt: Date
  lastReadAt: Date
  publishedAt: Date | null
  withdrawnAt: Date | null
  reason: string | null
}

export interface ContractIncident {
  platform: string
  kind: 'unreadable' | 'emptied' | 'flap' | 'unreachable'
  detail: string
  origin: string
  seen: number
  firstAt: Date
  lastAt: Date
}

const columns = sql`id, platform, hash, label, state, source, origin, reads, first_read_at as "firstReadAt", last_read_at as "lastReadAt",
  published_at as "publishedAt", withdrawn_at as "withdrawnAt", reason`

/** One reading of a platform at a time, in all processes. */
export async function lockPlatform(tx: Transaction, platform: string): Promise<void> {
  await sql`
    -- contracts.lockPlatform
    select pg_advisory_xact_lock(hashtextextended(${`contract of ${platform}`}, 0))`.execute(tx)
}

/** Newest first. */
export async function listVersions(executor: Executor, platform: string, limit = 100): Promise<ContractVersion[]> {
  const { rows } = await sql<ContractVersion>`
    -- contracts.listVersions
    select ${columns} from contract_version where platform = ${platform} order by id desc limit ${limit}`.execute(executor)
  return rows
}

/** The version in force: the one published last. */
export async function findPublished(executor: Executor, platform: string): Promise<ContractVersion | undefined> {
  const { rows } = await sql<ContractVersion>`
    -- contracts.findPublished
    select ${columns} from contract_version where platform = ${platform} and state = 'published' order by published_at desc, id desc limit 1`.execute(
    executor,
  )
  return rows[0]
}

export async function findVersion(executor: Executor, id: string): Promise<ContractVersion | undefined> {
  const { rows } = await sql<ContractVersion>`
    -- contracts.findVersion
    select ${columns} from contract_version where id::text = ${id}`.execute(executor)
  return rows[0]
}

export async function findQuarantined(executor: Executor, platform: string): Promise<ContractVersion | undefined> {
  const { rows } = await sql<ContractVersion>`
    -- contracts.findQuarantined
    select ${columns} from contract_version where platform = ${platform} and state = 'quarantined'`.execute(executor)
  return rows[0]
}

export async function readTexts(executor: Executor, hash: string): Promise<ContractTexts> {
  const { rows } = await sql<{ text: string; base: string | null; parts: { path: string; text: string }[] }>`
    -- contracts.readTexts
    select text, base, coalesce((select jsonb_agg(jsonb_build_object('path', path, 'text', p.text)) from contract_document_part p
      where p.hash = d.hash), '[]') as parts
    from contract_document d where hash = ${hash}`.execute(executor)
  const { text, base, parts } = rows[0]!
  return { text, base, parts: new Map(parts.map((part) => [part.path, part.text])) }
}

export async function keepTexts(executor: Executor, hash: string, { text, base, parts }: ContractTexts): Promise<void> {
  await sql`
    -- contracts.keepText
    insert into contract_document (hash, text, bytes, base) values (${hash}, ${text}, ${Buffer.byteLength(text)}, ${base})
    on conflict (hash) do update set base = excluded.base where contract_document.base is null and excluded.base is not null`.execute(
    executor,
  )
  if (parts.size === 0) return
  await sql`
    -- contracts.keepParts
    insert into contract_document_part (hash, path, text)
    select ${hash}, path, text from unnest(${[...parts.keys()]}::text[], ${[...parts.values()]}::text[]) as part (path, text)
    on conflict do nothing`.execute(executor)
}

/** Whether this very document was ever taken in for the platform. */
export async function isKnown(executor: Executor, platform: string, hash: string): Promise<boolean> {
  const { rows } = await sql`
    -- contracts.isKnown
    select from contract_version where platform = ${platform} and hash = ${hash} limit 1`.execute(executor)
  return rows.length > 0
}

export interface NewVersion {
  platform: string
  hash: string
  label: string | null
  state: VersionState
  source: VersionSource
  origin: string
  at: Date
  reason: string | null
  firstReadAt?: Date
  reads?: number
}

export async function insertVersion(tx: Transaction, version: NewVersion): Promise<ContractVersion> {
  const { platform, hash, label, state, source, origin, at, reason, firstReadAt = at, reads = 1 } = version
  const { rows } = await sql<ContractVersion>`
    -- contracts.insertVersion
    insert into contract_version (id, platform, hash, label, state, source, origin, reads, first_read_at, last_read_at, published_at, reason)
    values (${uuidv7()}, ${platform}, ${hash}, ${label === null ? null : storableText(label)}, ${state}, ${source}, ${storableText(origin)}, ${reads}, ${firstReadAt}, ${at}, ${state === 'published' ? at : null}, ${reason})
    returning ${columns}`.execute(tx)
  return rows[0]!
}

/** Moves the quarantined version on. */
export async function settleQuarantined(
  tx: Transaction,
  id: string,
  state: 'quarantined' | 'published' | 'withdrawn',
  at: Date,
  reason: string | null,
): Promise<ContractVersion> {
  const { rows } = await sql<ContractVersion>`
    -- contracts.settleQuarantined
    update contract_version set state = ${state}, last_read_at = ${at}, reads = reads + ${state === 'withdrawn' ? 0 : 1}, reason = ${reason},
      published_at = case when ${state} = 'published' then ${at}::timestamptz end,
      withdrawn_at = case when ${state} = 'withdrawn' then ${at}::timestamptz end
    where id = ${id} and state = 'quarantined' returning ${columns}`.execute(tx)
  return rows[0]!
}

/** The same again is counted. */
export async function addIncident(
  executor: Executor,
  incident: Omit<ContractIncident, 'seen' | 'firstAt' | 'lastAt'>,
  at: Date,
): Promise<void> {
  const { platform, kind, detail, origin } = incident
  await sql`
    -- contracts.addIncident
    insert into contract_incident (id, platform, kind, detail, origin, first_at, last_at)
    values (${uuidv7()}, ${platform}, ${kind}, ${storableText(detail.slice(0, 1000))}, ${storableText(origin)}, ${at}, ${at})
    on conflict (platform, kind, origin, detail) do update set seen = contract_incident.seen + 1, last_at = excluded.last_at`.execute(
    executor,
  )
}

/** Latest first. */
export async function listIncidents(executor: Executor, platform: string): Promise<ContractIncident[]> {
  const { rows } = await sql<ContractIncident>`
    -- contracts.listIncidents
    select platform, kind, detail, origin, seen, first_at as "firstAt", last_at as "lastAt"
    from contract_incident where platform = ${platform} order by last_at desc, id desc`.execute(executor)
  return rows
}

export async function countFlaps(executor: Executor, platform: string, since: Date): Promise<number> {
  const { rows } = await sql<{ flaps: number }>`
    -- contracts.countFlaps
    select count(*)::int as flaps from contract_version
    where platform = ${platform} and state = 'withdrawn' and withdrawn_at > ${since}`.execute(executor)
  return rows[0]!.flaps
}
