import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createContractShelf,
  createRegistry,
  moveNotices,
  noticeChange,
  noticeFirst,
  reachOf,
  widenNotices,
} from '../src/contracts/index.ts'
import { listNotices } from '../src/contracts/notices/queries.ts'
import { addUsage } from '../src/contracts/usage/queries.ts'
import type { UsageFact } from '../src/contracts/usage/usage-fact.ts'
import { listNotifications } from '../src/notifications/index.ts'
import type { Workspace } from '../src/workspace/index.ts'
import { bridgedTwice } from './bridged-twice.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/** acme's shop is bridged to hooli and to globex. Much of its API was deprecated long before anybody looked. */
let database: TestDatabase
let workspace: Workspace
const [atHooli, atGlobex] = ['0190a000-0000-7000-8000-000000000001', '0190a000-0000-7000-8000-000000000002'] as const
const clients = async function* () {
  yield [
    { instanceId: atHooli, name: 'main', integration: 'shop-crm', customer: 'north' },
    { instanceId: atGlobex, name: 'main', integration: 'shop-desk', customer: 'south' },
  ]
}
const responses = {
  200: { description: 'ok', content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
}
type Marks = Record<'orders' | 'limit' | 'status' | 'export', object>
const nothing: Marks = { orders: {}, limit: {}, status: {}, export: {} }
const standing: Marks = {
  ...nothing,
  limit: { deprecated: true },
  status: { deprecated: true, description: 'Deprecated: use state.' },
  export: { deprecated: true, 'x-sunset': '2024-05-01' },
}
const documentOf = ({ orders, limit, status, export: exported }: Marks, without: string[] = []) => {
  const paths: Record<string, object> = {
    '/orders': { get: { ...orders, parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' }, ...limit }], responses } },
    '/export': { get: { ...exported, responses } },
    '/kept': { get: { responses: { 200: { description: 'ok' } } } },
  }
  for (const path of without) delete paths[path]
  const Order = {
    type: 'object',
    properties: { id: { type: 'string' }, status: { type: 'string', ...status }, __proto__: { type: 'string' } },
  }
  return JSON.stringify({ openapi: '3.0.3', info: { title: 'shop', version: '1' }, paths, components: { schemas: { Order } } })
}
const at = (day: string) => new Date(`${day}T08:00:00Z`)
const publish = (text: string, day: string) =>
  createRegistry({
    database,
    onFirst: async (tx, version, contract) => void (await noticeFirst(tx, version.platform, contract, version.publishedAt!, version)),
    prepare: (platform, change, now) => reachOf(database.executor, { workspace, clients }, platform, change, now),
    onPublished: async (tx, version, change, reach) =>
      void (await noticeChange(tx, version.platform, change, version.publishedAt!, { reach, version })),
  }).receive({ platform: 'shop', text, source: 'upload', origin: 'test', vouched: true, at: at(day) })
const calls = (instanceId: string, day: string, path: string, more: Partial<UsageFact>[] = []) =>
  addUsage(
    database.executor,
    [{ kind: 'call' as const }, ...more].map((fact) => ({
      instanceId,
      platform: 'shop',
      day,
      surface: 'operation',
      method: 'GET',
      path,
      kind: 'call',
      name: '',
      value: '',
      seen: 60,
      lastAt: at(day),
      ...fact,
    })),
  )
const move = (day: string) => moveNotices(database, workspace, at(day))
const widen = (day: string, memory = new Map<string, string>()) => widenNotices(database, { workspace, clients }, at(day), memory)
const told = async () =>
  (await listNotifications(database.executor, { organization: null, limit: 200 }))
    .map(({ organization, kind, data }) => `${organization} ${kind} ${data.place}`)
    .sort()
const states = async () => Object.fromEntries((await listNotices(database.executor, ['shop'])).map(({ place, state }) => [place, state]))

beforeEach(async () => {
  database = await createTestDatabase()
  workspace = await bridgedTwice()
})
afterEach(() => database.drop())

describe('what was announced before anybody looked', () => {
  it('is kept and told to nobody, unless a day is to come', async () => {
    await publish(documentOf({ ...standing, orders: { deprecated: true, 'x-sunset': '2027-06-01' } }), '2026-03-01')
    await move('2026-03-01')
    expect(await told()).toEqual(['acme', 'globex', 'hooli'].map((name) => `${name} notice.announced GET /orders`))
    expect(await states()).toEqual({
      'GET /orders': 'noticed',
      'GET /orders query limit': 'standing',
      'Order.status': 'standing',
      'GET /export': 'standing',
    })
    const passed = (await listNotices(database.executor, ['shop'])).find(({ place }) => place === 'GET /export')!
    expect(passed).toMatchObject({ effectiveOn: null, words: expect.stringContaining('2024-05-01, has passed, and it is still there.') })
    await move('2027-01-01')
    expect((await told()).filter((line) => !line.includes('/orders'))).toEqual([])
  })

  it('is told to whoever is seen to use it, by what it really uses, once', async () => {
    await publish(documentOf(standing), '2026-03-01')
    await calls(atHooli, '2026-03-02', '/kept')
    await calls(atGlobex, '2026-03-02', '/orders', [{ kind: 'watched' }, { kind: 'read', name: 'id' }])
    expect(await widen('2026-03-03')).toBe(0)
    await calls(atGlobex, '2026-03-04', '/orders', [{ kind: 'watched' }, { kind: 'read', name: 'status' }])
    expect(await widen('2026-03-05')).toBe(1)
    await move('2026-03-05')
    expect(await told()).toEqual(['acme', 'globex'].map((name) => `${name} notice.announced Order.status`))
    await calls(atHooli, '2026-03-06', '/export')
    expect(await widen('2026-03-07')).toBe(1)
    await move('2026-03-07')
    expect(await states()).toEqual({ 'GET /orders query limit': 'standing', 'Order.status': 'noticed', 'GET /export': 'noticed' })
    expect((await told()).filter((line) => line.includes('/export'))).toEqual(
      ['acme', 'hooli'].map((name) => `${name} notice.announced GET /export`),
    )
    const before = await told()
    expect(await widen('2026-03-08')).toBe(0)
    await move('2026-03-08')
    expect(await told()).toEqual(before)
  })

  it('is told when a day is given, and when it goes without one; taken back, it is told to nobody', async () => {
    await publish(documentOf(standing), '2026-03-01')
    await move('2026-03-01')
    await publish(documentOf({ ...standing, limit: {}, status: { deprecated: true, 'x-sunset': '2027-06-01' } }, ['/export']), '2026-03-10')
    await move('2026-03-10')
    expect(await states()).toEqual({ 'GET /orders query limit': 'withdrawn', 'Order.status': 'noticed', 'GET /export': 'effective' })
    const everybody = (line: string) => ['acme', 'globex', 'hooli'].map((name) => `${name} ${line}`)
    expect(await told()).toEqual([...everybody('notice.announced Order.status'), ...everybody('notice.in-force GET /export')].sort())
    // The day that had passed when we first looked says nothing about when it went.
    const gone = (await listNotices(database.executor, ['shop'])).find(({ place }) => place === 'GET /export')!
    expect(gone).toMatchObject({ effectiveOn: '2026-03-10', silent: false, announcedAt: at('2026-03-01') })
  })

  it('holds for what is deprecated from its first day: nobody uses it yet, and who begins to is told', async () => {
    await publish(documentOf(nothing, ['/export', '/orders']), '2026-03-01')
    const born = { ...standing, status: {}, orders: { deprecated: true, 'x-sunset': '2027-06-01' } }
    await publish(documentOf(born), '2026-03-10')
    await move('2026-03-10')
    expect(await told()).toEqual([])
    expect(await states()).toMatchObject({ 'GET /orders': 'noticed', 'GET /orders query limit': 'standing', 'GET /export': 'standing' })
    await calls(atHooli, '2026-03-11', '/export')
    await calls(atGlobex, '2026-03-11', '/orders')
    expect(await widen('2026-03-12')).toBe(2)
    await move('2026-03-12')
    const lines = (await told()).filter((line) => !line.startsWith('acme'))
    expect(lines).toEqual(['globex notice.announced GET /orders', 'hooli notice.announced GET /export'])
  })

  it('costs no reading of contracts as long as nothing else is used, however often', async () => {
    await publish(documentOf(standing), '2026-03-01')
    await calls(atHooli, '2026-03-02', '/kept')
    let reads = 0
    const shelf = createContractShelf()
    const counting = {
      ...shelf,
      read: (...asked: Parameters<typeof shelf.read>) => {
        reads += 1
        return shelf.read(...asked)
      },
    }
    const memory = new Map<string, string>()
    const look = (day: string) => widenNotices(database, { workspace, clients }, at(day), memory, counting)
    await look('2026-03-03')
    expect(reads).toBe(1)
    await calls(atHooli, '2026-03-03', '/kept')
    await look('2026-03-04')
    expect(reads).toBe(1)
    await calls(atHooli, '2026-03-04', '/export')
    expect(await look('2026-03-05')).toBe(1)
    expect(reads).toBe(2)
  })
})
