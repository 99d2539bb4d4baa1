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

export interface Loaded {
  run: ClaimedRun
  /** Of its payload, as received. */
  payloadBytes: number
  /** What it needs, or the failure that stands for it; null where the payload had no room and must be loaded when there is. */
  found: { execution: Execution; failure?: never } | { execution?: never; failure: unknown } | null
}

/** Revisions never change, so they may be kept; bounded because instances may be many. */
const revisions = new Map<string, InstanceRevision>()
const maxRevisions = 10_000

/**
 * Reads what the runs of one lease need, in at most four statements however many runs there are.
 *
 * @param maxBytes of payloads; runs whose payload is beyond it come back without
 */
export async function loadExecutions(parts: Parts, runs: readonly ClaimedRun[], maxBytes: number): Promise<Loaded[]> {
  const { executor } = parts.database
  const [instances, deliveries, steps, cursors] = await Promise.all([
    loadRevisions(executor, runs),
    loadDeliveries(parts, runs, maxBytes),
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
    const delivery = run.deliveryId === null ? undefined : deliveries.loaded.get(run.deliveryId)
    const leftBytes = run.deliveryId === null ? undefined : deliveries.left.get(run.deliveryId)
    if (leftBytes !== undefined) return { run, payloadBytes: leftBytes, found: null }
    const payloadBytes = delivery?.bytes ?? 0
    try {
      if (run.deliveryId !== null && !delivery) throw errors.delivery_missing({ delivery: run.deliveryId })
      const instance = instances.get(`${run.instanceId}/${run.revision}`)
      if (!instance) throw errors.instance_not_found({ instance: run.instanceId })
      const integration = parts.integrations.get(run.integration, run.version)
      const position = cursors.get(`${run.instanceId}/${run.flow}`)
      const cursor = position?.value ?? initialCursor(integration.flows[run.flow], instance, position?.plannedAt ?? run.receivedAt)
      const execution = { run, integration, instance, delivery, remembered: steps.get(run.id) ?? new Map(), cursor }
      return { run, payloadBytes, found: { execution } }
    } catch (failure) {
      return { run, payloadBytes, found: { failure } }
    }
  })
}

/** One run, whatever the size of its payload. */
export async function loadExecution(parts: Parts, run: ClaimedRun): Promise<NonNullable<Loaded['found']>> {
  const [loaded] = await loadExecutions(parts, [run], Number.MAX_SAFE_INTEGER)
  return loaded!.found!
}

function initialCursor(flow: Execution['integration']['flows'][string] | undefined, instance: InstanceRevision, now: Date): unknown {
  if (flow?.kind !== 'every') return undefined
  const facts = { id: instance.instanceId, name: instance.name, customer: instance.customer }
  return flow.initialCursor?.({ settings: instance.settings, instance: facts, now: now.toISOString() })
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

async function loadDeliveries({ deliveries }: Parts, runs: readonly ClaimedRun[], maxBytes: number) {
  const ids = [...new Set(runs.flatMap((run) => run.deliveryId ?? []))]
  const { loaded, left } = ids.length > 0 ? await deliveries.loadWithin(ids, maxBytes) : { loaded: [], left: [] }
  return { loaded: new Map(loaded.map((one) => [one.id, one])), left: new Map(left.map((one) => [one.id, one.bytes])) }
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

interface Position {
  /** Null before anything was committed. */
  value: unknown
  /** When the flow was planned for the instance; null when it is no more. */
  plannedAt: Date | null
}

async function loadCursors(executor: Executor, runs: readonly ClaimedRun[]): Promise<Map<string, Position>> {
  if (runs.length === 0) return new Map()
  const { rows } = await sql<Position & { instanceId: string; flow: string }>`
    -- runtime.loadCursors
    select wanted.instance_id as "instanceId", wanted.flow, c.value, s.planned_at as "plannedAt"
    from unnest(${runs.map((run) => run.instanceId)}::uuid[], ${runs.map((run) => run.flow)}::text[]) as wanted (instance_id, flow)
    left join poll_cursor c on c.instance_id = wanted.instance_id and c.flow = wanted.flow
    left join flow_schedule s on s.instance_id = wanted.instance_id and s.flow = wanted.flow`.execute(executor)
  return new Map(rows.map((row) => [`${row.instanceId}/${row.flow}`, row]))
}
