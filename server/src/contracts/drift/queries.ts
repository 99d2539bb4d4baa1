import { sql } from 'kysely'
import { type Executor, storableJson, type Transaction, uuidv7 } from '../../database/index.ts'
import type { Deviation, DriftPlace } from './deviation.ts'

export interface CoverageRow extends DriftPlace {
  instanceId: string | null
  contract: string
  described: boolean
  received: number
  checked: number
  lastAt: Date
}

/** Adds what was received and checked. Rows are taken in one order, so that processes wait for each other instead of blocking each other. */
export async function addCoverage(tx: Transaction, rows: readonly CoverageRow[]): Promise<void> {
  const column = <K extends keyof CoverageRow>(name: K) => rows.map((row) => row[name])
  await sql`
    -- contracts.addDriftCoverage
    insert into contract_drift_coverage as kept (platform, surface, method, path, status, instance_id, contract, described, received, checked, checked_now, first_at, last_at)
    select platform, surface, method, path, status, instance_id, contract, described, received, checked, checked, last_at, last_at
    from unnest(${column('platform')}::text[], ${column('surface')}::text[], ${column('method')}::text[], ${column('path')}::text[],
      ${column('status')}::text[], ${column('instanceId')}::uuid[], ${column('contract')}::text[], ${column('described')}::boolean[],
      ${column('received')}::bigint[], ${column('checked')}::bigint[], ${column('lastAt')}::timestamptz[])
      as new (platform, surface, method, path, status, instance_id, contract, described, received, checked, last_at)
    order by 1, 2, 3, 4, 5, 6
    on conflict (platform, surface, method, path, status, instance_id) do update set
      received = kept.received + excluded.received,
      checked = kept.checked + excluded.checked,
      -- What was only received says nothing of the contract.
      checked_now = case when excluded.checked = 0 or kept.contract = excluded.contract then kept.checked_now + excluded.checked else excluded.checked end,
      contract = case when excluded.checked = 0 then kept.contract else excluded.contract end,
      described = case when excluded.checked = 0 then kept.described else excluded.described end,
      last_at = greatest(kept.last_at, excluded.last_at)`.execute(tx)
}

export interface SightingRow extends DriftPlace, Deviation {
  identity: string
  contract: string
  instanceId: string | null
  seen: number
  firstAt: Date
  lastAt: Date
}

/** Adds sightings to their findings and opens those that were closed. Coverage must have been added before, in the same transaction. */
export async function addSightings(tx: Transaction, rows: readonly SightingRow[]): Promise<void> {
  const findings = [...Map.groupBy(rows, ({ platform, identity }) => `${platform}\n${identity}`).values()].map((group) => ({
    ...group[0]!,
    id: uuidv7(),
    seen: group.reduce((sum, { seen }) => sum + seen, 0),
  }))
  const column = (name: keyof (typeof findings)[number]) => findings.map((row) => row[name])
  const json = (name: 'expected' | 'example') => findings.map((row) => storableJson(row[name]))
  await sql`
    -- contracts.addDriftFindings
    insert into contract_drift_finding as kept (id, platform, identity, kind, surface, method, path, status, media_type, field, keyword, detail,
      expected, example, contract, seen, first_at, last_at, checked_when_seen)
    select new.*, coalesce((select sum(checked) from contract_drift_coverage c where (c.platform, c.surface, c.method, c.path, c.status)
      = (new.platform, new.surface, new.method, new.path, new.status)), 0)
    from unnest(${column('id')}::uuid[], ${column('platform')}::text[], ${column('identity')}::text[], ${column('kind')}::text[],
      ${column('surface')}::text[], ${column('method')}::text[], ${column('path')}::text[], ${column('status')}::text[],
      ${column('mediaType')}::text[], ${column('field')}::text[], ${column('keyword')}::text[], ${column('detail')}::text[],
      ${json('expected')}::jsonb[], ${json('example')}::jsonb[], ${column('contract')}::text[], ${column('seen')}::bigint[],
      ${column('firstAt')}::timestamptz[], ${column('lastAt')}::timestamptz[])
      as new (id, platform, identity, kind, surface, method, path, status, media_type, field, keyword, detail, expected, example, contract, seen, first_at, last_at)
    order by new.platform, new.identity
    on conflict (platform, identity) do update set
      seen = kept.seen + excluded.seen,
      last_at = greatest(kept.last_at, excluded.last_at),
      checked_when_seen = excluded.checked_when_seen,
      expected = excluded.expected,
      example = case when kept.contract = excluded.contract then kept.example else excluded.example end,
      contract = excluded.contract,
      reopened = kept.reopened + case when kept.state = 'closed' then 1 else 0 end,
      state = 'open', closed_at = null, closed_reason = null`.execute(tx)
  await addSightingsOfInstances(tx, rows)
}

