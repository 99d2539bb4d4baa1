import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareContracts, reachOf, readContract } from '../src/contracts/index.ts'
import { connectedInstances } from '../src/runtime/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

/** More instances than any page holds. The last one of each integration uses what no other does. */
const ours = 10_500
const theirs = 1_200
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let hooli: string

const operation = { responses: { 200: { description: 'ok' } } }
const document = (paths: Record<string, object>) => JSON.stringify({ openapi: '3.0.3', info: { title: 'crm', version: '1' }, paths })
const published = document({ '/contacts': { get: operation }, '/rare': { get: operation } })
const proposed = document({ '/contacts': { get: operation } })

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  server = await startTenantServer(database, partner)
  hooli = await makeKey(server, ['read', 'write', 'check'], { organization: 'hooli' })
  await ask(server, hooli, 'POST', '/platforms/crm/contract-versions', { document: published, state: 'published' })
  await add('shop-crm', 'acme', 1, ours)
  await add('desk-erp', 'globex', 2, theirs)
  await sql`analyze`.execute(database.executor)
}, 120_000)
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

/** Ids in the order of their numbers; each is connected to crm and was seen to read contacts, the last one to read what is rare. */
async function add(integration: string, organization: string, kind: number, count: number): Promise<void> {
  const id = sql`('0190a000-0000-7000-800' || ${String(kind)} || '-' || lpad(to_hex(n), 12, '0'))::uuid`
  await sql`insert into instance (id, integration, organization, customer, name, key, revision)
    select ${id}, ${integration}, ${organization}, 'c' || n, 'main', ${integration} || n, 1 from generate_series(1, ${count}::int) n`.execute(
    database.executor,
  )
  await sql`insert into instance_revision (instance_id, revision, version, settings, mappings, connections, changed_by)
    select ${id}, 1, '1.0.0', '{}', '{}', jsonb_build_object('crm', n), 'test' from generate_series(1, ${count}::int) n`.execute(
    database.executor,
  )
  await sql`insert into contract_usage (instance_id, platform, day, surface, method, path, kind, name, value, seen, last_at)
    select ${id}, 'crm', current_date - ago, 'operation', 'GET', case when n = ${count}::int then '/rare' else '/contacts' end, 'call', '', '', 30, now()
    from generate_series(1, ${count}::int) n, unnest(array[40, 1]) ago`.execute(database.executor)
}

describe('a platform with more instances than fit on a page', () => {
  it('is judged to the last of them: the one that breaks is listed, the rest is counted, and so are those that may not be seen', async () => {
    const { status, json, text } = await ask(server, hooli, 'POST', '/platforms/crm/contract-check', { document: proposed })
    expect(status, text.slice(0, 500)).toBe(200)
    expect(json).toMatchObject({
      verdict: 'notice owed',
      notListed: { clients: ours - 1_000, ok: ours - 1_000, 'notice owed': 0 },
      withheld: { clients: theirs, ok: theirs - 1, 'notice owed': 1 },
      unused: [],
    })
    expect(json.clients).toHaveLength(1_000)
    expect(json.clients[0]).toMatchObject({ client: { customer: `c${ours}` }, verdict: 'notice owed' })
  }, 120_000)

  it('tells the same when a version is proposed, and lists usage page by page', async () => {
    const { json } = await ask(server, hooli, 'POST', '/platforms/crm/contract-versions', { document: proposed })
    expect([json.notListed, json.impact.length]).toEqual([ours - 1_000, 1_000])
    expect(json.impact[0]).toMatchObject({ client: { customer: `c${ours}` }, outcome: 'break' })
    const customers = new Set<string>()
    for (let after = ''; ; ) {
      const page = (await ask(server, hooli, 'GET', `/platforms/crm/usage${after}`)).json
      for (const { customer } of page.usage) customers.add(customer)
      if (page.next === null) break
      after = `?after=${page.next}`
    }
    expect(customers.size).toBe(ours)
  }, 120_000)

  it('reaches an integration by its last instance', async () => {
    const [before, after] = [await readContract({ text: published, name: 'a' }), await readContract({ text: proposed, name: 'b' })]
    const change = { before, after, findings: compareContracts(before, after) }
    const side = { organization: 'hooli', platforms: ['crm'] }
    const integrations = new Map(['shop-crm', 'desk-erp'].map((name) => [name, { metadata: { name }, spec: { sides: [side] } }]))
    const parts = { workspace: { integrations, agreementsOf: () => [] } as never, clients: connectedInstances }
    const reach = await reachOf(database.executor, parts, 'crm', change, new Date())
    expect(reach(change.findings)).toEqual(['shop-crm', 'desk-erp'])
    await sql`delete from contract_usage where path = '/rare' and instance_id::text like '0190a000-0000-7000-8001%'`.execute(
      database.executor,
    )
    await sql`update instance set state = 'removed' where customer = ${`c${ours}`}`.execute(database.executor)
    expect((await reachOf(database.executor, parts, 'crm', change, new Date()))(change.findings)).toEqual(['desk-erp'])
  }, 120_000)
})
