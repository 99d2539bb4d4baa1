import { brotliCompressSync, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { processorMs } from '../../../test/processor-time.ts'
import { document, follow, inForce, makeSources, pollAfter, polledShop, publish, shop, source } from './polled-shop.fixture.ts'

polledShop()

describe('an api-catalog', () => {
  const linkset = (...contexts: object[]) => JSON.stringify({ linkset: contexts })
  const desc = (anchor: string, href: string, type = 'application/vnd.oai.openapi+json') => ({ anchor, 'service-desc': [{ href, type }] })
  let catalog: string
  beforeEach(async () => {
    shop.published = ({ url }) =>
      url === '/.well-known/api-catalog'
        ? { headers: { 'content-type': 'application/linkset+json' }, body: catalog }
        : { headers: { etag: '"1"' }, body: document(url) }
    await follow(shop.partner.url, { field: 'catalog' })
  })

  it('leads to the description of the API that the platform’s baseUrl lies under', async () => {
    catalog = linkset(
      desc('https://api.shop.example/', '/all.json'),
      desc('https://api.shop.example/v1', '/v1.json'),
      desc('https://api.shop.example/v10', '/v10.json'),
    )
    expect((await pollAfter(0)).outcome).toBe('first')
    expect(await inForce()).toBe('/v1.json')
    expect((await source()).documentUrl).toBe(`${shop.partner.url}/v1.json`)
    catalog = linkset(desc('https://api.shop.example/v1', '/v2.json'))
    expect((await pollAfter(24)).outcome).toBe('quarantined')
  })

  it.each([
    ['not found', 'no json', 'no linkset'],
    ['empty', '{"linkset":[]}', 'names no service-desc'],
    ['of others', linkset(desc('https://one.example', '/1.json'), desc('https://two.example', '/2.json')), 'none of them'],
    ['hostile', linkset(desc('https://api.shop.example/v1', 'file:///etc/passwd')), 'no web address'],
    ['of an address that PostgreSQL cannot keep', linkset(desc('https://api.shop.example/v1', 'file:///\u0000\ud83d')), 'no web address'],
    ['private', linkset(desc('https://api.shop.example/v1', 'http://127.0.0.1:1/x.json')), 'address'],
  ])('that is %s says so', async (_, text, words) => {
    catalog = text
    expect(await pollAfter(0)).toMatchObject({ outcome: 'unreachable', reason: expect.stringContaining(words) })
  })
})

describe('hostile sources', () => {
  beforeEach(() => follow(`${shop.partner.url}/openapi.json`))

  it('redirects are followed, but not to private addresses, and credentials in an address are not sent', async () => {
    shop.published = ({ url }) =>
      url === '/openapi.json' ? { status: 302, headers: { location: '/moved.json' } } : { body: document('1') }
    expect((await pollAfter(0)).outcome).toBe('first')
    expect((await source()).documentUrl).toBe(`${shop.partner.url}/moved.json`)
    for (const location of ['http://127.0.0.1:9/x', 'http://169.254.169.254/latest/meta-data', 'http://[::1]:9/', 'http://localhost:9/']) {
      shop.published = () => ({ status: 302, headers: { location } })
      expect(await pollAfter(24), location).toMatchObject({ outcome: 'unreachable', reason: expect.stringMatching(/address/) })
    }
    await follow(shop.partner.url.replace('//', '//user:secret@'))
    publish(document('1'))
    expect((await pollAfter(0)).outcome).toBe('unchanged')
    expect(shop.partner.seen.at(-1)!.headers.authorization).toBeUndefined()
    expect(JSON.stringify(await source())).not.toContain('secret')
  })

  it.each([
    [
      'remote references to private addresses',
      document('1', ['/a'], { components: { schemas: { A: { $ref: 'http://169.254.169.254/x' } } } }),
      /private address/,
    ],
    [
      'a reference that PostgreSQL cannot keep',
      document('1', ['/a'], { components: { schemas: { A: { $ref: '#/no\u0000\ud83d' }, B: { $ref: '\u0000\ud83d.json' } } } }),
      undefined,
    ],
    [
      'a loop of references',
      document('1', ['/a'], { components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } } }),
      undefined,
    ],
    [
      'prototype keys',
      `{"openapi":"3.0.3","info":{"title":"x","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"ok"}}}},"__proto__":{"get":{}}},"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`,
      undefined,
    ],
    ['deep nesting', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, /deeper/],
    [
      'aliases that multiply',
      [
        'openapi: 3.0.3',
        'a: &a [x,x,x,x,x,x,x,x,x]',
        ...Array.from({ length: 9 }, (_, n) => `${'bcdefghij'[n]}: &${'bcdefghij'[n]} [${Array(9).fill(`*${'abcdefghi'[n]}`).join(',')}]`),
      ].join('\n'),
      /aliases/,
    ],
  ])('%s end within seconds, in a contract or a clear error', async (_, text, expected) => {
    publish(text)
    const start = processorMs()
    const { outcome, reason } = await pollAfter(0)
    expect(processorMs() - start).toBeLessThan(5_000)
    expect(outcome).toBe(expected ? 'unreadable' : 'first')
    if (expected) expect(reason).toMatch(expected)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${document('ü1')}`), 'application/json'],
    ['UTF-16 of Windows', Buffer.from(`\ufeff${document('ü1')}`, 'utf16le'), 'application/json; charset=utf-8'],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${document('ü1')}`, 'utf16le').swap16(), 'text/plain'],
    ['UTF-16 without a mark', Buffer.from(document('ü1'), 'utf16le'), 'application/json'],
    ['Latin-1, as its type says', Buffer.from(document('ü1'), 'latin1'), 'application/json; charset="ISO-8859-1"'],
    ['UTF-8 under a charset that nobody knows', Buffer.from(document('ü1')), 'application/json; charset=utf8mb4'],
    ['a type that lies', Buffer.from(document('ü1')), 'text/html; charset=utf-8'],
    ['YAML that calls itself JSON', Buffer.from('openapi: 3.0.3\ninfo: { title: x, version: ü1 }\npaths: {}\n'), 'application/json'],
  ])('a document in %s is read as what it is', async (_, bytes, type) => {
    publish(bytes, { 'content-type': type })
    expect((await pollAfter(0)).outcome).toBe('first')
    expect(await inForce()).toBe('ü1')
  })

  it.each([
    ['a login page', { body: '<!doctype html><title>Please log in</title>', headers: { 'content-type': 'text/html' } }, 'unreadable'],
    ['nothing', { body: '' }, 'unreadable'],
    ['no content', { status: 204, body: '' }, 'unreachable'],
    ['a part only', { status: 206, body: document('2') }, 'unreachable'],
    ['"not modified", unasked', { status: 304, body: '' }, 'unreachable'],
    ['a list', { body: '[]' }, 'unreadable'],
    ['half of itself', { body: document('2').slice(0, -40) }, 'unreadable'],
    ['half of itself, packed', { body: gzipSync(document('2')).subarray(0, 60), headers: { 'content-encoding': 'gzip' } }, 'unreachable'],
    ['what says that it is packed and is not', { body: document('2'), headers: { 'content-encoding': 'br' } }, 'unreachable'],
    ['a bomb', { body: brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, ' ')), headers: { 'content-encoding': 'br' } }, 'unreachable'],
    ['a circle of redirects', { status: 302, headers: { location: '/openapi.json' } }, 'unreachable'],
    ['a redirect to a file', { status: 302, headers: { location: 'file:///etc/passwd' } }, 'unreachable'],
  ])('%s replaces no good document, and says what to do', async (_, reply, outcome) => {
    publish(document('1'))
    expect((await pollAfter(0)).outcome).toBe('first')
    // It waits for a second reading, so that it is asked for without conditions.
    shop.published = () => reply
    const found = await pollAfter(24)
    expect(found.outcome).toBe(outcome)
    expect(found.reason).toBeTruthy()
    expect((await source()).fix).toBeTruthy()
    expect(await inForce()).toBe('1')
    expect(shop.told).toEqual([])
    publish(document('1'))
    expect((await pollAfter(24)).outcome).toBe('unchanged')
    expect((await source()).error).toBeNull()
  })

  it('a connection that breaks in the middle is no document, however whole it looks', async () => {
    publish(document('1'))
    await pollAfter(0)
    const answer = shop.partner.answer
    // Every operation but the last is there, and the text is YAML that could be read.
    shop.partner.answer = (_, response) => {
      response.writeHead(200, { 'content-length': 10_000 })
      response.write('openapi: 3.0.3\ninfo: { title: Shop, version: "2" }\npaths:\n  /a: { get: { responses: {} } }\n')
      setTimeout(() => response.destroy(), 50)
      return undefined
    }
    expect((await pollAfter(24)).outcome).toBe('unreachable')
    shop.partner.answer = (_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' })
      response.write('openapi: 3.0.3\ninfo: { title: Shop, version: "2" }\npaths: {}\n')
      setTimeout(() => response.destroy(), 50)
      return undefined
    }
    expect((await pollAfter(24)).outcome).toBe('unreachable')
    shop.partner.answer = answer
    expect(await inForce()).toBe('1')
  })

  it('validators are given back as they came, and those that nobody can send back cost a whole reading', async () => {
    for (const etag of ['W/"1"', '"é"', 'no quotes', `"${'x'.repeat(8_000)}"`, '"a", "b"']) {
      publish(document('1'), { etag, 'last-modified': 'yesterday' })
      await pollAfter(24)
      const found = await pollAfter(24)
      expect([etag.slice(0, 20), found.outcome, found.reason]).toEqual([etag.slice(0, 20), 'unchanged', undefined])
    }
  })

  it('a provider that shows an older version again is believed only after the hold, and told once', async () => {
    publish(document('1', ['/a', '/b', '/c', '/d', '/e', '/f', '/g']))
    await pollAfter(0)
    publish(document('2'))
    await pollAfter(24)
    expect((await pollAfter(2)).outcome).toBe('published')
    publish(document('1', ['/a', '/b', '/c', '/d', '/e', '/f', '/g']))
    expect((await pollAfter(24)).outcome).toBe('quarantined')
    expect(await inForce()).toBe('2')
    expect((await pollAfter(2)).outcome).toBe('published')
    expect(shop.told).toEqual(['2: 1', '1: 1'])
  })

  it('more than 32 MiB are not read, packed neither, declared or not', async () => {
    const huge = Buffer.alloc(33 * 1024 * 1024, ' ')
    publish(huge)
    expect(await pollAfter(0)).toMatchObject({ outcome: 'unreachable', reason: expect.stringContaining('33554432 bytes') })
    publish(gzipSync(huge), { 'content-encoding': 'gzip' })
    expect(await pollAfter(1)).toMatchObject({ outcome: 'unreachable', reason: expect.stringContaining('33554432 bytes') })
  })

  it('an answer that trickles in for ever is broken off', async () => {
    shop.sources = makeSources({ fetchLimits: { timeoutMs: 300 } })
    const answer = shop.partner.answer
    shop.partner.answer = (_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
      return undefined
    }
    expect(await pollAfter(0)).toMatchObject({ outcome: 'unreachable', reason: 'no whole answer came within 0.3 seconds' })
    shop.partner.answer = answer
  })
})
