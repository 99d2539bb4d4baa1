import { sql } from 'kysely'
import type { Day } from '../../agreements/index.ts'
import { type Executor, type Transaction, uuidv7Floor } from '../../database/index.ts'
import type { Comparison, Difference, OwnRecord, RecordKind } from './compare-records.ts'

export interface Span {
  integration: string
  platform: string
  kind: RecordKind
  from: Day
  /** Inclusive. */
  until: Day
}

const dayMs = 86_400_000
const idsOf = ({ from, until }: Span) => ({
  first: uuidv7Floor(Date.parse(from)),
  after: uuidv7Floor(Date.parse(until) + dayMs),
})

/**
 * What the bridge has recorded of a platform for one integration. Calls that never reached it are none of its records.
 *
 * @param keyed one by one, oldest first; else summed, and of calls those without a key when `alsoKeyed` is false
 */
export async function ownRecords(executor: Executor, span: Span, keyed: boolean, alsoKeyed: boolean): Promise<OwnRecord[]> {
  return span.kind === 'calls' ? ownCalls(executor, span, keyed, alsoKeyed) : ownWebhooks(executor, span, keyed)
}

async function ownCalls(executor: Executor, span: Span, keyed: boolean, alsoKeyed: boolean): Promise<OwnRecord[]> {
  const { first, after } = idsOf(span)
  const which = keyed ? sql`c.idempotency_key is not null` : alsoKeyed ? sql`true` : sql`c.idempotency_key is null`
  const { rows } = await sql<OwnRecord>`
    -- serviceLevels.ownCalls
    with calls as (
      select c.*, to_char(c.started_at at time zone 'UTC', 'YYYY-MM-DD') as day, c.method || ' ' || c.operation as place
      from call_record c
      where c.id >= ${first}::uuid and c.id < ${after}::uuid and platform = ${span.platform} and outcome <> 'partner-down' and ${which}
        and exists (select from run where run.id = c.run_id and integration = ${span.integration}
          union all select from finished_run f where f.id = c.run_id and integration = ${span.integration})
    )
    select day, place as operation, status::int, status is null as uncertain, ${
      keyed
        ? sql`1::float8 as count, idempotency_key as key from calls order by id`
        : sql`count(*)::float8 as count from calls group by 1, 2, 3, 4`
    }`.execute(executor)
  return rows
}

async function ownWebhooks(executor: Executor, span: Span, keyed: boolean): Promise<OwnRecord[]> {
  const { first, after } = idsOf(span)
  const { rows } = await sql<OwnRecord>`
    -- serviceLevels.ownWebhooks
    with mine as (
      select d.id, to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD') as day, coalesce(r.event, '(none)') as event, d.sender_id,
        case when r.state in ('account-unknown', 'unparsable') then coalesce(r.problem, r.state) end as problem
      from delivery d left join delivery_route r on r.delivery_id = d.id
      where d.id >= ${first}::uuid and d.id < ${after}::uuid and d.source = ${span.platform} and d.assurance <> 'polled'
        and (r.state in ('account-unknown', 'unparsable')
          or exists (select from instance i where i.key = d.instance_key and i.integration = ${span.integration})
          or exists (select from instance_account a join instance i on i.id = a.instance_id
            where a.platform = d.source and a.account = r.account and i.integration = ${span.integration}))
    )
    select day, event as operation, null::int as status, false as uncertain, ${
      keyed
        ? sql`problem, 1::float8 as count, sender_id as key from mine order by id`
        : sql`count(*)::float8 as count from mine where problem is null group by 1, 2`
    }`.execute(executor)
  return rows
}

/** The oldest moment of which records are kept; undefined: there are none. */
export async function keptSince(executor: Executor, kind: RecordKind): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date }>`
    -- serviceLevels.recordsKeptSince
    select ${kind === 'calls' ? sql`started_at as at from call_record` : sql`received_at as at from delivery`} order by id limit 1`.execute(
    executor,
  )
  return rows[0]?.at
}

