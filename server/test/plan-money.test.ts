import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { uuidv7 } from '../src/database/index.ts'
import { createApp } from '../src/http/index.ts'
import { addApiKey } from '../src/identity/index.ts'
import { createLog, createMetrics } from '../src/observation/index.ts'
import { planningRoutes, receiptRoutes } from '../src/planning/index.ts'
import { type CustomerFactsChange, setCustomerFacts } from '../src/runtime/customer-facts.ts'
import { readRevenue } from '../src/runtime/index.ts'
import { loadWorkspace } from '../src/workspace/index.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let server: Server
let folder: string
const keys = new Map<string, string>()
const monthMs = (86_400_000 * 365.25) / 12

/** Two open platforms, launched a year ago; the plan's customers are instances of `deskline-ledgerly`. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-money-'))
  await cp(join(import.meta.dirname, '..', '..', 'examples', 'plans', 'two-open-platforms'), folder, { recursive: true })
  const file = join(folder, 'plan.yaml')
  const launchedOn = new Date(Date.now() - 12 * monthMs).toISOString().slice(0, 10)
  const decidedOn = new Date(Date.now() - 16 * monthMs).toISOString().slice(0, 10)
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/decidedOn: \S+/, `decidedOn: ${decidedOn}`).replace(/reviewOn: (\S+)/, `launchedOn: ${launchedOn}`))
  await writeFile(
    join(folder, 'integration.yaml'),
    'apiVersion: bridgekeeper.dev/v1\nkind: Integration\nmetadata: { name: bridge }\nspec:\n  stage: ga\n  relationship: direct\n  sides:\n    - { organization: deskline, platforms: [deskline-helpdesk] }\n    - { organization: ledgerly, platforms: [ledgerly-billing] }\n    - { organization: northbeam }\n',
  )
  await writeFile(file, (await readFile(file, 'utf8')).replace('  status: decided', '  integration: bridge\n  status: decided'))
  const { workspace, problems } = await loadWorkspace(folder)
  expect(problems).toEqual([])
  database = await createTestDatabase()
  await sql`insert into stage_admission (id, integration, position, stage, how, signed_by, reason)
    values (gen_random_uuid(), 'bridge', 1, 'ga', 'adopted', '{deskline/ada,ledgerly/leo}', 'ran for a year')`.execute(database.executor)
  for (const organization of [null, 'deskline', 'ledgerly', 'stranger']) {
    const scopes = organization ? (['read', 'write'] as const) : (['admin'] as const)
    const key = { name: `${organization}`, organization, customer: null, scopes: [...scopes], createdBy: 'test' }
    keys.set(organization ?? 'operator', (await addApiKey(database.executor, key)).secret)
  }
  const revenueOf = (names: readonly string[]) => readRevenue(database.executor, names, new Date())
  const app = createApp({
    database,
    workspace: () => workspace,
    metrics: createMetrics(),
    log: createLog('silent'),
    status: () => ({ roles: ['api'], stopping: false }),
    apis: [planningRoutes(database, () => workspace, revenueOf), receiptRoutes(database, () => workspace, revenueOf)],
  })
  server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
})

afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const run = (...words: string[]) => runCommand(words, { folder, env: { BRIDGEKEEPER_URL: url(), BRIDGEKEEPER_KEY: keys.get('operator')! } })

async function post(as: string, entry: object) {
  const response = await fetch(`${url()}/api/receipts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.get(as)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ entries: [{ plan: 'deskline-ledgerly', receivedOn: '2026-01-05', ...entry }] }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** As createInstance writes it, without the code that this test has none of. */
const customer = (name: string, facts: CustomerFactsChange) =>
  database.transaction(async (tx) => {
    const id = uuidv7()
    await sql`insert into instance (id, integration, organization, customer, name, key, paying, revision)
      values (${id}, 'bridge', 'deskline', ${name}, ${name}, ${id}, true, 1)`.execute(tx)
    await setCustomerFacts(tx, id, facts)
    return { id }
  })
