import type { Contract } from '../contract.ts'
import { isObject, type Json, type JsonObject, own, ownString } from '../json.ts'

/**
 * Finds out whether a client asks for an older version than a change came with, by a version header that it sends on every
 * call. Only versions written as dates or numbers can be compared.
 *
 * @returns header, the client's version and the first version that has the change; undefined when the client is not pinned
 */
export function versionPin(
  after: Contract,
  headers: Readonly<Record<string, string>> | undefined,
): { header: string; pinned: string; changedIn: string } | undefined {
  for (const [header, pinned] of Object.entries(headers ?? {})) {
    if (!/version/i.test(header)) continue
    const changedIn = offeredVersion(after, header)
    if (changedIn !== undefined && isOlder(pinned, changedIn)) return { header, pinned, changedIn }
  }
  return undefined
}

/** The version that a document is about: the default of its version header, else `info.version`. */
function offeredVersion(contract: Contract, header: string): string | undefined {
  const outside: Json[] = Object.entries(contract.document).flatMap(([key, value]) =>
    key === 'paths' || key === 'components' ? [] : [value],
  )
  const components = own(contract.document, 'components')
  const named: Json[] = isObject(components)
    ? Object.entries(components).flatMap(([key, value]) => (key === 'schemas' || key === 'examples' ? [] : [value]))
    : []
  return headerDefault([...outside, ...named], header.toLowerCase()) ?? ownString(own(contract.document, 'info'), 'version')
}

function headerDefault(roots: readonly Json[], header: string): string | undefined {
  const queue = [...roots]
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (Array.isArray(node)) for (const item of node) queue.push(item)
    else if (isObject(node)) {
      if (isNamed(node, header)) {
        const version =
          versionIn(own(own(node, 'schema'), 'default')) ??
          versionIn(own(node, 'default')) ??
          versionIn(own(node, 'example')) ??
          versionIn(own(node, 'type'))
        if (version !== undefined) return version
      }
      for (const item of Object.values(node)) queue.push(item)
    }
  }
  return undefined
}

function isNamed(node: JsonObject, header: string): boolean {
  return ownString(node, 'name')?.toLowerCase() === header || ownString(node, 'header')?.toLowerCase() === header
}

function versionIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? /\d{4}-\d{2}-\d{2}|\d+(?:\.\d+)*/.exec(value)?.[0] : undefined
}

/** Dates compare as text, numbers part by part; a date and a number do not compare. */
function isOlder(pinned: string, offered: string): boolean {
  const date = /^\d{4}-\d{2}-\d{2}$/
  if (date.test(pinned) !== date.test(offered)) return false
  if (date.test(pinned)) return pinned < offered
  const [left, right] = [numbers(pinned), numbers(offered)]
  if (!left || !right) return false
  const index = left.findIndex((part, at) => part !== (right[at] ?? 0))
  return index >= 0 ? left[index]! < (right[index] ?? 0) : left.length < right.length
}

function numbers(version: string): number[] | undefined {
  const match = /^v?(\d+(?:\.\d+)*)$/.exec(version)
  return match?.[1]?.split('.').map(Number)
}
