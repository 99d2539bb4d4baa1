import { sql } from 'kysely'
import { type Database, type Executor, type Transaction, uuidv7Floor } from '../database/index.ts'
import { ensurePartitions, isLockTimeout, listPartitions, partitionDay } from './partitions.ts'
import { deleteDeliveryKeys } from './queries.ts'

const dayMs = 86_400_000
const batchRows = 10_000

/** Makes today's partitions of deliveries and those of the next days; to be called at start and every few hours. */
export function ensureDeliveryPartitions(database: Database, now: Date, daysAhead = 3): Promise<string[]> {
  return ensurePartitions(database, { delivery: 'id', delivery_route: 'delivery_id' }, now, daysAhead)
}

/** The oldest delivery that unfinished work still reads; null: none. Asked inside the transaction that drops. */
export type OldestNeeded = (tx: Transaction) => Promise<string | null>

export type KeptReason = 'needed by an unfinished run' | 'holds deliveries that are not routed yet' | 'in use just now'

export interface Pruned {
  /** Partitions dropped, oldest first. */
  dropped: string[]
  /** Partitions that are old enough but were kept, and why. */
  kept: { partition: string; reason: KeptReason }[]
  keysDeleted: number
}

/**
 * Forgets deliveries that arrived before a moment, whole days (UTC) at a time, with their routes and the memory of their
 * ids. A day stays as long as an unfinished run needs one of its deliveries or one is not routed yet.
 */
export async function pruneDeliveries(database: Database, before: Date, oldestNeeded: OldestNeeded): Promise<Pruned> {
  const pruned: Pruned = { dropped: [], kept: [], keysDeleted: 0 }
  for (const { name, day } of await deliveryDays(database)) {
    if (day + dayMs > before.getTime()) continue
    const reason = await dropDay(database, name, day + dayMs, oldestNeeded)
    if (reason === null) pruned.dropped.push(name)
    else pruned.kept.push({ partition: name, reason })
  }
  const [oldestKept] = await deliveryDays(database)
  const keysBefore = uuidv7Floor(Math.min(before.getTime(), oldestKept?.day ?? Number.POSITIVE_INFINITY))
  for (let deleted = batchRows; deleted === batchRows; pruned.keysDeleted += deleted) {
    deleted = await deleteDeliveryKeys(database.executor, keysBefore, batchRows)
  }
  return pruned
}

/** The days that have a partition, oldest first. */
async function deliveryDays(database: Database): Promise<{ name: string; day: number }[]> {
  const names = await listPartitions(database.executor, 'delivery')
  return names.flatMap((name) => {
    const day = partitionDay('delivery', name)
    return day === null ? [] : [{ name, day }]
  })
}

async function dropDay(database: Database, partition: string, endMs: number, oldestNeeded: OldestNeeded): Promise<KeptReason | null> {
  // Asked before anything is locked: it reads the whole day, and routes are never taken back.
  if (await hasUnroutedDelivery(database.executor, partition)) return 'holds deliveries that are not routed yet'
  try {
    return await database.transaction(async (tx) => {
      await sql`set local lock_timeout = '2s'`.execute(tx)
      // Parents first, as every reader locks them. Who begins to need a delivery from here on waits, and then finds it gone.
      await sql`lock table only delivery, only delivery_route in access exclusive mode`.execute(tx)
      const needed = await oldestNeeded(tx)
      if (needed !== null && needed < uuidv7Floor(endMs)) return 'needed by an unfinished run'
      await sql`drop table ${sql.id(partition)}`.execute(tx)
      await sql`drop table if exists ${sql.id(partition.replace('delivery_', 'delivery_route_'))}`.execute(tx)
      return null
    })
  } catch (error) {
    if (isLockTimeout(error)) return 'in use just now'
    throw error
  }
}

async function hasUnroutedDelivery(executor: Executor, partition: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    -- webhooks.hasUnroutedDelivery
    select exists (select from ${sql.id(partition)} d where not exists (select from delivery_route r where r.delivery_id = d.id)) as found
  `.execute(executor)
  return rows[0]!.found
}
