import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type Transaction, uuidv7 } from '../src/database/index.ts'
import { holdStage } from '../src/readiness/index.ts'
import {
  changeInstance,
  createInstance,
  type Instance,
  type InstanceParts,
  type StageGate,
  setInstanceState,
  tellCustomerFacts,
} from '../src/runtime/index.ts'
import { loadWorkspace, type Stage, type Workspace } from '../src/workspace/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

/** shop-crm stays an experiment; desk-erp ran before and was adopted by both sides in beta. Whoever tries to get round a gate, tries it here. */
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let parts: InstanceParts
let operatorKey: string

async function filesThatSay(stage: Stage, edit: (workspace: Workspace) => void = () => {}): Promise<Workspace> {
  const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  workspace.integrations.get('shop-crm')!.spec.stage = 'experimental'
  workspace.integrations.get('desk-erp')!.spec.stage = stage
  edit(workspace)
  return workspace
}

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  server = await startTenantServer(database, partner, { workspace: await filesThatSay('beta') })
  operatorKey = await makeKey(server, ['admin'])
  parts = { database, integrations: server.bridge.integrations, gate: server.gate }
  const signature = { signedBy: ['globex/gus', 'initech/ina'], reason: 'ran for a year' }
  await ask(server, operatorKey, 'POST', '/integrations/desk-erp/adoption', signature)
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const numbers = Array.from({ length: 200 }, (_, at) => at)[Symbol.iterator]()
const wanted = (integration: string, more: { paying?: boolean; customer?: string } = {}) => ({
  integration,
  organization: integration === 'desk-erp' ? 'globex' : 'acme',
  customer: `customer-${numbers.next().value}`,
  name: 'main',
  by: 'test',
  ...more,
})
const refused = (code: string) => expect.objectContaining({ code })
const guarded = refused('BK001')
const admit = (integration: string, stage: Stage, woundDown: readonly string[] = []) => sql`
  insert into stage_admission (id, integration, position, from_stage, stage, how, wound_down)
  select gen_random_uuid(), ${integration}, coalesce(max(position), 0) + 1, (array_agg(stage order by position desc))[1], ${stage}, 'gate', ${[...woundDown]}::text[]
  from stage_admission where integration = ${integration}`
const stageOf = async (integration: string) =>
  (
    await sql<{
      stage: Stage
    }>`select stage from stage_admission where integration = ${integration} order by position desc limit 1`.execute(database.executor)
  ).rows[0]?.stage
const payers = async (integration: string) =>
  (await database.pool.query("select 1 from instance where integration = $1 and paying and state <> 'removed'", [integration])).rowCount
const clear = (integration: string) => database.pool.query("update instance set state = 'removed' where integration = $1", [integration])
/** As an older program or a restored copy may have left it. */
async function plantPayer(integration: string): Promise<string> {
  const id = uuidv7()
  await database.pool.query('alter table instance disable trigger instance_guarded')
  await database.pool.query(
    "insert into instance (id, integration, organization, customer, name, key, paying, revision) values ($1, $2, 'acme', 'old', 'main', 'old', true, 1)",
    [id, integration],
  )
  await database.pool.query('alter table instance enable trigger instance_guarded')
  return id
}

describe('P6: before any gate has seen an integration', () => {
  it('an adoption that would write it down as it can’t be', async () => {
    const id = await plantPayer('shop-crm')
    const signature = { signedBy: ['acme/ada', 'hooli/hal'], reason: 'ran for a year' }
    const adopt = (to: { url: string }) => ask(to, operatorKey, 'POST', '/integrations/shop-crm/adoption', signature)
    expect(await adopt(server)).toMatchObject({ status: 409, json: { code: 'readiness.adoption_while_paying' } })
    const workspace = await filesThatSay('beta', ({ integrations }) => {
      integrations.get('shop-crm')!.spec.stage = 'retired'
    })
    const retiring = await startTenantServer(database, partner, { workspace })
    expect(await adopt(retiring)).toMatchObject({ status: 409, json: { code: 'readiness.adoption_while_paying' } })
    const gate = await ask(retiring, operatorKey, 'GET', '/integrations/shop-crm/gates/retired')
    expect(gate.json.blockers.map(({ check }: { check: string }) => check)).toContain('no-customer-stranded')
    await retiring.stop()
    expect(await stageOf('shop-crm')).toBeUndefined()
    await database.pool.query("update instance set state = 'removed' where id = $1", [id])
  })

  it('a caller who brings a gate of its own talks nobody in', async () => {
    const gate: StageGate = { admit: async () => ({ stage: 'ga', declared: 'ga' }) }
    const open = { ...parts, gate }
    await expect(createInstance(open, wanted('shop-crm', { paying: true }))).rejects.toThrow(refused('readiness.paying_customer_refused'))
    expect(await stageOf('shop-crm')).toBeUndefined()
    const { id } = await createInstance(open, wanted('shop-crm'))
    await expect(tellCustomerFacts(open, id, { paying: true })).rejects.toThrow(refused('readiness.paying_customer_refused'))
  })
})

