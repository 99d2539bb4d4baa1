import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type Connection, type Connections, createConnections, generateKey, parseKeyRing, Secret } from './index.ts'

const keyRing = parseKeyRing(generateKey(new Date()), 'test')
let database: TestDatabase
let here: Connections
let there: Connections
let customers = 0

beforeAll(async () => {
  database = await createTestDatabase()
  here = createConnections({ database, keyRing, pollIntervalMs: 50 })
  there = createConnections({ database, keyRing, pollIntervalMs: 50 })
})
afterAll(async () => {
  await Promise.all([here?.close(), there?.close()])
  await database?.drop()
})

const add = (input: Partial<Connection> = {}, token = 'tok-1'): Promise<Connection> =>
  here.add(
    { platform: 'github', organization: 'acme', customer: input.customer ?? `c${++customers}`, authentication: { kind: 'bearer' } },
    { token: new Secret(token) },
  )
const sent = async (connections: Connections, id: string) => (await connections.authorize(id)).apply({ headers: {}, path: '/' }).headers
const eventually = (claim: () => Promise<void> | void) => vi.waitFor(claim, { timeout: 10_000, interval: 20 })

describe('connections', () => {
  it('keeps credentials sealed in the database and sends them from another process', async () => {
    const { id } = await add({}, 'canary-in-the-database')
    expect(await sent(there, id)).toEqual({ authorization: 'Bearer canary-in-the-database' })
    const { rows } = await database.pool.query('select connection::text as text from connection where id = $1', [id])
    expect(rows[0].text).toContain('bk1:')
    expect(rows[0].text).not.toContain('canary')
  })

  it('refuses a second connection of the same name for one customer', async () => {
    await add({ customer: 'twice' })
    await expect(add({ customer: 'twice' })).rejects.toMatchObject({ code: 'connections.connection_exists' })
  })

  it('shows a new credential, a pause and its end to other processes within a second', async () => {
    const { id } = await add()
    await sent(there, id)
    await here.replaceSecrets(id, { token: new Secret('tok-2') })
    await eventually(async () => expect(await sent(there, id)).toEqual({ authorization: 'Bearer tok-2' }))
    await here.pause(id, Number.POSITIVE_INFINITY, 'maintenance at the partner')
    await eventually(() => expect(there.peek(id)).toMatchObject({ pausedUntilMs: Number.POSITIVE_INFINITY, secretVersion: 2 }))
    await there.resume(id)
    await eventually(() => expect(here.peek(id)).toMatchObject({ pausedUntilMs: null, pauseReason: null }))
  })

  it('tells listeners of changes made elsewhere, each once, also of connections that are not in memory', async () => {
    const { id } = await add()
    const seen: (string | null)[] = []
    // That it was added may be told, too, if the poll comes between.
    there.onChange((connection) => connection.id === id && connection.pauseReason && seen.push(connection.pauseReason))
    await here.pause(id, Date.now() + 60_000, 'one')
    await eventually(() => expect(seen).toEqual(['one']))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(seen).toEqual(['one'])
  })

  it('lets a partner lengthen a pause but never shorten the one of a person', async () => {
    const { id } = await add()
    const soon = Date.now() + 10_000
    await here.throttle(id, soon, '429')
    await here.throttle(id, soon - 5_000, '429 again')
    expect(await here.get(id)).toMatchObject({ pausedUntilMs: soon, pauseReason: '429' })
    await here.pause(id, Number.POSITIVE_INFINITY, 'by anna')
    await here.throttle(id, soon + 99_000, '429')
    expect(await here.get(id)).toMatchObject({ pausedUntilMs: Number.POSITIVE_INFINITY, pauseReason: 'by anna' })
  })

  it('ignores a late verdict about an older credential', async () => {
    const { id } = await add()
    expect(await here.setState(id, 1, 'needs-reauth', '401')).toBe(true)
    await here.replaceSecrets(id, { token: new Secret('tok-2') })
    expect(await here.setState(id, 1, 'needs-reauth', '401')).toBe(false)
    expect(await here.get(id)).toMatchObject({ state: 'healthy', stateReason: null })
  })

  it('lists in pages by filter', async () => {
    const own = [await add({ customer: 'list-a' }), await add({ customer: 'list-b' })]
    expect((await here.list({ customer: 'list-a' })).map((connection) => connection.id)).toEqual([own[0]!.id])
    const page = await here.list({ platform: 'github', limit: 1, after: own[0]!.id })
    expect(page.map((connection) => connection.id)).toEqual([own[1]!.id])
    expect(JSON.stringify(page)).not.toMatch(/bk1:|tok-/)
  })

  it('says so when a connection is unknown', async () => {
    const id = '01890000-0000-7000-8000-000000000000'
    for (const act of [here.get, here.authorize, here.resume, here.remove, (unknown: string) => here.replaceSecrets(unknown, {})]) {
      await expect(act(id)).rejects.toMatchObject({ code: 'connections.connection_unknown' })
    }
  })

  it('does not open a ciphertext that was copied from another connection', async () => {
    const [from, to] = [await add({}, 'stolen'), await add()]
    await database.pool.query('update connection set secrets = (select secrets from connection where id = $1) where id = $2', [
      from.id,
      to.id,
    ])
    await eventually(() => expect(here.authorize(to.id)).rejects.toMatchObject({ code: 'connections.secret_unreadable' }))
  })
})

describe('webhook secrets', () => {
  const mac = (value: string) => expect.objectContaining({ id: value })

  it('keep old and new in force during the overlap, then only the new, in every process', async () => {
    const first = await here.webhookSecrets.add('github', new Secret('first'))
    expect(await there.webhookSecrets.inForce('github')).toEqual([mac(first.id)])
    const second = await here.webhookSecrets.rotate('github', new Secret('second'), 600)
    await eventually(async () => expect(await there.webhookSecrets.inForce('github')).toEqual([mac(second.id), mac(first.id)]))
    const [newest, oldest] = await there.webhookSecrets.inForce('github')
    expect([newest!.equals('second'), oldest!.equals('first')]).toEqual([true, true])
    await eventually(async () => expect(await there.webhookSecrets.inForce('github')).toEqual([mac(second.id)]))
    await here.webhookSecrets.end('github', second.id)
    await eventually(async () => expect(await there.webhookSecrets.inForce('github')).toEqual([]))
  })

  it('do not open under another source', async () => {
    const { id } = await here.webhookSecrets.add('stripe', new Secret('whsec_x'))
    await database.pool.query("update webhook_secret set source = 'slack' where id = $1", [id])
    await expect(there.webhookSecrets.inForce('slack')).rejects.toMatchObject({ code: 'connections.secret_unreadable' })
  })

  it('are refused when empty', async () => {
    await expect(here.webhookSecrets.add('github', new Secret(' \n'))).rejects.toMatchObject({ code: 'connections.secret_malformed' })
  })
})
