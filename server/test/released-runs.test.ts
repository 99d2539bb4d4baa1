import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Secret } from '../src/connections/index.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

type Tools = {
  event: { order: string; waitMs?: number }
  crm: { POST(path: string, request: unknown): Promise<unknown> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
  sleep(name: string, ms: number): Promise<void>
}

const integration = shopIntegration('shop-crm', {
  sync: onOrder({
    onPoison: 'park',
    lane: (payload: { order: string }) => payload.order,
    async run({ event, crm, step, sleep }: Tools) {
      if (event.waitMs) await sleep('a while', event.waitMs)
      await step('create', () => crm.POST('/orders', { body: event }))
    },
  }),
})

let database: TestDatabase
let partner: PartnerServer
/** Does the work. */
let worker: WholeBridge
/** Answers the API of another process: what it is told must reach the worker. */
let api: WholeBridge
let connectionId: string
const acrossProcesses = true

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startPartner()
  worker = await startWholeBridge({ database, partner, integrations: [integration], runtime: { acrossProcesses } })
  api = await startWholeBridge({ database, partner, integrations: [integration], runtime: { acrossProcesses, work: false } })
})
afterAll(async () => {
  await api?.close()
  await worker?.close()
  await partner?.stop()
  await database?.drop()
})
let customers = 0
let customer: string
beforeEach(async () => {
  customer = `customer-${customers++}`
  await installInstance(worker, partner, 'shop-crm', customer)
  connectionId = (await worker.connections.list({ customer }))[0]!.id
})
afterEach(() => {
  partner.fault = () => undefined
  partner.requests.length = 0
  partner.effects.length = 0
})

const resume = () => api.goOn(connectionId, () => api.connections.resume(connectionId))
const inAnHour = () => Date.now() + 3_600_000
const order = (name: string, more = {}) => send(api.url, 'order.created', { account: customer, order: name, ...more })

async function waiting(): Promise<{ reason: string; dueInMs: number }[]> {
  const { rows } = await sql<{ reason: string; dueInMs: number }>`
    select wait_reason as reason, extract(epoch from due_at - now())::float8 * 1000 as "dueInMs" from run
    where wait_reason is not null and claimed_at is null order by id`.execute(database.executor)
  return rows
}
const untilWaiting = (count: number) =>
  vi.waitFor(async () => expect((await waiting()).map((run) => run.reason)).toHaveLength(count), { timeout: 40_000, interval: 50 })

describe('runs that wait', () => {
  it('go on at once when a person resumes their connection in another process, and are counted', async () => {
    await api.connections.pause(connectionId, inAnHour(), 'stock-taking')
    await untilPaused()
    for (const name of ['a', 'b', 'c']) await order(name)
    await untilWaiting(3)
    expect((await waiting()).every(({ dueInMs }) => dueInMs > 3_500_000)).toBe(true)
    const resumedAt = Date.now()
    expect(await resume()).toBe(3)
    await untilIdle(database, 5_000)
    expect(Date.now() - resumedAt).toBeLessThan(4_000)
    expect(partner.effects).toHaveLength(3)
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
  })

  it('go on when the process that ended the pause died before it could say so', async () => {
    await api.connections.pause(connectionId, Number.POSITIVE_INFINITY, 'stock-taking')
    await untilPaused()
    await order('a')
    await untilWaiting(1)
    await api.connections.resume(connectionId)
    await untilIdle(database, 5_000)
    expect(partner.effects).toHaveLength(1)
  })

  it('go on when the circuit that stopped them is closed', async () => {
    await sql`insert into circuit (key, reason, retry_at) values (${`connection:${connectionId}`}, 'a test', now() + interval '5 minutes')`.execute(
      database.executor,
    )
    await vi.waitFor(() => expect(worker.gateway.blocked(connectionId)?.key).toBe(`circuit:connection:${connectionId}`), 5_000)
    await order('a')
    await order('b')
    await untilWaiting(2)
    await api.gateway.resetCircuit(`connection:${connectionId}`)
    await untilIdle(database, 5_000)
    expect(partner.effects).toHaveLength(2)
  })

  it('go on when a new credential is entered, also those that the partner had asked to wait', async () => {
    partner.fault = () => ({ status: 429, headers: { 'retry-after': '600' } })
    await order('a')
    await untilWaiting(1)
    await order('b')
    await untilWaiting(2)
    partner.fault = () => undefined
    partner.requests.length = 0
    // A pause of the partner outlives the credential until somebody resumes it.
    const token = new Secret('another')
    expect(await api.goOn(connectionId, () => api.connections.replaceSecrets(connectionId, { token }))).toBe(0)
    expect(await resume()).toBe(2)
    await untilIdle(database, 5_000)
    expect(partner.requests).toHaveLength(2)
  })

  it('stay where they are while the pause goes on, and while they sleep', async () => {
    await order('asleep', { waitMs: 4_000 })
    await untilWaiting(1)
    await api.connections.pause(connectionId, inAnHour(), 'stock-taking')
    await untilPaused()
    await order('a')
    await untilWaiting(2)
    expect(await api.goOn(connectionId, async () => {})).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect((await waiting()).map(({ reason }) => reason)).toEqual(['sleep', 'throttled'])
    expect(await resume()).toBe(1)
    await untilIdle(database)
    expect(partner.effects).toHaveLength(2)
  })

  it('come back a thousand a second, however many they are', async () => {
    await api.connections.pause(connectionId, inAnHour(), 'stock-taking')
    await untilPaused()
    const names = Array.from({ length: 600 }, (_, at) => `many-${at}`)
    for (let at = 0; at < names.length; at += 100) await Promise.all(names.slice(at, at + 100).map((name) => order(name)))
    await untilWaiting(600)
    // Nobody works, so that the jobs stay to be counted.
    await worker.connections.pause(connectionId, inAnHour(), 'still')
    expect(await api.runtime.releaseRuns({ connections: [connectionId] })).toBe(600)
    const { rows } = await sql<{ later: number }>`
      select count(*)::int as later from run where due_at > created_at and wait_reason is null and state = 'queued' and due_at < now() + interval '3 seconds'`.execute(
      database.executor,
    )
    expect(rows[0]!.later).toBeGreaterThanOrEqual(100)
    await resume()
    await untilIdle(database, 30_000)
    expect(partner.effects).toHaveLength(600)
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
  }, 60_000)
})

async function untilPaused(): Promise<void> {
  await vi.waitFor(() => expect(worker.gateway.blocked(connectionId)?.kind).toBe('throttled'), 5_000)
}
