import { OpenAPIHono } from '@hono/zod-openapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { BridgekeeperError } from '../errors/index.ts'
import { type Authenticated, addApiKey, requireCaller } from '../identity/index.ts'
import { exampleWorkspace, healthyFacts } from '../readiness/fixtures.ts'
import { judgeTransition, readCanaryFacts, readDrillFacts } from '../readiness/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { createLifecycle } from './lifecycle.ts'
import { lifecycleRoutes } from './routes.ts'

const bridge = 'meridian-quill'
let database: TestDatabase
let workspace: Workspace
let api: OpenAPIHono<Authenticated>
let now = new Date('2026-11-20T10:00:00Z')
const keys: Record<string, string> = {}

beforeAll(async () => {
  database = await createTestDatabase()
  workspace = await exampleWorkspace()
  const lifecycle = createLifecycle({
    database,
    workspace: () => workspace,
    readers: {
      drills: () => readDrillFacts(database.executor, [bridge], now),
      canaries: () => readCanaryFacts(database.executor, [bridge]),
    },
    now: () => now,
  })
  api = new OpenAPIHono<Authenticated>()
  api.onError((error, c) =>
    error instanceof BridgekeeperError ? c.json({ code: error.code }, error.status as 422) : c.json({ error: String(error) }, 500),
  )
  api.use(requireCaller(database, () => workspace))
  api.route('/', lifecycleRoutes(lifecycle))
  const scopes = ['read' as const, 'write' as const]
  for (const organization of ['meridian', 'quill', 'stockroom'])
    keys[organization] = (
      await addApiKey(database.executor, { name: organization, organization, customer: null, scopes, createdBy: 'test' })
    ).secret
  keys.customer = (
    await addApiKey(database.executor, { name: 'c', organization: 'quill', customer: 'north', scopes, createdBy: 'test' })
  ).secret
})
afterAll(() => database.drop())

async function ask(key: string, path: string, json?: object) {
  const response = await api.request(`/integrations/${bridge}/${path}`, {
    ...(json && { method: 'POST', body: JSON.stringify(json) }),
    headers: { authorization: `Bearer ${keys[key]}`, 'content-type': 'application/json' },
  })
  return { status: response.status, body: await response.json() }
}

/** How the report answers a check, by side. */
async function answers(check: string): Promise<Record<string, string>> {
  const { body } = await ask('quill', 'readiness')
  const results = (body.results as { check: string; side?: string; status: string }[]).filter((one) => one.check === check)
  return Object.fromEntries(results.map(({ side, status }) => [side ?? 'all', status]))
}

/** Whether the gate to ga opens with what is recorded here, everything else being healthy. */
async function blockersOfGa(): Promise<string[]> {
  const facts = {
    ...healthyFacts,
    drills: (await readDrillFacts(database.executor, [bridge], now)).get(bridge)!,
    canaries: (await readCanaryFacts(database.executor, [bridge])).get(bridge)!,
  }
  const verdict = judgeTransition(workspace, workspace.integrations.get(bridge)!, facts, now.toISOString().slice(0, 10), 'beta', 'ga')
  return [...new Set(verdict.blockers.map(({ check }) => check))].sort()
}

const hour = 3_600_000
const drill = (changes: object = {}) => ({
  kind: 'on-call',
  side: 'meridian',
  by: 'quill/quentin',
  answer: { by: 'meridian/mara', afterMs: 5 * 60_000 },
  ...changes,
})