export interface Reconciliation extends Span {
  id: string
  organization: string
  handedInAt: string
  handedInBy: string
  theirs: number
  ours: number
  agreed: number
  differing: number
  uncertain: number
}

const shownDifferences = 1_000
/** Mismatches are of no instance. */
const noInstance = '00000000-0000-0000-0000-000000000000'

/** Keeps a comparison, and its mismatches as events of correctness in place of those of the same days that were kept before. */
export async function saveReconciliation(
  tx: Transaction,
  { id, integration, organization, platform, kind, from, until, handedInBy }: Omit<Reconciliation, keyof Comparison | 'handedInAt'>,
  found: Comparison,
  at: Date,
): Promise<void> {
  const { theirs, ours, agreed, differing, uncertain } = found
  await sql`
    -- serviceLevels.saveReconciliation
    insert into reconciliation (id, integration, organization, platform, kind, from_day, until_day, handed_in_at, handed_in_by, theirs, ours, agreed,
      differing, uncertain)
    values (${id}, ${integration}, ${organization}, ${platform}, ${kind}, ${from}, ${until}, ${at}, ${handedInBy}, ${theirs}, ${ours}, ${agreed},
      ${differing}, ${uncertain})`.execute(tx)
  const shown = found.differences.slice(0, shownDifferences).map((one, number) => ({ number, ...one }))
  await sql`
    -- serviceLevels.saveDifferences
    insert into reconciliation_difference (reconciliation_id, number, day, operation, status, key, theirs, ours, says)
    select ${id}, * from jsonb_to_recordset(${JSON.stringify(shown)}::jsonb)
      as r (number int, day date, operation text, status int, key text, theirs bigint, ours bigint, says text)`.execute(tx)
  await sql`
    -- serviceLevels.forgetMismatches
    delete from service_level_day where measure = 'record' and integration = ${integration} and platform = ${platform}
      and mark = ${`${kind}-differ`} and day between ${from}::date and ${until}::date`.execute(tx)
  const days = [...found.byDay].map(([day, events]) => ({ day, events }))
  await sql`
    -- serviceLevels.saveMismatches
    insert into service_level_day (integration, day, instance_id, flow, measure, platform, mark, events)
    select ${integration}, day, ${noInstance}, '', 'record', ${platform}, ${`${kind}-differ`}, events
    from jsonb_to_recordset(${JSON.stringify(days)}::jsonb) as r (day date, events bigint)`.execute(tx)
}

/** Newest first. @param page id: that one alone; before: only what comes after this one in the order */
export async function listReconciliations(
  executor: Executor,
  integration: string,
  { limit, id, before }: { limit?: number; id?: string; before?: string | undefined },
): Promise<Reconciliation[]> {
  const older = before
    ? sql`(handed_in_at, id) < (select handed_in_at, id from reconciliation where id = ${before}::uuid and integration = ${integration})`
    : sql`true`
  const { rows } = await sql<Reconciliation>`
    -- serviceLevels.listReconciliations
    select id, integration, organization, platform, kind, to_char(from_day, 'YYYY-MM-DD') as from, to_char(until_day, 'YYYY-MM-DD') as until,
      to_char(handed_in_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "handedInAt", handed_in_by as "handedInBy",
      theirs::float8, ours::float8, agreed::float8, differing::float8, uncertain::float8
    from reconciliation where integration = ${integration} and ${id ? sql`id = ${id}::uuid` : older}
    order by handed_in_at desc, id desc limit ${limit ?? null}::int`.execute(executor)
  return rows
}

export async function listDifferences(executor: Executor, id: string): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    -- serviceLevels.listDifferences
    select to_char(day, 'YYYY-MM-DD') as day, operation, status, key, theirs::float8, ours::float8, says
    from reconciliation_difference where reconciliation_id = ${id} order by number`.execute(executor)
  return rows
}
