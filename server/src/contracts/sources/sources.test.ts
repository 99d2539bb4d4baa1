import { beforeEach, describe, expect, it } from 'vitest'
import type { Reply } from '../../../test/test-partner.ts'
import { listNotices } from '../notices/queries.ts'
import { listWatched } from '../notices/watch.ts'
import { listIncidents, listVersions } from '../registry/queries.ts'
import {
  document,
  follow,
  hourMs,
  inForce,
  makeSources,
  operations,
  pollAfter,
  polledShop,
  publish,
  shop,
  source,
} from './polled-shop.fixture.ts'

polledShop()

describe('a polled address', () => {
  beforeEach(() => follow(`${shop.partner.url}/openapi.json`))

  it('is read when it is due, and asked by its validators only whether it changed', async () => {
    publish(document('1'), { etag: '"one"', 'last-modified': 'Mon, 04 May 2026 08:00:00 GMT' })
    expect(await shop.sources.pollDue()).toBe(1)
    expect(await shop.sources.pollDue()).toBe(0)
    expect(await inForce()).toBe('1')
    shop.published = ({ headers }) => (headers['if-none-match'] === '"one"' ? { status: 304 } : { status: 500 })
    shop.nowMs += 25 * hourMs
    expect(await shop.sources.pollDue()).toBe(1)
    expect(shop.partner.seen[1]!.headers).toMatchObject({ 'if-none-match': '"one"', 'if-modified-since': 'Mon, 04 May 2026 08:00:00 GMT' })
    expect(await source()).toMatchObject({ lastOutcome: 'unchanged', lastReadAt: new Date(shop.nowMs), failures: 0 })
  })

  it('counts as watched by answers that say "not modified" alone', async () => {
    publish(document('1'), { etag: '"one"' })
    await pollAfter(0)
    publish('', {}, 304)
    for (let day = 0; day < 30; day += 5) await pollAfter(5 * 24)
    expect([...(await listWatched(shop.database.executor, 30, new Date(shop.nowMs)))]).toEqual(['shop'])
  })

  it('the same text again is not taken in again, though the server knows no validators', async () => {
    publish(document('1'))
    await pollAfter(0)
    const version = (await listVersions(shop.database.executor, 'shop'))[0]!
    expect((await pollAfter(24)).outcome).toBe('unchanged')
    expect(await listVersions(shop.database.executor, 'shop')).toEqual([version])
  })

  it('a version is told once, after it was read again when its hold ended; validators are left out while it waits', async () => {
    publish(document('1'), { etag: '"1"' })
    await pollAfter(0)
    publish(document('2', operations.slice(1)), { etag: '"2"' })
    expect(await pollAfter(24)).toMatchObject({ outcome: 'quarantined', nextReadAt: new Date(shop.nowMs + hourMs) })
    expect(shop.told).toEqual([])
    shop.nowMs += hourMs
    expect(await shop.sources.pollDue()).toBe(1)
    expect(shop.partner.seen.at(-1)!.headers['if-none-match']).toBeUndefined()
    expect(await inForce()).toBe('2')
    expect(shop.told).toEqual(['2: 1'])
    await pollAfter(24)
    expect(shop.told).toEqual(['2: 1'])
    expect(await listNotices(shop.database.executor, ['shop'])).toMatchObject([{ place: 'GET /a', silent: true }])
  })

  it('the publication 33 → 1 → 33 tells nobody: it is seen as emptied, read again, and known as a flap', async () => {
    const many = Array.from({ length: 33 }, (_, n) => `/p${n}`)
    publish(document('1', many))
    await pollAfter(0)
    publish(document('2', many.slice(0, 1)))
    // Three readings over 48 hours.
    expect(await pollAfter(24)).toMatchObject({ outcome: 'quarantined', nextReadAt: new Date(shop.nowMs + 24 * hourMs) })
    expect((await pollAfter(3)).outcome).toBe('held')
    publish(document('1', many))
    expect((await pollAfter(3)).outcome).toBe('withdrawn')
    await pollAfter(100)
    expect(shop.told).toEqual([])
    expect(await inForce()).toBe('1')
    expect((await listIncidents(shop.database.executor, 'shop')).map(({ kind }) => kind).sort()).toEqual(['emptied', 'flap'])
  })

  it.each([
    ['cut off', '{"openapi":"3.0.3","paths":{"/a"', 'unreadable'],
    ['a page', '<html><body>maintenance</body></html>', 'unreadable'],
    ['nothing', '', 'unreadable'],
    ['no contract', '{"hello":1}', 'unreadable'],
    ['emptied', document('2', []), 'quarantined'],
  ])('a document that is %s becomes an incident and replaces no good one', async (_, text, outcome) => {
    publish(document('1'), { etag: '"1"' })
    await pollAfter(0)
    publish(text, { etag: '"bad"' })
    expect((await pollAfter(24)).outcome).toBe(outcome)
    expect(await inForce()).toBe('1')
    expect(await listIncidents(shop.database.executor, 'shop')).toHaveLength(1)
    expect((await source()).etag).toBe(outcome === 'unreadable' ? '"1"' : '"bad"')
    publish(document('1'), { etag: '"1"' })
    expect(['unchanged', 'withdrawn']).toContain((await pollAfter(1)).outcome)
    expect(await source()).toMatchObject({ failures: 0, error: null, fix: null })
    expect(shop.told).toEqual([])
  })

  it('an address that fails says what to do, is tried again ever more rarely, and is one incident', async () => {
    publish('gone', {}, 500)
    const gaps = []
    for (let turn = 0; turn < 4; turn += 1) {
      const { outcome, nextReadAt } = await pollAfter(1)
      expect(outcome).toBe('unreachable')
      gaps.push((nextReadAt.getTime() - shop.nowMs) / 60_000)
    }
    expect(gaps).toEqual([1, 2, 4, 8])
    expect(await source()).toMatchObject({ failures: 4, error: 'the answer is 500', fix: expect.stringContaining('tell the owner') })
    expect(await listIncidents(shop.database.executor, 'shop')).toMatchObject([{ kind: 'unreachable', seen: 4 }])
    publish('', { 'retry-after': '7200' }, 503)
    expect((await pollAfter(1)).nextReadAt).toEqual(new Date(shop.nowMs + 2 * hourMs))
    publish('', {}, 401)
    expect((await pollAfter(3)).fix).toContain('contracts publish')
  })

  it('an upload stays in force while the address still shows what it showed before', async () => {
    publish(document('1'))
    await pollAfter(0)
    await shop.registry.receive({
      platform: 'shop',
      text: document('2'),
      source: 'upload',
      origin: 'ci',
      vouched: true,
      at: new Date(shop.nowMs),
    })
    expect((await pollAfter(24)).outcome).toBe('unchanged')
    expect(await inForce()).toBe('2')
  })

  it('many processes read it once', async () => {
    publish(document('1'))
    const others = Array.from({ length: 6 }, () => makeSources())
    const counts = await Promise.all(others.map((other) => other.pollDue()))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(shop.partner.seen).toHaveLength(1)
    // Answered only once the others were refused, or asked too: else one that comes late finds the lease returned, and reads rightly.
    const held = Promise.withResolvers<Reply>()
    shop.published = () => held.promise
    const refused: unknown[] = []
    const manual = others.map((other) => other.poll('shop').catch((error: unknown) => void refused.push(error)))
    await expect.poll(() => shop.partner.seen.length - 1 + refused.length).toBe(6)
    held.resolve({ body: document('1') })
    expect((await Promise.all(manual)).filter((result) => result !== undefined)).toMatchObject([{ outcome: 'unchanged' }])
    expect(shop.partner.seen).toHaveLength(2)
    expect(refused).toMatchObject(Array(5).fill({ code: 'contract-sources.being_read' }))
    await Promise.all(others.map((other) => other.close()))
  })

  it('who was overtaken while reading keeps nothing of it', async () => {
    let answer = () => {}
    shop.published = () => new Promise((resolve) => (answer = () => resolve({ body: document('slow') })))
    const slow = shop.sources.poll('shop').catch((error: unknown) => error)
    await expect.poll(() => shop.partner.seen.length).toBe(1)
    // The lease ends, and another process reads before this answer arrives.
    shop.nowMs += hourMs
    const overtaking = makeSources()
    publish(document('fast'))
    expect((await overtaking.poll('shop')).outcome).toBe('first')
    answer()
    expect(await slow).toMatchObject({ code: 'contract-sources.source_changed' })
    expect((await listVersions(shop.database.executor, 'shop')).map(({ label }) => label)).toEqual(['fast'])
    await overtaking.close()
  })

  it('a stop breaks off what is being read as if it had not begun', async () => {
    shop.published = () => ({ body: '' })
    const hanging = startHanging()
    const polling = shop.sources.poll('shop')
    await expect.poll(() => shop.partner.seen.length).toBe(1)
    await Promise.all([shop.sources.close(), polling.catch(() => {})])
    hanging()
    expect(await source()).toMatchObject({ leasedUntil: null, failures: 0, error: null, nextReadAt: new Date(shop.nowMs) })
    expect(await listIncidents(shop.database.executor, 'shop')).toEqual([])
  })

  it('one that moved is read anew; one that is no longer named, or whose sandbox stands in for it, is not', async () => {
    publish(document('1'), { etag: '"1"' })
    await pollAfter(0)
    await follow(`${shop.partner.url}/elsewhere.json`)
    expect(await source()).toMatchObject({ etag: null, lastHash: null, nextReadAt: new Date(shop.nowMs) })
    expect(await shop.sources.pollDue()).toBe(1)
    await follow(`${shop.partner.url}/elsewhere.json`, { sandboxed: ['shop'] })
    shop.nowMs += 100 * hourMs
    expect(await shop.sources.pollDue()).toBe(0)
    await expect(shop.sources.poll('shop')).rejects.toMatchObject({ code: 'contract-sources.no_source' })
  })
})

