import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { openDatabase, uuidv7 } from '../database/index.ts'
import { selectDeliveries, upsertRoutes } from './queries.ts'
import { type Arrival, type OnAccepted, recordDeliveries } from './record-deliveries.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

let made = 0
const arrival = (more: Partial<Arrival> = {}): Arrival => ({
  id: uuidv7(),
  source: 'acme',
  instanceKey: null,
  senderId: `id-${++made}`,
  repeatsUntil: null,
  assurance: 'signature',
  secretId: 'one',
  contentType: 'application/json',
  headers: { 'x-event': ['paid'] },
  query: null,
  body: Buffer.from('{"a":1}'),
  receivedAt: new Date('2026-06-01T12:00:00.123Z'),
  ...more,
})
const nobody: OnAccepted = async () => {}
const count = async (table: string) => Number((await database.pool.query(`select count(*) from ${table}`)).rows[0].count)

it('keeps every byte: random bytes, repeated keys, order of keys, odd spacing, nothing at all (property)', async () => {
  const oddJson = fc.tuple(fc.json(), fc.json()).map(([a, b]) => Buffer.from(`{ "k":${a},\t"k" :${b},"__proto__":1e999}\r\n`))
  const body = fc.oneof(fc.uint8Array({ maxLength: 3000 }).map(Buffer.from), oddJson, fc.constant(Buffer.alloc(0)))
  await fc.assert(
    fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 20 }), async (bodies) => {
      const arrivals = bodies.map((bytes) => arrival({ body: bytes }))
      await recordDeliveries(database, arrivals, nobody)
      const rows = await selectDeliveries(
        database.executor,
        arrivals.map(({ id }) => id),
      )
      expect(rows.map((row) => row.body)).toEqual(bodies)
    }),
    { numRuns: 40 },
  )
})

it('keeps a large body that does not compress, beside small ones', async () => {
  const large = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 2_654_435_761) >>> 24))
  const arrivals = [arrival(), arrival({ body: large }), arrival({ body: Buffer.from('x') })]
  await recordDeliveries(database, arrivals, nobody)
  const rows = await selectDeliveries(
    database.executor,
    arrivals.map(({ id }) => id),
  )
  expect(rows.map((row) => Buffer.from(row.body).equals(arrivals.find(({ id }) => id === row.id)!.body as Buffer))).toEqual([
    true,
    true,
    true,
  ])
})

it('keeps what else is known of a delivery', async () => {
  const one = arrival({ instanceKey: 'inst-1', query: 'shop=1', headers: { 'x-twice': ['a', 'b'], __proto: ['"\\{}'] } })
  await recordDeliveries(database, [one], nobody)
  const [row] = await selectDeliveries(database.executor, [one.id])
  expect(row).toMatchObject({
    source: 'acme',
    instance_key: 'inst-1',
    sender_id: one.senderId,
    assurance: 'signature',
    secret_id: 'one',
    content_type: 'application/json',
    headers: one.headers,
    query: 'shop=1',
    received_at: one.receivedAt,
  })
})

it('answers a repeat with the first delivery, in the same batch and in a later one, and says when the bytes differ', async () => {
  const first = arrival()
  const again = arrival({ senderId: first.senderId })
  const other = arrival({ senderId: first.senderId, body: Buffer.from('{"a":2}') })
  const handed: string[] = []
  const note: OnAccepted = async (_, deliveries) => void handed.push(...deliveries.map(({ id }) => id))
  expect(await recordDeliveries(database, [first, again, other], note)).toEqual([
    { outcome: 'recorded', deliveryId: first.id, sameBytes: true },
    { outcome: 'already recorded', deliveryId: first.id, sameBytes: true },
    { outcome: 'already recorded', deliveryId: first.id, sameBytes: false },
  ])
  expect(await recordDeliveries(database, [again, other], note)).toMatchObject([
    { outcome: 'already recorded', deliveryId: first.id, sameBytes: true },
    { outcome: 'already recorded', deliveryId: first.id, sameBytes: false },
  ])
  expect(handed).toEqual([first.id])
})

it('takes the same sender id once per address: other sources and instances have their own', async () => {
  const first = arrival()
  const results = await recordDeliveries(
    database,
    [first, arrival({ ...first, id: uuidv7(), source: 'other' }), arrival({ ...first, id: uuidv7(), instanceKey: 'inst-1' })],
    nobody,
  )
  expect(results.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded', 'recorded'])
})

it('takes equal contents anew after the declared window, and not before', async () => {
  const at = (seconds: number) => {
    const receivedAt = new Date(1_780_000_000_000 + seconds * 1000)
    return arrival({ senderId: 'sha256:x', receivedAt, repeatsUntil: new Date(receivedAt.getTime() + 60_000) })
  }
  const outcomes = []
  for (const seconds of [0, 59, 60, 61, 119, 121]) outcomes.push((await recordDeliveries(database, [at(seconds)], nobody))[0]!.outcome)
  expect(outcomes).toEqual(['recorded', 'already recorded', 'recorded', 'already recorded', 'already recorded', 'recorded'])
})

it('stores nothing and forgets the ids when handing on fails', async () => {
  const before = await count('delivery')
  const one = arrival()
  await expect(recordDeliveries(database, [one], () => Promise.reject(new Error('no queue')))).rejects.toThrow('no queue')
  expect(await count('delivery')).toBe(before)
  expect(await recordDeliveries(database, [one], nobody)).toMatchObject([{ outcome: 'recorded' }])
})

it('twenty batches at once on two pools with the same ids in other orders store each once, without deadlock', async () => {
  const second = openDatabase(database.url, { maxConnections: 10 })
  const ids = Array.from({ length: 30 }, (_, index) => `shared-${index}`)
  const batches = Array.from({ length: 20 }, (_, index) =>
    ids.map((senderId) => arrival({ senderId })).sort(() => (index % 2 ? 1 : -1) * (Math.random() - 0.3)),
  )
  const results = await Promise.all(batches.map((batch, index) => recordDeliveries(index % 2 ? second : database, batch, nobody)))
  const answers = new Map<string, Set<string>>()
  for (const [index, batch] of batches.entries()) {
    for (const [at, { senderId }] of batch.entries())
      answers.set(senderId, (answers.get(senderId) ?? new Set()).add(results[index]![at]!.deliveryId))
  }
  expect([...answers.values()].every((found) => found.size === 1)).toBe(true)
  const { rows } = await database.pool.query(
    "select count(*), count(distinct sender_id) as ids from delivery where sender_id like 'shared-%'",
  )
  expect(rows[0]).toEqual({ count: '30', ids: '30' })
  expect(results.flat().filter(({ outcome }) => outcome === 'recorded')).toHaveLength(30)
  await second.close()
})

it('writes down what became of a delivery, and corrects it when it is routed again', async () => {
  const one = arrival()
  await recordDeliveries(database, [one], nobody)
  const route = { delivery_id: one.id, event: 'paid', account: '42', occurred_at: new Date('2026-06-01T11:59:00Z'), problem: null }
  await upsertRoutes(database.executor, [{ ...route, state: 'account-unknown' }])
  await upsertRoutes(database.executor, [{ ...route, state: 'routed' }])
  const { rows } = await database.pool.query('select state, event, account, occurred_at from delivery_route where delivery_id = $1', [
    one.id,
  ])
  expect(rows).toEqual([{ state: 'routed', event: 'paid', account: '42', occurred_at: route.occurred_at }])
})
