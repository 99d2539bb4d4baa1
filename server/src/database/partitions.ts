import { sql } from 'kysely'
import type { Database, Executor } from './open-database.ts'
import { uuidv7Floor } from './uuid.ts'

export type PartitionSpan = 'day' | 'month'

const spanPattern = { day: /_(\d{4})(\d{2})(\d{2})$/, month: /_(\d{4})(\d{2})$/ }

interface Span {
  name: string
  from: Date
  to: Date
}

/**
 * Makes the partitions of a table for the span of `now` and the `ahead` following ones, where they are absent. The table is partitioned by
 * range on a UUID v7. Any number of processes may call it at once.
 *
 * Each is made aside and then attached, because `create table … partition of` locks the whole table against readers and writers. Rows that
 * had to go to the default partition meanwhile (nobody made partitions for days) stay there; that span then keeps using it.
 *
 * @returns names of the partitions made
 */
export async function ensurePartitions(
  database: Database,
  table: string,
  span: PartitionSpan,
  now: Date,
  ahead: number,
): Promise<string[]> {
  const wanted = Array.from({ length: ahead + 1 }, (_, at) => spanOf(table, span, now, at))
  const existing = new Set(await listPartitions(database.executor, table))
  const made: string[] = []
  for (const one of wanted) if (!existing.has(one.name) && (await makePartition(database, table, one))) made.push(one.name)
  return made
}

/**
 * Drops the partitions whose whole span lies before `moment`.
 *
 * @returns names of the partitions dropped, oldest first
 */
export async function dropPartitionsBefore(database: Database, table: string, span: PartitionSpan, moment: Date): Promise<string[]> {
  const old = (await listPartitions(database.executor, table)).filter((name) => {
    const end = endOf(name, span)
    return end !== undefined && end.getTime() <= moment.getTime()
  })
  for (const name of old) await dropTable(database, name)
  return old
}

/** A drop waits for readers of the whole table, and everybody else waits behind it: better to fail soon and try again later. */
async function dropTable(database: Database, name: string): Promise<void> {
  await database.transaction(async (tx) => {
    await sql`set local lock_timeout = '2s'`.execute(tx)
    await sql`drop table if exists ${sql.table(name)}`.execute(tx)
  })
}

async function makePartition(database: Database, table: string, { name, from, to }: Span): Promise<boolean> {
  return database.transaction(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`partitions of ${table}`}, 0))`.execute(tx)
    if ((await listPartitions(tx, table)).includes(name)) return false
    const [low, high] = [uuidv7Floor(from.getTime()), uuidv7Floor(to.getTime())]
    if (await defaultHolds(tx, table, low, high)) return false
    await sql`create table ${sql.table(name)} (like ${sql.table(table)} including defaults including constraints including storage including compression)`.execute(
      tx,
    )
    await sql`alter table ${sql.table(table)} attach partition ${sql.table(name)} for values from (${sql.lit(low)}) to (${sql.lit(high)})`.execute(
      tx,
    )
    return true
  })
}

async function listPartitions(executor: Executor, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    -- database.listPartitions
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${table}::regclass order by 1`.execute(executor)
  return rows.map((row) => row.name)
}

async function defaultHolds(executor: Executor, table: string, low: string, high: string): Promise<boolean> {
  const fallback = `${table}_default`
  if (!(await listPartitions(executor, table)).includes(fallback)) return false
  const { rows } = await sql<{ column: string }>`
    -- database.partitionColumn
    select a.attname as column from pg_partitioned_table p join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    where p.partrelid = ${table}::regclass`.execute(executor)
  const found = await sql<{ found: boolean }>`
    -- database.defaultPartitionHolds
    select exists (select 1 from ${sql.table(fallback)} where ${sql.ref(rows[0]!.column)} >= ${low} and ${sql.ref(rows[0]!.column)} < ${high}) as found`.execute(
    executor,
  )
  return found.rows[0]!.found
}

function spanOf(table: string, span: PartitionSpan, now: Date, offset: number): Span {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
  const [from, to] =
    span === 'day'
      ? [new Date(Date.UTC(year, month, day + offset)), new Date(Date.UTC(year, month, day + offset + 1))]
      : [new Date(Date.UTC(year, month + offset, 1)), new Date(Date.UTC(year, month + offset + 1, 1))]
  const digits = from
    .toISOString()
    .slice(0, span === 'day' ? 10 : 7)
    .replaceAll('-', '')
  return { name: `${table}_${digits}`, from, to }
}

function endOf(name: string, span: PartitionSpan): Date | undefined {
  const found = spanPattern[span].exec(name)
  if (!found) return undefined
  const [year, month, day] = [Number(found[1]), Number(found[2]) - 1, Number(found[3] ?? 1)]
  return span === 'day' ? new Date(Date.UTC(year, month, day + 1)) : new Date(Date.UTC(year, month + 1, 1))
}
