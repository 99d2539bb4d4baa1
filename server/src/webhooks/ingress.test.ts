import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { TestDatabase } from '../../test/test-database.ts'
import { openDatabase } from '../database/index.ts'
import type { IngressOptions } from './ingress.ts'
import type { DeliveryRow } from './queries.ts'
import { idOf, lastSent, openTestIngress, outcomes, signed, type TestIngress, testSources } from './test-ingress.ts'

let database: TestDatabase
let ingresses: TestIngress
beforeAll(async () => {
  ingresses = await openTestIngress()
  database = ingresses.database
})
afterEach(() => ingresses.stopAll())
afterAll(() => database.drop())

const start: TestIngress['start'] = (options) => ingresses.start(options)
const stored = async (id: string) => (await database.pool.query<DeliveryRow>('select * from delivery where id = $1', [id])).rows[0]
const count = async () => Number((await database.pool.query('select count(*) from delivery')).rows[0].count)

it('answers 202 with the id under which the raw bytes are stored', async () => {
  const { url, metrics } = await start()
  const body = '{ "b":1,\n"a":2, "a":3 }\r\n'
  const response = await fetch(`${url}/webhooks/github?utm=1`, signed('github', body, { 'x-event': 'issues' }))
  expect(response.status).toBe(202)
  expect(await response.json()).toEqual({ delivery: idOf(response) })
  const row = (await stored(idOf(response)))!
  expect(row.body.toString()).toBe(body)
  expect(row).toMatchObject({
    source: 'github',
    instance_key: null,
    sender_id: `d-${lastSent()}`,
    assurance: 'signature',
    secret_id: 'github-secret',
    query: 'utm=1',
  })
  expect(row.headers['x-event']).toEqual(['issues'])
  expect(await outcomes(metrics)).toEqual({ 'github recorded': 1 })
})

it('keeps which instance an address belongs to', async () => {
  const { url } = await start()
  const response = await fetch(`${url}/webhooks/github/k_9~x.Y`, signed('github'))
  expect((await stored(idOf(response)))!.instance_key).toBe('k_9~x.Y')
})

it('answers a repeat exactly as the first, and counts it', async () => {
  const { url, metrics } = await start()
  const request = signed('github')
  const [first, second] = [await fetch(`${url}/webhooks/github`, request), await fetch(`${url}/webhooks/github`, request)]
  expect([second.status, await second.text()]).toEqual([first.status, await first.text()])
  const other = signed('github', '{"a":2}', { 'x-github-delivery': (request.headers as Record<string, string>)['x-github-delivery']! })
  expect(idOf(await fetch(`${url}/webhooks/github`, other))).toBe(idOf(first))
  expect(await outcomes(metrics)).toEqual({
    'github recorded': 1,
    'github already-recorded': 1,
    'github already-recorded-with-other-bytes': 1,
  })
})

it('refuses what is not verified with 401 and a reason, stores nothing of it, and keeps a sample without secrets', async () => {
  const { url, metrics, ingress } = await start()
  const before = await count()
  const request = signed('github', undefined, {
    'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
    authorization: 'Bearer canary-4711',
    'x-api-token': 'canary-4711',
  })
  const response = await fetch(`${url}/webhooks/github`, request)
  expect(response.status).toBe(401)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toMatchObject({
    type: 'https://bridgekeeper.dev/errors#webhooks.not_verified',
    title: 'not verified',
    code: 'webhooks.not_verified',
    detail: expect.stringContaining('matches under none'),
    fix: expect.any(String),
  })
  expect(await count()).toBe(before)
  expect(await outcomes(metrics)).toEqual({ 'github not-verified': 1 })
  await ingress.stop()
  const { rows } = await database.pool.query('select * from refused_delivery')
  expect(rows).toMatchObject([{ source: 'github', reason: 'signature-mismatch', body_bytes: 7 }])
  expect(JSON.stringify(rows)).not.toContain('canary')
})

