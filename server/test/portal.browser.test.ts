import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { openBrowser, takePicture } from './browser.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

/** Text of a partner that would become markup in a careless page. */
const hostile = '<img src=x onerror="document.title=1">'
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let browser: Browser
let page: Page
let key: string
const troubles: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  server = await startTenantServer(database, partner)
  key = await makeKey(server, ['admin'])
  browser = await openBrowser()
  page = await newPage()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await partner?.close()
  await database?.drop()
})
afterEach(() => {
  expect(troubles.splice(0)).toEqual([])
})

async function newPage(): Promise<Page> {
  const made = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  made.on('pageerror', (error) => troubles.push(error.message))
  made.on('console', (message) => {
    // The browser itself reports answers like 401; the page says them in words.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) troubles.push(message.text())
  })
  made.on('request', (request) => {
    if (!request.url().startsWith(server.url)) troubles.push(`asked for ${request.url()}`)
  })
  return made
}

async function install(): Promise<void> {
  for (const customer of ['umbrella', 'stark']) {
    const facts = { organization: 'acme', customer, name: 'main' }
    const connection = await ask(server, key, 'POST', '/connections', { ...facts, platform: 'crm', secrets: { token: 'token' } })
    const more = { connections: { crm: connection.json.id }, accounts: { shop: [customer] } }
    expect((await ask(server, key, 'POST', '/instances', { ...facts, integration: 'shop-crm', ...more })).status).toBe(201)
  }
  await ask(server, key, 'POST', '/webhook-sources/shop/secrets', { secret: 'secret of the shop' })
  partner.answer = ({ body }) => (body.includes('bad') ? { status: 422, body: JSON.stringify({ error: hostile }) } : { status: 200 })
  for (const order of ['o-1', 'bad-1', 'o-2', 'bad-2'])
    await sendWebhook(server, 'shop', 'secret of the shop', { account: order.startsWith('o') ? 'stark' : 'umbrella', order, note: hostile })
  await sendWebhook(server, 'shop', 'secret of the shop', { account: 'nobody', order: 'o-3' })
  await untilIdle(database)
}

it('asks for a key, refuses a wrong one in words, and shows nothing before', async () => {
  await page.goto(server.url)
  await expect.poll(() => page.locator('#health-words').textContent()).toBe('ready')
  expect(await page.locator('#overview').isVisible()).toBe(false)
  await takePicture(page, '1-sign-in')
  await page.fill('#key', 'bk_00000000000000000000000000000000')
  await page.click('text=Look')
  await expect.poll(() => page.locator('#sign-in-problem').textContent()).toContain('not known')
  await page.fill('#key', key)
  await page.click('text=Look')
  await page.waitForSelector('#overview:visible')
})

it('says of everything that is empty what would fill it', async () => {
  for (const [id, words] of Object.entries({
    parked: 'Nothing waits for a person',
    runs: 'No runs yet',
    deliveries: 'Nothing has arrived yet',
    instances: 'Nothing is installed yet',
  }))
    expect(await page.locator(`#${id}`).textContent()).toContain(words)
  await takePicture(page, '2-empty')
})

it('takes the key from the link and out of the address, and shows runs with their failure and its fix', async () => {
  await install()
  await page.click('#sign-out')
  await page.goto(`${server.url}/#key=${key}`)
  await page.waitForSelector('.group')
  expect(page.url()).toBe(`${server.url}/`)
  const group = await page.locator('.group').textContent()
  expect(group).toContain('shop-crm / sync')
  expect(group).toContain('2 runs · umbrella')
  expect(group).toMatch(/Fix \S/)
  expect(await page.locator('#runs tbody tr').count()).toBe(4)
  expect(await page.locator('#deliveries').textContent()).toContain('no instance has account nobody')
  expect(await page.locator('#instances tbody tr').count()).toBe(2)
  await takePicture(page, '3-overview')
})

it('P1: shows an integration with its sides beside each other, and what is missing on one of them', async () => {
  await page.click('#integrations button.link')
  await page.waitForSelector('dialog[open] .sides')
  const head = await page.locator('#dialog-body thead').first().locator('th').allTextContents()
  expect(head).toHaveLength(3)
  const row = page.locator('#dialog-body tr', { has: page.locator('th', { hasText: /^on-call$/ }) })
  expect(await row.locator('td').count()).toBe(2)
  expect(await row.locator('td.missing').first().textContent()).toMatch(/^missing on .*: nobody answers for it$/)
  await takePicture(page, '9-integration')
  await page.click('#dialog-close')
})

