import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { listRuns } from '../src/runtime/index.ts'
import { withOutages } from '../src/runtime/outages.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

interface Tools {
  event: { order: string }
  crm: { POST(path: string, request: unknown): Promise<unknown> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
}

const integration = shopIntegration('shop-crm', {
  sync: onOrder({
    onPoison: 'park',
    lane: ({ order }: Tools['event']) => order.split('/')[0],
    async run({ event, crm, step }: Tools) {
      await step('create', () => crm.POST('/orders', { body: event }))
    },
  }),
})

const backlog = 400
/** Short waits, since a test waits for probes; and long enough for few claims to be told from many. */
const circuit = { firstWaitMs: 700, longestWaitMs: 700 }
const policy = { maxFailures: 100, firstDelayMs: 20, maxDelayMs: 100 }
const start = () =>
  startWholeBridge({
    database,
    partner,
    integrations: [integration],
    circuit,
    runtime: { acrossProcesses: true, leaseSeconds: 60, slots: 16, policy },
  })

let database: TestDatabase
let partner: PartnerServer
let workers: WholeBridge[]
let customers = 0

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startPartner()
  workers = [await start(), await start()]
})
afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.close()))
  await partner?.stop()
  await database?.drop()
})
afterEach(() => {
  partner.fault = () => undefined
  partner.requests.length = 0
  partner.effects.length = 0
})

async function addCustomer(): Promise<{ customer: string; connectionId: string }> {
  const customer = `customer-${customers++}`
  await installInstance(workers[0]!, partner, 'shop-crm', customer)
  return { customer, connectionId: (await workers[0]!.connections.list({ customer }))[0]!.id }
}
const order = (account: string, name: string) => send(workers[0]!.url, 'order.created', { account, order: name })
const orders = async (account: string, names: readonly string[]) => {
  for (let at = 0; at < names.length; at += 100) await Promise.all(names.slice(at, at + 100).map((name) => order(account, name)))
}
const numbered = (count: number) => Array.from({ length: count }, (_, at) => String(at))

interface Count {
  /** Claims of runs since the beginning. */
  claims: number
  failures: number
  /** Behind circuits. */
  behind: number
  unfinished: number
  failedProbes: number
}
async function count(): Promise<Count> {
  const { rows } = await sql<Count>`
    select coalesce(sum(attempt), 0)::int as claims, coalesce(sum(failures), 0)::int as failures,
      count(*) filter (where waiting = 'partner-down' and waits_for like 'circuit:%')::int as behind,
      count(*) filter (where not finished)::int as unfinished,
      coalesce((select sum(failed_probes) from circuit), 0)::int as "failedProbes"
    from (
      select attempt, failures, wait_reason as waiting, failure ->> 'waitsFor' as waits_for, false as finished from run
      union all select attempt, failures, null, null, true from finished_run
    ) as every`.execute(database.executor)
  return rows[0]!
}
const soon = (claim: () => unknown, timeout = 60_000) => vi.waitFor(claim, { timeout, interval: 25 })
const untilBehind = (expected: number) => soon(async () => expect((await count()).behind).toBe(expected))
/** Opens a circuit as if calls had failed, due when {@link due} says so. */
async function open(key: string, connectionId: string): Promise<void> {
  // Both know the connection, as they would under traffic.
  for (const { connections } of workers) await connections.get(connectionId)
  await sql`insert into circuit (key, reason, retry_at) values (${key}, 'a test', now() + interval '1 hour')`.execute(database.executor)
  await soon(() => expect(workers.map(({ gateway }) => gateway.blocked(connectionId)?.key)).toEqual(Array(2).fill(`circuit:${key}`)))
}
const due = (since = '0 seconds') => sql`update circuit set retry_at = clock_timestamp() - ${since}::interval`.execute(database.executor)
const platformCircuit = () => `platform:crm@${partner.host}`