describe('contracts of several files', () => {
  const files: Record<string, string> = {}
  const entry = (version: string) =>
    document(version, ['/a'], { components: { schemas: { Thing: { $ref: 'parts/schemas.json#/Thing' } } } }).replace(
      '"description":"ok"',
      '"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}',
    )
  const thing = (type: string) => JSON.stringify({ Thing: { type: 'object', required: ['id'], properties: { id: { type } } } })
  beforeEach(async () => {
    Object.assign(files, { '/v1/openapi.json': entry('1'), '/v1/parts/schemas.json': thing('string') })
    shop.published = ({ url }) => (files[url] === undefined ? { status: 404 } : { headers: { etag: '"constant"' }, body: files[url] })
    await follow(`${shop.partner.url}/v1/openapi.json`)
  })

  it('change when one of their files does, whatever the validator of the first says', async () => {
    expect((await pollAfter(0)).outcome).toBe('first')
    expect((await pollAfter(24)).outcome).toBe('unchanged')
    files['/v1/parts/schemas.json'] = thing('integer')
    expect((await pollAfter(24)).outcome).toBe('quarantined')
    expect(shop.partner.seen.every(({ headers }) => headers['if-none-match'] === undefined)).toBe(true)
    expect((await pollAfter(1)).outcome).toBe('published')
    expect(shop.told).toHaveLength(1)
    expect((await shop.registry.current('shop'))!.contract.files.size).toBe(2)
  })

  it('with a file that is missing are unreadable', async () => {
    await pollAfter(0)
    delete files['/v1/parts/schemas.json']
    expect(await pollAfter(24)).toMatchObject({ outcome: 'unreadable', reason: expect.stringContaining('404') })
    expect(await inForce()).toBe('1')
  })
})

/** The partner takes the request and never answers. @returns ends it */
function startHanging(): () => void {
  const answer = shop.partner.answer
  shop.partner.answer = () => undefined
  return () => {
    shop.partner.answer = answer
  }
}