describe('P6: no caller of the runtime gets round the gate', () => {
  it('an experiment takes no paying customer, neither at first nor later nor with another change', async () => {
    await expect(createInstance(parts, wanted('shop-crm', { paying: true }))).rejects.toThrow(refused('readiness.paying_customer_refused'))
    const { id } = await createInstance(parts, wanted('shop-crm'))
    await expect(tellCustomerFacts(parts, id, { paying: true })).rejects.toThrow(refused('readiness.paying_customer_refused'))
    const change = { mappings: {}, customerFacts: { paying: true }, by: 'test' }
    await expect(changeInstance(parts, id, change)).rejects.toThrow(refused('readiness.paying_customer_refused'))
    expect(await ask(server, operatorKey, 'GET', `/instances/${id}`)).toMatchObject({ json: { paying: false, revision: 1 } })
  })

  it('a gate that can’t answer binds nobody', async () => {
    const gate: StageGate = { admit: () => Promise.reject(new Error('the database is away')) }
    await expect(createInstance({ ...parts, gate }, wanted('desk-erp'))).rejects.toThrow('the database is away')
    await expect(createInstance(parts, wanted('nobody-knows-it'))).rejects.toThrow(refused('runtime.integration_not_loaded'))
    const forgotten = { ...parts, gate: (await startForgetful()).gate }
    await expect(createInstance(forgotten, wanted('desk-erp'))).rejects.toThrow(refused('readiness.integration_unknown'))
  })

  /** A process whose files no longer tell of desk-erp, before anybody pays for it. */
  async function startForgetful(): Promise<TenantServer> {
    const other = await startTenantServer(database, partner, { workspace: await filesThatSay('beta', forget) })
    await other.stop()
    return other
  }

  it('what is refused says what, why, and the only way forward', async () => {
    const answer = await ask(server, operatorKey, 'POST', '/instances', {
      ...{ integration: 'shop-crm', organization: 'acme', customer: 'stark', name: 'main', paying: true },
    })
    expect(answer.status).toBe(409)
    expect(answer.json.detail).toBe("shop-crm is experimental: it can't be bound to the paying customer stark")
    expect(answer.json.fix).toContain(
      'Only beta and ga take customers who pay. `bridgekeeper readiness gate shop-crm beta` says what refuses',
    )
  })

  it('of thirty who come at once through two processes, a pilot takes twenty-five', async () => {
    await clear('shop-crm')
    const second = openDatabase(database.url)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, at) => createInstance({ ...parts, database: at % 2 ? second : database }, wanted('shop-crm'))),
    )
    await second.close()
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(25)
    const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    expect(new Set(reasons)).toEqual(new Set(['readiness.too_many_instances']))
    await clear('shop-crm')
  })
})

const forget = (workspace: Workspace): void => {
  ;(workspace.integrations as Map<string, unknown>).delete('desk-erp')
}

