import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensurePartitions, uuidv7Floor } from '../src/database/index.ts'
import { applyRetention, type Retention } from '../src/retention.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { startTenantServer } from './two-tenants-server.ts'

const retention: Retention = { deliveries: 'P30D', runs: 'P3M', calls: 'P10D', notifications: 'P1Y', usage: 'P400D' }
const now = new Date('2026-11-23T12:00:00Z')
const tables = ['delivery', 'delivery_route', 'finished_run', 'run_step', 'call_record'] as const
let database: TestDatabase
let partner: TestPartner

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
})
afterAll(async () => {
  await partner?.close()
  await database?.drop()
})

const idOf = (day: string) => uuidv7Floor(Date.parse(`${day}T12:00:00Z`))

/** One row of everything, as it would have been made on that day. */
async function live(day: string): Promise<void> {
  const [id, at] = [idOf(day), `${day}T12:00:00Z`]
  for (const table of tables) await ensurePartitions(database, table, 'day', new Date(at), 0)
  await sql`insert into delivery (id, source, sender_id, assurance, headers, body, received_at) values (${id}, 'shop', ${day}, 'none', '{}', '', ${at})`.execute(
    database.executor,
  )
  await sql`insert into delivery_route (delivery_id, state) values (${id}, 'routed')`.execute(database.executor)
  await sql`insert into finished_run (id, instance_id, revision, integration, version, flow, origin_id, lane, outcome, attempt, failures, received_at, created_at)
    values (${id}, ${id}, 1, 'shop-crm', '1.0.0', 'sync', ${id}, 'lane', 'succeeded', 1, 0, ${at}, ${at})`.execute(database.executor)
  await sql`insert into run_step (run_id, name, kind) values (${id}, 'write', 'step')`.execute(database.executor)
  await sql`insert into call_record (id, connection_id, platform, method, operation, path, outcome, started_at, duration_ms)
    values (${id}, ${id}, 'crm', 'POST', '/orders', '/orders', 'ok', ${at}, 1)`.execute(database.executor)
  await sql`insert into meter_event (id, instance_id, integration, version, flow, run_id, meter, quantity, occurred_at, received_at)
    values (${id}, ${id}, 'shop-crm', '1.0.0', 'sync', ${id}, 'order.synced', 1, ${at}, ${at})`.execute(database.executor)
}

/** Days of which rows are left. */
async function daysLeft(table: string, column = 'id'): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select ${sql.ref(column)}::text as id from ${sql.table(table)} order by 1`.execute(
    database.executor,
  )
  return rows.map(({ id }) => new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString().slice(0, 10))
}

const days = ['2026-08-01', '2026-09-01', '2026-10-20', '2026-11-01', '2026-11-20']

it('forgets each kind after its own time, whole days at once, and never a meter', async () => {
  for (const day of days) await live(day)
  const { dropped, heldBackBy } = await applyRetention(database, retention, now)
  expect(heldBackBy).toBeNull()
  expect(dropped).toContain('delivery_20261020')
  expect(await daysLeft('delivery')).toEqual(['2026-11-01', '2026-11-20'])
  expect(await daysLeft('delivery_route', 'delivery_id')).toEqual(['2026-11-01', '2026-11-20'])
  expect(await daysLeft('finished_run')).toEqual(['2026-09-01', '2026-10-20', '2026-11-01', '2026-11-20'])
  expect(await daysLeft('run_step', 'run_id')).toEqual(['2026-09-01', '2026-10-20', '2026-11-01', '2026-11-20'])
  expect(await daysLeft('call_record')).toEqual(['2026-11-20'])
  expect(await daysLeft('meter_event')).toEqual(days)
  expect((await applyRetention(database, retention, now)).dropped).toEqual([])
})

it('keeps what an unfinished run needs, however old it is, and says so', async () => {
  const later = new Date('2027-03-01T12:00:00Z')
  const id = idOf('2026-11-01')
  await sql`insert into run (id, instance_id, revision, integration, version, flow, origin_id, delivery_id, lane, state, failure, parked_at, received_at)
    values (${idOf('2026-11-20')}, ${id}, 1, 'shop-crm', '1.0.0', 'sync', ${id}, ${id}, 'lane', 'parked', '{}', now(), '2026-11-01')`.execute(
    database.executor,
  )
  expect((await applyRetention(database, retention, later)).heldBackBy).toBe('an unfinished run')
  expect(await daysLeft('delivery')).toEqual(['2026-11-01', '2026-11-20'])
  expect(await daysLeft('run_step', 'run_id')).toEqual(['2026-11-01', '2026-11-20'])
  expect(await daysLeft('call_record')).toEqual(['2026-11-20'])
  await sql`delete from run`.execute(database.executor)
  expect((await applyRetention(database, retention, later)).heldBackBy).toBeNull()
  expect([await daysLeft('delivery'), await daysLeft('run_step', 'run_id'), await daysLeft('call_record')]).toEqual([[], [], []])
})

it('is applied by the running program, which also makes the partitions of the days to come', async () => {
  await live('2020-01-01')
  const server = await startTenantServer(database, partner)
  try {
    await expect.poll(() => daysLeft('delivery')).toEqual([])
    await expect.poll(() => server.lines.join('')).toContain('forgot what is older than the retention')
  } finally {
    await server.stop()
  }
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  const { rows } = await sql`select to_regclass(${`delivery_${today}`}) as partition`.execute(database.executor)
  expect(rows).toEqual([{ partition: `delivery_${today}` }])
})

it('forgets notifications with the copies that were sent, keeps what waits to be sent, and forgets old days of usage', async () => {
  const { executor } = database
  const subscription = idOf('2024-01-01')
  await sql`insert into notification_subscription (id, organization, name, channel, url, sealed, secret_key_id, created_by)
    values (${subscription}, 'acme', 'ours', 'webhook', 'https://acme.example', 'x', 'k', 'test')`.execute(executor)
  for (const [day, state] of [
    ['2025-11-20', 'delivered'],
    ['2025-11-21', 'pending'],
    ['2025-11-22', null],
    ['2025-11-24', 'dead'],
  ] as const) {
    await sql`insert into notification (id, organization, kind, key, title, told_at) values (${idOf(day)}, 'acme', 'notice.announced', ${day}, 't', ${`${day}T12:00:00Z`})`.execute(
      executor,
    )
    if (state)
      await sql`insert into notification_delivery (notification_id, subscription_id, state, next_attempt_at, settled_at)
        values (${idOf(day)}, ${subscription}, ${state}, now(), ${state === 'pending' ? null : now})`.execute(executor)
  }
  for (const day of ['2025-10-01', '2025-11-01'])
    await sql`insert into contract_usage (instance_id, platform, day, surface, method, path, kind, name, value, seen, last_at)
      values (${idOf(day)}, 'crm', ${day}::date, 'operation', 'GET', '/a', 'call', '', '', 1, ${day})`.execute(executor)
  await applyRetention(database, retention, now)
  expect(await daysLeft('notification')).toEqual(['2025-11-21', '2025-11-24'])
  expect(await daysLeft('notification_delivery', 'notification_id')).toEqual(['2025-11-21', '2025-11-24'])
  expect(await daysLeft('contract_usage', 'instance_id')).toEqual(['2025-11-01'])
})
