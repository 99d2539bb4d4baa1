import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  workspace.integrations.get('shop-crm')!.spec.stage = 'experimental'
  workspace.integrations.get('desk-erp')!.spec.stage = 'beta'
  server = await startTenantServer(database, partner, { workspace })
  operatorKey = await makeKey(server, ['admin'])
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const operator = (method: string, path: string, body?: unknown) => ask(server, operatorKey, method, path, body)

async function install(integration: string, organization: string, customer: string, platforms: { from: string; to: string }) {
  const owner = { organization, customer, name: 'main' }
  const connection = (await operator('POST', '/connections', { ...owner, platform: platforms.to, secrets: { token: 'a token' } })).json
  const answer = await operator('POST', '/instances', {
    ...owner,
    integration,
    connections: { [platforms.to]: connection.id },
    accounts: { [platforms.from]: [customer] },
  })
  expect(answer.status, answer.text).toBe(201)
  return answer.json
}

/** A check's answers in the report, by side. */
async function answers(integration: string, check: string): Promise<Record<string, unknown>> {
  const { json } = await operator('GET', `/integrations/${integration}/readiness`)
  const results = json.results as { check: string; side?: string; status: string; evidence?: { kind: string } }[]
  return Object.fromEntries(results.filter((one) => one.check === check).map((one) => [one.side ?? 'all', one.status]))
}

const facts = async (integration: string) => (await operator('GET', '/readiness/facts')).json.facts[integration]

describe('P4: what the bridge itself has seen', () => {
  it('turns a check from insufficient data to passed, and only by a call that worked', async () => {
    const instance = await install('shop-crm', 'acme', 'umbrella', { from: 'shop', to: 'crm' })
    await operator('POST', '/webhook-sources/shop/secrets', { secret: webhookSecret })
    const order = async (id: string) => {
      await sendWebhook(server, 'shop', webhookSecret, { account: 'umbrella', order: id })
      await untilIdle(database)
      await server.bridge.usage.flush()
    }
    expect((await answers('shop-crm', 'operations-run')).hooli).toBe('insufficient-data')

    partner.answer = () => ({ status: 422, body: '{"error":"no"}' })
    await order('refused')
    expect((await answers('shop-crm', 'operations-run')).hooli).toBe('failed')

    partner.answer = () => ({ status: 201, body: '{"id":"1"}' })
    await order('taken')
    expect((await answers('shop-crm', 'operations-run')).hooli).toBe('passed')

    const today = new Date().toISOString().slice(0, 10)
    const known = await facts('shop-crm')
    expect(known.operations).toEqual([{ platform: 'crm', operation: 'POST /orders', succeeded: 1, lastSucceededOn: today }])
    expect(known.sandboxes).toEqual([{ platform: 'crm' }])
    expect(known.instances).toEqual([{ id: instance.id, customer: 'umbrella', paying: false, active: true, lastActiveOn: today }])
    expect(known).toMatchObject({ notices: [], watchedSides: [], drills: [], canaries: [] })
    expect(known.links).toEqual([])
    expect((await facts('desk-erp')).operations).toEqual([])
  })

  it('counts runs and proved deliveries for the integration they belong to', async () => {
    const other = await startTenantServer(database, partner)
    const read = async (integration: string) => (await ask(other, operatorKey, 'GET', '/readiness/facts')).json.facts[integration]
    await sendWebhook(other, 'shop', 'a wrong secret', { account: 'umbrella', order: 'forged' })
    await expect.poll(async () => (await database.pool.query('select 1 from refused_delivery')).rowCount).toBe(1)
    const known = await read('shop-crm')
    expect(known.runs).toEqual({ succeeded: 1, failed: 1 })
    expect(known.deliveries).toEqual([{ platform: 'shop', verified: 2, refused: 1 }])
    expect(await read('desk-erp')).toMatchObject({ runs: { succeeded: 0, failed: 0 }, deliveries: [] })
    await other.stop()
  })
})

