import { type Json, type JsonObject, own, ownArray, ownString } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { allowsNull, branchesOf, type SchemaSide, typesOf } from '../schema-side.ts'
import { directionOf, type SchemaFamily } from './family.ts'
import { formatWidth, isWiderByName } from './formats.ts'
import { type Place, places } from './rule.ts'
import { type SchemaRule, schemaRules } from './schema-rules.ts'

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
      only: (place) => place !== 'request-parameter-property',
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
        suffix: 'type-changed',
        effect: 'changes',
        clause: 'the type became text; whether what was sent still is depends on how the parameter is written',
        before: { type: 'integer' },
        after: { type: 'string' },
        levels: { 'request-parameter-property': 'WARN' },
        only: (place) => place === 'request-parameter-property',
      },
      ...(['request', 'response'] as const).map((direction): SchemaRule => {
        const [day, moment] = [
          { type: 'string', format: 'date' },
          { type: 'string', format: 'date-time' },
        ]
        return {
          suffix: 'format-respelled',
          effect: 'changes',
          clause: 'the text is written in another format, which the field takes for a wider one: a day is no moment, nor is a time of day',
          before: direction === 'request' ? day : moment,
          after: direction === 'request' ? moment : day,
          only: (place) => places[place].direction === direction,
        }
      }),
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
  // What is said by branches alone is told as branches.
  if (isUntypedUnion(pair.before) && isUntypedUnion(pair.after)) return
  const old = withoutUntyped(typesOf(pair.before.node), pair.before)
  const now = withoutUntyped(typesOf(pair.after.node), pair.after)
  const type = width(old, now)
  const change = bothWidths(type, formatChange(pair, old, now))
  if (change === 'same') return
  const details = type === 'same' ? wordsOf(pair, 'format') : { before: show(old), after: show(now) }
  if (type === 'same' && isRespelled(pair)) {
    report(directionOf(pair) === 'request' ? 'type-generalized' : 'type-specialized', { ...details, level: 'INFO' })
    report('format-respelled', details)
    return
  }
  report(suffixFor(pair, change, old, now, type !== 'same'), details)
}

/** To whoever sends days, or reads moments. The other way round the field, too, says that the type changed. */
function isRespelled({ before, after, ...pair }: SchemaPair): boolean {
  const [old, now] = [own(before.node, 'format'), own(after.node, 'format')]
  return places[pair.place].direction === 'request' ? isWiderByName(old, now) : isWiderByName(now, old)
}

type Width = 'same' | 'widens' | 'narrows' | 'changes'

function bothWidths(type: Width, format: Width): Width {
  if (type === format || format === 'same') return type
  return type === 'same' ? format : 'changes'
}

const numeric = new Set(['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bigint', 'float', 'double', 'decimal'])

/** Formats are compared where both versions have a type that they speak of. */
export function formatChange(pair: SchemaPair, old: Types, now: Types): Width {
  const [before, after] = [formatOf(pair.before.node, pair.after.node), formatOf(pair.after.node, pair.before.node)]
  const shared = old && now ? now.filter((type) => old.includes(type) || (type === 'number' && old.includes('integer'))) : undefined
  const speaksOf = (format: Json | undefined) =>
    shared === undefined ||
    shared.some((type) => type === 'string' || ((type === 'number' || type === 'integer') && numeric.has(String(format))))
  // How finely a number is kept takes no whole number away.
  if (before === undefined && ['float', 'double'].includes(String(after)) && old?.every((type) => type === 'integer')) return 'same'
  return formatWidth(speaksOf(before) ? before : undefined, speaksOf(after) ? after : undefined)
}

/** `byte` against the `contentEncoding` that took its place is told by the rules about contents. */
function formatOf(node: JsonObject, other: JsonObject): Json | undefined {
  const format = own(node, 'format')
  return format === 'byte' && own(other, 'contentEncoding') !== undefined ? undefined : format
}

export function suffixFor(pair: SchemaPair, change: Exclude<Width, 'same'>, old: Types, now: Types, typeChanged: boolean): string {
  const direction = directionOf(pair)
  const text = typeChanged && change === 'changes' ? textWidth(pair, old, now) : undefined
  // However the object is written, a type that is no text and became another is refused.
  if (change === 'changes' && places[pair.place].prefix === 'request-parameter-property')
    return text !== 'widens' ? 'type-specialized' : pair.place === 'request-parameter-element' ? 'type-generalized' : 'type-changed'
  if (text === 'widens' && pair.place.startsWith('request-') && places[pair.place].prefix === 'request-parameter') return 'type-generalized'
  if (text && (direction === 'request') === (text === 'widens') && places[pair.place].prefix !== 'request-parameter')
    return 'type-compatible'
  // To whoever reads, the field calls only a type wider, not a format.
  if (change === 'widens') return direction === 'response' && !typeChanged ? 'type-changed' : 'type-generalized'
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

export function wordsOf(pair: SchemaPair, word: string): { before?: Json; after?: Json } {
  const [before, after] = [own(pair.before.node, word), own(pair.after.node, word)]
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
}

export type Types = readonly string[] | undefined

export function show(types: Types): Json {
  return types === undefined ? 'any' : types.length === 1 ? types[0]! : [...types].sort()
}

export function width(before: Types, after: Types): Width {
  const includes = (larger: Types, smaller: Types) =>
    larger === undefined || (smaller?.every((type) => larger.includes(type) || (type === 'integer' && larger.includes('number'))) ?? false)
  const [wider, narrower] = [includes(after, before), includes(before, after)]
  if (wider && narrower) return 'same'
  return wider ? 'widens' : narrower ? 'narrows' : 'changes'
}

function isUntypedUnion(side: SchemaSide): boolean {
  return typesOf(side.node) === undefined && ['oneOf', 'anyOf'].some((keyword) => ownArray(side.node, keyword).length > 0)
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
