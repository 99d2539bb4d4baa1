import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBrowser } from '../../../test/browser.ts'
import { evaluatePlan } from '../evaluate-plan.ts'
import { knobsOf, turn } from '../knobs.ts'
import { incentiveLike, partyLike, planLike, supplierLike } from '../plan.fixture.ts'
import { renderPage } from './page.ts'
import { sections } from './sections.ts'

const plan = planLike({
  draws: 2000,
  discountPercent: 12,
  build: { p50Multiplier: 1.5, p90Multiplier: 3 },
  maintenancePercent: { low: 15, likely: 25, high: 50 },
  parties: [partyLike('a'), partyLike('b'), supplierLike('agency')],
  incentives: [incentiveLike('saves', { amount: { low: 20_000, likely: 90_000, high: 200_000 } })],
})

let folder: string
let browser: Browser
let page: Page
const troubles: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-page-'))
  const provenance = Object.fromEntries(knobsOf(plan).map(({ path }) => [path, { basis: 'assumption' as const, source: 'a preset' }]))
  await writeFile(join(folder, 'plan.html'), await renderPage(evaluatePlan(plan), provenance))
  browser = await openBrowser()
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => troubles.push(message.text()))
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) troubles.push(`asked for ${request.url()}`)
  })
  await page.goto(pathToFileURL(join(folder, 'plan.html')).href)
})

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

/** What every section shows, as the browser has it. */
const shown = async (): Promise<Record<string, string>> => {
  const entries = await Promise.all(Object.keys(sections).map(async (id) => [id, await page.locator(`#${id}`).innerHTML()]))
  return Object.fromEntries(entries)
}

/** The server's own sections, passed through the browser's parser, so that only content can differ. */
const served = async (inputs: typeof plan): Promise<Record<string, string>> => {
  const report = evaluatePlan(inputs)
  const markup = Object.fromEntries(Object.entries(sections).map(([id, render]) => [id, render(report).html]))
  return page.evaluate(
    (texts) =>
      Object.fromEntries(
        Object.entries(texts).map(([id, text]) => {
          const place = document.createElement('div')
          place.innerHTML = text
          return [id, place.innerHTML]
        }),
      ),
    markup,
  )
}

async function slide(path: string, value: number): Promise<void> {
  await page.locator(`input[data-path="${path}"]`).evaluate((slider, to) => {
    ;(slider as HTMLInputElement).value = String(to)
    slider.dispatchEvent(new Event('input'))
  }, value)
  await page.locator('#state', { hasText: 'turned;' }).waitFor()
}

it('a slider shows in the browser what the server would compute for the turned number, to the letter', async () => {
  const before = await shown()
  await slide('parties.0.opportunityPerHour', 100)
  const after = await shown()
  expect(after.verdict).not.toBe(before.verdict)
  expect(after).toEqual(await served(turn(plan, 'parties.0.opportunityPerHour', 100)))
})

it('the button brings the plan of the file back', async () => {
  await page.locator('#reset').click()
  await page.locator('#state', { hasText: 'As in the plan file' }).waitFor()
  expect(await shown()).toEqual(await served(plan))
})

it('nothing is wider than a telephone', async () => {
  await page.setViewportSize({ width: 390, height: 800 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})

it('meets no error, prints nothing to the console, and asks the network for nothing', () => {
  expect(troubles).toEqual([])
})
