import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PartnerServer, startPartner } from './partner-server.ts'
import { onOrder, shopIntegration } from './shop-integration.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, tickEachSecond, untilIdle, type WholeBridge } from './whole-bridge.ts'

interface Tools {
  event: { order: string }
  step<T>(name: string, work: () => T): Promise<T>
  cursor: { value: unknown; advance(next: unknown): Promise<void> }
  emit(trigger: { platform: string; event: string }, item: { id: unknown; event: unknown; occurredAt?: string }): void
}

interface Page {
  items: { id: unknown; occurredAt?: string; order?: string }[]
  next: unknown
}

/** What the source gives at the next poll, and with which cursor it was asked. */
let page: Page | undefined
const askedWith: unknown[] = []
const done: string[] = []

const integration = shopIntegration('opaque', {
  sync: onOrder({
    onPoison: 'park',
    lane: (event: Tools['event']) => event.order,
    run: async ({ event, step }: Tools) => void (await step('note', () => done.push(event.order))),
  }),
  poll: {
    kind: 'every',
    interval: 'PT1M',
    async run({ cursor, emit }: Tools) {
      askedWith.push(cursor.value)
      const found = page
      if (!found) return
      page = undefined
      for (const { id, occurredAt, order } of found.items)
        emit(
          { platform: 'shop', event: 'order.created' },
          { id, event: { account: 'ada', order: order ?? String(id) }, ...(occurredAt === undefined ? {} : { occurredAt }) },
        )
      await cursor.advance(found.next)
    },
  },
})

let database: TestDatabase
let partner: PartnerServer
let bridge: WholeBridge

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startPartner()]
  bridge = await startWholeBridge({ database, partner, integrations: [integration] })
  await installInstance(bridge, partner, 'opaque', 'ada')
  await tickEachSecond(database)
})
afterAll(async () => {
  await bridge?.close()
  await partner?.stop()
  await database?.drop()
})

/** Resolves when the poll after the one that read it has begun. */
async function poll(items: Page['items'], next: unknown): Promise<void> {
  page = { items, next }
  await expect.poll(() => page).toBeUndefined()
  const polls = askedWith.length
  await expect.poll(() => askedWith.length).toBeGreaterThan(polls)
}

async function parked(): Promise<{ code: string; message: string; fix: string }[]> {
  const { rows } = await sql<{ code: string; message: string; fix: string }>`
    select failure->>'code' as code, failure->>'message' as message, failure->>'fix' as fix from run where state = 'parked' order by id`.execute(
    database.executor,
  )
  await sql`delete from run where state = 'parked'`.execute(database.executor)
  return rows
}

it('a cursor is the partner’s: it is kept and given back as it was said, whatever characters are in it', async () => {
  for (const next of ['a\0b', 'half \ud83d of a pair', { 'deep\0': ['\\u0000', '\udc00', '\u{1f600}'] }, '2026-11-29T05:00:00Z']) {
    await poll([], next)
    expect(askedWith.at(-1)).toEqual(next)
  }
  expect(await parked()).toEqual([])
})

it('items whose ids or times the database could not keep come once, also when they are listed again', async () => {
  const items = [
    { id: 'nul\0', order: 'nul' },
    { id: 'half \ud83d', order: 'half' },
    { id: 'half \ud83e', order: 'other half' },
    { id: 'x'.repeat(5_000), order: 'long' },
    { id: 7, order: 'number' },
    { id: 'time', order: 'time', occurredAt: 'no\0 time' },
  ]
  await poll(items, 1)
  await poll(items, 2)
  await expect.poll(() => [...done].sort()).toEqual(items.map(({ order }) => order).sort())
  expect(await parked()).toEqual([])
})

it('a long id is known by the same digest, whether its item comes by webhook or by poll', async () => {
  const id = 'y'.repeat(300)
  await send(bridge.url, 'order.created', { account: 'ada', order: 'hooked' }, id)
  await expect.poll(() => done).toContain('hooked')
  await poll(
    [
      { id, order: 'hooked' },
      { id: 'z', order: 'last' },
    ],
    3,
  )
  await expect.poll(() => done).toContain('last')
  expect(done.filter((order) => order === 'hooked')).toHaveLength(1)
})

it('a cursor that is no plain data, or too much of it, stops its poll with what the author has to do, and moves nothing', async () => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  for (const [next, reason] of [
    [10n, 'BigInt'],
    [circular, 'circular'],
    [() => 1, 'a function is no data'],
    ['x'.repeat(300_000), '300002 bytes'],
  ] as const) {
    const before = done.length
    await poll([{ id: crypto.randomUUID(), order: 'never' }], next)
    expect(askedWith.at(-1)).toBe(3)
    expect(await parked()).toEqual([
      { code: 'runtime.cursor_unfit', message: expect.stringContaining(reason), fix: expect.stringContaining('cursor.advance') },
    ])
    expect(done).toHaveLength(before)
  }
  await sql`update flow_schedule set next_at = now() + interval '1 hour'`.execute(database.executor)
  await untilIdle(database)
  expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
})
