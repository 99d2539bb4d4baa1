import { canonical, type Json, own, ownArray, ownObject, ownStrings } from '../json.ts'
import { allowsNull, branchesOf, type SchemaSide, subSide, typesOf } from '../schema-side.ts'

/** A conjunction of schemas, read as one set of values. `undefined` means unrestricted. */
export interface Facts {
  types: ReadonlySet<string> | undefined
  nullable: boolean
  /** Values of enum and const, as canonical text. */
  values: ReadonlySet<string> | undefined
  required: ReadonlySet<string>
  properties: ReadonlyMap<string, readonly SchemaSide[]>
  /** No properties but the named ones. */
  closed: boolean
  /** Schemas for properties without a name here. */
  rest: readonly SchemaSide[]
  /** Each is a choice: the value is in at least one of its members. */
  unions: readonly { part: SchemaSide; keyword: 'anyOf' | 'oneOf'; branches: readonly SchemaSide[] }[]
  /** Every other word of the parts, to be found word for word: part → words. */
  parts: readonly SchemaSide[]
}

/** Reads a conjunction. `allOf` is taken apart; recursion through `allOf` ends after `maxParts` parts. */
export function factsOf(conjunction: readonly SchemaSide[], maxParts = 64): Facts {
  const parts = flatten(conjunction, maxParts)
  const properties = propertiesOf(parts)
  const types = intersect(parts.map((part) => withNumbers(typesOf(part.node))))
  const nullable = conjunction.every((side) => takesNull(side, maxParts))
  return {
    types,
    nullable,
    values:
      intersect(
        parts.flatMap((part) => [
          valueSet(own(part.node, 'enum')),
          Object.hasOwn(part.node, 'const') ? valueSet([part.node.const!]) : undefined,
        ]),
      ) ?? valuesOfTypes(types, nullable),
    required: new Set(parts.flatMap((part) => ownStrings(part.node, 'required'))),
    properties,
    closed: parts.some(isClosed),
    rest: parts.flatMap((part) => subSide(part, 'additionalProperties') ?? []),
    unions: parts.flatMap((part) =>
      (['anyOf', 'oneOf'] as const)
        .filter((keyword) => ownArray(part.node, keyword).length > 0)
        .map((keyword) => ({ part, keyword, branches: branchesOf(part, keyword) })),
    ),
    parts,
  }
}

/** A type with two values is a list of them. */
function valuesOfTypes(types: ReadonlySet<string> | undefined, nullable: boolean): Set<string> | undefined {
  return types?.size === 1 && types.has('boolean') ? new Set(['true', 'false', ...(nullable ? ['null'] : [])]) : undefined
}

/** What the parts say about the element at a position; at {@link prefixLength} and beyond, about every other element. */
export function elementAt(facts: Facts, index: number): SchemaSide[] {
  return facts.parts.flatMap((part) => {
    const positions = branchesOf(part, 'prefixItems')
    return index < positions.length ? positions[index]! : (subSide(part, 'items') ?? [])
  })
}

/** Schemas for properties by pattern of their name. */
export function patternsOf(facts: Facts): [pattern: string, schema: SchemaSide][] {
  return facts.parts.flatMap((part) =>
    Object.keys(ownObject(part.node, 'patternProperties')).map((pattern): [string, SchemaSide] => [
      pattern,
      subSide(part, 'patternProperties', pattern)!,
    ]),
  )
}

/** How many positions the parts tell apart. */
export function prefixLength(facts: Facts): number {
  return Math.max(0, ...facts.parts.map((part) => ownArray(part.node, 'prefixItems').length))
}

/** A property that one closed part does not name can't be there, whatever the others say about it. */
function propertiesOf(parts: readonly SchemaSide[]): Map<string, SchemaSide[]> {
  const properties = new Map<string, SchemaSide[]>()
  const closed = parts.filter(isClosed)
  for (const part of parts) {
    for (const name of Object.keys(ownObject(part.node, 'properties'))) {
      const schema = subSide(part, 'properties', name)
      if (!schema || closed.some((other) => !Object.hasOwn(ownObject(other.node, 'properties'), name))) continue
      properties.set(name, [...(properties.get(name) ?? []), schema])
    }
  }
  return properties
}

function isClosed(part: SchemaSide): boolean {
  return own(part.node, 'additionalProperties') === false && !Object.hasOwn(part.node, 'patternProperties')
}

function flatten(conjunction: readonly SchemaSide[], maxParts: number): SchemaSide[] {
  const parts: SchemaSide[] = []
  const seen = new Set<object>()
  const queue = [...conjunction]
  for (let side = queue.shift(); side && parts.length < maxParts; side = queue.shift()) {
    if (seen.has(side.node)) continue
    seen.add(side.node)
    parts.push(side)
    queue.push(...branchesOf(side, 'allOf'))
  }
  return parts
}

/** A union around a schema that takes null takes it whatever the parts of the schema say. */
function takesNull(side: SchemaSide, depth: number): boolean {
  if (side.wrappedNull) return true
  const parts = branchesOf(side, 'allOf')
  return (
    (allowsNull(side) || !restrictsType(side)) && (parts.length === 0 || (depth > 0 && parts.every((part) => takesNull(part, depth - 1))))
  )
}

function restrictsType(part: SchemaSide): boolean {
  return ['type', 'enum', 'const'].some((word) => Object.hasOwn(part.node, word))
}

/** `number` includes `integer`. */
function withNumbers(types: string[] | undefined): Set<string> | undefined {
  return types && new Set(types.includes('number') ? [...types, 'integer'] : types)
}

function valueSet(values: Json | undefined): Set<string> | undefined {
  return Array.isArray(values) ? new Set(values.map(canonical)) : undefined
}

function intersect(sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const restricting = sets.filter((set) => set !== undefined)
  const [first, ...others] = restricting
  return first && new Set([...first].filter((item) => others.every((set) => set.has(item))))
}
