import { afterAll, beforeAll, expect, it } from 'vitest'
import { usageOf } from '../src/contracts/index.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

interface Tools {
  event: { order: { id: string; total: number }; secret?: string }
  crm: { GET(path: string, request?: object): Promise<{ id: string }>; POST(path: string, request: object): Promise<{ id: string }> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
}
const results: unknown[] = []
const integration = shopIntegration('reader', {
  sync: onOrder({
    onPoison: 'block',
    lane: () => 'one',
    async run({ event, crm, step }: Tools) {
      const made = await step('make', () =>
        crm.POST('/orders', { body: { number: event.order.id, kind: 'order' }, params: { query: { notify: true } } }),
      )
      results.push(structuredClone({ made: made.id }))
    },
  }),
})

let database: TestDatabase
let partner: PartnerServer
let bridge: WholeBridge
beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startPartner()]
  bridge = await startWholeBridge({ database, partner, integrations: [integration] })
})
afterAll(async () => {
  await bridge.close()
  await partner.stop()
  await database.drop()
})

it('a bridge in use learns what its flow reads of events and answers and what it sends, also through remembered steps', async () => {
  const instance = await installInstance(bridge, partner, 'reader', 'ada')
  for (const n of [1, 2, 3]) await send(bridge.url, 'order.created', { account: 'ada', order: { id: `o${n}`, total: n }, secret: 'x' })
  await untilIdle(database)
  await bridge.usage.flush()
  const today = new Date().toISOString().slice(0, 10)
  const window = { from: today, until: today }
  const [crm] = await usageOf(database.executor, 'crm', window)
  const [shop] = await usageOf(database.executor, 'shop', window)
  expect(results).toEqual([1, 2, 3].map((n) => ({ made: `obj_${n}` })))
  expect(crm).toMatchObject({ instanceId: instance.id, calls: 3, state: 'insufficient-data' })
  expect(crm!.usage.operations[0]).toMatchObject({
    method: 'POST',
    path: '/orders',
    sends: [{ field: 'kind' }, { field: 'number' }, { field: 'query notify' }],
    reads: ['id'],
  })
  expect(shop!.usage.webhooks).toEqual([{ name: 'order.created', reads: ['order.id'] }])
  expect(shop!.deliveries).toBe(3)
})
