import type { Integration } from '@bridgekeeper/sdk'
import { OpenAPIHono } from '@hono/zod-openapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { BridgekeeperError } from '../errors/index.ts'
import { type Authenticated, addApiKey, requireCaller } from '../identity/index.ts'
import { exampleWorkspace, healthyFacts, withSpec } from '../readiness/fixtures.ts'
import { createInstance, createIntegrations } from '../runtime/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { lifecycleRoutes } from './routes.ts'

let database: TestDatabase
let workspace: Workspace
let lifecycle: Lifecycle
let api: OpenAPIHono<Authenticated>
const keys: Record<string, string> = {}

beforeAll(async () => {
  database = await createTestDatabase()
  const waiver = {
    check: 'value-metric',
    reason: 'measured soon',
    signedBy: ['meridian/mara', 'quill/quentin'],
    grantedOn: '2026-11-01',
    expiresOn: '2027-01-31',
  }
  workspace = withSpec(await exampleWorkspace(), 'meridian-quill', (spec) => void spec.waivers.push(waiver))
  const { attestations: _a, waiverSignatures: _w, gapReviews: _g, admission: _m, ...seen } = healthyFacts
  const readers = Object.fromEntries(Object.entries(seen).map(([name, known]) => [name, async () => new Map([['meridian-quill', known]])]))
  lifecycle = createLifecycle({
    database,
    workspace: () => workspace,
    readers,
    now: () => new Date('2026-11-20T10:00:00Z'),
  })
  api = new OpenAPIHono<Authenticated>()
  api.onError((error, c) =>
    error instanceof BridgekeeperError ? c.json({ code: error.code }, error.status as 422) : c.json({ error: String(error) }, 500),
  )
  api.use(requireCaller(database, () => workspace))
  api.route('/', lifecycleRoutes(lifecycle))
  for (const organization of ['meridian', 'quill', 'stockroom'])
    keys[organization] = (
      await addApiKey(database.executor, { name: organization, organization, customer: null, scopes: ['read', 'write'], createdBy: 'test' })
    ).secret
  keys.customer = (
    await addApiKey(database.executor, {
      name: 'c',
      organization: 'quill',
      customer: 'north',
      scopes: ['read', 'write'],
      createdBy: 'test',
    })
  ).secret
})
afterAll(() => database.drop())

const codeOf = (name: string) => ({ name, version: '1.0.0', platforms: {}, meters: [], mappings: {}, flows: {} }) as unknown as Integration
const integrations = createIntegrations(['meridian-quill', 'meridian-stockroom'].map(codeOf))
/** As every caller binds a customer: through the runtime. */
const bind = (gate: Lifecycle, integration: string, customer: string, paying: boolean) =>
  createInstance(
    { database, integrations, gate },
    { integration, organization: 'meridian', customer, name: `${paying}`, paying, by: 'test' },
  )

