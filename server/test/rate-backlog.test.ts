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

const start = () =>
  startWholeBridge({ database, partner: partner.server, integrations: [integration], runtime: { acrossProcesses: true, leaseSeconds: 60 } })
const order = (number: number) => send(workers[0]!.url, 'order.created', { account: 'ada', order: number })

let database: TestDatabase
let partner: Awaited<ReturnType<typeof startStingyPartner>>
let workers: WholeBridge[]

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startStingyPartner()
  workers = [await start(), await start()]
  await installInstance(workers[0]!, partner.server, 'shop-crm', 'ada')
})
afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.close()))
  await partner?.server.stop()
  await database?.drop()
})

/** Claims of runs since the beginning, runs that were never claimed, and all that there were. */
async function count(): Promise<{ claims: number; untouched: number; runs: number }> {
  const { rows } = await sql<{ claims: number; untouched: number; runs: number }>`
    select sum(attempt)::int as claims, count(*) filter (where attempt = 0)::int as untouched, count(*)::int as runs
    from (select attempt from run union all select attempt from finished_run) as every`.execute(database.executor)
  return rows[0]!
}

describe('a backlog behind a small rate limit', () => {
  it('costs each window what the limit grants, however many wait, and is worked off in its order', async () => {
    for (let at = 0; at < backlog; at += 100) await Promise.all(Array.from({ length: 100 }, (_, number) => order(at + number)))
    // Each has been turned away once.
    await expect.poll(async () => (await count()).runs, { timeout: 120_000 }).toBe(backlog)
    await expect.poll(async () => (await count()).untouched, { timeout: 120_000 }).toBe(0)
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
  }, 300_000)

  it('goes on as soon as the partner grants more, and not only as fast as before', async () => {
    partner.limit = 100_000
    await untilIdle(database, 100_000)
    expect(new Set(partner.granted).size).toBe(backlog)
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
    for (const worker of workers) expect(await worker.runtime.checkInvariants()).toMatchObject({ jobless: 0, forgotten: 0 })
  }, 120_000)

  it('goes on in a process that knows nothing of it, long before turns that were given by others', async () => {
    partner.limit = 10
    await Promise.all(Array.from({ length: 60 }, (_, number) => order(backlog + number)))
    await expect.poll(async () => (await count()).runs, { timeout: 60_000 }).toBe(backlog + 60)
    await expect.poll(async () => (await count()).untouched, { timeout: 60_000 }).toBe(0)
    await Promise.all(workers.map((worker) => worker.close()))
    const { rows } = await sql`
      with later as (update run set due_at = now() + interval '20 hours' where failure ->> 'waitsFor' is not null returning job_id)
      update pgboss.job set start_after = now() + interval '20 hours' where name = 'run' and id in (select job_id from later) returning id`.execute(
      database.executor,
    )
    expect(rows.length).toBeGreaterThan(0)
    partner.limit = 100_000
    workers = [await start()]
    await untilIdle(database, 100_000)
    expect(new Set(partner.granted).size).toBe(backlog + 60)
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
  }, 240_000)
})