it('a flood of refusals is counted but sampled, and never fills the table', async () => {
  const { url, metrics, ingress } = await start()
  const forged = signed('github', undefined, { 'x-hub-signature-256': 'sha256=0' })
  await Promise.all(Array.from({ length: 300 }, () => fetch(`${url}/webhooks/github`, forged)))
  await ingress.stop()
  expect(await outcomes(metrics)).toEqual({ 'github not-verified': 300 })
  const kept = Number((await database.pool.query('select count(*) from refused_delivery')).rows[0].count)
  expect(kept).toBeGreaterThan(1)
  expect(kept).toBeLessThanOrEqual(100)
})

it('never stores a password that came in a header', async () => {
  const { url } = await start()
  const response = await fetch(`${url}/webhooks/basic?token=canary-4711`, signed('basic'))
  const row = await stored(idOf(response))
  expect(row).toMatchObject({ assurance: 'shared-secret', headers: { authorization: ['[redacted]'] }, query: 'token=%5Bredacted%5D' })
  expect(JSON.stringify(row)).not.toMatch(/canary/)
})

it('says 404 for sources it does not know, 405 for other methods, 415 for other contents, each with code and fix', async () => {
  const { url } = await start()
  const problem = async (path: string, init: RequestInit) => {
    const response = await fetch(url + path, init)
    const { code, detail, fix } = (await response.json()) as Record<string, string>
    expect(fix).toBeTruthy()
    return [response.status, code, detail]
  }
  expect(await problem('/webhooks/nobody', signed('github'))).toEqual([404, 'webhooks.source_unknown', expect.stringContaining('"nobody"')])
  for (const path of [
    '/webhooks/',
    '/webhooks/github/a/b',
    '/webhooks/github/%00',
    '/webhooks/..%2fgithub',
    `/webhooks/${'x'.repeat(300)}`,
  ]) {
    expect((await problem(path, signed('github')))[0], path).toBe(404)
  }
  expect(await problem('/webhooks/github', { method: 'PUT', body: '{}' })).toEqual([
    405,
    'webhooks.method_not_allowed',
    expect.stringContaining('PUT'),
  ])
  const form = signed('github', '{}', { 'content-type': 'multipart/form-data; boundary=x' })
  expect(await problem('/webhooks/github', form)).toEqual([
    415,
    'webhooks.content_type_unsupported',
    expect.stringContaining('multipart/form-data'),
  ])
  const zipped = { ...signed('github', gzipSync('{}'), { 'content-encoding': 'gzip' }) }
  expect(await problem('/webhooks/github', zipped)).toEqual([415, 'webhooks.content_encoding_unsupported', expect.stringContaining('gzip')])
  expect((await fetch(`${url}/other`)).status).toBe(404)
})

it('takes the largest body allowed and refuses one byte more with the limit in words, announced or not', async () => {
  const { url, metrics } = await start()
  expect((await fetch(`${url}/webhooks/github`, signed('github', 'x'.repeat(10_240)))).status).toBe(202)
  const before = await count()
  const announced = await fetch(`${url}/webhooks/github`, signed('github', 'x'.repeat(10_241)))
  expect(announced.status).toBe(413)
  expect(await announced.json()).toMatchObject({
    code: 'webhooks.body_too_large',
    detail: expect.stringContaining('10 KiB (10,240 bytes)'),
  })
  const chunked = new ReadableStream({
    start(controller) {
      for (let index = 0; index < 50; index += 1) controller.enqueue(Buffer.alloc(1000))
      controller.close()
    },
  })
  const streamed = await fetch(`${url}/webhooks/github`, { ...signed('github'), body: chunked, duplex: 'half' } as RequestInit)
  expect(streamed.status).toBe(413)
  expect(await count()).toBe(before)
  expect(await outcomes(metrics)).toMatchObject({ 'github body-too-large': 2 })
})

it('an endless body is answered 413 and cut off', async () => {
  const { url } = await start()
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('POST /webhooks/github HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n')
  const chunk = `400\r\n${'x'.repeat(1024)}\r\n`
  const sending = setInterval(() => socket.write(chunk.repeat(4)), 1)
  let answer = ''
  socket.on('data', (data) => (answer += data))
  socket.on('error', () => {})
  const startedAt = Date.now()
  await new Promise((resolve) => socket.on('close', resolve))
  clearInterval(sending)
  expect(answer).toContain('HTTP/1.1 413')
  expect(Date.now() - startedAt).toBeLessThan(10_000)
})