describe('drills', () => {
  it('an on-call drill that a human answered is observed for that side alone', async () => {
    expect(await answers('on-call-drilled')).toMatchObject({ meridian: 'failed', quill: 'failed' })
    expect((await ask('quill', 'drills', drill({ answer: undefined }))).status).toBe(201)
    expect(await answers('on-call-drilled')).toMatchObject({ meridian: 'failed' })
    expect((await ask('quill', 'drills', drill())).status).toBe(201)
    expect(await answers('on-call-drilled')).toMatchObject({ meridian: 'passed', quill: 'failed' })
  })

  it('a support contact that answered after more than 24 hours has not answered', async () => {
    const contact = (hours: number, on: string) =>
      ask('quill', 'drills', drill({ kind: 'contact', heldAt: on, answer: { by: 'Mo of support', afterMs: hours * hour } }))
    await contact(30, '2026-11-10T08:00:00Z')
    expect(await answers('support-contact-tested')).toMatchObject({ meridian: 'failed' })
    await contact(23, '2026-11-15T08:00:00Z')
    expect(await answers('support-contact-tested')).toMatchObject({ meridian: 'passed' })
  })

  it('nobody confirms their own answer, speaks for the other company, or records what has not happened', async () => {
    const code = async (key: string, changes: object) => (await ask(key, 'drills', drill(changes))).body.code
    expect(await code('meridian', { by: 'meridian/mara' })).toBe('readiness.drill_own_answer')
    expect(await code('quill', { by: 'meridian/max' })).toBe('readiness.may_not_speak')
    expect(await code('quill', { side: 'stockroom' })).toBe('readiness.side_unknown')
    expect(await code('quill', { heldAt: '2026-11-20T09:58:00Z' })).toBe('readiness.not_yet')
  })

  it('a company that is no side and a customer see and record none', async () => {
    for (const key of ['stockroom', 'customer'])
      for (const [path, json] of [
        ['drills', undefined],
        ['drills', drill()],
        ['canaries', undefined],
        ['canaries', { scenario: 'invoice-out', outcome: 'succeeded' }],
      ] as const)
        expect((await ask(key, path, json)).body).toEqual({ code: 'identity.not_visible' })
  })

  it('a row is never changed', async () => {
    await expect(database.pool.query("update drill set answered_by = 'x'")).rejects.toThrow('never changed')
    expect((await ask('meridian', 'drills?limit=1')).body.drills).toMatchObject([{ side: 'meridian', recordedBy: 'quill/quentin' }])
  })
})

describe('canaries', () => {
  const report = (scenario: string, outcome: string, at?: string) => ask('quill', 'canaries', { scenario, outcome, ...(at && { at }) })

  it('passes only when each critical scenario has succeeded, and fails with the newest report', async () => {
    expect((await report('invoice-out', 'succeeded', '2026-11-20T09:00:00Z')).body).toEqual({ result: 'recorded' })
    expect(await answers('canaries')).toEqual({ all: 'failed' })
    await report('payment-back', 'succeeded', '2026-11-20T09:00:00Z')
    expect(await answers('canaries')).toEqual({ all: 'passed' })
    await report('payment-back', 'failed', '2026-11-20T09:30:00Z')
    expect((await report('payment-back', 'succeeded', '2026-11-20T09:15:00Z')).body).toEqual({ result: 'older' })
    expect(await answers('canaries')).toEqual({ all: 'failed' })
    await report('payment-back', 'succeeded')
    expect((await ask('quill', 'canaries')).body.canaries).toHaveLength(2)
    expect((await report('no-such', 'succeeded')).body).toEqual({ code: 'readiness.scenario_unknown' })
  })

  it('the gate to ga is closed by a missing drill and opened by the recorded one', async () => {
    expect(await blockersOfGa()).toContain('on-call-drilled')
    const quill = { side: 'quill', by: 'meridian/mara', answer: { by: 'quill/quentin', afterMs: 60_000 } }
    expect((await ask('meridian', 'drills', drill(quill))).status).toBe(201)
    await ask('meridian', 'drills', drill({ ...quill, kind: 'contact' }))
    expect(await blockersOfGa()).toEqual([])
  })

  it('a canary that has fallen silent proves nothing any more', async () => {
    now = new Date('2026-11-25T10:00:00Z')
    expect(await answers('canaries')).toEqual({ all: 'insufficient-data' })
    expect(await blockersOfGa()).toContain('canaries')
  })
})
