import { type Database, storableText, uuidv7 } from '../database/index.ts'
import { traceparentNow } from '../observation/index.ts'
import type { DeliveryOutcome, DeliveryStore, Emission, RoutedDelivery, StoredDelivery } from '../runtime/index.ts'
import { type DeliveryRow, type RouteState, selectDeliveries, selectDeliveriesWithin, upsertRoutes } from './queries.ts'
import { readEnvelopeAgain, shortened } from './read-envelope.ts'
import type { RecentDeliveries } from './recent-deliveries.ts'
import { type Arrival, recordInTransaction } from './record-deliveries.ts'
import { traceHeader } from './redact-request.ts'
import type { WebhookSource } from './webhook-source.ts'

/** Where a polled item says what a webhook says in its request. Read only where the assurance is `polled`, which no sender can claim. */
const eventHeader = 'bridgekeeper-event'
const occurredAtHeader = 'bridgekeeper-occurred-at'

const stateOf: Record<DeliveryOutcome, RouteState> = {
  routed: 'routed',
  unparsable: 'unparsable',
  'unknown-account': 'account-unknown',
  'unknown-instance': 'account-unknown',
  'no-event': 'ignored',
  'no-flow': 'ignored',
  filtered: 'ignored',
  'instance-paused': 'held',
  'routing-failed': 'held',
}

/** The deliveries as the runtime reads and writes them. `source` is asked for every delivery, so that a reloaded workspace counts at once. */
export function createDeliveryStore(
  database: Database,
  source: (name: string) => WebhookSource | undefined,
  recent: RecentDeliveries,
): DeliveryStore {
  const read = (row: DeliveryRow) => sound(readDelivery(row, source(row.source)))
  return {
    async load(ids) {
      const { known, others } = recall(recent, ids)
      const rows = others.length > 0 ? await selectDeliveries(database.executor, others) : []
      return [...known, ...rows].map(read)
    },
    async loadWithin(ids, maxBytes) {
      const { known, others } = recall(recent, ids)
      let freeBytes = maxBytes
      const [fitting, large]: [DeliveryRow[], DeliveryRow[]] = [[], []]
      for (const row of known) {
        const fits = row.body.byteLength <= freeBytes
        if (fits) freeBytes -= row.body.byteLength
        ;(fits ? fitting : large).push(row)
      }
      const stored = others.length > 0 ? await selectDeliveriesWithin(database.executor, others, freeBytes) : { loaded: [], left: [] }
      return {
        loaded: [...fitting, ...stored.loaded].map(read),
        left: [...large.map(({ id, body }) => ({ id, bytes: body.byteLength })), ...stored.left],
      }
    },
    async insertEmitted(tx, emissions) {
      const recorded = await recordInTransaction(tx, emissions.map(arrivalOf), async () => {})
      return recorded.map(({ outcome, deliveryId }) => (outcome === 'recorded' ? deliveryId : null))
    },
    async recordOutcomes(tx, outcomes) {
      for (const { delivery, runs } of outcomes) recent.expect(delivery.id, runs)
      await upsertRoutes(tx, outcomes.map(routeOf))
    },
    release(ids) {
      for (const id of ids) recent.release(id)
    },
  }
}

function recall(recent: RecentDeliveries, ids: readonly string[]): { known: DeliveryRow[]; others: string[] } {
  const known: DeliveryRow[] = []
  const others: string[] = []
  for (const id of ids) {
    const row = recent.get(id)
    if (row) known.push(row)
    else others.push(id)
  }
  return { known, others }
}

/** PostgreSQL's text holds no null character and its timestamps no year beyond five digits; both can stand in a payload. */
function sound(delivery: StoredDelivery): StoredDelivery {
  const { event, account, occurredAt } = delivery
  const year = occurredAt?.getUTCFullYear() ?? 2000
  return {
    ...delivery,
    event: event === null ? null : storableText(event),
    account: account === null ? null : storableText(account),
    occurredAt: year > 0 && year < 10_000 ? occurredAt : null,
  }
}

function readDelivery(row: DeliveryRow, source: WebhookSource | undefined): StoredDelivery {
  const traceparent = row.headers[traceHeader]?.[0]
  const common = {
    id: row.id,
    platform: row.source,
    instanceKey: row.instance_key,
    bytes: row.body.byteLength,
    receivedAt: row.received_at,
    ...(traceparent ? { traceparent } : {}),
  }
  // The platform is gone from the workspace: kept, shown, and readable again when it is back.
  if (!source) return { ...common, event: null, account: null, payload: undefined, occurredAt: null }
  const envelope = readEnvelopeAgain(source, row)
  if (row.assurance !== 'polled')
    return { ...common, event: envelope.event, account: envelope.account, payload: envelope.payload, occurredAt: envelope.occurredAt }
  const occurredAt = row.headers[occurredAtHeader]?.[0]
  return {
    ...common,
    polled: true,
    event: row.headers[eventHeader]?.[0] ?? null,
    account: envelope.account,
    payload: envelope.payload,
    occurredAt: occurredAt ? new Date(occurredAt) : envelope.occurredAt,
  }
}

/**
 * A polled item stands for the webhook that should have come, so it goes where that would have gone: to the common address when the instance
 * is found by its account, to the instance's own address otherwise. Only so do both meet in the same ledger of known ids.
 */
function arrivalOf(emission: Emission): Arrival {
  const traceparent = traceparentNow()
  return {
    id: uuidv7(),
    source: emission.platform,
    instanceKey: emission.instanceKey,
    // Known as a webhook's would be, or both would be done. What a list of the partner calls an id may be a number.
    senderId: shortened(String(emission.senderId)),
    repeatsUntil: null,
    assurance: 'polled',
    secretId: null,
    contentType: 'application/json',
    headers: {
      'content-type': ['application/json'],
      [eventHeader]: [storableText(emission.event)],
      ...(emission.occurredAt ? { [occurredAtHeader]: [storableText(emission.occurredAt)] } : {}),
      ...(traceparent ? { [traceHeader]: [traceparent] } : {}),
    },
    query: null,
    body: Buffer.from(emission.body),
    receivedAt: new Date(),
  }
}

function routeOf({ delivery, outcome, reason }: RoutedDelivery) {
  return {
    delivery_id: delivery.id,
    state: stateOf[outcome],
    event: delivery.event,
    account: delivery.account,
    occurred_at: delivery.occurredAt,
    problem: reason,
  }
}
