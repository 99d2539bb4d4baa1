import { OpenAPIHono } from '@hono/zod-openapi'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { uuidv7 } from '../../database/index.ts'
import { BridgekeeperError } from '../../errors/index.ts'
import type { Observation } from '../../gateway/index.ts'
import { type Authenticated, addApiKey, requireCaller } from '../../identity/index.ts'
import { exampleWorkspace } from '../../readiness/fixtures.ts'
import { createDriftRecorder } from '../drift/recorder.ts'
import { createRegistry, currentContracts } from '../index.ts'
import { contractRoutes } from '../routes.ts'
import { listRecordings, maxShapes } from './queries.ts'
import type { ReplayedImpact, ReplaySummary } from './replay-impact.ts'

let database: TestDatabase
let api: OpenAPIHono<Authenticated>
const keys: Record<string, string> = {}
const platform = 'meridian-erp'
const [north, south, silent] = [uuidv7(), uuidv7(), uuidv7()]
const problems: unknown[] = []

const types = ['card', 'bank', 'neteller']
const document = (changes: { types?: string[]; required?: string[]; query?: object[]; note?: object; id?: object } = {}) => {
  const properties = { type: { type: 'string', enum: changes.types ?? types }, note: changes.note ?? { type: 'string' } }
  const body = { type: 'object', properties, required: changes.required ?? ['type'] }
  const answer = { type: 'object', properties: { id: changes.id ?? { type: 'string' } } }
  const json = (schema: object) => ({ content: { 'application/json': { schema } } })
  const post = {
    parameters: changes.query ?? [{ name: 'notify', in: 'query', schema: { type: 'boolean' } }],
    requestBody: json(body),
    responses: { 201: { description: 'made', ...json(answer) }, 422: { description: 'refused', ...json({ type: 'object' }) } },
  }
  return JSON.stringify({ openapi: '3.1.0', info: { title: 'pay', version: JSON.stringify(changes) }, paths: { '/payments': { post } } })
}

beforeAll(async () => {
  database = await createTestDatabase()
  const workspace = await exampleWorkspace()
  const integration = [...workspace.integrations.values()].find(({ spec }) => spec.sides.some((side) => side.platforms.includes(platform)))!
  const instances = [
    { instanceId: north, name: 'main', integration: integration.metadata.name, customer: 'north' },
    { instanceId: south, name: 'main', integration: integration.metadata.name, customer: 'south' },
    { instanceId: silent, name: 'main', integration: integration.metadata.name, customer: 'silent' },
  ]
  const registry = createRegistry({ database })
  await registry.receive({ platform, text: document(), source: 'upload', origin: 'test', vouched: true })
  api = new OpenAPIHono<Authenticated>()
  api.onError((error, c) =>
    error instanceof BridgekeeperError ? c.json({ code: error.code }, error.status as 422) : c.json({ error: String(error) }, 500),
  )
  api.use(requireCaller(database, () => workspace))
  let seen: readonly string[] = []
  api.use(async (c, next) => {
    seen = c.req.header('sees')?.split(',') ?? instances.map(({ customer }) => customer)
    await next()
  })
  const clients = async function* () {
    yield instances.filter(({ customer }) => seen.includes(customer))
  }
  api.route('/', contractRoutes({ database, workspace: () => workspace, registry, clients } as never))
  keys.operator = (
    await addApiKey(database.executor, { name: 'op', organization: null, customer: null, scopes: ['read', 'write'], createdBy: 'test' })
  ).secret
  await record()
})
afterAll(() => database.drop())

/** Five requests with a value that will go, three with another, one that is refused; a real thread, a real database. */
async function record(): Promise<void> {
  const recorder = createDriftRecorder({
    database,
    contractOf: currentContracts(database, () => undefined),
    onProblem: (error) => problems.push(error),
    share: 1,
    eager: 1_000,
  })
  recorder.observer(call(north, {}))
  await recorder.flush()
  for (let n = 0; n < 5; n++)
    recorder.observer(call(north, { requestBody: { type: 'neteller', note: `CANARY ${n}` }, query: { notify: true } }))
  for (let n = 0; n < 3; n++) recorder.observer(call(south, { requestBody: { type: 'card', note: `CANARY ${n} and more` } }))
  recorder.observer(call(south, { requestBody: { type: 'CANARY' }, status: 422, responseBody: { error: 'no' } }))
  recorder.observer(call(undefined, { requestBody: { type: 'bank' } }))
  await recorder.flush()
  await recorder.stop()
}

function call(instanceId: string | undefined, more: Partial<Observation>): Observation {
  return {
    callId: uuidv7(),
    platform,
    connectionId: uuidv7(),
    organization: 'acme',
    customer: 'c',
    method: 'POST',
    path: '/payments',
    pathParameters: {},
    query: {},
    requestHeaders: { 'content-type': 'application/json' },
    requestBody: {},
    status: 201,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: { id: 'CANARY-id' },
    startedMs: Date.now(),
    durationMs: 1,
    outcome: 'ok',
    sent: true,
    run: instanceId === undefined ? undefined : { id: uuidv7(), instanceId, integration: 'sync' },
    stepName: undefined,
    ...more,
  }
}

async function propose(text: string, sees?: string): Promise<{ impact: ReplayedImpact[]; replay: ReplaySummary; text: string }> {
  const response = await api.request(`/platforms/${platform}/contract-versions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.operator}`, 'content-type': 'application/json', ...(sees ? { sees } : {}) },
    body: JSON.stringify({ document: text, state: 'proposed' }),
  })
  const answer = await response.text()
  expect(response.status, answer).toBe(201)
  return { ...JSON.parse(answer), text: answer }
}
const of = (impact: ReplayedImpact[], customer: string) => impact.find(({ client }) => client.customer === customer)!

