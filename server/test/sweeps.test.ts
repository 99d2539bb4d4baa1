import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sweep } from '@bridgekeeper/sdk'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { checkSweeps, dropSweepsBefore, listSweeps } from '../src/runtime/index.ts'
import type { FeedItem } from './feed-integration.ts'
import type { PartnerServer } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

interface Tools {
  event: { id: string }
  crm: { GET(path: string, request: object): Promise<FeedItem[]>; POST(path: string, request: object): Promise<unknown> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
  since: string
  emit(trigger: { platform: string; event: string }, item: { id: string; event: unknown; occurredAt: string }): void
  flush(): Promise<void>
}

const swept = shopIntegration('swept', {
  sync: onOrder({
    onPoison: 'park',
    lane: (event: Tools['event']) => event.id,
    async run({ event, crm, step }: Tools) {
      await step('copy', () => crm.POST('/orders', { body: { id: event.id } }))
    },
  }),
  sweep: sweep('P1D', {
    back: 'P14D',
    async run(context) {
      const { crm, emit, since, flush } = context as unknown as Tools
      const page = await crm.GET('/feed', { params: { query: { since } } })
      for (const [place, { id, at }] of page.entries()) {
        emit({ platform: 'shop', event: 'order.created' }, { id, event: { id, account: 'ada', order: id }, occurredAt: at })
        if (place % 2 === 1) await flush()
      }
    },
  }),
})

const items: FeedItem[] = []
const copied: string[] = []
const asked: string[] = []
let database: TestDatabase
let bridge: WholeBridge | undefined
let partner: PartnerServer

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
const sweeps = () => listSweeps(database.executor, { missedOnly: false, visible: { integrations: null, customer: null }, limit: 10 })
const sweepNow = async () => {
  await sql`update flow_schedule set next_at = now()`.execute(database.executor)
  const before = (await sweeps()).length
  await expect.poll(async () => (await sweeps()).length, { timeout: 20_000 }).toBe(before + 1)
  await untilIdle(database)
}

beforeAll(async () => {
  database = await createTestDatabase()
  const server = createServer(async (request, response) => {
    const answer = (body: unknown) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.method === 'GET') {
      const since = new URL(request.url!, 'http://feed').searchParams.get('since')!
      asked.push(since)
      return void answer(items.filter(({ at }) => Date.parse(at) >= Date.parse(since)))
    }
    let text = ''
    for await (const chunk of request) text += chunk
    copied.push((JSON.parse(text) as { id: string }).id)
    answer({})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = async () => {
    server.closeAllConnections()
    server.close()
  }
  partner = { url: `http://${host}`, host, requests: [], effects: [], fault: () => undefined, stop }
  bridge = await startWholeBridge({ database, partner, integrations: [swept] })
  await installInstance(bridge, partner, 'swept', 'ada')
})
afterEach(() => {
  asked.length = 0
})
afterAll(async () => {
  await bridge?.close()
  await partner?.stop()
  await database?.drop()
})

it('R2: a sweep finds what neither webhook nor poll brought, has it done once, and says what it was', async () => {
  await send(bridge!.url, 'order.created', { account: 'ada', order: 'came', id: 'came' }, 'came')
  await untilIdle(database)
  items.push({ id: 'came', at: daysAgo(1) }, { id: 'lost', at: daysAgo(13) }, { id: 'too old', at: daysAgo(15) })
  await sweepNow()
  expect(copied.toSorted()).toEqual(['came', 'lost'])
  const [found] = await sweeps()
  expect(found).toMatchObject({ customer: 'ada', flow: 'sweep', listed: 2, missed: 1 })
  expect(found!.examples).toEqual([{ platform: 'shop', event: 'order.created', id: 'lost', occurredAt: items[1]!.at }])
  expect(Date.parse(asked[0]!)).toBeCloseTo(Date.parse(daysAgo(14)), -5)
})

it('R2: the next sweep misses nothing, and says so too; a list that is read in parts is one sweep', async () => {
  items.push({ id: 'second', at: daysAgo(2) }, { id: 'third', at: daysAgo(2) }, { id: 'third', at: daysAgo(2) })
  await sweepNow()
  expect((await sweeps())[0]).toMatchObject({ listed: 5, missed: 2 })
  await sweepNow()
  expect((await sweeps())[0]).toMatchObject({ listed: 5, missed: 0, examples: [] })
  expect(copied.toSorted()).toEqual(['came', 'lost', 'second', 'third'])
  items.length = 0
  await sweepNow()
  expect((await sweeps())[0]).toMatchObject({ listed: 0, missed: 0 })
})

it('R2: findings are forgotten with the runs that made them', async () => {
  await dropSweepsBefore(database.executor, new Date(Date.now() - 60_000))
  expect((await sweeps()).length).toBeGreaterThan(0)
  await dropSweepsBefore(database.executor, new Date())
  expect(await sweeps()).toEqual([])
})

it('R2: a sweep that lists further back than deliveries are kept is refused: what is forgotten would be done twice', () => {
  expect(() => checkSweeps([swept], 'P30D')).not.toThrow()
  expect(() => checkSweeps([swept], 'P14D')).toThrow(expect.objectContaining({ code: 'runtime.sweep_beyond_memory' }))
})
