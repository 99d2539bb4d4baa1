import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type Database, openDatabase, uuidv7 } from '../database/index.ts'
import type { CallRecord } from './call-record.ts'
import { dropCallRecordsBefore, ensureCallRecordDay } from './call-record-days.ts'
import { listCallRecords } from './call-record-queries.ts'
import { type CallRecordWriterOptions, createCallRecordWriter } from './call-record-writer.ts'

let database: TestDatabase
let dropped: number[]

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())
beforeEach(async () => {
  dropped = []
  await database.pool.query('delete from call_record')
})

const CONNECTION = '01890000-0000-7000-8000-000000000002'
const record = (input: Partial<CallRecord> = {}): CallRecord => ({
  id: uuidv7(),
  runId: null,
  step: null,
  connectionId: CONNECTION,
  platform: 'helpdesk',
  method: 'GET',
  operation: '/x',
  path: '/x',
  status: 200,
  outcome: 'ok',
  error: null,
  startedAt: new Date(),
  durationMs: 1.5,
  idempotencyKey: null,
  requestHeaders: { accept: '*/*' },
  requestBody: null,
  responseHeaders: {},
  responseBody: '{"a":1}',
  ...input,
})
const writerOn = (on: Database, options: Partial<CallRecordWriterOptions> = {}) =>
  createCallRecordWriter({ database: on, onDropped: (count) => dropped.push(count), ...options })
const stored = async () => Number((await database.pool.query('select count(*) from call_record')).rows[0].count)

describe('the writer of call records', () => {
  it('stores within the flush time, and everything at the stop', async () => {
    const writer = writerOn(database, { flushMs: 50 })
    writer.write(record())
    await expect.poll(stored, { timeout: 2_000 }).toBe(1)
    for (let number = 0; number < 1_200; number += 1) writer.write(record())
    await writer.stop()
    expect(await stored()).toBe(1_201)
    writer.write(record())
    expect([writer.dropped, await stored()]).toEqual([1, 1_201])
  })

  it('reads back what was written', async () => {
    const writer = writerOn(database)
    const written = record({
      runId: uuidv7(),
      step: 's',
      error: 'e',
      status: null,
      outcome: 'partner-down',
      idempotencyKey: 'k',
      requestBody: 'b',
    })
    writer.write(written)
    await writer.stop()
    expect(await listCallRecords(database.executor, { runId: written.runId! })).toEqual([written])
  })

  it('drops and counts what is too much, by number and by size, and tells it once per flush', async () => {
    const few = writerOn(database, { maxRecords: 10 })
    for (let number = 0; number < 25; number += 1) few.write(record())
    await few.stop()
    expect([few.dropped, dropped, await stored()]).toEqual([15, [15], 10])
    const small = writerOn(database, { maxCharacters: 5_000 })
    for (let number = 0; number < 3; number += 1) small.write(record({ responseBody: 'x'.repeat(3_000) }))
    await small.stop()
    expect(small.dropped).toBe(2)
  })

  it('gives up a batch that the database refuses, says so, and goes on', async () => {
    const broken = openDatabase('postgres://nobody@127.0.0.1:1/none')
    const writer = writerOn(broken)
    writer.write(record())
    await writer.stop()
    expect([writer.dropped, dropped]).toEqual([1, [1]])
    await broken.close()
  })

  it('puts each record into the partition of its day; two processes make it at once without harm', async () => {
    const dayMs = Date.parse('2031-05-01T23:59:59.999Z')
    const ids = [
      `${dayMs
        .toString(16)
        .padStart(12, '0')
        .replace(/(.{8})(.{4})/, '$1-$2')}-7fff-bfff-ffffffffffff`,
      `${(dayMs + 1)
        .toString(16)
        .padStart(12, '0')
        .replace(/(.{8})(.{4})/, '$1-$2')}-7000-8000-000000000000`,
    ]
    const writers = [writerOn(database), writerOn(database)]
    writers[0]!.write(record({ id: ids[0]! }))
    writers[1]!.write(record({ id: ids[1]! }))
    await Promise.all([
      ...writers.map((writer) => writer.stop()),
      ensureCallRecordDay(database, '2031-05-01'),
      ensureCallRecordDay(database, '2031-05-02'),
    ])
    const { rows } = await database.pool.query(
      "select id, tableoid::regclass::text as partition from call_record where tableoid::regclass::text like '%2031%' order by id",
    )
    expect(rows).toEqual([
      { id: ids[0], partition: 'call_record_20310501' },
      { id: ids[1], partition: 'call_record_20310502' },
    ])
  })

  it('retention drops whole days that are over, never the current one', async () => {
    await ensureCallRecordDay(database, '2020-01-01')
    await ensureCallRecordDay(database, '2020-01-02')
    expect(await dropCallRecordsBefore(database, new Date('2020-01-02T12:00:00Z'))).toEqual(['call_record_20200101'])
    expect(await dropCallRecordsBefore(database, new Date('2020-01-03T00:00:00Z'))).toEqual(['call_record_20200102'])
    expect(await dropCallRecordsBefore(database, new Date('2020-01-03T00:00:00Z'))).toEqual([])
  })
})
