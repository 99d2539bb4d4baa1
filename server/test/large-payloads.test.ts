import { RetryableFailure } from '@bridgekeeper/sdk'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listRuns } from '../src/runtime/index.ts'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { installInstance, send, startWholeBridge, untilIdle, type WholeBridge } from './whole-bridge.ts'

const mebibyte = 1024 * 1024
const limitBytes = 6 * mebibyte
/** Bytes of payloads or remembered results that runs of the flows hold now, and the most that they ever held. */
const held = { now: 0, most: 0 }
async function hold(bytes: number): Promise<void> {
  held.now += bytes
  held.most = Math.max(held.most, held.now)
  await new Promise((resolve) => setTimeout(resolve, 100))
  held.now -= bytes
}

/** Runs of `remember` that have failed once. */
const failed = new Set<number>()
const results = 10
const resultBytes = 200 * 1024

const integration = shopIntegration('large', {
  hold: onOrder({
    onPoison: 'park',
    lane: (event: { n: number }) => event.n,
    run: ({ event }: { event: { text: string } }) => hold(event.text.length),
  }),
  remember: onOrder({
    onPoison: 'park',
    filter: (event: { remember?: boolean }) => event.remember === true,
    lane: (event: { n: number }) => event.n,
    async run({ event, step }: { event: { n: number }; step(name: string, work: () => unknown): Promise<string> }) {
      let bytes = 0
      for (let at = 0; at < results; at += 1) bytes += (await step(`page ${at}`, () => 'x'.repeat(resultBytes))).length
      if (!failed.has(event.n)) {
        failed.add(event.n)
        throw new RetryableFailure('the first time')
      }
      await hold(bytes)
    },
  }),
})

let database: TestDatabase
let partner: PartnerServer
let bridge: WholeBridge

/** Accepted and kept by a process that only receives, so that one lease finds them all. */
async function receive(sizes: readonly number[], more: object = {}): Promise<void> {
  const ingress = await startWholeBridge({ database, partner, integrations: [integration], runtime: { work: false } })
  for (const [n, size] of sizes.entries())
    expect(await send(ingress.url, 'order.created', { account: 'ada', n, text: 'x'.repeat(size), ...more })).toMatchObject({ status: 202 })
  await ingress.close()
}

async function work(): Promise<void> {
  bridge = await startWholeBridge({
    database,
    partner,
    integrations: [integration],
    runtime: { maxPayloadBytes: limitBytes },
  })
  await untilIdle(database, 40_000)
}

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startPartner()
  const first = await startWholeBridge({ database, partner, integrations: [integration], runtime: { work: false } })
  await installInstance(first, partner, 'large', 'ada')
  await first.close()
})
afterEach(async () => {
  await bridge?.close()
  held.most = 0
})
afterAll(async () => {
  await partner?.stop()
  await database?.drop()
})

describe('runs with large payloads', () => {
  it('are held no more at a time than their bytes have room, and all of them run', async () => {
    await receive([...Array<number>(12).fill(2 * mebibyte), ...Array<number>(20).fill(100)])
    await work()
    expect(held.now).toBe(0)
    expect(held.most).toBeLessThanOrEqual(limitBytes)
    expect(held.most).toBeGreaterThan(2 * mebibyte)
    expect(await listRuns(database.executor, { status: 'succeeded' }, { limit: 100 })).toHaveLength(32)
  })

  it('run alone when one of them has no room at all', async () => {
    await receive([8 * mebibyte, 7 * mebibyte, 100])
    await work()
    expect(held.most).toBeLessThan(8.5 * mebibyte)
    expect(await listRuns(database.executor, { status: 'succeeded' }, { limit: 100 })).toHaveLength(35)
  })

  it('count what their steps have returned before, too', async () => {
    await receive(Array<number>(16).fill(100), { remember: true })
    await work()
    expect(failed.size).toBe(16)
    expect(held.most).toBeLessThanOrEqual(limitBytes)
    expect(held.most).toBeGreaterThan(results * resultBytes)
  })

  it('have room in whatever order they are leased: one that must wait gets none that another behind it has filled', async () => {
    failed.clear()
    await receive(Array<number>(16).fill(100), { remember: true })
    const policy = { maxFailures: 8, firstDelayMs: 3_600_000, maxDelayMs: 3_600_000 }
    bridge = await startWholeBridge({ database, partner, integrations: [integration], runtime: { policy } })
    await expect.poll(() => failed.size, { timeout: 20_000 }).toBe(16)
    await bridge.close()
    held.most = 0
    // The last of them first, all in one lease.
    await sql`update pgboss.job set start_after = now(), priority = -priority where name = 'run'`.execute(database.executor)
    await work()
    expect(held.most).toBeLessThanOrEqual(limitBytes)
    expect(held.most).toBeGreaterThan(results * resultBytes)
  })
})
