import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensurePartitions, uuidv7 } from '../src/database/index.ts'
import { countingFailPoints } from '../src/observation/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let now = new Date('2026-11-28T12:00:00Z')
const minutes = 60_000
const instance = uuidv7()
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  for (const table of ['finished_run', 'call_record']) await ensurePartitions(database, table, 'day', new Date('2026-11-27'), 2)
})
afterAll(() => database.drop())

function start(failPoint: string, turns: number): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'counting-child.ts')], {
    env: {
      ...process.env,
      CHILD_DATABASE_URL: database.url,
      CHILD_NOW: now.toISOString(),
      CHILD_TURNS: String(turns),
      BRIDGEKEEPER_FAIL_POINT: failPoint,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
const ended = (child: ChildProcess) => new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
const run = (failPoint: string) => ended(start(failPoint, 1))

/** Runs that ended, as the runtime leaves them: `good` went well, `bad` found nobody at the other side. */
async function endRuns(good: number, bad: number): Promise<void> {
  const outcomes = (times: number, failure: string | null) => sql`
    insert into run_outcome (run_id, instance_id, integration, flow, outcome, failure_kind, platform, counted_before, received_at, ended_at)
    select gen_random_uuid(), ${instance}, 'meridian-quill', 'invoices', ${failure ? 'parked' : 'succeeded'}, ${failure}, 'quill-invoicing', false,
      moment - interval '1 second', moment
    from (select ${now}::timestamptz - random() * interval '9 minutes' as moment from generate_series(1, ${times}::int)) as m`
  await outcomes(good, null).execute(database.executor)
  await outcomes(bad, 'partner-down').execute(database.executor)
}

/** Calls of the last nine minutes, as the gateway leaves them. */
async function makeCalls(good: number, bad: number): Promise<void> {
  const calls = (times: number, outcome: string, status: number | null) => sql`
    with made as (
      select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '7000' || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid as id, moment
      from (select ${now}::timestamptz - random() * interval '9 minutes' as moment from generate_series(1, ${times}::int)) as m
    ), runs as (
      insert into finished_run (id, instance_id, revision, integration, version, flow, origin_id, lane, outcome, attempt, failures, received_at, created_at)
      select id, ${instance}, 1, 'meridian-quill', '1.0.0', 'invoices', id, 'lane', 'succeeded', 1, 0, moment, moment from made
    )
    insert into call_record (id, run_id, connection_id, platform, method, operation, path, status, outcome, started_at, duration_ms)
    select id, id, gen_random_uuid(), 'quill-invoicing', 'POST', '/documents', '/documents', ${status}::int, ${outcome}, moment, 120 from made`
  await calls(good, 'ok', 201).execute(database.executor)
  await calls(bad, 'retryable', 500).execute(database.executor)
}

async function counted() {
  const { rows } = await sql<{ key: string; days: number; slots: number }>`
    select measure || ' ' || mark as key, sum(events) filter (where part = 'day')::int as days, sum(events) filter (where part = 'slot')::int as slots
    from (select measure, mark, events, 'day' as part from service_level_day
      union all select measure, mark, events, 'slot' from service_level_slot) as e
    where measure in ('run', 'call') group by 1 order by 1`.execute(database.executor)
  return Object.fromEntries(rows.map(({ key, days, slots }) => [key, [days, slots]]))
}
async function told() {
  const { rows } = await sql<{ kind: string; organization: string; times: number }>`
    select kind, organization, count(*)::int as times from notification
    where data->>'integration' = 'meridian-quill' and kind <> 'alert.overdue' group by 1, 2 order by 1, 2`.execute(database.executor)
  return rows.map(({ kind, organization, times }) => `${kind} ${organization} ${times}`)
}

it('S2: what is killed at every named point and at random counts nothing twice, loses nothing, and tells an alert once', async () => {
  await makeCalls(400, 200)
  await endRuns(9_000, 4_000)
  const signals: (string | null)[] = []
  for (const point of countingFailPoints) for (const nth of [1, 2]) signals.push(await run(`${point}:${nth}`))
  expect(signals.filter((signal) => signal === 'SIGKILL').length).toBeGreaterThanOrEqual(countingFailPoints.length)
  let [good, bad] = [9_000, 4_000]
  const rounds = 6
  let killed = 0
  for (let round = 0; round < rounds; round += 1) {
    now = new Date(now.getTime() + 10 * minutes)
    await makeCalls(100, 50)
    const child = start('', 1_000)
    const death = ended(child)
    await new Promise((resolve) => child.stdout!.once('data', resolve))
    await endRuns(3_000, 1_000)
    ;[good, bad] = [good + 3_000, bad + 1_000]
    await delay(Math.random() * 120)
    child.kill('SIGKILL')
    if ((await death) === 'SIGKILL') killed += 1
  }
  expect(killed).toBe(rounds)
  expect(await run('')).toBeNull()
  expect(await counted()).toEqual({
    'run ok': [good, good],
    'run no-connection': [bad, bad],
    'call ok': [1_000, 1_000],
    'call server-error': [500, 500],
  })
  expect(await told()).toEqual([
    'alert.self-test meridian 1',
    'alert.self-test quill 1',
    'alert.started meridian 1',
    'alert.started quill 1',
  ])
}, 300_000)
