import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { keepStatisticsFresh } from './keep-statistics.ts'
import { openQueue } from './queue.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  const queue = await openQueue(database, { supervise: false, leaseSeconds: 15, log: console as never })
  await queue.close()
  // It would come between, now and then.
  await sql`alter table run set (autovacuum_enabled = off)`.execute(database.executor)
})
afterAll(() => database.drop())

async function addRuns(count: number): Promise<void> {
  await database.transaction(async (tx) => {
    await sql`
      insert into run (id, instance_id, revision, integration, version, flow, origin_id, lane, state, received_at)
      select gen_random_uuid(), gen_random_uuid(), 1, 'i', '1.0.0', 'f', gen_random_uuid(), n::text, 'waiting', now()
      from generate_series(1, ${count}::int) n`.execute(tx)
    // Counts of changes reach the others at most once a second by themselves.
    await sql`select pg_stat_force_next_flush()`.execute(tx)
  })
}

it('analyzes a table when as much has changed as can mislead a plan, and a long one when a fifth has', async () => {
  expect(await keepStatisticsFresh(database)).toEqual([])
  await addRuns(15_000)
  expect(await keepStatisticsFresh(database)).toEqual([])
  await addRuns(105_001)
  expect(await keepStatisticsFresh(database)).toEqual(['run'])
  expect(await keepStatisticsFresh(database)).toEqual([])
  await addRuns(22_000)
  expect(await keepStatisticsFresh(database)).toEqual([])
  await addRuns(10_000)
  expect(await keepStatisticsFresh(database)).toEqual(['run'])
})
