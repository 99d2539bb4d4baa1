import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { uuidv7Floor } from '../database/index.ts'
import { ensureDeliveryPartitions, pruneDeliveries } from './prune-deliveries.ts'
import { upsertRoutes } from './queries.ts'
import { recordDeliveries } from './record-deliveries.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

const day = (text: string) => new Date(`${text}T00:00:00Z`)
const noon = (text: string) => new Date(`${text}T12:00:00Z`)
const nobody = async () => undefined
const partitions = (dates: string[]) => ['delivery', 'delivery_route'].flatMap((table) => dates.map((date) => `${table}_${date}`))

/** A delivery of noon of that day, routed unless said otherwise; its id. */
async function deliver(date: string, { routed = true } = {}): Promise<string> {
  const receivedAt = noon(date)
  const id = uuidv7Floor(receivedAt.getTime())
  const common = { instanceKey: null, senderId: date, repeatsUntil: null, secretId: null, contentType: null, headers: {}, query: null }
  const body = Buffer.from(date)
  await recordDeliveries(database, [{ id, source: 'acme', assurance: 'none', body, receivedAt, ...common }], async () => {})
  const route = { delivery_id: id, state: 'ignored' as const, event: null, account: null, occurred_at: null, problem: null }
  if (routed) await upsertRoutes(database.executor, [route])
  return id
}

const select = async (text: string) => (await database.pool.query(text)).rows.map((row) => Object.values(row)[0])
const kept = () => select("select convert_from(body, 'utf8') from delivery order by id")
const known = () => select('select sender_id from delivery_key order by sender_id')

it('makes the partitions of today and the days ahead once, also when two processes do it at once', async () => {
  const now = new Date('2026-06-01T23:59:59Z')
  const made = await Promise.all([ensureDeliveryPartitions(database, now, 2), ensureDeliveryPartitions(database, now, 2)])
  expect(made.flat().sort()).toEqual(partitions(['20260601', '20260602', '20260603']).sort())
  expect(await ensureDeliveryPartitions(database, now, 2)).toEqual([])
  await deliver('2026-06-02')
  expect(await select('select tableoid::regclass::text from delivery')).toEqual(['delivery_20260602'])
})

it('takes a delivery of a day without partition all the same, and forgets it in its time', async () => {
  await deliver('2026-05-30')
  await deliver('2026-06-01')
  await ensureDeliveryPartitions(database, day('2026-06-01'), 1)
  expect(await kept()).toEqual(['2026-05-30', '2026-06-01'])
  await pruneDeliveries(database, day('2026-06-01'), nobody)
  expect([await kept(), await known()]).toEqual([['2026-06-01'], ['2026-06-01']])
})

it('partitions keep the primary key and the compression of the table', async () => {
  await ensureDeliveryPartitions(database, day('2026-06-01'), 0)
  const id = await deliver('2026-06-01')
  await expect(database.pool.query('insert into delivery select * from delivery where id = $1', [id])).rejects.toThrow('duplicate key')
  const compression = await select(
    "select attcompression from pg_attribute where attname = 'body' and attrelid in ('delivery'::regclass, 'delivery_20260601'::regclass)",
  )
  expect(new Set(compression).size).toBe(1)
})

async function threeDays(): Promise<void> {
  await ensureDeliveryPartitions(database, day('2026-06-01'), 2)
  for (const date of ['2026-06-01', '2026-06-02', '2026-06-03']) await deliver(date)
}

it('forgets whole days before the moment, with routes and ids, and nothing after it', async () => {
  await threeDays()
  const pruned = await pruneDeliveries(database, noon('2026-06-03'), nobody)
  expect(pruned).toEqual({ dropped: partitions(['20260601', '20260602']), heldBackBy: null, keysDeleted: 2 })
  expect([await kept(), await known()]).toEqual([['2026-06-03'], ['2026-06-03']])
  expect(await pruneDeliveries(database, noon('2026-06-03'), nobody)).toEqual({ dropped: [], heldBackBy: null, keysDeleted: 0 })
})

it('keeps the day that an unfinished run needs and those after it, and says why', async () => {
  await threeDays()
  const pruned = await pruneDeliveries(database, day('2026-07-01'), async () => noon('2026-06-02'))
  expect(pruned).toEqual({ dropped: partitions(['20260601']), heldBackBy: 'an unfinished run', keysDeleted: 1 })
  expect([await kept(), await known()]).toEqual([
    ['2026-06-02', '2026-06-03'],
    ['2026-06-02', '2026-06-03'],
  ])
})

it('keeps a delivery that is not routed yet, whatever retention says', async () => {
  await threeDays()
  await database.pool.query("delete from delivery_route where delivery_id in (select id from delivery where body = '2026-06-01')")
  const pruned = await pruneDeliveries(database, day('2026-07-01'), async () => noon('2026-06-02'))
  expect(pruned).toEqual({ dropped: [], heldBackBy: 'a delivery that is not routed yet', keysDeleted: 0 })
})

it('gives up while somebody reads: neither fails nor makes arrivals wait for long', async () => {
  await threeDays()
  const reader = await database.pool.connect()
  await reader.query('begin')
  await reader.query('select count(*) from delivery')
  const startedAt = Date.now()
  const [pruned] = await Promise.all([pruneDeliveries(database, day('2026-06-03'), nobody), deliver('2026-06-04')])
  expect(Date.now() - startedAt).toBeLessThan(5_000)
  expect(pruned).toEqual({ dropped: [], heldBackBy: 'a reader that did not end', keysDeleted: 0 })
  await reader.query('rollback')
  reader.release()
  expect(await pruneDeliveries(database, day('2026-06-03'), nobody)).toMatchObject({ dropped: partitions(['20260601', '20260602']) })
})
