import { join } from 'node:path'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countEvents, watchBudgets } from '../src/service-levels/index.ts'
import { loadWorkspace, type Workspace } from '../src/workspace/index.ts'
import { openBrowser, takePicture } from './browser.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let browser: Browser
let page: Page
let key: string
let workspace: Workspace
const troubles: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  workspace = (await loadWorkspace(join(import.meta.dirname, 'two-tenants'))).workspace
  const { spec } = workspace.integrations.get('shop-crm')!
  const level = { indicator: 'availability', objective: { ppm: 990_000 }, window: 'P28D' } as const
  spec.serviceLevels = [
    { ...level, name: 'whole' },
    { ...level, name: 'of-hooli', side: 'hooli' },
    { name: 'fresh', indicator: 'freshness', objective: { ppm: 950_000 }, threshold: 'PT5M', window: 'P28D' },
  ] as never
  // Long ago: this side's owner no longer stands by it.
  spec.sides[0]!.roster[0]!.attestedOn = new Date(Date.now() - 170 * 86_400_000).toISOString().slice(0, 10)
  server = await startTenantServer(database, partner, { workspace })
  key = await makeKey(server, ['admin'])
  browser = await openBrowser()
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.on('pageerror', (error) => troubles.push(error.message))
  const connection = (
    await as('POST', '/connections', { organization: 'acme', customer: 'umbrella', name: 'main', platform: 'crm', secrets: { token: 't' } })
  ).json
  await as('POST', '/instances', {
    ...{ organization: 'acme', customer: 'umbrella', name: 'main', integration: 'shop-crm' },
    connections: { crm: connection.id },
    accounts: { shop: ['umbrella'] },
  })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

const as = (method: string, path: string, body?: unknown) => ask(server, key, method, path, body)

async function open(): Promise<string> {
  await page.goto('about:blank')
  await page.goto(`${server.url}/#key=${key}`)
  const row = page.locator('#integrations tr', { hasText: 'acme, hooli' })
  await row.locator('text=Look').click()
  await page.waitForSelector('dialog[open] h3')
  return (await page.locator('#dialog-body').textContent())!
}
/** As the runtime leaves runs when they end. */
async function runs(times: number, minutesAgo: number, failure: string | null = null): Promise<void> {
  await sql`insert into run_outcome (run_id, instance_id, integration, flow, outcome, failure_kind, platform, counted_before, received_at, ended_at)
    select gen_random_uuid(), (select id from instance limit 1), 'shop-crm', 'sync', ${failure ? 'parked' : 'succeeded'}, ${failure}, 'crm', false,
      at - interval '2 seconds', at
    from (select now() - ${minutesAgo}::int * interval '1 minute' as at) as m, generate_series(1, ${times}::int)`.execute(
    server.database.executor,
  )
  await countEvents({ database: server.database, callsSettleMs: 0, now: new Date() })
  await watchBudgets(server.database, workspace, new Date())
}

it('S2: shows an integration without events as one of which too little is known, never as green', async () => {
  const text = await open()
  expect(text).toContain('insufficient-data0 of 300 events')
  expect(text).toContain('Nothing in 28 days, as far as enough was known.')
  expect(text).toContain('No side has handed in its records')
  expect(await page.locator('#dialog-body .chip.good').count()).toBe(0)
  await takePicture(page, 'slo-1-insufficient')
})

it('shows who is at risk because nobody stands by it any more', async () => {
  const row = page.locator('#integrations tr', { hasText: 'acme, hooli' })
  expect(await row.textContent()).toContain('at-risk')
})

it('shows a healthy one as met, with what is left of its budget', async () => {
  await runs(5_000, 3_000)
  const text = await open()
  expect(await page.locator('#dialog-body .chip.good', { hasText: 'met' }).count()).toBeGreaterThan(0)
  expect(text).toContain('100.00\u00a0%')
  expect(await page.locator('#alerts-part').isVisible()).toBe(false)
  await takePicture(page, 'slo-2-healthy')
})

it('shows what burns on the first page and in the particulars, with whose fault it is and who was called', async () => {
  await as('POST', '/platforms/crm/maintenance', {
    ...{ startsAt: new Date(Date.now() + 9 * 86_400_000).toISOString(), endsAt: new Date(Date.now() + 9.05 * 86_400_000).toISOString() },
    ...{ reason: 'A new disk', by: 'hooli/hal' },
  })
  await runs(600, 4, 'partner-down')
  await runs(300, 2)
  const text = await open()
  expect(text).toContain('burning')
  expect(text).toContain('hooli 600')
  expect(text).toContain('announced in time')
  await page.click('#dialog-close')
  const card = page.locator('#alerts .group', { hasText: 'whole of the whole bridge' })
  expect(await card.textContent()).toMatch(/hooli was called \(level 1\), nobody has acknowledged.*budget left -9/)
  expect(await card.locator('.chip.bad').first().textContent()).toBe('firing')
  await takePicture(page, 'slo-3-burning')
  await card.locator('text=Service levels').click()
  await page.waitForSelector('dialog[open] h3')
  await takePicture(page, 'slo-4-burning-particulars')
})

it('is readable where it is narrow and where it is dark', async () => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 420, height: 900 })
  await open()
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  // Only tables scroll sideways: sentences are never cut.
  expect(await page.evaluate("document.getElementById('dialog').scrollWidth <= document.getElementById('dialog').clientWidth")).toBe(true)
  await takePicture(page, 'slo-5-narrow-particulars')
  await page.click('#dialog-close')
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  await takePicture(page, 'slo-6-narrow')
  expect(troubles).toEqual([])
})

it('shows nothing of this to a customer’s key', async () => {
  const customer = await makeKey(server, ['read'], { organization: 'acme', customer: 'umbrella' })
  await page.goto('about:blank')
  await page.goto(`${server.url}/#key=${customer}`)
  await page.waitForSelector('#instances tbody tr')
  expect(await page.locator('#alerts-part').isVisible()).toBe(false)
  expect(await page.locator('#integrations-part').isVisible()).toBe(false)
  expect(await page.locator('#problem').isVisible()).toBe(false)
})
