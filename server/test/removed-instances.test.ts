import type { Integration } from '@bridgekeeper/sdk'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { getInstance, listRuns, setInstanceState } from '../src/runtime/index.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

const integration = (name: string): Integration => ({
  name,
  version: '1.0.0',
  platforms: { shop: { name: 'shop' } as never, crm: { name: 'crm' } as never },
  settings: z.object({}),
  meters: [],
  mappings: {},
  flows: {
    sync: { kind: 'on', platform: 'shop', event: 'order.created', onPoison: 'park', lane: () => 'all', run: async () => {} } as never,
  },
})

let database: TestDatabase
let partner: PartnerServer
let bridge: WholeBridge

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startPartner()
  bridge = await startWholeBridge({ database, partner, integrations: [integration('shop-crm'), integration('shop-books')] })
})
afterAll(async () => {
  await bridge?.close()
  await partner?.stop()
  await database?.drop()
})

const remove = (id: string) => setInstanceState(bridge, id, 'removed')
const install = async (customer: string, of = 'shop-crm') => {
  // The connection of the customer is there already when an instance is made anew.
  await sql`update connection set name = id::text where customer = ${customer}`.execute(database.executor)
  return installInstance(bridge, partner, of, customer)
}
async function receive(account: string): Promise<void> {
  await send(bridge.url, 'order.created', { account, order: 'o-1' })
  await untilIdle(database)
}

it('a removed instance frees its name: the next one is made anew, webhooks reach it alone, and its name is its own', async () => {
  const old = await install('ada')
  await receive('ada')
  await expect(install('ada')).rejects.toMatchObject({ code: 'runtime.instance_exists' })
  await remove(old.id)
  expect(await getInstance(database.executor, 'ada/main')).toMatchObject({ id: old.id, state: 'removed' })
  const anew = await install('ada')
  expect(anew).toMatchObject({ state: 'active', revision: 1 })
  expect(anew.key).not.toBe(old.key)
  await receive('ada')
  for (const name of ['ada/main', 'main']) expect((await getInstance(database.executor, name)).id).toBe(anew.id)
  expect((await getInstance(database.executor, old.id)).state).toBe('removed')

  const runsOf = async (instance: string) => (await listRuns(database.executor, { instance }, { limit: 10 })).map((run) => run.instanceId)
  expect(await runsOf('ada/main')).toEqual([anew.id])
  expect(await runsOf('main')).toEqual([anew.id])
  expect(await runsOf(old.id)).toEqual([old.id])
  const both = await listRuns(database.executor, { customer: 'ada' }, { limit: 10 })
  expect(both.map((run) => [run.instanceId, run.instanceRemoved])).toEqual([
    [anew.id, false],
    [old.id, true],
  ])
})

it('of several that had a name one after the other, the name is that of the last; its history is found by it until another takes it', async () => {
  const first = await install('bob')
  await receive('bob')
  await remove(first.id)
  const second = await install('bob')
  await receive('bob')
  await remove(second.id)
  expect((await getInstance(database.executor, 'bob/main')).id).toBe(second.id)
  const runs = await listRuns(database.executor, { instance: 'bob/main' }, { limit: 10 })
  expect(runs.map((run) => run.instanceId)).toEqual([second.id, first.id])
  await expect(
    sql`update instance set state = 'active' where id in (${first.id}, ${second.id})`.execute(database.executor),
  ).rejects.toMatchObject({ code: '23505' })
})

it('a name of several that are there is nobody’s: whoever asks is told whom it could mean', async () => {
  const [crm, books] = [await install('eve'), await install('eve', 'shop-books')]
  await expect(getInstance(database.executor, 'eve/main')).rejects.toMatchObject({
    code: 'runtime.instance_ambiguous',
    message: expect.stringMatching(new RegExp(`${crm.id}|${books.id}`)),
  })
  const seen = { integrations: ['shop-books'], customer: 'eve' }
  for (const name of ['eve/main', 'main']) expect((await getInstance(database.executor, name, seen)).id).toBe(books.id)
  await remove(crm.id)
  expect((await getInstance(database.executor, 'eve/main')).id).toBe(books.id)
})
