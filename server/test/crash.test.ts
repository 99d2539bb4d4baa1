import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failPoints } from '../src/observation/index.ts'
import { crashIntegration } from './crash-integration.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, tickEachSecond, untilIdle } from './whole-bridge.ts'

let database: TestDatabase
let partner: PartnerServer
const accepted = new Map<string, { order: string; n: number }>()
let sent = 0

interface Child {
  process: ChildProcess
  url: string
  died: Promise<string | null>
}

async function startChild(failPoint?: string): Promise<Child> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts')], {
    env: {
      ...process.env,
      CHILD_DATABASE_URL: database.url,
      CHILD_PARTNER_HOST: partner.host,
      BRIDGEKEEPER_FAIL_POINT: failPoint ?? '',
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const died = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
  const url = await Promise.race([
    new Promise<string>((resolve) => child.stdout!.once('data', (line) => resolve((JSON.parse(String(line)) as { url: string }).url))),
    died.then(() => ''),
  ])
  return { process: child, url, died }
}

/** What was answered with a 2xx must have its effects; what got no answer may or may not. */
async function sendSome(url: string, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async () => {
      const n = sent++
      const order = `o-${n % 40}`
      const answer = await send(url, 'order.created', { account: 'ada', order, n }, `event-${n}`).catch(() => undefined)
      if (answer?.status === 202) accepted.set(`event-${n}`, { order, n })
    }),
  )
}

async function findings() {
  const effects = new Map<string, number>()
  for (const effect of partner.effects) {
    const { n, order } = effect.body as { n: number; order: string }
    const name = `${effect.path} ${order} ${n}`
    effects.set(name, (effects.get(name) ?? 0) + 1)
  }
  const lost = [...accepted.values()].flatMap(({ order, n }) =>
    ['/first', '/second'].filter((path) => !effects.has(`${path} ${order} ${n}`)).map((path) => `${path} ${n}`),
  )
  const twice = [...effects].filter(([, times]) => times > 1)
  const { rows } = await sql<{ meters: number; deliveries: number; outcomes: number }>`
    select (select count(*)::int from run_outcome) - (select count(*)::int from finished_run where replay_of is null) as outcomes,
       (select count(*)::int from meter_event) as meters, (select count(*)::int from delivery) as deliveries`.execute(database.executor)
  return {
    lost,
    twice,
    outcomesTooMany: rows[0]!.outcomes,
    metersPerDelivery: rows[0]!.meters / rows[0]!.deliveries,
    ...(await auditBridge(database)),
  }
}

/** One that is left alone finishes what the killed ones left behind, as soon as their leases end. */
async function finishWith(more: number): Promise<void> {
  const healthy = await startChild()
  try {
    await sendSome(healthy.url, more)
    await sql`delete from flow_schedule`.execute(database.executor)
    await untilIdle(database, 90_000)
  } finally {
    healthy.process.kill('SIGKILL')
    await healthy.died
  }
}

const allIsWell = { lost: [], twice: [], outcomesTooMany: 0, metersPerDelivery: 1, duplicateMeters: 0, stuck: 0 }

describe('a bridge that is killed', () => {
  beforeAll(async () => {
    database = await createTestDatabase()
    partner = await startPartner()
    const first = await startWholeBridge({ database, partner, integrations: [crashIntegration], runtime: { work: false } })
    await installInstance(first, partner, 'crash', 'ada')
    await tickEachSecond(database)
    await first.close()
  })
  afterAll(async () => {
    await partner.stop()
    await database.drop()
  })

  it('at every named point loses nothing, does nothing twice, counts nothing twice and leaves nothing stuck', async () => {
    const survived: string[] = []
    const crash = async (point: string): Promise<void> => {
      const child = await startChild(point)
      const lives = () => child.process.exitCode === null && child.process.signalCode === null
      for (let round = 0; round < 80 && child.url && lives(); round += 1) await Promise.all([sendSome(child.url, 2), delay(250)])
      if (lives()) survived.push(point)
      child.process.kill('SIGKILL')
      await child.died
    }
    // Several at a time: what one leaves behind when it dies, the others meet while they work.
    for (let at = 0; at < failPoints.length; at += 3) await Promise.all(failPoints.slice(at, at + 3).map(crash))
    await finishWith(10)
    expect(survived).toEqual([])
    expect(await findings()).toEqual(allIsWell)
    expect(accepted.size).toBeGreaterThan(50)
  }, 300_000)

  it('at random moments under load keeps the same promises', async () => {
    await sql`insert into flow_schedule (instance_id, flow, rule, next_at) select id, 'poll', 'PT1S', now() from instance`.execute(
      database.executor,
    )
    for (let round = 0; round < 4; round += 1) {
      const child = await startChild()
      const load = Promise.all(Array.from({ length: 10 }, () => sendSome(child.url, 6)))
      await delay(150 + Math.random() * 600)
      child.process.kill('SIGKILL')
      await child.died
      await load
    }
    await finishWith(0)
    expect(await findings()).toEqual(allIsWell)
  }, 180_000)
})
