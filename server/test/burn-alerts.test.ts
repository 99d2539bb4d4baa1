import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestReceiver, type TestReceiver } from '../src/notifications/test-receiver.ts'
import { countEvents, watchBudgets } from '../src/service-levels/index.ts'
import { loadWorkspace, type Workspace } from '../src/workspace/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, installUmbrella, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

const webhookSecret = 'a webhook secret of the shop'
const minutes = 60_000
let database: TestDatabase
let partner: TestPartner
let receiver: TestReceiver
let server: TenantServer
let workspace: Workspace
let operatorKey: string
let hookSecret = ''

beforeAll(async () => {
  ;[database, partner, receiver] = [await createTestDatabase(), await startTestPartner(), await startTestReceiver()]
  const loaded = (await loadWorkspace(join(import.meta.dirname, 'two-tenants'))).workspace
  // Two more people than the files name.
  const added = new Map([
    ['hooli/oona', { name: 'oona', fullName: 'Oona On-Call' }],
    ['hooli/boss', { name: 'boss', fullName: 'Bea Boss' }],
  ])
  workspace = { ...loaded, person: (name) => added.get(name) ?? loaded.person(name) }
  const { spec } = workspace.integrations.get('shop-crm')!
  const level = { indicator: 'availability', objective: { ppm: 990_000 }, window: 'P28D' } as const
  spec.serviceLevels = [{ ...level, name: 'of-hooli', side: 'hooli' }] as never
  const hooli = workspace.organizations.get('hooli')!.spec
  hooli.people.push(...added.values())
  Object.assign(spec.sides[1]!, {
    duties: [{ duty: 'on-call', person: 'hooli/oona' }],
    escalation: [{ after: 'PT10M', people: ['hooli/boss'] }],
  })
  server = await startTenantServer(database, partner, { workspace, allowedHosts: [partner.host, receiver.host] })
  operatorKey = await makeKey(server, ['admin'])
  await installUmbrella(server, operatorKey, webhookSecret)
  const hook = { organization: 'hooli', name: 'chat', url: receiver.url, kinds: ['alert.started', 'alert.overdue', 'alert.ended'] }
  const answer = await operator('POST', '/notification-subscriptions', hook)
  expect(answer.status, answer.text).toBe(201)
  hookSecret = answer.json.secret
})
afterAll(async () => {
  await server?.stop()
  await Promise.all([partner?.close(), receiver?.close()])
  await database?.drop()
})

const operator = (method: string, path: string, body?: unknown) => ask(server, operatorKey, method, path, body)

async function order(id: string): Promise<void> {
  partner.answer = () => ({ status: 201, body: '{}' })
  await sendWebhook(server, 'shop', webhookSecret, { account: 'umbrella', order: id })
  await untilIdle(database)
}
/** An order that the partner fails once; on the second call it sends the bridge elsewhere, which is the bridge’s to handle. */
async function failingOrder(id: string): Promise<void> {
  let calls = 0
  partner.answer = () => {
    calls += 1
    return { status: calls === 1 ? 500 : 302, body: '{}' }
  }
  await sendWebhook(server, 'shop', webhookSecret, { account: 'umbrella', order: id })
  await untilIdle(database)
}
/** As the server does every ten seconds and every minute; the clock alone is moved. */
async function look(afterMs = 0): Promise<void> {
  await server.bridge.gateway.flush()
  await countEvents({ database: server.database, callsSettleMs: 0, now: new Date() })
  await watchBudgets(server.database, workspace, new Date(Date.now() + afterMs))
}
async function told(organization: string): Promise<{ kind: string; title: string; data: Record<string, unknown> }[]> {
  const { json } = await operator('GET', '/notifications')
  return json.notifications
    .filter((one: { organization: string; kind: string }) => one.organization === organization && one.kind !== 'alert.self-test')
    .reverse()
}
const kinds = async (organization: string) => (await told(organization)).map(({ kind }) => kind)
const alerts = async () => (await operator('GET', '/integrations/shop-crm/alerts')).json.alerts

