import { isObject, type JsonObject, own, ownObject, ownString } from '../json.ts'
import { branchesOf, type SchemaSide, subSide } from '../schema-side.ts'

/** What all schemas that may describe a value say together about its members. Unions count with every branch: who may be meant is not decided. */
export interface Described {
  /** Names of properties in any branch. */
  declared: ReadonlySet<string>
  /** More members may come, and the contract says so (or gives their schema). */
  open: boolean
  /** The contract forbids other members. */
  closed: boolean
  /** A reference leads nowhere: nothing can be said about what is not declared. */
  undetermined: boolean
  nodes: readonly JsonObject[]
  sides: readonly SchemaSide[]
}

const known = new WeakMap<object, Described>()
const maxBranches = 500
const nothing: Described = { declared: new Set(), open: true, closed: false, undetermined: true, nodes: [], sides: [] }

/** @param sides schemas of one value, each alone enough or all together; empty: nothing describes it */
export function describedBy(sides: readonly SchemaSide[]): Described {
  if (sides.length === 0) return nothing
  if (sides.length === 1) return ofOne(sides[0]!)
  // The items of a list share one array of schemas, so that a long list costs no more than its items.
  const before = known.get(sides)
  if (before) return before
  const found = together(sides.map(ofOne))
  known.set(sides, found)
  return found
}

function ofOne(side: SchemaSide): Described {
  const before = known.get(side)
  if (before) return before
  const found = gather(side)
  known.set(side, found)
  return found
}

function together(parts: readonly Described[]): Described {
  return {
    declared: new Set(parts.flatMap(({ declared }) => [...declared])),
    open: parts.some(({ open }) => open),
    closed: parts.some(({ closed }) => closed),
    undetermined: parts.some(({ undetermined }) => undetermined),
    nodes: parts.flatMap(({ nodes }) => nodes),
    sides: parts.flatMap(({ sides }) => sides),
  }
}

function gather(from: SchemaSide): Described {
  const sides = new Set<SchemaSide>()
  const queue = [from]
  for (let side = queue.pop(); side && sides.size < maxBranches; side = queue.pop()) {
    if (sides.has(side)) continue
    sides.add(side)
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) queue.push(...branchesOf(side, keyword))
    for (const keyword of ['if', 'then', 'else']) {
      const branch = subSide(side, keyword)
      if (branch) queue.push(branch)
    }
  }
  const nodes = [...sides].map(({ node }) => node)
  const discriminators = nodes.map((node) => ownString(own(node, 'discriminator'), 'propertyName')).filter((name) => name !== undefined)
  const more = ['additionalProperties', 'unevaluatedProperties']
  return {
    declared: new Set([...nodes.flatMap((node) => Object.keys(ownObject(node, 'properties'))), ...discriminators]),
    open: nodes.some((node) => isObject(own(node, 'patternProperties')) || more.some((word) => isOpening(own(node, word)))),
    closed: nodes.some((node) => more.some((word) => own(node, word) === false)),
    undetermined: sides.size >= maxBranches || [...sides].some(({ undetermined }) => undetermined),
    nodes,
    sides: [...sides],
  }
}

function isOpening(value: unknown): boolean {
  return value === true || (typeof value === 'object' && value !== null)
}

/** Schemas of one member; for one that no branch declares, those of the map. */
export function memberSides(sides: readonly SchemaSide[], name: string): SchemaSide[] {
  const { sides: all } = describedBy(sides)
  const named = all.flatMap((side) => subSide(side, 'properties', name) ?? [])
  return named.length > 0 ? named : all.flatMap((side) => subSide(side, 'additionalProperties') ?? [])
}

export function itemSides(sides: readonly SchemaSide[]): SchemaSide[] {
  return describedBy(sides).sides.flatMap((side) => subSide(side, 'items') ?? [])
}
