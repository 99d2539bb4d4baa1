import { CompiledQuery, type DatabaseConnection, Kysely, type Transaction as KyselyTransaction, PostgresDialect } from 'kysely'
import pg from 'pg'
import { errors } from './errors.ts'
import { endLostConnections } from './lost-answers.ts'
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
export function openDatabase(given: string, options: OpenDatabaseOptions = {}): Database {
  const url = /[?&]uselibpqcompat=/.test(given) ? given : withStrictTls(given)
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 20,
    application_name: options.applicationName ?? 'bridgekeeper',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
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
  const stopWatching = endLostConnections(pool, (error) => options.onConnectionError?.(error))
  const executor = new Kysely<Schema>({ dialect: new PostgresDialect({ pool, onCreateConnection: limitSession }) })
  return {
    executor,
    pool,
    url,
    transaction: (work) => executor.transaction().execute(work),
    close: () => {
      closing ??= executor.destroy().finally(stopWatching)
      return closing
    },
  }
}

/** A machine that is gone tells nobody, and its transaction would hold its locks, the routing's among them, for hours. */
async function limitSession(connection: DatabaseConnection): Promise<void> {
  const limits = `set idle_in_transaction_session_timeout = '5min';
    set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3`
  // A connection that breaks here says so at its next statement.
  await connection.executeQuery(CompiledQuery.raw(limits)).catch(() => {})
}

/**
 * Waits until the server answers and is new enough.
 *
 * @throws database.url_malformed, database.unreachable, database.tls_untrusted, database.too_old
 */
export async function checkServer(database: Database): Promise<void> {
  checkUrl(database.url)
  try {
    const { rows } = await database.pool.query<{ version: string; number: number }>(
      "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
    )
    if (rows[0]!.number < 150_000) throw errors.too_old({ found: rows[0]!.version })
  } catch (cause) {
    if ((cause as { code?: string }).code === 'database.too_old') throw cause
    const { code = '', message } = cause as Error & { code?: string }
    const told = { target: withoutPassword(database.url), reason: message.split(';')[0]! }
    // OpenSSL's and Node's own codes for a certificate that is not what it should be.
    if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/.test(code)) throw errors.tls_untrusted(told, cause)
    throw errors.unreachable(told, cause)
  }
}

/**
 * The driver takes `prefer`, `require` and `verify-ca` for `verify-full` today, and says with each start that it will not for ever. What is
 * said outright stays as strict as it is.
 */
function withStrictTls(url: string): string {
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full')
}

/** Whatever stands in it is not shown: what can't be read as an address may be a password all through. */
function checkUrl(url: string): void {
  if (!/^postgres(ql)?:\/\//.test(url)) throw errors.url_malformed({ reason: 'it does not begin with postgres:// or postgresql://' })
  try {
    new pg.Client({ connectionString: url })
  } catch (cause) {
    // A certificate or key that the address names is read here.
    const { code, path } = cause as NodeJS.ErrnoException
    throw errors.url_malformed(
      { reason: path ? `the file ${path} that it names can not be read (${code})` : 'its parts can not be told apart' },
      cause,
    )
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
