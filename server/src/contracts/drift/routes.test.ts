import { OpenAPIHono } from '@hono/zod-openapi'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { BridgekeeperError } from '../../errors/index.ts'
import { type Authenticated, addApiKey, requireCaller } from '../../identity/index.ts'
import { exampleWorkspace } from '../../readiness/fixtures.ts'
import type { DriftReport } from './drift-report.ts'
import { createFlush } from './flush.ts'
import { driftRoutes } from './routes.ts'

const [north, south] = ['0190a000-0000-7000-8000-000000000001', '0190a000-0000-7000-8000-000000000002']
const platform = 'meridian-erp'
let database: TestDatabase
let api: OpenAPIHono<Authenticated>
const keys: Record<string, string> = {}

beforeAll(async () => {
  database = await createTestDatabase()
  const workspace = await exampleWorkspace()
  const integration = [...workspace.integrations.values()].find(({ spec }) => spec.sides.some((side) => side.platforms.includes(platform)))!
  const instances = [
    { instanceId: north, name: 'main', integration: integration.metadata.name, customer: 'north', organization: 'quill' },
    { instanceId: south, name: 'main', integration: integration.metadata.name, customer: 'south', organization: 'quill' },
    { instanceId: '0190a000-0000-7000-8000-000000000003', name: 'main', integration: 'elsewhere', customer: 'east', organization: 'quill' },
  ]
  api = new OpenAPIHono<Authenticated>()
  api.onError((error, c) =>
    error instanceof BridgekeeperError ? c.json({ code: error.code }, error.status as 422) : c.json({ error: String(error) }, 500),
  )
  api.use(requireCaller(database, () => workspace))
  const clients = async function* (_: string, visible: { integrations: readonly string[] | null; customer: string | null }) {
    yield instances
      .filter((one) => visible.integrations === null || visible.integrations.includes(one.integration))
      .filter((one) => visible.customer === null || visible.customer === one.customer)
      .map(({ organization: _, ...client }) => client)
  }
  api.route('/', driftRoutes({ database, workspace: () => workspace, clients }))
  const stranger = [...workspace.organizations.keys()].find(
    (name) =>
      !['meridian', 'quill'].includes(name) &&
      ![...workspace.integrations.values()].some(({ spec }) =>
        [...spec.sides.map((side) => side.organization), spec.builder, spec.host, spec.seller, spec.supporter].includes(name),
      ),
  )
  for (const [name, organization, customer] of [
    ['operator', null, null],
    ['owner', 'meridian', null],
    ['side', 'quill', null],
    ['north', 'quill', 'north'],
    ...(stranger ? [['stranger', stranger, null] as const] : []),
  ] as const)
    keys[name] = (await addApiKey(database.executor, { name, organization, customer, scopes: ['read'], createdBy: 'test' })).secret
  await see(north, 'amount')
  await see(south, 'total')
  await see(instances[2]!.instanceId, 'east-only')
})
afterAll(() => database.drop())

async function see(instanceId: string, field: string): Promise<void> {
  const flush = createFlush({ database, now: Date.now, onProblem: (error) => expect(error).toBeUndefined() })
  const place = {
    platform,
    surface: 'operation',
    method: 'GET',
    path: '/invoices/{id}',
    status: '200',
    instanceId,
    contract: 'v1',
  } as const
  const violation = { kind: 'violation', mediaType: 'application/json', field, keyword: 'type', detail: 'string' } as const
  flush.received(field, place)
  flush.checked(field, place, {
    described: true,
    deviations: [{ ...violation, expected: 'integer', example: { at: field, found: '<boolean>' } }],
  })
  await flush.write()
}

async function ask(key: string): Promise<{ status: number; text: string; report: DriftReport }> {
  const response = await api.request(`/platforms/${platform}/drift`, { headers: { authorization: `Bearer ${keys[key]}` } })
  const text = await response.text()
  return { status: response.status, text, report: JSON.parse(text) }
}
const fields = async (key: string) => (await ask(key)).report.findings.map(({ field }) => field).sort()

it('each party sees the drift of the instances it may see, the owner all of its platform, and nobody others’ customers', async () => {
  expect(await fields('operator')).toEqual(['amount', 'east-only', 'total'])
  expect(await fields('side')).toEqual(['amount', 'total'])
  expect(await fields('north')).toEqual(['amount'])
  expect(await fields('owner')).toEqual(['amount', 'east-only', 'total'])
  for (const key of ['owner', 'side', 'north']) expect((await ask(key)).text, key).not.toContain('"east"')
  const { report, text } = await ask('north')
  expect(report).toMatchObject({ state: 'drifting', received: 1, checked: 1, findings: [{ seen: 1, instances: [{ customer: 'north' }] }] })
  expect(text).not.toContain('south')
  if (keys.stranger) expect(await ask('stranger')).toMatchObject({ status: 404 })
})
