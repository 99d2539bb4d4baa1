import { sql } from 'kysely'
import type { Executor } from '../database/index.ts'
import type { CanaryFact } from './facts.ts'

export interface CanaryReport {
  integration: string
  scenario: string
  outcome: 'succeeded' | 'failed'
  at: Date
  detail?: string
  reportedBy: string
}

export interface Canary {
  scenario: string
  outcome: 'succeeded' | 'failed'
  lastAt: string
  lastSucceededAt: string | null
  detail: string | null
  reportedBy: string
}

/**
 * Keeps the newest word of a scenario's canary. Reports may come late and in any order: an older one takes back nothing.
 *
 * @returns 'older' when a newer report was kept already
 */
export async function saveCanaryReport(executor: Executor, report: CanaryReport): Promise<'recorded' | 'older'> {
  const { integration, scenario, outcome, at, detail, reportedBy } = report
  const { numAffectedRows } = await sql`
    -- readiness.saveCanaryReport
    insert into canary (integration, scenario, last_at, outcome, last_succeeded_at, detail, reported_by)
    values (${integration}, ${scenario}, ${at}::timestamptz, ${outcome}, ${outcome === 'succeeded' ? at : null}::timestamptz, ${detail ?? null}, ${reportedBy})
    on conflict (integration, scenario) do update set last_at = excluded.last_at, outcome = excluded.outcome, detail = excluded.detail,
      reported_by = excluded.reported_by, last_succeeded_at = coalesce(excluded.last_succeeded_at, canary.last_succeeded_at)
    where excluded.last_at > canary.last_at`.execute(executor)
  return numAffectedRows === 1n ? 'recorded' : 'older'
}

export async function listCanaries(executor: Executor, integration: string): Promise<Canary[]> {
  return (await listCanariesOf(executor, [integration])).map(({ integration: _, ...canary }) => canary)
}

/** An entry for each name given, empty where no canary has reported. */
export async function readCanaryFacts(executor: Executor, names: readonly string[]): Promise<Map<string, CanaryFact[]>> {
  const facts = new Map<string, CanaryFact[]>(names.map((name) => [name, []]))
  for (const { integration, scenario, outcome, lastAt, lastSucceededAt } of await listCanariesOf(executor, names))
    facts.get(integration)!.push({ scenario, lastAt, failing: outcome === 'failed', ...(lastSucceededAt !== null && { lastSucceededAt }) })
  return facts
}

/** The newest word of every canary of some integrations. */
export async function listCanariesOf(executor: Executor, names: readonly string[]): Promise<(Canary & { integration: string })[]> {
  const { rows } = await sql<
    Omit<Canary, 'lastAt' | 'lastSucceededAt'> & { integration: string; lastAt: Date; lastSucceededAt: Date | null }
  >`
    -- readiness.listCanaries
    select integration, scenario, outcome, last_at as "lastAt", last_succeeded_at as "lastSucceededAt", detail, reported_by as "reportedBy"
    from canary where integration = any(${[...names]}::text[]) order by integration, scenario`.execute(executor)
  return rows.map(({ lastAt, lastSucceededAt, ...row }) => ({
    ...row,
    lastAt: lastAt.toISOString(),
    lastSucceededAt: lastSucceededAt?.toISOString() ?? null,
  }))
}