describe('P6: paying customers over HTTP', () => {
  const find = async (name: string) => (await operator('GET', `/instances/${encodeURIComponent(name)}`)).json

  it('an experiment is bound to none, neither at first nor later', async () => {
    const wanted = { integration: 'shop-crm', organization: 'acme', customer: 'stark', name: 'main', paying: true }
    expect(await operator('POST', '/instances', wanted)).toMatchObject({
      status: 409,
      json: { code: 'readiness.paying_customer_refused' },
    })
    const { id } = await find('umbrella/main')
    expect(await operator('PATCH', `/instances/${id}`, { paying: true, state: 'paused' })).toMatchObject({
      status: 409,
      json: { code: 'readiness.paying_customer_refused' },
    })
    expect(await find('umbrella/main')).toMatchObject({ paying: false, state: 'active' })
  })

  it('what both sides have adopted may have them, and what they pay counts as exposure', async () => {
    const signature = { signedBy: ['globex/gus', 'initech/ina'], reason: 'ran for a year' }
    expect((await operator('POST', '/integrations/desk-erp/adoption', signature)).text).toContain('beta')
    const { id } = await install('desk-erp', 'globex', 'wayne', { from: 'desk', to: 'erp' })
    expect((await operator('PATCH', `/instances/${id}`, { paying: true })).json).toMatchObject({ paying: true, revenuePerMonth: null })
    const exposure = async () => (await operator('GET', '/integrations/desk-erp/readiness')).json.exposure
    expect(await exposure()).toMatchObject({ payingCustomers: 1, revenue: [], withoutRevenue: 1 })

    const told = { revenuePerMonth: { amountMinor: 4_900, currency: 'EUR' }, termEndsOn: '2027-06-30', affiliated: false }
    expect((await operator('PATCH', `/instances/${id}`, told)).json).toMatchObject({ ...told, paying: true, revision: 1 })
    expect(await exposure()).toMatchObject({ revenue: [{ amountMinor: 58_800, currency: 'EUR' }], withoutRevenue: 0 })
    expect((await facts('desk-erp')).instances[0]).toMatchObject({ termEndsOn: '2027-06-30', affiliated: false })
    expect((await operator('PATCH', `/instances/${id}`, { revenuePerMonth: null })).json).toMatchObject({
      revenuePerMonth: null,
      termEndsOn: '2027-06-30',
    })
    expect((await operator('PATCH', `/instances/${id}`, { revenuePerMonth: { amountMinor: 1, currency: 'XXQ' } })).status).toBe(422)
  })

  it('a customer tells nothing of what it pays', async () => {
    const customer = await makeKey(server, ['read', 'write'], { organization: 'globex', customer: 'wayne' })
    const { id } = await find('wayne/main')
    for (const told of [{ paying: false }, { affiliated: true }, { termEndsOn: null }])
      expect((await ask(server, customer, 'PATCH', `/instances/${id}`, told)).json.code).toBe('identity.company_only')
    expect(await find('wayne/main')).toMatchObject({ paying: true, affiliated: false })
  })
})

describe('P4, P6: the end through the real server', () => {
  const plan = { announcedOn: '2026-01-01', notice: 'told by letter', successor: 'none', migration: 'export and import' }
  const stageOf = async () => (await operator('GET', '/integrations/desk-erp/readiness')).json.stage
  /** Another process loads files that say this, as after a deployment, and ends. */
  async function deploy(stage: string, windDown: object, meanwhile?: (other: TenantServer) => Promise<void>): Promise<{ check: string }[]> {
    const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
    Object.assign(workspace.integrations.get('desk-erp')!.spec, { stage, windDown: { ...plan, ...windDown } })
    const other = await startTenantServer(database, partner, { workspace })
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await meanwhile?.(other)
    const { json } = await ask(other, operatorKey, 'GET', '/integrations/desk-erp/gates/retired')
    await other.stop()
    return json.blockers ?? []
  }
  const open = { lastDay: '2099-01-01', instances: [], obligations: [] }

  it('a stage that a file names is entered when the server starts, and none is passed over because nobody asked', async () => {
    expect(await stageOf()).toBe('beta')
    await deploy('deprecated', open)
    expect(await stageOf()).toBe('deprecated')
    await deploy('sunset', open)
    expect(await stageOf()).toBe('sunset')
  })

  it('retired is refused while a customer pays, until the wind-down was carried out', async () => {
    const refused = await deploy('retired', open)
    expect(refused.map(({ check }) => check)).toContain('no-customer-stranded')
    expect(await stageOf()).toBe('sunset')
    const { id } = (await operator('GET', `/instances/${encodeURIComponent('wayne/main')}`)).json
    await operator('PATCH', `/instances/${id}`, { termEndsOn: '2026-10-31' })
    const done = {
      lastDay: '2026-11-10',
      instances: [{ instance: id, migratedOn: '2026-11-01' }],
      obligations: ['globex', 'initech'].map((party) => ({ party, owes: 'Exports', until: '2026-11-10', doneOn: '2026-11-09' })),
    }
    // All of that is a file's word until a person stands by it.
    expect(await deploy('retired', done)).toMatchObject([{ check: 'no-customer-stranded', status: 'unproven' }])
    const initech = await makeKey(server, ['write'], { organization: 'initech' })
    const attest = async (other: TenantServer) => {
      const attestation = { side: 'initech', by: 'initech/ina', checks: ['no-customer-stranded'] }
      expect(await ask(other, initech, 'POST', '/integrations/desk-erp/attestations', attestation)).toMatchObject({ status: 200 })
    }
    expect(await deploy('retired', done, attest)).toEqual([])
    expect(await stageOf()).toBe('retired')
    const wanted = { integration: 'desk-erp', organization: 'globex', customer: 'late', name: 'main' }
    expect(await operator('POST', '/instances', wanted)).toMatchObject({ status: 409, json: { code: 'readiness.no_new_instances' } })
  })
})
