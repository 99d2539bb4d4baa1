import type { Integration, OnFlow } from '@bridgekeeper/sdk'
import { sql } from 'kysely'
import { type Database, isDatabaseAway, storableText, type Transaction, uuidv7 } from '../database/index.ts'
import { failPoint, type Log } from '../observation/index.ts'
import { createRuns } from './create-runs.ts'
import { takeDeliveryBatches } from './delivery-batches.ts'
import { findInstancesForRouting, lockRouting, type RoutedInstance } from './instance-queries.ts'
import type { Integrations } from './integrations.ts'
import { laneOf } from './lane.ts'
import type { Pace } from './pace.ts'
import type { Queue } from './queue.ts'
import type { DeliveryOutcome, DeliveryStore, NewRun, RoutedDelivery, StoredDelivery } from './run.ts'
import { relaxDurability } from './run-queries.ts'
import type { Wake } from './wake.ts'

export interface RoutingParts {
  database: Database
  queue: Queue
  wake: Wake
  deliveries: DeliveryStore
  integrations: Integrations
  pace: Pace
  log: Log
  onRouted?: ((delivery: StoredDelivery, instanceIds: readonly string[]) => void) | undefined
}

export interface Routing {
  deliveries: number
  more: boolean
}

type Routed = { runs: NewRun[] } | { outcome: DeliveryOutcome; reason: string }

/** Batches of one pass: enough to catch up quickly, few enough to keep the transaction short. */
const batchesPerPass = 4
/** Bodies in memory at a time; routing again by hand can name hundreds of large deliveries. A larger one is alone. */
const partBytes = 8 * 1024 * 1024

/**
 * Turns accepted deliveries into runs, in order of arrival. One process routes at a time (a lock for the length of the transaction), because
 * two could swap the order of a lane; it is pure database work, so one is fast enough and a crash leaves nothing half done.
 *
 * @returns how many deliveries were routed, and whether more may be waiting
 */
export async function routeDeliveries(parts: RoutingParts): Promise<Routing> {
  try {
    return await routePass(parts, batchesPerPass, (tx, ids) => routeBatch(tx, parts, ids))
  } catch (error) {
    if (isDatabaseAway(error)) throw error
    // Something in one delivery that nobody thought of must not stop all others for ever.
    parts.log.error({ err: error }, 'a batch of deliveries could not be routed; routing it one by one')
    return routePass(parts, 1, (tx, ids) => routeOneByOne(tx, parts, ids))
  }
}

async function routePass(
  parts: RoutingParts,
  batches: number,
  route: (tx: Transaction, ids: readonly string[]) => Promise<{ queued: number }>,
): Promise<Routing> {
  const routed = await parts.database.transaction(async (tx) => {
    await relaxDurability(tx)
    await lockRouting(tx)
    const taken = await takeDeliveryBatches(tx, batches)
    const ids = taken.flat()
    if (ids.length === 0) return { deliveries: 0, more: false, queued: 0 }
    const { queued } = await route(tx, ids)
    failPoint('route.before-commit')
    return { deliveries: ids.length, more: taken.length === batches, queued }
  })
  if (routed.deliveries > 0) failPoint('route.after-commit')
  if (routed.queued > 0) parts.wake.ring('run')
  return routed
}

async function routeOneByOne(tx: Transaction, parts: RoutingParts, ids: readonly string[]): Promise<{ queued: number }> {
  let total = 0
  for (const id of ids) {
    await sql`savepoint one_delivery`.execute(tx)
    try {
      total += (await routeBatch(tx, parts, [id])).queued
    } catch (error) {
      if (isDatabaseAway(error)) throw error
      await sql`rollback to savepoint one_delivery`.execute(tx)
      parts.log.error({ err: error, delivery: id }, 'a delivery could not be routed and is held')
      const [delivery] = await parts.deliveries.load([id])
      // Without what was read from it: that may be what the database refuses.
      if (delivery)
        await parts.deliveries.recordOutcomes(tx, [
          {
            delivery: { ...delivery, event: null, account: null, occurredAt: null },
            outcome: 'routing-failed',
            reason: storableText((error as Error).message),
            runs: 0,
          },
        ])
    }
  }
  return { queued: total }
}

async function routeBatch(tx: Transaction, parts: RoutingParts, ids: readonly string[]): Promise<{ queued: number }> {
  const runs: NewRun[] = []
  const outcomes: RoutedDelivery[] = []
  for await (const deliveries of loadInParts(parts.deliveries, ids)) {
    const instances = await findInstancesForRouting(tx, deliveries)
    for (const delivery of deliveries) {
      const found = instances.of(delivery)
      tell(parts, delivery, found)
      const routed = routeOne(parts, delivery, found)
      const made = 'runs' in routed ? routed.runs : []
      runs.push(...made)
      // Without the payload: of a large pass only one part is in memory.
      const { id, event, account, occurredAt } = delivery
      const said = 'runs' in routed ? { outcome: 'routed' as const, reason: null } : routed
      outcomes.push({ delivery: { id, event, account, occurredAt }, outcome: said.outcome, reason: said.reason, runs: made.length })
    }
  }
  const { queued } = await createRuns(tx, parts.queue, runs)
  await parts.deliveries.recordOutcomes(tx, outcomes)
  if (queued > 0) await parts.wake.notify(tx, 'run')
  return { queued }
}

