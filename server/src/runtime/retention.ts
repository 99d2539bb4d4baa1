import { sql } from 'kysely'
import { type Database, dropPartitionsBefore, ensurePartitions, type PartitionSpan, uuidv7Timestamp } from '../database/index.ts'

/** Meter events are money and stay; whoever settles them prunes them. */
const tables: readonly { table: string; span: PartitionSpan; pruned: boolean }[] = [
  { table: 'finished_run', span: 'day', pruned: true },
  { table: 'run_step', span: 'day', pruned: true },
  { table: 'meter_event', span: 'month', pruned: false },
]

/** Partitions for today and some days ahead. Call at the start and every few hours. */
export async function ensureRuntimePartitions(database: Database, now: Date = new Date()): Promise<void> {
  for (const { table, span } of tables) await ensurePartitions(database, table, span, now, span === 'day' ? 3 : 1)
}

/**
 * Drops history older than `before`, but never what an unfinished run still needs: parked runs may be older than any retention.
 *
 * @returns names of the partitions dropped
 */
export async function pruneHistory(database: Database, before: Date): Promise<string[]> {
  const oldest = await oldestNeeded(database)
  const limit = oldest && oldest < before ? oldest : before
  const dropped: string[] = []
  for (const { table, span, pruned } of tables) if (pruned) dropped.push(...(await dropPartitionsBefore(database, table, span, limit)))
  return dropped
}

/** The moment of the oldest id (run, delivery, origin) that an unfinished run refers to; undefined when nothing is unfinished. */
export async function oldestNeeded(database: Database): Promise<Date | undefined> {
  const { rows } = await sql<{ id: string | null }>`
    -- runtime.oldestNeeded
    select least(min(id::text), min(origin_id::text), min(delivery_id::text)) as id from run`.execute(database.executor)
  return rows[0]?.id ? new Date(uuidv7Timestamp(rows[0].id)) : undefined
}
