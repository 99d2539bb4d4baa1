import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { load } from 'js-yaml'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIo } from '../src/cli/io.ts'
import { runProgram } from '../src/cli/program.ts'
import { reportFormats } from '../src/contracts/index.ts'
import { addUsage } from '../src/contracts/usage/queries.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

/** hooli owns crm and is a side of shop-crm; globex' desk-erp is bridged to crm here by nobody's leave but its own. */
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
const keys: Record<string, string> = {}
const ids: Record<string, string> = {}
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)

const operation = { responses: { 200: { description: 'ok' } } }
const document = (paths: Record<string, object>) => JSON.stringify({ openapi: '3.0.3', info: { title: 'crm', version: '1' }, paths })
const published = document({
  '/contacts': { get: operation, post: operation },
  '/orders': { get: operation, delete: { ...operation, deprecated: true, 'x-sunset': day(-1) } },
})
const without = (path: string, method: string) => {
  const parsed = JSON.parse(published)
  delete parsed.paths[path][method]
  return JSON.stringify(parsed)
}

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  server = await startTenantServer(database, partner)
  keys.operator = await makeKey(server, ['admin'])
  for (const organization of ['acme', 'hooli', 'globex']) {
    keys[organization] = await makeKey(server, ['check'], { organization })
    keys[`${organization} write`] = await makeKey(server, ['read', 'write'], { organization })
  }
  for (const [name, organization, integration, customer] of [
    ['ours', 'acme', 'shop-crm', 'umbrella'],
    ['silent', 'acme', 'shop-crm', 'stark'],
    ['hidden', 'globex', 'desk-erp', 'wayne'],
  ] as const) {
    const connection = await ask(server, keys.operator, 'POST', '/connections', {
      organization,
      customer,
      name,
      platform: 'crm',
      secrets: { token: 'x' },
    })
    const made = await ask(server, keys.operator, 'POST', '/instances', { organization, integration, customer, name })
    ids[name] = made.json.id
    // desk-erp declares no crm: what a tolerant workspace could still hold is put there directly.
    await sql`update instance_revision set connections = jsonb_build_object('crm', ${connection.json.id}::text) where instance_id = ${ids[name]}`.execute(
      database.executor,
    )
  }
  const call = (instance: string, method: string, path: string, ago: number) => ({
    instanceId: ids[instance]!,
    platform: 'crm',
    day: day(ago),
    surface: 'operation' as const,
    method,
    path,
    kind: 'call' as const,
    name: '',
    value: '',
    seen: 30,
    lastAt: new Date(`${day(ago)}T10:00:00Z`),
  })
  await addUsage(database.executor, [
    call('ours', 'GET', '/contacts', 200),
    call('ours', 'GET', '/contacts', 1),
    call('ours', 'GET', '/contacts', 40),
    call('ours', 'DELETE', '/orders', 2),
    call('hidden', 'GET', '/orders', 3),
    call('hidden', 'GET', '/orders', 60),
  ])
  const put = await ask(server, keys['hooli write'], 'POST', '/platforms/crm/contract-versions', {
    document: published,
    state: 'published',
  })
  expect(put.json.outcome).toBe('first')
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const check = (who: string, text: string, more: object = {}) =>
  ask(server, keys[who], 'POST', '/platforms/crm/contract-check', { document: text, ...more })
const foreign = /wayne|desk-erp|globex|initech|hidden/

