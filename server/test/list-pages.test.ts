import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { installUmbrella, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let env: Record<string, string>
const secret = 'a secret of the shop'

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  server = await startTenantServer(database, partner)
  const key = await makeKey(server, ['admin'])
  env = { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: key }
  await installUmbrella(server, key, secret)
  for (const customer of ['birch', 'cedar']) {
    await run('connections', 'add', '--platform', 'crm', '--organization', 'acme', '--customer', customer, '--secret', 'token=t')
    await run('instances', 'add', '--integration', 'shop-crm', '--organization', 'acme', '--customer', customer)
  }
  for (const n of [1, 2, 3])
    await sendWebhook(server, 'shop', secret, { account: 'umbrella', order: `o-${n}` }, { 'x-event': 'order.created' })
  await sendWebhook(server, 'shop', secret, { account: 'nobody', order: 'o-4' }, { 'x-event': 'order.created' })
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const run = (...words: string[]) => runCommand(words, { folder: import.meta.dirname, env })

it.each([
  ['instances', 3],
  ['deliveries', 4],
  ['runs', 3],
] as const)('%s are listed page by page to the last one, as the list itself says', async (noun, count) => {
  await vi.waitFor(async () => expect(JSON.parse((await run(noun, 'list', '--json')).out)[noun]).toHaveLength(count), 10_000)
  const seen: string[] = []
  let more: string[] = []
  for (let page = 0; page < 10; page += 1) {
    const json = JSON.parse((await run(noun, 'list', '--limit', '2', '--json', ...more)).out)
    seen.push(...json[noun].map((one: { id: string }) => one.id))
    const said = /add (--\w+) (\S+)/.exec((await run(noun, 'list', '--limit', '2', ...more)).err)
    expect(said !== null).toBe(json.next !== null)
    if (!said) break
    more = [said[1]!, said[2]!]
  }
  expect(new Set(seen).size).toBe(count)
  expect(seen).toHaveLength(count)
})

it('a delivery of an unknown account says how to bind the account and route it again', async () => {
  await vi.waitFor(
    async () =>
      expect(JSON.parse((await run('deliveries', 'list', '--state', 'account-unknown', '--json')).out).deliveries).toHaveLength(1),
    10_000,
  )
  const [{ id }] = JSON.parse((await run('deliveries', 'list', '--state', 'account-unknown', '--json')).out).deliveries
  const { err } = await run('deliveries', 'show', id)
  expect(err).toContain('bridgekeeper instances change <instance> --account shop=nobody')
  expect(err).toContain(`bridgekeeper deliveries reroute ${id}`)
  await run('instances', 'change', 'birch/main', '--account', 'shop=nobody', '--reason', 'as it says')
  await run('deliveries', 'reroute', id)
  await vi.waitFor(async () => expect((await run('deliveries', 'show', id)).err).toContain(`runs list --delivery ${id}`), 10_000)
})

it('what was not believed is listed with the reason and without its credentials', async () => {
  for (const wrong of ['guess', 'another guess'])
    expect((await sendWebhook(server, 'shop', wrong, {}, { authorization: 'Bearer canary' })).status).toBe(401)
  const refusedOf = async (...words: string[]) => JSON.parse((await run('deliveries', 'refused', '--json', ...words)).out)
  await vi.waitFor(async () => expect((await refusedOf()).refused).toHaveLength(2), 10_000)
  const first = await refusedOf('--limit', '1')
  expect((await refusedOf('--limit', '1', '--before', first.next)).refused).not.toEqual(first.refused)
  expect((await refusedOf('--source', 'crm')).refused).toEqual([])
  expect(first.refused[0]).toMatchObject({ reason: 'signature-mismatch', address: 'common', bytes: 2 })
  expect(JSON.stringify(first)).not.toContain('canary')
  expect((await run('deliveries', 'refused')).out).toMatch(/ shop +common +\S+ +2 +The signature matches under none of the secrets/)
})

it('a body that can not be read is given out byte for byte', async () => {
  const body = Buffer.from('{"order": \u001b[2J\xff\x00', 'latin1')
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const headers = { 'content-type': 'application/json', 'x-delivery': 'unreadable', 'x-hub-signature-256': signature }
  const { delivery } = (await (await fetch(`${server.url}/webhooks/shop`, { method: 'POST', headers, body })).json()) as {
    delivery: string
  }
  await vi.waitFor(
    async () =>
      expect((await run('deliveries', 'show', delivery)).out).toContain(
        `16 bytes that can't be read; as they came: bridgekeeper deliveries body ${delivery}`,
      ),
    10_000,
  )
  const json = JSON.parse((await run('deliveries', 'body', delivery, '--json')).out)
  expect(Buffer.from(json.base64, 'base64')).toEqual(body)
  expect((await run('deliveries', 'body', delivery)).out).toBe(body.toString())
})

it.each([
  'instances list',
  'deliveries list',
  'deliveries refused',
  'runs list',
  'parked list',
  'connections list',
  'circuits',
  'sweeps',
  'hours list',
  'hours sum',
  'receipts list',
  'notifications list',
  'notifications list --dead',
  'subscriptions list',
  'calendar list',
  'contracts notices',
  'slo',
  'maintenance list',
  'api-keys list',
  'webhook-secrets list shop',
])('%s prints JSON when it is asked to', async (line) => {
  const ran = await run(...line.split(' '), '--json')
  expect(ran.err).toBe('')
  expect(() => JSON.parse(ran.out)).not.toThrow()
})

it('hours and receipts of one day are listed page by page, and say how to go on', async () => {
  for (const count of ['1', '2', '3']) {
    await run('hours', 'add', count, 'build', '--organization', 'acme', '--integration', 'shop-crm', '--on', '2026-01-05')
    await run('receipts', 'add', `${count}.00 EUR`, 'orders', '--plan', 'shop-crm', '--on', '2026-01-05')
  }
  for (const noun of ['hours', 'receipts']) {
    const seen: number[] = []
    for (let more: string[] = [], page = 0; page < 5; page += 1) {
      const { out, err } = await run(noun, 'list', '--limit', '1', ...more)
      seen.push(Number(/^2026-01-05 +(\d)/m.exec(out)?.[1] ?? 0))
      const said = /add --before (\S+)/.exec(err)
      if (!said) break
      more = ['--before', said[1]!]
    }
    expect(seen, noun).toEqual([3, 2, 1, 0])
  }
})
