import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type Database, ensurePartitions, openDatabase, uuidv7 } from '../database/index.ts'
import { countEvents } from './count-events.ts'

const now = new Date('2026-11-28T12:00:00Z')
const callsSettleMs = 90_000
const instance = uuidv7()
let test: TestDatabase
let database: Database

beforeAll(async () => {
  test = await createTestDatabase()
  database = openDatabase(test.url)
  for (const table of ['finished_run', 'call_record']) await ensurePartitions(database, table, 'day', new Date('2026-11-27'), 2)
})
afterAll(async () => {
  await database?.close()
  await test?.drop()
})
beforeEach(async () => {
  await sql`truncate run_outcome, service_level_day, service_level_slot, service_level_cursor, finished_run, call_record`.execute(
    database.executor,
  )
})

async function outcome(
  more: { outcome?: string; kind?: string; status?: number; before?: boolean; at?: string } = {},
  times = 1,
): Promise<void> {
  const at = more.at ?? '2026-11-28T11:00:00Z'
  await sql`insert into run_outcome (run_id, instance_id, integration, flow, outcome, failure_kind, platform, status, counted_before, received_at, ended_at)
    select ${uuidv7()}, ${instance}, 'a-b', 'orders', ${more.outcome ?? 'succeeded'}, ${more.kind ?? null}, ${more.kind ? 'beta' : null}, ${more.status ?? null},
      ${more.before ?? false}, ${at}::timestamptz - interval '2 seconds', ${at} from generate_series(1, ${times}::int)`.execute(
    database.executor,
  )
}

/** A call within a run that has finished. */
async function call(at: string, kind: string, status: number | null, platform = 'beta', error: string | null = null): Promise<void> {
  const moment = new Date(at)
  const run = idAt(moment)
  await sql`insert into finished_run (id, instance_id, revision, integration, version, flow, origin_id, lane, outcome, attempt, failures, received_at, created_at)
    values (${run}, ${instance}, 1, 'a-b', '1.0.0', 'orders', ${run}, 'lane', 'succeeded', 1, 0, ${moment}, ${moment})`.execute(
    database.executor,
  )
  await sql`insert into call_record (id, run_id, connection_id, platform, method, operation, path, status, outcome, error, started_at, duration_ms)
    values (${idAt(moment)}, ${run}, ${uuidv7()}, ${platform}, 'POST', '/x', '/x', ${status}, ${kind}, ${error}, ${moment}, 120)`.execute(
    database.executor,
  )
}

const idAt = (moment: Date): string => {
  const time = moment.getTime().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}${uuidv7().slice(13)}`
}

async function counts(measure: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ key: string; events: number }>`
    select concat_ws(' ', nullif(platform, ''), mark) as key, sum(events)::float8 as events from service_level_day where measure = ${measure}
    group by 1 order by 1`.execute(database.executor)
  return Object.fromEntries(rows.map(({ key, events }) => [key, events]))
}

const count = (at = now) => countEvents({ database, callsSettleMs, now: at })

describe('counting', () => {
  it('counts each outcome once, by reason and time', async () => {
    await outcome({}, 3)
    await outcome({ outcome: 'parked', kind: 'retryable', status: 503 })
    await outcome({ outcome: 'skipped', kind: 'customer-data', status: 422 })
    expect(await count()).toEqual({ runs: 5, calls: 0 })
    expect(await counts('run')).toEqual({ ok: 3, 'beta server-error': 1, 'beta content-refused': 1 })
    expect(await counts('handling')).toEqual({ '2000': 3 })
    expect(await count()).toEqual({ runs: 0, calls: 0 })
    expect(await counts('run')).toEqual({ ok: 3, 'beta server-error': 1, 'beta content-refused': 1 })
  })

  it('counts a run that was parked as failed once, and its lateness when it gets through', async () => {
    await outcome({ outcome: 'parked', kind: 'bug' })
    await outcome({ before: true })
    await count()
    expect(await counts('run')).toEqual({ 'beta bug': 1 })
    expect(await counts('lag')).toEqual({ '2000': 1 })
  })

  it('counts once when ten processes count at the same time', async () => {
    // The cursor is there: making it would put them in line.
    await count(new Date('2026-11-28T09:00:00Z'))
    await outcome({}, 12_000)
    await call('2026-11-28T10:00:00Z', 'ok', 200)
    await Promise.all(Array.from({ length: 10 }, () => count()))
    await count()
    expect(await counts('run')).toEqual({ ok: 12_000 })
    expect(await counts('call')).toEqual({ 'beta ok': 1 })
  })

  it('loses and doubles nothing when it dies before its commit', async () => {
    await outcome({}, 2)
    await call('2026-11-28T10:00:00Z', 'ok', 200)
    await sql`create function die() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$`.execute(
      database.executor,
    )
    await sql`create trigger die before update on service_level_cursor for each row execute function die()`.execute(database.executor)
    await expect(count()).rejects.toThrow('power cut')
    expect(await counts('run')).toEqual({})
    await sql`drop function die cascade`.execute(database.executor)
    await count()
    expect([await counts('run'), await counts('call')]).toEqual([{ ok: 2 }, { 'beta ok': 1 }])
  })

  it('counts calls by whether and how the partner answered, none of them twice', async () => {
    await call('2026-11-27T23:59:59Z', 'ok', 200)
    await call('2026-11-28T10:00:00Z', 'ok', 201)
    await call('2026-11-28T10:00:01Z', 'retryable', 500)
    await call('2026-11-28T10:00:02Z', 'retryable', null, 'beta', 'beta broke off during POST /x (TIMEOUT)')
    await call('2026-11-28T10:00:03Z', 'retryable', null, 'beta', 'beta: no connection became free for POST /x')
    await call('2026-11-28T10:00:04Z', 'partner-down', null)
    const expected = { 'beta ok': 2, 'beta server-error': 1, 'beta no-answer': 1, 'beta no-free-connection': 1, 'beta no-connection': 1 }
    expect((await count()).calls).toBe(6)
    expect(await counts('call')).toEqual(expected)
    expect(await counts('call-time')).toEqual({ 'beta 200': 2 })
    await count(new Date(now.getTime() + 600_000))
    expect(await counts('call')).toEqual(expected)
  })

  it('leaves calls alone that may still be recorded, and counts them later', async () => {
    await call('2026-11-28T11:59:30Z', 'ok', 200)
    await count()
    await call('2026-11-28T11:59:00Z', 'ok', 200)
    expect(await counts('call')).toEqual({})
    await count(new Date(now.getTime() + callsSettleMs))
    expect(await counts('call')).toEqual({ 'beta ok': 2 })
  })

  it('blames no partner when nobody at all was reached', async () => {
    await call('2026-11-28T10:00:00Z', 'partner-down', null, 'alpha')
    await call('2026-11-28T10:00:01Z', 'partner-down', null, 'beta')
    await call('2026-11-28T10:10:00Z', 'partner-down', null, 'beta')
    await call('2026-11-28T10:10:01Z', 'ok', 200, 'alpha')
    await count()
    expect(await counts('call')).toEqual({ 'alpha nobody-reached': 1, 'alpha ok': 1, 'beta nobody-reached': 1, 'beta no-connection': 1 })
  })

  it('keeps one row per day, instance and outcome, whatever the traffic', async () => {
    await outcome({}, 4_000)
    await outcome({ at: '2026-11-27T11:00:00Z' }, 10)
    await count()
    const { rows } = await sql<{ rows: number }>`select count(*)::int as rows from service_level_day where measure = 'run'`.execute(
      database.executor,
    )
    expect(rows[0]!.rows).toBe(2)
  })
})
