import { gzipSync } from 'node:zlib'
import { isFailure } from '@bridgekeeper/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { startTestGateway, type TestGateway } from '../../test/test-gateway.ts'
import { startTestPartner, type TestPartner } from '../../test/test-partner.ts'
import type { GatewayCall, Observation } from './index.ts'

let database: TestDatabase
let partner: TestPartner
let here: TestGateway
let connectionId: string
const observed: Observation[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  const platforms = {
    helpdesk: {
      baseUrl: `${partner.url}/v1/`,
      idempotency: { header: 'Idempotency-Key' },
      headers: { 'x-version': '2' },
      maxResponseBytes: 100_000,
    },
    nested: { baseUrl: partner.url, idempotency: { field: '/meta/requestId' } },
    fields: { baseUrl: partner.url, idempotency: { field: 'requestId' } },
    dead: { baseUrl: 'http://127.0.0.1:1' },
    quiet: { baseUrl: partner.url, record: 'metadata' as const },
  }
  const observers = [
    () => {
      throw new Error('an observer fails')
    },
    async () => {
      throw new Error('an observer fails later')
    },
    (observation: Observation) => void observed.push(observation),
  ]
  here = startTestGateway(database, platforms, { allowedHosts: ['127.0.0.1'], observers })
  connectionId = (await here.connect()).id
})
afterAll(async () => {
  await here?.close()
  await partner?.close()
  await database?.drop()
})
beforeEach(async () => {
  partner.seen.length = 0
  partner.answer = () => ({ body: '{"ok":true}' })
  observed.length = 0
  connectionId = (await here.connect()).id
})

const call = (input: Partial<GatewayCall> = {}) =>
  here.gateway.call({ platform: 'helpdesk', connectionId, method: 'GET', path: '/tickets/{id}', pathParameters: { id: 7 }, ...input })
const failing = (input: Partial<GatewayCall> = {}) =>
  call(input).then(
    () => expect.unreachable('the call succeeded'),
    (thrown) => {
      expect(isFailure(thrown)).toBe(true)
      return thrown
    },
  )

describe('a request', () => {
  it('goes to base URL and path with query, headers, body and credential', async () => {
    const answer = await call({
      method: 'POST',
      path: '/tickets/{id}/comments',
      pathParameters: { id: 'a/b' },
      query: { tag: ['x', 'y'] },
      headers: { 'X-Own': '1', Host: 'evil.example', 'Transfer-Encoding': 'chunked' },
      body: { text: 'hello' },
      idempotencyKey: 'key-1',
    })
    expect(answer).toMatchObject({ status: 200, body: { ok: true }, headers: { 'content-type': 'application/json' } })
    expect(partner.seen[0]).toMatchObject({ method: 'POST', url: '/v1/tickets/a%2Fb/comments?tag=x&tag=y', body: '{"text":"hello"}' })
    expect(partner.seen[0]!.headers).toMatchObject({
      host: partner.host,
      authorization: 'Bearer token-1',
      'content-type': 'application/json',
      'idempotency-key': 'key-1',
      'x-own': '1',
      'x-version': '2',
      'user-agent': 'bridgekeeper',
    })
    expect(partner.seen[0]!.headers['transfer-encoding']).toBeUndefined()
  })

  it('carries the idempotency key in the declared field of writes, and never with reads', async () => {
    const fields = await here.connect({ platform: 'fields' })
    const write = { platform: 'fields', connectionId: fields.id, path: '/a', idempotencyKey: 'key-2' }
    await call({ ...write, method: 'POST', body: { a: 1 } })
    await call({ ...write, method: 'POST', body: { a: 1, requestId: 'mine' } })
    await call({ ...write, method: 'POST', body: ['list'] })
    await call({ idempotencyKey: 'key-3' })
    const nested = await here.connect({ platform: 'nested' })
    await call({ ...write, platform: 'nested', connectionId: nested.id, method: 'POST', body: { meta: { a: 1 } } })
    expect(partner.seen.map((seen) => seen.body)).toEqual([
      '{"a":1,"requestId":"key-2"}',
      '{"a":1,"requestId":"mine"}',
      '["list"]',
      '',
      '{"meta":{"a":1,"requestId":"key-2"}}',
    ])
    expect(partner.seen[3]!.headers['idempotency-key']).toBeUndefined()
  })

  it.each<[string, unknown, Record<string, string>, string, string]>([
    [
      'form from an object',
      { a: 'x y', b: [1, 2] },
      { 'content-type': 'application/x-www-form-urlencoded' },
      'a=x%20y&b=1&b=2',
      'urlencoded',
    ],
    ['form', new URLSearchParams({ a: 'x y' }), {}, 'a=x+y', 'application/x-www-form-urlencoded'],
    ['text', 'plain', {}, 'plain', 'text/plain'],
    ['bytes', new Uint8Array([104, 105]), {}, 'hi', 'application/octet-stream'],
    ['merge patch', { a: null }, { 'Content-Type': 'application/merge-patch+json' }, '{"a":null}', 'application/merge-patch+json'],
    ['null', null, {}, 'null', 'application/json'],
  ])('body: %s', async (_, body, headers, wire, type) => {
    await call({ method: 'POST', path: '/x', body, headers })
    expect(partner.seen[0]).toMatchObject({ body: wire, headers: { 'content-type': expect.stringContaining(type) } })
  })

  it('body: multipart', async () => {
    const form = new FormData()
    form.set('file', new Blob(['content']), 'a.txt')
    await call({ method: 'POST', path: '/x', body: form })
    expect(partner.seen[0]!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(partner.seen[0]!.body).toContain('filename="a.txt"')
  })

  it('does not go out with the credential of another platform', async () => {
    expect(await failing({ platform: 'fields' })).toMatchObject({
      kind: 'bug',
      message: expect.stringContaining('must not carry its credential'),
    })
    expect(await failing({ platform: 'absent' })).toMatchObject({ kind: 'bug' })
    expect(partner.seen).toEqual([])
  })

  it('that can not be written is a bug or the data of the customer, and nothing goes out', async () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(await failing({ method: 'POST', path: '/x', body: cycle })).toMatchObject({ kind: 'bug' })
    expect(await failing({ path: 'x' })).toMatchObject({ kind: 'bug' })
    expect(await failing({ pathParameters: { id: '..' } })).toMatchObject({ kind: 'customer-data' })
    expect(await failing({ headers: { 'x-own': 'a\r\nx-evil: 1' } })).toMatchObject({ kind: 'bug' })
    expect(partner.seen).toEqual([])
  })
})

