import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBrowser, takePicture } from './browser.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, startTenantServer, type TenantServer } from './two-tenants-server.ts'

let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let browser: Browser
let page: Page
const asked: string[] = []
const complaints: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  server = await startTenantServer(database, partner)
  browser = await openBrowser()
  page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${server.url}/api/reference`)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await partner?.close()
  await database?.drop()
})

it('the reference shows every operation, asks nobody else for anything, and runs no program', async () => {
  const { paths } = (await ask(server, undefined, 'GET', '/openapi.json')).json
  const ids = Object.values(paths).flatMap((operations) => Object.values(operations as object).map(({ operationId }) => operationId))
  expect(ids.length).toBeGreaterThan(50)
  expect(await page.locator('details > div[id]:not([id^=schema])').evaluateAll((all) => all.map((one) => one.id).sort())).toEqual(
    ids.sort(),
  )
  // A browser asks for an icon of the site by itself; nothing else.
  expect(asked.filter((url) => !url.endsWith('/favicon.ico'))).toEqual([`${server.url}/api/reference`])
  expect(await page.locator('script').count()).toBe(0)
  const { headers } = await fetch(`${server.url}/api/reference`)
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
  expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([])
  await takePicture(page, 'reference-1', 'window')
})

it('the reference tells of an operation its parameters, its body with what is inside, and its answers', async () => {
  await page.goto(`${server.url}/api/reference#addConnection`)
  const operation = page.locator('details', { has: page.locator('#addConnection') })
  expect(await operation.getAttribute('open')).not.toBeNull()
  const text = (await operation.innerText()).replaceAll(/\s+/g, ' ')
  expect(text).toContain("POST /connections Connect a customer's account")
  expect(text).toMatch(/baseUrl text, optional Overrides the platform's, such as/)
  expect(text).toMatch(/secrets map of text/)
  expect(text).toContain('201 The new connection. Connection')
  expect(text).toContain('422 The request was understood and refused; fix says')
  await takePicture(page, 'reference-2', 'window')
  await operation.locator('a', { hasText: 'Connection' }).first().click()
  expect(page.url()).toContain('#schema-Connection')
  expect(await page.locator('#schema-Connection').isVisible()).toBe(true)
  await page.setViewportSize({ width: 400, height: 800 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await takePicture(page, 'reference-3', 'window')
})
