import { type Json, type JsonObject, own, ownArray, ownString } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { allowsNull, branchesOf, isAnnotation, type SchemaSide, typesOf } from '../schema-side.ts'
import { directionOf, type SchemaFamily } from './family.ts'
import { formatWidth } from './formats.ts'
import { type Place, places } from './rule.ts'
import { schemaRules } from './schema-rules.ts'

const family = 'types'
const hasSpecialized = (place: Place) => places[place].direction === 'response' || place === 'request-parameter-property'
const hasCompatible = (place: Place) => !place.startsWith('request-parameter')

export const types: SchemaFamily = {
  name: family,
  words: ['type', 'format', 'oneOf', 'anyOf', 'enum', 'const', 'properties', 'items'],
  rules: schemaRules(family, [
    {
      suffix: 'type-changed',
      effect: 'changes',
      clause: 'the type or format became another one',
      before: { type: 'integer' },
      after: { type: 'boolean' },
      levels: { 'request-parameter-property': 'WARN' },
    },
    {
      suffix: 'type-generalized',
      effect: 'widens',
      clause: 'the type or format now includes more values',
      before: { type: 'integer' },
      after: { type: 'number' },
    },
    {
      suffix: 'type-specialized',
      effect: 'narrows',
      clause: 'the type or format now includes fewer values',
      before: { type: 'number' },
      after: { type: 'integer' },
      only: hasSpecialized,
    },
    {
      suffix: 'type-compatible',
      effect: 'neutral',
      clause: 'the type changed, but the media type writes both the same way',
      before: { type: 'string' },
      after: { type: 'string' },
      only: () => false,
    },
    {
      suffix: 'list-of-types-widened',
      effect: 'widens',
      clause: 'a choice of plain types got more members',
      before: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      after: { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'boolean' }] },
      only: (place) => !place.startsWith('response-header'),
    },
    {
      suffix: 'list-of-types-narrowed',
      effect: 'narrows',
      clause: 'a choice of plain types lost members',
      before: { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'boolean' }] },
      after: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      only: (place) => !place.startsWith('response-header'),
    },
  ]).concat(
    schemaRules(family, [
      {
        suffix: 'type-compatible',
        effect: 'neutral',
        clause: 'the type changed, but this media type writes both the same way',
        before: { type: 'integer' },
        after: { type: 'string' },
        mediaType: 'application/xml',
        only: (place) => hasCompatible(place) && places[place].direction === 'request',
      },
      {
        suffix: 'type-compatible',
        effect: 'neutral',
        clause: 'the type changed, but this media type writes both the same way',
        before: { type: 'string' },
        after: { type: 'integer' },
        mediaType: 'application/xml',
        only: (place) => hasCompatible(place) && places[place].direction === 'response',
      },
    ]),
  ),
  check: checkTypes,
}

function checkTypes(pair: SchemaPair, report: Report): void {
  const [before, after] = [typeList(pair.before), typeList(pair.after)]
  if (before.listed || after.listed) {
    checkLists(before, after, report)
    return
  }
  const old = withoutUntyped(before.types, pair.before)
  const now = withoutUntyped(after.types, pair.after)
  const type = width(old, now)
  const format =
    type === 'same' || type === undefined ? formatWidth(own(pair.before.node, 'format'), own(pair.after.node, 'format')) : 'same'
  const change = type === 'same' || type === undefined ? format : type
  if (change === 'same') return
  const details = type === 'same' ? wordsOf(pair, 'format') : { before: show(old), after: show(now) }
  report(suffixFor(pair, change, old, now, type !== 'same'), details)
}

function suffixFor(pair: SchemaPair, change: 'widens' | 'narrows' | 'changes', old: Types, now: Types, typeChanged: boolean): string {
  const direction = directionOf(pair)
  const text = typeChanged && change === 'changes' ? textWidth(pair, old, now) : undefined
  if (text && pair.place.endsWith('parameter-property')) return text === 'narrows' ? 'type-specialized' : 'type-changed'
  if (text === 'widens' && pair.place.startsWith('request-') && places[pair.place].prefix === 'request-parameter') return 'type-generalized'
  if (text && (direction === 'request') === (text === 'widens') && places[pair.place].prefix !== 'request-parameter')
    return 'type-compatible'
  if (change === 'widens') return 'type-generalized'
  if (change === 'narrows' && hasSpecialized(places[pair.place].prefix as Place)) return 'type-specialized'
  return 'type-changed'
}

