import type { Integration } from '@bridgekeeper/sdk'
import { OpenAPIHono } from '@hono/zod-openapi'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { BridgekeeperError } from '../errors/index.ts'
import { type Authenticated, addApiKey, requireCaller } from '../identity/index.ts'
import { exampleWorkspace, healthyFacts, withSpec } from '../readiness/fixtures.ts'
import { type IntegrationFacts, readCanaryFacts, readDrillFacts } from '../readiness/index.ts'
import { createInstance, createIntegrations } from '../runtime/index.ts'
import { countEvents, readServiceLevelFacts } from '../service-levels/index.ts'
import type { Stage, WindDown, Workspace } from '../workspace/index.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { lifecycleRoutes } from './routes.ts'

/**
 * One integration's life on a real database and the real API. What a partner's bridge has seen (operations, instances, notices) is given;
 * service levels, canaries, drills, admissions and attestations are rows that get there as they do in production.
 */
const name = 'meridian-quill'
let database: TestDatabase
let workspace: Workspace
let api: OpenAPIHono<Authenticated>
let lifecycle: Lifecycle
let clock = new Date('2026-11-20T10:00:00Z')
let instances = healthyFacts.instances!.map((instance) => ({ ...instance, paying: false }))
const keys: Record<string, string> = {}

type Edit = Parameters<typeof withSpec>[2]
const write = (edit: Edit): void => {
  workspace = withSpec(workspace, name, edit)
}
/** The file hopes for a stage; the gate says which is in force. */
async function declare(stage: Stage): Promise<Stage> {
  write((spec) => {
    spec.stage = stage
  })
  return (await lifecycle.stageInForce(name)).stage
}

async function ask(key: string, path: string, json?: object) {
  const headers = { authorization: `Bearer ${keys[key]}`, 'content-type': 'application/json' }
  const answer = await api.request(path, { headers, ...(json && { method: 'POST', body: JSON.stringify(json) }) })
  return { status: answer.status, json: await answer.json() }
}
/** Checks that refuse the way into a stage. */
async function refusals(stage: Stage): Promise<string[]> {
  const { json } = await ask('quill', `/integrations/${name}/gates/${stage}`)
  expect(json.moves).toBeUndefined()
  return [...new Set((json.blockers as { check: string }[]).map(({ check }) => check))].sort()
}

const code = { name, version: '1.0.0', platforms: {}, meters: [], mappings: {}, flows: {} } as unknown as Integration
const bind = (customer: string, paying: boolean) =>
  createInstance(
    { database, integrations: createIntegrations([code]), gate: lifecycle },
    { integration: name, organization: 'quill', customer, name: `${paying}`, paying, by: 'test' },
  )

beforeAll(async () => {
  database = await createTestDatabase()
  workspace = await exampleWorkspace()
  const { executor } = database
  const known =
    <Fact>(fact: Fact) =>
    async () =>
      new Map([[name, fact]])
  const { operations, runs, deliveries, sandboxes, notices, watchedSides, links } = healthyFacts as Required<IntegrationFacts>
  lifecycle = createLifecycle({
    database,
    workspace: () => workspace,
    readers: {
      operations: known(operations),
      runs: known(runs),
      deliveries: known(deliveries),
      sandboxes: known(sandboxes),
      notices: known(notices),
      watchedSides: known(watchedSides),
      links: known(links),
      instances: async () => new Map([[name, instances]]),
      serviceLevels: () => readServiceLevelFacts(executor, workspace, clock),
      canaries: () => readCanaryFacts(executor, [name]),
      drills: () => readDrillFacts(executor, [name], clock),
    },
    now: () => clock,
  })
  api = new OpenAPIHono<Authenticated>()
  api.onError((error, c) => c.json({ code: (error as BridgekeeperError).code, message: error.message }, 422))
  api.use(requireCaller(database, () => workspace))
  api.route('/', lifecycleRoutes(lifecycle))
  for (const organization of ['meridian', 'quill']) {
    const key = { name: organization, organization, customer: null, scopes: ['read', 'write'] as const, createdBy: 'test' }
    keys[organization] = (await addApiKey(executor, key)).secret
  }
})
afterAll(() => database.drop())

const drill = (kind: string, side: string, by: string, answeredBy: string) =>
  ask(by.split('/')[0]!, `/integrations/${name}/drills`, { kind, side, by, answer: { by: answeredBy, afterMs: 600_000 } })

