import { OpenAPIHono } from '@hono/zod-openapi'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { BridgekeeperError } from '../errors/index.ts'
import { type Authenticated, addApiKey, requireCaller } from '../identity/index.ts'
import { exampleWorkspace } from '../readiness/fixtures.ts'
import { createRegistry, createSources, noticeChange } from './index.ts'
import { contractRoutes } from './routes.ts'

let database: TestDatabase
let platform: string
let person: string
let api: OpenAPIHono<Authenticated>
const keys: Record<string, string> = {}

beforeAll(async () => {
  database = await createTestDatabase()
  const workspace = await exampleWorkspace()
  const owned = [...workspace.platforms.values()][0]!
  platform = owned.metadata.name
  const { owner } = owned.spec
  person = `${owner}/${workspace.organizations.get(owner)!.spec.people[0]!.name}`
  const stranger = [...workspace.organizations.keys()].find((name) => name !== owner)!
  const registry = createRegistry({
    database,
    onPublished: async (tx, version, change) => void (await noticeChange(tx, version.platform, change, version.publishedAt!)),
  })
  api = new OpenAPIHono<Authenticated>()
  api.onError((error, c) =>
    error instanceof BridgekeeperError ? c.json({ code: error.code }, error.status as 422) : c.json({ error: String(error) }, 500),
  )
  api.use(requireCaller(database, () => workspace))
  const client = {
    instanceId: '0190a000-0000-7000-8000-000000000001',
    name: 'main',
    integration: [...workspace.integrations.keys()][0]!,
    customer: 'north',
  }
  api.route(
    '/',
    contractRoutes({
      database,
      workspace: () => workspace,
      registry,
      sources: createSources({ database, registry }),
      clients: async function* () {
        yield [client]
      },
      publicUrl: () => 'https://bridge.example',
      otherDates: async () => [],
    }),
  )
  for (const [name, organization] of [
    ['owner', owner],
    ['stranger', stranger],
  ] as const)
    keys[name] = (
      await addApiKey(database.executor, { name, organization, customer: null, scopes: ['read', 'write'], createdBy: 'test' })
    ).secret
})
afterAll(() => database.drop())

const ask = async (key: string, path: string, json?: object) => {
  const init = json ? { method: 'POST', body: JSON.stringify(json) } : {}
  const response = await api.request(path, {
    ...init,
    headers: { authorization: `Bearer ${keys[key]}`, 'content-type': 'application/json' },
  })
  return {
    status: response.status,
    body: (await response.json()) as {
      code?: string
      outcome?: string
      impact: { outcome: string }[]
      notices: { id: string; answers: object[] }[]
      usage: { state: string }[]
    },
  }
}
const document = (paths: string[]) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 't', version: String(paths.length) },
    paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: { 200: { description: 'ok' } } } }])),
  })

it('only the owner publishes; a bad document replaces nothing; silence is unknown; a removal is noticed and answered by name', async () => {
  const path = `/platforms/${platform}/contract-versions`
  expect(['contract-registry.not_the_owner', 'contract-registry.platform_unknown']).toContain(
    (await ask('stranger', path, { document: document(['/a']), state: 'published' })).body.code,
  )
  expect((await ask('owner', path, { document: document(['/a', '/b']), state: 'published' })).body.outcome).toBe('first')
  expect((await ask('owner', path, { document: '{"openapi"', state: 'published' })).body.outcome).toBe('unreadable')
  expect((await ask('owner', `/platforms/${platform}/usage`)).body.usage[0]!.state).toBe('unknown')
  const published = await ask('owner', path, { document: document(['/a']), state: 'published' })
  expect(published.body).toMatchObject({ outcome: 'published', impact: [{ outcome: 'unknown' }] })
  const { notices } = (await ask('owner', '/contract-notices')).body
  expect(notices).toMatchObject([{ platform, silent: true, kind: 'removal' }])
  const answers = `/contract-notices/${notices[0]!.id}/answers`
  expect((await ask('owner', answers, { by: person, answer: 'consented' })).status).toBe(201)
  expect((await ask('owner', answers, { by: person, answer: 'objected' })).body.code).toBe('contract-registry.objection_without_reason')
  expect((await ask('stranger', answers, { by: person, answer: 'consented' })).body.code).toBe('contract-registry.may_not_speak')
  expect((await ask('owner', '/contract-notices')).body.notices[0]!.answers).toMatchObject([{ person, answer: 'consented' }])
})
