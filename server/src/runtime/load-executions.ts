import { sql } from 'kysely'
import type { Database, Executor } from '../database/index.ts'
import { errors } from './errors.ts'
import type { Execution } from './execute-run.ts'
import type { Integrations } from './integrations.ts'
import type { ClaimedRun, DeliveryStore, InstanceRevision } from './run.ts'
import { findRevisions, listStepsWithin, type RememberedStep } from './run-queries.ts'

interface Parts {
  database: Database
  integrations: Integrations
  deliveries: DeliveryStore
}

export interface Loaded {
  run: ClaimedRun
  /** Of its payload, as received, and of what its steps returned. */
  bytes: number
  /** What it needs, or the failure that stands for it; null where that had no room and must be loaded when there is. */
  found: { execution: Execution; failure?: never } | { execution?: never; failure: unknown } | null
}

/** Revisions never change, so they may be kept; bounded because instances may be many. */
const revisions = new Map<string, InstanceRevision>()
const maxRevisions = 10_000
/** Of settings and mappings as JSON. */
const maxRevisionsLength = 32 * 1024 * 1024
const lengths = new Map<string, number>()
let revisionsLength = 0

/**
 * Reads what the runs of one lease need, in at most five statements however many runs there are.
 *
 * @param maxBytes of payloads and results of steps; runs that are beyond it come back without
 */
export async function loadExecutions(parts: Parts, runs: readonly ClaimedRun[], maxBytes: number): Promise<Loaded[]> {
  const { executor } = parts.database
  const [instances, steps, cursors] = await Promise.all([
    loadRevisions(executor, runs),
    loadSteps(executor, runs, maxBytes),
    loadCursors(
      executor,
      runs.filter((run) => run.deliveryId === null),
    ),
  ])
  const deliveries = await loadDeliveries(parts, runs, steps, maxBytes)
  parts.deliveries.release(runs.flatMap(({ deliveryId }) => (deliveryId !== null && deliveries.loaded.has(deliveryId) ? [deliveryId] : [])))
  return runs.map((run) => {
    const delivery = run.deliveryId === null ? undefined : deliveries.loaded.get(run.deliveryId)
    const leftBytes = run.deliveryId === null ? undefined : deliveries.left.get(run.deliveryId)
    const bytes = (delivery?.bytes ?? leftBytes ?? 0) + (steps.bytesOf.get(run.id) ?? 0)
    if (leftBytes !== undefined || steps.left.has(run.id)) return { run, bytes, found: null }
    try {
      if (run.deliveryId !== null && !delivery) throw errors.delivery_missing({ delivery: run.deliveryId })
      const instance = instances.get(`${run.instanceId}/${run.revision}`)
      if (!instance) throw errors.instance_not_found({ instance: run.instanceId })
      const integration = parts.integrations.get(run.integration, run.version)
      const position = cursors.get(`${run.instanceId}/${run.flow}`)
      const cursor = position?.value ?? initialCursor(integration.flows[run.flow], instance, position?.plannedAt ?? run.receivedAt)
      const execution = { run, integration, instance, delivery, remembered: steps.byRun.get(run.id) ?? new Map(), cursor }
      return { run, bytes, found: { execution } }
    } catch (failure) {
      return { run, bytes, found: { failure } }
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
  const found = new Map([...wanted.keys()].flatMap((key) => (revisions.has(key) ? [[key, revisions.get(key)!]] : [])))
  const missing = [...wanted].filter(([key]) => !found.has(key)).map(([, run]) => run)
  for (const row of missing.length > 0 ? await findRevisions(executor, missing) : []) {
    const key = `${row.instanceId}/${row.revision}`
    found.set(key, row)
    keep(key, row)
  }
  return found
}

interface Remembered {
  byRun: Map<string, Map<string, RememberedStep>>
  bytesOf: ReadonlyMap<string, number>
  left: ReadonlySet<string>
}

/** A first execution has nothing to remember. */
async function loadSteps(executor: Executor, runs: readonly ClaimedRun[], maxBytes: number): Promise<Remembered> {
  const runIds = runs.filter((run) => run.attempt > 1).map((run) => run.id)
  if (runIds.length === 0) return { byRun: new Map(), bytesOf: new Map(), left: new Set() }
  const { steps, bytesOf, left } = await listStepsWithin(executor, runIds, maxBytes)
  const byRun = new Map<string, Map<string, RememberedStep>>()
  for (const step of steps) {
    const ofRun = byRun.get(step.runId) ?? new Map<string, RememberedStep>()
    byRun.set(step.runId, ofRun.set(step.name, step))
  }
  return { byRun, bytesOf, left }
}

function keep(key: string, row: InstanceRevision): void {
  forget(key)
  const length = JSON.stringify([row.settings, row.mappings]).length
  revisions.set(key, row)
  lengths.set(key, length)
  revisionsLength += length
  while (revisions.size > maxRevisions || revisionsLength > maxRevisionsLength) forget(revisions.keys().next().value!)
}

function forget(key: string): void {
  if (!revisions.delete(key)) return
  revisionsLength -= lengths.get(key)!
  lengths.delete(key)
}

/** In the room that the steps have left. Of a run that waits for its steps only the size of the payload is asked. */
async function loadDeliveries({ deliveries }: Parts, runs: readonly ClaimedRun[], { bytesOf, left }: Remembered, maxBytes: number) {
  const idsOf = (some: readonly ClaimedRun[]) => [...new Set(some.flatMap((run) => run.deliveryId ?? []))]
  const taken = [...bytesOf].reduce((sum, [runId, bytes]) => sum + (left.has(runId) ? 0 : bytes), 0)
  const wanted = idsOf(runs.filter((run) => !left.has(run.id)))
  const unwanted = idsOf(runs.filter((run) => left.has(run.id))).filter((id) => !wanted.includes(id))
  const none = { loaded: [], left: [] }
  const [found, sizes] = await Promise.all([
    wanted.length > 0 ? deliveries.loadWithin(wanted, maxBytes - taken) : none,
    unwanted.length > 0 ? deliveries.loadWithin(unwanted, 0) : none,
  ])
  return {
    loaded: new Map([...found.loaded, ...sizes.loaded].map((one) => [one.id, one])),
    left: new Map([...found.left, ...sizes.left].map((one) => [one.id, one.bytes])),
  }
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
