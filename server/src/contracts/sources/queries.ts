import { sql } from 'kysely'
import { type Executor, storableText, type Transaction, uuidv7 } from '../../database/index.ts'

/** An address that a platform's contract is read from. */
export interface SourceAddress {
  platform: string
  kind: 'document' | 'catalog'
  url: string
  baseUrl: string | null
  pollEverySeconds: number
}

export interface ContractSource extends SourceAddress {
  documentUrl: string | null
  etag: string | null
  lastModified: string | null
  lastHash: string | null
  severalFiles: boolean
  lastTriedAt: Date | null
  lastReadAt: Date | null
  lastChangedAt: Date | null
  lastOutcome: string | null
  failures: number
  error: string | null
  fix: string | null
  nextReadAt: Date
  leasedUntil: Date | null
}
export interface ClaimedSource extends ContractSource {
  lease: string
}

const columns = sql`platform, kind, url, base_url as "baseUrl", poll_every_seconds as "pollEverySeconds", document_url as "documentUrl", etag,
  last_modified as "lastModified", last_hash as "lastHash", several_files as "severalFiles", last_tried_at as "lastTriedAt",
  last_read_at as "lastReadAt", last_changed_at as "lastChangedAt", last_outcome as "lastOutcome", failures, error, fix,
  next_read_at as "nextReadAt", leased_until as "leasedUntil"`

/** Makes the rows of exactly these sources. One that moved is read anew at once; whoever reads its old address then can settle nothing. */
export async function replaceSources(executor: Executor, sources: readonly SourceAddress[], now: Date): Promise<void> {
  await sql`
    -- contracts.replaceSources
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(sources)}::jsonb)
        as source (platform text, kind text, url text, "baseUrl" text, "pollEverySeconds" integer)
    ), gone as (delete from contract_source where platform not in (select platform from given))
    insert into contract_source as source (platform, kind, url, base_url, poll_every_seconds, next_read_at)
    select platform, kind, url, "baseUrl", "pollEverySeconds", ${now}::timestamptz from given
    on conflict (platform) do update set kind = excluded.kind, url = excluded.url, base_url = excluded.base_url,
      poll_every_seconds = excluded.poll_every_seconds,
      next_read_at = case when source.url = excluded.url then least(source.next_read_at, excluded.next_read_at + make_interval(secs => excluded.poll_every_seconds)) else excluded.next_read_at end,
      document_url = case when source.url = excluded.url then source.document_url end,
      etag = case when source.url = excluded.url then source.etag end,
      last_modified = case when source.url = excluded.url then source.last_modified end,
      last_hash = case when source.url = excluded.url then source.last_hash end,
      failures = case when source.url = excluded.url then source.failures else 0 end,
      error = case when source.url = excluded.url then source.error end,
      fix = case when source.url = excluded.url then source.fix end,
      lease = case when source.url = excluded.url then source.lease end,
      leased_until = case when source.url = excluded.url then source.leased_until end
    where (source.kind, source.url, source.base_url, source.poll_every_seconds)
      is distinct from (excluded.kind, excluded.url, excluded.base_url, excluded.poll_every_seconds)`.execute(executor)
}

/** Takes one source that is due and that nobody reads. Processes that ask at once get different ones. */
export async function claimDue(executor: Executor, now: Date, leaseMs: number): Promise<ClaimedSource | undefined> {
  const { rows } = await sql<ClaimedSource>`
    -- contracts.claimDueSource
    update contract_source set lease = ${uuidv7()}, leased_until = ${new Date(now.getTime() + leaseMs)}
    where platform = (
      select platform from contract_source where next_read_at <= ${now} and (leased_until is null or leased_until <= ${now})
      order by next_read_at, platform limit 1 for update skip locked
    )
    returning ${columns}, lease`.execute(executor)
  return rows[0]
}

/** Takes the source of a platform, due or not, unless somebody reads it. */
export async function claimSource(executor: Executor, platform: string, now: Date, leaseMs: number): Promise<ClaimedSource | undefined> {
  const { rows } = await sql<ClaimedSource>`
    -- contracts.claimSource
    update contract_source set lease = ${uuidv7()}, leased_until = ${new Date(now.getTime() + leaseMs)}
    where platform = ${platform} and (leased_until is null or leased_until <= ${now})
    returning ${columns}, lease`.execute(executor)
  return rows[0]
}

export async function findSource(executor: Executor, platform: string): Promise<ContractSource | undefined> {
  return (await listSources(executor, [platform]))[0]
}

/** By platform; null: of all. */
export async function listSources(executor: Executor, platforms: readonly string[] | null): Promise<ContractSource[]> {
  const { rows } = await sql<ContractSource>`
    -- contracts.listSources
    select ${columns} from contract_source where ${platforms}::text[] is null or platform = any(${platforms}) order by platform`.execute(
    executor,
  )
  return rows
}

export type SettledSource = Pick<
  ContractSource,
  | 'documentUrl'
  | 'etag'
  | 'lastModified'
  | 'lastHash'
  | 'severalFiles'
  | 'lastReadAt'
  | 'lastChangedAt'
  | 'lastOutcome'
  | 'failures'
  | 'error'
  | 'fix'
  | 'nextReadAt'
>

/** Writes down what a reading found and gives the source back. @returns false when the lease is lost: then nothing of the reading may be kept */
export async function settleSource(tx: Transaction, { platform, lease }: ClaimedSource, facts: SettledSource, at: Date): Promise<boolean> {
  const { rows } = await sql`
    -- contracts.settleSource
    update contract_source set document_url = ${facts.documentUrl}, etag = ${facts.etag}, last_modified = ${facts.lastModified},
      last_hash = ${facts.lastHash}, several_files = ${facts.severalFiles}, last_tried_at = ${at}, last_read_at = ${facts.lastReadAt},
      last_changed_at = ${facts.lastChangedAt}, last_outcome = ${facts.lastOutcome}, failures = ${facts.failures}, error = ${facts.error === null ? null : storableText(facts.error)},
      fix = ${facts.fix}, next_read_at = ${facts.nextReadAt}, lease = null, leased_until = null
    where platform = ${platform} and lease = ${lease} returning platform`.execute(tx)
  return rows.length > 0
}

/** Gives a source back with nothing learned. */
export async function releaseSource(executor: Executor, { platform, lease }: ClaimedSource, nextReadAt: Date): Promise<void> {
  await sql`
    -- contracts.releaseSource
    update contract_source set lease = null, leased_until = null, next_read_at = ${nextReadAt}
    where platform = ${platform} and lease = ${lease}`.execute(executor)
}
