import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimDueCanaries } from '../src/service-levels/canaries/queries.ts'
import { countEvents } from '../src/service-levels/index.ts'
import { loadWorkspace } from '../src/workspace/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

const webhookSecret = 'a webhook secret of the shop'
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let operatorKey: string

async function declaring(canary: object, canaryEvery = 'PT1H') {
  const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  const [scenario] = workspace.integrations.get('shop-crm')!.spec.scenarios
  Object.assign(scenario!, { canaryEvery, canary: { within: 'PT5S', ...canary } })
  return workspace
}
const canary = {
  platform: 'shop',
  event: 'order.created',
  instance: 'canary/main',
  payload: { account: 'canary', order: '{{id}}' },
  effect: { platform: 'crm', operation: 'POST /orders' },
}

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  partner.answer = () => ({ status: 201, body: '{}' })
  server = await startTenantServer(database, partner, { workspace: await declaring(canary) })
  operatorKey = await makeKey(server, ['admin'])
  await operator('POST', '/webhook-sources/shop/secrets', { secret: webhookSecret })
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const operator = (method: string, path: string, body?: unknown) => ask(server, operatorKey, method, path, body)
const run = () => operator('POST', '/integrations/shop-crm/canaries/order/run', {})

async function install(customer: string, more: object = {}) {
  const owner = { organization: 'acme', customer, name: 'main' }
  const connection = (await operator('POST', '/connections', { ...owner, platform: 'crm', secrets: { token: 'a token' } })).json
  const connections = { crm: connection.id }
  return operator('POST', '/instances', { ...owner, integration: 'shop-crm', connections, accounts: { shop: [customer] }, ...more })
}

const count = async (query: ReturnType<typeof sql<{ count: number }>>): Promise<number> =>
  (await query.execute(server.database.executor)).rows[0]!.count
const meters = () => count(sql<{ count: number }>`select count(*)::int as count from meter_event`)
const counted = async () => {
  await server.bridge.gateway.flush()
  await countEvents({ database: server.database, callsSettleMs: 0, now: new Date() })
  return count(
    sql<{ count: number }>`select coalesce(sum(events), 0)::int as count from service_level_day where measure in ('run', 'call')`,
  )
}