describe('P6: the database refuses what reaches it past every program', () => {
  const insert = (integration: string, more: { paying?: boolean; state?: string } = {}) => {
    const id = uuidv7()
    const { paying = false, state = 'active' } = more
    return sql`insert into instance (id, integration, organization, customer, name, key, paying, state, revision)
      values (${id}, ${integration}, 'acme', ${id}, 'main', ${id}, ${paying}, ${state}, 1) returning id`.execute(database.executor)
  }

  it('a paying customer of an experiment, by insert, by update, and by moving an instance over', async () => {
    await expect(insert('shop-crm', { paying: true })).rejects.toThrow(guarded)
    const { id } = await createInstance(parts, wanted('shop-crm'))
    await expect(database.pool.query('update instance set paying = true where id = $1', [id])).rejects.toThrow(guarded)
    const payer = await createInstance(parts, wanted('desk-erp', { paying: true }))
    const move = "update instance set integration = 'shop-crm' where id = $1"
    await expect(database.pool.query(move, [payer.id])).rejects.toThrow(guarded)
    await insert('shop-crm', { paying: true, state: 'removed' })
    const back = "update instance set state = 'paused' where integration = 'shop-crm' and paying"
    await expect(database.pool.query(back)).rejects.toThrow(guarded)
  })

  it('a stage that forbids what is there: a pilot or a retirement while somebody pays', async () => {
    expect(await payers('desk-erp')).toBe(1)
    for (const stage of ['proposed', 'experimental', 'pilot', 'retired'] as const)
      await expect(admit('desk-erp', stage).execute(database.executor)).rejects.toThrow(guarded)
    // Not even with the word that they have moved: the way leads through sunset.
    const { rows } = await database.pool.query("select id from instance where integration = 'desk-erp' and paying")
    const ids = rows.map(({ id }) => id)
    await expect(admit('desk-erp', 'retired', ids).execute(database.executor)).rejects.toThrow(guarded)
    await expect(database.pool.query("update stage_admission set stage = 'retired'")).rejects.toThrow('rows are never changed')
    expect(await stageOf('desk-erp')).toBe('beta')
    await clear('desk-erp')
  })
})

describe('P6: of a move and a binding at the same time exactly one wins', () => {
  /** Starts `second` while `first` has done its work and not committed. */
  async function overlap(
    first: (tx: Transaction) => Promise<unknown>,
    second: () => Promise<unknown>,
  ): Promise<PromiseSettledResult<unknown>> {
    let begun: Promise<unknown> | undefined
    let ended = false
    await database.transaction(async (tx) => {
      await first(tx)
      begun = second()
      const settled = () => {
        ended = true
      }
      begun.then(settled, settled)
      await new Promise((resolve) => setTimeout(resolve, 300))
      // It waits: what it will find is not decided yet.
      expect(ended).toBe(false)
    })
    return (await Promise.allSettled([begun]))[0]!
  }
  const bindInSql = async (tx: Transaction) => {
    await holdStage(tx, 'desk-erp')
    const id = uuidv7()
    await sql`insert into instance (id, integration, organization, customer, name, key, paying, revision)
      values (${id}, 'desk-erp', 'globex', ${id}, 'main', ${id}, true, 1)`.execute(tx)
  }

  it('who binds first keeps the stage from falling', async () => {
    const files = await startTenantServer(database, partner, { workspace: await filesThatSay('pilot'), roles: ['api'] })
    const outcome = await overlap(bindInSql, () => files.gate.admit('desk-erp'))
    // Judged on facts without the customer, refused when it was to be written down, and judged again.
    expect(outcome).toMatchObject({ value: { stage: 'beta', declared: 'pilot', refusal: { blockers: [{ check: 'pilot-limits' }] } } })
    await files.stop()
    await clear('desk-erp')
  })

  it('who moves the stage first lets nobody in behind it', async () => {
    const outcome = await overlap(
      (tx) => admit('desk-erp', 'pilot').execute(tx),
      () => createInstance(parts, wanted('desk-erp', { paying: true })),
    )
    expect(outcome).toMatchObject({ reason: { code: 'readiness.paying_customer_refused' } })
    await admit('desk-erp', 'beta').execute(database.executor)
  })

  it('however they meet: paying customers and a pilot are never there at once', async () => {
    const files = await startTenantServer(database, partner, { workspace: await filesThatSay('pilot'), roles: ['api'] })
    const winners = new Set<string>()
    for (let round = 0; round < 12; round += 1) {
      const [binding] = await Promise.allSettled([
        createInstance(parts, wanted('desk-erp', { paying: true })),
        new Promise((resolve) => setTimeout(resolve, round * 2)).then(() => files.gate.admit('desk-erp')),
      ])
      const [stage, paying] = [await stageOf('desk-erp'), await payers('desk-erp')]
      expect([`pilot, 0`, `beta, 1`]).toContain(`${stage}, ${paying}`)
      expect(binding!.status).toBe(paying === 1 ? 'fulfilled' : 'rejected')
      winners.add(stage!)
      await clear('desk-erp')
      if (stage === 'pilot') await admit('desk-erp', 'beta').execute(database.executor)
    }
    expect(winners.size).toBeGreaterThan(0)
    await files.stop()
  })
})