it('acknowledges nothing of a body that breaks off, and stays healthy', async () => {
  const { url } = await start()
  const before = await count()
  for (const text of ['Content-Length: 500\r\n\r\n{"a":', 'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n']) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`POST /webhooks/open HTTP/1.1\r\nHost: a\r\nX-Id: broken\r\n${text}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
  }
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await count()).toBe(before)
  expect((await fetch(`${url}/webhooks/open`, signed('open'))).status).toBe(202)
})

it('gives back the memory of bodies that were refused or broke off', async () => {
  const { url } = await start({ maxBytesInFlight: 12_000 })
  for (let index = 0; index < 5; index += 1) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
    socket.write(`POST /webhooks/open HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n${'x'.repeat(8000)}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
    socket.destroy()
    const tooLarge = async () => {
      const parts = [Buffer.alloc(9000), Buffer.alloc(2000)]
      const body = new ReadableStream({ pull: (controller) => (parts.length ? controller.enqueue(parts.shift()) : controller.close()) })
      return (await fetch(`${url}/webhooks/github`, { ...signed('github'), body, duplex: 'half' } as RequestInit)).status
    }
    // The server learns a moment later that the other one has gone.
    await expect.poll(tooLarge, { timeout: 5_000 }).toBe(413)
  }
  expect((await fetch(`${url}/webhooks/github`, signed('github', 'x'.repeat(10_000)))).status).toBe(202)
})

it('keeps malformed JSON, empty bodies and bytes that are no text as they came', async () => {
  const { url } = await start()
  for (const body of ['{"a":', '', 'not json', Uint8Array.of(0, 255, 254, 0)]) {
    const response = await fetch(`${url}/webhooks/github`, signed('github', body))
    expect(response.status).toBe(202)
    expect((await stored(idOf(response)))!.body).toEqual(Buffer.from(body))
  }
})

it('a signature header sent twice is refused, although each is right', async () => {
  const { url } = await start()
  const { headers, body } = signed('github')
  const signature = (headers as Record<string, string>)['x-hub-signature-256']!
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const twice = `X-Hub-Signature-256: ${signature}\r\n`.repeat(2)
  socket.write(
    `POST /webhooks/github HTTP/1.1\r\nHost: a\r\n${twice}Content-Length: 7\r\nConnection: close\r\n\r\n${Buffer.from(body as Uint8Array)}`,
  )
  let answer = ''
  socket.on('data', (data) => (answer += data))
  await new Promise((resolve) => socket.on('close', resolve))
  expect(answer).toContain('401')
  expect(answer).toContain('arrived 2 times')
})

it('answers each sender in the way it expects: Slack empty and its challenge, Adyen its word', async () => {
  const { url } = await start()
  const slack = await fetch(`${url}/webhooks/slack`, signed('slack', '{"event_id":"Ev1"}'))
  expect([slack.status, await slack.text()]).toEqual([200, ''])
  expect((await stored(idOf(slack)))!.sender_id).toBe('Ev1')
  const before = await count()
  const challenge = await fetch(`${url}/webhooks/slack`, signed('slack', '{"type":"url_verification","challenge":"abc"}'))
  expect([challenge.status, await challenge.text(), await count()]).toEqual([200, 'abc', before])
  const item = {
    pspReference: 'P',
    merchantAccountCode: 'M',
    merchantReference: 'R',
    amount: { value: 1, currency: 'EUR' },
    eventCode: 'CAPTURE',
    success: 'true',
  }
  const request = signed('adyen', JSON.stringify({ notificationItems: [{ NotificationRequestItem: item }] }))
  const [first, again] = [await fetch(`${url}/webhooks/adyen`, request), await fetch(`${url}/webhooks/adyen`, request)]
  expect([await first.text(), await again.text(), idOf(again)]).toEqual(['[accepted]', '[accepted]', idOf(first)])
})

it('stores what nobody verified with that fact beside it', async () => {
  const { url } = await start()
  const row = await stored(idOf(await fetch(`${url}/webhooks/open`, signed('open'))))
  expect(row).toMatchObject({ assurance: 'none', secret_id: null })
})

