import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateKey } from '../src/connections/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

const [before, after] = [generateKey(new Date('2026-01-01')), generateKey(new Date('2026-06-01'))]
const webhookSecret = 'a webhook secret that outlives its key'
const customers = ['umbrella', 'stark', 'cyberdyne']
let database: TestDatabase
let partner: TestPartner
let servers: TenantServer[] = []
let key: string

const startWith = (keys: string) => startTenantServer(database, partner, { keyRing: { keys }, acrossProcesses: true })

/** One process after the other, as a deployment does it: somebody always answers. */
async function restartWith(keys: string): Promise<void> {
  for (const at of [0, 1]) {
    const old = servers[at]!
    servers = servers.with(at, await startWith(keys))
    await old.stop()
  }
}

async function connect(customer: string): Promise<void> {
  const facts = { organization: 'acme', customer, name: 'main' }
  const made = await ask(servers[0]!, key, 'POST', '/connections', {
    ...facts,
    platform: 'crm',
    secrets: { token: `token-of-${customer}` },
  })
  expect(made.status).toBe(201)
  const more = { connections: { crm: made.json.id }, accounts: { shop: [customer] } }
  expect((await ask(servers[0]!, key, 'POST', '/instances', { ...facts, integration: 'shop-crm', ...more })).status).toBe(201)
}

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  servers = await Promise.all([startWith(before), startWith(before)])
  key = await makeKey(servers[0]!, ['admin'])
  for (const customer of customers) await connect(customer)
  const added = await ask(servers[0]!, key, 'POST', '/webhook-sources/shop/secrets', { secret: webhookSecret })
  expect(added.status).toBe(201)
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  await partner?.close()
  await database?.drop()
})

it('the key ring is exchanged under load: nothing is lost or done twice, no secret fails to open, and the old key can go', async () => {
  const accepted = new Set<string>()
  let over = false
  let sent = 0
  const load = Array.from({ length: 6 }, async () => {
    while (!over) {
      const n = sent++
      const order = { account: customers[n % customers.length]!, order: `o-${n}` }
      const id = { 'x-delivery': `event-${n}` }
      // As platforms do it: again, until somebody answers 2xx.
      while ((await sendWebhook(servers[n % 2]!, 'shop', webhookSecret, order, id).catch(() => undefined))?.status !== 202) await delay(50)
      accepted.add(order.order)
      await delay(5)
    }
  })
  await restartWith(`${before}\n${after}`)
  await restartWith(`${after}\n${before}`)
  let progress = { rotated: 0, total: 1 }
  while (progress.rotated < progress.total) progress = (await ask(servers[1]!, key, 'POST', '/key-ring/rotate')).json
  const { keys } = (await ask(servers[0]!, key, 'GET', '/key-ring')).json as { keys: { newest: boolean; secrets: number }[] }
  expect(keys.map(({ newest, secrets }) => [newest, secrets > 0])).toEqual([
    [true, true],
    [false, false],
  ])
  await restartWith(after)
  await connect('hydra')
  await delay(300)
  over = true
  await Promise.all(load)
  await untilIdle(database, 40_000)

  expect(accepted.size).toBeGreaterThan(50)
  const effects = partner.seen
    .filter(({ method }) => method === 'POST')
    .map(({ headers, body }) => ({ headers, ...(JSON.parse(body) as { account: string; order: string }) }))
  expect(effects.map(({ order }) => order).toSorted()).toEqual([...accepted].toSorted())
  expect(effects.filter(({ headers, account }) => headers.authorization !== `Bearer token-of-${account}`)).toEqual([])
  const { runs } = (await ask(servers[0]!, key, 'GET', '/runs?status=parked')).json
  expect(runs).toEqual([])
}, 120_000)
