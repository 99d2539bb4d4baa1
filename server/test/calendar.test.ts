import { join } from 'node:path'
import ICAL from 'ical.js'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadWorkspace } from '../src/workspace/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer
const keys = { operator: '', acme: '', hooli: '', globex: '' }

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  const signed = ['acme', 'hooli'].map((organization) => ({ organization, signedBy: [], signedOn: '2026-01-01' }))
  const term = { start: '2026-01-01', end: '2098-12-31', renewal: 'automatic', renewsFor: 'P1Y', noticeToEnd: 'P90D' }
  const freezes = [{ from: '2097-11-20', until: '2097-12-02', reason: 'the busiest days; of all, and “naïve” ones' }]
  const spec = {
    status: 'signed',
    integration: 'shop-crm',
    parties: signed,
    term,
    changes: { freezes, notice: {} },
    terms: [],
    commitments: [],
  }
  ;(workspace.agreements as Map<string, unknown>).set('shop-crm-2026', {
    kind: 'Agreement',
    metadata: { name: 'shop-crm-2026' },
    spec,
  } as never)
  workspace.integrations.get('shop-crm')!.spec.knownGaps = [
    { id: 'no-canary', title: 'No canary', owner: 'acme/ada', risk: 'Nobody sees silence.', mitigation: 'People.', reviewOn: '2097-05-05' },
  ] as never
  server = await startTenantServer(database, partner, { workspace })
  keys.operator = await makeKey(server, ['admin'])
  for (const organization of ['acme', 'hooli', 'globex'] as const)
    keys[organization] = await makeKey(server, ['read', 'write'], { organization })
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const contract = (description: string) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'shop', version: '1' },
    paths: { '/orders': { get: { summary: 'Orders; by day, with totals', description, responses: { 200: { description: 'ok' } } } } },
  })
const publish = async (platform: string, description: string) => {
  const answer = await ask(server, keys.operator, 'POST', `/platforms/${platform}/contract-versions`, {
    document: contract(description),
    state: 'published',
  })
  expect(answer.status, answer.text).toBe(201)
}
const create = async (key: string, body: object) => (await ask(server, key, 'POST', '/contract-calendars', body)).json
const feed = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url.replace(/^https?:\/\/[^/]+/, server.url), { headers })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    etag: response.headers.get('etag'),
    text: await response.text(),
  }
}
const componentsOf = (text: string) => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent')
/** As an independent reader sees it; what is agreed in files stands in the calendars of both sides, and has a test of its own. */
const eventsOf = (text: string, isAgreed = false) =>
  componentsOf(text).flatMap((component) => {
    if (/FREEZE|RENEWAL|REVIEW/.test(String(component.getFirstPropertyValue('categories'))) !== isAgreed) return []
    const event = new ICAL.Event(component)
    return [
      {
        uid: event.uid,
        on: event.startDate.toString(),
        summary: event.summary,
        description: event.description,
        sequence: event.sequence,
        status: component.getFirstPropertyValue('status'),
        alarms: component.getAllSubcomponents('valarm').map((alarm) => String(alarm.getFirstPropertyValue('trigger'))),
        until: event.endDate.toString(),
        utc: event.startDate.zone === ICAL.Timezone.utcTimezone,
      },
    ]
  })

it('each side of an integration subscribes to the changes it may see, and nobody to those of others', async () => {
  await publish('shop', 'Lists orders.')
  await publish('shop', 'Lists orders. This endpoint will be removed on 28 April 2099; use “/v2/orders”, please — naïve clients break.')
  const [acme, hooli, globex] = [
    await create(keys.acme, { name: 'team' }),
    await create(keys.operator, { name: 'hooli team', organization: 'hooli' }),
    await create(keys.globex, { name: 'globex team' }),
  ]
  expect(acme.url).toMatch(/^http:\/\/.*\/calendars\/[A-Za-z0-9_-]{43}\.ics$/)
  const shown = await feed(acme.url)
  expect(shown).toMatchObject({ status: 200, type: 'text/calendar; charset=utf-8' })
  const [event, ...others] = eventsOf(shown.text)
  expect(others).toEqual([])
  expect(event).toMatchObject({
    on: '2099-04-28',
    summary: 'shop: GET /orders',
    sequence: 0,
    status: 'CONFIRMED',
    alarms: ['-P90D', '-P30D', '-P14D', '-P7D', '-P1D'],
  })
  expect(event!.description).toContain('use “/v2/orders”, please — naïve clients break.')
  expect(eventsOf((await feed(hooli.url)).text)).toEqual([event])
  expect((await feed(globex.url)).text).not.toMatch(/shop|orders|VEVENT/)
  expect((await feed(acme.url, { 'if-none-match': shown.etag! })).status).toBe(304)
})