describe('a backlog behind an open circuit', () => {
  let customer: string
  beforeEach(async () => {
    ;({ customer } = await addCustomer())
  })

  it('costs each probe one claim, however many wait, and no run an attempt', async () => {
    partner.fault = () => ({ status: 503 })
    await orders(customer, numbered(backlog))
    await untilBehind(backlog)
    const before = await count()
    await soon(async () => expect((await count()).failedProbes).toBeGreaterThanOrEqual(before.failedProbes + 5))
    const after = await count()
    const probes = after.failedProbes - before.failedProbes
    // One may be under way, and one may have met the probe of another process.
    expect(after.claims - before.claims).toBeLessThanOrEqual(probes + 3)
    expect(after.failures).toBe(before.failures)
    expect(new Set(partner.requests.slice(-3).map(({ body }) => (body as Tools['event']).order)).size).toBe(3)

    partner.fault = () => undefined
    await untilIdle(database, 60_000)
    expect(partner.effects).toHaveLength(backlog)
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
    for (const worker of workers) expect(await worker.runtime.checkInvariants()).toMatchObject({ jobless: 0, forgotten: 0 })
  }, 120_000)

  it('costs no more where the platform has a circuit, and each customer one, too', async () => {
    const added = [await addCustomer(), await addCustomer()]
    const others = added.map((other) => other.customer)
    partner.fault = () => ({ status: 503 })
    await Promise.all([customer, ...others].map((each) => orders(each, numbered(100))))
    await untilBehind(300)
    const keys = [platformCircuit(), ...added.map(({ connectionId }) => `connection:${connectionId}`)]
    await sql`insert into circuit (key, reason, retry_at) select key, 'a test', clock_timestamp() from unnest(${keys}::text[]) as key
      on conflict do nothing`.execute(database.executor)
    const before = await count()
    await soon(async () => expect((await count()).failedProbes).toBeGreaterThanOrEqual(before.failedProbes + 12))
    const after = await count()
    // A call that finds nobody speaks for its connection and for the platform. What one stops while the other is due moves on to the other.
    expect(after.claims - before.claims).toBeLessThanOrEqual(2 * (after.failedProbes - before.failedProbes))
    partner.fault = () => undefined
    await untilIdle(database, 60_000)
    expect(partner.effects).toHaveLength(300)
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
  }, 120_000)

  it('costs few claims each time that the partner answers one call and breaks down under the next ones', async () => {
    partner.fault = () => ({ status: 503 })
    await orders(customer, numbered(backlog))
    await untilBehind(backlog)
    let closings = 0
    const openedAt = async () => (await workers[0]!.gateway.circuits())[0]?.openedAt.getTime() ?? 0
    const before = await count()
    for (; closings < 3; closings += 1) {
      const openBefore = await openedAt()
      let isBack = true
      partner.fault = () => {
        const fault = isBack ? undefined : { status: 503 }
        isBack = false
        return fault
      }
      // Between the two it is closed, for less than it takes to look.
      await soon(async () => expect(await openedAt()).toBeGreaterThan(openBefore))
      await soon(async () => {
        const { behind, unfinished } = await count()
        expect(behind).toBe(unfinished)
      })
    }
    expect(((await count()).claims - before.claims) / closings).toBeLessThan(backlog / 2)
    partner.fault = () => undefined
    await untilIdle(database, 60_000)
    expect(partner.effects).toHaveLength(backlog)
  }, 180_000)

  it('keeps the order of each lane', async () => {
    partner.fault = () => ({ status: 503 })
    const names = numbered(60).map((name) => `${Number(name) % 20}/${name}`)
    for (const name of names) await order(customer, name)
    await untilBehind(20)
    partner.fault = () => undefined
    await untilIdle(database, 60_000)
    const seen = partner.effects.map(({ body }) => (body as Tools['event']).order.split('/'))
    for (let lane = 0; lane < 20; lane += 1) {
      const ofLane = seen.filter(([of]) => of === String(lane)).map(([, name]) => Number(name))
      expect(ofLane).toEqual([lane, lane + 20, lane + 40])
    }
  }, 120_000)
})

