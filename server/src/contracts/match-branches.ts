import { canonical, own, ownObject, ownString } from './json.ts'
import type { SchemaSide } from './schema-side.ts'

export interface BranchMatch {
  matched: [SchemaSide, SchemaSide][]
  removed: SchemaSide[]
  added: SchemaSide[]
}

/**
 * Finds which branch of one union became which of the other: by name of the reference, by equal text, by title, by the
 * fixed values that tell branches apart, and at last by being the only ones left. Position never counts.
 */
export function matchBranches(before: readonly SchemaSide[], after: readonly SchemaSide[]): BranchMatch {
  const match: BranchMatch = { matched: [], removed: [...before], added: [...after] }
  for (const key of [(side: SchemaSide) => side.name, (side: SchemaSide) => canonical(side.node), titleOf, fixedValues]) pairBy(match, key)
  const [lastBefore, lastAfter] = [match.removed[0], match.added[0]]
  const unnamed = (side: SchemaSide) => side.name === undefined && titleOf(side) === undefined
  if (match.removed.length === 1 && match.added.length === 1 && lastBefore && lastAfter && unnamed(lastBefore) && unnamed(lastAfter)) {
    return { matched: [...match.matched, [lastBefore, lastAfter]], removed: [], added: [] }
  }
  return match
}

function pairBy(match: BranchMatch, keyOf: (side: SchemaSide) => string | undefined): void {
  if (match.removed.length === 0 || match.added.length === 0) return
  const waiting = new Map<string, SchemaSide[]>()
  for (const side of match.added) {
    const key = keyOf(side)
    if (key !== undefined) waiting.set(key, [...(waiting.get(key) ?? []), side])
  }
  const taken = new Set<SchemaSide>()
  match.removed = match.removed.filter((side) => {
    const key = keyOf(side)
    const partner = key === undefined ? undefined : waiting.get(key)?.shift()
    if (!partner) return true
    match.matched.push([side, partner])
    taken.add(partner)
    return false
  })
  match.added = match.added.filter((side) => !taken.has(side))
}

function titleOf(side: SchemaSide): string | undefined {
  return ownString(side.node, 'title')
}

/** The constants of a branch's properties, as `kind="cat"`. */
function fixedValues(side: SchemaSide): string | undefined {
  const fixed = Object.entries(ownObject(side.node, 'properties')).flatMap(([name, schema]) => {
    const value =
      own(schema, 'const') ??
      (Array.isArray(own(schema, 'enum')) && (own(schema, 'enum') as unknown[]).length === 1 ? own(schema, 'enum') : undefined)
    return value === undefined ? [] : [`${name}=${canonical(value)}`]
  })
  return fixed.length > 0 ? fixed.sort().join() : undefined
}
