import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningSandbox, startSandbox } from './index.ts'
import { shopContract } from './shop.contract.ts'
import { clientOf } from './test-client.ts'

let sandbox: RunningSandbox
let call: ReturnType<typeof clientOf>
const form = { 'content-type': 'application/x-www-form-urlencoded' }

beforeAll(async () => {
  sandbox = await startSandbox({ contract: shopContract })
  call = clientOf(sandbox.url)
})
afterAll(() => sandbox.stop())
beforeEach(() => sandbox.state.reset())

const order = async (total = 5) => (await call('POST', '/orders', { order: { total } })).body.order

describe('wrapped records', () => {
  it('are unwrapped, kept and wrapped again', async () => {
    const made = await order()
    expect(made).toMatchObject({ state: 'open', total: 5, archived: false })
    expect((await call('GET', `/orders/${made.id}`)).body).toEqual({ order: made })
    const replaced = (await call('PUT', `/orders/${made.id}`, { order: { total: 9, note: 'n' } })).body.order
    expect(replaced).toMatchObject({ id: made.id, total: 9, note: 'n', created_at: made.created_at })
    expect((await call('PUT', `/orders/${made.id}`, { order: { total: 8 } })).body.order.note).toBeNull()
  })

  it('follow 3.0’s own words: readOnly is not asked for, exclusiveMinimum is a flag, nullable takes null', async () => {
    expect((await call('POST', '/orders', { order: { total: 0 } })).body.errors).toEqual([
      { in: 'body', at: '/order/total', message: 'must be > 0', found: '0' },
    ])
    expect((await call('POST', '/orders', { order: { total: 1, note: null } })).status).toBe(201)
    expect((await call('POST', '/orders', { order: { total: 1, note: 5 } })).status).toBe(422)
    expect(Object.keys(await order())).not.toContain('secret')
  })
})

describe('actions', () => {
  it('set the state that their verb names, and take known fields of the body', async () => {
    const made = await order()
    const cancelled = (await call('POST', `/orders/${made.id}/cancel`, { note: 'too late' })).body.order
    expect(cancelled).toMatchObject({ state: 'cancelled', note: 'too late' })
    expect(cancelled.cancelled_at).toMatch(/^2026/)
    expect((await call('POST', '/orders/1/cancel', {})).status).toBe(404)
  })

  it('switch a flag on with PUT and off with DELETE', async () => {
    const made = await order()
    expect((await call('PUT', `/orders/${made.id}/archive`)).status).toBe(204)
    expect((await call('GET', `/orders/${made.id}`)).body.order.archived).toBe(true)
    await call('DELETE', `/orders/${made.id}/archive`)
    expect((await call('GET', `/orders/${made.id}`)).body.order.archived).toBe(false)
  })
})

describe('pages', () => {
  it('by number, with totals and the address of the next page, which works', async () => {
    for (let i = 1; i <= 5; i++) await order(i)
    const first = (await call('GET', '/orders?per_page=2')).body
    expect(first).toMatchObject({ total_count: 5, page: 1 })
    const seen = [first]
    while (seen.at(-1).next_page) seen.push(await (await fetch(seen.at(-1).next_page)).json())
    expect(seen.map((page) => page.orders.map((one: { total: number }) => one.total))).toEqual([[1, 2], [3, 4], [5]])
    expect((await call('GET', '/orders?total_gte=4')).body.total_count).toBe(2)
    expect((await call('GET', '/orders?state=paid')).body.total_count).toBe(0)
  })

  it('by offset, with Link headers', async () => {
    for (const name of ['a', 'b', 'c']) await call('POST', '/items', { name })
    const page = await call('GET', '/items?limit=2')
    expect(page.body.map((one: { name: string }) => one.name)).toEqual(['a', 'b'])
    const next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link')!)![1]!
    expect(((await (await fetch(next)).json()) as { name: string }[]).map((one) => one.name)).toEqual(['c'])
  })

  it('by the last id, in both list and filters of deep objects', async () => {
    const made: { id: string; created: number }[] = []
    for (let i = 0; i < 3; i++) made.push((await call('POST', '/charges', `amount=${i}`, form)).body)
    const first = (await call('GET', '/charges?limit=2')).body
    expect(first).toMatchObject({ object: 'list', has_more: true })
    const rest = (await call('GET', `/charges?limit=2&starting_after=${first.data[1].id}`)).body
    expect(rest).toMatchObject({ has_more: false, data: [{ id: made[2]!.id }] })
    expect(
      (await call('GET', `/charges?created[gte]=${made[1]!.created}&created[lt]=${made[2]!.created}`)).body.data.map(
        (one: { id: string }) => one.id,
      ),
    ).toEqual([made[1]!.id])
  })
})