describe('an answer', () => {
  it.each<[string, { status?: number; headers?: Record<string, string>; body?: string | Buffer }, unknown]>([
    ['nothing', { status: 204, body: '' }, undefined],
    ['text', { headers: { 'content-type': 'text/csv' }, body: 'a,b' }, 'a,b'],
    ['latin-1', { headers: { 'content-type': 'text/plain; charset=ISO-8859-1' }, body: Buffer.from([0xe4]) }, 'ä'],
    ['bytes', { headers: { 'content-type': 'image/png' }, body: Buffer.from([1, 2]) }, Buffer.from([1, 2])],
    ['problem+json', { headers: { 'content-type': 'application/problem+json; charset=utf-8' }, body: '\ufeff{"a":1}' }, { a: 1 }],
    ['gzip, although nobody asked', { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{"a":1}') }, { a: 1 }],
  ])('of %s is read as it says', async (_, reply, body) => {
    partner.answer = () => reply
    expect((await call()).body).toEqual(body)
  })

  it('longer than allowed is cut off while it arrives, said or unsaid, compressed or not', async () => {
    const zeros = '0'.repeat(200_000)
    let written = 0
    const replies: (typeof partner.answer)[] = [
      () => ({ body: zeros }),
      () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(zeros) }),
      (_, response) => {
        // Never ends by itself: only a limit that looks while bytes arrive comes to an end.
        response.writeHead(200, { 'content-type': 'application/json' })
        const more = () => {
          written += 1
          response.write('0'.repeat(10_000))
          if (!response.destroyed && written < 5_000) setImmediate(more)
        }
        more()
        return undefined
      },
    ]
    for (const reply of replies) {
      partner.answer = reply
      expect(await failing()).toMatchObject({ kind: 'customer-data', message: expect.stringContaining('longer than 100000 bytes') })
    }
    expect(written).toBeLessThan(4_999)
  })

  it('that calls itself JSON and is not is retried', async () => {
    partner.answer = () => ({ body: '{"a":' })
    expect(await failing()).toMatchObject({ kind: 'retryable', status: 200 })
  })

  it('outside 2xx is thrown with status and body', async () => {
    partner.answer = () => ({ status: 422, body: '{"detail":"no such customer"}' })
    expect(await failing()).toMatchObject({ kind: 'customer-data', status: 422, body: { detail: 'no such customer' } })
  })

  it('"not modified" is for those who asked', async () => {
    partner.answer = () => ({ status: 304, body: '' })
    expect((await call({ headers: { 'If-None-Match': '"1"' } })).status).toBe(304)
    expect(await failing()).toMatchObject({ kind: 'bug', status: 304 })
  })

  it('a redirect is not followed unless declared', async () => {
    partner.answer = () => ({ status: 302, headers: { location: '/elsewhere' } })
    expect(await failing()).toMatchObject({ kind: 'bug', message: expect.stringContaining('maxRedirects') })
    expect(partner.seen).toHaveLength(1)
  })
})