it('shows a partner’s text as text', async () => {
  await page.click('text=Look at one')
  await page.waitForSelector('dialog[open]')
  expect(await page.locator('#dialog-body').textContent()).toContain(hostile)
  expect(await page.title()).toBe('Bridgekeeper')
  expect(await page.locator('#dialog-body img').count()).toBe(0)
  await takePicture(page, '4-run')
  await page.click('#dialog-close')
})

it('shows in a dry run what would be written, and sends nothing', async () => {
  const before = partner.seen.length
  await page.click('text=Dry run of one')
  await page.waitForSelector('text=Dry run: nothing was sent')
  expect(await page.locator('#dialog-body').textContent()).toContain('crm POST /orders')
  expect(partner.seen.length).toBe(before)
  await takePicture(page, '5-dry-run')
  await page.click('#dialog-close')
})

it('resumes a group, which then stops again or goes away, and discards only after a second question', async () => {
  await page.click('text=Resume 2 runs')
  await expect.poll(() => partner.seen.filter((seen) => seen.body.includes('bad')).length, { timeout: 10_000 }).toBe(4)
  await untilIdle(database)
  await page.reload()
  await page.click('text=Discard …')
  await takePicture(page, '6-discard')
  await page.click('text=Leave it')
  expect((await ask(server, key, 'GET', '/parked')).json.groups[0].runs).toBe(2)
  await page.click('text=Discard …')
  await page.click('text=Discard 2 runs')
  await expect.poll(() => page.locator('#parked').textContent()).toContain('Nothing waits for a person')
  expect((await ask(server, key, 'GET', '/runs?status=discarded')).json.runs).toHaveLength(2)
})

it('says of a run since when its partner is down, and when it is tried next', async () => {
  await database.pool.query(
    "insert into circuit (key, reason, retry_at) values ('platform:crm', 'nobody answers there', now() + interval '1 hour')",
  )
  await expect.poll(async () => (await ask(server, key, 'GET', '/circuits')).json.circuits).toHaveLength(1)
  // What a process knows of circuits is half a second old.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  await sendWebhook(server, 'shop', 'secret of the shop', { account: 'stark', order: 'o-4' })
  await expect.poll(async () => (await ask(server, key, 'GET', '/runs?status=partner-down')).json.runs, { timeout: 20_000 }).toHaveLength(1)
  await page.reload()
  const row = page.locator('#runs tr', { hasText: 'partner-down' })
  await expect.poll(() => row.textContent()).toMatch(/crm has been down since \d.*; next try \d.*nobody answers there.*Nothing to do/)
  expect(await row.locator('time').count()).toBe(3)
  await row.locator('button.link').click()
  await page.waitForSelector('dialog[open]')
  expect(await page.locator('#dialog-body').textContent()).toMatch(/crm has been down since \d.*; next try \d/)
  await takePicture(page, '10-partner-down', 'window')
  await page.click('#dialog-close')
  await takePicture(page, '11-partner-down', 'window')
  await ask(server, key, 'DELETE', '/circuits/platform:crm')
  await untilIdle(database)
})

it('says in words what a key may not do', async () => {
  await sendWebhook(server, 'shop', 'secret of the shop', { account: 'umbrella', order: 'bad-3' })
  await untilIdle(database)
  const reader = await makeKey(server, ['read'])
  await page.click('#sign-out')
  await page.goto(`${server.url}/#key=${reader}`)
  await page.click('text=Resume 1 run')
  await expect.poll(() => page.locator('#problem').textContent()).toContain('needs a key with scope replay')
  await page.click('#sign-out')
  expect(await page.evaluate('sessionStorage.length')).toBe(0)
  expect(await page.locator('#overview').isVisible()).toBe(false)
})

it('looks right where it is narrow and where it is dark', async () => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 420, height: 900 })
  await page.goto(`${server.url}/#key=${key}`)
  await page.waitForSelector('.group')
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  await takePicture(page, '7-narrow-dark')
})

it('lets nothing but its own files run', async () => {
  const { headers } = await fetch(server.url)
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/)
  expect(headers.get('content-security-policy')).not.toContain('unsafe')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

it('says that the server has gone, and since when what it shows is old', async () => {
  await server.stop()
  await expect.poll(() => page.locator('#health-words').textContent(), { timeout: 15_000 }).toBe('the server does not answer')
  await expect.poll(() => page.locator('#problem').textContent(), { timeout: 15_000 }).toContain('Shown is the state of')
  await takePicture(page, '8-gone')
})
