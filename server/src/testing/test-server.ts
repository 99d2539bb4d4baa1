import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, type EmbeddedServer, migrate, openDatabase, startEmbeddedServer } from '../database/index.ts'

/** Long enough to bridge the pause between two tests, short enough that nobody waits for the end of a test run. */
const idleMs = 1_500

/** What tests of one process share because it is slow to start: a PostgreSQL server with a migrated template. */
interface TestServer {
  server: EmbeddedServer
  dir: string
}

let starting: Promise<TestServer> | undefined
let users = 0
let idleTimer: NodeJS.Timeout | undefined
const closers = new Set<() => Promise<void>>()

/** Registers something else that ends together with the server. */
export function whenIdle(close: () => Promise<void>): void {
  closers.add(close)
}

/** An empty database of its own. The server starts with the first and ends by itself a moment after the last is dropped. */
export async function createDatabase(): Promise<{ database: Database; drop(): Promise<void> }> {
  users += 1
  clearTimeout(idleTimer)
  starting ??= start()
  const { server } = await starting
  const name = `bridge_${randomBytes(6).toString('hex')}`
  await administer(server, `create database ${name} template bridgekeeper`)
  const database = openDatabase(server.url.replace('@/bridgekeeper?', `@/${name}?`), { maxConnections: 8 })
  const drop = async () => {
    await database.close()
    await administer(server, `drop database ${name} with (force)`)
    users -= 1
    if (users === 0) idleTimer = setTimeout(() => void endTestBridges(), idleMs)
  }
  return { database, drop }
}

async function start(): Promise<TestServer> {
  const dir = await mkdtemp(join(tmpdir(), 'bridgekeeper-conformance-'))
  // Root starts PostgreSQL as another user, who must be able to enter, or its data would be put where nobody removes it.
  await chmod(dir, 0o755)
  const server = await startEmbeddedServer({ dir, settings: { fsync: 'off', max_connections: '100' } }).catch((error) => {
    starting = undefined
    users = 0
    rmSync(dir, { recursive: true, force: true })
    throw error
  })
  process.once('exit', () => stopAtOnce({ server, dir }))
  const template = openDatabase(server.url)
  await migrate(template)
  // A template must have no connection while it is cloned.
  await template.close()
  return { server, dir }
}

/** Ends what test bridges share now instead of a moment later. The next bridge starts it anew. */
export async function endTestBridges(): Promise<void> {
  clearTimeout(idleTimer)
  const ending = starting
  starting = undefined
  const closing = [...closers].map((close) => close())
  closers.clear()
  await Promise.all(closing)
  const { server, dir } = (await ending) ?? {}
  await server?.stop()
  if (dir) rmSync(dir, { recursive: true, force: true })
}

/** Test runners end their processes without waiting for anybody; a server must not outlive them. */
function stopAtOnce({ server, dir }: TestServer): void {
  try {
    const pid = Number(readFileSync(join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(pid, 'SIGQUIT')
    const clock = new Int32Array(new SharedArrayBuffer(4))
    // Signal 0 asks whether it is still there; the files can go when it is not.
    for (let waits = 0; waits < 100 && process.kill(pid, 0); waits += 1) Atomics.wait(clock, 0, 0, 20)
  } catch {
    // It has ended.
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
}

async function administer({ url }: EmbeddedServer, statement: string): Promise<void> {
  const database = openDatabase(url.replace('@/bridgekeeper?', '@/postgres?'), { maxConnections: 1 })
  try {
    await database.pool.query(statement)
  } finally {
    await database.close()
  }
}