/** In order of arrival, as much at a time as fits into the memory. */
async function* loadInParts(deliveries: DeliveryStore, ids: readonly string[]): AsyncGenerator<StoredDelivery[]> {
  for (let rest = ids; rest.length > 0; ) {
    const { loaded, left } = await deliveries.loadWithin(rest, partBytes)
    const oldest = left[0]?.id
    const part = loaded.length > 0 || oldest === undefined ? loaded : await deliveries.load([oldest])
    yield part.sort((a, b) => (a.id < b.id ? -1 : 1))
    rest = left.slice(loaded.length > 0 ? 0 : 1).map(({ id }) => id)
  }
}

/** Whoever only looks on must not keep a delivery from its run. */
function tell({ onRouted, log }: RoutingParts, delivery: StoredDelivery, instances: readonly RoutedInstance[]): void {
  if (!onRouted || delivery.polled || delivery.payload === undefined) return
  try {
    onRouted(
      delivery,
      instances.map(({ id }) => id),
    )
  } catch (error) {
    log.error({ err: error, delivery: delivery.id }, 'an observer of deliveries failed')
  }
}

function routeOne(parts: RoutingParts, delivery: StoredDelivery, instances: readonly RoutedInstance[]): Routed {
  if (delivery.payload === undefined) return { outcome: 'unparsable', reason: 'the body is no JSON; the bytes are kept' }
  if (delivery.event === null) return { outcome: 'no-event', reason: 'the delivery does not say which event it is' }
  if (instances.length === 0) {
    if (delivery.instanceKey) return { outcome: 'unknown-instance', reason: 'no instance has this address, or it was removed' }
    return {
      outcome: 'unknown-account',
      reason: delivery.account === null ? 'the payload names no account' : `no instance has account ${delivery.account}`,
    }
  }
  const active = instances.filter((instance) => instance.state === 'active')
  if (active.length === 0) return { outcome: 'instance-paused', reason: `instance ${instances[0]!.name} is paused` }
  const found = active.map((instance) => runsOf(parts, delivery, instance))
  const runs = found.flatMap((one) => one.runs)
  if (runs.length > 0) return { runs }
  const failed = found.find((one) => one.failure !== undefined)
  if (failed) return { outcome: 'routing-failed', reason: failed.failure! }
  if (found.some((one) => one.filtered)) return { outcome: 'filtered', reason: 'the flow does not want this event' }
  return { outcome: 'no-flow', reason: `no flow listens to ${delivery.event} of ${delivery.platform}` }
}

interface Found {
  runs: NewRun[]
  filtered: boolean
  failure?: string
}

function runsOf(parts: RoutingParts, delivery: StoredDelivery, instance: RoutedInstance): Found {
  const found: Found = { runs: [], filtered: false }
  if (!parts.integrations.knows(instance.integration)) return { ...found, failure: `integration ${instance.integration} is not loaded` }
  // A version that is not loaded still gets its runs: they are parked with that reason instead of being lost.
  const integration = parts.integrations.has(instance.integration, instance.version)
    ? parts.integrations.get(instance.integration, instance.version)
    : parts.integrations.latest(instance.integration)
  for (const [name, flow] of flowsFor(integration, delivery)) {
    try {
      if (flow.filter && !flow.filter(delivery.payload, { settings: instance.settings, instance })) found.filtered = true
      else found.runs.push(newRun(parts, delivery, instance, name, laneOf(instance.id, flow.lane(delivery.payload))))
    } catch (error) {
      // The author's lane or filter threw on this payload: kept and shown, and routed again after a new version.
      found.failure = `${name}: ${(error as Error).message}`
      parts.log.warn({ err: error, delivery: delivery.id, flow: name, instance: instance.id }, 'a flow could not be chosen for a delivery')
    }
  }
  return found
}

function flowsFor(integration: Integration, delivery: StoredDelivery): [string, OnFlow][] {
  return Object.entries(integration.flows).filter(
    (entry): entry is [string, OnFlow] =>
      entry[1].kind === 'on' && entry[1].platform === delivery.platform && entry[1].event === delivery.event,
  )
}

function newRun(parts: RoutingParts, delivery: StoredDelivery, instance: RoutedInstance, flow: string, lane: string): NewRun {
  return {
    id: uuidv7(),
    instanceId: instance.id,
    revision: instance.revision,
    integration: instance.integration,
    version: instance.version,
    flow,
    originId: delivery.id,
    deliveryId: delivery.id,
    lane,
    priority: parts.pace.next(instance.id, Date.now()),
    replayOf: null,
    receivedAt: delivery.receivedAt,
    occurredAt: delivery.occurredAt,
  }
}
