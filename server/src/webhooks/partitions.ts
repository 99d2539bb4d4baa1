import { sql } from 'kysely'
import { type Database, type Executor, type Transaction, uuidv7Floor, uuidv7Timestamp } from '../database/index.ts'

const dayMs = 86_400_000
// Any constant does, as long as every process takes the same.
const lockKey = 0x6272_6470

/** A partition by the ids of one day (UTC), first included, last not. */
export interface Partition {
  name: string
  from: string
  to: string
}

export function dayPartition(table: string, dayStartMs: number): Partition {
  const day = new Date(dayStartMs).toISOString().slice(0, 10).replaceAll('-', '')
  return { name: `${table}_${day}`, from: uuidv7Floor(dayStartMs), to: uuidv7Floor(dayStartMs + dayMs) }
}

/**
 * Makes the partitions of `now`'s day and the `daysAhead` days after it, and of every day that has rows in the default
 * partition; those rows move. Any process may call it at any time, also twice at once. Inserts wait only for the moment
 * of attaching; where that would have to wait for a long transaction it gives up and the next call tries again.
 *
 * @param keys table → its partition key column; each table is partitioned by range on a UUID v7 and has `<table>_default`
 * @returns names of the partitions made now
 */
export async function ensurePartitions(database: Database, keys: Record<string, string>, now: Date, daysAhead: number): Promise<string[]> {
  const made: string[] = []
  for (const [table, key] of Object.entries(keys)) {
    const make = async (timeMs: number) => {
      const partition = dayPartition(table, Math.floor(timeMs / dayMs) * dayMs)
      const attached = await attach(database, table, key, partition)
      if (attached) made.push(partition.name)
      return attached
    }
    const known = new Set(await listPartitions(database.executor, table))
    for (let day = 0; day <= daysAhead; day += 1) {
      const timeMs = now.getTime() + day * dayMs
      if (!known.has(dayPartition(table, Math.floor(timeMs / dayMs) * dayMs).name)) await make(timeMs)
    }
    for (let id = await firstOfDefault(database, table, key); id !== null; id = await firstOfDefault(database, table, key)) {
      if (!(await make(uuidv7Timestamp(id)))) break
    }
  }
  return made
}

async function firstOfDefault(database: Database, table: string, key: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    -- webhooks.firstOfDefault
    select ${sql.id(key)} as id from ${sql.id(`${table}_default`)} order by 1 limit 1
  `.execute(database.executor)
  return rows[0]?.id ?? null
}

/** False when it was there already or could not be had in time. */
async function attach(database: Database, table: string, key: string, partition: Partition): Promise<boolean> {
  try {
    return await database.transaction((tx) => attachIn(tx, table, key, partition))
  } catch (error) {
    if (isLockTimeout(error)) return false
    throw error
  }
}

async function attachIn(tx: Transaction, table: string, key: string, { name, from, to }: Partition): Promise<boolean> {
  await sql`set local lock_timeout = '2s'`.execute(tx)
  await sql`select pg_advisory_xact_lock(${lockKey})`.execute(tx)
  if ((await listPartitions(tx, table)).includes(name)) return false
  const [child, rest, column] = [sql.id(name), sql.id(`${table}_default`), sql.id(key)]
  await sql`create table ${child} (like ${sql.id(table)} including all)`.execute(tx)
  // The parent before its child, as inserts lock them. Nothing may land in the default partition between moving its rows
  // and attaching, or attaching would fail.
  await sql`lock table only ${sql.id(table)} in share update exclusive mode`.execute(tx)
  await sql`lock table ${rest} in access exclusive mode`.execute(tx)
  await sql`
    with moved as (delete from ${rest} where ${column} >= ${sql.lit(from)}::uuid and ${column} < ${sql.lit(to)}::uuid returning *)
    insert into ${child} select * from moved
  `.execute(tx)
  await sql`alter table ${sql.id(table)} attach partition ${child} for values from (${sql.lit(from)}) to (${sql.lit(to)})`.execute(tx)
  return true
}

/** Whether a statement gave up waiting for a lock. */
export function isLockTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '55P03'
}

/** Names of a table's partitions, sorted. */
export async function listPartitions(executor: Executor, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    -- webhooks.listPartitions
    select child.relname as name from pg_inherits
    join pg_class child on child.oid = inhrelid
    where inhparent = to_regclass(${table})
    order by child.relname
  `.execute(executor)
  return rows.map((row) => row.name)
}

/** The day of a partition made by `ensurePartitions`; null for the default one. */
export function partitionDay(table: string, name: string): number | null {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(name.slice(table.length + 1)) ?? []
  return year === undefined ? null : Date.UTC(Number(year), Number(month) - 1, Number(day))
}
