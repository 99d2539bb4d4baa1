/**
 * How many signed webhooks one ingress process takes per second, each acknowledged after its own commit (fsync on): with
 * group commit, with one commit each, and, as the floor, a bare Node server that reads the body and answers 202 without
 * verifying or storing. Sender and database run on the same machine. `node bench/src/ingress.ts [seconds]`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openDatabase, startEmbeddedServer } from '../../server/src/database/index.ts'
import { ensureDeliveryPartitions } from '../../server/src/webhooks/index.ts'
import { send } from './raw-sender.ts'

const seconds = Number(process.argv[2] ?? 5)
const ingressProgram = join(import.meta.dirname, '../../server/test/ingress-process.ts')
const floorProgram = join(import.meta.dirname, 'floor-process.ts')

interface Row {
  'per second': number
  /** What one core would take that does nothing but ingress. */
  'per CPU second': number
  'p50 ms': number
  'p99 ms': number
  'mean batch': number
  'memory MiB': number
  /** Acknowledged, but not in the table. */
  lost: number
}

async function measure(program: string, bodies: readonly Buffer[], maxBatch: number, databaseUrl: string): Promise<Row> {
  const child = spawn(process.execPath, [program, databaseUrl, 'secret', String(maxBatch)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = Number(String((await once(child.stdout!, 'data'))[0]).trim())
  await send(port, bodies, seconds)
  const before = await usageOf(child)
  const { latenciesMs, elapsedSeconds, ids } = await send(port, bodies, seconds)
  const after = await usageOf(child)
  child.kill()
  const sorted = latenciesMs.sort((a, b) => a - b)
  const stored = program === ingressProgram ? await storedAmong(databaseUrl, ids) : { found: ids.length, meanBatch: 0 }
  return {
    'per second': Math.round(sorted.length / elapsedSeconds),
    'per CPU second': Math.round(sorted.length / (after.cpuSeconds - before.cpuSeconds)),
    'p50 ms': Math.round(sorted[Math.floor(sorted.length / 2)]!),
    'p99 ms': Math.round(sorted[Math.floor(sorted.length * 0.99)]!),
    'mean batch': Math.round(stored.meanBatch),
    'memory MiB': Math.round(after.rssBytes / 1024 ** 2),
    lost: ids.length - stored.found,
  }
}

async function usageOf(child: ChildProcess): Promise<{ cpuSeconds: number; rssBytes: number }> {
  const answer = once(child.stdout!, 'data')
  child.kill('SIGUSR2')
  return JSON.parse(String((await answer)[0]))
}

async function storedAmong(databaseUrl: string, ids: readonly string[]): Promise<{ found: number; meanBatch: number }> {
  const database = openDatabase(databaseUrl)
  const { rows } = await database.pool.query('select count(*) from delivery where id = any($1)', [ids])
  const batches = await database.pool.query('select avg(jsonb_array_length(ids)) as mean from test_route_job')
  await database.pool.query('truncate delivery, delivery_key, test_route_job')
  await database.close()
  return { found: Number(rows[0].count), meanBatch: Number(batches.rows[0].mean) }
}

/** The first of GitHub's own example payloads of each event, as they are. */
function githubPayloads(): Buffer[] {
  const file = createRequire(import.meta.url).resolve('@octokit/webhooks-examples/api.github.com/index.json')
  const events = JSON.parse(readFileSync(file, 'utf8')) as { examples: unknown[] }[]
  return events.flatMap(({ examples }) => examples.slice(0, 1)).map((payload) => Buffer.from(JSON.stringify(payload)))
}

const dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-bench-'))
const server = await startEmbeddedServer({ dir })
try {
  const database = openDatabase(server.url)
  await migrate(database)
  await ensureDeliveryPartitions(database, new Date())
  await database.close()
  const small = [Buffer.from(JSON.stringify({ action: 'opened', issue: { id: 1, title: 'x'.repeat(400) }, installation: { id: 7 } }))]
  const real = githubPayloads()
  const meanKiB = real.reduce((sum, { length }) => sum + length, 0) / real.length / 1024
  const table: Record<string, Row> = {}
  for (const [name, bodies] of [
    ['0.5 KiB', small],
    [`GitHub's examples (${meanKiB.toFixed(1)} KiB)`, real],
  ] as const) {
    const floor = await measure(floorProgram, bodies, 1, server.url)
    const single = await measure(ingressProgram, bodies, 1, server.url)
    const group = await measure(ingressProgram, bodies, 500, server.url)
    Object.assign(table, {
      [`${name}: floor, stores nothing`]: floor,
      [`${name}: one commit each`]: single,
      [`${name}: group commit`]: group,
    })
    const ratio = (of: Row, to: Row, what: 'per second' | 'per CPU second') => `${(of[what] / to[what]).toFixed(2)}×`
    console.log(
      `${name}: group commit ${ratio(group, single, 'per second')} one commit each; ${ratio(group, floor, 'per CPU second')} the floor per CPU second`,
    )
  }
  console.table(table)
} finally {
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
}
