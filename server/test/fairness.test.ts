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
const slots = 16
/** What an instance may have when nobody else has any. */
const share = 12

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

function startBridge({ work = true, ...more }: { work?: boolean; pollMs?: number } = {}): Promise<WholeBridge> {
  // A lease that never ends in a test: nothing here may come from one that was lost, on whatever machine.
  return startWholeBridge({
    database,
    partner,
    integrations: [integration],
    runtime: { work, slots, leaseSeconds: 600, ...more },
  })
}

async function flood(prefix: string): Promise<void> {
  await Promise.all(
    Array.from({ length: 60 }, (_, at) => send(bridge.url, 'order.created', { account: 'flood', order: `${prefix}-${at}` })),
  )
}

const until = (what: () => unknown) => expect.poll(what, { timeout: 40_000 }).toBe(true)

/** Runs that are not finished, and those of them that a worker has claimed. */
async function count(): Promise<{ unfinished: number; claimed: number }> {
  const { rows } = await sql<{ unfinished: number; claimed: number }>`
    select count(*)::int as unfinished, count(claimed_by)::int as claimed from run`.execute(database.executor)
  return rows[0]!
}

it('a customer whose partner is slow takes its share of the slots and no more; another one is served meanwhile', async () => {
  const released = Promise.withResolvers<void>()
  partner.fault = ({ path }) => (path === '/flood' ? { until: released.promise } : undefined)

  await flood('a')
  await until(() => partner.requests.length >= share)
  await send(bridge.url, 'order.created', { account: 'quiet', order: 'q' })
  await until(() => partner.effects.some(({ path }) => path === '/quiet'))
  expect(partner.requests.filter(({ path }) => path === '/flood')).toHaveLength(share)

  released.resolve()
  await untilIdle(database, 40_000)
  expect(partner.effects).toHaveLength(61)
})

it('a stopped worker gives back at once what it leased and had not begun', async () => {
  partner.effects.length = 0
  partner.requests.length = 0
  const released = Promise.withResolvers<void>()
  partner.fault = () => ({ until: released.promise })
  // All of them before anybody works: a lease that brings eight at a time brings more than may begin.
  await bridge.close()
  bridge = await startBridge({ work: false })
  await flood('b')
  await bridge.close()
  bridge = await startBridge()
  await until(async () => {
    const { unfinished, claimed } = await count()
    return unfinished === 60 && claimed > share && partner.requests.length >= share
  })
  const closed = bridge.close(40_000)
  // What has begun goes on; all else is nobody's again.
  await expect.poll(count, { timeout: 40_000 }).toEqual({ unfinished: 60, claimed: share })
  released.resolve()
  await closed
  expect(await count()).toEqual({ unfinished: 60 - share, claimed: 0 })
  expect(partner.effects).toHaveLength(share)
  bridge = await startBridge()
  await untilIdle(database, 40_000)
  expect(partner.effects).toHaveLength(60)
  const { rows } = await sql<{ jobs: number }>`select count(*)::int as jobs from pgboss.job where name = 'run'`.execute(database.executor)
  expect(rows[0]!.jobs).toBe(0)
  expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
})

it('goes on with the backlog of one instance although nothing new comes in that would ring', async () => {
  partner.effects.length = 0
  partner.fault = () => undefined
  await bridge.close()
  bridge = await startBridge({ work: false })
  await flood('c')
  await flood('d')
  await bridge.close()
  bridge = await startBridge({ pollMs: 600_000 })
  await untilIdle(database, 40_000)
  expect(partner.effects).toHaveLength(120)
})
