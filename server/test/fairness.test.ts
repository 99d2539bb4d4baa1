import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

interface Tools {
  event: { account: string; order: string }
  crm: { POST(path: string, request: unknown): Promise<unknown> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
}

const integration = shopIntegration('fairness', {
  once: onOrder({
    onPoison: 'park',
    lane: (event: Tools['event']) => event.order,
    async run({ event, crm, step }: Tools) {
      await step('create', () => crm.POST(`/${event.account}`, { body: event }))
    },
  }),
})
const slotsPerInstance = 4

let database: TestDatabase
let partner: PartnerServer
let bridge: WholeBridge

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startPartner()
  bridge = await startBridge()
  for (const account of ['flood', 'quiet']) await installInstance(bridge, partner, 'fairness', account)
})
afterAll(async () => {
  await bridge.close()
  await partner.stop()
  await database.drop()
})

function startBridge(): Promise<WholeBridge> {
  return startWholeBridge({ database, partner, integrations: [integration], runtime: { slots: 16, slotsPerInstance } })
}

async function flood(prefix: string): Promise<void> {
  await Promise.all(
    Array.from({ length: 60 }, (_, at) => send(bridge.url, 'order.created', { account: 'flood', order: `${prefix}-${at}` })),
  )
}

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what(); waited += 20) {
    if (waited > 10_000) throw new Error('it did not happen')
    await delay(20)
  }
}

it('a customer whose partner is slow takes its share of the slots and no more; another one is served meanwhile', async () => {
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let open = true
  partner.fault = ({ path }) => (open && path === '/flood' ? { until: released } : undefined)

  await flood('a')
  await until(() => partner.requests.length >= slotsPerInstance)
  await send(bridge.url, 'order.created', { account: 'quiet', order: 'q' })
  await until(() => partner.effects.some(({ path }) => path === '/quiet'))
  expect(partner.requests.filter(({ path }) => path === '/flood')).toHaveLength(slotsPerInstance)

  open = false
  release()
  await untilIdle(database)
  expect(partner.effects).toHaveLength(61)
})

it('a stopped worker gives back at once what it leased and had not begun', async () => {
  partner.effects.length = 0
  partner.requests.length = 0
  partner.fault = () => ({ delayMs: 1_000 })
  await flood('b')
  await until(() => partner.requests.length >= slotsPerInstance)
  const restartedAt = Date.now()
  await bridge.close()
  partner.fault = () => undefined
  bridge = await startBridge()
  await untilIdle(database)

  // A lease that ends by itself takes ten seconds.
  expect(Date.now() - restartedAt).toBeLessThan(8_000)
  expect(partner.effects).toHaveLength(60)
  const { rows } = await sql<{ jobs: number }>`select count(*)::int as jobs from pgboss.job where name = 'run'`.execute(database.executor)
  expect(rows[0]!.jobs).toBe(0)
  expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
})
