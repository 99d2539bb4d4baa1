import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { uuidv7 } from '../database/index.ts'
import { createDeliveryStore } from './delivery-store.ts'
import { selectDeliveries } from './queries.ts'
import { createRecentDeliveries } from './recent-deliveries.ts'
import { type Arrival, recordDeliveries } from './record-deliveries.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

function arrival(body: string): Arrival {
  const id = uuidv7()
  return {
    id,
    source: 'acme',
    instanceKey: null,
    senderId: id,
    repeatsUntil: null,
    assurance: 'signature',
    secretId: 'one',
    contentType: 'application/json',
    headers: { 'content-type': ['application/json'], 'x-twice': ['a', 'b'] },
    query: 'shop=1',
    body: Buffer.from(body),
    receivedAt: new Date(),
  }
}

it('remembers exactly the row that was stored', async () => {
  const one = arrival('{"a":1}')
  const recent = createRecentDeliveries()
  await recordDeliveries(database, [one], async () => {})
  recent.add([one])
  expect(recent.get(one.id)).toEqual((await selectDeliveries(database.executor, [one.id]))[0])
})

it('forgets the oldest by bytes and by count, and does not begin to keep what is too large', () => {
  const bodies = [arrival('x'.repeat(40)), arrival('x'.repeat(40)), arrival('x'.repeat(40))]
  const byBytes = createRecentDeliveries(400)
  for (let round = 0; round < 4; round += 1) byBytes.add(bodies.map((one) => ({ ...one, id: `${round} ${one.id}` })))
  expect(byBytes.get(`0 ${bodies[0]!.id}`)).toBeUndefined()
  expect(byBytes.get(`0 ${bodies[2]!.id}`)).toBeDefined()
  const byCount = createRecentDeliveries(1_000, 2)
  byCount.add(bodies)
  expect(bodies.map((one) => byCount.get(one.id) !== undefined)).toEqual([false, true, true])
  const large = arrival('x'.repeat(51))
  byBytes.add([large])
  expect(byBytes.get(large.id)).toBeUndefined()
})

it('forgets what all runs have that were made of it, and what made none', () => {
  const [twice, never, unknown] = [arrival('x'.repeat(40)), arrival('x'.repeat(40)), arrival('x'.repeat(40))]
  const recent = createRecentDeliveries(400)
  recent.add([twice, never, unknown])
  const known = () => [twice, never, unknown].map(({ id }) => recent.get(id) !== undefined)
  recent.expect(twice.id, 2)
  recent.expect(never.id, 0)
  recent.release(twice.id)
  recent.release(unknown.id)
  expect(known()).toEqual([true, false, true])
  recent.release(twice.id)
  recent.release(twice.id)
  expect(known()).toEqual([false, false, true])
  // Their room is free again.
  recent.add(Array.from({ length: 9 }, () => arrival('x'.repeat(40))))
  expect(known()).toEqual([false, false, true])
})

it('reads the others from the database, in one load', async () => {
  const [kept, stored] = [arrival('{"n":1}'), arrival('{"n":2}')]
  const recent = createRecentDeliveries()
  await recordDeliveries(database, [kept, stored], async () => {})
  recent.add([kept])
  const store = createDeliveryStore(database, () => undefined, recent)
  const loaded = await store.load([stored.id, kept.id, uuidv7()])
  expect(loaded.map((one) => one.id).sort()).toEqual([kept.id, stored.id])
})

it('counts what it remembers against the room for a load', async () => {
  const [small, large, stored] = [arrival('1'), arrival('2'.repeat(100)), arrival('3'.repeat(50))]
  const recent = createRecentDeliveries()
  await recordDeliveries(database, [small, large, stored], async () => {})
  recent.add([small, large])
  const store = createDeliveryStore(database, () => undefined, recent)
  const ids = [small.id, large.id, stored.id]
  const within = async (maxBytes: number) => {
    const { loaded, left } = await store.loadWithin(ids, maxBytes)
    return { loaded: loaded.map((one) => one.id), left }
  }
  expect(await within(51)).toEqual({ loaded: [small.id, stored.id], left: [{ id: large.id, bytes: 100 }] })
  expect(await within(120)).toEqual({ loaded: [small.id, large.id], left: [{ id: stored.id, bytes: 50 }] })
})
