import type { DeliveryRow } from './queries.ts'
import type { Arrival } from './record-deliveries.ts'

/** Deliveries that this process has just stored, so that routing and running them need not read them back. */
export interface RecentDeliveries {
  /** Call after the commit: what was rolled back must not be found. */
  add(arrivals: readonly Arrival[]): void
  get(id: string): DeliveryRow | undefined
  /** It is forgotten after so many releases; at once after none. Before this is known it is kept as long as there is room. */
  expect(id: string, releases: number): void
  release(id: string): void
}

interface Kept {
  row: DeliveryRow
  releases: number
}

/**
 * Deliveries never change, so a copy in memory is as good as the row. What nobody waits for any more goes at once: kept for seconds, it would
 * outlive the young generation of the heap, and be copied and marked for nothing. When there is no room the oldest go first; bodies above an eighth of the limit are not kept,
 * since one of them would push out all others.
 *
 * @param maxBytes of bodies; names and headers come on top and are bounded by the limits of the ingress
 */
export function createRecentDeliveries(maxBytes = 8 * 1024 * 1024, maxCount = 4_000): RecentDeliveries {
  const kept = new Map<string, Kept>()
  let bytes = 0
  const drop = (id: string): void => {
    bytes -= kept.get(id)?.row.body.byteLength ?? 0
    kept.delete(id)
  }
  return {
    add(arrivals) {
      for (const arrival of arrivals) {
        if (arrival.body.byteLength > maxBytes / 8) continue
        kept.set(arrival.id, { row: rowOf(arrival), releases: Number.POSITIVE_INFINITY })
        bytes += arrival.body.byteLength
        while (bytes > maxBytes || kept.size > maxCount) drop(kept.keys().next().value!)
      }
    },
    get: (id) => kept.get(id)?.row,
    expect(id, releases) {
      const one = kept.get(id)
      if (one && releases > 0) one.releases = releases
      else drop(id)
    },
    release(id) {
      const one = kept.get(id)
      if (one && --one.releases <= 0) drop(id)
    },
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
