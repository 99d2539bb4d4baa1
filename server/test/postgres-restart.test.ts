import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, type EmbeddedServer, migrate, openDatabase, startEmbeddedServer } from '../src/database/index.ts'
import { crashIntegration } from './crash-integration.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { auditBridge, installInstance, type Sent, send, startWholeBridge, tickEachSecond, untilIdle } from './whole-bridge.ts'

/** A server of its own, because it is stopped and killed. */
let server: EmbeddedServer
let dir: string
let database: Database
let partner: PartnerServer
const bridges: { process: ChildProcess; url: string }[] = []

const startPostgres = () => startEmbeddedServer({ dir, settings: { fsync: 'off', log_min_messages: 'fatal' } })

async function startBridge(): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts')], {
    env: { ...process.env, CHILD_DATABASE_URL: server.url, CHILD_PARTNER_HOST: partner.host, LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise((resolve) => child.stdout!.once('data', resolve))
  return { process: child, url: (JSON.parse(String(line)) as { url: string }).url }
}

/** What a crash of the machine's memory does: no checkpoint, no word to the sessions. */
function killPostgres(): void {
  process.kill(Number(readFileSync(join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
}

const accepted = new Map<string, { order: string; n: number }>()
const refusals: Sent[] = []
let sent = 0

/** As platforms do it: the same delivery again, until somebody answers 2xx. */
async function deliver(url: () => string, until: () => boolean): Promise<void> {
  while (!until()) {
    const n = sent++
    const order = `o-${n % 40}`
    for (;;) {
      const answer = await send(url(), 'order.created', { account: 'ada', order, n }, `event-${n}`).catch(() => undefined)
      if (answer?.status === 202) break
      await delay(100)
    }
    accepted.set(`event-${n}`, { order, n })
    await delay(5)
  }
}

async function findings() {
  const effects = new Map<string, number>()
  for (const { path, body } of partner.effects) {
    const { order, n } = body as { order: string; n: number }
    effects.set(`${path} ${order} ${n}`, (effects.get(`${path} ${order} ${n}`) ?? 0) + 1)
  }
  const lost = [...accepted.values()].flatMap(({ order, n }) =>
    ['/first', '/second'].filter((path) => !effects.has(`${path} ${order} ${n}`)),
  )
  const twice = [...effects].filter(([, times]) => times > 1)
  const { rows } = await sql<{ meters: number; deliveries: number; unprocessed: number }>`
    select (select count(*)::int from meter_event) as meters, (select count(*)::int from delivery) as deliveries,
      (select count(*)::int from delivery d where not exists (select from finished_run f where f.delivery_id = d.id and f.outcome = 'succeeded')) as unprocessed`.execute(
    database.executor,
  )
  const { meters, deliveries, unprocessed } = rows[0]!
  return { lost, twice, unprocessed, metersPerDelivery: meters / deliveries, ...(await auditBridge(database)) }
}

describe('a bridge whose PostgreSQL goes away and comes back', () => {
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-restart-'))
    chmodSync(dir, 0o755)
    server = await startPostgres()
    database = openDatabase(server.url)
    await migrate(database)
    partner = await startPartner()
    const first = await startWholeBridge({ database, partner, integrations: [crashIntegration], runtime: { work: false } })
    await installInstance(first, partner, 'crash', 'ada')
    await tickEachSecond(database)
    await first.close()
    bridges.push(await startBridge(), await startBridge())
  })
  afterAll(async () => {
    for (const bridge of bridges) bridge.process.kill('SIGKILL')
    await database?.close()
    await partner?.stop()
    await server?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it('loses nothing, does nothing twice, counts nothing twice, and processes every webhook it acknowledged', async () => {
    let over = false
    let turn = 0
    const load = Array.from({ length: 12 }, () =>
      deliver(
        () => bridges[turn++ % bridges.length]!.url,
        () => over,
      ),
    )
    const ends: Record<string, () => Promise<void> | void> = { 'fast shutdown': () => server.stop(), 'kill -9': killPostgres }
    for (const end of ['fast shutdown', 'kill -9', 'fast shutdown', 'kill -9', 'kill -9']) {
      await delay(1_000 + Math.random() * 500)
      await ends[end]!()
      await delay(200)
      const before = accepted.size
      for (const { url } of bridges)
        refusals.push(await send(url, 'order.created', { account: 'ada', order: 'while away', n: 0 }, `while-away-${refusals.length}`))
      await delay(300)
      expect(accepted.size, `acknowledged after ${end}`).toBe(before)
      server = await startPostgres()
    }
    await delay(1_000)
    over = true
    await Promise.all(load)
    await untilIdle(database, 60_000)

    expect(refusals.map(({ status, retryAfter }) => [status, retryAfter])).toEqual(refusals.map(() => [503, '5']))
    expect(await findings()).toEqual({ lost: [], twice: [], unprocessed: 0, metersPerDelivery: 1, duplicateMeters: 0, stuck: 0 })
    expect(accepted.size).toBeGreaterThan(100)
  }, 180_000)
})
