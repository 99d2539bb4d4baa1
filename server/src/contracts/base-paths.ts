import type { Contract, Spot } from './contract.ts'
import { ownArray, ownString } from './json.ts'
import { type Operation, operationsOf, pathItems, templateOf } from './operations.ts'

/**
 * The operations of the newer version, each at the path that a client of the older one calls. A part of the address that moved between `servers`
 * (or `basePath`) and the paths is another way to write the same address, which generators choose anew from time to time.
 */
export function operationsSeenFrom(before: Contract, after: Contract): Operation[] {
  const { items } = seenFrom(before, after)
  return items.flatMap(([path, item]) => operationsOf(after, path, item, 'operation'))
}

/** What the addresses of both versions have in front of their paths, where every path of the older one moved with it; then the servers are the same. */
export function movedBase(before: Contract, after: Contract): { before: string; after: string } | undefined {
  return seenFrom(before, after).base
}

interface Seen {
  items: [path: string, item: Spot][]
  base: { before: string; after: string } | undefined
}

const known = new WeakMap<Contract, WeakMap<Contract, Seen>>()

function seenFrom(before: Contract, after: Contract): Seen {
  const byAfter = known.get(before) ?? new WeakMap<Contract, Seen>()
  known.set(before, byAfter)
  const found = byAfter.get(after) ?? pairPaths(before, after)
  byAfter.set(after, found)
  return found
}

function pairPaths(before: Contract, after: Contract): Seen {
  const [old, now] = [pathItems(before), pathItems(after)]
  const [from, to] = [basePath(before), basePath(after)]
  const asWritten: Seen = { items: [...now], base: undefined }
  if (from === undefined || to === undefined || from === to) return asWritten
  const oldTemplates = new Set([...old.keys()].map(templateOf))
  const addresses = new Set([...old.keys()].map((path) => templateOf(from + path)))
  let moved = 0
  const items = [...now].map(([path, item]): [string, Spot] => {
    const isMoved = !oldTemplates.has(templateOf(path)) && addresses.has(templateOf(to + path))
    if (isMoved) moved++
    return [isMoved ? (to + path).slice(from.length) : path, item]
  })
  const stayed = [...now.keys()].some((path) => oldTemplates.has(templateOf(path)))
  return { items, base: moved > 0 && !stayed ? { before: from, after: to } : undefined }
}

/** The path that all servers have in common; undefined when they differ in it, or leave a part of it open. */
function basePath(contract: Contract): string | undefined {
  const paths = new Set(ownArray(contract.document, 'servers').map((server) => pathOf(ownString(server, 'url') ?? '')))
  const [only = ''] = paths
  return paths.size > 1 || only.includes('{') ? undefined : only
}

function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/\/+$/, '')
}
