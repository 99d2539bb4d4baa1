import { CustomerDataFailure, type Integration } from '@bridgekeeper/sdk'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listParkedGroups, listRunSteps, listRuns } from '../src/runtime/index.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

type Tools = {
  event: { order: string; account: string; n?: number }
  crm: Record<'GET' | 'POST' | 'PATCH', (path: string, request?: unknown) => Promise<{ id: string }>>
  step<T>(name: string, work: () => Promise<T> | T): Promise<T>
  meter(name: string): void
  map(name: string, input: unknown): Promise<unknown>
  sleep(name: string, ms: number): Promise<void>
}

const integration: Integration = {
  name: 'shop-crm',
  version: '1.0.0',
  platforms: { shop: { name: 'shop' } as never, crm: { name: 'crm' } as never },
  meters: ['order.synced'],
  mappings: {
    order: {
      expression: '{ "number": order, "customer": $instance.customer }',
      from: [],
      to: { platform: 'crm', method: 'POST', path: '/orders' },
    } as never,
  },
  flows: {
    sync: flow('order.created', 'park', async ({ event, crm, step, meter, map }: Tools) => {
      const created = await step('create', async () => {
        const answer = await crm.POST('/orders', { body: await map('order', event) })
        meter('order.synced')
        return answer
      })
      await step('confirm', () =>
        crm.PATCH('/orders/{id}', { params: { path: { id: created.id } }, body: { confirmed: event.order, n: event.n } }),
      )
    }),
    strict: flow('order.strict', 'block', async ({ event, crm, step }: Tools) => {
      await step('write', () => crm.POST('/strict', { body: event }))
    }),
    lossy: flow('order.lossy', 'skip', async () => {
      throw new CustomerDataFailure('never any good')
    }),
    careless: flow('order.careless', 'park', async ({ crm }: Tools) => {
      await crm.POST('/orders', { body: {} })
    }),
    patient: flow('order.patient', 'park', async ({ event, crm, step, sleep }: Tools) => {
      await step('before', () => crm.POST('/before', { body: event }))
      await sleep('nap', 300)
      await step('after', () => crm.POST('/after', { body: event }))
    }),
  },
}

function flow(event: string, onPoison: 'block' | 'park' | 'skip', run: (tools: never) => Promise<void>): Integration['flows'][string] {
  return { kind: 'on', platform: 'shop', event, onPoison, lane: (payload: { order: string }) => payload.order, run } as never
}

let database: TestDatabase
let partner: PartnerServer
let bridge: WholeBridge

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startPartner()
  bridge = await startWholeBridge({ database, partner, integrations: [integration] })
  await installInstance(bridge, partner, 'shop-crm', 'ada')
  await installInstance(bridge, partner, 'shop-crm', 'bob')
})
afterAll(async () => {
  await bridge?.close()
  await partner?.stop()
  await database?.drop()
})
afterEach(() => {
  partner.fault = () => undefined
  partner.requests.length = 0
  partner.effects.length = 0
})

const meters = async () => (await sql<{ n: number }>`select count(*)::int as n from meter_event`.execute(database.executor)).rows[0]!.n

