import type { z } from 'zod'
import { distinctFields } from './entities/complain.ts'
import { type ReferenceTarget, referenceTargets } from './entities/references.ts'
import { definition, innermost, membersFor, registered, wordsOf } from './schema-shape.ts'

type Schema = z.core.$ZodType
export type Path = (string | number)[]

/** Where the references and the lists without repeats are in one kind of entity. Parts without any are left out. */
interface ReferenceMap {
  target?: ReferenceTarget
  /** Words that stand in the place of a reference. */
  words?: ReadonlySet<string>
  distinct?: { fields: readonly string[]; what: string }
  fields?: ReadonlyMap<string, ReferenceMap>
  item?: ReferenceMap
  keys?: ReferenceMap
  values?: ReferenceMap
  /** A union: the members that the value can be meant as are looked at. */
  union?: { schema: Schema; maps: ReadonlyMap<Schema, ReferenceMap> }
}

const maps = new WeakMap<Schema, ReferenceMap | 'none'>()

function mapOf(schema: Schema): ReferenceMap | undefined {
  const known = maps.get(schema)
  if (known) return known === 'none' ? undefined : known
  const map = compile(schema)
  const empty = Object.keys(map).length === 0
  maps.set(schema, empty ? 'none' : map)
  return empty ? undefined : map
}

function compile(schema: Schema): ReferenceMap {
  const target = registered(referenceTargets, schema)?.target
  if (target) return { target }
  const distinct = registered(distinctFields, schema)
  const inner = innermost(schema)
  const def = definition(inner)
  const item = def.element && mapOf(def.element)
  const keys = def.keyType && mapOf(def.keyType)
  const values = def.valueType && mapOf(def.valueType)
  const fields = new Map(Object.entries(def.shape ?? {}).flatMap(([name, field]) => named(name, mapOf(field))))
  return {
    ...(distinct && { distinct }),
    ...(item && { item }),
    ...(keys && { keys }),
    ...(values && { values }),
    ...(fields.size > 0 && { fields }),
    ...(def.options && compileUnion(inner, def.options)),
  }
}

const named = (name: string, map: ReferenceMap | undefined): [string, ReferenceMap][] => (map ? [[name, map]] : [])

function compileUnion(schema: Schema, options: readonly Schema[]): ReferenceMap {
  const found = new Map(
    options.flatMap((option): [Schema, ReferenceMap][] => {
      const map = mapOf(option)
      return map ? [[option, map]] : []
    }),
  )
  return found.size === 0 ? {} : { union: { schema, maps: found }, words: new Set(options.flatMap(wordsOf)) }
}

/** What a walk over one entity meets. Broken values are passed over: the schema has complained about them. */
export interface Visitor {
  reference: (target: ReferenceTarget, name: string, path: Path) => void
  repeat: (what: string, name: string, path: Path) => void
}

/** Meets every reference and every repeated item of an entity, broken or not, in the order of the schema. */
export function walkReferences(schema: Schema, value: unknown, visitor: Visitor): void {
  const map = mapOf(schema)
  if (map) walk(map, value, [], visitor)
}

function walk(map: ReferenceMap, value: unknown, path: Path, visitor: Visitor): void {
  if (map.target) {
    if (typeof value === 'string' && value !== '') visitor.reference(map.target, value, path)
  } else if (map.union) {
    if (typeof value === 'string' && map.words?.has(value)) return
    for (const member of membersFor(map.union.schema, value)) {
      const inner = map.union.maps.get(member)
      if (inner) walk(inner, value, path, visitor)
    }
  } else if (Array.isArray(value)) {
    if (map.distinct) findRepeats(map.distinct, value, path, visitor)
    if (map.item) for (const [index, item] of value.entries()) walk(map.item, item, [...path, index], visitor)
  } else if (typeof value === 'object' && value !== null) walkFields(map, value as Record<string, unknown>, path, visitor)
}

function walkFields(map: ReferenceMap, value: Record<string, unknown>, path: Path, visitor: Visitor): void {
  for (const [name, field] of map.fields ?? []) if (value[name] !== undefined) walk(field, value[name], [...path, name], visitor)
  for (const [key, item] of Object.entries(value)) {
    if (map.keys) walk(map.keys, key, [...path, key], visitor)
    if (map.values) walk(map.values, item, [...path, key], visitor)
  }
}

function findRepeats({ fields, what }: { fields: readonly string[]; what: string }, items: unknown[], path: Path, visitor: Visitor): void {
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    const parts = fields.map((field) => (item as Record<string, unknown> | null)?.[field]).filter((part) => part !== undefined)
    const name = parts.join(', ')
    if (parts.length > 0 && seen.has(name)) visitor.repeat(what, name, [...path, index, fields[0]!])
    seen.add(name)
  }
}