const amount = (amountMinor: number, currency = 'EUR') => ({ amountMinor, currency })
/** As if everything so far had happened months ago. */
const backdate = (months: number) =>
  database.pool.query('update instance_revenue set since = since - make_interval(secs => $1)', [(months * monthMs) / 1000])

it('revenue is what each customer paid per month, for as long as it did', async () => {
  const first = await customer('first', { revenuePerMonth: amount(3000) })
  const second = await customer('second', { revenuePerMonth: amount(1000) })
  await customer('third', {})
  await backdate(6)
  await setCustomerFacts(database.executor, first.id, { revenuePerMonth: amount(5000) })
  await database.pool.query("update instance set state = 'removed' where id = $1", [second.id])
  await backdate(4)
  const [euros, untold] = (await readRevenue(database.executor, ['bridge'], new Date())).get('bridge')!
  // 6 months at 30 and 4 at 50; 6 months at 10, then nothing.
  expect(euros).toMatchObject({ currency: 'EUR', payingNow: 1, perMonthMinor: 5000 })
  expect(euros!.totalMinor / (6 * 3000 + 4 * 5000 + 6 * 1000)).toBeCloseTo(1, 4)
  expect(untold).toMatchObject({ currency: null, payingNow: 1, totalMinor: 0 })
  expect((await readRevenue(database.executor, ['elsewhere'], new Date())).size).toBe(0)
  // What is told twice in one transaction, or again without a change, leaves one line.
  await setCustomerFacts(database.executor, first.id, { revenuePerMonth: amount(5000), affiliated: false })
  const { rows } = await database.pool.query('select count(*)::int as lines from instance_revenue where instance_id = $1', [first.id])
  expect(rows[0].lines).toBe(2)
})

it('who received an incentive follows from the plan, and nobody else records or reads it', async () => {
  const { workspace } = await loadWorkspace(folder)
  const { incentives } = workspace.plans.get('deskline-ledgerly')!.spec
  const soft = incentives.find(({ kind }) => kind !== 'cash')!
  const cash = incentives.find(({ kind, to }) => kind === 'cash' && to === 'deskline')!
  expect((await post('deskline', { incentive: cash.id, amount: amount(100_000) })).body).toEqual({ added: 1 })
  expect((await post('ledgerly', { incentive: cash.id, amount: amount(1) })).body.code).toBe('planning.receipt_of_others')
  const strangers = await post('stranger', { incentive: cash.id, amount: amount(1) })
  expect(strangers).toMatchObject({ status: 404, body: { code: 'planning.plan_unknown' } })
  expect(JSON.stringify(strangers.body)).not.toContain('it has deskline')
  expect((await post('operator', { incentive: soft.id, amount: amount(5) })).body.code).toBe('planning.receipt_without_note')
  expect((await post('operator', { incentive: cash.id, amount: amount(0) })).body.code).toBe('planning.receipt_without_note')
  expect((await post('operator', { incentive: 'none', amount: amount(5) })).body.code).toBe('planning.incentive_unknown')
  const list = async (as: string) =>
    (await (await fetch(`${url()}/api/receipts`, { headers: { authorization: `Bearer ${keys.get(as)}` } })).json()) as { entries: object[] }
  expect((await list('deskline')).entries).toHaveLength(1)
  expect((await list('ledgerly')).entries).toEqual([])
  expect(
    (await fetch(`${url()}/api/plans/deskline-ledgerly/actuals`, { headers: { authorization: `Bearer ${keys.get('ledgerly')}` } })).status,
  ).toBe(403)
  await expect(database.pool.query('delete from plan_receipt')).rejects.toThrow('plan_receipt rows are never changed')
  const added = await run('receipts', 'add', '250.00 EUR', cash.id, '--plan', 'deskline-ledgerly', '--on', '2026-02-01')
  expect(added.out).toContain(`Recorded 250.00 EUR from ${cash.id}`)
  await run('receipts', 'add', '--plan', 'deskline-ledgerly', '--', '-50.00 EUR', cash.id)
  expect((await run('receipts', 'list')).out).toMatch(/-50\.00 EUR[\s\S]*1000\.00 EUR/)
})

