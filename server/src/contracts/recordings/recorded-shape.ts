import { createRequire } from 'node:module'
import { BoundedRegex } from '../bounded-regex.ts'
import { describedBy, itemSides, memberSides } from '../drift/described.ts'
import { safeName } from '../drift/shape.ts'
import { canonical, isObject, type Json, type JsonObject, own } from '../json.ts'
import type { SchemaSide } from '../schema-side.ts'

/** Lowest and highest, both included; null: no end. */
export type Range = readonly [number | null, number | null]

/** What the contract in force said of a value that is not kept: its own patterns, formats and lists, kept or not. */
interface Facts {
  /** Such as `format email`: the value meets it. */
  y?: readonly string[]
  n?: readonly string[]
}

/**
 * A recorded payload without its values, in which a later contract can still be judged. `v`: a value that the contract lists. `s`: a text, by
 * the range of its length in characters. `i`, `d`: a whole or other number, by the range it lies in. `b`: true or false. `a`: a list, by its different
 * items and the range of their number. `o`: an object, with `x` for members whose names are data. `t`: nothing but its type. `more`: not everything is there.
 */
export type RecordedShape =
  | null
  | { v: string | number }
  | ({ s: Range } & Facts)
  | ({ i: Range } & Facts)
  | ({ d: Range } & Facts)
  | { b: 1 }
  | { a: readonly RecordedShape[]; len: Range; more?: 1 }
  | { o: Readonly<Record<string, RecordedShape>>; x?: readonly RecordedShape[]; more?: 1 }
  | { t: 'array' | 'object' }

const maxDepth = 12
const maxItems = 8
const maxMembers = 200
const lengths = [0, 1, 4, 9, 16, 32, 64, 128, 256, 1_024, 4_096, 65_536]

/**
 * Takes the values out of a payload. What is kept of one: its type, classes of length and size, whether it meets what the contract itself asks of it,
 * and the value only where the contract lists it.
 *
 * @param sides schemas of the contract in force that describe the payload
 */
export function recordShape(value: Json, sides: readonly SchemaSide[], depth = 0): RecordedShape {
  if (value === null) return null
  if (typeof value === 'boolean') return { b: 1 }
  if (typeof value === 'string' || typeof value === 'number') return scalarShape(value, describedBy(sides).nodes)
  if (depth >= maxDepth) return { t: Array.isArray(value) ? 'array' : 'object' }
  return Array.isArray(value) ? listShape(value, sides, depth) : objectShape(value, sides, depth)
}

function listShape(value: readonly Json[], sides: readonly SchemaSide[], depth: number): RecordedShape {
  const items = itemSides(sides)
  const different = new Map<string, RecordedShape>()
  for (const item of value.slice(0, maxItems * 10)) {
    const shape = recordShape(item, items, depth + 1)
    different.set(canonical(shape as Json), shape)
  }
  const more = different.size > maxItems || value.length > maxItems * 10
  const kept = [...different].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shape]) => shape)
  const bounds = describedBy(sides).nodes
  const len = tightened(classOf(value.length), value.length, bounds, 'minItems', 'maxItems', true)
  return { a: kept.slice(0, maxItems), len, ...(more ? { more: 1 } : {}) }
}

function objectShape(value: JsonObject, sides: readonly SchemaSide[], depth: number): RecordedShape {
  const { declared } = describedBy(sides)
  const kept: [string, RecordedShape][] = []
  const masked = new Map<string, RecordedShape>()
  const entries = Object.entries(value)
  for (const [name, member] of entries.slice(0, maxMembers)) {
    const shape = recordShape(member, memberSides(sides, name), depth + 1)
    if (declared.has(name) || safeName(name) !== undefined) kept.push([name, shape])
    else masked.set(canonical(shape as Json), shape)
  }
  return {
    o: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(masked.size > 0 ? { x: [...masked.values()].slice(0, maxItems) } : {}),
    ...(entries.length > maxMembers || masked.size > maxItems ? { more: 1 } : {}),
  }
}

function scalarShape(value: string | number, nodes: readonly JsonObject[]): RecordedShape {
  const lists = nodes.flatMap((node) => {
    const values = own(node, 'enum')
    const only = own(node, 'const')
    return [...(Array.isArray(values) ? [values] : []), ...(only === undefined ? [] : [[only]])]
  })
  if (lists.some((values) => values.includes(value))) return { v: value }
  const facts = factsOf(value, nodes, lists)
  if (typeof value === 'string') {
    const length = [...value].length
    return { s: tightened(classOf(length), length, nodes, 'minLength', 'maxLength', true), ...facts }
  }
  const whole = Number.isInteger(value)
  const range = tightened(sizeOf(value), value, nodes, 'minimum', 'maximum', whole)
  return whole ? { i: range, ...facts } : { d: range, ...facts }
}

function classOf(length: number): Range {
  const above = lengths.findIndex((bound) => length <= bound)
  if (above < 0) return [lengths.at(-1)! + 1, null]
  return [above === 0 ? 0 : lengths[above - 1]! + 1, lengths[above]!]
}

