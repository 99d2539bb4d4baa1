import type { Integration } from '@bridgekeeper/sdk'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { changeInstance, getInstance, rollBackInstance } from '../src/runtime/index.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

type Tools = {
  event: { order: string }
  settings: { prefix: string }
  crm: { POST(path: string, request: unknown): Promise<unknown> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
  map(name: string, input: unknown): Promise<unknown>
}

const version = (number: string, path: string): Integration => ({
  name: 'shop-crm',
  version: number,
  platforms: { shop: { name: 'shop' } as never, crm: { name: 'crm' } as never },
  settings: z.object({ prefix: z.string().max(3).default('') }),
  meters: [],
  mappings: {
    order: { expression: '{ "number": $settings.prefix & order }', from: [], to: { platform: 'crm', method: 'POST', path } } as never,
  },
  flows: {
    sync: {
      kind: 'on',
      platform: 'shop',
      event: 'order.created',
      onPoison: 'park',
      lane: (payload: { order: string }) => payload.order,
      run: async ({ event, crm, step, map }: Tools) => {
        await step('create', async () => crm.POST(path, { body: await map('order', event) }))
      },
    } as never,
  },
})

let database: TestDatabase
let partner: PartnerServer
let bridge: WholeBridge

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startPartner()
  bridge = await startWholeBridge({ database, partner, integrations: [version('1.0.0', '/orders'), version('2.0.0', '/sales')] })
})
afterAll(async () => {
  await bridge?.close()
  await partner?.stop()
  await database?.drop()
})
afterEach(() => {
  partner.effects.length = 0
})

let orders = 0
async function effectsOf(account: string): Promise<unknown[]> {
  partner.effects.length = 0
  await send(bridge.url, 'order.created', { account, order: `o-${orders++}` })
  await untilIdle(database)
  return partner.effects.map(({ path, body }) => [path, body])
}

it('R7: a mapping override is data of one instance: it changes what is sent, another instance keeps the default, and a rollback restores it', async () => {
  const ada = await installInstance(bridge, partner, 'shop-crm', 'ada', { settings: { prefix: 'A-' } })
  await installInstance(bridge, partner, 'shop-crm', 'bob')
  await changeInstance(bridge, ada.id, { mappings: { order: '{ "no": order, "channel": "web" }' }, by: 'test' })
  expect(await effectsOf('ada')).toEqual([['/sales', { no: `o-${orders - 1}`, channel: 'web' }]])
  expect(await effectsOf('bob')).toEqual([['/sales', { number: `o-${orders - 1}` }]])
  const back = await rollBackInstance(bridge, ada.id, 1, 'test')
  expect(back).toMatchObject({ revision: 3, mappings: {}, settings: { prefix: 'A-' } })
  expect(await effectsOf('ada')).toEqual([['/sales', { number: `A-o-${orders - 1}` }]])
  const { rows } = await sql<{ revision: number; reason: string | null }>`
    select revision, reason from instance_revision where instance_id = ${ada.id} order by revision`.execute(database.executor)
  expect(rows.map(({ reason }) => reason)).toEqual([null, null, 'back to revision 1'])
})

it('R7: settings and overrides that do not fit are refused with the reason, and change nothing', async () => {
  const eve = await installInstance(bridge, partner, 'shop-crm', 'eve')
  await expect(changeInstance(bridge, eve.id, { settings: { prefix: 'too long' }, by: 'test' })).rejects.toMatchObject({
    code: 'runtime.settings_invalid',
  })
  await expect(changeInstance(bridge, eve.id, { mappings: { order: '{ "no": ' }, by: 'test' })).rejects.toMatchObject({
    code: 'runtime.mapping_invalid',
  })
  await expect(changeInstance(bridge, eve.id, { mappings: { invoice: '{}' }, by: 'test' })).rejects.toMatchObject({
    code: 'runtime.override_unknown',
  })
  expect(await getInstance(database.executor, eve.id)).toMatchObject({ revision: 1, settings: { prefix: '' }, mappings: {} })
})

it('R8: an instance stays on its version until it is moved, and goes back in one step', async () => {
  const old = await installInstance(bridge, partner, 'shop-crm', 'old')
  await changeInstance(bridge, old.id, { version: '1.0.0', by: 'test' })
  expect(await effectsOf('old')).toEqual([['/orders', { number: `o-${orders - 1}` }]])
  await rollBackInstance(bridge, old.id, 1, 'test')
  expect(await effectsOf('old')).toEqual([['/sales', { number: `o-${orders - 1}` }]])
})
