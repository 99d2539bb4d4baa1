import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { uuidv7Floor } from '../database/index.ts'
import { listPartitions } from './partitions.ts'
import { ensureDeliveryPartitions, pruneDeliveries } from './prune-deliveries.ts'
import { upsertRoutes } from './queries.ts'
import { recordDeliveries } from './record-deliveries.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

const day = (text: string) => new Date(`${text}T00:00:00Z`)
const partitionsOf = async (table: string) => (await listPartitions(database.executor, table)).filter((name) => !name.endsWith('default'))
const nobody = async () => null

/** A delivery of noon of that day, routed unless said otherwise; its id. */
async function deliver(date: string, { routed = true } = {}): Promise<string> {
  const receivedAt = new Date(day(date).getTime() + 43_200_000)
  const id = uuidv7Floor(receivedAt.getTime())
  const body = Buffer.from(date)
  const common = { instanceKey: null, senderId: date, repeatsUntil: null, secretId: null, contentType: null, headers: {}, query: null }
  await recordDeliveries(database, [{ id, source: 'acme', assurance: 'none', body, receivedAt, ...common }], async () => {})
  const route = { delivery_id: id, state: 'ignored' as const, event: null, account: null, occurred_at: null, problem: null }
  if (routed) await upsertRoutes(database.executor, [route])
  return id
}

const partitionOf = async (id: string) =>
  (await database.pool.query('select tableoid::regclass::text as name from delivery where id = $1', [id])).rows[0]?.name

it('makes the partitions of today and the days ahead once, also when two processes do it at once', async () => {
  const now = new Date('2026-06-01T23:59:59Z')
  const made = await Promise.all([ensureDeliveryPartitions(database, now, 2), ensureDeliveryPartitions(database, now, 2)])
  expect(made.flat().sort()).toEqual(
    ['20260601', '20260602', '20260603'].flatMap((date) => [`delivery_${date}`, `delivery_route_${date}`]).sort(),
  )
  expect(await ensureDeliveryPartitions(database, now, 2)).toEqual([])
  expect(await partitionOf(await deliver('2026-06-02'))).toBe('delivery_20260602')
})

it('takes a delivery of a day without partition all the same, and moves it when the partition is made', async () => {
  const early = await deliver('2026-05-30')
  const today = await deliver('2026-06-01')
  expect(await partitionOf(today)).toBe('delivery_default')
  await ensureDeliveryPartitions(database, day('2026-06-01'), 1)
  expect([await partitionOf(early), await partitionOf(today)]).toEqual(['delivery_20260530', 'delivery_20260601'])
  const { rows } = await database.pool.query('select body from delivery where id = $1', [today])
  expect(String(rows[0].body)).toBe('2026-06-01')
})

it('partitions keep the primary key and the compression of the table', async () => {
  await ensureDeliveryPartitions(database, day('2026-06-01'), 0)
  const id = await deliver('2026-06-01')
  await expect(database.pool.query('insert into delivery select * from delivery where id = $1', [id])).rejects.toThrow('duplicate key')
  const { rows } = await database.pool.query(
    "select attrelid::regclass::text as name, attcompression from pg_attribute where attname = 'body' and attrelid in ('delivery'::regclass, 'delivery_20260601'::regclass)",
  )
  expect(new Set(rows.map((row) => row.attcompression)).size).toBe(1)
})

it('forgets whole days before the moment, with routes and ids, and nothing after it', async () => {
  for (const date of ['2026-06-01', '2026-06-02', '2026-06-03']) await deliver(date)
  await ensureDeliveryPartitions(database, day('2026-06-03'), 0)
  const pruned = await pruneDeliveries(database, new Date('2026-06-03T11:00:00Z'), nobody)
  expect(pruned).toEqual({ dropped: ['delivery_20260601', 'delivery_20260602'], kept: [], keysDeleted: 2 })
  expect(await partitionsOf('delivery')).toEqual(['delivery_20260603'])
  expect(await partitionsOf('delivery_route')).toEqual(['delivery_route_20260603'])
  const { rows } = await database.pool.query('select sender_id from delivery_key')
  expect(rows).toEqual([{ sender_id: '2026-06-03' }])
})

it('keeps the days that an unfinished run needs and those after them, and says why', async () => {
  const ids: string[] = []
  for (const date of ['2026-06-01', '2026-06-02', '2026-06-03']) ids.push(await deliver(date))
  await ensureDeliveryPartitions(database, day('2026-06-03'), 0)
  const pruned = await pruneDeliveries(database, day('2026-07-01'), async () => ids[1]!)
  expect(pruned.dropped).toEqual(['delivery_20260601'])
  const reason = 'needed by an unfinished run'
  expect(pruned.kept).toEqual([
    { partition: 'delivery_20260602', reason },
    { partition: 'delivery_20260603', reason },
  ])
  expect(pruned.keysDeleted).toBe(1)
})

it('keeps a day with a delivery that is not routed yet', async () => {
  await deliver('2026-06-01', { routed: false })
  await ensureDeliveryPartitions(database, day('2026-06-03'), 0)
  const pruned = await pruneDeliveries(database, day('2026-06-02'), nobody)
  expect(pruned).toMatchObject({ dropped: [], kept: [{ reason: 'holds deliveries that are not routed yet' }], keysDeleted: 0 })
})

it('gives up on a day that somebody is reading, and neither waits for long nor fails', async () => {
  await deliver('2026-06-01')
  await ensureDeliveryPartitions(database, day('2026-06-03'), 0)
  const reader = await database.pool.connect()
  await reader.query('begin')
  await reader.query('select count(*) from delivery')
  const pruned = await pruneDeliveries(database, day('2026-06-02'), nobody)
  expect(pruned).toMatchObject({ dropped: [], kept: [{ reason: 'in use just now' }] })
  await reader.query('rollback')
  reader.release()
  expect(await pruneDeliveries(database, day('2026-06-02'), nobody)).toMatchObject({ dropped: ['delivery_20260601'] })
})
