import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PartnerServer } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

interface Tools {
  event: { order: string; n: number }
  crm: Record<'GET' | 'POST', (path: string, request: unknown) => Promise<{ found: boolean }>>
  step<T>(name: string, work: () => Promise<T>): Promise<T>
}

const integration = shopIntegration('lanes', {
  once: onOrder({
    onPoison: 'block',
    lane: (event: Tools['event']) => event.order,
    async run({ event, crm, step }: Tools) {
      const { found } = await step('find', () => crm.GET('/orders', { params: { query: { order: event.order } } }))
      if (!found) await step('create', () => crm.POST('/orders', { body: event }))
    },
  }),
})

/** Looks up and creates orders, and counts how often each was created. */
async function startStore(): Promise<PartnerServer & { created: Map<string, number> }> {
  const created = new Map<string, number>()
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const answer = (body: object) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.method === 'GET') return void answer({ found: created.has(new URL(request.url!, 'http://x').searchParams.get('order')!) })
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
    const { order } = JSON.parse(text) as { order: string }
    created.set(order, (created.get(order) ?? 0) + 1)
    answer({ found: true })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    created,
    url: `http://${host}`,
    host,
    requests: [],
    effects: [],
    fault: () => undefined,
    stop: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

let database: TestDatabase
let store: Awaited<ReturnType<typeof startStore>>
let bridges: WholeBridge[]

beforeAll(async () => {
  database = await createTestDatabase()
  store = await startStore()
  bridges = await Promise.all(
    [1, 2].map(() => startWholeBridge({ database, partner: store, integrations: [integration], runtime: { acrossProcesses: true } })),
  )
  await installInstance(bridges[0]!, store, 'lanes', 'ada')
})
afterAll(async () => {
  await Promise.all(bridges.map((bridge) => bridge.close()))
  await store.stop()
  await database.drop()
})

it('two ingresses and two workers on one database run one lane at a time: looking before creating never creates twice', async () => {
  const orders = Array.from({ length: 120 }, (_, at) => `o-${at}`)
  await Promise.all(
    orders.map(async (order, at) => {
      for (let n = 0; n < 4; n += 1) await send(bridges[(at + n) % 2]!.url, 'order.created', { account: 'ada', order, n })
    }),
  )
  await untilIdle(database)
  expect([...store.created.values()].filter((times) => times > 1)).toEqual([])
  expect(store.created.size).toBe(orders.length)
  expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
}, 60_000)
