import { canonical, type Json, own, ownObject, sameJson } from '../json.ts'
import { constrainsFormat, formatWidth } from '../rules/formats.ts'
import { isAnnotation, type SchemaSide, typesOf } from '../schema-side.ts'
import type { Facts } from './facts.ts'

/** Words that are judged elsewhere, or say nothing about values. */
const handled = new Set([
  'type',
  'enum',
  'const',
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'items',
  'prefixItems',
  'allOf',
  'anyOf',
  'oneOf',
  'nullable',
  'discriminator',
  '$ref',
  '$defs',
  'definitions',
  '$schema',
  '$id',
  'id',
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
  'contentMediaType',
  'contentEncoding',
])

/** Values of any other type are within, whatever the word says. */
const concernedType: Record<string, string> = {
  maximum: 'number',
  minimum: 'number',
  exclusiveMaximum: 'number',
  exclusiveMinimum: 'number',
  multipleOf: 'number',
  maxLength: 'string',
  minLength: 'string',
  pattern: 'string',
  maxItems: 'array',
  minItems: 'array',
  uniqueItems: 'array',
  contains: 'array',
  unevaluatedItems: 'array',
  maxProperties: 'object',
  minProperties: 'object',
  propertyNames: 'object',
  patternProperties: 'object',
  dependentRequired: 'object',
  dependentSchemas: 'object',
  unevaluatedProperties: 'object',
}

/** Words that decide what is left over for another. Which properties are named is judged apart. */
const reaching = {
  unevaluatedItems: ['items', 'prefixItems', 'contains'],
  unevaluatedProperties: ['additionalProperties', 'patternProperties', 'dependentSchemas'],
}

/** Words that say something only together. */
const together = [
  ['contains', 'minContains', 'maxContains'],
  ['if', 'then', 'else'],
]

/** Does every value with these facts meet one word of a schema? False means "not shown". Types, values and members are judged elsewhere. */
export function fitsWord(facts: Facts, word: string, value: Json, part: SchemaSide): boolean {
  if (handled.has(word) || isAnnotation(word) || isOutside(facts, word)) return true
  if (word in bounds) return boundFits(facts, word, value)
  if (word in exclusive) return exclusiveFits(facts, word, value)
  if (word === 'multipleOf') return multipleFits(facts, value)
  const own = strictest(facts, word)
  if (word === 'format') return !constrainsFormat(value) || (own !== undefined && ['same', 'widens'].includes(formatWidth(own, value)))
  if (word === 'uniqueItems') return value !== true || own === true
  if (word === 'unevaluatedItems' || word === 'unevaluatedProperties')
    return value === true || (isSaidAlike(facts, [word, ...reaching[word]], part) && namesNoMore(facts, part))
  const group = together.find((words) => words.includes(word))
  if (group) return isSaidAlike(facts, group, part)
  return own !== undefined && sameJson(own, value) && !leadsElsewhere(value)
}

/** Whether a word says anything about values of the types that a schema names. Extensions say something to people only. */
export function concerns(word: string, side: SchemaSide): boolean {
  const type = concernedType[word]
  if (type === undefined) return !word.startsWith('x-')
  const types = typesOf(side.node)
  return types === undefined || types.includes(type) || (type === 'number' && types.includes('integer'))
}

function isOutside(facts: Facts, word: string): boolean {
  const type = concernedType[word]
  if (type === undefined) return false
  if (facts.types) return !facts.types.has(type) && !(type === 'number' && facts.types.has('integer'))
  return facts.values !== undefined && [...facts.values].every((text) => typeOfText(text) !== type)
}

function typeOfText(text: string): string {
  const first = text.charAt(0)
  return first === '"' ? 'string' : first === '[' ? 'array' : first === '{' ? 'object' : /[-\d]/.test(first) ? 'number' : 'other'
}

/** Two references that look alike may lead to different things. */
function leadsElsewhere(value: Json | undefined): boolean {
  return /"\$(?:ref|dynamicRef)"/.test(canonical(value))
}

