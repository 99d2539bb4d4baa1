import { sql } from 'kysely'
import type { Executor } from '../../database/index.ts'
import type { UsageFact, UsagePlace } from './usage-fact.ts'

/**
 * Adds counts to those of the day. Rows are taken in one order, so that two processes that add to the same rows wait for each other
 * instead of blocking each other.
 */
export async function addUsage(executor: Executor, facts: readonly UsageFact[]): Promise<void> {
  const column = <K extends keyof UsageFact>(name: K) => facts.map((fact) => fact[name])
  await sql`
    -- contracts.addUsage
    insert into contract_usage (instance_id, platform, day, surface, method, path, kind, name, value, seen, last_at)
    select * from unnest(${column('instanceId')}::uuid[], ${column('platform')}::text[], ${column('day')}::date[], ${column('surface')}::text[],
      ${column('method')}::text[], ${column('path')}::text[], ${column('kind')}::text[], ${column('name')}::text[], ${column('value')}::text[],
      ${column('seen')}::bigint[], ${column('lastAt')}::timestamptz[]) as new (instance_id, platform, day, surface, method, path, kind, name, value, seen, last_at)
    order by 1, 2, 3, 4, 5, 6, 7, 8, 9
    on conflict (instance_id, platform, day, surface, method, path, kind, name, value) do update
      set seen = contract_usage.seen + excluded.seen, last_at = greatest(contract_usage.last_at, excluded.last_at)`.execute(executor)
}

/** A fact over all days of a window. */
export interface SummedFact extends UsagePlace {
  kind: UsageFact['kind']
  name: string
  value: string
  seen: number
  days: number
  firstDay: string
  lastAt: Date
}

/** @param from first day, @param until last day, both included, @param instanceIds only theirs; null: all */
export async function sumUsage(
  executor: Executor,
  platform: string,
  from: string,
  until: string,
  instanceIds: readonly string[] | null = null,
): Promise<SummedFact[]> {
  const { rows } = await sql<SummedFact>`
    -- contracts.sumUsage
    select instance_id as "instanceId", platform, surface, method, path, kind, name, value, sum(seen)::float8 as seen, count(*)::int as days,
      to_char(min(day), 'YYYY-MM-DD') as "firstDay", max(last_at) as "lastAt"
    from contract_usage where platform = ${platform} and day between ${from}::date and ${until}::date
      and (${instanceIds}::uuid[] is null or instance_id = any(${instanceIds}))
    group by 1, 2, 3, 4, 5, 6, 7, 8
    order by 1, 3, 5, 4, 6, 7, 8`.execute(executor)
  return rows
}

/** Since when an instance has used an operation, over all days that are kept, and when it did last. */
export interface UseSpan extends Pick<UsagePlace, 'instanceId' | 'surface' | 'method' | 'path'> {
  firstDay: string
  lastAt: Date
}

/** One row per instance and operation or webhook. */
export async function listUseSpans(executor: Executor, platform: string, instanceIds: readonly string[]): Promise<UseSpan[]> {
  const { rows } = await sql<UseSpan>`
    -- contracts.listUseSpans
    select instance_id as "instanceId", surface, method, path, to_char(min(day), 'YYYY-MM-DD') as "firstDay", max(last_at) as "lastAt"
    from contract_usage where platform = ${platform} and kind = 'call' and instance_id = any(${[...instanceIds]}::uuid[])
    group by 1, 2, 3, 4
    order by 1, 2, 4, 3`.execute(executor)
  return rows
}

/** Forgets days before the given one. @returns rows removed */
export async function dropUsageBefore(executor: Executor, day: string): Promise<number> {
  const { numAffectedRows } = await sql`
    -- contracts.dropUsageBefore
    delete from contract_usage where day < ${day}::date`.execute(executor)
  return Number(numAffectedRows ?? 0)
}
