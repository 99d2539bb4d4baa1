import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addUsage } from '../src/contracts/usage/queries.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

/** hooli owns crm, and keeps its contract in several files: `api/openapi.yaml`, its paths, and schemas that refer back to it. */
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let operator: string
let hooli: string
let folder: string

const entry = `openapi: 3.0.3
info: { title: crm, version: '1' }
paths:
  /cards:
    $ref: 'paths/cards.yaml'
components:
  schemas:
    Id: { type: string }
`
const cards = (method = 'get') => `${method}:
  responses:
    '200':
      description: ok
      content:
        application/json:
          schema:
            $ref: '../schemas/card.yaml#/Card'
`
const card = (more = '    name: { type: string }\n') => `Card:
  type: object
  required: [id${more === '' ? '' : ', name'}]
  properties:
    id: { $ref: '../openapi.yaml#/components/schemas/Id' }
${more}`

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  server = await startTenantServer(database, partner)
  operator = await makeKey(server, ['admin'])
  hooli = await makeKey(server, ['read', 'write', 'check'], { organization: 'hooli' })
  const owner = { organization: 'acme', customer: 'umbrella' }
  const connection = { ...owner, name: 'ours', platform: 'crm', secrets: { token: 'x' } }
  const { json } = await ask(server, operator, 'POST', '/connections', connection)
  const instance = { ...owner, integration: 'shop-crm', name: 'ours', connections: { crm: json.id } }
  await ask(server, operator, 'POST', '/instances', instance)
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contract-files-'))
  await put({ 'api/openapi.yaml': entry, 'api/paths/cards.yaml': cards(), 'api/schemas/card.yaml': card(), 'secret.yaml': 'Card: {}' })
  return () => rm(folder, { recursive: true, force: true })
})

async function put(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

async function run(...words: string[]) {
  const env = { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: hooli }
  const { exitCode: code, ...printed } = await runCommand(['contracts', ...words], { folder, env })
  return { code, ...printed }
}
const file = 'api/openapi.yaml'
const check = (...more: string[]) => run('check', file, '--against-partners', 'crm', ...more)

describe('a contract in several files', () => {
  it('is published, compared and judged whole, and lines point into the file that they are in', async () => {
    const first = await run('publish', 'crm', file)
    expect(first.err + first.out).toMatch(/^first/)
    expect((await check()).code).toBe(0)
    await put({ 'api/schemas/card.yaml': card('') })
    const told = await check('--format', 'json')
    expect(JSON.parse(told.out)).toMatchObject({ verdict: 'undetermined', unused: [] })
    const impact = await run('impact', 'crm', file, '--format', 'github')
    expect(impact.out, impact.err).toContain('proposed')
    expect((await run('publish', 'crm', file)).out).toMatch(/^published/m)
    expect((await run('notices', 'crm')).out).toContain('GET /cards')
    await put({ 'api/paths/cards.yaml': cards('post') })
    // Only a client that was seen is told lines.
    const day = new Date().toISOString().slice(0, 10)
    const { json } = await ask(server, operator, 'GET', '/platforms/crm/usage')
    const usage = {
      instanceId: json.usage[0].instanceId,
      platform: 'crm',
      day,
      surface: 'operation' as const,
      method: 'GET',
      path: '/cards',
    }
    await addUsage(database.executor, [{ ...usage, kind: 'call', name: '', value: '', seen: 30, lastAt: new Date() }])
    expect((await check('--format', 'github')).out).toMatch(/^::error file=api\/paths\/cards.yaml,line=1,/m)
    expect((await run('impact', 'crm', file, '--format', 'github')).out).toMatch(/^::error file=api\/paths\/cards.yaml,line=1,/m)
  }, 30_000)

  it.each([
    [
      'leaves its folder by ..',
      { 'api/paths/cards.yaml': cards().replace('../schemas/card.yaml', '../../secret.yaml') },
      'reference_outside',
    ],
    [
      'names a file of the machine',
      { 'api/paths/cards.yaml': cards().replace('../schemas/card.yaml', '/etc/hostname') },
      'reference_outside',
    ],
    ['names a folder', { 'api/paths/cards.yaml': cards().replace('../schemas/card.yaml', '../schemas') }, 'reference_unreadable'],
    ['names what is missing', { 'api/paths/cards.yaml': cards().replace('card.yaml', 'gone.yaml') }, 'reference_unreadable'],
    ['is too large with its files', { 'api/schemas/card.yaml': `${card()}#${'x'.repeat(33 * 1024 * 1024)}` }, 'document_too_large'],
  ])('that %s is not sent, and is told which reference it is and what to do', async (_, files, key) => {
    await put(files)
    const { code, out } = await check('--json')
    expect(code).toBe(2)
    const { error: told } = JSON.parse(out) as { error: { code: string; message: string; fix: string } }
    expect(told.code).toBe(`contracts.${key}`)
    expect(told.message).toMatch(/openapi\.yaml|cards\.yaml/)
    expect(told.fix).not.toBe('')
  })

  it('follows a link inside its folder, and none that leads out of it', async () => {
    await rm(join(folder, 'api/schemas/card.yaml'))
    await symlink(join(folder, 'secret.yaml'), join(folder, 'api/schemas/card.yaml'))
    expect(JSON.parse((await check('--json')).out)).toMatchObject({ error: { code: 'contracts.reference_outside' } })
    await put({ 'api/common/card.yaml': card() })
    await rm(join(folder, 'api/schemas/card.yaml'))
    await symlink(join(folder, 'api/common/card.yaml'), join(folder, 'api/schemas/card.yaml'))
    expect((await check()).code).not.toBe(2)
  })
})

describe('through the API', () => {
  const send = (body: object) => ask(server, hooli, 'POST', '/platforms/crm/contract-check?file=api/openapi.yaml', body)

  it('files are sent along by their names, and nothing that the server could read itself is taken for one', async () => {
    const files = { 'paths/cards.yaml': cards(), 'schemas/card.yaml': card(), 'unreached.yaml': 'x: 1' }
    expect((await send({ document: entry, files })).status).toBe(200)
    expect((await send({ document: entry })).json).toMatchObject({ code: 'contracts.reference_unreadable' })
    for (const name of ['../secret.yaml', '/etc/hostname', 'a/../../b.yaml', 'https://x.example/a.yaml', '.', 'a//b'])
      expect((await send({ document: entry, files: { ...files, [name]: 'x: 1' } })).status, name).toBe(422)
    const many = Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`${n}.yaml`, 'x: 1']))
    expect((await send({ document: entry, files: many })).status).toBe(422)
  })
})