describe('forms', () => {
  it('are read with brackets and typed by the contract', async () => {
    const made = (await call('POST', '/charges', 'amount=500&description=42&livemode=true&metadata[order]=7&tags[]=a&tags[]=b', form)).body
    expect(made).toMatchObject({ amount: 500, description: '42', livemode: true, metadata: { order: '7' }, tags: ['a', 'b'] })
    expect(made.id).toMatch(/^ch_\d[A-Z][a-z]{2}[A-Z]/)
    const changed = (await call('POST', `/charges/${made.id}`, 'metadata[more]=x', form)).body
    expect(changed.metadata).toEqual({ order: '7', more: 'x' })
    expect((await call('DELETE', `/charges/${made.id}`)).body).toEqual({ id: made.id, deleted: true })
    const wrong = await call('POST', '/charges', 'amount=much', form)
    expect(wrong.body.errors).toEqual([{ in: 'body', at: '/amount', message: 'must be integer', found: '"much"' }])
  })
})

describe('sets of names', () => {
  it('are a field of their parent', async () => {
    await call('POST', '/items', { name: 'chair', colors: [] })
    const added = (await call('POST', '/items/chair/colors', { colors: ['red', 'blue'] })).body
    expect(added.map((one: { name: string }) => one.name)).toEqual(['red', 'blue'])
    expect(added[0].id).not.toBe(added[1].id)
    await call('POST', '/items/chair/colors', { colors: ['red'] })
    expect((await call('GET', '/items/chair')).body.colors).toEqual(added)
    expect((await call('GET', '/items?colors=red,blue')).body).toHaveLength(1)
    expect((await call('GET', '/items?colors=red,green')).body).toHaveLength(0)
    expect((await call('DELETE', '/items/chair/colors/red')).body).toEqual([added[1]])
    expect((await call('DELETE', '/items/chair/colors/red')).status).toBe(404)
    expect((await call('PUT', '/items/chair/colors', { colors: ['green'] })).body).toMatchObject([{ name: 'green' }])
  })
})

describe('other paths', () => {
  it('keep one document, and make records that a PUT names', async () => {
    expect((await call('GET', '/settings')).body.language).toBe('en')
    expect((await call('PATCH', '/settings', { language: 'de', theme: 'dark' })).body).toEqual({ language: 'de', theme: 'dark' })
    expect((await call('GET', '/settings')).body).toEqual({ language: 'de', theme: 'dark' })
    expect((await call('GET', '/flags/beta')).status).toBe(404)
    expect((await call('PUT', '/flags/beta', { on: true })).body).toEqual({ key: 'beta', on: true })
    expect((await call('GET', '/flags/beta')).body).toEqual({ key: 'beta', on: true })
  })

  it('refuse a second record with the client’s own key', async () => {
    await call('POST', '/items', { name: 'a/b' })
    const twice = await call('POST', '/items', { name: 'a/b' })
    expect([twice.status, twice.body.code]).toEqual([409, 'sandbox.record_exists'])
    expect((await call('GET', '/items/a%2Fb')).body.name).toBe('a/b')
  })

  it('fill lists that nobody can write, take paths of several segments, and the base path of the server', async () => {
    const listed = (await call('GET', '/currencies')).body
    expect(listed).toHaveLength(2)
    expect(listed[0].code).toMatch(/^[A-Z]{3}$/)
    expect((await call('GET', '/currencies')).body).toEqual(listed)
    expect((await call('GET', '/files/a/b/c.txt')).headers.get('content-type')).toContain('text/plain')
    expect((await call('GET', '/api/v2/settings')).status).toBe(200)
  })
})
