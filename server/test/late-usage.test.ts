import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRegistry, moveNotices, noticeChange, reachOf, widenNotices } from '../src/contracts/index.ts'
import { listNotices } from '../src/contracts/notices/queries.ts'
import { addUsage } from '../src/contracts/usage/queries.ts'
import { listNotifications } from '../src/notifications/index.ts'
import type { Workspace } from '../src/workspace/index.ts'
import { bridgedTwice } from './bridged-twice.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/** acme's shop is bridged to hooli, whose instance calls what will go, and to globex, whose instance does not: not yet. */
let database: TestDatabase
let workspace: Workspace
const [atHooli, atGlobex] = ['0190a000-0000-7000-8000-000000000001', '0190a000-0000-7000-8000-000000000002'] as const
const clients = async function* () {
  yield [
    { instanceId: atHooli, name: 'main', integration: 'shop-crm', customer: 'north' },
    { instanceId: atGlobex, name: 'main', integration: 'shop-desk', customer: 'south' },
  ]
}

beforeAll(async () => {
  database = await createTestDatabase()
  workspace = await bridgedTwice()
  for (const day of ['2026-01-10', '2026-02-20']) await use(atHooli, day, '/old')
  for (const day of ['2026-01-10', '2026-02-20']) await use(atGlobex, day, '/kept')
})
afterAll(() => database.drop())

const use = (instanceId: string, day: string, path: string) =>
  addUsage(database.executor, [
    {
      instanceId,
      platform: 'shop',
      day,
      surface: 'operation',
      method: 'GET',
      path,
      kind: 'call',
      name: '',
      value: '',
      seen: 60,
      lastAt: new Date(`${day}T10:00:00Z`),
    },
  ])
const operation = { responses: { 200: { description: 'ok' } } }
const document = (old: object) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'shop', version: JSON.stringify(old) },
    paths: { '/kept': { get: operation }, '/old': { get: { ...operation, ...old } } },
  })
const at = (day: string) => new Date(`${day}T08:00:00Z`)
const publish = (old: object, day: string) =>
  createRegistry({
    database,
    prepare: (platform, change, now) => reachOf(database.executor, { workspace, clients }, platform, change, now),
    onPublished: async (tx, version, change, reach) =>
      void (await noticeChange(tx, version.platform, change, version.publishedAt!, { reach, version })),
  }).receive({ platform: 'shop', text: document(old), source: 'upload', origin: 'test', vouched: true, at: at(day) })
const widen = (day: string) => widenNotices(database, { workspace, clients }, at(day))
const told = async () =>
  (await listNotifications(database.executor, { organization: null, limit: 200 }))
    .filter(({ kind }) => kind === 'notice.announced')
    .map(({ organization, kind, data }) => `${organization} ${kind} ${data.integrations}`)
    .sort()

it('who begins to use what will change is told before its day, once, with an answer asked of it; who was told already hears nothing', async () => {
  await publish({}, '2026-03-01')
  await publish({ deprecated: true, 'x-sunset': '2027-03-01' }, '2026-03-02')
  await moveNotices(database, workspace, at('2026-03-02'))
  const first = ['acme notice.announced shop-crm', 'hooli notice.announced shop-crm']
  expect(await told()).toEqual(first)

  // Nothing new was seen, and somebody without traffic tells nothing new.
  expect(await widen('2026-03-10')).toBe(0)
  await use(atGlobex, '2026-03-20', '/kept')
  expect(await widen('2026-03-21')).toBe(0)
  await moveNotices(database, workspace, at('2026-03-21'))
  expect(await told()).toEqual(first)

  await use(atGlobex, '2026-04-01', '/old')
  expect(await widen('2026-04-02')).toBe(1)
  await moveNotices(database, workspace, at('2026-04-02'))
  // acme is a side of both, and learns that another of its integrations is concerned.
  const both = [...first, 'acme notice.announced shop-crm,shop-desk', 'globex notice.announced shop-desk'].sort()
  expect(await told()).toEqual(both)
  const [notice] = await listNotices(database.executor, ['shop'])
  expect(
    notice!.parties.map(({ organization, integrations, answerDueOn, toldAt }) => [
      organization,
      integrations,
      answerDueOn,
      toldAt.slice(0, 10),
    ]),
  ).toEqual([
    ['acme', ['shop-crm', 'shop-desk'], null, '2026-03-02'],
    ['globex', ['shop-desk'], '2026-04-16', '2026-04-02'],
    ['hooli', ['shop-crm'], '2026-03-16', '2026-03-02'],
  ])
  expect(notice!.steps.at(-1)).toMatchObject({
    step: 'noticed',
    evidence: { told: ['acme', 'globex'], because: expect.stringContaining('begun to use') },
  })

  expect(await widen('2026-04-03')).toBe(0)
  await moveNotices(database, workspace, at('2026-04-03'))
  expect(await told()).toEqual(both)
}, 30_000)

it('of what has taken effect nobody is told late', async () => {
  await moveNotices(database, workspace, at('2027-03-01'))
  expect(await widen('2027-03-02')).toBe(0)
})
