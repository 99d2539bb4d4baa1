import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { type Database, type EmbeddedServer, migrate, openDatabase, startEmbeddedServer } from '../src/database/index.ts'
import { crashIntegration } from './crash-integration.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import {
  auditBridge,
  installInstance,
  type Sent,
  send,
  startWholeBridge,
  tickEachSecond,
  untilIdle,
  type WholeBridge,
} from './whole-bridge.ts'

const root = join(import.meta.dirname, '..', '..')
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

const lockOf = (dataDir: string) => join(dataDir, 'postmaster.pid')
const kill = (dataDir: string) => process.kill(Number(readFileSync(lockOf(dataDir), 'utf8').split('\n')[0]), 'SIGKILL')

async function startEmbeddedBridge(
  heard: string[],
): Promise<{ server: EmbeddedServer; database: Database; partner: PartnerServer; bridge: WholeBridge }> {
  const dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-restart-'))
  chmodSync(dir, 0o755)
  const server = await startEmbeddedServer({
    dir,
    settings: { fsync: 'off' },
    keepUp: {
      onLost: () => heard.push('lost'),
      onBack: () => heard.push('back'),
      onFailed: () => heard.push('failed'),
      onGivenUp: () => heard.push('given up'),
    },
  })
  undo.push(
    () => rmSync(dir, { recursive: true, force: true }),
    () => server.stop(),
  )
  const database = openDatabase(server.url)
  await migrate(database)
  const partner = await startPartner()
  const bridge = await startWholeBridge({ database, partner, integrations: [crashIntegration] })
  undo.push(
    () => database.close(),
    () => partner.stop(),
    () => bridge.close(),
  )
  await installInstance(bridge, partner, 'crash', 'ada')
  await tickEachSecond(database)
  return { server, database, partner, bridge }
}

describe('an embedded PostgreSQL that is killed while the bridge runs', () => {
  it('is started again; meanwhile deliveries are answered 503 with Retry-After, and nothing is lost or done twice', async () => {
    const heard: string[] = []
    const { server, database, partner, bridge } = await startEmbeddedBridge(heard)
    const answers: Sent[] = []
    const accepted: number[] = []
    let over = false
    // As platforms do it: the same delivery again, until it is answered 2xx.
    const load = Array.from({ length: 6 }, async (_, sender) => {
      for (let n = sender; !over; n += 6) {
        for (;;) {
          const answer = await send(bridge.url, 'order.created', { account: 'ada', order: `o-${n % 20}`, n }, `event-${n}`)
          answers.push(answer)
          if (answer.status === 202) break
          await delay(50)
        }
        accepted.push(n)
        await delay(5)
      }
    })
    for (let round = 1; round <= 3; round += 1) {
      await delay(800)
      kill(server.dataDir)
      await expect.poll(() => heard.filter((word) => word === 'back').length, { timeout: 40_000 }).toBe(round)
    }
    await delay(800)
    over = true
    await Promise.all(load)
    await untilIdle(database, 60_000)

    const refused = answers.filter(({ status }) => status !== 202)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.map(({ status, retryAfter }) => `${status} ${retryAfter}`)).toEqual(refused.map(() => '503 5'))
    const polled = partner.effects.filter(({ body }) => String((body as { order: string }).order).startsWith('polled'))
    const done = partner.effects.filter((effect) => !polled.includes(effect) && effect.path === '/second')
    expect(done.map(({ body }) => (body as { n: number }).n).sort((a, b) => a - b)).toEqual(accepted.sort((a, b) => a - b))
    const { rows } = await sql<{ meters: number; deliveries: number }>`
      select (select count(*)::int from meter_event) as meters, (select count(*)::int from delivery) as deliveries`.execute(
      database.executor,
    )
    expect(rows[0]!.meters).toBe(rows[0]!.deliveries)
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
    expect(heard).toEqual(['lost', 'back', 'lost', 'back', 'lost', 'back'])
  }, 180_000)

  it('is started again by the program, which says so in its log and still stops without leaving anything', async () => {
    mkdirSync(join(root, '.bridgekeeper'), { recursive: true })
    // Inside the checkout, where the packages that its code imports are found.
    const folder = mkdtempSync(join(root, '.bridgekeeper', 'restart-test-'))
    undo.push(() => rmSync(folder, { recursive: true, force: true }))
    chmodSync(folder, 0o755)
    cpSync(join(root, 'server/test/two-tenants'), folder, { recursive: true })
    const env = { ...process.env, NO_COLOR: '1' }
    for (const name of ['DATABASE_URL', 'BRIDGEKEEPER_KEYS', 'LOG_LEVEL']) delete (env as NodeJS.ProcessEnv)[name]
    const child = spawn(process.execPath, [join(root, 'server/src/main.ts'), 'start', '--port', '0', '--json'], { cwd: folder, env })
    undo.push(() => child.kill('SIGKILL'))
    const said = listen(child)
    await expect.poll(() => said.out, { timeout: 60_000 }).toContain('"url"')
    const { url } = JSON.parse(said.out) as { url: string }
    const ready = async () => (await fetch(`${url}/readyz`)).status
    expect(await ready()).toBe(200)
    const dataDir = findDataDir(folder)

    kill(dataDir)
    await expect.poll(ready, { interval: 20 }).toBe(503)
    await expect.poll(ready, { timeout: 30_000 }).toBe(200)
    expect(said.err).toContain('the embedded PostgreSQL has ended by itself; starting it again')
    await expect.poll(() => said.err).toContain('the embedded PostgreSQL is back')

    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    expect(existsSync(lockOf(dataDir))).toBe(false)
  }, 120_000)
})

function listen(child: ChildProcess): { out: string; err: string } {
  const said = { out: '', err: '' }
  child.stdout!.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  return said
}

/** Beside the workspace, or, where root runs PostgreSQL as a user who can't enter, in the folder that was made last. */
function findDataDir(folder: string): string {
  const beside = join(folder, '.bridgekeeper', 'postgres', 'data')
  if (existsSync(beside)) return beside
  const elsewhere = '/var/lib/bridgekeeper'
  const found = readdirSync(elsewhere)
    .map((name) => join(elsewhere, name, 'data'))
    .filter((data) => existsSync(lockOf(data)))
  return found.at(-1)!
}
