import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensurePartitions } from '../src/database/index.ts'
import { countEvents } from '../src/service-levels/index.ts'
import { loadWorkspace } from '../src/workspace/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, installUmbrella, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

const webhookSecret = 'a webhook secret of the shop'
const dayMs = 86_400_000
const day = (ago: number) => new Date(Date.now() - ago * dayMs).toISOString().slice(0, 10)
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
const keys: Record<string, string> = {}
const sent: string[] = []

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  workspace.integrations.get('shop-crm')!.spec.serviceLevels = [
    { name: 'right', indicator: 'correctness', side: 'hooli', objective: { ppm: 990_000 }, window: 'P28D' },
    { name: 'fresh', indicator: 'freshness', side: 'acme', objective: { ppm: 990_000 }, threshold: 'PT5M', window: 'P28D' },
  ] as never
  server = await startTenantServer(database, partner, { workspace })
  keys.operator = await makeKey(server, ['admin'])
  for (const organization of ['acme', 'hooli', 'globex']) keys[organization] = await makeKey(server, ['read', 'write'], { organization })
  await installUmbrella(server, keys.operator, webhookSecret)
  for (const [order, status] of [
    ['1', 201],
    ['2', 201],
    ['3', 302],
  ] as const) {
    partner.answer = () => ({ status, body: '{}' })
    sent.push(
      (await sendWebhook(server, 'shop', webhookSecret, { account: 'umbrella', order }, { 'x-delivery': `event-${order}` })).delivery,
    )
    await untilIdle(database)
  }
  await sendWebhook(server, 'shop', webhookSecret, { account: 'nobody', order: '4' }, { 'x-delivery': 'event-4' })
  await untilIdle(database)
  await server.bridge.gateway.flush()
  await countEvents({ database: server.database, callsSettleMs: 0, now: new Date() })
  await aDayPasses()
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

/** What was recorded moves a day into the past, with the time in its ids: time is played, the records are real. */
async function aDayPasses(): Promise<void> {
  const earlier = (column: string) =>
    `(lpad(to_hex((('x' || left(replace(${column}::text, '-', ''), 12))::bit(48)::bigint - ${dayMs})), 12, '0') || right(replace(${column}::text, '-', ''), 20))::uuid`
  for (const table of ['call_record', 'delivery', 'delivery_route', 'finished_run'])
    await ensurePartitions(server.database, table, 'day', new Date(Date.now() - 2 * dayMs), 3)
  for (const statement of [
    `update call_record set id = ${earlier('id')}, started_at = started_at - interval '1 day'`,
    `update delivery set id = ${earlier('id')}, received_at = received_at - interval '1 day'`,
    `update delivery_route set delivery_id = ${earlier('delivery_id')}`,
  ])
    await sql.raw(statement).execute(server.database.executor)
}

const as = (who: string, method: string, path: string, body?: unknown) => ask(server, keys[who], method, path, body)
const path = '/integrations/shop-crm/reconciliations'
const handIn = (who: string, platform: string, kind: string, records: object[], more: object = {}) =>
  as(who, 'POST', path, { platform, kind, from: day(1), until: day(1), records: records.map((one) => ({ day: day(1), ...one })), ...more })
const level = async (name: string) => {
  const { json } = await as('hooli', 'GET', '/integrations/shop-crm/service-levels')
  return json.objectives.find((one: { objective: { name: string } }) => one.objective.name === name).windows[0]
}

