import type { UnionWalk } from './compare-unions.ts'
import { type Contract, child, childObject, follow, rootSpot, type Spot } from './contract.ts'
import { type Json, type JsonObject, own, ownArray } from './json.ts'
import { directionOf } from './rules/family.ts'
import type { SchemaPair } from './schema-pair.ts'
import { type SchemaSide, sideOf } from './schema-side.ts'

/**
 * Inheritance: a schema with a discriminator and no union stands for every named schema that builds on it with `allOf`, and nothing but this
 * refers to those. They are compared without the part that they share.
 */
export function compareSubtypes(pair: SchemaPair, walk: UnionWalk): void {
  const [before, after] = [subtypesOf(pair.before), subtypesOf(pair.after)]
  const rule = `${directionOf(pair)}-subtype`
  if (before.size === 0 && after.size === 0) return
  for (const [name, old] of before) {
    const now = after.get(name)
    if (now) walk.descend({ kind: 'branch', name: `subtype[${name}]` }, old, now)
    else walk.report(`${rule}-removed`, { before: name, beforeSpot: old.spot })
  }
  for (const [name, now] of after) if (!before.has(name)) walk.report(`${rule}-added`, { after: name, afterSpot: now.spot })
}

function subtypesOf(side: SchemaSide): ReadonlyMap<string, SchemaSide> {
  const isBase = own(side.node, 'discriminator') !== undefined && !Object.hasOwn(side.node, 'oneOf') && !Object.hasOwn(side.node, 'anyOf')
  return (isBase && indexOf(side.contract).get(side.spot.node)) || none
}

const none: ReadonlyMap<string, SchemaSide> = new Map()
const indexes = new WeakMap<Contract, Map<Json, Map<string, SchemaSide>>>()

/** Base → what builds on it, itself or over others, by name. */
function indexOf(contract: Contract): Map<Json, Map<string, SchemaSide>> {
  const known = indexes.get(contract)
  if (known) return known
  const found = new Map<Json, Map<string, SchemaSide>>()
  indexes.set(contract, found)
  const holder = childObject(contract, childObject(contract, rootSpot(contract), 'components'), 'schemas')
  for (const name of Object.keys((holder?.node ?? {}) as JsonObject)) {
    const spot = child(holder!, name)!
    for (const base of basesOf(contract, spot, new Set()))
      found.set(base, (found.get(base) ?? new Map()).set(name, withoutBases(contract, spot)))
  }
  return found
}

function basesOf(contract: Contract, spot: Spot, seen: Set<Json>): Set<Json> {
  for (const target of referencedParts(contract, spot)) {
    if (seen.has(target.node)) continue
    seen.add(target.node)
    basesOf(contract, target, seen)
  }
  return seen
}

function referencedParts(contract: Contract, spot: Spot): Spot[] {
  const parts = child(spot, 'allOf')
  return ownArray(spot.node, 'allOf').flatMap((part, index) => {
    const target = own(part, '$ref') === undefined ? undefined : follow(contract, child(parts!, index)!)
    return target ?? []
  })
}

/** Made once per schema, since sides are keys. */
function withoutBases(contract: Contract, spot: Spot): SchemaSide {
  const side = sideOf(contract, spot)
  const rest = ownArray(side.node, 'allOf').filter((part) => own(part, '$ref') === undefined)
  return { ...side, node: { ...side.node, allOf: rest } }
}