describe('S8: canaries that the bridge sends itself', () => {
  it('fail while nobody has installed the instance, and cross no customer’s', async () => {
    expect((await run()).json).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('not installed') })
    const { json } = await install('canary')
    expect((await run()).json).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('a customer') })
    expect(partner.seen).toEqual([])
    await operator('PATCH', `/instances/${json.id}`, { state: 'removed' })
  })

  it('cross the whole bridge, signed, and are nobody’s event, bill or customer', async () => {
    expect(
      (
        await operator('POST', '/instances', {
          integration: 'shop-crm',
          organization: 'acme',
          customer: 'x',
          name: 'y',
          synthetic: true,
          paying: true,
        })
      ).json,
    ).toMatchObject({
      code: 'runtime.synthetic_pays_nothing',
    })
    expect((await operator('POST', '/instances', (await synthetic()) as object)).json).toMatchObject({ synthetic: true })
    expect((await run()).json).toMatchObject({ outcome: 'succeeded', detail: expect.stringContaining('crm POST /orders succeeded') })
    expect(partner.seen).toHaveLength(1)
    expect(JSON.parse(partner.seen[0]!.body).order).toMatch(/^canary-[0-9a-f-]{36}$/)
    expect((await operator('GET', '/integrations/shop-crm/canaries')).json.canaries).toMatchObject([
      { scenario: 'order', outcome: 'succeeded' },
    ])
    const { rows } = await sql`select assurance from delivery`.execute(server.database.executor)
    expect(rows).toEqual([{ assurance: 'signature' }])
    expect([await meters(), await counted()]).toEqual([0, 0])
    const known = (await operator('GET', '/readiness/facts')).json.facts['shop-crm']
    expect(known).toMatchObject({ instances: [], runs: { succeeded: 0, failed: 0 }, canaries: [{ scenario: 'order', failing: false }] })
  })

  it('go on with a secret of their own when the secrets of their address are rotated, and leave none in force when their process is killed', async () => {
    const { rows } = await sql<{ source: string; hours: number }>`
      select source, extract(epoch from expires_at - now())::float8 / 3600 as hours from webhook_secret where source like 'shop/%'`.execute(
      server.database.executor,
    )
    expect(rows).toHaveLength(1)
    expect(Math.round(rows[0]!.hours)).toBe(24)
    const source = encodeURIComponent(rows[0]!.source)
    await operator('POST', `/webhook-sources/${source}/secrets`, { secret: 'another', overlapSeconds: 0 })
    expect((await run()).json).toMatchObject({ outcome: 'succeeded' })
  })

  it('leave what customers do counted and metered', async () => {
    expect((await install('umbrella')).status).toBe(201)
    await sendWebhook(server, 'shop', webhookSecret, { account: 'umbrella', order: '1' })
    await untilIdle(database)
    await expect.poll(async () => [await meters(), await counted()]).toEqual([1, 2])
  })

  it('fail with the reason when the other end refuses, and leave word of their last success', async () => {
    partner.answer = () => ({ status: 422, body: '{"error":"no such field"}' })
    expect((await run()).json).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/parked: crm answered 422 .*no such field/),
    })
    const { canaries } = (await operator('GET', '/integrations/shop-crm/canaries')).json
    expect(canaries).toMatchObject([{ outcome: 'failed', lastSucceededAt: expect.any(String) }])
    partner.answer = () => ({ status: 201, body: '{}' })
    await operator('POST', '/parked/discard', { integration: 'shop-crm' })
  })

  it('are sent by the clock, and again only when their time has come', async () => {
    const before = partner.seen.length
    await sql`update canary_schedule set next_at = now()`.execute(server.database.executor)
    await expect.poll(() => partner.seen.length, { timeout: 20_000 }).toBe(before + 1)
    await expect
      .poll(
        async () =>
          (
            await sql`select 1 from canary_schedule where next_at > now() + interval '50 minutes' and leased_until is null`.execute(
              server.database.executor,
            )
          ).rows.length,
        { timeout: 5_000 },
      )
      .toBe(1)
    expect((await operator('GET', '/integrations/shop-crm/canaries')).json.canaries).toMatchObject([
      { outcome: 'succeeded', reportedBy: 'bridgekeeper' },
    ])
  })

  it('are run by one process at a time, and by another when that one dies', async () => {
    const name = { integration: 'shop-crm', scenario: 'elsewhere', leaseMs: 60_000 }
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimDueCanaries(server.database, [name], 4)))
    expect(claims.flat()).toHaveLength(1)
    expect(await claimDueCanaries(server.database, [name], 4)).toEqual([])
    await sql`update canary_schedule set leased_until = now() where scenario = 'elsewhere'`.execute(server.database.executor)
    expect(await claimDueCanaries(server.database, [name], 4)).toHaveLength(1)
  })

  it('are sent by hand by the company that runs the instance alone, and made synthetic by no customer', async () => {
    const hooli = await makeKey(server, ['read', 'write'], { organization: 'hooli' })
    expect((await ask(server, hooli, 'POST', '/integrations/shop-crm/canaries/order/run', {})).status).toBe(403)
    const customer = await makeKey(server, ['read', 'write'], { organization: 'acme', customer: 'umbrella' })
    const wanted = { integration: 'shop-crm', organization: 'acme', customer: 'umbrella', name: 'free', synthetic: true }
    expect((await ask(server, customer, 'POST', '/instances', wanted)).json.code).toBe('identity.company_only')
  })
})

async function synthetic(): Promise<object> {
  const { connections } = (await operator('GET', '/connections?platform=crm&customer=canary')).json
  return {
    integration: 'shop-crm',
    organization: 'acme',
    customer: 'canary',
    name: 'main',
    synthetic: true,
    connections: { crm: connections[0].id },
  }
}