/** By the number of digits. */
function sizeOf(value: number): Range {
  const size = Math.abs(value)
  const digits = Math.trunc(size).toString().length
  if (!Number.isFinite(size) || digits > 15 || /e/.test(String(size))) return value < 0 ? [null, 0] : [0, null]
  const low = digits === 1 ? 0 : 10 ** (digits - 1)
  const high = Number.isInteger(value) ? 10 ** digits - 1 : 10 ** digits
  return value < 0 ? [-high, -low] : [low, high]
}

/** Bounds of the contract itself may be known: they tell only on which side of them a value lies. */
function tightened([low, high]: Range, value: number, nodes: readonly JsonObject[], least: string, most: string, whole: boolean): Range {
  let [from, until] = [low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY]
  for (const node of nodes) {
    const [minimum, maximum] = [own(node, least), own(node, most)]
    if (typeof minimum === 'number') {
      if (value >= minimum) from = Math.max(from, minimum)
      else until = Math.min(until, whole ? Math.ceil(minimum) - 1 : minimum)
    }
    if (typeof maximum === 'number') {
      if (value <= maximum) until = Math.min(until, maximum)
      else from = Math.max(from, whole ? Math.floor(maximum) + 1 : maximum)
    }
  }
  return [Number.isFinite(from) ? from : null, Number.isFinite(until) ? until : null]
}

function factsOf(value: string | number, nodes: readonly JsonObject[], lists: readonly (readonly Json[])[]): Facts {
  const met = new Set<string>()
  const unmet = new Set<string>(lists.map((values) => factOf('enum', [...values])))
  for (const node of nodes) {
    for (const keyword of ['pattern', 'format', 'multipleOf', 'exclusiveMinimum', 'exclusiveMaximum']) {
      const demand = demandOf(node, keyword)
      const meets = demand === undefined ? undefined : meetsDemand(value, keyword, demand)
      if (meets !== undefined) (meets ? met : unmet).add(factOf(keyword, demand!))
    }
  }
  return { ...(met.size > 0 ? { y: [...met].sort() } : {}), ...(unmet.size > 0 ? { n: [...unmet].sort() } : {}) }
}

/** As the schema is written for a validator: OpenAPI 3.0 says `exclusiveMinimum: true` beside `minimum`. */
function demandOf(node: JsonObject, keyword: string): Json | undefined {
  const demand = own(node, keyword)
  return demand === true ? own(node, keyword === 'exclusiveMinimum' ? 'minimum' : 'maximum') : demand === false ? undefined : demand
}

/** One demand of a contract as it is compared. */
export function factOf(keyword: string, demand: Json): string {
  return `${keyword} ${canonical(demand)}`
}

type Format =
  | true
  | RegExp
  | ((text: string) => boolean)
  | { type?: 'string' | 'number'; validate: RegExp | ((value: never) => boolean) | boolean }
const { fullFormats } = createRequire(import.meta.url)('ajv-formats/dist/formats') as { fullFormats: Record<string, Format> }

/** Whether a value meets a demand; undefined when the demand does not concern such values, or can't be understood. */
export function meetsDemand(value: string | number, keyword: string, demand: Json): boolean | undefined {
  try {
    if (keyword === 'pattern') return typeof value === 'string' && typeof demand === 'string' ? meetsPattern(value, demand) : undefined
    if (keyword === 'format') return typeof demand === 'string' ? meetsFormat(value, demand) : undefined
    if (typeof value !== 'number' || typeof demand !== 'number') return undefined
    if (keyword === 'multipleOf') return Number.isInteger(value / demand)
    if (keyword === 'exclusiveMinimum') return value > demand
    return keyword === 'exclusiveMaximum' ? value < demand : undefined
  } catch {
    return undefined
  }
}

/** Far more than any honest pattern needs, so that a busy machine changes no finding. */
const patternLimitMs = 1_000
const tooSlow = new Set<string>()

/** A pattern that takes too long on a text is not understood, here and on every other text: whoever proposes it must not stop the process. */
function meetsPattern(text: string, pattern: string): boolean | undefined {
  if (tooSlow.has(pattern)) return undefined
  const regex = new BoundedRegex(new RegExp(pattern, 'u'), patternLimitMs)
  try {
    return regex.test(text)
  } catch {
    if (tooSlow.size >= 1_000) tooSlow.clear()
    tooSlow.add(pattern)
    return undefined
  }
}

/** Whether a format demands anything of texts. */
export function demandsOfText(name: Json): boolean {
  const format = typeof name === 'string' && Object.hasOwn(fullFormats, name) ? fullFormats[name]! : true
  return format !== true && ((format as { type?: string }).type ?? 'string') === 'string'
}

/** True for formats that nobody knows: they demand nothing. */
function meetsFormat(value: string | number, name: string): boolean | undefined {
  const format = Object.hasOwn(fullFormats, name) ? fullFormats[name]! : true
  if (format === true) return true
  const isObjectForm = isObject(format as never) && !(format instanceof RegExp)
  const { type, validate } = isObjectForm ? (format as { type?: string; validate: unknown }) : { type: 'string', validate: format }
  if ((type ?? 'string') !== typeof value) return undefined
  if (validate instanceof RegExp) return validate.test(String(value))
  return typeof validate === 'function' ? Boolean((validate as (value: unknown) => boolean)(value)) : true
}