it('a date that slips moves the event: same UID, a higher SEQUENCE, the earlier date in its words', async () => {
  const { url } = await create(keys.acme, { name: 'slips' })
  const [before] = eventsOf((await feed(url)).text)
  await publish('shop', 'Lists orders. This endpoint will be removed on 1 June 2099.')
  const after = eventsOf((await feed(url)).text)
  expect(after).toHaveLength(1)
  expect(after[0]).toMatchObject({ uid: before!.uid, on: '2099-06-01', sequence: 1, status: 'CONFIRMED' })
  expect(after[0]!.description).toContain('Earlier dates: 2099-04-28')
})

it('an announcement that is taken back cancels the event; one that comes back confirms it again', async () => {
  const { url } = await create(keys.acme, { name: 'withdrawn' })
  const [before] = eventsOf((await feed(url)).text)
  await publish('shop', 'Lists orders.')
  expect(eventsOf((await feed(url)).text)).toMatchObject([{ uid: before!.uid, status: 'CANCELLED', sequence: 2, alarms: [] }])
  await publish('shop', 'Lists orders. This endpoint will be removed on 1 July 2099.')
  expect(eventsOf((await feed(url)).text)).toMatchObject([{ uid: before!.uid, on: '2099-07-01', status: 'CONFIRMED', sequence: 3 }])
})

it('a date that is taken back cancels the event, and what the first version known announces is on the calendar, too', async () => {
  const { url } = await create(keys.acme, { name: 'undated' })
  await publish('shop', 'Lists orders. This endpoint is deprecated.')
  expect(eventsOf((await feed(url)).text)).toMatchObject([{ on: '2099-07-01', status: 'CANCELLED', sequence: 4 }])
  await publish('crm', 'Lists orders. This endpoint will be removed on 2 August 2099.')
  expect(eventsOf((await feed(url)).text).map(({ on }) => on)).toContain('2099-08-02')
})

it('an address that is revoked, altered or made up is answered like one that never was', async () => {
  const { url, calendar } = await create(keys.acme, { name: 'soon gone' })
  const flipped = url.replace(/.(?=\.ics$)/, (last: string) => (last === 'A' ? 'B' : 'A'))
  expect((await ask(server, keys.globex, 'DELETE', `/contract-calendars/${calendar.id}`)).status).toBe(404)
  expect((await feed(url)).status).toBe(200)
  expect((await ask(server, keys.acme, 'DELETE', `/contract-calendars/${calendar.id}`)).status).toBe(200)
  const [revoked, wrong] = [await feed(url), await feed(flipped)]
  expect([revoked.status, wrong.status, (await feed(`${server.url}/calendars/x.ics`)).status]).toEqual([404, 404, 404])
  expect(JSON.parse(revoked.text).detail).toBe(JSON.parse(wrong.text).detail)
})

it('an address is kept as a digest only, and each organization sees its own', async () => {
  const { url } = await create(keys.hooli, { name: 'kept' })
  const token = /calendars\/(.*)\.ics/.exec(url)![1]!
  const { rows } = await sql<{ found: string }>`select t::text as found from contract_calendar t`.execute(database.executor)
  expect(rows.map(({ found }) => found).join()).not.toContain(token)
  expect(server.lines.join()).not.toContain(token)
  const listed = async (key: string) => (await ask(server, key, 'GET', '/contract-calendars')).json.calendars
  expect(new Set((await listed(keys.hooli)).map(({ organization }: { organization: string }) => organization))).toEqual(new Set(['hooli']))
  expect((await listed(keys.operator)).length).toBeGreaterThan((await listed(keys.hooli)).length)
  expect((await ask(server, keys.globex, 'POST', '/contract-calendars', { name: 'x', organization: 'acme' })).status).toBe(403)
  expect((await ask(server, keys.operator, 'POST', '/contract-calendars', { name: 'x', organization: 'nobody' })).status).toBe(422)
})

