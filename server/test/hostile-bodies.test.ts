import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, untilIdle, type WholeBridge, webhookSecret } from './whole-bridge.ts'

const integration = shopIntegration('plain', {
  copy: onOrder({
    onPoison: 'park',
    lane: (event: { order: string }) => event.order,
    run: async ({
      event,
      crm,
      step,
    }: {
      event: { order: string; why?: string; then?: string }
      crm: { POST(path: string, request: object): Promise<unknown> }
      step(name: string, work: () => unknown): Promise<unknown>
    }) => {
      if (event.why !== undefined) throw new Error(event.why)
      await step(`copy ${event.order}`, () => crm.POST('/orders', { body: event }))
      if (event.then !== undefined) throw new Error(event.then)
    },
  }),
})

let database: TestDatabase
let partner: PartnerServer
let bridge: WholeBridge

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startPartner()
  bridge = await startWholeBridge({ database, partner, integrations: [integration] })
  await installInstance(bridge, partner, 'plain', 'ada')
})
afterAll(async () => {
  await bridge?.close()
  await partner?.stop()
  await database?.drop()
})

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<number> {
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex')
  const response = await fetch(`${bridge.url}/webhooks/shop`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-event': 'order.created',
      'x-delivery': crypto.randomUUID(),
      'x-hub-signature-256': `sha256=${signature}`,
      ...headers,
    },
    body,
  })
  return response.status
}

const nested = (depth: number, open: string, close: string) =>
  `{"account":"ada","order":"deep","deep":${open.repeat(depth)}1${close.repeat(depth)}}`

/** Everything goes on as before for everybody else. */
async function stillWorks(): Promise<void> {
  const before = partner.effects.length
  const startedAt = Date.now()
  await send(bridge.url, 'order.created', { account: 'ada', order: 'good' })
  await expect.poll(() => partner.effects.slice(before).map(({ body }) => body)).toEqual([{ account: 'ada', order: 'good' }])
  expect(Date.now() - startedAt).toBeLessThan(10_000)
  await untilIdle(database)
  expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
}

describe('a hostile body', () => {
  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('of %s in each other, a hundred thousand deep, is kept and stops nobody else', async (_what, open, close) => {
    expect(await post(nested(100_000, open, close))).toBe(202)
    await untilIdle(database)
    await stillWorks()
    const { rows } = await sql<{ state: string; run: string | null }>`
      select route.state, run.state as run from delivery_route route left join run on run.delivery_id = route.delivery_id
      where route.delivery_id = (select id from delivery where octet_length(body) > 100000 order by id desc limit 1)`.execute(
      database.executor,
    )
    // Parked with a reason, or said to be unreadable: never gone, never in the way.
    expect(rows[0]!.state === 'unparsable' || rows[0]!.run === 'parked').toBe(true)
  })

  it('of a million keys, or with keys that mean something to JavaScript, is plain data', async () => {
    const keys = Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`k${n}`, n]))
    expect(await post(JSON.stringify({ account: 'ada', order: 'wide', ...keys }))).toBe(202)
    expect(await post('{"account":"ada","order":"proto","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')).toBe(202)
    await untilIdle(database)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    await stillWorks()
  })

  it('whose words a failure quotes parks with them, though PostgreSQL cannot keep them as they are', async () => {
    expect(await post('{"account":"ada","order":"quoted","why":"no\\u0000 such \\ud83d, \\ude00\\ud83d\\ude00 or \\\\u0000"}')).toBe(202)
    await untilIdle(database)
    const { rows } = await sql`
      select run.state, failure->>'message' as said from run join delivery on delivery.id = run.delivery_id
      where convert_from(body, 'utf8') like '%quoted%'`.execute(database.executor)
    expect(rows).toEqual([{ state: 'parked', said: 'Error: no\ufffd such \ufffd, \ufffd\u{1f600} or \\u0000' }])
    await stillWorks()
  })

  it('whose words name a step has it done once and remembered, though PostgreSQL cannot keep them as they are', async () => {
    const before = partner.requests.length
    expect(await post('{"account":"ada","order":"a\\u0000b \\ud83d","then":"stop"}')).toBe(202)
    await untilIdle(database)
    const { rows } = await sql<{ id: string; delivery: string; steps: string[] }>`
      select id, delivery_id as delivery, array(select name from run_step where run_id = run.id) as steps from run
      where failure->>'message' = 'Error: stop'`.execute(database.executor)
    expect(rows).toMatchObject([{ steps: ['copy a\ufffdb \ufffd'] }])
    await bridge.runtime.replayRuns({ delivery: rows[0]!.delivery }, 'same')
    await untilIdle(database)
    expect(partner.requests.length - before).toBe(1)
    await stillWorks()
  })

  it('that makes a flow remember what the database refuses parks its run with the reason', async () => {
    await sql`alter table run_step add constraint refused check (name <> 'copy refused')`.execute(database.executor)
    expect(await post('{"account":"ada","order":"refused","then":"stop"}')).toBe(202)
    await untilIdle(database)
    const { rows } = await sql`
      select state, attempt, failure->>'message' as said from run where delivery_id = (select max(id::text)::uuid from delivery)`.execute(
      database.executor,
    )
    expect(rows).toMatchObject([{ state: 'parked', attempt: 1, said: expect.stringContaining('violates check constraint "refused"') }])
    await stillWorks()
  })

  it('that is compressed is refused or kept as it is, and never blown up', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
    const before = process.memoryUsage().rss
    expect(await post(new Uint8Array(bomb), { 'content-encoding': 'gzip' })).toBe(415)
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
    await stillWorks()
  })
})
