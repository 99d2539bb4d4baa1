import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { loadWorkspace } from '../src/workspace/index.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer | undefined
let folder: string
let env: Record<string, string>

const organization = (name: string) =>
  `apiVersion: bridgekeeper.dev/v1\nkind: Organization\nmetadata: { name: ${name} }\nspec: { business: product, people: [] }\n---\n`
const workspaceFile = 'apiVersion: bridgekeeper.dev/v1\nkind: Workspace\nmetadata: { name: test }\nspec: {}\n'
const platform = (more = '') =>
  `${organization('acme')}apiVersion: bridgekeeper.dev/v1\nkind: Platform\nmetadata: { name: shop }\nspec: { owner: acme, contract: { file: ./openapi.json${more} } }\n`
const document = (version: string, paths: string[], more: object = {}) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Shop', version },
    paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: { 200: { description: 'ok' } } } }])),
    ...more,
  })
const write = (file: string, text: string) => writeFile(join(folder, file), text)

beforeAll(async () => {
  partner = await startTestPartner()
})
afterAll(() => partner.close())
beforeEach(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'contract-registry-'))
  await write('bridgekeeper.yaml', workspaceFile)
  await write('platforms.yaml', platform())
  return async () => {
    await server?.stop()
    server = undefined
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  }
})

async function restart(): Promise<void> {
  await server?.stop()
  const { workspace, problems } = await loadWorkspace(folder)
  expect(problems).toEqual([])
  server = await startTenantServer(database, partner, { workspace, baseUrls: {} })
  env = { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: await makeKey(server, ['admin']) }
}

const run = (...words: string[]) => runCommand(['contracts', ...words], { folder, env })

async function versions(): Promise<[label: string, state: string, source: string][]> {
  const rows = JSON.parse((await run('versions', 'shop', '--json')).out) as {
    label: string
    state: string
    inForce: boolean
    source: string
  }[]
  return rows.map(({ label, state, inForce, source }) => [label, inForce ? 'in force' : state, source])
}

it('the contract in the workspace is a version, a changed file is the next one, and an unchanged file is no news', async () => {
  await write('openapi.json', document('1', ['/a', '/b']))
  await restart()
  await restart()
  expect(await versions()).toEqual([['1', 'in force', 'workspace']])
  const { out } = await run('versions', 'shop')
  expect(out).toMatch(/in force .* the workspace, \.\/openapi\.json/)
  await write('openapi.json', document('2', ['/a']))
  await restart()
  expect(await versions()).toEqual([
    ['2', 'in force', 'workspace'],
    ['1', 'published', 'workspace'],
  ])
  const { out: notices } = await run('notices', 'shop')
  expect(notices).toContain('GET /b')
})

it('a restart never puts an older copy back in force over a newer upload; a copy that changes afterwards is the next version', async () => {
  await write('openapi.json', document('1', ['/a', '/b']))
  await restart()
  await write('uploaded.json', document('2', ['/a', '/b', '/c']))
  expect((await run('publish', 'shop', 'uploaded.json')).exitCode).toBe(0)
  await restart()
  expect((await versions())[0]).toEqual(['2', 'in force', 'upload'])
  await write('newest.json', document('3', ['/a', '/b', '/c', '/d']))
  await run('publish', 'shop', 'newest.json')
  // The copy follows, but not yet to the newest.
  await write('openapi.json', document('2', ['/a', '/b', '/c']))
  await restart()
  expect((await versions())[0]).toEqual(['3', 'in force', 'upload'])
  await write('openapi.json', document('4', ['/a', '/b', '/c', '/d', '/e']))
  await restart()
  expect((await versions())[0]).toEqual(['4', 'in force', 'workspace'])
})

it('a file that is first seen where something is in force is a proposal only', async () => {
  await write('openapi.json', document('1', ['/a', '/b']))
  await restart()
  await server!.database.pool.query('delete from contract_workspace_file')
  await server!.database.pool.query("update contract_version set source = 'upload'")
  await write('openapi.json', document('2', ['/a']))
  await restart()
  expect(await versions()).toEqual([
    ['2', 'proposed', 'workspace'],
    ['1', 'in force', 'upload'],
  ])
})

