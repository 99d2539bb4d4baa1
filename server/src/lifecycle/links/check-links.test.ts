import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { startTestPartner, type TestPartner } from '../../../test/test-partner.ts'
import { type Database, openDatabase } from '../../database/index.ts'
import { createPools } from '../../gateway/index.ts'
import { createLog } from '../../observation/index.ts'
import { checks } from '../../readiness/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { readLinkFacts, startLinkChecks } from './check-links.ts'
import { lookAtLink } from './look-at-link.ts'
import { claimDueLinks } from './queries.ts'

let test: TestDatabase
let database: Database
let site: TestPartner
let dispatcher: ReturnType<typeof createPools>

beforeAll(async () => {
  test = await createTestDatabase()
  database = openDatabase(test.url)
  site = await startTestPartner()
  dispatcher = createPools({ allowedHosts: [site.host] })
})
afterAll(async () => {
  await dispatcher?.close()
  await site?.close()
  await database?.close()
  await test?.drop()
})

const look = (path: string, timeoutMs = 2_000) => lookAtLink(dispatcher.dispatcher, `${site.url}${path}`, timeoutMs)
const answering = (status: number, headers: Record<string, string> = {}) => {
  site.seen.length = 0
  site.answer = () => ({ status, headers })
}

describe('a look at a link', () => {
  it('asks HEAD alone where that is answered', async () => {
    answering(200)
    expect(await look('/docs')).toMatchObject({ state: 'reachable', status: 200 })
    expect(site.seen.map(({ method }) => method)).toEqual(['HEAD'])
  })

  it('asks GET where HEAD is refused, without credentials', async () => {
    site.seen.length = 0
    site.answer = ({ method }) => ({ status: method === 'HEAD' ? 405 : 200 })
    expect(await look('/docs')).toMatchObject({ state: 'reachable' })
    expect(site.seen.map(({ method }) => method)).toEqual(['HEAD', 'GET'])
    expect(Object.keys(site.seen[1]!.headers)).not.toContain('authorization')
  })

  it.each([
    [404, 'broken'],
    [410, 'broken'],
    [401, 'private'],
    [403, 'private'],
    [500, 'unknown'],
    [429, 'unknown'],
  ])('calls %i %s', async (status, state) => {
    answering(status)
    expect(await look('/docs')).toMatchObject({ state, status })
  })

  it('follows redirects, and calls a page to sign in private', async () => {
    site.answer = ({ url }) => (url === '/moved' ? { status: 301, headers: { location: '/docs' } } : { status: 200 })
    expect(await look('/moved')).toMatchObject({ state: 'reachable' })
    site.answer = ({ url }) => (url === '/wiki' ? { status: 302, headers: { location: '/login?next=wiki' } } : { status: 200 })
    expect(await look('/wiki')).toMatchObject({ state: 'private' })
  })

  it('never reaches an address of the own network, neither at once nor by a redirect', async () => {
    const guarded = createPools({})
    answering(200)
    expect(await lookAtLink(guarded.dispatcher, `${site.url}/docs`, 2_000)).toMatchObject({
      state: 'unknown',
      detail: expect.stringContaining('not called'),
    })
    await guarded.close()
    const other = await startTestPartner()
    answering(302, { location: `${other.url}/inside` })
    expect(await look('/docs')).toMatchObject({ state: 'unknown' })
    expect(other.seen).toEqual([])
    await other.close()
  })

  it('gives up in time on a server that does not answer', async () => {
    site.answer = () => undefined
    expect(await look('/docs', 200)).toMatchObject({ state: 'unknown' })
  })
})

describe('checking', () => {
  const linking = (...urls: string[]) =>
    ({
      integrations: new Map([['a-b', { metadata: { name: 'a-b' }, spec: { documentation: urls.map((url) => ({ title: url, url })) } }]]),
    }) as unknown as Workspace
  const turn = async (workspace: Workspace) => {
    const checking = startLinkChecks({
      database,
      workspace: () => workspace,
      log: createLog('silent'),
      pools: { allowedHosts: [site.host] },
    })
    await checking.now()
    await checking.stop()
  }
  const facts = async (workspace: Workspace) =>
    (await readLinkFacts(database.executor, workspace))
      .get('a-b')!
      .map(({ url, state, reachable }) => [URL.parse(url)!.pathname, state, reachable])
  const again = () => sql`update link_check set next_at = now()`.execute(database.executor)

  it('looks once a day, keeps the state with its day, and forgets what no file links', async () => {
    const workspace = linking(`${site.url}/good`, `${site.url}/gone`)
    expect(await facts(workspace)).toEqual([])
    site.answer = ({ url }) => ({ status: url === '/good' ? 200 : 404 })
    site.seen.length = 0
    await turn(workspace)
    await turn(workspace)
    expect(site.seen.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(['GET /gone', 'HEAD /gone', 'HEAD /good'])
    expect(await facts(workspace)).toEqual([
      ['/good', 'reachable', true],
      ['/gone', 'broken', false],
    ])
    await turn(linking(`${site.url}/good`))
    expect((await sql`select 1 from link_check`.execute(database.executor)).rows).toHaveLength(1)
  })

  it('believes that nobody is there when it is seen twice', async () => {
    const closed = await startTestPartner()
    await closed.close()
    const workspace = linking(`${closed.url}/docs`)
    const allowing = async () => {
      const checking = startLinkChecks({
        database,
        workspace: () => workspace,
        log: createLog('silent'),
        pools: { allowedHosts: [closed.host] },
      })
      await checking.now()
      await checking.stop()
    }
    await allowing()
    expect(await facts(workspace)).toEqual([['/docs', 'unknown', false]])
    await again()
    await allowing()
    expect(await facts(workspace)).toEqual([['/docs', 'broken', false]])
  })

  it('gives a link to one process at a time, and to another when that one dies', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimDueLinks(database, ['https://x.example/'], 60_000, 10)))
    expect(claims.flat()).toEqual(['https://x.example/'])
    expect(await claimDueLinks(database, ['https://x.example/'], 0, 10)).toEqual([])
    await sql`update link_check set leased_until = leased_until - interval '1 minute'`.execute(database.executor)
    expect(await claimDueLinks(database, ['https://x.example/'], 0, 10)).toEqual(['https://x.example/'])
  })
})

describe('P9: readiness reads what was found', () => {
  const check = checks.find(({ id }) => id === 'docs-fresh')!
  const url = 'https://x.example/docs'
  const judge = (links: unknown) =>
    (check.evaluate as (context: unknown) => object)({
      spec: { documentation: [{ title: 'Guide', url, reviewedOn: '2026-11-01' }] },
      facts: { links },
      today: '2026-11-28',
    })
  const found = (state: string) => [
    { url, state, reachable: state !== 'broken' && state !== 'unknown', checkedOn: '2026-11-27', detail: 'answers 404' },
  ]

  it('fails on a broken link with its day, and holds an unknown one against nobody', () => {
    expect(judge(found('broken'))).toMatchObject({ verdict: 'fail', says: `dead links: ${url} (2026-11-27: answers 404)` })
    expect(judge(found('reachable'))).toMatchObject({ verdict: 'pass', grounds: { kind: 'observed', on: '2026-11-27' } })
    expect(judge(found('private'))).toMatchObject({ verdict: 'pass', says: expect.stringContaining('only to who signs in') })
    for (const unseen of [found('unknown'), [], undefined])
      expect(judge(unseen)).toMatchObject({ verdict: 'pass', grounds: { kind: 'declared' }, says: expect.stringContaining(url) })
  })
})
