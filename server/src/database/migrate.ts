import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { PgBoss } from 'pg-boss'
import { errors } from './errors.ts'
import { type Database, type Transaction, withoutPassword } from './open-database.ts'

export interface Migration {
  name: string
  text: string
}

const folder = join(import.meta.dirname, 'migrations')
// Any constant does, as long as every process takes the same.
const lockKey = 0x6272_6467

/** The migrations of this program, in the order in which they are applied. */
export function readMigrations(): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ name: file.slice(0, -4), text: readFileSync(join(folder, file), 'utf8') }))
}

/**
 * Brings the database to this program's schema, all or nothing. Many processes may call it at once: one works, the
 * others wait and find it done.
 *
 * @returns names of the migrations applied now, in order
 * @throws database.migration_changed when an applied file was edited, database.schema_newer when the database is ahead,
 * database.no_rights, database.read_only
 */
export async function migrate(database: Database, migrations: readonly Migration[] = readMigrations()): Promise<string[]> {
  try {
    return await bringUpToDate(database, migrations)
  } catch (cause) {
    throw (await refusalOf(database, cause as Error & { code?: string })) ?? cause
  }
}

async function bringUpToDate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  const applied = await database.transaction(async (tx) => {
    await sql`select pg_advisory_xact_lock(${lockKey})`.execute(tx)
    await sql`create table if not exists migration (name text primary key, digest text not null, applied_at timestamptz not null default now())`.execute(
      tx,
    )
    const known = await sql<{ name: string; digest: string }>`select name, digest from migration order by name`.execute(tx)
    const missing = pending(migrations, known.rows)
    for (const migration of missing) await apply(tx, migration)
    return missing.map((migration) => migration.name)
  })
  await installQueueEngine(database)
  return applied
}

/** What PostgreSQL says when this user, or anybody, may not change the database. */
async function refusalOf(database: Database, cause: Error & { code?: string }): Promise<Error | undefined> {
  if (cause.code === '25006') return errors.read_only({ target: withoutPassword(database.url) }, cause)
  if (cause.code !== '42501') return undefined
  const { rows } = await sql<{ user: string; database: string }>`
    -- database.whoAndWhere
    select quote_ident(current_user) as "user", quote_ident(current_database()) as database`.execute(database.executor)
  return errors.no_rights({ ...rows[0]!, reason: cause.message }, cause)
}

/**
 * What `migrate` would apply, without applying it.
 *
 * @returns names in order @throws like migrate
 */
export async function pendingMigrations(database: Database, migrations: readonly Migration[] = readMigrations()): Promise<string[]> {
  const { rows: found } = await sql<{ there: boolean }>`select to_regclass('migration') is not null as there`.execute(database.executor)
  const known = found[0]!.there
    ? await sql<{ name: string; digest: string }>`select name, digest from migration`.execute(database.executor)
    : { rows: [] }
  return pending(migrations, known.rows).map((migration) => migration.name)
}

function pending(migrations: readonly Migration[], known: readonly { name: string; digest: string }[]): Migration[] {
  const digests = new Map(known.map((row) => [row.name, row.digest]))
  const names = new Set(migrations.map((migration) => migration.name))
  for (const { name } of known) if (!names.has(name)) throw errors.schema_newer({ name })
  for (const migration of migrations) {
    const digest = digests.get(migration.name)
    if (digest !== undefined && digest !== digestOf(migration)) throw errors.migration_changed({ name: migration.name })
  }
  return migrations.filter((migration) => !digests.has(migration.name))
}

async function apply(tx: Transaction, migration: Migration): Promise<void> {
  await sql.raw(migration.text).execute(tx)
  await sql`insert into migration (name, digest) values (${migration.name}, ${digestOf(migration)})`.execute(tx)
}

function digestOf(migration: Migration): string {
  return createHash('sha256').update(migration.text).digest('hex')
}

/** pg-boss keeps its own schema and versions it itself. */
async function installQueueEngine(database: Database): Promise<void> {
  const engine = new PgBoss({ connectionString: database.url, max: 2, supervise: false, schedule: false })
  engine.on('error', () => {})
  await engine.start()
  await engine.stop({ graceful: false, close: true })
}
