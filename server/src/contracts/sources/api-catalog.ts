import { isObject, type Json, own, ownString } from '../json.ts'

/** Where the catalog of an origin is (RFC 9727 §2); an address with a path is that of the catalog itself. */
export function catalogUrl(address: string): string {
  const url = new URL(address)
  return url.pathname === '/' && url.search === '' ? new URL('/.well-known/api-catalog', url).href : url.href
}

const preferences = [/^application\/(vnd\.oai\.)?openapi\b/i, /json/i, /yaml/i]

/**
 * Finds a platform's API description in an api-catalog: a linkset (RFC 9264) whose `service-desc` links name descriptions.
 *
 * @param text the catalog; `url` is its address, which links are relative to
 * @param baseUrl where the platform's API answers: of several APIs, the one whose anchor it lies under most closely
 * @returns its address, or why none can be told
 */
export function descriptionIn(text: string, url: string, baseUrl: string | null): { url: string } | { problem: string } {
  const links = linksOf(text)
  if (links === undefined) return { problem: 'the catalog is no linkset in JSON' }
  if (links.length === 0) return { problem: 'the catalog names no service-desc' }
  const anchored = baseUrl === null ? [] : links.map((link) => ({ ...link, depth: depthOf(link.anchor, url, baseUrl) }))
  const deepest = Math.max(0, ...anchored.map(({ depth }) => depth))
  const about = deepest > 0 ? anchored.filter(({ depth }) => depth === deepest) : links
  if (new Set(about.map(({ anchor }) => anchor)).size > 1)
    return { problem: `the catalog describes ${about.length} APIs, and none of them is that of the platform’s baseUrl` }
  const best = [...about].sort((a, b) => rankOf(a.type) - rankOf(b.type))[0]!
  const found = URL.parse(best.href, url)
  return found && /^https?:$/.test(found.protocol)
    ? { url: found.href }
    : { problem: `the catalog names ${best.href}, which is no web address` }
}

interface Link {
  anchor: string
  href: string
  type: string
}

function linksOf(text: string): Link[] | undefined {
  let root: Json
  try {
    root = JSON.parse(text)
  } catch {
    return undefined
  }
  const contexts = isObject(root) ? own(root, 'linkset') : undefined
  if (!Array.isArray(contexts)) return undefined
  return contexts.filter(isObject).flatMap((context) => {
    const targets = own(context, 'service-desc')
    return (Array.isArray(targets) ? targets : []).filter(isObject).flatMap((target) => {
      const href = ownString(target, 'href')
      return href === undefined ? [] : [{ anchor: ownString(context, 'anchor') ?? '', href, type: ownString(target, 'type') ?? '' }]
    })
  })
}

/** How much of the platform's address an anchor shares; 0 when the platform does not lie under it. */
function depthOf(anchor: string, url: string, baseUrl: string): number {
  const from = URL.parse(anchor, url)
  const base = new URL(baseUrl)
  if (!from || from.origin !== base.origin) return 0
  const way = from.pathname.replace(/\/$/, '')
  return base.pathname === way || base.pathname.startsWith(`${way}/`) ? 1 + way.length : 0
}

function rankOf(type: string): number {
  const rank = preferences.findIndex((preference) => preference.test(type))
  return rank < 0 ? preferences.length : rank
}
