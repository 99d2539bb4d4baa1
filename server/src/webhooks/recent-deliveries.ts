import type { DeliveryRow } from './queries.ts'
import type { Arrival } from './record-deliveries.ts'

/** Deliveries that this process has just stored, so that routing and running them need not read them back. */
export interface RecentDeliveries {
  /** Call after the commit: what was rolled back must not be found. */
  add(arrivals: readonly Arrival[]): void
  get(id: string): DeliveryRow | undefined
}

/**
 * Deliveries never change, so a copy in memory is as good as the row. The oldest go first; bodies above an eighth of the limit are not kept,
 * since one of them would push out all others.
 *
 * @param maxBytes of bodies; names and headers come on top and are bounded by the limits of the ingress
 */
export function createRecentDeliveries(maxBytes = 8 * 1024 * 1024, maxCount = 4_000): RecentDeliveries {
  const rows = new Map<string, DeliveryRow>()
  let bytes = 0
  const dropOldest = (): void => {
    const [id, row] = rows.entries().next().value!
    rows.delete(id)
    bytes -= row.body.byteLength
  }
  return {
    add(arrivals) {
      for (const arrival of arrivals) {
        if (arrival.body.byteLength > maxBytes / 8) continue
        rows.set(arrival.id, rowOf(arrival))
        bytes += arrival.body.byteLength
        while (bytes > maxBytes || rows.size > maxCount) dropOldest()
      }
    },
    get: (id) => rows.get(id),
  }
}

function rowOf(arrival: Arrival): DeliveryRow {
  return {
    id: arrival.id,
    source: arrival.source,
    instance_key: arrival.instanceKey,
    sender_id: arrival.senderId,
    assurance: arrival.assurance,
    secret_id: arrival.secretId,
    content_type: arrival.contentType,
    headers: arrival.headers,
    query: arrival.query,
    // A copy: the body may be a slice of the socket's buffer, which is far larger and would be kept with it.
    body: Buffer.from(arrival.body),
    received_at: arrival.receivedAt,
  }
}