describe('a run behind an open circuit', () => {
  it('says that the partner is away, since when, and when it is tried next', async () => {
    const { customer, connectionId } = await addCustomer()
    await open(`connection:${connectionId}`, connectionId)
    await order(customer, 'a')
    await untilBehind(1)
    const shown = async () => {
      const runs = await listRuns(database.executor, { customer }, { limit: 5 })
      return (await withOutages(runs, () => workers[0]!.gateway.circuits()))[0]!
    }
    const [circuitNow] = await workers[0]!.gateway.circuits()
    const run = await shown()
    expect(run).toMatchObject({
      status: 'partner-down',
      failure: { kind: 'partner-down', platform: 'crm', message: expect.stringMatching(/^crm has been down since 20.*: a test/) },
      outage: { circuit: `connection:${connectionId}`, reason: 'a test', since: circuitNow!.openedAt, failedTries: 0 },
    })
    expect(run.outage!.nextTryAt.getTime() - Date.now()).toBeGreaterThan(3_000_000)
    expect(run.dueAt).toEqual(run.outage!.nextTryAt)
    await workers[1]!.gateway.resetCircuit(`connection:${connectionId}`)
    await untilIdle(database, 30_000)
    expect(await shown()).toMatchObject({ status: 'succeeded', outage: null })
  })

  it('is let go on to try by another process when the one that was told to let it died', async () => {
    const { customer, connectionId } = await addCustomer()
    await open(`connection:${connectionId}`, connectionId)
    await order(customer, 'a')
    await untilBehind(1)
    await sql`update circuit set asked_at = clock_timestamp()`.execute(database.executor)
    await due()
    await untilIdle(database, 20_000)
    expect(partner.effects).toHaveLength(1)
  })

  it('leaves the try to the run of another customer where its own connection is paused, and then waits for the pause', async () => {
    const [ada, bob] = [await addCustomer(), await addCustomer()]
    await open(platformCircuit(), ada.connectionId)
    await orders(ada.customer, numbered(8))
    await untilBehind(8)
    await order(bob.customer, 'a')
    await untilBehind(9)
    await workers[0]!.connections.pause(ada.connectionId, Date.now() + 3_600_000, 'stock-taking')
    await soon(() =>
      expect(workers.map(({ connections }) => connections.peek(ada.connectionId)?.pauseReason)).toEqual(Array(2).fill('stock-taking')),
    )
    const { claims } = await count()
    await due()
    // One after the other, Ada's runs would take 40 s to find out.
    await soon(async () => expect(await workers[0]!.gateway.circuits()).toEqual([]), 20_000)
    await soon(async () => expect(partner.effects).toHaveLength(1))
    // Bob's try, and Ada's runs that learn of the pause.
    const wait = `connection:${ada.connectionId}`
    await soon(async () => {
      const { rows } = await sql`select 1 from run where wait_reason = 'throttled' and failure ->> 'waitsFor' = ${wait}`.execute(
        database.executor,
      )
      expect(rows).toHaveLength(8)
    })
    expect((await count()).claims - claims).toBe(9)
    await workers[1]!.goOn(ada.connectionId, () => workers[1]!.connections.resume(ada.connectionId))
    await untilIdle(database, 30_000)
    expect(partner.effects).toHaveLength(9)
  })

  it('goes on when nobody tries the circuit, since none that waits behind it calls there any more', async () => {
    const { customer, connectionId } = await addCustomer()
    await open(`connection:${connectionId}`, connectionId)
    await orders(customer, numbered(8))
    await untilBehind(8)
    await sql`update run set failure = failure || '{"waitsFor": "circuit:platform:crm@elsewhere"}'`.execute(database.executor)
    await sql`update circuit set key = 'platform:crm@elsewhere'`.execute(database.executor)
    await due('6 minutes')
    // Asked to try one after the other, they would take 40 s.
    await untilIdle(database, 20_000)
    expect(partner.effects).toHaveLength(8)
    await workers[0]!.gateway.resetCircuit('platform:crm@elsewhere')
  })
})
