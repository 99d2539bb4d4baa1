import { afterAll, beforeAll, expect, it } from 'vitest'
import { type SilentNetwork, startSilentNetwork } from './silent-network.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let network: SilentNetwork
let key: string
const secret = 's'.repeat(32)

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  network = await startSilentNetwork(database.url)
  server = await startTenantServer({ ...database, url: network.url }, partner)
  key = await makeKey(server, ['admin'])
  expect((await ask(server, key, 'POST', '/webhook-sources/shop/secrets', { secret })).status).toBe(201)
})
afterAll(async () => {
  network?.carry()
  await server?.stop()
  await network?.close()
  await partner?.close()
  await database?.drop()
})

const send = () => sendWebhook(server, 'shop', secret, { account: 'umbrella', order: 'o' })
const ready = async () => (await fetch(`${server.url}/readyz`)).status
async function timed<Answer>(work: () => Promise<Answer>): Promise<[Answer, number]> {
  const startedAt = performance.now()
  return [await work(), (performance.now() - startedAt) / 1_000]
}

it('while the database hangs and breaks no connection, everybody is answered 503 in time, and it goes on by itself when it answers again', async () => {
  expect([(await send()).status, await ready()]).toEqual([202, 200])
  network.swallow()
  const [state, statusTook] = await timed(ready)
  expect([state, statusTook < 5]).toEqual([503, true])
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  const [[answer, answerTook], [refused, refusedTook]] = await Promise.all([timed(() => ask(server, key, 'GET', '/runs')), timed(send)])
  expect(answer).toMatchObject({ status: 503, json: { retry: true, fix: expect.stringContaining('/readyz') } })
  expect(answerTook).toBeLessThan(14)
  expect([refused.status, refusedTook < 20]).toEqual([503, true])
  // By now the secrets that verify are no longer in memory, either.
  const [again, againTook] = await timed(send)
  expect([again.status, againTook < 20]).toEqual([503, true])
  network.carry()
  await expect.poll(ready, { timeout: 20_000 }).toBe(200)
  await expect.poll(async () => (await send()).status, { timeout: 20_000 }).toBe(202)
  expect((await ask(server, key, 'GET', '/runs')).status).toBe(200)
}, 120_000)