describe('no answer', () => {
  it('because nobody listens: partner-down', async () => {
    const { id } = await here.connect({ platform: 'dead' })
    expect(await failing({ platform: 'dead', connectionId: id })).toMatchObject({
      kind: 'partner-down',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('within the time: retryable, at the time', async () => {
    partner.answer = () => undefined
    const start = performance.now()
    expect(await failing({ timeoutMs: 200 })).toMatchObject({ kind: 'retryable', message: expect.stringContaining('TIMEOUT') })
    // Without the time it would be half a minute.
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  it('because the time ends in the middle of a body that trickles', async () => {
    partner.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const trickle = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(trickle))
      return undefined
    }
    expect(await failing({ timeoutMs: 300 })).toMatchObject({ kind: 'retryable' })
  })

  it('because the connection is dropped: retryable, since the effect may have happened', async () => {
    partner.answer = (_, response) => {
      response.socket?.destroy()
      return undefined
    }
    expect(await failing({ method: 'POST', body: {} })).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('may have done the work'),
    })
    await expect.poll(() => observed.at(-1)).toMatchObject({ outcome: 'retryable', status: undefined, sent: true })
  })
})

describe('observers', () => {
  it('are told of each call what they need, without the credential, and their exceptions hurt nobody', async () => {
    partner.answer = () => ({ status: 201, headers: { deprecation: '@1688169599' }, body: '{"id":9}' })
    const { callId } = await call({
      method: 'POST',
      path: '/tickets',
      query: { a: 1 },
      body: { subject: 's' },
      run: undefined,
      stepName: 'create',
    })
    expect(observed).toEqual([
      expect.objectContaining({
        callId,
        platform: 'helpdesk',
        connectionId,
        organization: 'acme',
        method: 'POST',
        path: '/tickets',
        query: { a: 1 },
        requestBody: { subject: 's' },
        status: 201,
        responseHeaders: expect.objectContaining({ deprecation: '@1688169599' }),
        responseBody: { id: 9 },
        outcome: 'ok',
        stepName: 'create',
      }),
    ])
    expect(JSON.stringify(observed)).not.toContain('token-1')
    expect(here.logged).toContainEqual([expect.objectContaining({ err: expect.anything() }), 'gateway could not tell an observer'])
  })
})

describe('call records', () => {
  it('keep what went over the wire, found by run and by connection', async () => {
    partner.answer = () => ({ status: 409, headers: { 'x-request-id': 'r1' }, body: '{"detail":"taken"}' })
    const runId = '01890000-0000-7000-8000-000000000001'
    await failing({
      method: 'PUT',
      query: { q: 1 },
      body: { a: 1 },
      run: { id: runId, instanceId: 'i', integration: 'sync' },
      stepName: 'save',
      idempotencyKey: 'key-9',
    })
    await here.gateway.flush()
    const [record] = await here.gateway.records({ runId })
    expect(record).toMatchObject({
      runId,
      step: 'save',
      connectionId,
      platform: 'helpdesk',
      method: 'PUT',
      operation: '/tickets/{id}',
      path: '/v1/tickets/7?q=1',
      status: 409,
      outcome: 'customer-data',
      error: 'helpdesk answered 409 to PUT /tickets/{id}: taken',
      idempotencyKey: 'key-9',
      requestBody: '{"a":1}',
      responseBody: '{"detail":"taken"}',
    })
    expect(record!.responseHeaders).toMatchObject({ 'x-request-id': 'r1' })
    expect(record!.requestHeaders).not.toHaveProperty('authorization')
    expect((await here.gateway.records({ connectionId })).map(({ id }) => id)).toEqual([record!.id])
  })

  it('keep only who, what, when and how it ended where the platform asks for it', async () => {
    const { id } = await here.connect({ platform: 'quiet' })
    await call({ platform: 'quiet', connectionId: id, method: 'POST', path: '/x', body: { private: 1 } })
    await here.gateway.flush()
    const [record] = await here.gateway.records({ connectionId: id })
    expect(record).toMatchObject({ status: 200, requestHeaders: null, requestBody: null, responseHeaders: null, responseBody: null })
  })

  it('hold texts that PostgreSQL does not know', async () => {
    partner.answer = () => ({ headers: { 'content-type': 'text/plain' }, body: 'nul \u0000 end' })
    await call({ method: 'POST', path: '/x', body: { lone: '\ud800' } })
    await here.gateway.flush()
    expect((await here.gateway.records({ connectionId }))[0]!.responseBody).toBe('nul \ufffd end')
  })
})
