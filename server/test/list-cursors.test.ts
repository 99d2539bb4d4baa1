import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, installUmbrella, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

const rows = 5
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let key: string

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  server = await startTenantServer(database, partner)
  key = await makeKey(server, ['admin'])
  await installUmbrella(server, key, 'a secret of the shop')
  await fill()
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

/** Rows of one moment each: only their ids tell their order. */
async function fill(): Promise<void> {
  const { executor } = database
  await sql`
    insert into sweep (run_id, instance_id, flow, since, swept_at, listed, missed)
    select uuidv7(), (select id from instance limit 1), 'sync', now(), '2026-01-05', 1, 0 from generate_series(1, ${rows}::int)`.execute(
    executor,
  )
  await sql`
    insert into drill (id, integration, kind, side, held_at, recorded_by, recorded_at)
    select uuidv7(), 'shop-crm', 'contact', 'umbrella', '2026-01-05', 'acme/ada', now() from generate_series(1, ${rows}::int)`.execute(
    executor,
  )
  await sql`
    insert into reconciliation (id, integration, organization, platform, kind, from_day, until_day, handed_in_at, handed_in_by, theirs, ours, agreed,
      differing, uncertain)
    select uuidv7(), 'shop-crm', 'umbrella', 'shop', 'calls', '2026-01-05', '2026-01-05', '2026-01-06', 'test', 1, 1, 1, 0, 0
    from generate_series(1, ${rows}::int)`.execute(executor)
  await sql`
    insert into notification_subscription (id, organization, name, channel, url, created_by, sealed, secret_key_id)
    select uuidv7(), 'acme', 'hook-' || n, 'webhook', 'https://acme.example/hook', 'test', 'x', 'x' from generate_series(1, ${rows}::int) n`.execute(
    executor,
  )
  await sql`
    with told as (
      insert into notification (id, organization, kind, key, title, told_at) values (uuidv7(), 'acme', 'notice.reminder', 'k', 'Soon', now())
      returning id)
    insert into notification_delivery (notification_id, subscription_id, state, next_attempt_at, settled_at)
    select told.id, s.id, 'dead', now(), now() from told, notification_subscription s`.execute(executor)
}

describe.each([
  ['sweeps', '/sweeps', 'sweeps'],
  ['drills', '/integrations/shop-crm/drills', 'drills list shop-crm'],
  ['reconciliations', '/integrations/shop-crm/reconciliations', 'slo records shop-crm'],
  ['deliveries', '/notification-deliveries', 'notifications list --dead'],
])('%s of one moment', (field, path, line) => {
  it('are read page by page to the last one', async () => {
    const whole = (await ask(server, key, 'GET', path)).json
    expect(whole.next).toBe(null)
    expect(whole[field]).toHaveLength(rows)
    const seen: unknown[] = []
    let next = ''
    for (let page = 0; page < rows; page += 1) {
      const { json, status } = await ask(server, key, 'GET', `${path}?limit=2${next}`)
      expect(status).toBe(200)
      seen.push(...json[field])
      if (json.next === null) break
      next = `&before=${encodeURIComponent(json.next)}`
    }
    expect(seen).toEqual(whole[field])
  })

  it('say in the command line how to go on', async () => {
    const run = (...more: string[]) =>
      runCommand([...line.split(' '), '--limit', '4', ...more], {
        folder: import.meta.dirname,
        env: { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: key },
      })
    const linesOf = (out: string) => out.trim().split('\n').length - 1
    const first = await run()
    expect(linesOf(first.out)).toBe(4)
    const said = /add --before (\S+)/.exec(first.err)
    const last = await run('--before', said?.[1] ?? '')
    expect(linesOf(last.out)).toBe(1)
    expect(last.err).not.toContain('There are more')
  })
})

it('a place that can not be one is refused', async () => {
  for (const before of ['x', `${'-'.repeat(36)}/${'-'.repeat(36)}`])
    expect((await ask(server, key, 'GET', `/notification-deliveries?before=${before}`)).status).toBe(422)
})

it('what was made is read where its Location says', async () => {
  const body = { platform: 'crm', organization: 'acme', customer: 'cedar', secrets: { token: 't' } }
  const made = await fetch(`${server.url}/api/connections`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { id } = (await made.json()) as { id: string }
  const location = made.headers.get('location') ?? ''
  expect(location).toBe(`/api/connections/${id}`)
  expect((await ask(server, key, 'GET', location.replace('/api', ''))).json.id).toBe(id)
  const instance = { integration: 'shop-crm', organization: 'acme', customer: 'cedar', name: 'main' }
  expect((await ask(server, key, 'POST', '/instances', instance)).status).toBe(201)
})

it('every list that takes a limit says where its next page begins', async () => {
  const { paths } = (await ask(server, undefined, 'GET', '/openapi.json')).json
  const silent = Object.entries<Record<string, { parameters?: { name: string }[]; responses: object }>>(paths).filter(
    ([, { get }]) => get?.parameters?.some(({ name }) => name === 'limit') && !JSON.stringify(get.responses).includes('"next"'),
  )
  expect(silent.map(([path]) => path)).toEqual([])
})