describe('S2: both sides’ records held against each other', () => {
  it('agree when they are the same, and say which differ when they are not', async () => {
    const same = await handIn('hooli', 'crm', 'calls', [
      { operation: 'POST /orders', status: 201, count: 2 },
      { operation: 'POST /orders', status: 302 },
    ])
    expect(same.status, same.text).toBe(201)
    expect(same.json).toMatchObject({ theirs: 3, ours: 3, agreed: 3, differing: 0, differences: [] })
    const other = await handIn('hooli', 'crm', 'calls', [{ operation: 'POST /orders', status: 201, count: 4 }])
    expect(other.json).toMatchObject({ theirs: 4, ours: 3, agreed: 2, differing: 2 })
    expect(other.json.differences).toMatchObject([
      { operation: 'POST /orders', status: 201, theirs: 4, ours: 2 },
      { operation: 'POST /orders', status: 302, theirs: 0, ours: 1 },
    ])
  })

  it('are events of correctness, which a corrected hand-in takes back', async () => {
    expect(await level('right')).toMatchObject({
      bad: 3,
      causes: [
        { cause: 'undetermined', events: 2 },
        { cause: 'bridge', events: 1 },
      ],
    })
    await handIn('hooli', 'crm', 'calls', [
      { operation: 'POST /orders', status: 201, count: 2 },
      { operation: 'POST /orders', status: 302 },
    ])
    expect(await level('right')).toMatchObject({ bad: 1, causes: [{ cause: 'bridge' }] })
  })

  it('by key, one by one: webhooks that never arrived, that nobody sent, and that came no further', async () => {
    const { json, text } = await handIn('acme', 'shop', 'webhooks', [
      { operation: 'order.created', key: 'event-1' },
      { operation: 'order.created', key: 'event-2' },
      { operation: 'order.created', key: 'event-4' },
      { operation: 'order.created', key: 'event-5' },
    ])
    expect(json.differences, text).toMatchObject([
      { key: 'event-3', says: 'the records handed in know nothing of it' },
      { key: 'event-4', says: expect.stringContaining('it arrived, and came no further: ') },
      { key: 'event-5', says: 'the bridge knows nothing of it' },
    ])
    expect(json).toMatchObject({ agreed: 2, differing: 3 })
  })

  it('tell the other side how many, and never which', async () => {
    const { json } = await as('acme', 'GET', path)
    const [mine] = json.reconciliations.filter((one: { organization: string }) => one.organization === 'acme')
    const theirs = json.reconciliations.find((one: { organization: string }) => one.organization === 'hooli')
    expect(theirs).toMatchObject({ platform: 'crm', agreed: 3, handedInBy: 'hooli' })
    const shown = await as('acme', 'GET', `${path}/${theirs.id}`)
    expect([shown.json.differences, shown.text.includes('POST /orders')]).toEqual([undefined, false])
    expect((await as('hooli', 'GET', `${path}/${mine.id}`)).text).not.toContain('event-')
    expect((await as('acme', 'GET', `${path}/${mine.id}`)).json.differences).toHaveLength(3)
    expect((await as('globex', 'GET', path)).status).toBe(404)
    expect((await as('globex', 'GET', `${path}/${mine.id}`)).status).toBe(404)
  })

  it('are handed in by the owner of the platform, of whole days of which records are kept', async () => {
    expect(await handIn('acme', 'crm', 'calls', [])).toMatchObject({ status: 403, json: { code: 'service-levels.recorded_by_another' } })
    expect((await handIn('globex', 'crm', 'calls', [])).status).toBe(404)
    expect((await handIn('hooli', 'erp', 'calls', [])).status).toBe(404)
    const codes = [
      await handIn('hooli', 'crm', 'calls', [], { until: day(0) }),
      await handIn('hooli', 'crm', 'calls', [], { from: day(20) }),
      await handIn('hooli', 'crm', 'calls', [{ day: day(5), operation: 'x' }]),
    ].map(({ json }) => json.code)
    expect(codes).toEqual(['service-levels.records_of_today', 'service-levels.records_too_old', 'service-levels.records_of_other_days'])
  })
})

describe('S2: freshness of a side', () => {
  it('is the lag of what comes from it, and how old the newest is', async () => {
    expect(await level('fresh')).toMatchObject({ events: 2, bad: 0 })
    const { json } = await as('acme', 'GET', '/integrations/shop-crm/service-levels')
    expect(json.newest).toMatchObject([
      { side: 'acme', event: { ageMs: expect.any(Number) }, call: null },
      { side: 'hooli', event: null, call: { ageMs: expect.any(Number) } },
    ])
  })
})