describe('a bridge', () => {
  it('turns a signed webhook into one effect, with journal, meter and call record', async () => {
    const before = await meters()
    const sent = await send(bridge.url, 'order.created', { account: 'ada', order: 'o-1' })
    expect(sent.status).toBe(202)
    await untilIdle(database)
    expect(partner.effects.map((effect) => [effect.method, effect.path, effect.body])).toEqual([
      ['POST', '/orders', { number: 'o-1', customer: 'ada' }],
      ['PATCH', '/orders/obj_1', { confirmed: 'o-1' }],
    ])
    const [run] = await listRuns(database.executor, { delivery: sent.delivery }, { limit: 1 })
    expect(run).toMatchObject({ status: 'succeeded', flow: 'sync', customer: 'ada', attempt: 1 })
    expect((await listRunSteps(database.executor, run!.id)).map((step) => step.name)).toEqual(['confirm', 'create'].sort().reverse())
    expect((await meters()) - before).toBe(1)
    await bridge.gateway.flush()
    expect(await bridge.gateway.records({ runId: run!.id } as never)).toHaveLength(2)
  })

  it('answers a repeated delivery like the first and does nothing twice', async () => {
    const first = await send(bridge.url, 'order.created', { account: 'ada', order: 'o-2' }, 'repeat-1')
    const again = await Promise.all([1, 2, 3].map(() => send(bridge.url, 'order.created', { account: 'ada', order: 'o-2' }, 'repeat-1')))
    await untilIdle(database)
    expect(new Set([first, ...again].map((sent) => `${sent.status} ${sent.delivery}`)).size).toBe(1)
    expect(partner.effects).toHaveLength(2)
  })

  it('keeps what no instance can take, and routes it when the account is bound', async () => {
    const sent = await send(bridge.url, 'order.created', { account: 'nobody', order: 'o-3' })
    await untilIdle(database)
    const { rows } = await sql<{
      state: string
      account: string
      problem: string
    }>`select state, account, problem from delivery_route where delivery_id = ${sent.delivery}`.execute(database.executor)
    expect(rows).toEqual([{ state: 'account-unknown', account: 'nobody', problem: 'no instance has account nobody' }])
    await installInstance(bridge, partner, 'shop-crm', 'nobody')
    await bridge.runtime.rerouteDeliveries([sent.delivery])
    await untilIdle(database)
    expect(partner.effects).toHaveLength(2)
  })

  it('tries again with the same key when the answer was lost, so that the effect happens once', async () => {
    let lost = 0
    partner.fault = (request) => (request.method === 'POST' && lost++ === 0 ? 'lost' : undefined)
    await send(bridge.url, 'order.created', { account: 'ada', order: 'o-4' })
    await untilIdle(database)
    const posts = partner.requests.filter((request) => request.method === 'POST')
    expect(posts.length).toBeGreaterThan(1)
    expect(new Set(posts.map((request) => request.key)).size).toBe(1)
    expect(partner.effects.filter((effect) => effect.method === 'POST')).toHaveLength(1)
  })

  it('keeps the order of a lane through failures', async () => {
    let failures = 0
    partner.fault = (request) => (request.method === 'POST' && failures++ < 2 ? { status: 500 } : undefined)
    for (let n = 0; n < 5; n += 1) await send(bridge.url, 'order.created', { account: 'ada', order: 'lane-a', n })
    await untilIdle(database)
    const confirmations = partner.effects.filter((effect) => effect.method === 'PATCH').map((effect) => effect.body as { n: number })
    expect(confirmations.map((body) => body.n)).toEqual([0, 1, 2, 3, 4])
  })

  it('lets other lanes pass while one waits for a slow partner', async () => {
    let slow = 0
    const isSlow = (body: unknown) => (body as { number?: string }).number === 'lane-slow'
    partner.fault = (request) => (request.method === 'POST' && isSlow(request.body) && slow++ === 0 ? { delayMs: 3_000 } : undefined)
    await send(bridge.url, 'order.created', { account: 'ada', order: 'lane-slow' })
    await send(bridge.url, 'order.created', { account: 'ada', order: 'lane-quick' })
    await untilIdle(database)
    const confirmed = partner.effects
      .filter((effect) => effect.method === 'PATCH')
      .map((effect) => (effect.body as { confirmed: string }).confirmed)
    expect(confirmed).toEqual(['lane-quick', 'lane-slow'])
  })

  it('parks what the partner refuses, goes on with the lane, groups it, and resumes it after the mend', async () => {
    partner.fault = (request) => ((request.body as { confirmed?: string })?.confirmed?.startsWith('bad') ? { status: 422 } : undefined)
    for (const order of ['bad-1', 'bad-2', 'bad-3']) await send(bridge.url, 'order.created', { account: 'ada', order })
    await send(bridge.url, 'order.created', { account: 'ada', order: 'bad-1' })
    await untilIdle(database)
    const [group] = await listParkedGroups(database.executor)
    expect(group).toMatchObject({
      runs: 4,
      flow: 'sync',
      state: 'parked',
      failure: { kind: 'customer-data', step: 'confirm', status: 422 },
    })
    const metersBefore = await meters()
    partner.fault = () => undefined
    expect(await bridge.runtime.resumeRuns({ fingerprint: group!.fingerprint }, 'same')).toBe(4)
    await untilIdle(database)
    expect(await listParkedGroups(database.executor)).toEqual([])
    // The first step is remembered and not executed again.
    expect(partner.effects.filter((effect) => effect.method === 'POST')).toHaveLength(4)
    expect(await meters()).toBe(metersBefore)
  })

  it('holds a lane behind a blocked run until somebody decides', async () => {
    partner.fault = (request) => ((request.body as { n?: number })?.n === 1 ? { status: 400 } : undefined)
    for (let n = 1; n <= 3; n += 1) await send(bridge.url, 'order.strict', { account: 'ada', order: 's-1', n })
    await untilIdle(database)
    expect(partner.effects).toHaveLength(0)
    const states = await sql<{ state: string }>`select state from run order by id`.execute(database.executor)
    expect(states.rows.map((row) => row.state)).toEqual(['blocked', 'waiting', 'waiting'])
    expect(await bridge.runtime.discardRuns({ instance: 'ada/main', flow: 'strict' }, 'support@acme')).toBe(1)
    await untilIdle(database)
    expect(partner.effects.map((effect) => (effect.body as { n: number }).n)).toEqual([2, 3])
  })

  it('drops with a record what its flow says is worth nothing alone', async () => {
    const sent = await send(bridge.url, 'order.lossy', { account: 'ada', order: 'l-1' })
    await untilIdle(database)
    expect(await listRuns(database.executor, { delivery: sent.delivery }, { limit: 1 })).toMatchObject([
      { status: 'skipped', failure: { message: 'never any good' } },
    ])
  })

  it('refuses a write outside a step, and says how to mend it', async () => {
    const sent = await send(bridge.url, 'order.careless', { account: 'ada', order: 'c-1' })
    await untilIdle(database)
    const [run] = await listRuns(database.executor, { delivery: sent.delivery }, { limit: 1 })
    expect(run).toMatchObject({ status: 'parked', failure: { code: 'runtime.write_outside_step', kind: 'bug' } })
    expect(partner.requests).toHaveLength(0)
    await bridge.runtime.discardRuns({ ids: [run!.id] }, 'test')
  })

  it('sleeps without holding a worker and goes on where it was', async () => {
    await send(bridge.url, 'order.patient', { account: 'ada', order: 'p-1' })
    await untilIdle(database)
    const [before, after] = partner.effects
    expect(partner.effects.map((effect) => effect.path)).toEqual(['/before', '/after'])
    expect(after!.at - before!.at).toBeGreaterThanOrEqual(290)
  })

  it('waits until the moment a throttled partner names, without using up attempts', async () => {
    let throttled = 0
    partner.fault = (request) =>
      request.method === 'POST' && throttled++ === 0 ? { status: 429, headers: { 'retry-after': '1' } } : undefined
    const sent = await send(bridge.url, 'order.created', { account: 'bob', order: 't-1' })
    await untilIdle(database)
    const [run] = await listRuns(database.executor, { delivery: sent.delivery }, { limit: 1 })
    expect(run).toMatchObject({ status: 'succeeded', failures: 0 })
    const posts = partner.requests.filter((request) => request.method === 'POST')
    expect(posts[1]!.at - posts[0]!.at).toBeGreaterThanOrEqual(950)
  })

  it('replays a finished run without a second effect or meter', async () => {
    const sent = await send(bridge.url, 'order.created', { account: 'ada', order: 'r-1' })
    await untilIdle(database)
    const metersBefore = await meters()
    const effectsBefore = partner.effects.length
    const { total } = await bridge.runtime.replayRuns({ delivery: sent.delivery }, 'latest')
    await untilIdle(database)
    expect(total).toBe(1)
    expect(partner.effects).toHaveLength(effectsBefore)
    expect(await meters()).toBe(metersBefore)
    expect(await listRuns(database.executor, { delivery: sent.delivery }, { limit: 5 })).toHaveLength(2)
  })

  it('shows in a dry run what a replay would call, and calls nothing', async () => {
    const sent = await send(bridge.url, 'order.created', { account: 'ada', order: 'd-1' })
    await untilIdle(database)
    const [run] = await listRuns(database.executor, { delivery: sent.delivery }, { limit: 1 })
    const requestsBefore = partner.requests.length
    const dry = await bridge.runtime.dryRun(run!.id, 'same')
    expect(dry).toMatchObject({ end: 'would succeed', uncertain: false, meters: [{ meter: 'order.synced', quantity: 1 }] })
    expect(dry.calls.map((call) => `${call.method} ${call.path}`)).toEqual([
      'POST /orders',
      `PATCH /orders/${partner.effects[0] ? 'obj_1' : ''}`,
    ])
    expect(partner.requests).toHaveLength(requestsBefore)
  })

  it('routes around what PostgreSQL cannot store, in lanes, accounts and times alike', async () => {
    await send(bridge.url, 'order.created', { account: 'a\u0000b', order: 'n-1' })
    await send(bridge.url, 'order.created', { account: 'ada', order: 'n\u0000-2' })
    await send(bridge.url, 'order.created', { account: 'ada', order: '' })
    await send(bridge.url, 'order.created', { account: 'ada', order: 'n-3' })
    await untilIdle(database)
    expect(
      partner.effects.filter((effect) => effect.method === 'PATCH').map((effect) => (effect.body as { confirmed: string }).confirmed),
    ).toEqual(expect.arrayContaining(['n\u0000-2', '', 'n-3']))
  })

  it('holds a delivery whose lane the author cannot compute, and says why', async () => {
    const sent = await send(bridge.url, 'order.created', { account: 'ada', order: { not: 'a key' } })
    await untilIdle(database)
    const { rows } = await sql<{
      state: string
      problem: string
    }>`select state, problem from delivery_route where delivery_id = ${sent.delivery}`.execute(database.executor)
    expect(rows).toEqual([{ state: 'held', problem: 'sync: a lane key is text or a number, found object' }])
  })

  it('leaves nothing stuck and nothing counted twice', async () => {
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
    expect(await bridge.runtime.checkInvariants()).toMatchObject({ jobless: 0, forgotten: 0 })
  })
})