it('acknowledges nothing while the database is away: 503 with Retry-After, and accepts again when it is back', async () => {
  const away = openDatabase(database.url.replace(/port=\d+|host=[^&]+/, 'host=%2Fnowhere'))
  const { url } = await start({ database: away })
  const response = await fetch(`${url}/webhooks/github`, signed('github'))
  expect(response.status).toBe(503)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await response.json()).toMatchObject({ code: 'webhooks.store_away', retry: true })
  await away.close()
})

it('does not turn a sender away because the secrets cannot be read just now', async () => {
  const unreadable = { ...testSources.get('github')!, secrets: () => Promise.reject(new Error('canary: connection terminated')) }
  const { url } = await start({ source: () => unreadable })
  const response = await fetch(`${url}/webhooks/github`, signed('github'))
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await response.text()).not.toContain('canary')
})

it('connections killed under load cost no acknowledged delivery and no later one', async () => {
  const own = openDatabase(database.url, { applicationName: 'to-be-killed', maxConnections: 3 })
  const { url } = await start({ database: own })
  const bodies = new Map<string, string>()
  const send = async () => {
    const body = `{"n":${Math.random()}}`
    const response = await fetch(`${url}/webhooks/github`, signed('github', body))
    if (response.status === 202) bodies.set(idOf(response), body)
    else expect(response.status).toBe(503)
  }
  for (let round = 0; round < 10; round += 1) {
    const sending = Array.from({ length: 40 }, send)
    await database.pool.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'to-be-killed'")
    await Promise.all(sending)
  }
  await Promise.all(Array.from({ length: 5 }, send))
  expect(bodies.size).toBeGreaterThan(50)
  for (const [id, body] of bodies) expect((await stored(id))?.body.toString()).toBe(body)
  await own.close()
})

it('one delivery that the database cannot take fails alone; those that arrived with it are stored', async () => {
  const { url } = await start({
    onAccepted: async (tx, deliveries) => {
      const { rows } = await database.pool.query("select 1 where 'bad' = any($1)", [deliveries.map(({ instanceKey }) => instanceKey)])
      if (rows.length > 0) await sql`select 'no number'::int`.execute(tx)
    },
  })
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, index) => fetch(`${url}/webhooks/github${index === 7 ? '/bad' : ''}`, signed('github'))),
  )
  expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, (_, index) => (index === 7 ? 500 : 202)))
  expect(await responses[7]!.json()).toMatchObject({ code: 'webhooks.store_refused' })
})

it('refuses with 503 when too many wait, in number or in bytes, and recovers', async () => {
  const slow: IngressOptions['onAccepted'] = () => new Promise((resolve) => setTimeout(resolve, 300))
  const few = await start({ maxWaiting: 5, onAccepted: slow })
  const statuses = async (url: string, total: number, body = '{}') =>
    (await Promise.all(Array.from({ length: total }, () => fetch(`${url}/webhooks/github`, signed('github', body))))).map(
      ({ status }) => status,
    )
  const first = await statuses(few.url, 12)
  expect(first.filter((status) => status === 202)).toHaveLength(5)
  expect(first.filter((status) => status === 503)).toHaveLength(7)
  expect(await statuses(few.url, 1)).toEqual([202])
  const small = await start({ maxBytesInFlight: 20_000, onAccepted: slow })
  const second = await statuses(small.url, 10, 'x'.repeat(5000))
  expect(second.filter((status) => status === 202)).toHaveLength(4)
  expect(await statuses(small.url, 4, 'x'.repeat(5000))).toEqual([202, 202, 202, 202])
})

it('answers what waits when it stops, and refuses the rest with 503', async () => {
  const { url, ingress } = await start({ onAccepted: () => new Promise((resolve) => setTimeout(resolve, 100)) })
  const waiting = fetch(`${url}/webhooks/github`, signed('github'))
  while (ingress.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  const stopping = ingress.stop()
  expect((await fetch(`${url}/webhooks/github`, signed('github'))).status).toBe(503)
  await stopping
  expect((await waiting).status).toBe(202)
})
