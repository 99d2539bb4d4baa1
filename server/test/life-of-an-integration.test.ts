import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countEvents } from '../src/service-levels/index.ts'
import { composeDelivery } from '../src/webhooks/index.ts'
import type { Stage } from '../src/workspace/index.ts'
import { type InvoiceBridge, makeInvoiceBridge } from './invoice-bridge.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { type Answer, ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

/**
 * The life of one bridge between Meridian and Quill, from a proposal to its end, as the people of both companies live it: files are edited on
 * disk and deployed to the real server, webhooks are signed and sent, sandboxes answer, people use their own company's key. Only the days pass
 * by the server's own clock option.
 */
const name = 'meridian-quill'
const dayMs = 86_400_000
const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`
let [database, docs, bridge, server]: [TestDatabase, TestPartner, InvoiceBridge, TenantServer] = [] as never
let clock = new Date()
const keys: Record<string, string> = {}

beforeAll(async () => {
  ;[database, docs] = [await createTestDatabase(), await startTestPartner()]
  bridge = await makeInvoiceBridge(clock, docs.url)
  await deploy()
  keys.operator = await makeKey(server, ['admin'])
  for (const organization of ['meridian', 'quill']) keys[organization] = await makeKey(server, ['read', 'write'], { organization })
})
afterAll(async () => {
  await server?.stop()
  await bridge?.close()
  await docs?.close()
  await database?.drop()
})

/** The files as they are on disk, in a server that was stopped and started. */
async function deploy(): Promise<void> {
  await server?.stop()
  const { baseUrls, hosts } = bridge
  const allowedHosts = [...hosts, docs.host]
  server = await startTenantServer(database, docs, { workspace: await bridge.load(), baseUrls, allowedHosts, now: () => clock })
}
const pass = (days: number): void => {
  clock = new Date(clock.getTime() + days * dayMs)
}
const day = (ahead: number): string => new Date(clock.getTime() + ahead * dayMs).toISOString().slice(0, 10)
const today = (): string => day(0)
const call = (who: string, method: string, path: string, body?: object): Promise<Answer> => ask(server, keys[who], method, path, body)
/** Somebody writes a stage into the file, and it is deployed. @returns the stage in force */
async function declare(stage: Stage): Promise<Stage> {
  await bridge.edit((text) => text.replace(/^ {2}stage: .*$/m, `  stage: ${stage} # ${Math.random()}`))
  await deploy()
  return inForce(stage)
}
/** Asking for a gate judges what the file declares first, as the server does by itself every ten minutes. */
const inForce = async (asked: Stage): Promise<Stage> => (await call('quill', 'GET', `/integrations/${name}/gates/${asked}`)).json.from
async function refusals(stage: Stage): Promise<string[]> {
  const { json } = await call('quill', 'GET', `/integrations/${name}/gates/${stage}`)
  expect(json.moves, JSON.stringify(json)).toBeUndefined()
  return [...new Set((json.blockers as { check: string; side?: string }[]).map(({ check }) => check))].sort()
}
const says = async (stage: Stage, check: string): Promise<string> =>
  (await call('quill', 'GET', `/integrations/${name}/gates/${stage}`)).json.blockers.find((one: { check: string }) => one.check === check)
    .says

const connected: Record<string, Record<string, string>> = {}
async function connect(customer: string): Promise<Record<string, string>> {
  const connections: Record<string, string> = {}
  for (const platform of ['meridian-erp', 'quill-invoicing']) {
    const connection = { platform, organization: 'quill', customer, name: 'main', secrets: { token: `token of ${customer}` } }
    const made = await call('quill', 'POST', '/connections', connection)
    expect(made.status, made.text).toBe(201)
    connections[platform] = made.json.id
  }
  return connections
}
const install = async (customer: string, more: object = {}): Promise<Answer> => {
  connected[customer] ??= await connect(customer)
  const connections = connected[customer]
  const accounts = { 'meridian-erp': [customer], 'quill-invoicing': [customer] }
  return call('quill', 'POST', '/instances', {
    integration: name,
    organization: 'quill',
    customer,
    name: 'main',
    connections,
    accounts,
    ...more,
  })
}
const change = async (customer: string, told: object): Promise<Answer> =>
  call('quill', 'PATCH', `/instances/${encodeURIComponent(`${customer}/main`)}`, told)

