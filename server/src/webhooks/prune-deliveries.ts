import { sql } from 'kysely'
import { type Database, dropPartitionsBefore, ensurePartitions, type Transaction, uuidv7Floor, uuidv7Timestamp } from '../database/index.ts'
import { deleteDefaultRows, deleteDeliveryKeys, selectOldestUnrouted } from './queries.ts'

const tables = ['delivery', 'delivery_route'] as const
const batchRows = 10_000

/** Makes today's partitions and those of the next days. Call at the start and every few hours. */
export async function ensureDeliveryPartitions(database: Database, now: Date, daysAhead = 3): Promise<string[]> {
  const made: string[] = []
  for (const table of tables) made.push(...(await ensurePartitions(database, table, 'day', now, daysAhead)))
  return made
}

/** When the oldest delivery arrived that unfinished work still reads; undefined: there is none. */
export type OldestNeeded = () => Promise<Date | undefined>

export interface Pruned {
  /** Partitions dropped, oldest first, deliveries before routes. */
  dropped: string[]
  keysDeleted: number
  /** Why not everything before the moment is gone; null: it is, but for the rest of a day. */
  heldBackBy: 'an unfinished run' | 'a delivery that is not routed yet' | 'a reader that did not end' | null
}

/**
 * Forgets deliveries that arrived before a moment, whole days (UTC) at a time, with their routes and the memory of their
 * ids. Stops at the oldest one that an unfinished run needs or that is not routed yet. Never makes arrivals wait for long:
 * where somebody reads for minutes, it gives up and the next call tries again.
 */
export async function pruneDeliveries(database: Database, before: Date, oldestNeeded: OldestNeeded): Promise<Pruned> {
  const { limit, heldBackBy } = await limitOf(database, before, oldestNeeded)
  try {
    const dropped = await database.transaction((tx) => dropBefore(database, tx, limit))
    return { dropped, heldBackBy, keysDeleted: await pruneKeys(database, limit) }
  } catch (error) {
    if ((error as { code?: unknown }).code !== lockNotAvailable) throw error
    return { dropped: [], heldBackBy: 'a reader that did not end', keysDeleted: 0 }
  }
}

const lockNotAvailable = '55P03'

async function limitOf(
  database: Database,
  before: Date,
  oldestNeeded: OldestNeeded,
): Promise<{ limit: Date; heldBackBy: Pruned['heldBackBy'] }> {
  const needed = (await oldestNeeded()) ?? before
  const unroutedId = await selectOldestUnrouted(database.executor, uuidv7Floor(before.getTime()))
  const unrouted = unroutedId === null ? before : new Date(uuidv7Timestamp(unroutedId))
  if (unrouted < before && unrouted <= needed) return { limit: unrouted, heldBackBy: 'a delivery that is not routed yet' }
  return needed < before ? { limit: needed, heldBackBy: 'an unfinished run' } : { limit: before, heldBackBy: null }
}

async function dropBefore(database: Database, tx: Transaction, limit: Date): Promise<string[]> {
  // A drop that waits makes everything behind it wait, arrivals too.
  await sql`set local lock_timeout = '2s'`.execute(tx)
  const dropped: string[] = []
  for (const table of tables) dropped.push(...(await dropPartitionsBefore({ ...database, executor: tx }, table, 'day', limit)))
  // Days that had no partition of their own in time.
  await deleteDefaultRows(tx, uuidv7Floor(limit.getTime()))
  return dropped
}

/** As far as deliveries are gone: the id of one that is kept stays known, or its repeat would be a new delivery. */
async function pruneKeys(database: Database, limit: Date): Promise<number> {
  const day = uuidv7Floor(Math.floor(limit.getTime() / 86_400_000) * 86_400_000)
  let deleted = 0
  for (let batch = batchRows; batch === batchRows; deleted += batch) batch = await deleteDeliveryKeys(database.executor, day, batchRows)
  return deleted
}
