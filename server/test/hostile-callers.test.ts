import { once } from 'node:events'
import { connect } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileMapping } from '../src/runtime/mapping.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

let database: TestDatabase
let partner: TestPartner
/** A host of the operator's network that the operator allows, and that is no partner of anybody here. */
let inside: TestPartner
let server: TenantServer
const keys = { operator: '', acme: '', umbrella: '' }
const umbrella = { organization: 'acme', customer: 'umbrella' }

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  inside = await startTestPartner()
  server = await startTenantServer(database, partner, { allowedHosts: [partner.host, inside.host] })
  keys.operator = await makeKey(server, ['admin'])
  keys.acme = await makeKey(server, ['read', 'write', 'admin'], { organization: 'acme' })
  keys.umbrella = await makeKey(server, ['read', 'write'], umbrella)
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await inside?.close()
  await database?.drop()
})

/** What the server says to bytes, as far as it says something before `untilMs`. */
async function raw(text: string, untilMs = 3_000): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  let said = ''
  socket.on('data', (chunk) => (said += chunk.toString()))
  socket.on('error', () => {})
  socket.write(text)
  await Promise.race([once(socket, 'close'), expect.poll(() => said, { timeout: untilMs }).toContain('\r\n\r\n')])
  socket.destroy()
  return said
}

describe('a stranger', () => {
  it('is refused before the server keeps a byte of a body without a declared length', async () => {
    const unfinished = `POST /api/instances HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n`
    expect(await raw(unfinished)).toMatch(/^HTTP\/1\.1 401 /)
  })

  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3'],
    ['a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked'],
    ['chunks under another name', 'Transfer-Encoding: xchunked'],
    ['chunks that are none in the end', 'Transfer-Encoding: chunked, identity'],
    ['a length with a sign', 'Content-Length: +2'],
    ['a space before the colon', 'Content-Length : 2'],
    ['a folded header', 'X-Folded: one\r\n two\r\nContent-Length: 2'],
  ])('can not smuggle a request behind %s, past the API or the ingress', async (_, headers) => {
    for (const path of ['/api/instances', '/webhooks/shop']) {
      const said = await raw(`POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`)
      expect(said, path).toMatch(/^HTTP\/1\.1 400 /)
      expect(said, path).not.toContain('alive')
    }
  })

  it('that is a health check of HTTP/1.0 without a Host is answered', async () => {
    expect(await raw('GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
    expect(await raw('GET /readyz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('a body', () => {
  const send = (body: string | Buffer, headers: Record<string, string>) =>
    fetch(`${server.url}/api/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.operator}`, 'content-type': 'application/json', ...headers },
      body: new Uint8Array(Buffer.from(body)),
    }).then(async (response) => ({ status: response.status, code: ((await response.json()) as { code?: string }).code }))
  const key = JSON.stringify({ name: 'é', organization: 'acme', scopes: ['read'] })

  it('in another character set, compressed, or not in UTF-8 is refused instead of being read as something else', async () => {
    expect(await send(Buffer.from(key, 'latin1'), { 'content-type': 'application/json; charset=iso-8859-1' })).toEqual({
      status: 415,
      code: 'http.media_type_unsupported',
    })
    expect(await send(key, { 'content-encoding': 'gzip' })).toEqual({ status: 415, code: 'http.media_type_unsupported' })
    expect(await send(Buffer.from(key, 'latin1'), {})).toEqual({ status: 422, code: 'http.body_malformed' })
    expect(await send(key, { 'content-type': 'Application/JSON; charset="UTF-8"' })).toEqual({ status: 201, code: undefined })
  })
})

describe("a customer's key", () => {
  const connectTo = (key: string, baseUrl: string, more: object = {}) =>
    ask(server, key, 'POST', '/connections', {
      ...umbrella,
      platform: 'crm',
      name: crypto.randomUUID(),
      baseUrl,
      authentication: { kind: 'none' },
      secrets: {},
      ...more,
    })

  it('can not look around in the network of the operator through hosts that were allowed for a platform', async () => {
    const spelled = new URL(inside.url)
    for (const baseUrl of [inside.url, `${inside.url}/admin`, `http://2130706433:${spelled.port}`, `http://0x7f.1:${spelled.port}`]) {
      for (const key of [keys.umbrella, keys.acme])
        expect(await connectTo(key, baseUrl), baseUrl).toMatchObject({ status: 403, json: { code: 'connections.base_url_inside' } })
    }
    expect(inside.seen).toEqual([])
    // What the operator means is done, and the platform's own address is nobody's secret.
    expect((await connectTo(keys.operator, inside.url)).status).toBe(201)
    expect((await connectTo(keys.umbrella, `${partner.url}/v2`)).status).toBe(201)
    expect((await connectTo(keys.umbrella, 'https://umbrella.crm.example')).status).toBe(201)
  })

  it.each(['Host', 'transfer-encoding', 'Content-Length', 'connection', 'Expect'])(
    'can not put a credential into the header %s',
    async (header) => {
      const authentication = { kind: 'header', header }
      const made = await connectTo(keys.umbrella, partner.url, { authentication, secrets: { value: 'evil.example' } })
      expect(made).toMatchObject({ status: 422, json: { code: 'connections.authentication_malformed' } })
    },
  )

  it('can not stop or fill the process with a mapping or settings of megabytes, nor get as many complaints as it sends mistakes', async () => {
    const facts = { ...umbrella, integration: 'shop-crm', name: 'large' }
    const long = `[${'1,'.repeat(1_000_000)}1]`
    expect(await ask(server, keys.umbrella, 'POST', '/instances', { ...facts, settings: { text: 'x'.repeat(300_000) } })).toMatchObject({
      status: 422,
      json: { code: 'runtime.settings_invalid', detail: expect.stringContaining('262144') },
    })
    expect(() => compileMapping(long)).toThrow('at most 65536')
    expect(compileMapping(`[${'1,'.repeat(30_000)}1]`)).toBeDefined()
    const wrong = await ask(server, keys.umbrella, 'POST', '/instances', {
      ...facts,
      mappings: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`m${n}`, n])),
    })
    expect(wrong).toMatchObject({
      status: 422,
      json: { code: 'identity.request_invalid', detail: expect.stringContaining('and 4980 more') },
    })
    expect(wrong.text.length).toBeLessThan(5_000)
  })

  it('can not override a mapping that only JavaScript knows', async () => {
    const facts = { ...umbrella, integration: 'shop-crm', name: 'prototype' }
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      const made = await ask(server, keys.umbrella, 'POST', '/instances', { ...facts, mappings: { [name]: '1' } })
      expect(made, name).toMatchObject({ status: 422, json: { code: 'runtime.override_unknown' } })
    }
  })
})

