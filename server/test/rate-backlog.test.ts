import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerServer } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

interface Tools {
  event: { order: number }
  crm: { POST(path: string, request: unknown): Promise<unknown> }
  step<T>(name: string, work: () => Promise<T>): Promise<T>
}

const integration = shopIntegration('shop-crm', {
  sync: onOrder({
    onPoison: 'park',
    lane: (payload: { order: number }) => payload.order,
    async run({ event, crm, step }: Tools) {
      await step('create', () => crm.POST('/orders', { body: event }))
    },
  }),
})

const windowMs = 4_000
const backlog = 1_200

/** Grants so many calls per window, and says so in each answer. */
async function startStingyPartner() {
  const partner = { limit: 10, granted: [] as number[], windows: 0 }
  let [endsMs, used] = [0, 0]
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const nowMs = Date.now()
    if (nowMs >= endsMs) [endsMs, used, partner.windows] = [nowMs + windowMs, 0, partner.windows + 1]
    const isGranted = used < partner.limit
    if (isGranted) {
      used += 1
      partner.granted.push((JSON.parse(text) as { order: number }).order)
    }
    const reset = String(Math.ceil((endsMs - nowMs) / 1_000))
    const headers = { 'content-type': 'application/json', 'ratelimit-remaining': String(partner.limit - used), 'ratelimit-reset': reset }
    response.writeHead(isGranted ? 200 : 429, isGranted ? headers : { ...headers, 'retry-after': reset }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = async () => {
    server.closeAllConnections()
    server.close()
  }
  const seen: PartnerServer = { url: `http://${host}`, host, requests: [], effects: [], fault: () => undefined, stop }
  return Object.assign(partner, { server: seen })
}

let database: TestDatabase
let partner: Awaited<ReturnType<typeof startStingyPartner>>
let workers: WholeBridge[]

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startStingyPartner()
  const start = () =>
    startWholeBridge({
      database,
      partner: partner.server,
      integrations: [integration],
      runtime: { acrossProcesses: true, leaseSeconds: 60 },
    })
  workers = [await start(), await start()]
  await installInstance(workers[0]!, partner.server, 'shop-crm', 'ada')
})
afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.close()))
  await partner?.server.stop()
  await database?.drop()
})

/** Claims of runs since the beginning, and runs that wait for a later moment. */
async function count(): Promise<{ claims: number; waiting: number }> {
  const { rows } = await sql<{ claims: number; waiting: number }>`
    select (select coalesce(sum(attempt), 0) from run)::int + (select coalesce(sum(attempt), 0) from finished_run)::int as claims,
      (select count(*)::int from run where wait_reason is not null and claimed_at is null) as waiting`.execute(database.executor)
  return rows[0]!
}

describe('a backlog behind a small rate limit', () => {
  it('costs each window what the limit grants, however many wait, and is worked off in its order', async () => {
    for (let order = 0; order < backlog; order += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, at) => send(workers[0]!.url, 'order.created', { account: 'ada', order: order + at })),
      )
    await expect.poll(async () => (await count()).waiting, { timeout: 60_000 }).toBeGreaterThan(backlog - 100)
    // Two more, in which each process learns that the window has an end.
    const settled = partner.windows + 2
    await expect.poll(() => partner.windows, { timeout: 60_000 }).toBeGreaterThanOrEqual(settled)
    const [before, grantedBefore] = [await count(), partner.granted.length]
    await expect.poll(() => partner.windows, { timeout: 60_000 }).toBeGreaterThanOrEqual(settled + 4)
    const granted = partner.granted.slice(grantedBefore)
    const turnedAway = (await count()).claims - before.claims - granted.length
    expect(granted.length).toBeGreaterThanOrEqual(10)
    expect(turnedAway).toBeLessThan(granted.length * 8)
    const first = granted.filter((order) => order < 2 * (grantedBefore + granted.length))
    expect(first.length).toBeGreaterThan(granted.length / 2)
  }, 180_000)

  it('goes on as soon as the partner grants more, and not only as fast as before', async () => {
    partner.limit = 100_000
    await untilIdle(database, 100_000)
    expect(new Set(partner.granted).size).toBe(backlog)
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
    for (const worker of workers) expect(await worker.runtime.checkInvariants()).toMatchObject({ jobless: 0, forgotten: 0 })
  }, 120_000)
})
