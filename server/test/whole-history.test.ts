import { existsSync } from 'node:fs'
import type { Integration } from '@bridgekeeper/sdk'
import ICAL from 'ical.js'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../src/connections/index.ts'
import { moveNotices } from '../src/contracts/index.ts'
import { calendarOf, noticeEvents } from '../src/contracts/notices/calendar.ts'
import { listNotices } from '../src/contracts/notices/queries.ts'
import { listNotifications } from '../src/notifications/index.ts'
import { createInstance } from '../src/runtime/index.ts'
import { loadWorkspace, type Workspace } from '../src/workspace/index.ts'
import { craftedHistories, type Histories, realHistories, realSpecs, writeHistoryWorkspace } from './history.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { send, startWholeBridge, untilIdle, type WholeBridge, webhookSecret } from './whole-bridge.ts'

const penny = ['legal', 'moving', 'removing', 'payroll'] as const
type Penny = (typeof penny)[number]
type Call = (path: string, request?: object) => Promise<unknown>
type Tools = Record<Penny, { GET: Call; POST: Call }> & {
  event: { moving: object; removing: object; entities: string }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** Pays twice and looks at an entity and at employees, as the event says. */
const integrationOf = (name: string) =>
  ({
    name,
    version: '1.0.0',
    platforms: Object.fromEntries(['shop', ...penny].map((platform) => [platform, { name: platform }])),
    meters: [],
    mappings: {},
    flows: {
      pay: {
        kind: 'on',
        platform: 'shop',
        event: 'paid',
        onPoison: 'block',
        lane: () => 'one',
        async run({ event, step, legal, moving, removing }: Tools) {
          await step('pay one', () => moving.POST('/payments', { body: event.moving }))
          await step('pay two', () => removing.POST('/payments', { body: event.removing }))
          await step('look', () => legal.GET(event.entities, { params: { path: { id: 'LE1' } } }))
        },
      },
    },
  }) as unknown as Integration

const stories: [name: string, there: boolean, make: () => Histories | Promise<Histories>][] = [
  ['crafted documents', true, craftedHistories],
  ['the real documents (skipped where ../shared is absent)', existsSync(realSpecs), realHistories],
]

describe.each(stories)('the walk of a whole history, with %s', (_, there, make) => {
  let database: TestDatabase
  let partner: PartnerServer
  let bridge: WholeBridge
  let workspace: Workspace
  let history: Histories
  const hourMs = 3_600_000
  let at = Date.now()

  beforeAll(async () => {
    if (!there) return
    history = await make()
    const folder = await writeHistoryWorkspace(history)
    workspace = (await loadWorkspace(folder)).workspace
    ;[database, partner] = [await createTestDatabase(), await startPartner()]
    const integrations = ['pays-often', 'pays-by-card'].map(integrationOf)
    bridge = await startWholeBridge({ database, partner, integrations, workspace: folder })
    await bridge.connections.webhookSecrets.add('shop', new Secret(webhookSecret))
    await install('pays-often', 'acme', 'north')
    await install('pays-by-card', 'bravo', 'south')
    await payFor40Days()
  })
  afterAll(async () => {
    await bridge?.close()
    await partner?.stop()
    await database?.drop()
  })

  async function install(integration: string, organization: string, customer: string): Promise<void> {
    const connect = async (platform: string) => {
      const parts = { platform, organization, customer, baseUrl: partner.url, authentication: { kind: 'bearer' as const } }
      return [platform, (await bridge.connections.add(parts, { token: new Secret('t') })).id] as const
    }
    const connections = Object.fromEntries(await Promise.all(penny.map(connect)))
    const facts = { integration, organization, customer, name: 'main', by: 'test' }
    await createInstance(bridge, { ...facts, connections, accounts: { shop: [customer] } })
  }

  /** Real webhooks, flows and calls through the gateway; half of it then ages by 40 days, so that what was not seen may count as unused. */
  async function payFor40Days(): Promise<void> {
    for (const round of [1, 2]) {
      for (let n = 0; n < 12; n++) {
        const entities = history.flap.path
        await send(bridge.url, 'paid', { account: 'north', moving: history.moved.body, removing: history.removed.body, entities })
        await send(bridge.url, 'paid', { account: 'south', moving: history.other, removing: history.other, entities })
      }
      await untilIdle(database)
      await bridge.usage.flush()
      if (round === 1)
        await sql`update contract_usage set day = day - 40, last_at = last_at - interval '40 days'`.execute(database.executor)
    }
  }

  /** Reads a document at its address every three hours, as often as the outcomes that are expected; after each, whoever must be told is told. */
  async function publish(platform: Penny, text: string, expected: readonly string[]): Promise<void> {
    const outcomes: string[] = []
    for (const _ of expected) {
      at += 3 * hourMs
      const document = { platform, text, source: 'url' as const, origin: `https://penny.example/${platform}` }
      outcomes.push((await bridge.registry.receive({ ...document, at: new Date(at) })).outcome)
      await moveNotices(database, workspace, new Date(at))
    }
    expect(outcomes).toEqual(expected)
  }

  /** Who was told of a platform, of what kind. */
  async function told(platform: Penny): Promise<string[]> {
    const all = await listNotifications(database.executor, { organization: null, limit: 500 })
    const lines = all.filter(({ title }) => title.startsWith(`${platform}: `)).map(({ organization, kind }) => `${organization} ${kind}`)
    return [...new Set(lines)].sort()
  }

  it.runIf(there)('33 operations, then 1, then the same 33 within one day: nobody is told anything, then or later', async () => {
    await publish('legal', history.flap.before, ['first'])
    // The real document carries old announcements of its own, which are told when it is first seen.
    const ledger = async () => (await listNotices(database.executor, ['legal'])).map(({ id, sequence, state }) => ({ id, sequence, state }))
    const [known, notices] = [await told('legal'), await ledger()]
    await publish('legal', history.flap.emptied, ['quarantined'])
    await publish('legal', history.flap.before, ['withdrawn', 'unchanged'])
    expect(await told('legal')).toEqual(known)
    expect(await ledger()).toEqual(notices)
  })

  it.runIf(there)('a value that moves to another branch of the union is silent, also for who sends it', async () => {
    await publish('moving', history.moved.before, ['first'])
    const known = await told('moving')
    await publish('moving', history.moved.after, ['quarantined', 'published'])
    const news = (await listNotices(database.executor, ['moving'])).filter(({ words }) => words.includes(history.moved.method))
    expect(news).toEqual([])
    expect(await told('moving')).toEqual(known)
  })

  it.runIf(there)('a value that is gone, or asks for more than was sent, reaches only those who send it, and its owner', async () => {
    await publish('removing', history.removed.before, ['first'])
    const known = await told('removing')
    await publish('removing', history.removed.after, ['quarantined', 'published'])
    const lines = (await told('removing')).filter((line) => !known.includes(line))
    expect(lines).toEqual(['acme notice.in-force', 'penny notice.in-force'])
    expect(partner.requests.filter(({ body }) => JSON.stringify(body) === JSON.stringify(history.removed.body))).toHaveLength(24)
  })

  it.runIf(there)('an end that stood in a sentence is on the calendar 286 days before it comes, and is no news when it does', async () => {
    const { before, announced, after, announcedAt, goneAt, on, operations } = history.ended
    const receive = (text: string, when: string) =>
      bridge.registry.receive({ platform: 'payroll', text, source: 'url', origin: 'payroll', vouched: true, at: new Date(when) })
    await receive(before, '2025-06-28T12:00:00Z')
    const known = new Set((await listNotices(database.executor, ['payroll'])).map(({ id }) => id))
    await receive(announced, announcedAt)
    const notices = (await listNotices(database.executor, ['payroll'])).filter(({ id }) => !known.has(id))
    expect(notices.map(({ place }) => place).sort()).toEqual([...operations].sort())
    const events = new ICAL.Component(ICAL.parse(calendarOf(noticeEvents(notices), 'payroll'))).getAllSubcomponents('vevent')
    expect(events.map((event) => String(event.getFirstPropertyValue('dtstart')))).toEqual(operations.map(() => on))
    expect((Date.parse(goneAt.slice(0, 10)) - Date.parse(announcedAt.slice(0, 10))) / 86_400_000).toBe(286)
    await receive(after, goneAt)
    const gone = (await listNotices(database.executor, ['payroll'])).filter(({ place }) => operations.includes(place))
    expect(gone.map(({ state, silent }) => ({ state, silent }))).toEqual(operations.map(() => ({ state: 'effective', silent: false })))
  })
})
