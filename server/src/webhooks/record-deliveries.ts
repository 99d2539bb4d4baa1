import { hash } from 'node:crypto'
import type { Database, Transaction } from '../database/index.ts'
import { failPoint } from '../observation/index.ts'
import { type ArrivalRow, type DeliveryAssurance, insertDeliveries, selectFirstDeliveries } from './queries.ts'

/** One event as received and ready to be stored: verified, its credentials redacted. Polled items are recorded the same way. */
export interface Arrival {
  /** UUID v7, made on arrival. */
  readonly id: string
  readonly source: string
  readonly instanceKey: string | null
  readonly senderId: string
  /** When the same sender id begins to be a new delivery; null: never. */
  readonly repeatsUntil: Date | null
  readonly assurance: DeliveryAssurance
  readonly secretId: string | null
  readonly contentType: string | null
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly query: string | null
  readonly body: Uint8Array
  readonly receivedAt: Date
}

export interface Recorded {
  readonly outcome: 'recorded' | 'already recorded'
  /** Of the first delivery with this sender id. */
  readonly deliveryId: string
  /** False when a repeat carries other bytes than the first: the id is then probably not one id per event. */
  readonly sameBytes: boolean
}

/** Called inside the transaction that stores the deliveries, with those that are no repeats, in order of arrival. */
export type OnAccepted = (
  tx: Transaction,
  deliveries: readonly { id: string; source: string; instanceKey: string | null }[],
) => Promise<void>

/**
 * Stores arrivals and hands them on, all in one transaction. A repeat is not stored again and gets the first one's id,
 * also when both are in `arrivals` or arrive in two processes at once.
 *
 * @returns one result per arrival, in their order
 */
export async function recordDeliveries(database: Database, arrivals: readonly Arrival[], onAccepted: OnAccepted): Promise<Recorded[]> {
  const recorded = await database.transaction(async (tx) => {
    const results = await recordInTransaction(tx, arrivals, onAccepted)
    failPoint('accept.before-commit')
    return results
  })
  failPoint('accept.after-commit')
  return recorded
}

/** As `recordDeliveries`, in a transaction of the caller: what a poll brings must commit with its cursor. */
export async function recordInTransaction(tx: Transaction, arrivals: readonly Arrival[], onAccepted: OnAccepted): Promise<Recorded[]> {
  const firsts = new Map<string, ArrivalRow>()
  const rows = arrivals.map((arrival) => rowOf(arrival))
  let length = 0
  for (const [index, row] of rows.entries()) {
    if (firsts.has(keyOf(row))) continue
    firsts.set(keyOf(row), row)
    row.start = length + 1
    row.length = arrivals[index]!.body.byteLength
    length += row.length
  }
  const stored = await insertDeliveries(tx, [...firsts.values()], joinBodies(arrivals, rows, length))
  const fresh = arrivals.filter(({ id }) => stored.has(id))
  if (fresh.length > 0)
    await onAccepted(
      tx,
      fresh.map(({ id, source, instanceKey }) => ({ id, source, instanceKey })),
    )
  const repeats = await firstDeliveries(
    tx,
    [...firsts.values()].filter((row) => !stored.has(row.id)),
  )
  // Neither stored nor known: retention removed the key between the two statements. Never acknowledge that; the sender tries again.
  for (const { id } of firsts.values())
    if (!stored.has(id) && !repeats.has(id)) throw new Error(`delivery ${id} was neither stored nor found`)
  return rows.map((row) => resultOf(row, firsts.get(keyOf(row))!, repeats))
}

const keyOf = ({ source, instance_key, sender_id }: ArrivalRow) => `${source}\0${instance_key ?? ''}\0${sender_id}`

function rowOf(arrival: Arrival): ArrivalRow {
  const { id, source, instanceKey, senderId, assurance, secretId, contentType, headers, query, body, receivedAt, repeatsUntil } = arrival
  return {
    id,
    source,
    instance_key: instanceKey,
    sender_id: senderId,
    assurance,
    secret_id: secretId,
    content_type: contentType,
    headers,
    query,
    received_at: receivedAt,
    repeats_until: repeatsUntil,
    body_sha256: hash('sha256', body),
    start: 0,
    length: 0,
  }
}

/** One binary parameter instead of an array: node-postgres would write every byte of an array as two hexadecimal digits. */
function joinBodies(arrivals: readonly Arrival[], rows: readonly ArrivalRow[], length: number): Buffer {
  const joined = Buffer.allocUnsafe(length)
  for (const [index, row] of rows.entries()) if (row.start > 0) joined.set(arrivals[index]!.body, row.start - 1)
  return joined
}

type Firsts = Map<string, { first_id: string; same_bytes: boolean }>

async function firstDeliveries(tx: Transaction, rows: readonly ArrivalRow[]): Promise<Firsts> {
  if (rows.length === 0) return new Map()
  return new Map((await selectFirstDeliveries(tx, rows)).map((found) => [found.id, found]))
}

function resultOf(row: ArrivalRow, first: ArrivalRow, repeats: Firsts): Recorded {
  const known = repeats.get(first.id)
  const deliveryId = known?.first_id ?? first.id
  const sameBytes = row === first ? (known?.same_bytes ?? true) : row.body_sha256 === first.body_sha256
  return { outcome: known === undefined && row === first ? 'recorded' : 'already recorded', deliveryId, sameBytes }
}
