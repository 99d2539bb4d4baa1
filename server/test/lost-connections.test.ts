import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isDatabaseAway } from '../src/database/index.ts'
import { type SilentNetwork, startSilentNetwork } from './silent-network.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { installUmbrella, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let network: SilentNetwork
const secret = 's'.repeat(32)

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  network = await startSilentNetwork(database.url)
  server = await startTenantServer({ ...database, url: network.url }, partner, { acrossProcesses: true })
  await installUmbrella(server, await makeKey(server, ['admin']), secret)
})
afterAll(async () => {
  await server?.stop()
  await network?.close()
  await partner?.close()
  await database?.drop()
})

/** One statement of each loop that turns within a minute; those that turn more rarely are built like them. */
const loops = [
  'connections.changedConnections',
  'contracts.claimDueSource',
  'contracts.tryToMove',
  'gateway.openCircuits',
  'lifecycle.claimDueLinks',
  'notifications.claimDue',
  'readiness.listAdmissions',
  'readiness.listCanaries',
  'runtime.countUnfinished',
  'runtime.listAwaitedConnections',
  'runtime.listStaleStatistics',
  'runtime.listWaitedFor',
  'runtime.lockRouting',
  'runtime.takeDueSchedules',
  'serviceLevels.moveCursor',
  'serviceLevels.tryToWatch',
]

let orders = 0
const send = () => sendWebhook(server, 'shop', secret, { account: 'umbrella', order: `o-${orders++}` })
const succeeded = async (delivery: string) => {
  const { rows } = await sql`select from finished_run where delivery_id = ${delivery} and outcome = 'succeeded'`.execute(database.executor)
  return rows.length
}
it('when a network forgets connections and breaks none, each loop goes on within a minute, and what is left behind holds no lock', async () => {
  const first = await send()
  await expect.poll(() => succeeded(first.delivery)).toBe(1)
  const held = server.database.transaction(async (tx) => {
    // As the routing does: nobody else routes until this ends.
    await sql`select pg_advisory_xact_lock(hashtextextended('bridgekeeper.routing', 0))`.execute(tx)
    void send().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 500))
    network.forget()
    network.takeStatements()
    await sql`select 1`.execute(tx)
  })
  const thrown = await held.then(
    () => 'nothing',
    (error: unknown) => error,
  )
  expect(isDatabaseAway(thrown)).toBe(true)
  let delivery = ''
  await expect
    .poll(
      async () =>
        await send().then((sent) => {
          delivery = sent.delivery
          return sent.status
        }),
      { timeout: 40_000, interval: 1_000 },
    )
    .toBe(202)
  await expect.poll(() => succeeded(delivery), { timeout: 40_000 }).toBe(1)
  const again = new Set<string>()
  const missing = () => {
    for (const name of network.takeStatements().keys()) again.add(name)
    return loops.filter((name) => !again.has(name))
  }
  await expect.poll(missing, { timeout: 90_000, interval: 1_000 }).toEqual([])
}, 180_000)

it('a statement that the server is still busy with is not ended, however long it takes', async () => {
  await database.transaction(async (tx) => {
    await sql`select pg_advisory_xact_lock(870)`.execute(tx)
    const waits = sql`select pg_advisory_xact_lock(870)`.execute(server.database.executor)
    await sql`select pg_sleep(16)`.execute(server.database.executor)
    await sql`commit`.execute(tx)
    await waits
    await sql`begin`.execute(tx)
  })
}, 60_000)

it('a server whose connections are forgotten stops in time', async () => {
  network.forget()
  const startedAt = performance.now()
  await server.stop()
  expect(performance.now() - startedAt).toBeLessThan(30_000)
}, 60_000)
