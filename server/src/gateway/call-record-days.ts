import { sql } from 'kysely'
import { type Database, type Executor, uuidv7Floor } from '../database/index.ts'

const DAY_MS = 24 * 60 * 60 * 1000
// Any constant does, as long as every process takes the same.
const LOCK = 0x6772_6563

/**
 * Makes the partition of one day (UTC, `2026-11-23`) when it is absent. Many processes may ask at once.
 *
 * Made aside and then attached: `create … partition of` would lock the whole table against readers and writers.
 */
export async function ensureCallRecordDay(database: Database, day: string): Promise<void> {
  if (await partitionExists(database.executor, day)) return
  await database.transaction(async (tx) => {
    await sql`
      -- gateway.lockCallRecordDays
      select pg_advisory_xact_lock(${LOCK})`.execute(tx)
    if (await partitionExists(tx, day)) return
    const startMs = Date.parse(day)
    const name = sql.table(partitionName(day))
    await sql`
      -- gateway.createCallRecordDay
      create table ${name} (like call_record including defaults including constraints)`.execute(tx)
    await sql`
      -- gateway.attachCallRecordDay
      alter table call_record attach partition ${name}
      for values from (${sql.lit(uuidv7Floor(startMs))}) to (${sql.lit(uuidv7Floor(startMs + DAY_MS))})`.execute(tx)
  })
}

/**
 * Drops the partitions of days that ended before a moment.
 *
 * @returns the days dropped, oldest first
 */
export async function dropCallRecordDaysBefore(database: Database, moment: Date): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    -- gateway.callRecordDays
    select inhrelid::regclass::text as name from pg_inherits where inhparent = 'call_record'::regclass order by 1`.execute(
    database.executor,
  )
  const old = rows.map((row) => dayOfPartition(row.name)).filter((day) => Date.parse(day) + DAY_MS <= moment.getTime())
  for (const day of old) {
    await sql`
      -- gateway.dropCallRecordDay
      drop table if exists ${sql.table(partitionName(day))}`.execute(database.executor)
  }
  return old
}

async function partitionExists(executor: Executor, day: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    -- gateway.callRecordDayExists
    select exists (select 1 from pg_inherits where inhrelid = to_regclass(${partitionName(day)})) as found`.execute(executor)
  return rows[0]!.found
}

function partitionName(day: string): string {
  return `call_record_${day.replaceAll('-', '')}`
}

function dayOfPartition(name: string): string {
  return name.slice(-8).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
}
