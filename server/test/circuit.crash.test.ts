import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { circuitFailPoints } from '../src/observation/index.ts'
import { crashIntegration } from './crash-integration.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, untilIdle } from './whole-bridge.ts'

/** Of three lanes, so that runs wait behind circuits and runs wait behind those. */
const waiting = 12
const lanes = 3

let database: TestDatabase
let partner: PartnerServer
let circuit: string
let sent = 0

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startPartner()
  const first = await startWholeBridge({ database, partner, integrations: [crashIntegration], runtime: { work: false } })
  await installInstance(first, partner, 'crash', 'ada')
  circuit = `connection:${(await first.connections.list({ customer: 'ada' }))[0]!.id}`
  await sql`delete from flow_schedule`.execute(database.executor)
  await first.close()
})
afterAll(async () => {
  await partner?.stop()
  await database?.drop()
})

async function startChild(failPoint: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts')], {
    env: {
      ...process.env,
      CHILD_DATABASE_URL: database.url,
      CHILD_PARTNER_HOST: partner.host,
      BRIDGEKEEPER_FAIL_POINT: failPoint,
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const died = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
  const line = await new Promise<string>((resolve) => child.stdout!.once('data', (data) => resolve(String(data))))
  return { child, died, url: (JSON.parse(line) as { url: string }).url }
}

const look = async () => {
  const { rows } = await sql<{ behind: number; unfinished: number; circuits: number }>`
    select count(*) filter (where wait_reason = 'partner-down')::int as behind, count(*)::int as unfinished,
      (select count(*)::int from circuit) as circuits
    from run`.execute(database.executor)
  return rows[0]!
}

/** Lets runs wait behind an open circuit, ends the outage, and waits until the process has died at the point. @returns what it left */
async function outage(failPoint: string) {
  await sql`insert into circuit (key, reason, retry_at) values (${circuit}, 'a test', now() + interval '1 hour')`.execute(database.executor)
  const { child, died, url } = await startChild(failPoint)
  try {
    for (let at = 0; at < waiting; at += 1) {
      const n = sent++
      expect((await send(url, 'order.created', { account: 'ada', order: `o-${n % lanes}`, n })).status).toBe(202)
    }
    await vi.waitFor(async () => expect(await look()).toMatchObject({ behind: lanes, unfinished: waiting }), 30_000)
    await sql`update circuit set retry_at = clock_timestamp()`.execute(database.executor)
    expect([failPoint, await Promise.race([died, new Promise((resolve) => setTimeout(resolve, 30_000, 'lives'))])]).toEqual([
      failPoint,
      'SIGKILL',
    ])
  } finally {
    child.kill('SIGKILL')
    await died
  }
  return look()
}

/** Another process with the same work, which has seen nothing of it. */
async function finish(): Promise<void> {
  const next = await startWholeBridge({ database, partner, integrations: [crashIntegration], runtime: { acrossProcesses: true } })
  try {
    await untilIdle(database, 60_000)
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
    expect(await next.runtime.checkInvariants()).toMatchObject({ jobless: 0, forgotten: 0 })
  } finally {
    await next.close()
  }
}

describe('a process that dies between the end of an outage and the release of what waited', () => {
  it('leaves nothing stuck: another finds that the circuit is closed, and what waited happens once and in order', async () => {
    const left: Record<string, Awaited<ReturnType<typeof look>>> = {}
    // The first release is that of the run that tries, the second that of those that have waited.
    const points = circuitFailPoints.flatMap((point) =>
      point === 'release.before-commit' ? [`${point}:1`, `${point}:2`] : [`${point}:${point === 'circuit.after-close' ? 1 : 2}`],
    )
    for (const point of points) {
      left[point] = await outage(point)
      await finish()
      await sql`delete from circuit`.execute(database.executor)
    }
    expect(left['circuit.after-close:1']).toMatchObject({ circuits: 0, behind: lanes - 1 })
    expect(left['release.before-commit:1']).toMatchObject({ circuits: 1, behind: lanes })
    expect(left['release.before-commit:2']).toMatchObject({ circuits: 0, behind: lanes - 1 })
    for (const path of ['/first', '/second']) {
      const numbers = partner.effects.filter((effect) => effect.path === path).map(({ body }) => (body as { n: number }).n)
      for (let lane = 0; lane < lanes; lane += 1) {
        const expected = Array.from({ length: sent / lanes }, (_, at) => lane + at * lanes)
        expect(numbers.filter((n) => n % lanes === lane)).toEqual(expected)
      }
    }
  }, 240_000)
})