let sent = 0
/** Signed as the platform signs; each is a run of its own. */
async function send(platform: 'meridian-erp' | 'quill-invoicing', customer: string, times: number): Promise<void> {
  const entity = (await bridge.load()).platforms.get(platform)!
  const url = `${server.url}/webhooks/${platform}`
  const event = platform === 'meridian-erp' ? 'invoice.posted' : 'document.paid'
  for (let left = times; left > 0; left -= 50)
    await Promise.all(
      Array.from({ length: Math.min(left, 50) }, async () => {
        sent += 1
        const payload = { company: customer, workspace: customer, number: `${sent}` }
        const { headers, body } = composeDelivery(entity, { event, payload }, `msg_${sent}`, { url, secret })
        expect((await fetch(url, { method: 'POST', headers, body: Buffer.from(body) })).status).toBeLessThan(300)
      }),
    )
  await untilIdle(database, 120_000)
  await server.bridge.usage.flush()
}
const drill = (kind: string, side: string, by: string, answeredBy: string): Promise<Answer> =>
  call(by.split('/')[0]!, 'POST', `/integrations/${name}/drills`, { kind, side, by, answer: { by: answeredBy, afterMs: 600_000 } })
const attest = (side: string, by: string, checks?: string[]): Promise<Answer> =>
  call(side, 'POST', `/integrations/${name}/attestations`, { side, by, ...(checks && { checks }) })

/** What happened is counted, as the server does every ten seconds. */
const count = () => countEvents({ database, callsSettleMs: 0, now: clock })
const ids: Record<string, string> = {}

