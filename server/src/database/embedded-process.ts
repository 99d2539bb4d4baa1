import { spawn } from 'node:child_process'
import { chownSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { asUser, type Layout } from './embedded-layout.ts'
import { errors } from './errors.ts'

const startTimeoutMs = 30_000
/** Longer than the sessions of a dead server need to end. */
const inUseTimeoutMs = 10_000

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
 * Makes PostgreSQL run on the data folder: takes over the one that runs there and answers, or starts one.
 *
 * Whether a lock that a dead server left may be taken is PostgreSQL's own decision, because only PostgreSQL knows whether sessions of the
 * dead server still hold its shared memory; while they end, it is asked again. Only where the lock's process number went to another program,
 * which PostgreSQL can't know, it is told so.
 *
 * @returns the process id, and whether it was taken over
 * @throws  database.embedded_in_use, database.embedded_failed
 */
export async function runPostgres(
  layout: Layout,
  settings: Readonly<Record<string, string>>,
  url: string,
): Promise<{ pid: number; adopted: boolean }> {
  const startedAt = Date.now()
  for (;;) {
    const holder = lockHolder(layout)
    if (holder !== undefined && (await answers(url))) return { pid: holder, adopted: true }
    const stranger = holder !== undefined && isAlive(holder) && !worksOn(holder, layout.data) ? holder : undefined
    const started = await launch(layout, settings, url, stranger)
    if (started !== 'locked') return { pid: started.pid, adopted: false }
    if (Date.now() - startedAt > inUseTimeoutMs) throw errors.embedded_in_use({ data: layout.data, pid: lockHolder(layout) ?? 0 })
    await delay(200)
  }
}

/** The process that the lock of the data folder names. */
export function lockHolder(layout: Layout): number | undefined {
  try {
    const pid = Number(readFileSync(join(layout.data, 'postmaster.pid'), 'utf8').split('\n')[0])
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** PostgreSQL works in its data folder. Where the system does not tell, it is believed that the process does. */
function worksOn(pid: number, data: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data)
  } catch {
    return true
  }
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

async function launch(
  layout: Layout,
  settings: Readonly<Record<string, string>>,
  url: string,
  stranger: number | undefined,
): Promise<{ pid: number } | 'locked'> {
  const listen = { listen_addresses: '', unix_socket_directories: layout.socket, unix_socket_permissions: '0700' }
  const parameters = Object.entries({ ...defaultSettings, ...settings, ...listen }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await open(layout.log, 'a', 0o600)
  if (layout.user) chownSync(layout.log, layout.user.uid, layout.user.gid)
  const logged = statSync(layout.log).size
  const { env, ...as } = asUser(layout)
  // Its own process group: Ctrl-C in the terminal must reach the program first, which then stops the server in order.
  const child = spawn(join(layout.binaries, 'bin', 'postgres'), ['-D', layout.data, ...parameters], {
    ...as,
    // PostgreSQL does not take its grandparent for the holder of a lock; so it passes over this process, and still looks at the shared memory.
    env: stranger === undefined ? env : { ...env, PG_GRANDPARENT_PID: String(stranger) },
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
  for (const deadline = Date.now() + startTimeoutMs; exit === undefined && Date.now() < deadline; ) {
    if (await answers(url)) return { pid: child.pid! }
    await delay(50)
  }
  const output = readFileSync(layout.log).subarray(logged).toString()
  if (exit !== undefined && /lock file "postmaster\.pid" already exists|pre-existing shared memory block/.test(output)) return 'locked'
  if (exit !== undefined) throw errors.embedded_failed({ step: `postgres ${exit}`, output: lastLines(output) })
  child.kill('SIGQUIT')
  throw errors.embedded_failed({ step: `no answer within ${startTimeoutMs / 1_000} s`, output: lastLines(output) })
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-5).join('\n') || 'the log is empty'
}

/** Ends the server in order. */
export async function shutDown(layout: Layout): Promise<void> {
  const pid = lockHolder(layout)
  if (pid === undefined || !worksOn(pid, layout.data)) return
  try {
    // SIGINT is PostgreSQL's "fast shutdown": it ends sessions and writes a checkpoint.
    process.kill(pid, 'SIGINT')
  } catch {
    return
  }
  for (let attempt = 0; attempt < 600 && isAlive(pid); attempt += 1) await delay(50)
}
