import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportFormats } from '../src/contracts/index.ts'
import { addRecordings, type RecordingRow } from '../src/contracts/recordings/queries.ts'
import { addUsage } from '../src/contracts/usage/queries.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

/** hooli owns crm; of acme's instance requests were recorded. */
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let instanceId: string
let request: Pick<RecordingRow, 'platform' | 'surface' | 'path' | 'firstAt' | 'lastAt' | 'method' | 'status' | 'direction' | 'mediaType'>
const keys: Record<string, string> = {}

const body = (property: object, more: object = {}) => ({
  content: { 'application/json': { schema: { type: 'object', properties: { name: { type: 'string' }, kind: property }, ...more } } },
})
const document = (property: object, more: object = {}, answer: object = { type: 'string' }) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'crm', version: '1' },
    paths: {
      '/contacts': {
        post: { requestBody: body(property, more), responses: { 201: { description: 'ok', ...body(answer) } } },
        delete: { deprecated: true, responses: { 204: { description: 'gone' } } },
      },
    },
  })
const published = document({ type: 'string', enum: ['person', 'company'] })

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  server = await startTenantServer(database, partner)
  keys.operator = await makeKey(server, ['admin'])
  for (const organization of ['hooli', 'globex']) keys[organization] = await makeKey(server, ['read', 'write', 'check'], { organization })
  const owner = { organization: 'acme', customer: 'umbrella' }
  const connection = { ...owner, name: 'ours', platform: 'crm', secrets: { token: 'x' } }
  const { json } = await ask(server, keys.operator, 'POST', '/connections', connection)
  const instance = { ...owner, integration: 'shop-crm', name: 'ours', connections: { crm: json.id } }
  instanceId = (await ask(server, keys.operator, 'POST', '/instances', instance)).json.id
  const put = await ask(server, keys.hooli, 'POST', '/platforms/crm/contract-versions', { document: published, state: 'published' })
  expect(put.json.outcome).toBe('first')
  const place = { platform: 'crm', surface: 'operation' as const, path: '/contacts', firstAt: new Date(), lastAt: new Date() }
  request = { ...place, method: 'POST', status: '201', direction: 'request', mediaType: 'application/json' }
  await record([
    { ...request, instanceId, digest: 'a'.repeat(64), seen: 7, shape: { query: {}, body: { o: { kind: { v: 'person' } } } } },
    { ...request, instanceId, digest: 'b'.repeat(64), seen: 2, shape: { query: {}, body: { o: { kind: { v: 'company' } } } } },
    { ...request, instanceId, direction: 'answer', digest: 'c'.repeat(64), seen: 9, shape: { body: { o: { kind: { s: [6, 7] } } } } },
  ])
})
const record = (rows: RecordingRow[]) => database.transaction((tx) => addRecordings(tx, rows))

afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const check = (text: string, who = 'hooli') =>
  ask(server, keys[who], 'POST', '/platforms/crm/contract-check?format=text', { document: text })
const companyGone = document({ type: 'string', enum: ['person'] })

describe('recorded exchanges of partners', () => {
  it('prove a break of somebody of whom too little was seen, with how many and an example without values, and the notice is owed', async () => {
    const { json } = await check(companyGone)
    expect(json).toMatchObject({
      verdict: 'notice owed',
      replay: { state: 'refused', recordedRequests: 9, customers: 1, refusedRequests: 2 },
      clients: [{ outcome: 'break', verdict: 'notice owed', replay: { requests: { accepted: 7, refused: 2 } } }],
    })
    expect(json.clients[0].reasons).toMatchObject([
      { rule: 'recorded-request-refused', place: 'POST /contacts', position: 'kind', notice: { kind: 'breaking', state: 'owed' } },
    ])
    expect(json.report).toContain('Of 9 recorded requests of 1 customer 2 would be refused: POST /contacts, request, kind: enum ["person"]')
  })

  it('that all fit take nothing back, and are told', async () => {
    const { json } = await check(document({ type: 'string', enum: ['person', 'company'], maxLength: 7 }))
    expect(json).toMatchObject({ verdict: 'undetermined', replay: { state: 'none-refused', refusedRequests: 0 } })
    expect(json.report).toContain('Of 9 recorded requests of 1 customer 0 would be refused.')
  })

  it('tell what the platform sends and the proposed version would not allow', async () => {
    const { json } = await check(document({ type: 'string', enum: ['person', 'company'] }, {}, { type: 'integer' }))
    expect(json.replay).toMatchObject({ refusedRequests: 0, unfitAnswers: 9 })
    expect(json.report).toMatch(/replayed\s+POST \/contacts, kind: The platform sends what this does not allow/)
  })

  it('are held beside the rules: what both find is one break with one notice, which counts where it was given', async () => {
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000)
    const used = { instanceId, platform: 'crm', surface: 'operation' as const, method: 'POST', path: '/contacts', kind: 'call' as const }
    await addUsage(
      database.executor,
      [40, 1].map((ago) => ({ ...used, day: day(ago).toISOString().slice(0, 10), name: '', value: '', seen: 30, lastAt: day(ago) })),
    )
    const gone = JSON.parse(published)
    delete gone.paths['/contacts'].post
    const { json } = await check(JSON.stringify(gone))
    const [proof, rule] = json.clients[0].reasons
    expect([proof.rule, rule.rule]).toEqual(['recorded-request-refused', 'api-removed-without-deprecation'])
    expect(proof.notice).toEqual(rule.notice)
    expect(proof.usedSince).toBe(rule.usedSince)
  })

  it('of whom the key may not see only make it count as broken, without a word of what was sent', async () => {
    const owner = { organization: 'globex', customer: 'wayne' }
    const connection = await ask(server, keys.operator, 'POST', '/connections', {
      ...owner,
      name: 'hidden',
      platform: 'crm',
      secrets: { token: 'x' },
    })
    const made = await ask(server, keys.operator, 'POST', '/instances', { ...owner, integration: 'desk-erp', name: 'hidden' })
    await sql`update instance_revision set connections = jsonb_build_object('crm', ${connection.json.id}::text) where instance_id = ${made.json.id}`.execute(
      database.executor,
    )
    const stringy = document({ type: 'string', enum: ['person', 'company'], maxLength: 7 })
    expect((await check(stringy)).json.withheld).toMatchObject({ clients: 1, undetermined: 1 })
    await record([
      {
        ...request,
        instanceId: made.json.id,
        digest: 'd'.repeat(64),
        seen: 5,
        shape: { query: {}, body: { o: { kind: { v: 'company' } } } },
      },
    ])
    const { json, text } = await check(companyGone)
    expect(json).toMatchObject({ withheld: { clients: 1, 'notice owed': 1 }, replay: { recordedRequests: 9, refusedRequests: 2 } })
    expect(text).not.toMatch(/globex|wayne|desk-erp|hidden/)
  })

  const folder = mkdtempSync(join(tmpdir(), 'partner-replay-'))
  it.each(reportFormats)('are part of the answer as %s', async (format) => {
    writeFileSync(join(folder, 'openapi.json'), companyGone)
    const { exitCode, out } = await runCommand(['contracts', 'check', 'openapi.json', '--against-partners', 'crm', '--format', format], {
      folder,
      env: { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: keys.hooli! },
    })
    expect(exitCode).toBe(1)
    expect(out).toContain('recorded-request-refused')
    expect(out).toContain('2 recorded requests that were accepted would be refused')
  })
})