describe('P4, P5, P6: the life of an integration', () => {
  it('begins as a proposal that nobody can install, and that nobody has signed', async () => {
    expect(await inForce('experimental')).toBe('proposed')
    expect(await install('north')).toMatchObject({ status: 409, json: { code: 'readiness.not_built' } })
    expect(await declare('experimental')).toBe('proposed')
    expect(await refusals('experimental')).toEqual(['proposal-alive'])
  })

  it('somebody signs the proposal, and it becomes an experiment: free, and for a few', async () => {
    const proposal = `  proposal: { by: meridian/mara, on: ${today()}, expiresOn: ${day(60)} }\n`
    await bridge.edit((text) => text.replace('  problem:', `${proposal}  problem:`))
    await deploy()
    expect(await inForce('pilot')).toBe('experimental')
    expect(await install('north', { paying: true })).toMatchObject({ status: 409, json: { code: 'readiness.paying_customer_refused' } })
    const north = await install('north')
    expect(north, north.text).toMatchObject({ status: 201, json: { paying: false } })
  })

  it('no pilot without a number that says whether customers are better off', async () => {
    let metric = ''
    await bridge.edit((text) =>
      text.replace(/^ {2}valueMetric:\n(?: {4}.*\n)+/m, (block) => {
        metric = block
        return ''
      }),
    )
    expect(await declare('pilot')).toBe('experimental')
    expect(await refusals('pilot')).toEqual(['value-metric'])
    await bridge.edit((text) => text.replace('  funding:\n', `${metric}  funding:\n`))
    expect(await declare('pilot')).toBe('pilot')
    expect(await change('north', { paying: true })).toMatchObject({ status: 409, json: { code: 'readiness.paying_customer_refused' } })
  })

  it('no beta before webhooks were verified, operations ran, errors are known, and support has answered', async () => {
    expect(await declare('beta')).toBe('pilot')
    expect(await refusals('beta')).toEqual(['error-baseline', 'operations-run', 'support-contact-tested', 'webhooks-verified'])
    for (const platform of ['meridian-erp', 'quill-invoicing'])
      await call('operator', 'POST', `/webhook-sources/${platform}/secrets`, { secret })
    await send('meridian-erp', 'north', 100)
    await send('quill-invoicing', 'north', 5)
    // What counts a month is read once a minute; the next start reads it at once.
    await deploy()
    expect(await refusals('beta')).toEqual(['support-contact-tested'])
    expect(await drill('contact', 'quill', 'quill/quentin', 'quill/quentin')).toMatchObject({ status: 422 })
    expect(await drill('contact', 'quill', 'meridian/mara', 'quill/quentin')).toMatchObject({ status: 201 })
    expect(await refusals('beta')).toEqual(['support-contact-tested'])
    expect(await drill('contact', 'meridian', 'quill/quentin', 'meridian/mara')).toMatchObject({ status: 201 })
    expect(await inForce('ga')).toBe('beta')
  })

  it('in beta customers pay, and their last paid day is known', async () => {
    const paying = { paying: true, affiliated: false, termEndsOn: day(150), revenuePerMonth: { amountMinor: 4_900, currency: 'EUR' } }
    expect(await change('north', paying)).toMatchObject({ status: 200, json: { paying: true } })
    for (const customer of ['south', 'east']) expect(await install(customer, paying)).toMatchObject({ status: 201, json: { paying: true } })
    for (const { customer, id } of (await call('quill', 'GET', '/instances')).json.instances) ids[customer] = id
  })

  it('no ga before three customers, canaries, on-call and 28 days have shown it', async () => {
    expect(await declare('ga')).toBe('beta')
    const open = ['active-customers', 'canaries', 'no-silent-change', 'on-call-drilled', 'service-level-met']
    expect(await refusals('ga')).toEqual(open)
    await send('meridian-erp', 'north', 300)
    await send('meridian-erp', 'south', 200)
    await send('meridian-erp', 'east', 100)
    await drill('on-call', 'quill', 'meridian/mara', 'quill/qiao')
    await drill('on-call', 'meridian', 'quill/quentin', 'meridian/milo')
    expect(await refusals('ga')).toEqual(['canaries', 'no-silent-change', 'service-level-met'])
  })

  it('contracts were watched for too short: both sides excuse that until a day, each with its own signature', async () => {
    const waiver = `    - { check: no-silent-change, reason: Watched for four weeks only, signedBy: [meridian/mara, quill/quentin], grantedOn: ${today()}, expiresOn: ${day(90)} }\n`
    await bridge.edit((text) => text.replace('  waivers:\n', `  waivers:\n${waiver}`))
    await deploy()
    expect(await refusals('ga')).toContain('no-silent-change')
    const sign = (who: string, by: string) =>
      call(who, 'POST', `/integrations/${name}/waiver-signatures`, { check: 'no-silent-change', by })
    expect(await sign('quill', 'meridian/mara')).toMatchObject({ status: 403 })
    expect((await sign('quill', 'quill/quentin')).json.state).toBe('declared')
    expect((await sign('meridian', 'meridian/mara')).json.state).toBe('signed')
    expect(await refusals('ga')).toEqual(['canaries', 'service-level-met'])
  })

  it('… and ga is entered on the 28th day, by itself, and not on the 27th', async () => {
    pass(26)
    await count()
    await deploy()
    for (const scenario of ['invoice-out', 'payment-back'])
      await call('quill', 'POST', `/integrations/${name}/canaries`, { scenario, outcome: 'succeeded', at: clock.toISOString() })
    expect(await refusals('ga')).toEqual(['service-level-met'])
    expect(await says('ga', 'service-level-met')).toContain('27 of 28 days')
    pass(1)
    await count()
    await deploy()
    // Nobody asks for a gate: whoever reads the report finds that it has moved.
    const stage = async () => (await call('quill', 'GET', `/integrations/${name}/readiness`)).json.stage
    await expect.poll(stage, { timeout: 20_000 }).toBe('ga')
  })

  it('it can’t go back to a pilot, be waived to its end, or be retired by a word in its file', async () => {
    expect(await declare('pilot')).toBe('ga')
    expect(await declare('retired')).toBe('ga')
    expect((await call('quill', 'GET', `/integrations/${name}/gates/retired`)).json).toMatchObject({ moves: ['beta', 'deprecated'] })
    expect(await declare('deprecated')).toBe('ga')
    expect(await refusals('deprecated')).toEqual(['end-announced'])
  })

  it('winding down: announced half a year ahead, and nobody new comes in', async () => {
    const plan = `  windDown:
    announcedOn: ${today()}
    lastDay: ${day(170)}
    notice: https://quill.example/notice
    successor: none
    migration: Export, then import elsewhere
    instances: []
    obligations:
      - { party: meridian, owes: Keeps the API, until: ${day(190)} }
      - { party: quill, owes: Exports all invoices, until: ${day(190)} }
`
    await bridge.edit((text) => text.replace('  waivers:\n', `${plan}  waivers:\n`))
    expect(await declare('deprecated')).toBe('deprecated')
    expect(await install('late')).toMatchObject({ status: 409, json: { code: 'readiness.no_new_instances' } })
    expect(await declare('sunset')).toBe('deprecated')
    expect(await refusals('sunset')).toEqual(['exit-notice-kept'])
    expect(await says('sunset', 'exit-notice-kept')).toContain('the last day can’t lie before')
    await bridge.edit((text) => text.replace(/lastDay: .*/, `lastDay: ${day(190)}`))
    expect(await declare('sunset')).toBe('sunset')
  })

  it('at risk: nobody attests any more, and the standing of both sides falls step by step', async () => {
    const standings = async () =>
      (await call('quill', 'GET', `/integrations/${name}/readiness`)).json.sides.map(
        ({ standing }: { standing: { state: string } }) => standing.state,
      )
    const seen: string[][] = []
    for (let month = 0; month < 8; month += 1) {
      seen.push(await standings())
      pass(30)
      await deploy()
    }
    for (const side of [0, 1]) {
      const steps = seen.map((states) => states[side]!).filter((state, at, all) => state !== all[at - 1])
      expect(steps.slice(0, 4)).toEqual(['attested', 'grace', 'at-risk', 'degraded'])
    }
  })

  it('the last day has passed, and retired is refused for each customer who has not moved and all that is owed', async () => {
    expect(await declare('retired')).toBe('sunset')
    expect(await refusals('retired')).toEqual(['no-customer-stranded'])
    const why = await says('retired', 'no-customer-stranded')
    for (const customer of ['north', 'south', 'east']) expect(why).toContain(`${customer} (${ids[customer]}) has not moved`)
    expect(why).toContain('meridian still owes: Keeps the API; quill still owes: Exports all invoices')
  })

  it('… and opened by the plan alone, carried out and stood by', async () => {
    const moved = Object.values(ids).map((id) => `      - { instance: ${id}, migratedOn: ${day(-60)} }\n`)
    await bridge.edit((text) =>
      text
        .replace('    instances: []\n', `    instances:\n${moved.join('')}`)
        .replace(/(owes: (?:Keeps the API|Exports all invoices), until: \S+) \}/g, `$1, doneOn: ${day(-40)} }`),
    )
    await deploy()
    expect(await says('retired', 'no-customer-stranded')).toBe('wound down: 3 paying customer(s) have moved')
    expect(await inForce('retired')).toBe('sunset')
    expect((await attest('quill', 'quill/quentin', ['no-customer-stranded'])).json).toEqual({ attested: ['no-customer-stranded'] })
    expect(await inForce('retired')).toBe('retired')
    // Nothing goes on: what still comes in is held.
    const states = (await call('quill', 'GET', '/instances')).json.instances.map(({ state }: { state: string }) => state)
    expect(new Set(states)).toEqual(new Set(['paused']))
    const runs = async () => (await call('quill', 'GET', '/runs?limit=500')).json.runs[0].id
    const newest = await runs()
    await send('meridian-erp', 'north', 1)
    expect(await runs()).toBe(newest)
    expect(await change('north', { state: 'active' })).toMatchObject({ status: 409, json: { code: 'readiness.retired' } })
  })
})
