import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, type Page, chromium as playwright } from 'playwright-core'

/** The real Chromium from npm. */
export async function openBrowser(): Promise<Browser> {
  return playwright.launch({ executablePath: await chromium.executablePath(), args: chromium.args })
}

/** For somebody who wants to look at the page: a picture in the folder `BRIDGEKEEPER_PICTURES`, where that is set. */
export async function takePicture(page: Page, name: string, part: 'window' | 'whole page' = 'whole page'): Promise<void> {
  const folder = process.env.BRIDGEKEEPER_PICTURES
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.png`)
  if (part === 'window') return void (await page.screenshot({ path }))
  // What a dialog holds scrolls inside it: the window is made as high as that.
  const height = await page.evaluate(
    "Math.max(document.documentElement.scrollHeight, (document.getElementById('dialog-body')?.scrollHeight ?? 0) + 260)",
  )
  const window = page.viewportSize()!
  await page.setViewportSize({ ...window, height: Math.min(Number(height), 4_000) })
  await page.screenshot({ path, fullPage: true })
  await page.setViewportSize(window)
}