it('a contract of several files changes when one of them does, and is compared with all of them', async () => {
  const entry = (version: string) =>
    document(version, ['/a'], { components: { schemas: { Thing: { $ref: './schemas.json#/Thing' } } } }).replace(
      '"description":"ok"',
      '"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}',
    )
  const thing = (type: string) => JSON.stringify({ Thing: { type: 'object', required: ['id'], properties: { id: { type } } } })
  await write('openapi.json', entry('1'))
  await write('schemas.json', thing('string'))
  await restart()
  await restart()
  expect(await versions()).toHaveLength(1)
  await write('schemas.json', thing('integer'))
  await restart()
  expect(await versions()).toHaveLength(2)
  expect((await run('notices', 'shop')).out).toContain('GET /a')
})

it('a broken copy is an incident with what to do, replaces nothing, and counts until it is mended', async () => {
  await write('openapi.json', document('1', ['/a']))
  await restart()
  await write('openapi.json', '{"openapi":"3.0.3","paths":{"/a"')
  await restart()
  await restart()
  expect(await versions()).toEqual([['1', 'in force', 'workspace']])
  const { out, exitCode } = await run('incidents', 'shop')
  expect(exitCode).toBe(0)
  expect(out).toMatch(/unreadable 2 times/)
  expect(out).toContain('The version in force stays.')
})

it('a polled address is read by the running server, shown with what to do when it fails, and read at once when asked', async () => {
  let answer: { status?: number; body?: string } = { body: document('1', ['/a', '/b']) }
  partner.answer = () => answer
  await write('openapi.json', document('0', ['/a']))
  await write('platforms.yaml', platform(`, url: '${partner.url}/openapi.json'`))
  await restart()
  await expect.poll(async () => (await run('sources')).out, { timeout: 15_000 }).toMatch(/shop +good/)
  // The copy was there first; what the owner publishes waits to be believed.
  expect(await versions()).toEqual([
    ['1', 'quarantined', 'url'],
    ['0', 'in force', 'workspace'],
  ])
  expect((await run('poll', 'shop')).err).toContain('was read less than 10 seconds ago')
  await server!.database.pool.query("update contract_source set last_tried_at = now() - interval '1 minute'")
  answer = { status: 404 }
  const failed = await run('poll', 'shop')
  expect(failed.exitCode).toBe(1)
  expect(failed.out).toMatch(/^unreachable: .*\n {2}the answer is 404\n {2}Open the address in a browser/)
  const { out, exitCode } = await run('sources')
  expect(exitCode).toBe(1)
  expect(out).toMatch(/shop +failing[\s\S]*shop: the answer is 404\./)
  await server!.database.pool.query("update contract_source set last_tried_at = now() - interval '1 minute'")
  answer = { body: document('1', ['/a', '/b']) }
  expect((await run('poll', 'shop')).out).toMatch(/^held: .*\n {2}version 1, /)
  expect((await run('poll', 'crm')).err).toContain('There is no platform crm')
})

it('a copy in the workspace beside a polled address is a proposal once the owner has published', async () => {
  partner.answer = () => ({ body: document('1', ['/a', '/b']) })
  await write('openapi.json', document('0', ['/a']))
  await write('platforms.yaml', platform(`, url: '${partner.url}/openapi.json'`))
  await restart()
  await server!.database.pool.query("update contract_version set source = 'url' where state = 'published'")
  await write('openapi.json', document('2', ['/c']))
  await restart()
  expect(await versions()).toContainEqual(['2', 'proposed', 'workspace'])
  expect(await versions()).toContainEqual(['0', 'in force', 'url'])
})

it('what waits to be believed stands before the incidents, and makes a script stop', async () => {
  await write('openapi.json', document('1', ['/a', '/b', '/c', '/d']))
  await restart()
  await server!.bridge.registry.receive({
    platform: 'shop',
    text: document('2', []),
    source: 'url',
    origin: 'https://shop.example/openapi.json',
  })
  const { out, exitCode } = await run('incidents', 'shop')
  expect(exitCode).toBe(1)
  expect(out).toMatch(/Version 2 waits to be believed: first read .*, 1 times so far\./)
  expect(out).toMatch(/emptied at /)
  expect((await run('versions', 'crm')).err).toContain('There is no platform crm')
})