it('a secret for webhooks of a platform that receives none is refused, not stored for nobody', async () => {
  for (const source of ['shopp', 'constructor', '__proto__', 'shopp/some-instance']) {
    const added = await ask(server, keys.operator, 'POST', `/webhook-sources/${encodeURIComponent(source)}/secrets`, { secret: 'a secret' })
    expect(added, source).toMatchObject({ status: 404, json: { code: 'connections.source_unknown' } })
  }
})

describe('a run that a partner refused', () => {
  const webhookSecret = 'a webhook secret of the shop'
  beforeAll(async () => {
    const facts = { ...umbrella, name: 'main' }
    const connection = await ask(server, keys.operator, 'POST', '/connections', { ...facts, platform: 'crm', secrets: { token: 'token' } })
    const more = { connections: { crm: connection.json.id }, accounts: { shop: ['umbrella'] } }
    expect((await ask(server, keys.operator, 'POST', '/instances', { ...facts, integration: 'shop-crm', ...more })).status).toBe(201)
    await ask(server, keys.operator, 'POST', '/webhook-sources/shop/secrets', { secret: webhookSecret })
    partner.answer = () => ({ status: 422, body: '{"error":"order is not known","session_token":"planted-4711","retry":false}' })
    await sendWebhook(server, 'shop', webhookSecret, { account: 'umbrella', order: 'o-1' })
    await untilIdle(database)
  })

  it("keeps of the partner's answer what helps, and no token that stands in it", async () => {
    const { text, json } = await ask(server, keys.operator, 'GET', '/runs?status=parked')
    expect(json.runs[0].failure.body).toContain('order is not known')
    expect(text).not.toContain('planted-4711')
    const { rows } = await sql<{ row: string }>`select run::text as row from run`.execute(database.executor)
    expect(rows.map(({ row }) => row).join()).not.toContain('planted-4711')
  })

  it("tells customers' keys why it stopped, and nothing of the builder's code and machine", async () => {
    await sql`update run set failure = failure::jsonb || '{"stack": "TypeError: x at run (/srv/builder/flow.ts:7:3)"}'`.execute(
      database.executor,
    )
    const { runs } = (await ask(server, keys.acme, 'GET', '/runs?status=parked')).json
    expect(runs[0].failure.stack).toContain('/srv/builder')
    for (const path of ['/runs?status=parked', `/runs/${runs[0].id}`, '/parked']) {
      const { status, text } = await ask(server, keys.umbrella, 'GET', path)
      expect([status, text.includes('order is not known'), text.includes('/srv/')], path).toEqual([200, true, false])
    }
  })
})