function isSaidAlike(facts: Facts, words: readonly string[], part: SchemaSide): boolean {
  return facts.parts.some((side) =>
    words.every((word) => sameJson(own(side.node, word), own(part.node, word)) && !leadsElsewhere(own(part.node, word))),
  )
}

/** What a word leaves over depends on what stands beside it. */
function namesNoMore(facts: Facts, part: SchemaSide): boolean {
  const names = ownObject(part.node, 'properties')
  return facts.parts.length === 1 && [...facts.properties.keys()].every((name) => Object.hasOwn(names, name))
}

function multipleFits(facts: Facts, step: Json): boolean {
  if (typeof step !== 'number' || step <= 0) return false
  const isWhole = (value: Json | undefined) => typeof value === 'number' && Number.isInteger(value / step)
  if (facts.values) return [...facts.values].every((text) => typeOfText(text) !== 'number' || isWhole(JSON.parse(text) as Json))
  if (facts.types && !facts.types.has('number') && isWhole(1)) return true
  return facts.parts.some((part) => isWhole(own(part.node, 'multipleOf')))
}

const bounds: Record<string, 'upper' | 'lower'> = {
  maximum: 'upper',
  maxLength: 'upper',
  maxItems: 'upper',
  maxProperties: 'upper',
  minimum: 'lower',
  minLength: 'lower',
  minItems: 'lower',
  minProperties: 'lower',
}

/** Exclusive bounds with the inclusive one that can stand in for them. */
const exclusive: Record<string, 'maximum' | 'minimum'> = { exclusiveMaximum: 'maximum', exclusiveMinimum: 'minimum' }

/** Numbers only: the flag of OpenAPI 3.0 has to be found word for word, with the same bound beside it. */
function exclusiveFits(facts: Facts, word: string, limit: Json): boolean {
  if (limit === false) return true
  if (typeof limit !== 'number') return facts.parts.some((part) => own(part.node, word) === true)
  const numbers = (name: string) => facts.parts.map((part) => own(part.node, name)).filter((value) => typeof value === 'number')
  const upper = word === 'exclusiveMaximum'
  if (facts.values) return [...facts.values].every((text) => outside(JSON.parse(text) as Json, limit, upper))
  return (
    numbers(word).some((value) => (upper ? value <= limit : value >= limit)) ||
    numbers(exclusive[word]!).some((value) => (upper ? value < limit : value > limit))
  )
}

function outside(value: Json, limit: number, upper: boolean): boolean {
  return typeof value !== 'number' || (upper ? value < limit : value > limit)
}

function strictest(facts: Facts, word: string): Json | undefined {
  for (const part of facts.parts) if (Object.hasOwn(part.node, word)) return part.node[word]
  return undefined
}

function boundFits(facts: Facts, word: string, limit: Json): boolean {
  if (typeof limit !== 'number') return false
  if (facts.values) return [...facts.values].every((value) => valueFits(JSON.parse(value) as Json, word, limit))
  const found = facts.parts.map((part) => own(part.node, word)).filter((value) => typeof value === 'number')
  if (found.length === 0) return (word === 'minLength' || word === 'minItems' || word === 'minProperties') && limit === 0
  return bounds[word] === 'upper' ? Math.min(...found) <= limit : Math.max(...found) >= limit
}

function valueFits(value: Json, word: string, limit: number): boolean {
  if (word.endsWith('Length')) return typeof value !== 'string' || compare(word, [...value].length, limit)
  if (word === 'maximum' || word === 'minimum') return typeof value !== 'number' || compare(word, value, limit)
  if (value === null || typeof value !== 'object') return true
  return Array.isArray(value) === word.endsWith('Items') ? compare(word, Object.keys(value).length, limit) : true
}

function compare(word: string, size: number, limit: number): boolean {
  return bounds[word] === 'upper' ? size <= limit : size >= limit
}
