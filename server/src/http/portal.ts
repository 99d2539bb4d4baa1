import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import type { Authenticated } from '../identity/index.ts'

/** In the published package the portal is part of it, in the checkout a package of its own. */
const folder = ['../../portal', '../../../portal'].map((path) => join(import.meta.dirname, path)).find(existsSync)!
const files = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/portal/portal.css': ['portal.css', 'text/css; charset=utf-8'],
  '/portal/portal.js': ['portal.js', 'text/javascript; charset=utf-8'],
  '/portal/api.js': ['api.js', 'text/javascript; charset=utf-8'],
  '/portal/dialog.js': ['dialog.js', 'text/javascript; charset=utf-8'],
  '/portal/element.js': ['element.js', 'text/javascript; charset=utf-8'],
  '/portal/integrations.js': ['integrations.js', 'text/javascript; charset=utf-8'],
  '/portal/service-levels.js': ['service-levels.js', 'text/javascript; charset=utf-8'],
  '/portal/overview.js': ['overview.js', 'text/javascript; charset=utf-8'],
  '/portal/icon.svg': ['icon.svg', 'image/svg+xml'],
} as const

/** Nothing but this page's own files may run, be shown or be asked: a partner's text that became markup all the same could do nothing. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The portal's page at `/`. Its files are public; what it shows it asks the API for, with the reader's key. */
export function portalPages(): Hono<Authenticated> {
  const pages = new Hono<Authenticated>()
  for (const [path, [file, type]] of Object.entries(files)) {
    const text = readFileSync(join(folder, file), 'utf8')
    const headers = { 'content-type': type, 'content-security-policy': contentSecurityPolicy, 'cache-control': 'no-cache' }
    pages.get(path, (c) => c.body(text, 200, headers))
  }
  return pages
}
