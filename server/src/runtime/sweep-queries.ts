import { sql } from 'kysely'
import { type Executor, storableJson, type Transaction } from '../database/index.ts'
import type { Emission } from './run.ts'
import { type VisibleInstances, visibleInstances } from './visible-instances.ts'

/** What one commit of a sweep has listed. */
export interface SweptItems {
  runId: string
  instanceId: string
  flow: string
  /** RFC 3339. */
  since: string
  listed: number
  missed: readonly Emission[]
}

const keptExamples = 20

/** Adds to what the same run has listed before; a run that was executed again has listed again. */
export async function addSweeps(tx: Transaction, swept: readonly SweptItems[]): Promise<void> {
  const sums = [...Map.groupBy(swept, ({ runId }) => runId).values()].map((parts) => ({
    ...parts[0]!,
    listed: parts.reduce((sum, { listed }) => sum + listed, 0),
    missed: parts.flatMap(({ missed }) => missed),
  }))
  const rows = sums.map(({ runId, instanceId, flow, since, listed, missed }) => ({
    run_id: runId,
    instance_id: instanceId,
    flow,
    since,
    listed,
    missed: missed.length,
    examples: missed
      .slice(0, keptExamples)
      .map(({ platform, event, senderId, occurredAt }) => ({ platform, event, id: senderId, occurredAt })),
  }))
  await sql`
    -- runtime.addSweeps
    insert into sweep (run_id, instance_id, flow, since, listed, missed, examples)
    select run_id, instance_id, flow, since, listed, missed, examples
    from jsonb_to_recordset(${storableJson(rows)}::jsonb) as row (
      run_id uuid, instance_id uuid, flow text, since timestamptz, listed integer, missed integer, examples jsonb)
    on conflict (run_id) do update set swept_at = now(), listed = sweep.listed + excluded.listed, missed = sweep.missed + excluded.missed,
      examples = case when jsonb_array_length(sweep.examples) < ${keptExamples} then sweep.examples || excluded.examples else sweep.examples end`.execute(
    tx,
  )
}

export async function dropSweepsBefore(executor: Executor, before: Date): Promise<void> {
  await sql`
    -- runtime.dropSweepsBefore
    delete from sweep where swept_at < ${before}`.execute(executor)
}

export interface Sweep {
  run: string
  integration: string
  organization: string
  customer: string
  instanceId: string
  instance: string
  flow: string
  since: Date
  sweptAt: Date
  listed: number
  missed: number
  examples: { platform: string; event: string; id: string; occurredAt: string | null }[]
}

/** Newest run first. @param filter before: only those of runs that are older than this one */
export async function listSweeps(
  executor: Executor,
  filter: { integration?: string | undefined; missedOnly: boolean; visible: VisibleInstances; limit: number; before?: string | undefined },
): Promise<Sweep[]> {
  const { rows } = await sql<Sweep>`
    -- runtime.listSweeps
    select run_id as run, integration, organization, customer, instance_id as "instanceId", name as instance, flow, since, swept_at as "sweptAt", listed, missed, examples
    from sweep join instance on instance.id = sweep.instance_id
    where ${visibleInstances(filter.visible)}
      and (${filter.integration ?? null}::text is null or integration = ${filter.integration ?? null})
      and (not ${filter.missedOnly}::boolean or missed > 0) and ${filter.before ? sql`run_id < ${filter.before}::uuid` : sql`true`}
    order by run_id desc limit ${filter.limit}`.execute(executor)
  return rows
}