async function addSightingsOfInstances(tx: Transaction, rows: readonly SightingRow[]): Promise<void> {
  const column = (name: keyof SightingRow) => rows.map((row) => row[name])
  await sql`
    -- contracts.addDriftInstances
    insert into contract_drift_instance as kept (finding_id, instance_id, seen, first_at, last_at)
    select f.id, new.instance_id, sum(new.seen), min(new.first_at), max(new.last_at)
    from unnest(${column('platform')}::text[], ${column('identity')}::text[], ${column('instanceId')}::uuid[], ${column('seen')}::bigint[],
      ${column('firstAt')}::timestamptz[], ${column('lastAt')}::timestamptz[]) as new (platform, identity, instance_id, seen, first_at, last_at)
    join contract_drift_finding f using (platform, identity)
    group by f.platform, f.identity, f.id, new.instance_id
    order by f.platform, f.identity, new.instance_id
    on conflict (finding_id, instance_id) do update set seen = kept.seen + excluded.seen, last_at = greatest(kept.last_at, excluded.last_at)`.execute(
    tx,
  )
}

export interface ClosingPolicy {
  /** Clean messages that it takes at least. */
  leastClean: number
  /** And so long without a sight, where the contract did not change. */
  quietMs: number
}

/**
 * Closes findings that are over: not seen in so many messages that, as often as it was seen before, it should have been (three times over: 95 %),
 * or not seen in enough messages under a new version of the contract, or no longer described by it.
 *
 * @returns how many were closed
 */
export async function closeDrift(executor: Executor, at: Date, { leastClean, quietMs }: ClosingPolicy): Promise<number> {
  const { numAffectedRows } = await sql`
    -- contracts.closeDrift
    with place as (
      select platform, surface, method, path, status, sum(checked) as checked,
        (array_agg(contract order by last_at desc))[1] as contract, (array_agg(described order by last_at desc))[1] as described
      from contract_drift_coverage where checked > 0 group by 1, 2, 3, 4, 5
    ), place_now as (
      select p.*, (select coalesce(sum(c.checked_now), 0) from contract_drift_coverage c where c.contract = p.contract
        and (c.platform, c.surface, c.method, c.path, c.status) = (p.platform, p.surface, p.method, p.path, p.status)) as checked_now
      from place p
    ), over as (
      select f.id, case
          when f.contract <> p.contract and not p.described then 'no-longer-described'
          when f.contract <> p.contract and p.checked_now >= needed.clean then 'contract-agrees'
          when f.contract = p.contract and f.last_at < ${new Date(at.getTime() - quietMs)} and p.checked - f.checked_when_seen >= needed.clean then 'no-longer-seen'
        end as reason
      from contract_drift_finding f join place_now p using (platform, surface, method, path, status),
        lateral (select greatest(${leastClean}::numeric, least(1000, 3 * f.checked_when_seen::numeric / f.seen)) as clean) needed
      where f.state = 'open'
    )
    update contract_drift_finding f set state = 'closed', closed_at = ${at}, closed_reason = over.reason
    from over where f.id = over.id and over.reason is not null and f.state = 'open'`.execute(executor)
  return Number(numAffectedRows ?? 0)
}

export interface FindingRow extends Omit<SightingRow, 'instanceId'> {
  id: string
  state: 'open' | 'closed'
  closedAt: Date | null
  closedReason: string | null
  reopened: number
  instances: { instanceId: string | null; seen: number; firstAt: string; lastAt: string }[]
}

/** Findings of a platform with the instances that showed them; open ones first, latest first. @param closed those that are closed, too */
export async function listDriftFindings(executor: Executor, platform: string, closed: boolean, limit = 1_000): Promise<FindingRow[]> {
  const { rows } = await sql<FindingRow>`
    -- contracts.listDriftFindings
    select f.id, f.platform, f.identity, f.kind, f.surface, f.method, f.path, f.status, f.media_type as "mediaType", f.field, f.keyword, f.detail,
      f.expected, f.example, f.contract, f.state, f.closed_at as "closedAt", f.closed_reason as "closedReason", f.reopened,
      f.seen::float8 as seen, f.first_at as "firstAt", f.last_at as "lastAt", coalesce(i.instances, '[]') as instances
    from contract_drift_finding f
    left join lateral (
      select jsonb_agg(jsonb_build_object('instanceId', instance_id, 'seen', seen, 'firstAt', first_at, 'lastAt', last_at) order by instance_id) as instances
      from contract_drift_instance where finding_id = f.id
    ) i on true
    where f.platform = ${platform} and (${closed} or f.state = 'open')
    order by f.state desc, f.last_at desc, f.id desc limit ${limit}`.execute(executor)
  return rows
}

export async function listDriftCoverage(executor: Executor, platform: string): Promise<(CoverageRow & { firstAt: Date })[]> {
  const { rows } = await sql<CoverageRow & { firstAt: Date }>`
    -- contracts.listDriftCoverage
    select platform, surface, method, path, status, instance_id as "instanceId", contract, described, received::float8 as received,
      checked::float8 as checked, first_at as "firstAt", last_at as "lastAt"
    from contract_drift_coverage where platform = ${platform}
    order by surface, path, method, status, instance_id`.execute(executor)
  return rows
}

/** Forgets closed findings and coverage that nothing was added to since. @returns rows removed */
export async function dropDriftBefore(executor: Executor, before: Date): Promise<number> {
  const findings = await sql`
    -- contracts.dropDriftFindings
    delete from contract_drift_finding where state = 'closed' and closed_at < ${before}`.execute(executor)
  const coverage = await sql`
    -- contracts.dropDriftCoverage
    delete from contract_drift_coverage where last_at < ${before}`.execute(executor)
  return Number(findings.numAffectedRows ?? 0) + Number(coverage.numAffectedRows ?? 0)
}
