import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createIo } from '../src/cli/io.ts'
import { runProgram } from '../src/cli/program.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { testKeys, untilIdle } from './whole-bridge.ts'

/** One per kind of secret; the name says in a failure which one came out. */
const canaries = {
  token: 'canary-token-7c1f9a',
  replacedToken: 'canary-replaced-5e20bd',
  webhookSecret: 'canary-webhook-91ab3e',
  senderCredential: 'canary-sender-02fd77',
  wrongToken: 'canary-rejected-4477aa\u0001',
}
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let folder: string
/** Made by the program, so they are canaries too. */
let key: string
let run: string
let connection: string
const deliveries: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridgekeeper-canary-'))
  database = await createTestDatabase()
  partner = await startTestPartner()
  // A partner that sends back all it was sent, as debugging endpoints and error pages do, and refuses what it is told to refuse.
  partner.answer = ({ headers, body }) => ({
    status: body.includes('refused') ? 422 : 200,
    headers: { 'x-echo': String(headers.authorization) },
    body: JSON.stringify({ sent: headers, note: `authorization was ${headers.authorization}` }),
  })
  server = await startTenantServer(database, partner)
  key = await makeKey(server, ['admin'])
  await plant()
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function operator(method: string, path: string, body?: unknown) {
  return (await ask(server, key, method, path, body)).json
}

/** Puts every kind of secret through everything that touches it: stored, replaced, refused, used in calls that end well and badly. */
async function plant(): Promise<void> {
  const facts = { organization: 'acme', customer: 'umbrella', name: 'main' }
  connection = (await operator('POST', '/connections', { ...facts, platform: 'crm', secrets: { token: canaries.replacedToken } })).id
  await operator('PUT', `/connections/${connection}/credential`, { secrets: { token: canaries.token } })
  const rejected = await ask(server, key, 'PUT', `/connections/${connection}/credential`, { secrets: { token: canaries.wrongToken } })
  expect(rejected.status).toBe(422)
  await ask(server, key, 'PUT', `/connections/${connection}/credential`, { secrets: { tokn: canaries.token } })
  await ask(server, key, 'PUT', `/connections/${connection}/credential`, { secrets: canaries.token })
  await operator('POST', '/instances', {
    ...facts,
    integration: 'shop-crm',
    connections: { crm: connection },
    accounts: { shop: ['umbrella'] },
  })
  await operator('POST', '/webhook-sources/shop/secrets', { secret: canaries.webhookSecret, overlapSeconds: -1 })
  await operator('POST', '/webhook-sources/shop/secrets', { secret: canaries.webhookSecret })
  for (const order of ['fine', 'refused', 'fine again']) {
    const headers = { authorization: `Bearer ${canaries.senderCredential}`, cookie: `session=${canaries.senderCredential}` }
    const sent = await sendWebhook(server, 'shop', canaries.webhookSecret, { account: 'umbrella', order }, headers)
    expect(sent.status).toBe(202)
    deliveries.push(sent.delivery)
  }
  await sendWebhook(server, 'shop', 'another secret', { account: 'umbrella' }, { authorization: canaries.senderCredential })
  await untilIdle(database)
  await operator('POST', `/connections/${connection}/test`, { path: '/me' })
  run = (await operator('GET', '/runs?status=parked')).runs[0].id
  await operator('POST', `/runs/${run}/dry-run`, { version: 'same' })
  await server.bridge.gateway.flush()
}

function expectClean(text: string, where: string): void {
  for (const [name, canary] of Object.entries({ ...canaries, key, sealingKey: testKeys.split(':')[1]! })) {
    for (const form of [canary, Buffer.from(canary).toString('base64'), encodeURIComponent(canary)])
      expect(text.includes(form), `${name} came out in ${where}`).toBe(false)
  }
}

it('a planted secret arrives at the partner and nowhere else is it looked for in vain', () => {
  expect(partner.seen.filter((seen) => seen.headers.authorization === `Bearer ${canaries.token}`).length).toBeGreaterThanOrEqual(4)
  // Otherwise the rest of this file would prove nothing.
  expect(() => expectClean(partner.seen.map((seen) => JSON.stringify(seen)).join(), 'the partner')).toThrow('token came out')
})

it('no planted secret stands in an answer of the API, also not in what the partner echoed', async () => {
  const { paths } = (await ask(server, undefined, 'GET', '/openapi.json')).json
  const values: Record<string, string> = {
    run,
    connection,
    delivery: deliveries[1]!,
    integration: 'shop-crm',
    source: 'shop',
    platform: 'crm',
  }
  let looked = 0
  for (const [template, methods] of Object.entries(paths)) {
    if (!('get' in (methods as object))) continue
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'umbrella/main'))
    const { status, text } = await ask(server, key, 'GET', path)
    if (status === 200) looked += 1
    expectClean(text, `GET ${template}`)
  }
  expect(looked).toBeGreaterThan(15)
  const shown = await ask(server, key, 'GET', `/runs/${run}`)
  expect(shown.json.calls[0].responseBody).toContain('authorization was')
})

it('no planted secret stands in the log, at any level, nor in the metrics', async () => {
  expect(server.lines.length).toBeGreaterThan(0)
  expectClean(server.lines.join(''), 'the log')
  const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${key}` } })
  const text = await response.text()
  expect(text).toContain('bridgekeeper_calls_total{platform="crm",outcome="ok"}')
  expectClean(text, 'the metrics')
})

it('no planted secret stands in any table of the database', async () => {
  const { rows: tables } = await sql<{ name: string }>`
    select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`.execute(database.executor)
  let rowsSeen = 0
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(database.executor)
    rowsSeen += rows.length
    const text = rows.map(({ row }) => row).join('\n')
    expectClean(text, `table ${name}`)
    // What is stored as bytes is shown in hexadecimal digits.
    for (const [canary, value] of Object.entries(canaries))
      expect(text.includes(Buffer.from(value).toString('hex')), `${canary} came out in table ${name}`).toBe(false)
  }
  expect(tables.map((table) => table.name)).toContain('public.connection')
  expect(rowsSeen).toBeGreaterThan(30)
})

it('no planted secret stands in what commands print, whether they do it or refuse', async () => {
  const lines = [
    'connections list',
    'connections show umbrella/crm',
    'connections show umbrella/crm --json',
    `runs show ${run}`,
    `runs show ${run} --json`,
    `replay ${run} --dry-run`,
    `deliveries show ${deliveries[0]}`,
    'webhook-secrets list shop',
    'api-keys list',
    'keys list',
    `connections reconnect umbrella/crm --secret token=${canaries.wrongToken}`,
    `connections reconnect umbrella/crm --secret ${canaries.token}`,
    `webhook-secrets add shop --secret ${canaries.webhookSecret}`,
  ]
  for (const line of lines) expectClean(await printed(line), `bridgekeeper ${line.split(' --secret')[0]}`)
  expect(await printed('connections list')).toContain('umbrella/crm/main')
})

/** Standard output and standard error of a command. */
async function printed(line: string): Promise<string> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const io = createIo({ stdout, stderr, stdin }, { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: key }, folder)
  await runProgram(io, line.split(' '))
  stdout.end()
  stderr.end()
  return [...(await stdout.toArray()), ...(await stderr.toArray())].join('')
}
