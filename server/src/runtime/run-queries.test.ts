import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type Transaction, uuidv7 } from '../database/index.ts'
import { insertRuns, listBusyLanes, lockLanes } from './run-queries.ts'
import { listNextHeads } from './settle-queries.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** One run per lane, in order; without a job it waits behind another that has gone. */
function insert(tx: Transaction, lanes: readonly string[], jobId: string | null): Promise<void> {
  const common = { revision: 1, integration: 'i', version: '1', flow: 'f', deliveryId: null, priority: 0, replayOf: null, occurredAt: null }
  const runOf = (lane: string) => ({
    ...common,
    id: uuidv7(),
    instanceId: randomUUID(),
    originId: uuidv7(),
    lane,
    jobId,
    receivedAt: new Date(),
  })
  return insertRuns(tx, lanes.map(runOf))
}

const lanesOf = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

/** Rows of `run` that the transaction has read so far. */
async function rowsRead(tx: Transaction): Promise<number> {
  const { rows } = await tx.getExecutor().executeQuery<{ read: number }>({
    sql: "select (seq_tup_read + idx_tup_fetch)::float8 as read from pg_stat_xact_user_tables where relname = 'run'",
    parameters: [],
  } as never)
  return rows[0]!.read
}

it('finds what stands in lanes without reading other runs, also when PostgreSQL believes that there are hardly any', async () => {
  // After a flood that has passed: many pages, and statistics of two rows.
  await database.transaction((tx) => insert(tx, lanesOf('past', 5_000), uuidv7()))
  await database.pool.query('delete from run')
  await database.transaction((tx) => insert(tx, ['calm', 'still'], uuidv7()))
  await database.pool.query('analyze run')
  await database.transaction(async (tx) => {
    await insert(tx, lanesOf('busy', 2_000), uuidv7())
    await insert(tx, lanesOf('waiting', 2_000), null)
    const before = await rowsRead(tx)
    const lanes = lanesOf('busy', 300)
    const waiting = lanesOf('waiting', 300)
    await lockLanes(tx, [...lanes, ...waiting])
    expect(await listBusyLanes(tx, [...lanes, 'nobody'])).toEqual(new Set(lanes))
    expect(await listNextHeads(tx, [...lanes, ...waiting])).toHaveLength(300)
    // At most the first of each lane, or of the next one, and whether somebody runs in it.
    expect((await rowsRead(tx)) - before).toBeLessThan(2_500)
  })
})