describe('S2: whose budget burns is called', () => {
  it('tells nothing while nothing is wrong, and says no green either', async () => {
    await order('fine')
    await look()
    expect(await alerts()).toEqual([])
    const { json } = await operator('GET', '/integrations/shop-crm/service-levels')
    expect(json.objectives[0].burn.map((one: { state: string }) => one.state)).toEqual(Array(4).fill('insufficient-data'))
  })

  it('calls who is on call at the side at fault, and tells the other, with the calls that show it', { timeout: 60_000 }, async () => {
    // Ten minutes pass: within one slot of five the order of good and bad is not known.
    await sql`update service_level_slot set slot = slot - interval '10 minutes'`.execute(server.database.executor)
    await failingOrder('bad')
    await failingOrder('bad, too')
    await look()
    expect(await alerts()).toEqual([])
    await failingOrder('worse')
    await look()
    const [alert] = await alerts()
    expect(alert).toMatchObject({ integration: 'shop-crm', subject: 'objective/of-hooli', severity: 'page', state: 'firing' })
    expect(alert.parties).toMatchObject([
      { organization: 'acme', called: false, escalateAt: null },
      { organization: 'hooli', called: true, level: 0 },
    ])
    const [started] = await told('hooli')
    expect(started).toMatchObject({
      kind: 'alert.started',
      title: 'shop-crm: of-hooli of hooli (99 %): 3 failures in a row and nothing good between; most of it by hooli.',
      data: {
        people: ['hooli/oona'],
        bad: 3,
        causes: [{ cause: 'hooli', events: 3, evidence: [{ platform: 'crm', reason: 'answered with a server error' }] }],
        budgetLeftPpm: expect.any(Number),
      },
    })
    expect(await told('acme')).toMatchObject([{ kind: 'alert.started', data: { people: [], called: false } }])
    const [call] = started!.data.calls as string[]
    const { rows } = await sql`select status from call_record where id = ${call}`.execute(server.database.executor)
    expect(rows).toEqual([{ status: 500 }])
  })

  it('tells it once, however often and from however many processes it is looked at', async () => {
    await Promise.all(Array.from({ length: 8 }, () => look()))
    expect([await kinds('hooli'), await kinds('acme')]).toEqual([['alert.started'], ['alert.started']])
  })

  it('arrives as a signed webhook', async () => {
    await expect.poll(() => receiver.received.length, { timeout: 15_000 }).toBe(1)
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[number]]
    const key = Buffer.from(hookSecret.replace(/^whsec_/, ''), 'base64')
    const signed = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${signed}`)
    expect(JSON.parse(body)).toMatchObject({ type: 'alert.started', data: { integration: 'shop-crm', people: ['hooli/oona'] } })
  }, 20_000)

  it('calls level by level those who are left, until a human acknowledges', async () => {
    await look(9 * minutes)
    // The product owner has had five minutes as deputy of nobody: the file names an escalation of ten.
    expect(await kinds('hooli')).toEqual(['alert.started'])
    await look(11 * minutes)
    expect((await told('hooli')).at(-1)).toMatchObject({ kind: 'alert.overdue', data: { people: ['hooli/boss'], level: 1 } })
    const [{ id }] = await alerts()
    const path = `/integrations/shop-crm/alerts/${id}/acknowledgement`
    const acmes = await makeKey(server, ['write'], { organization: 'acme' })
    expect((await ask(server, acmes, 'POST', path, { by: 'hooli/hal' })).status).toBe(403)
    const hoolis = await makeKey(server, ['write'], { organization: 'hooli' })
    expect((await ask(server, hoolis, 'POST', path, { by: 'hooli/a-robot' })).status).toBe(403)
    const answered = await ask(server, hoolis, 'POST', path, { by: 'hooli/oona', note: 'database is full' })
    expect(answered.json.outcome, answered.text).toBe('acknowledged')
    expect((await ask(server, hoolis, 'POST', path, { by: 'hooli/hal' })).json.outcome).toBe('acknowledged before')
    expect((await told('acme')).at(-1)).toMatchObject({ kind: 'alert.acknowledged', data: { by: 'hooli/oona', note: 'database is full' } })
    await look(55 * minutes)
    expect((await kinds('hooli')).filter((kind) => kind === 'alert.overdue')).toHaveLength(1)
  })

  it('silence is no recovery; something good is, and is told once', async () => {
    await look(50 * minutes)
    expect((await alerts())[0]).toMatchObject({ state: 'firing', endedAt: null })
    await order('good again')
    await look()
    await look()
    expect((await alerts())[0]).toMatchObject({ state: 'ended', endedBecause: 'recovered' })
    expect([await kinds('hooli'), await kinds('acme')]).toEqual([
      ['alert.started', 'alert.overdue', 'alert.ended'],
      ['alert.started', 'alert.acknowledged', 'alert.ended'],
    ])
  })

  it('plays a breach once a week, tells it as a test, and leaves nothing behind', async () => {
    const { json } = await operator('GET', '/notifications?kind=alert.self-test')
    const tests = json.notifications.filter((one: { data: { integration: string } }) => one.data.integration === 'shop-crm')
    expect(tests).toHaveLength(2)
    expect(tests[0]).toMatchObject({ data: { outcome: 'raised' } })
    expect((await operator('GET', '/integrations/shop-crm/alerts')).json.selfTest).toMatchObject({ outcome: 'raised' })
    const { rows } = await sql`select * from service_level_slot where flow = 'self-test'`.execute(server.database.executor)
    expect(rows).toEqual([])
  })

  it('tells nobody anything while nobody counts', async () => {
    await sql`update service_level_cursor set counted_at = now() - interval '2 hours'`.execute(server.database.executor)
    expect(await watchBudgets(server.database, workspace, new Date())).toBeUndefined()
  })
})
