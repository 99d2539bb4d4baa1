import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { installUmbrella, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let keys: { operator: string; customer: string }
const secret = 'a secret of the shop'

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  server = await startTenantServer(database, partner)
  const customer = await makeKey(server, ['read'], { organization: 'acme', customer: 'umbrella' })
  keys = { operator: await makeKey(server, ['admin']), customer }
  await installUmbrella(server, keys.operator, secret)
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const run = (who: keyof typeof keys, ...words: string[]) =>
  runCommand(words, { folder: import.meta.dirname, env: { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: keys[who] } })

it('a run whose partner is down says so to operator and customer: since when, and when it is tried next', async () => {
  await database.pool.query(
    "insert into circuit (key, reason, failed_probes, opened_at, retry_at) values ('platform:crm', 'nobody there', 3, '2026-01-02T03:04:05Z', now() + interval '1 hour')",
  )
  await vi.waitFor(async () => expect((await run('operator', 'circuits')).out).toContain('platform:crm'))
  // What a process knows of circuits is half a second old.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  await sendWebhook(server, 'shop', secret, { account: 'umbrella', order: 'o-1' }, { 'x-event': 'order.created' })
  await vi.waitFor(
    async () => expect(JSON.parse((await run('operator', 'runs', 'list', '--json')).out).runs).toMatchObject([{ status: 'partner-down' }]),
    20_000,
  )
  for (const who of ['operator', 'customer'] as const) {
    const [shown] = JSON.parse((await run(who, 'runs', 'list', '--status', 'partner-down', '--json')).out).runs
    expect(shown).toMatchObject({
      failure: { kind: 'partner-down', fix: 'Nothing to do: it goes on when the partner can be reached again.' },
      outage: { circuit: 'platform:crm', reason: 'nobody there', since: '2026-01-02T03:04:05.000Z', failedTries: 3 },
    })
    expect(shown.dueAt).toBe(shown.outage.nextTryAt)
    expect(Date.parse(shown.dueAt) - Date.now()).toBeGreaterThan(3_000_000)
    const next = shown.dueAt.slice(0, 16).replace('T', ' ')
    expect((await run(who, 'runs', 'list')).out).toMatch(/ partner-down .* crm has been down since 2026-01-02 03:04:05, next try 20\d\d-/)
    const { out } = await run(who, 'runs', 'show', shown.id)
    expect(out).toContain('crm has been down since 2026-01-02 03:04:05, tried 3 times in vain; next try ')
    expect(out).toContain(next.slice(0, 13))
    expect(out).toContain('goes on at once when a call gets through')
    expect(out).not.toContain('throttled')
  }
  expect((await run('operator', 'runs', 'list', '--status', 'throttled')).err).toContain('No runs match.')
  const metrics = await server.metrics.registry.metrics()
  expect(metrics).toMatch(/bridgekeeper_runs_total\{[^}]*outcome="partner-down"\} 1/)
  expect(metrics).not.toContain('outcome="throttled"')
})

it('and goes on at once when the operator closes the circuit', async () => {
  expect((await run('operator', 'circuits', 'close', 'platform:crm')).exitCode).toBe(0)
  await vi.waitFor(
    async () => expect(JSON.parse((await run('customer', 'runs', 'list', '--json')).out).runs).toMatchObject([{ outage: null }]),
    10_000,
  )
  await vi.waitFor(async () => expect(partner.seen).not.toEqual([]), 10_000)
})