it('maintenance of either platform is on the calendars of those who may see it, to the minute, and cancelled when it is taken back', async () => {
  const [acme, globex] = [await create(keys.acme, { name: 'maintained' }), await create(keys.globex, { name: 'not theirs' })]
  // Within the hour that clocks skip in Berlin: moments are those of UTC.
  const window = {
    startsAt: '2098-03-30T02:30:00+01:00',
    endsAt: '2098-03-30T04:30:00+02:00',
    reason: 'A new disk; then, a test',
    by: 'hooli/hal',
  }
  const announced = await ask(server, keys.operator, 'POST', '/platforms/crm/maintenance', window)
  expect(announced.status, announced.text).toBe(201)
  const maintenance = async () => eventsOf((await feed(acme.url)).text).filter(({ summary }) => summary.includes('maintenance'))
  expect(await maintenance()).toMatchObject([
    { on: '2098-03-30T01:30:00Z', until: '2098-03-30T02:30:00Z', utc: true, summary: 'crm: maintenance', status: 'CONFIRMED', sequence: 0 },
  ])
  const [before] = await maintenance()
  expect(before!.description).toContain('A new disk; then, a test\nMaintained by hooli')
  expect(before!.description).toContain('shop-crm: announced in time')
  expect((await feed(globex.url)).text).not.toMatch(/crm|disk/)
  expect((await ask(server, keys.acme, 'GET', '/contract-notices.ics')).text).toContain('SUMMARY:crm: maintenance')
  await ask(server, keys.operator, 'DELETE', `/platforms/crm/maintenance/${announced.json.id}`)
  expect(await maintenance()).toMatchObject([{ uid: before!.uid, status: 'CANCELLED', sequence: 1, alarms: [] }])
})

it('freezes, ends of agreements and reviews are on the calendars of their parties', async () => {
  const [acme, hooli, globex] = [
    await create(keys.acme, { name: 'agreed' }),
    await create(keys.hooli, { name: 'agreed' }),
    await create(keys.globex, { name: 'agreed' }),
  ]
  const agreed = eventsOf((await feed(acme.url)).text, true).sort((a, b) => (a.on < b.on ? -1 : 1))
  expect(agreed.map(({ on, until, summary }) => [on, until, summary])).toEqual([
    ['2097-05-05', '2097-05-06', 'shop-crm: review of a known gap: No canary'],
    // The end is the first day that is free again.
    ['2097-11-20', '2097-12-03', 'No changes: the busiest days; of all, and “naïve” ones'],
    ['2098-10-02', '2098-10-03', 'shop-crm-2026: last day to say that it does not renew'],
    ['2098-12-31', '2099-01-01', 'shop-crm-2026 renews unless somebody has said no'],
  ])
  expect(eventsOf((await feed(hooli.url)).text, true)).toHaveLength(4)
  expect(eventsOf((await feed(globex.url)).text, true)).toEqual([])
})

it('what touches no integration of an organization is on the calendar of the platform’s owner only', async () => {
  const [acme, hooli] = [await create(keys.acme, { name: 'owner' }), await create(keys.hooli, { name: 'user' })]
  // Said to end in the version that brings it: nobody can have used it.
  const paths = {
    '/orders': { get: { responses: { 200: { description: 'ok' } } } },
    '/new': { get: { 'x-sunset': '2098-01-01', deprecated: true, responses: {} } },
  }
  const document = JSON.stringify({ openapi: '3.0.3', info: { title: 'shop', version: '2' }, paths })
  const answer = await ask(server, keys.operator, 'POST', '/platforms/shop/contract-versions', { document, state: 'published' })
  expect(answer.status, answer.text).toBe(201)
  expect((await feed(acme.url)).text).toContain('SUMMARY:shop: GET /new')
  expect((await feed(hooli.url)).text).not.toContain('/new')
})
