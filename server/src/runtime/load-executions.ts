import { sql } from 'kysely'
import type { Database, Executor } from '../database/index.ts'
import { errors } from './errors.ts'
import type { Execution } from './execute-run.ts'
import type { Integrations } from './integrations.ts'
import type { ClaimedRun, DeliveryStore, InstanceRevision } from './run.ts'
import { findRevisions, listSteps, type RememberedStep } from './run-queries.ts'

interface Parts {
  database: Database
  integrations: Integrations
  deliveries: DeliveryStore
}

export type Loaded = { run: ClaimedRun; execution: Execution; failure?: never } | { run: ClaimedRun; execution?: never; failure: unknown }

/** Revisions never change, so they may be kept; bounded because instances may be many. */
const revisions = new Map<string, InstanceRevision>()
const maxRevisions = 10_000

/** Reads what the runs of one lease need, in at most four statements however many runs there are. */
export async function loadExecutions(parts: Parts, runs: readonly ClaimedRun[]): Promise<Loaded[]> {
  const { executor } = parts.database
  const [instances, deliveries, steps, cursors] = await Promise.all([
    loadRevisions(executor, runs),
    loadDeliveries(parts, runs),
    // A first execution has nothing to remember.
    loadSteps(
      executor,
      runs.filter((run) => run.attempt > 1).map((run) => run.id),
    ),
    loadCursors(
      executor,
      runs.filter((run) => run.deliveryId === null),
    ),
  ])
  return runs.map((run) => {
    try {
      const delivery = run.deliveryId === null ? undefined : deliveries.get(run.deliveryId)
      if (run.deliveryId !== null && !delivery) throw errors.delivery_missing({ delivery: run.deliveryId })
      const instance = instances.get(`${run.instanceId}/${run.revision}`)
      if (!instance) throw errors.instance_not_found({ instance: run.instanceId })
      const integration = parts.integrations.get(run.integration, run.version)
      const cursor = cursors.get(`${run.instanceId}/${run.flow}`) ?? initialCursor(integration.flows[run.flow], instance)
      return { run, execution: { run, integration, instance, delivery, remembered: steps.get(run.id) ?? new Map(), cursor } }
    } catch (failure) {
      return { run, failure }
    }
  })
}

function initialCursor(flow: Execution['integration']['flows'][string] | undefined, instance: InstanceRevision): unknown {
  if (flow?.kind !== 'every') return undefined
  const facts = { id: instance.instanceId, name: instance.name, customer: instance.customer }
  return flow.initialCursor?.({ settings: instance.settings, instance: facts, now: new Date().toISOString() })
}

export async function loadRevisions(
  executor: Executor,
  runs: readonly { instanceId: string; revision: number }[],
): Promise<Map<string, InstanceRevision>> {
  const wanted = new Map(runs.map((run) => [`${run.instanceId}/${run.revision}`, run]))
  const missing = [...wanted].filter(([key]) => !revisions.has(key)).map(([, run]) => run)
  if (missing.length > 0) {
    for (const row of await findRevisions(executor, missing)) {
      if (revisions.size >= maxRevisions) revisions.delete(revisions.keys().next().value!)
      revisions.set(`${row.instanceId}/${row.revision}`, row)
    }
  }
  return new Map([...wanted.keys()].flatMap((key) => (revisions.has(key) ? [[key, revisions.get(key)!]] : [])))
}

async function loadDeliveries(
  { deliveries }: Parts,
  runs: readonly ClaimedRun[],
): Promise<Map<string, NonNullable<Execution['delivery']>>> {
  const ids = [...new Set(runs.flatMap((run) => run.deliveryId ?? []))]
  if (ids.length === 0) return new Map()
  return new Map((await deliveries.load(ids)).map((delivery) => [delivery.id, delivery]))
}

async function loadSteps(executor: Executor, runIds: readonly string[]): Promise<Map<string, Map<string, RememberedStep>>> {
  const byRun = new Map<string, Map<string, RememberedStep>>()
  if (runIds.length === 0) return byRun
  for (const step of await listSteps(executor, runIds)) {
    const steps = byRun.get(step.runId) ?? new Map<string, RememberedStep>()
    byRun.set(step.runId, steps.set(step.name, step))
  }
  return byRun
}

async function loadCursors(executor: Executor, runs: readonly ClaimedRun[]): Promise<Map<string, unknown>> {
  if (runs.length === 0) return new Map()
  const { rows } = await sql<{ instanceId: string; flow: string; value: unknown }>`
    -- runtime.loadCursors
    select c.instance_id as "instanceId", c.flow, c.value
    from unnest(${runs.map((run) => run.instanceId)}::uuid[], ${runs.map((run) => run.flow)}::text[]) as wanted (instance_id, flow)
    join poll_cursor c on c.instance_id = wanted.instance_id and c.flow = wanted.flow`.execute(executor)
  return new Map(rows.map((row) => [`${row.instanceId}/${row.flow}`, row.value]))
}