describe('a provider that asks whom its proposed contract would break', () => {
  it('is told who uses what is gone, since when, when last, and which notice is owed from which day', async () => {
    const { status, json, text } = await check('hooli', without('/contacts', 'get'))
    expect(status, text).toBe(200)
    expect(json).toMatchObject({ verdict: 'notice owed', withheld: { clients: 1, 'notice owed': 0 } })
    const ours = json.clients.find((one: { client: { name: string } }) => one.client.name === 'ours')
    expect(ours).toMatchObject({
      client: { integration: 'shop-crm', customer: 'umbrella' },
      outcome: 'break',
      verdict: 'notice owed',
      usedSince: day(200),
    })
    expect(ours.reasons[0]).toMatchObject({
      rule: 'api-removed-without-deprecation',
      usedSince: day(200),
      lastSeenAt: `${day(1)}T10:00:00.000Z`,
      notice: { kind: 'removal', period: 'P365D', announcedOn: null, state: 'owed', earliestLawfulOn: json.earliestLawfulOn },
    })
    expect(ours.reasons[0].message).toContain('Nobody has been told')
  })

  it('hears of a client without traffic that nobody can tell, and only where the change could break somebody', async () => {
    const silent = (json: { clients: { client: { name: string }; verdict: string }[] }) =>
      json.clients.find(({ client }) => client.name === 'silent')!.verdict
    expect(silent((await check('hooli', without('/contacts', 'post'))).json)).toBe('undetermined')
    expect((await check('hooli', without('/contacts', 'post'))).json.verdict).toBe('undetermined')
    const more = await check('hooli', published.replace('"paths":{', `"paths":{"/new":{"get":${JSON.stringify(operation)}},`))
    expect(more.json).toMatchObject({ verdict: 'ok', earliestLawfulOn: null })
    expect(silent(more.json)).toBe('ok')
  })

  it('is told how many clients break that it may not see, and nothing that names or counts what they do', async () => {
    const { json, text } = await check('hooli', without('/orders', 'get'))
    expect(json).toMatchObject({ verdict: 'notice owed', withheld: { clients: 1, 'notice owed': 1, ok: 0 } })
    expect(json.clients.map(({ verdict }: { verdict: string }) => verdict).sort()).toEqual(['ok', 'undetermined'])
    expect(json.unused).toMatchObject([{ place: 'GET /orders', clients: 1, calls: 90, unknown: 1 }])
    expect(json.earliestLawfulOn).toBeNull()
    expect(text).not.toMatch(foreign)
    expect(text).not.toContain(ids.hidden)
  })

  it('may go on where the announced day has come and the notice was given, and not before', async () => {
    const removal = without('/orders', 'delete')
    const early = await check('hooli', removal)
    expect(early.json.verdict).toBe('notice owed')
    expect(
      early.json.clients.flatMap(({ reasons }: { reasons: { notice: object | null }[] }) => reasons.flatMap(({ notice }) => notice ?? [])),
    ).toMatchObject([{ announcedOn: day(0), announcedFor: day(-1), state: 'owed' }])
    expect(
      (await check('hooli', removal, { effectiveOn: early.json.earliestLawfulOn })).json.clients.map(
        ({ verdict }: { verdict: string }) => verdict,
      ),
    ).toContain('lawful')
  })

  it('keeps nothing of the question', async () => {
    const versions = async () =>
      (await sql<{ n: string }>`select count(*) as n from contract_version`.execute(database.executor)).rows[0]!.n
    const before = await versions()
    await check('hooli', without('/contacts', 'get'))
    expect(await versions()).toBe(before)
  })
})

describe('somebody else who sees the platform', () => {
  it('learns of its own integration only, and not even how many others there are', async () => {
    const { json, text } = await check('acme', without('/orders', 'get'))
    expect(json).toMatchObject({ verdict: 'undetermined', withheld: null })
    expect(text).not.toMatch(foreign)
    const gone = await check('acme', document({}))
    expect(gone.json.clients).toHaveLength(2)
    expect(gone.text).not.toMatch(foreign)
  })

  it('is answered 404 when it has nothing to do with it, 403 as a customer or with another scope; the scope opens nothing else', async () => {
    expect((await check('globex', published)).json.code).toBe('contract-registry.platform_unknown')
    const customer = await makeKey(server, ['check'], { organization: 'acme', customer: 'umbrella' })
    expect((await ask(server, customer, 'POST', '/platforms/crm/contract-check', { document: published })).json.code).toBe(
      'identity.company_only',
    )
    expect((await check('hooli write', published)).json.code).toBe('identity.scope_missing')
    expect((await ask(server, keys.hooli, 'GET', '/platforms/crm/usage')).status).toBe(403)
  })

  it('finds nothing of other parties in usage and impact either', async () => {
    const usage = await ask(server, keys['hooli write'], 'GET', '/platforms/crm/usage')
    expect(usage.text).not.toMatch(foreign)
    expect(usage.json.usage.map(({ calls }: { calls: number }) => calls).sort()).toEqual([0, 90])
    const impact = await ask(server, keys['hooli write'], 'POST', '/platforms/crm/contract-versions', {
      document: without('/orders', 'get'),
      state: 'proposed',
    })
    expect(impact.text).not.toMatch(foreign)
    expect(impact.json.impact).toHaveLength(2)
  })
})

