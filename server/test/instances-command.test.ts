import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadWorkspace } from '../src/workspace/index.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let env: Record<string, string>

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  workspace.integrations.get('shop-crm')!.spec.stage = 'experimental'
  server = await startTenantServer(database, partner, { workspace })
  env = { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: await makeKey(server, ['admin']) }
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const run = (...words: string[]) => runCommand(words, { folder: import.meta.dirname, env })

it('what a customer pays and until when is told, shown, changed and taken back from the command line', async () => {
  const added = await run(
    ...['instances', 'add', '--integration', 'shop-crm', '--organization', 'acme', '--customer', 'umbrella'],
    ...['--revenue', '49.00 EUR', '--term-ends', '2027-06-30', '--affiliated', 'no'],
  )
  expect(added.exitCode, added.err).toBe(0)
  const line = 'customer: not paying, 49.00 EUR a month, term ends 2027-06-30, unaffiliated'
  expect(added.out).toContain(line)
  expect((await run('instances', 'show', 'umbrella/main')).out).toContain(line)
  const changed = await run('instances', 'change', 'umbrella/main', '--revenue', '1500 JPY', '--term-ends', 'none')
  expect(changed.out).toContain('customer: not paying, 1500 JPY a month, term ends unknown, unaffiliated')
  expect(changed.err + changed.out).not.toContain('Undo')
})

it('a gate that refuses a paying customer and an amount that is none are told with what to do', async () => {
  const paying = await run('instances', 'change', 'umbrella/main', '--paying')
  expect(paying.exitCode).not.toBe(0)
  expect(paying.err).toContain("can't be bound to the paying customer umbrella")
  for (const amount of ['49 euros', '49.001 EUR', '1.5 JPY', '5 XXQ'])
    expect((await run('instances', 'change', 'umbrella/main', '--revenue', amount)).err).toContain(
      'An amount is given as number and currency',
    )
})

it('R7: how installations differ and what an upgrade would do is one list, the most customised first', async () => {
  const add = (customer: string, ...more: string[]) =>
    run('instances', 'add', '--integration', 'shop-crm', '--organization', 'acme', '--customer', customer, ...more)
  expect((await add('plain')).exitCode).toBe(0)
  expect((await add('probe', '--synthetic')).exitCode).toBe(0)
  const { exitCode, out, err } = await run('instances', 'customisation', 'shop-crm')
  expect(exitCode, err).toBe(0)
  expect(out).toMatch(/plain\/main\s+\S+\s+standard\s+usual\s+default/)
  expect(out).toContain('would change nothing for')
  expect(out).not.toContain('probe')
  const { counts, instances, index } = JSON.parse((await run('instances', 'customisation', 'shop-crm', '--json')).out)
  expect(Object.values<number>(counts).reduce((sum, count) => sum + count)).toBe(instances.length)
  expect(index).toBe(0)
  expect((await run('instances', 'customisation', 'nothing')).exitCode).toBe(2)
  expect((await run('instances', 'customisation', 'shop-crm', '--to', '9.9.9')).err).toContain('9.9.9')
})

it('an instance says what it is not connected to yet, takes connections by name and shows them so, and shows addresses of platforms that send webhooks alone', async () => {
  const added = await run('instances', 'add', '--integration', 'shop-crm', '--organization', 'acme', '--customer', 'wonka')
  expect(added.err).toContain('No connection to crm is named: bridgekeeper instances change wonka/main --connect crm=wonka/crm')
  expect(added.out).toMatch(/webhooks: \n {2}shop = \S+\/webhooks\/shop\/\S+\n$/)
  const wrong = await run('instances', 'change', 'wonka/main', '--connect', 'crm=wonka/crm')
  expect(wrong.err).toContain('connections.connection_unknown')
  await run('connections', 'add', '--platform', 'crm', '--organization', 'acme', '--customer', 'wonka', '--secret', 'token=t')
  const { unconnected, connections } = JSON.parse(
    (await run('instances', 'change', 'wonka/main', '--connect', 'crm=wonka/crm', '--json')).out,
  )
  expect(unconnected).toEqual(['shop'])
  const show = async (...more: string[]) => (await run('instances', 'show', 'wonka/main', ...more)).out
  expect(await show()).toContain('connections: \n  crm = wonka/crm/default, healthy\n')
  expect(JSON.parse(await show('--json')).connections).toEqual(connections)
  expect(connections.crm).toMatch(/^[\da-f-]{36}$/)
  await run('connections', 'pause', 'wonka/crm', '--reason', 'a test')
  expect(await show()).toContain('\n  crm = wonka/crm/default, paused until it is resumed (healthy)\n')
})

it('one whose integration has left the workspace is still listed, shown and removed', async () => {
  const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  const integrations = new Map([...workspace.integrations].filter(([name]) => name !== 'shop-crm'))
  const without = await startTenantServer(database, partner, { workspace: { ...workspace, integrations } })
  const there = { BRIDGEKEEPER_URL: without.url, BRIDGEKEEPER_KEY: env.BRIDGEKEEPER_KEY! }
  const runThere = (...words: string[]) => runCommand(words, { folder: import.meta.dirname, env: there })
  try {
    expect((await runThere('instances', 'list')).out).toContain('wonka/main')
    expect(await runThere('instances', 'show', 'wonka/main')).toMatchObject({ exitCode: 0, out: expect.stringContaining('webhooks: none') })
    expect((await runThere('instances', 'remove', 'wonka/main')).err).toContain('Add --yes to do it.')
    expect(await runThere('instances', 'remove', 'wonka/main', '--yes')).toMatchObject({ exitCode: 0, out: 'wonka/main is removed.\n' })
    expect((await runThere('instances', 'change', 'wonka/main', '--set', 'a=1')).err).toContain('runtime.instance_removed')
  } finally {
    await without.stop()
  }
})

it('what was removed is made anew under its name; both are listed and told apart', async () => {
  const add = () => run('instances', 'add', '--integration', 'shop-crm', '--organization', 'acme', '--customer', 'stark', '--json')
  const old = JSON.parse((await add()).out)
  expect((await add()).out).toContain('remove it first: that frees its name')
  const removed = await run('instances', 'remove', 'stark/main', '--yes')
  expect(removed.err).toContain(`bridgekeeper runs list --instance ${old.id}`)
  const anew = JSON.parse((await add()).out)
  expect((await run('instances', 'show', 'stark/main')).out).toContain(`active, revision 1, id ${anew.id}`)
  expect((await run('instances', 'show', old.id)).out).toContain(`removed, revision 1, id ${old.id}`)
  const { out } = await run('instances', 'list', '--customer', 'stark')
  expect(out).toMatch(new RegExp(`removed .*${old.id}\\s+stark/main.* active .*${anew.id}`))
  expect((await run('instances', 'pause', 'main')).err).toContain('Several instances are called main')
})
