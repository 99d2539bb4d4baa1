import { type Database, dropPartitionsBefore, ensurePartitions } from '../database/index.ts'

/** Makes the partition of one day (UTC, `2026-11-23`) when it is absent. Many processes may ask at once. */
export async function ensureCallRecordDay(database: Database, day: string): Promise<void> {
  await ensurePartitions(database, 'call_record', 'day', new Date(day), 0)
}

/**
 * Drops the partitions of days that ended before a moment.
 *
 * @returns names of the partitions dropped, oldest first
 */
export function dropCallRecordsBefore(database: Database, moment: Date): Promise<string[]> {
  return dropPartitionsBefore(database, 'call_record', 'day', moment)
}
