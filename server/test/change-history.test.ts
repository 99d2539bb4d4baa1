import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRegistry, moveNotices, noticeChange, noticeFirst, type Reception, reachOf } from '../src/contracts/index.ts'
import { listNotices } from '../src/contracts/notices/queries.ts'
import { listNotifications } from '../src/notifications/index.ts'
import type { Workspace } from '../src/workspace/index.ts'
import { bridgedTwice } from './bridged-twice.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/** acme's shop is bridged twice: to hooli, whose customer pays by neteller, and to globex, whose customer pays by card. */
let database: TestDatabase
let workspace: Workspace
const [atHooli, atGlobex] = ['0190a000-0000-7000-8000-000000000001', '0190a000-0000-7000-8000-000000000002'] as const
const start = Date.parse('2026-03-02T08:00:00Z')
const hour = 3_600_000
let at = start

beforeAll(async () => {
  database = await createTestDatabase()
  workspace = await bridgedTwice()
  await use(atHooli, 'neteller')
  await use(atGlobex, 'card')
})
afterAll(() => database.drop())

/** Enough calls over enough days that what was not seen may count as unused. */
async function use(instance: string, value: string): Promise<void> {
  for (const [kind, name, seen] of [
    ['call', '', 60],
    ['sent', 'type', 60],
  ] as const)
    for (const day of ['2026-01-10', '2026-02-20'])
      await sql`insert into contract_usage (instance_id, platform, day, surface, method, path, kind, name, value, seen, last_at)
        values (${instance}, 'shop', ${day}::date, 'operation', 'POST', '/payments', ${kind}, ${name}, ${kind === 'sent' ? JSON.stringify(value) : ''}, ${seen}, ${new Date(`${day}T10:00:00Z`)})`.execute(
        database.executor,
      )
}

const registry = () =>
  createRegistry({
    database,
    onFirst: async (tx, version, contract) => void (await noticeFirst(tx, version.platform, contract, version.publishedAt!)),
    onPublished: async (tx, version, change) => {
      const clients = async function* () {
        yield [{ instanceId: atHooli, name: 'main', integration: 'shop-crm', customer: 'north' }]
        yield [{ instanceId: atGlobex, name: 'main', integration: 'shop-desk', customer: 'south' }]
      }
      const reach = await reachOf(tx, { workspace, clients }, version.platform, change, version.publishedAt!)
      await noticeChange(tx, version.platform, change, version.publishedAt!, { reach, version })
    },
  })

interface Shape {
  operations?: number
  /** Values of `type`, by branch of the union. */
  wallets?: string[]
  cards?: string[]
  end?: string
}
const branch = (values: string[]) => ({ type: 'object', required: ['type'], properties: { type: { type: 'string', enum: values } } })
const document = ({ operations = 33, wallets = ['neteller', 'paysafe'], cards = ['card'], end = '' }: Shape, version: string) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'shop', version },
    paths: Object.fromEntries([
      ...Array.from({ length: operations - 1 }, (_, n) => [`/op${n}`, { get: { responses: { 200: { description: 'ok' } } } }]),
      [
        '/payments',
        {
          post: {
            description: `Pays. ${end}`,
            requestBody: { content: { 'application/json': { schema: { oneOf: [branch(wallets), branch(cards)] } } } },
            responses: { 200: { description: 'ok' } },
          },
        },
      ],
    ]),
  })

/** Reads the same document every three hours until it is believed or has been read so often. */
async function publish(shape: Shape, version: string, reads = 3): Promise<Reception['outcome'][]> {
  const outcomes: Reception['outcome'][] = []
  for (let n = 0; n < reads; n += 1) {
    at += 3 * hour
    const received = {
      platform: 'shop',
      text: document(shape, version),
      source: 'url' as const,
      origin: 'https://shop.example/openapi.json',
    }
    outcomes.push((await registry().receive({ ...received, at: new Date(at) })).outcome)
    await moveNotices(database, workspace, new Date(at))
  }
  return outcomes
}
const told = async () =>
  (await listNotifications(database.executor, { organization: null, limit: 200 }))
    .map(({ organization, kind }) => `${organization} ${kind}`)
    .sort()

it('33 operations, then 1, then 33 again: nobody is told anything', async () => {
  expect(await publish({}, '1', 1)).toEqual(['first'])
  expect(await publish({ operations: 1 }, '2')).toEqual(['quarantined', 'held', 'held'])
  expect(await publish({}, '1', 2)).toEqual(['withdrawn', 'unchanged'])
  at += 30 * 24 * hour
  await moveNotices(database, workspace, new Date(at))
  expect(await told()).toEqual([])
  expect(await listNotices(database.executor, null)).toEqual([])
})

it('a value that moves to another branch of the union stays silent', async () => {
  expect(await publish({ wallets: ['neteller'], cards: ['card', 'paysafe'] }, '3')).toContain('published')
  expect(await told()).toEqual([])
})

it('a value that is removed reaches only those who send it, and the owner; the others hear nothing', async () => {
  expect(await publish({ wallets: [], cards: ['card', 'paysafe'] }, '4')).toContain('published')
  expect(await told()).toEqual(['acme notice.in-force', 'hooli notice.in-force'])
  const notice = (await listNotices(database.executor, ['shop'])).find(({ parties }) => parties.length > 0)
  expect(notice?.parties.map(({ organization, integrations }) => ({ organization, integrations }))).toEqual([
    { organization: 'acme', integrations: ['shop-crm'] },
    { organization: 'hooli', integrations: ['shop-crm'] },
  ])
  expect(notice!.steps.map(({ step }) => step)).toEqual(['observed', 'quarantined', 'confirmed', 'effective'])
})

it('an end that is announced in a sentence concerns everybody who calls it, and is taken back once', async () => {
  const shape = { wallets: [], cards: ['card', 'paysafe'] }
  await publish({ ...shape, end: 'This operation will be removed on 1 March 2027.' }, '5')
  expect((await told()).filter((line) => line.endsWith('announced'))).toEqual(
    ['acme', 'globex', 'hooli'].map((organization) => `${organization} notice.announced`),
  )
  await publish(shape, '6')
  expect((await told()).filter((line) => line.endsWith('withdrawn'))).toEqual(
    ['acme', 'globex', 'hooli'].map((organization) => `${organization} notice.withdrawn`),
  )
})