/** Where values are written as text, a plain string stands for every other type. */
function textWidth(pair: SchemaPair, old: Types, now: Types): 'widens' | 'narrows' | undefined {
  if (!pair.loose) return undefined
  if (isPlainString(now, pair.after.node)) return 'widens'
  return isPlainString(old, pair.before.node) ? 'narrows' : undefined
}

function isPlainString(types: Types, node: JsonObject): boolean {
  return types?.length === 1 && types[0] === 'string' && ownString(node, 'format') === undefined
}

function wordsOf(pair: SchemaPair, word: string): { before?: Json; after?: Json } {
  const [before, after] = [own(pair.before.node, word), own(pair.after.node, word)]
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
}

type Types = readonly string[] | undefined

function show(types: Types): Json {
  return types === undefined ? 'any' : types.length === 1 ? types[0]! : [...types].sort()
}

function width(before: Types, after: Types): 'same' | 'widens' | 'narrows' | 'changes' {
  const includes = (larger: Types, smaller: Types) =>
    larger === undefined || (smaller?.every((type) => larger.includes(type) || (type === 'integer' && larger.includes('number'))) ?? false)
  const [wider, narrower] = [includes(after, before), includes(before, after)]
  if (wider && narrower) return 'same'
  return wider ? 'widens' : narrower ? 'narrows' : 'changes'
}

function checkLists(before: TypeList, after: TypeList, report: Report): void {
  const change = width(before.types, after.types)
  if (change === 'same') return
  const suffix = change === 'widens' ? 'list-of-types-widened' : change === 'narrows' ? 'list-of-types-narrowed' : 'type-changed'
  report(suffix, { before: show(before.types), after: show(after.types) })
}

interface TypeList {
  types: Types
  /** The types are the branches of a oneOf or anyOf that say nothing else. */
  listed: boolean
}

function typeList(side: SchemaSide): TypeList {
  const list = plainBranches(side)
  return list ? { types: list, listed: true } : { types: typesOf(side.node), listed: false }
}

/** The members of a union whose branches are types and nothing else; undefined for every other schema. */
export function plainBranches(side: SchemaSide): string[] | undefined {
  for (const keyword of ['oneOf', 'anyOf']) {
    if (ownArray(side.node, keyword).length === 0) continue
    const branches = branchesOf(side, keyword)
    const plain = branches.every(
      (branch) => Object.keys(branch.node).every((word) => word === 'type' || isAnnotation(word)) && typesOf(branch.node)?.length,
    )
    return plain && typesOf(side.node) === undefined ? branches.flatMap((branch) => typesOf(branch.node) ?? []) : undefined
  }
  return undefined
}

/** A schema without `type` often says it otherwise: by its values, its properties, its items, its branches. */
function withoutUntyped(types: Types, side: SchemaSide, depth = 3): Types {
  if (types !== undefined) return types.length === 0 && allowsNull(side) ? ['null'] : types
  const { node } = side
  const values = Object.hasOwn(node, 'const') ? [node.const!] : ownArray(node, 'enum')
  if (values.length > 0) return [...new Set(values.filter((value) => value !== null).map(typeOfValue))]
  if (Object.hasOwn(node, 'properties')) return ['object']
  if (Object.hasOwn(node, 'items')) return ['array']
  return depth === 0 ? undefined : branchTypes(side, depth)
}

function branchTypes(side: SchemaSide, depth: number): Types {
  for (const keyword of ['oneOf', 'anyOf']) {
    const all = branchesOf(side, keyword).map((branch) => withoutUntyped(typesOf(branch.node), branch, depth - 1))
    if (all.length > 0) return all.includes(undefined) ? undefined : [...new Set(all.flatMap((found) => found ?? []))]
  }
  for (const part of branchesOf(side, 'allOf')) {
    const found = withoutUntyped(typesOf(part.node), part, depth - 1)
    if (found) return found
  }
  return undefined
}

function typeOfValue(value: Json): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
