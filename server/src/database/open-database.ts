import { Kysely, type Transaction as KyselyTransaction, PostgresDialect } from 'kysely'
import pg from 'pg'
import { errors } from './errors.ts'
import { prepareStatements } from './prepare-statements.ts'
import type { DB } from './schema.generated.ts'

export type Schema = DB
export type Transaction = KyselyTransaction<Schema>
/** What a statement runs on: the pool, or the transaction it must be part of. */
export type Executor = Kysely<Schema>

export interface Database {
  /** For statements that need no transaction. */
  readonly executor: Executor
  readonly pool: pg.Pool
  readonly url: string
  /** Commits when `work` resolves; rolls back and rethrows what `work` threw. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

export interface OpenDatabaseOptions {
  maxConnections?: number
  /** Shown in pg_stat_activity. */
  applicationName?: string
  /** Default true. False behind a pooler that hands a connection to another client between two statements and knows no prepared ones. */
  prepareStatements?: boolean
  /** Told about connections that break while idle; the pool replaces them by itself. */
  onConnectionError?: (error: Error) => void
}

/** Opens a pool; connects lazily, so an absent server is noticed at the first statement. */
export function openDatabase(url: string, options: OpenDatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 20,
    application_name: options.applicationName ?? 'bridgekeeper',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
  })
  // Without a listener the first idle disconnect ends the process.
  let closing: Promise<void> | undefined
  pool.on('error', (error) => {
    // The pool says it has ended before its last sockets have; a server that stops then is no news.
    if (!closing) options.onConnectionError?.(error)
  })
  // A connection that breaks while it is checked out tells its own listeners only.
  pool.on('connect', (client) => client.on('error', () => {}))
  if (options.prepareStatements ?? true) pool.on('connect', prepareStatements())
  const executor = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  return {
    executor,
    pool,
    url,
    transaction: (work) => executor.transaction().execute(work),
    close: () => {
      closing ??= executor.destroy()
      return closing
    },
  }
}

/**
 * Waits until the server answers and is new enough.
 *
 * @throws database.unreachable, database.too_old
 */
export async function checkServer(database: Database): Promise<void> {
  try {
    const { rows } = await database.pool.query<{ version: string; number: number }>(
      "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
    )
    if (rows[0]!.number < 150_000) throw errors.too_old({ found: rows[0]!.version })
  } catch (cause) {
    if ((cause as { code?: string }).code === 'database.too_old') throw cause
    throw errors.unreachable({ target: withoutPassword(database.url), reason: (cause as Error).message }, cause)
  }
}

/** Of the parameters of a connection string those that say where it leads; all others may be secrets. */
const shownParameters = new Set(['host', 'port', 'dbname', 'sslmode'])

/** A connection string as it may be shown: where it leads and as whom. What can't be read may hold a password anywhere, so nothing of it is shown. */
export function withoutPassword(text: string): string {
  const url = /^[a-z]+:\/\//i.test(text) ? URL.parse(text) : null
  if (!url) return '(an address that is no URL and is not shown)'
  url.password = ''
  for (const name of [...url.searchParams.keys()]) if (!shownParameters.has(name)) url.searchParams.delete(name)
  url.hash = ''
  return url.href
}
