import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRegistry, harvestHeaders, moveNotices, noticeChange, noticeFirst, reachOf } from '../src/contracts/index.ts'
import { listNotices } from '../src/contracts/notices/queries.ts'
import { listNotifications } from '../src/notifications/index.ts'
import type { Workspace } from '../src/workspace/index.ts'
import { bridgedTwice } from './bridged-twice.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/** acme's shop is bridged to hooli (`shop-crm`) and to globex (`shop-desk`), and says the end of things in headers of its answers. */
let database: TestDatabase
let workspace: Workspace
let harvest: ReturnType<typeof harvestHeaders>
const problems: unknown[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  workspace = await bridgedTwice()
  harvest = harvestHeaders({
    database,
    onProblem: (error) => problems.push(error),
  })
})
afterAll(() => database.drop())

const at = (day: string) => new Date(`${day}T08:00:00Z`)
/** A call of a run of an integration, and what its answer said. */
const answered = async (integration: string, path: string, day: string, responseHeaders: Record<string, unknown>) => {
  const run = integration === 'elsewhere' ? undefined : { integration }
  const call = { platform: 'shop', method: 'GET', path, startedMs: at(day).getTime(), callId: 'c', run, responseHeaders }
  harvest.observer(call as never)
  await harvest.settled()
}
const document = (paths: Record<string, object>) => {
  const operations = Object.entries(paths).map(([path, marks]) => [path, { get: { ...marks, responses: { 200: { description: 'ok' } } } }])
  return JSON.stringify({ openapi: '3.0.3', info: { title: 'shop', version: '1' }, paths: Object.fromEntries(operations) })
}
const publish = (paths: Record<string, object>, day: string) =>
  createRegistry({
    database,
    onFirst: async (tx, version, contract) => void (await noticeFirst(tx, version.platform, contract, version.publishedAt!, version)),
    prepare: (platform, change, now) => reachOf(database.executor, { workspace, clients: async function* () {} }, platform, change, now),
    onPublished: async (tx, version, change, reach) =>
      void (await noticeChange(tx, version.platform, change, version.publishedAt!, { reach, version })),
  }).receive({ platform: 'shop', text: document(paths), source: 'upload', origin: 'test', vouched: true, at: at(day) })
const noticesOf = async (path: string) => (await listNotices(database.executor, ['shop'])).filter(({ place }) => place === `GET ${path}`)
const told = async (path: string) =>
  (await listNotifications(database.executor, { organization: null, limit: 500 }))
    .filter(({ data }) => data.place === `GET ${path}`)
    .map(({ organization, kind }) => `${organization} ${kind}`)
    .sort()
const june = { sunset: 'Tue, 01 Jun 2027 00:00:00 GMT' }

it('concerns who calls, and the next one as soon as it calls', async () => {
  await answered('shop-crm', '/a/{id}', '2026-07-01', june)
  await moveNotices(database, workspace, at('2026-07-01'))
  expect(await told('/a/{id}')).toEqual(['acme notice.announced', 'hooli notice.announced'])
  await answered('shop-desk', '/a/{id}', '2026-07-05', june)
  await moveNotices(database, workspace, at('2026-07-05'))
  expect(await told('/a/{id}')).toEqual([
    'acme notice.announced',
    'acme notice.announced',
    'globex notice.announced',
    'hooli notice.announced',
  ])
  // Of a call of nobody that is known, everybody is told.
  await answered('elsewhere', '/b', '2026-07-01', june)
  await moveNotices(database, workspace, at('2026-07-05'))
  expect(await told('/b')).toEqual(['acme', 'globex', 'hooli'].map((name) => `${name} notice.announced`))
})

it('is the same notice as the one of the contract, and what stood there is told to who calls it', async () => {
  await publish({ '/a/{key}': {}, '/b': {}, '/old': { deprecated: true }, '/kept': {}, '/stale': {} }, '2026-07-10')
  expect((await noticesOf('/old')).map(({ state }) => state)).toEqual(['standing'])
  await answered('shop-crm', '/old', '2026-07-11', { deprecation: 'true' })
  await moveNotices(database, workspace, at('2026-07-11'))
  expect(await told('/old')).toEqual(['acme notice.announced', 'hooli notice.announced'])
  await answered('shop-crm', '/old', '2026-07-12', { deprecation: 'true', ...june })
  const [notice, ...others] = await noticesOf('/old')
  expect(others).toEqual([])
  expect(notice).toMatchObject({ effectiveOn: '2027-06-01', announcedAt: at('2026-07-10') })
  expect(notice!.dates.map(({ saidBy }) => saidBy)).toEqual(["shop's contract (deprecated)", "shop, in an answer's header"])
})

it('what was told in a header and goes without a word of the contract is not silent, and told once', async () => {
  await publish({ '/a/{key}': {}, '/old': { deprecated: true }, '/kept': {}, '/stale': {} }, '2027-07-02')
  await moveNotices(database, workspace, at('2027-07-02'))
  expect(await noticesOf('/b')).toMatchObject([
    { silent: false, state: 'effective', effectiveOn: '2027-06-01', announcedAt: at('2026-07-01') },
  ])
  // Earlier than it was told: by the day on which it went.
  await answered('shop-crm', '/kept', '2027-07-03', { sunset: 'Sat, 01 Jan 2028 00:00:00 GMT' })
  await publish({ '/a/{key}': {}, '/old': { deprecated: true }, '/stale': {} }, '2027-08-01')
  const [early, ...others] = await noticesOf('/kept')
  expect(others).toEqual([])
  expect(early).toMatchObject({ silent: false, effectiveOn: '2027-08-01', announcedAt: at('2027-07-03') })
  expect(early!.dates.map(({ effectiveOn }) => effectiveOn)).toEqual(['2028-01-01', '2027-08-01'])
})

it('a day that has passed, on what answers still, is no day; words that differ with every call are one notice', async () => {
  for (let n = 0; n < 20; n++) await answered('shop-crm', '/stale', '2027-08-02', { ...june, warning: `299 - "Deprecated, request ${n}"` })
  await moveNotices(database, workspace, at('2027-08-02'))
  const found = await noticesOf('/stale')
  expect(found).toMatchObject([
    { effectiveOn: null, state: 'noticed', words: expect.stringContaining('2027-06-01, has passed, and it still answers') },
  ])
  expect(await told('/stale')).toEqual(['acme notice.announced', 'hooli notice.announced'])
})

it('what was learned from calls of others is shown to the owner of the platform, and to nobody else', async () => {
  const seen = async (integrations: string[], platforms: string[] = []) =>
    (await listNotices(database.executor, ['shop'], { seenBy: { integrations, platforms } })).map(({ place }) => place)
  expect(await seen(['shop-crm'])).toContain('GET /stale')
  expect(await seen(['shop-desk'])).not.toContain('GET /stale')
  expect(await seen(['shop-desk'])).toEqual(expect.arrayContaining(['GET /a/{id}', 'GET /b', 'GET /old']))
  expect(await seen(['shop-desk'], ['shop'])).toContain('GET /stale')
})

it('garbage is no problem of anybody', async () => {
  for (const sunset of ['@999999999999', 'API 2024', '\u0000', 'x'.repeat(70_000)])
    await answered('shop-crm', '/kept', '2027-08-02', { sunset })
  await answered('shop-crm', '/nul', '2027-08-02', { deprecation: 'true', warning: '299 - "Deprecated\u0000"' })
  expect(problems).toEqual([])
})