describe('P6: files that change under paying customers', () => {
  let payer: Instance
  it('a deleted or renamed integration keeps the program from starting, by name and with the way out', async () => {
    payer = await createInstance(parts, wanted('desk-erp', { paying: true, customer: 'wayne' }))
    const rename = (workspace: Workspace): void => {
      const integrations = workspace.integrations as Map<string, NonNullable<ReturnType<typeof workspace.integrations.get>>>
      const { code: _, ...spec } = integrations.get('desk-erp')!.spec
      integrations.set('desk-erp-2', { ...integrations.get('desk-erp')!, metadata: { name: 'desk-erp-2' }, spec } as never)
      forget(workspace)
    }
    for (const edit of [forget, rename])
      await expect(startTenantServer(database, partner, { workspace: await filesThatSay('beta', edit) })).rejects.toMatchObject({
        code: 'runtime.customers_left',
        message: 'The workspace has no desk-erp with code any more, and 1 paying customer(s) are bound to it: wayne.',
        fix: expect.stringContaining('The only way to its end is stage deprecated, then sunset, then retired'),
      })
    const withoutCode = await filesThatSay('beta', ({ integrations }) => void delete integrations.get('desk-erp')!.spec.code)
    await expect(startTenantServer(database, partner, { workspace: withoutCode })).rejects.toThrow(refused('runtime.customers_left'))
  })

  it('one that nobody pays for is let go, and said aloud', async () => {
    await tellCustomerFacts(parts, payer.id, { paying: false })
    const other = await startTenantServer(database, partner, { workspace: await filesThatSay('beta', forget), roles: ['api'] })
    expect(other.lines.join('')).toContain('bound to an integration that has no file or no code any more')
    await other.stop()
    await tellCustomerFacts(parts, payer.id, { paying: true })
  })

  it('a lower stage in the file is refused while somebody pays, and the log says why once', async () => {
    const other = await startTenantServer(database, partner, { workspace: await filesThatSay('experimental') })
    const said = () => other.lines.filter((line) => line.includes('a file declares a stage that is refused'))
    await expect.poll(said, { timeout: 5_000 }).toHaveLength(1)
    expect(said()[0]).toContain('desk-erp is in beta and can move to pilot or ga or deprecated, not to experimental')
    await other.stop()
    const step = await startTenantServer(database, partner, { workspace: await filesThatSay('pilot') })
    await expect.poll(() => step.lines.join('')).toContain('pilot-limits: 1 paying customer is bound to an integration in pilot')
    await step.stop()
    expect(await stageOf('desk-erp')).toBe('beta')
  })

  it('once it is retired nothing goes on: what is left can be paused or removed, and not changed, moved or resumed', async () => {
    const { id } = await createInstance(parts, wanted('desk-erp'))
    await setInstanceState(parts, id, 'paused')
    for (const stage of ['deprecated', 'sunset'] as const) await admit('desk-erp', stage).execute(database.executor)
    await expect(tellCustomerFacts(parts, id, { paying: true })).rejects.toThrow(refused('readiness.no_new_payer'))
    await expect(createInstance(parts, wanted('desk-erp'))).rejects.toThrow(refused('readiness.no_new_instances'))
    await setInstanceState(parts, id, 'active')
    // Who pays until the end may be told of again.
    expect(await tellCustomerFacts(parts, payer.id, { paying: true, termEndsOn: '2026-10-31' })).toMatchObject({ paying: true })
    await admit('desk-erp', 'retired', [payer.id]).execute(database.executor)
    await expect(setInstanceState(parts, id, 'active')).rejects.toThrow(refused('readiness.retired'))
    await expect(changeInstance(parts, id, { accounts: { desk: ['another'] }, by: 'test' })).rejects.toThrow(refused('readiness.retired'))
    await expect(changeInstance(parts, id, { version: '1.0.0', by: 'test' })).rejects.toThrow(refused('readiness.retired'))
    await expect(database.pool.query("update instance set state = 'active' where id = $1", [id])).rejects.toThrow(guarded)
    expect(await setInstanceState(parts, id, 'removed')).toMatchObject({ state: 'removed', accounts: {} })
  })
})