const ask = async (key: string, path: string, json?: object) => {
  const init = json ? { method: 'POST', body: JSON.stringify(json) } : {}
  const response = await api.request(path, {
    ...init,
    headers: { authorization: `Bearer ${keys[key]}`, 'content-type': 'application/json' },
  })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

describe('the gates, enforced', () => {
  it('P6: a paying customer is refused while the stage in force is an experiment, whatever the file says', async () => {
    const hopeful = createLifecycle({ ...lifecycle.parts, readers: {} })
    await expect(bind(hopeful, 'meridian-quill', 'lager', true)).rejects.toMatchObject({
      code: 'readiness.paying_customer_refused',
    })
    await expect(bind(hopeful, 'meridian-quill', 'lager', false)).resolves.toMatchObject({ state: 'active' })
  })

  it('P4: when the facts of the running system open the gate, the paying customer is let in', async () => {
    const { instances: _, ...rest } = lifecycle.parts.readers!
    const unpaid = healthyFacts.instances!.map((instance) => ({ ...instance, paying: false }))
    const readers = { ...rest, instances: async () => new Map([['meridian-quill', unpaid]]) }
    const earned = createLifecycle({ ...lifecycle.parts, readers })
    expect(await earned.stageInForce('meridian-quill')).toEqual({ stage: 'ga', declared: 'ga' })
    await expect(bind(earned, 'meridian-quill', 'lager', true)).resolves.toMatchObject({ state: 'active' })
  })

  it('P6: what runs with paying customers before any gate has seen it must be adopted by both sides', async () => {
    const readers = { instances: async () => new Map([['meridian-stockroom', healthyFacts.instances!]]) }
    const other = createLifecycle({ ...lifecycle.parts, readers })
    expect((await other.stageInForce('meridian-stockroom')).stage).toBe('experimental')
    await expect(bind(other, 'meridian-stockroom', 'lager', true)).rejects.toMatchObject({ status: 409 })
    const operator = { name: 'o', organization: null, customer: null, scopes: ['read' as const, 'admin' as const], createdBy: 'test' }
    keys.operator = (await addApiKey(database.executor, operator)).secret
    const adopt = (signedBy: string[]) =>
      ask('operator', '/integrations/meridian-stockroom/adoption', { signedBy, reason: 'ran for a year' })
    expect((await adopt(['stockroom/sam', 'stockroom/sam'])).body).toEqual({ code: 'readiness.adoption_one_sided' })
    expect((await adopt(['stockroom/sam', 'meridian/max'])).body).toEqual({ stage: 'beta' })
    await expect(bind(other, 'meridian-stockroom', 'lager', true)).resolves.toMatchObject({ state: 'active' })
  })
})

describe('over HTTP', () => {
  it('invariant 8: a company sees its own integrations, a customer none', async () => {
    const names = async (key: string) =>
      (await ask(key, '/readiness')).body.reports.map((report: { integration: string }) => report.integration)
    expect(await names('quill')).toEqual(['meridian-quill'])
    expect(await names('stockroom')).toEqual(['meridian-stockroom'])
    expect(await names('meridian')).toEqual(['meridian-quill', 'meridian-stockroom'])
    expect(await names('customer')).toEqual([])
    expect((await ask('stockroom', '/integrations/meridian-quill/readiness')).body).toEqual({ code: 'identity.not_visible' })
    expect(Object.keys((await ask('quill', '/readiness/facts')).body.facts)).toEqual(['meridian-quill'])
  })

  it('P4: one side can’t co-sign in the name of the other', async () => {
    const path = '/integrations/meridian-quill/waiver-signatures'
    expect((await ask('quill', path, { check: 'value-metric', by: 'meridian/mara' })).body).toEqual({ code: 'readiness.may_not_speak' })
    expect((await ask('quill', path, { check: 'value-metric', by: 'quill/quentin' })).body).toMatchObject({
      state: 'declared',
      unsigned: ['meridian'],
    })
    expect((await ask('meridian', path, { check: 'value-metric', by: 'meridian/mara' })).body).toMatchObject({
      state: 'signed',
      unsigned: [],
    })
  })

  it('P2: an attestation is recorded for the side that the key belongs to', async () => {
    const path = '/integrations/meridian-stockroom/attestations'
    expect((await ask('meridian', path, { side: 'stockroom', by: 'stockroom/sam' })).status).toBe(403)
    expect((await ask('stockroom', path, { side: 'stockroom', by: 'stockroom/sam' })).body.attested).toContain('anchor-owner')
    const { body } = await ask('stockroom', '/integrations/meridian-stockroom/readiness')
    expect(body.sides[1].standing).toMatchObject({ state: 'attested', by: 'stockroom/sam' })
  })

  it('gates, badge and sheets answer', async () => {
    expect((await ask('quill', '/integrations/meridian-quill/gates/retired')).body).toMatchObject({
      allowed: false,
      moves: ['beta', 'deprecated'],
    })
    expect((await ask('quill', '/integrations/meridian-quill/readiness.svg')).body).toMatch(/^<svg/)
    expect((await ask('quill', '/integrations/meridian-quill/sheets/support?side=quill&format=markdown')).body).toContain(
      '# Support sheet: Meridian invoices in Quill',
    )
  })

  it('P1: one page tells all to each side, in three formats, and to nobody else', async () => {
    const path = '/integrations/meridian-stockroom'
    const { status, body } = await ask('meridian', path)
    expect(status).toBe(200)
    expect(body.sides.map(({ organization }: { organization: string }) => organization)).toEqual(['meridian', 'stockroom'])
    expect(body.missing).toContainEqual({ section: 'Critical duties', what: 'owner', side: 'meridian' })
    expect((await ask('stockroom', `${path}?format=html`)).body).toContain('missing on Meridian ERP')
    expect((await ask('stockroom', `${path}?format=markdown`)).body).toMatch(/^# Meridian stock levels in Stockroom/)
    for (const key of ['quill', 'customer']) expect((await ask(key, path)).body).toEqual({ code: 'identity.not_visible' })
  })

  it('P7: a gap review moves the date', async () => {
    const review = { gap: 'no-meridian-owner', by: 'stockroom/sam', nextReviewOn: '2027-02-01' }
    expect((await ask('stockroom', '/integrations/meridian-stockroom/gap-reviews', review)).status).toBe(200)
    expect((await ask('stockroom', '/integrations/meridian-stockroom/readiness')).body.knownGaps[0]).toMatchObject({
      reviewOn: '2027-02-01',
      overdue: false,
    })
  })
})