it('a document that is none is refused with what to do', async () => {
  const { status, json } = await check('hooli', '{"openapi"')
  expect([status, json.code]).toEqual([422, 'contracts.document_unreadable'])
})

describe('for CI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'partner-check-'))
  const run = async (...parameters: string[]) => {
    let out = ''
    const write = (chunk: unknown, _: string, done: () => void) => {
      out += String(chunk)
      done()
    }
    const stream = () => new Writable({ write })
    const env = { NO_COLOR: '1', BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: keys.hooli }
    const io = createIo({ stdout: stream(), stderr: stream(), stdin: process.stdin }, env, folder)
    return { code: await runProgram(io, ['contracts', 'check', 'openapi.yaml', '--against-partners', 'crm', ...parameters]), out }
  }
  const propose = (text: string) => writeFileSync(join(folder, 'openapi.yaml'), text)

  it('the exit code says ok, owed, lawful or undetermined, and 2 when nothing was judged', async () => {
    propose(published)
    expect((await run()).code).toBe(0)
    propose(without('/contacts', 'post'))
    expect((await run()).code).toBe(5)
    expect((await run('--allow', 'undetermined')).code).toBe(0)
    propose(without('/contacts', 'get'))
    const owed = await run('--format', 'github')
    expect(owed.code).toBe(1)
    expect(owed.out).toMatch(
      /^::error file=openapi.yaml,line=\d+,col=\d+,title=api-removed-without-deprecation::shop-crm umbrella\/ours, GET \/contacts: .*Nobody has been told/m,
    )
    expect(owed.out).toContain('This would break somebody who is owed notice.')
    propose('{')
    expect((await run()).code).toBe(2)
  })

  it('a lawful break ends with 4, once nobody else is undetermined', async () => {
    await sql`update instance set state = 'removed' where id = ${ids.silent}`.execute(database.executor)
    propose(without('/orders', 'delete'))
    const later = ['--effective-on', day(-400)]
    expect((await run()).code).toBe(1)
    expect((await run(...later)).code).toBe(4)
    expect((await run(...later, '--allow', 'lawful')).code).toBe(0)
  })

  it.each(reportFormats)('as %s nothing names what the key may not see', async (format) => {
    propose(without('/orders', 'get'))
    const { out } = await run('--format', format)
    expect(out).toMatch(/1 more: 1 would break|"notice owed": 1/)
    expect(out).not.toMatch(foreign)
  })

  const hasTools = spawnSync('sh', ['-c', 'command -v jq && command -v curl && command -v bash']).status === 0
  it.skipIf(!hasTools)('the workflow of the documentation works as printed', async () => {
    const page = readFileSync(new URL('../../docs/contract-checks.md', import.meta.url), 'utf8')
    const workflow = load(/```yaml\n([\s\S]*?)```/.exec(page)![1]!) as { jobs: { partners: { steps: { run?: string }[] } } }
    const script = workflow.jobs.partners.steps.find(({ run: text }) => text !== undefined)!.run!
    const act = async (key: string) => {
      const child = spawn('bash', ['-e', '-c', script], {
        cwd: folder,
        env: { PATH: process.env.PATH, BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: key },
      })
      const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
      return { code, out }
    }
    propose(without('/contacts', 'get'))
    const owed = await act(keys.hooli!)
    expect(owed.code).toBe(1)
    expect(owed.out).toContain('::error file=openapi.yaml,line=')
    propose(published)
    expect((await act(keys.hooli!)).code).toBe(0)
    const refused = await act(keys['hooli write']!)
    expect(refused.code).toBe(2)
    expect(refused.out).toContain('identity.scope_missing')
  })
})