describe('P4, P6: from proposed to ga, at risk, and the end', () => {
  it('proposed → experimental → pilot: not without a proposal that lives, and a value metric', async () => {
    const { valueMetric } = workspace.integrations.get(name)!.spec
    write((spec) => delete spec.valueMetric)
    expect(await declare('proposed')).toBe('proposed')
    expect(await declare('experimental')).toBe('proposed')
    expect(await refusals('experimental')).toEqual(['proposal-alive'])
    write((spec) => {
      spec.proposal = { by: 'meridian/mara', on: '2026-11-01', expiresOn: '2027-01-31' }
    })
    expect(await declare('experimental')).toBe('experimental')
    expect(await declare('pilot')).toBe('experimental')
    expect(await refusals('pilot')).toContain('value-metric')
    write((spec) => {
      spec.valueMetric = valueMetric!
    })
    expect(await refusals('pilot')).toEqual([])
    expect(await declare('pilot')).toBe('pilot')
  })

  it('pilot: nobody pays', async () => {
    await expect(bind('north', true)).rejects.toMatchObject({
      code: 'readiness.paying_customer_refused',
    })
    await expect(bind('north', false)).resolves.toMatchObject({ state: 'active' })
  })

  it('pilot → beta: not before a human at each side’s support answered a test', async () => {
    const unanswered = { kind: 'contact', side: 'quill', by: 'meridian/mara', heldAt: '2026-11-19T10:00:00Z' }
    expect((await ask('meridian', `/integrations/${name}/drills`, unanswered)).status).toBe(201)
    expect(await declare('beta')).toBe('pilot')
    expect(await refusals('beta')).toEqual(['support-contact-tested'])
    expect(await drill('contact', 'quill', 'meridian/mara', 'quill/quentin')).toMatchObject({ status: 201 })
    expect(await drill('contact', 'meridian', 'quill/quentin', 'meridian/mara')).toMatchObject({ status: 201 })
    expect(await refusals('beta')).toEqual([])
    expect(await declare('beta')).toBe('beta')
    instances = healthyFacts.instances!.map((instance) => ({ ...instance }))
    await expect(bind('north', true)).resolves.toMatchObject({ state: 'active' })
  })

  it('beta → ga: not before service levels, canaries and on-call have been seen', async () => {
    expect(await declare('ga')).toBe('beta')
    // A file that hopes for ga would be let in as soon as the gate opens; here it is only asked.
    expect(await declare('beta')).toBe('beta')
    expect(await refusals('ga')).toEqual(['canaries', 'on-call-drilled', 'service-level-met'])

    for (const scenario of ['invoice-out', 'payment-back'])
      await ask('quill', `/integrations/${name}/canaries`, { scenario, outcome: 'succeeded', at: clock.toISOString() })
    expect(await refusals('ga')).toEqual(['on-call-drilled', 'service-level-met'])

    await drill('on-call', 'quill', 'meridian/mara', 'quill/quentin')
    await drill('on-call', 'meridian', 'quill/quentin', 'meridian/mara')
    expect(await refusals('ga')).toEqual(['service-level-met'])
  })

  it('… on enough events of 28 days, and not on those of 27', async () => {
    const runsOf = async (daysAgo: number, times: number, failure: string | null = null) => {
      const at = new Date(clock.getTime() - daysAgo * 86_400_000)
      await sql`insert into run_outcome (run_id, instance_id, integration, flow, outcome, failure_kind, platform, status, counted_before, received_at, occurred_at, ended_at)
        select gen_random_uuid(), ${'01890000-0000-7000-8000-000000000001'}, ${name}, 'invoices', ${failure ? 'parked' : 'succeeded'}, ${failure}, 'quill-invoicing', null,
          false, ${at}::timestamptz - interval '1 second', ${at}::timestamptz - interval '2 seconds', ${at} from generate_series(1, ${times}::int)`.execute(
        database.executor,
      )
      await countEvents({ database, callsSettleMs: 90_000, now: clock })
    }
    for (let daysAgo = 0; daysAgo <= 26; daysAgo += 1) await runsOf(daysAgo, 200)
    expect(await refusals('ga')).toEqual(['service-level-met'])
    await runsOf(27, 200)
    expect(await refusals('ga')).toEqual([])
    // A bad day of one side closes it again, and what it takes to make up for that opens it.
    await runsOf(1, 60, 'partner-down')
    expect(await refusals('ga')).toEqual(['service-level-met'])
    await runsOf(2, 20_000)
    expect(await declare('ga')).toBe('ga')
  })

  it('ga → at risk when owners no longer attest', async () => {
    const standings = async () => {
      const { json } = await ask('quill', `/integrations/${name}/readiness`)
      return json.sides.map((side: { standing: unknown }) => JSON.stringify(side.standing)).join()
    }
    expect(await standings()).not.toContain('at-risk')
    const then = clock
    clock = new Date(then.getTime() + 165 * 86_400_000)
    expect(await standings()).toContain('at-risk')
    clock = then
  })

  it('the end: refused while anybody pays, except by a wind-down plan that was carried out', async () => {
    const windDown: WindDown = {
      announcedOn: '2026-03-01',
      lastDay: '2026-11-10',
      notice: 'https://quill.example/notice',
      successor: 'none',
      migration: 'Export, then import into the new bridge',
      instances: [],
      obligations: [
        { party: 'meridian', owes: 'Keeps the API', until: '2026-11-10', doneOn: '2026-11-10' },
        { party: 'quill', owes: 'Exports all invoices', until: '2026-11-10', doneOn: '2026-11-09' },
      ],
    }
    instances = instances.map((instance) => ({ ...instance, termEndsOn: '2026-10-31', lastActiveOn: '2026-10-31' }))
    await sql`update instance set state = 'removed'`.execute(database.executor)
    write((spec) => {
      spec.windDown = structuredClone(windDown)
    })
    expect(await declare('deprecated')).toBe('deprecated')
    await expect(bind('new', false)).rejects.toMatchObject({ code: 'readiness.no_new_instances' })
    expect(await declare('sunset')).toBe('sunset')
    expect(await declare('retired')).toBe('sunset')
    expect(await refusals('retired')).toContain('no-customer-stranded')
    write((spec) => {
      spec.windDown = { ...windDown, instances: instances.map(({ id }) => ({ instance: id, migratedOn: '2026-11-01' })) }
    })
    // A file's word that all of it was done is not enough.
    expect(await declare('retired')).toBe('sunset')
    await ask('quill', `/integrations/${name}/attestations`, { side: 'quill', by: 'quill/quentin', checks: ['no-customer-stranded'] })
    expect(await declare('retired')).toBe('retired')
  })
})
