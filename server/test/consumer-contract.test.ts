import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consumerContractSchema } from '../src/contracts/index.ts'
import { addUsage } from '../src/contracts/usage/queries.ts'
import { loadWorkspace } from '../src/workspace/index.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

/** The words of docs/contract-checks.md, followed by both companies: acme exports what its instances use, hooli's CI has these files and nothing else. */
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let folder: string
const keys: Record<string, string> = {}
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
const section = readFileSync(join(import.meta.dirname, '../../docs/contract-checks.md'), 'utf8')
  .split('## Without asking anybody')[1]!
  .split('\n## ')[0]!
const commands = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text]) => text!.trim().split('\n'))

const operation = (...values: string[]) => {
  const schema = { type: 'object', properties: { state: { type: 'string', enum: values } } }
  return { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } } }
}
const document = (paths: object) => JSON.stringify({ openapi: '3.0.3', info: { title: 'crm', version: '1' }, paths })
const published = document({ '/contacts': { get: operation('new', 'old') }, '/orders': { get: operation('open') } })

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  folder = mkdtempSync(join(tmpdir(), 'consumer-'))
  mkdirSync(join(folder, 'consumers'))
  const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  const term = { start: '2026-01-01', renewal: 'none' }
  const spec = { status: 'signed', integration: 'shop-crm', parties: [], term, terms: [], commitments: [] }
  const changes = { profile: 'strict', overrides: [], notice: {}, freezes: [], acknowledgeWithinBusinessDays: 10 }
  const agreement = { kind: 'Agreement', metadata: { name: 'a' }, spec: { ...spec, changes } } as never
  server = await startTenantServer(database, partner, { workspace: { ...workspace, agreementsOf: () => [agreement] } as never })
  keys.operator = await makeKey(server, ['admin'])
  keys.acme = await makeKey(server, ['read'], { organization: 'acme' })
  for (const [name, customer] of [
    ['ours', 'umbrella'],
    ['silent', 'stark'],
  ] as const) {
    const owner = { organization: 'acme', customer, name }
    const connection = await ask(server, keys.operator, 'POST', '/connections', { ...owner, platform: 'crm', secrets: { token: 'x' } })
    const made = await ask(server, keys.operator, 'POST', '/instances', { ...owner, integration: 'shop-crm' })
    await sql`update instance_revision set connections = jsonb_build_object('crm', ${connection.json.id}::text) where instance_id = ${made.json.id}`.execute(
      database.executor,
    )
    if (name === 'silent') continue
    const use = (kind: 'call' | 'watched' | 'read', value: string, ago: number) => ({
      instanceId: made.json.id,
      platform: 'crm',
      day: day(ago),
      surface: 'operation' as const,
      method: 'GET',
      path: '/contacts',
      kind,
      name: value,
      value: '',
      seen: 30,
      lastAt: new Date(`${day(ago)}T10:00:00Z`),
    })
    for (const ago of [1, 60]) await addUsage(database.executor, [use('call', '', ago), use('watched', '', ago), use('read', 'state', ago)])
  }
}, 60_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

async function run(command: string, env: Record<string, string> = {}) {
  const { exitCode: code, ...printed } = await runCommand(command.replace(/^bridgekeeper /, '').split(' '), { folder, env })
  return { code, ...printed }
}
/** As a shell has it: the list of files, and where the output goes. */
const shell = (command: string, files: string[]) => command.replace(/ > .*$/, '').replace('consumers/*.json', files.join(' '))
const propose = (text: string) => writeFileSync(join(folder, 'openapi.yaml'), text)
const check = (...files: string[]) => run(shell(commands.find((line) => line.includes('contracts check'))!, files))

describe('a consumer contract', () => {
  it('is exported as documented, by its schema, with how much was seen and how both judge changes', async () => {
    const exporting = commands.find((line) => line.includes('--consumer-contract'))!
    const env = { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: keys.acme! }
    const { code, out, err } = await run(shell(exporting, []), env)
    expect([code, err]).toEqual([0, ''])
    writeFileSync(join(folder, exporting.split(' > ')[1]!), out)
    const silent = await run(shell(exporting, []).replace('umbrella/ours', 'stark/silent'), env)
    writeFileSync(join(folder, 'consumers/stark.json'), silent.out)
    const valid = new Ajv2020({ strict: false }).compile(consumerContractSchema())
    for (const text of [out, silent.out, /```json\n([\s\S]*?)```/.exec(section)![1]!])
      expect(valid(JSON.parse(text)), JSON.stringify(valid.errors)).toBe(true)
    expect(JSON.parse(out)).toMatchObject({
      observed: { state: 'observed', calls: 60 },
      profile: { outcomes: { 'response-property-enum-value-added': 'break' } },
    })
    expect(JSON.parse(silent.out)).toMatchObject({ observed: { state: 'unknown', calls: 0 } })
  })

  it('tells the provider’s CI whom a version breaks, by files alone: by use, by agreement, and unknown without traffic', async () => {
    execFileSync('git', ['init', '--quiet', '--initial-branch', 'main'], { cwd: folder })
    propose(published)
    execFileSync('git', ['add', 'openapi.yaml'], { cwd: folder })
    execFileSync('git', ['-c', 'user.name=ci', '-c', 'user.email=ci@example.com', 'commit', '--quiet', '-m', 'first'], { cwd: folder })
    execFileSync('git', ['update-ref', 'refs/remotes/origin/main', 'HEAD'], { cwd: folder })
    execFileSync('sh', ['-c', commands.find((line) => line.startsWith('git '))!], { cwd: folder })

    propose(document({ '/contacts': { get: operation('new', 'old') } }))
    expect(await check('consumers/umbrella.json')).toMatchObject({ code: 0 })
    // Nobody saw it use anything, and something is gone.
    const unknown = await check('consumers/umbrella.json', 'consumers/stark.json')
    expect(unknown).toMatchObject({ code: 5, out: expect.stringContaining('No traffic was seen') })
    expect((await run(`${shell(commands.at(-1)!, ['consumers/stark.json'])} --allow undetermined`)).code).toBe(0)
    propose(document({ '/orders': { get: operation('open') } }))
    expect(await check('consumers/umbrella.json')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^::error file=openapi\.yaml,line=1,/),
    })
    // What breaks by this agreement only.
    propose(document({ '/contacts': { get: operation('new', 'old', 'merged') }, '/orders': { get: operation('open') } }))
    expect(await check('consumers/umbrella.json')).toMatchObject({ code: 1, out: expect.stringContaining('The agreement says so.') })
    // What can break nobody is not unknown.
    propose(
      document({ '/contacts': { get: operation('new', 'old') }, '/orders': { get: operation('open') }, '/new': { get: operation('x') } }),
    )
    expect((await check('consumers/stark.json')).code).toBe(0)
  })

  it('that is no such file is refused with the place of the mistake', async () => {
    writeFileSync(
      join(folder, 'consumers/wrong.json'),
      '{"kind":"ConsumerContract","client":"x","usage":{"operations":[{"method":"GET"}]}}',
    )
    expect(await check('consumers/wrong.json')).toMatchObject({ code: 2, err: expect.stringContaining('usage.operations.0.path') })
    expect((await check('consumers/none.json')).code).toBe(2)
  })
})