it('a review shows money beside the plan in text, JSON and HTML; a year of it makes the next plan believe less', async () => {
  const { out, exitCode } = await run('plan', 'review', 'plan.yaml')
  expect(exitCode).toBe(1)
  expect(out).toMatch(/build .* \? +unknown: no hours recorded/)
  expect(out).toMatch(/paying customers now .* 2 +below/)
  expect(out).toMatch(/revenue from customers .* \d+ +unknown: 1 of 2 paying customers not counted/)
  expect(out).toMatch(/ \? +unknown: stickiness: nobody has measured it/)
  expect(out).toMatch(/cost of the work .* \? +unknown: no hours recorded/)
  const review = JSON.parse((await run('plan', 'review', 'plan.yaml', '--json')).out)
  expect(review.money.find(({ id }: { id: string }) => id === 'customers')).toMatchObject({ kind: 'customers', actual: 2, state: 'below' })
  await run('plan', 'review', 'plan.yaml', '--format', 'html', '--out', 'review.html')
  const page = await readFile(join(folder, 'review.html'), 'utf8')
  expect(page).toMatch(/unknown is not zero[\s\S]*<svg[\s\S]*paying customers now/)
  await run('plan', 'review', 'plan.yaml', '--format', 'html', '--out', 'again.html')
  expect(await readFile(join(folder, 'again.html'), 'utf8')).toBe(page)
  expect((await run('plan', 'review', 'plan.yaml', '--format', 'pdf', '--json')).exitCode).toBe(2)

  const before = JSON.parse((await run('plan', 'plan.yaml', '--json')).out)
  // 600 hours of build before the launch a year ago, 300 of maintenance since: half of the build a year.
  const day = (monthsAgo: number) => new Date(Date.now() - monthsAgo * monthMs).toISOString().slice(0, 10)
  await run('hours', 'add', '600', 'build', '--organization', 'northbeam', '--plan', 'deskline-ledgerly', '--on', day(13))
  await run('hours', 'add', '300', 'maintenance', '--organization', 'northbeam', '--plan', 'deskline-ledgerly', '--on', day(2))
  expect((await run('hours', 'calibration')).out).toMatch(
    /deskline-ledgerly\s+600\s+300\s+12\.0\s+50\n[\s\S]*Maintenance of 30 % of the build a year, between 18 and 59 %/,
  )
  const learned = await run('plan', 'calibrate', 'plan.yaml')
  expect(learned.out).toContain(
    'Maintenance of 30 % of the build a year, between 18 and 59 % (learned from the maintenance of 1 launched plan)',
  )
  expect(learned.out).toMatch(
    /Customers: 0\.\d\d of those hoped for \(learned from 1 launch with customers counted and 1 cash incentive recorded\)/,
  )
  const after = JSON.parse((await run('plan', 'plan.yaml', '--json')).out)
  expect(after.inputs.sale.instances.likely).toBeLessThan(before.inputs.sale.instances.likely)
  expect(after.provenance['sale.instances'].source).toMatch(/given in the plan, × 0\.\d+: learned from/)
  expect(after.inputs.maintenancePercent.likely).toBeCloseTo(25 * 2 ** 0.25, 1)
  expect(after.provenance.maintenancePercent).toEqual({ basis: 'history', source: 'learned from the maintenance of 1 launched plan' })
  // What history has corrected is not corrected by the same history again.
  await run('plan', 'calibrate', 'plan.yaml')
  const twice = JSON.parse((await run('plan', 'plan.yaml', '--json')).out)
  expect(twice.inputs.sale.instances.likely / after.inputs.sale.instances.likely).toBeCloseTo(1, 2)
})
