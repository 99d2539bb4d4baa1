import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

interface Tools {
  event: { order: { id: string } }
  crm: { POST(path: string, request: object): Promise<{ id: string }> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
}
const results: string[] = []
const integration = shopIntegration('drifter', {
  sync: onOrder({
    onPoison: 'block',
    lane: () => 'one',
    async run({ event, crm, step }: Tools) {
      const made = await step('make', () => crm.POST('/orders', { body: { number: event.order.id } }))
      results.push(made.id)
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

const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const contract = (paths: object, webhooks: object) =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths, webhooks })
const object = (properties: object) => ({ type: 'object', properties })

it('a bridge in use holds answers and webhooks against the contracts in force, and the flow gets what it would have got', async () => {
  const receive = (platform: string, text: string) =>
    bridge.registry.receive({ platform, text, source: 'upload', origin: 'test', vouched: true })
  await receive(
    'crm',
    contract({ '/orders': { post: { responses: { 201: { description: 'made', ...json(object({ id: { type: 'integer' } })) } } } } }, {}),
  )
  const order = object({ account: { type: 'string' }, order: object({ id: { type: 'integer' } }) })
  await receive('shop', contract({}, { 'order.created': { post: { requestBody: json(order) } } }))
  const instance = await installInstance(bridge, partner, 'drifter', 'ada')
  const sendOne = async (n: number) => {
    await send(bridge.url, 'order.created', { account: 'ada', order: { id: `CANARY-${n}` } })
    await untilIdle(database)
    await bridge.drift.flush()
  }
  // With the first the contracts are read.
  for (const n of [1, 2, 3]) await sendOne(n)
  const { rows } = await sql<{ platform: string; place: string; instance: string | null }>`
    select platform, concat_ws(' ', surface, method, path, status, field, keyword, detail) as place, i.instance_id as instance
    from contract_drift_finding f join contract_drift_instance i on i.finding_id = f.id order by 1, 2`.execute(database.executor)
  expect(rows).toContainEqual({ platform: 'shop', place: 'webhook POST order.created  order.id type string', instance: instance.id })
  expect(rows.filter(({ platform }) => platform === 'crm').map(({ place }) => place)).not.toEqual([])
  expect(rows.every((row) => row.instance === instance.id)).toBe(true)
  expect(results).toEqual(['obj_1', 'obj_2', 'obj_3'])
  const stored = await sql`select * from contract_drift_finding`.execute(database.executor)
  expect(JSON.stringify(stored.rows)).not.toContain('CANARY')
})