describe('replay of recorded exchanges against a proposed version', () => {
  it('records accepted requests and answers of instances without their values', async () => {
    expect(problems).toEqual([])
    const rows = await listRecordings(database.executor, platform, { instanceIds: [north, south], since: new Date(0) })
    expect(
      rows.map(({ instanceId, direction, seen }) => `${instanceId === north ? 'north' : 'south'} ${direction} ${seen}`).sort(),
    ).toEqual(['north answer 5', 'north request 5', 'south answer 3', 'south request 3'])
    const stored = await sql`select * from contract_recording`.execute(database.executor)
    expect(JSON.stringify(stored.rows)).not.toContain('CANARY')
    expect(JSON.stringify(stored.rows)).toContain('neteller')
  })

  it('of a removed value tells how many recorded requests of how many customers would be refused, with an example', async () => {
    const { impact, replay } = await propose(document({ types: ['card', 'bank'] }))
    expect(replay).toMatchObject({ state: 'refused', recordedRequests: 8, customers: 2, refusedRequests: 5, unknownRequests: 0 })
    expect(replay.words).toMatch(
      /^Of 8 recorded requests of 2 customers 5 would be refused: POST \/payments, request, type: enum \["card","bank"\] \(5 recorded\)/,
    )
    expect(replay.example).toMatchObject({
      example: { query: { notify: '<boolean>' }, body: { type: 'neteller', note: '<string of 5 to 9 characters>' } },
    })
    expect(of(impact, 'north')).toMatchObject({
      outcome: 'break',
      reasons: [{ rule: 'recorded-request-refused', place: 'POST /payments', position: 'type' }, { outcome: 'unknown' }],
      replay: { requests: { refused: 5 } },
    })
    expect(of(impact, 'south')).toMatchObject({ outcome: 'unknown', replay: { requests: { refused: 0, accepted: 3 } } })
  })

  it('without recordings proves nothing, and says so', async () => {
    const { impact, replay } = await propose(document({ types: ['card'] }), 'silent')
    expect(replay).toMatchObject({ state: 'unknown', recordedRequests: 0, customers: 0 })
    expect(replay.words).toContain('unknown')
    expect(of(impact, 'silent')).toMatchObject({ outcome: 'unknown', replay: null })
    expect(of(impact, 'silent').lines.at(-1)).toContain('proves nothing')
  })

  it('leaves open what depends on a value that was not kept: it is neither refused nor accepted', async () => {
    const { impact, replay } = await propose(document({ note: { type: 'string', pattern: '^[A-Z]+ [0-9]$' } }))
    expect(replay).toMatchObject({ state: 'none-refused', refusedRequests: 0, unknownRequests: 8 })
    expect(of(impact, 'north').outcome).toBe('unknown')
  })

  it('finds a newly required field, a newly required parameter and an operation that is gone', async () => {
    expect((await propose(document({ required: ['type', 'id'] }))).replay).toMatchObject({
      refusedRequests: 8,
      example: { field: 'id', keyword: 'required' },
    })
    const query = [{ name: 'notify', in: 'query', required: true, schema: { type: 'boolean' } }]
    expect((await propose(document({ query }))).replay).toMatchObject({ refusedRequests: 3, example: { field: 'query notify' } })
    const header = [{ name: 'X-Tenant', in: 'header', required: true, schema: { type: 'string' } }]
    expect((await propose(document({ query: header }))).replay).toMatchObject({ refusedRequests: 0, unknownRequests: 8 })
    const gone = JSON.stringify({ openapi: '3.1.0', info: { title: 'pay', version: '9' }, paths: { '/other': { get: { responses: {} } } } })
    expect((await propose(gone)).replay).toMatchObject({ refusedRequests: 8, example: { keyword: 'operation' } })
  })

  it('tells answers that would not fit, which refuses no request', async () => {
    const { impact, replay } = await propose(document({ id: { type: 'integer' } }))
    expect(replay).toMatchObject({ state: 'none-refused', recordedAnswers: 8, unfitAnswers: 8 })
    expect(of(impact, 'south').lines.join('\n')).toContain('Of 3 recorded answers and webhooks 3 would not fit.')
  })

  it('shows nobody what the customers of others sent', async () => {
    const { replay, text } = await propose(document({ types: ['bank'] }), 'south')
    expect(replay).toMatchObject({ recordedRequests: 3, customers: 1, refusedRequests: 3 })
    expect(text).not.toMatch(/neteller|north/)
  })

  it('keeps a bounded number of shapes of each operation and instance', async () => {
    const many = uuidv7()
    const recorder = createDriftRecorder({
      database,
      contractOf: currentContracts(database, () => undefined),
      onProblem: (error) => problems.push(error),
      share: 1,
      eager: 1_000,
      checker: { maxWaiting: 1_000 },
    })
    recorder.observer(call(many, {}))
    await recorder.flush()
    for (let n = 0; n < maxShapes + 15; n++)
      recorder.observer(call(many, { requestBody: { type: 'card', [`field_${'x'.repeat(n % 30)}`]: n, [`g${'y'.repeat(n % 7)}`]: '' } }))
    await recorder.flush()
    await recorder.stop()
    const rows = await listRecordings(database.executor, platform, { instanceIds: [many], since: new Date(0) })
    expect(rows.filter(({ direction }) => direction === 'request')).toHaveLength(maxShapes)
  })
})
