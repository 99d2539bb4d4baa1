import { type Json, type JsonObject, own } from '../json.ts'
import type { SchemaSide } from '../schema-side.ts'
import { describedBy, itemSides, memberSides } from './described.ts'

const maxDepth = 4
const maxMembers = 25
const maxItems = 2

/**
 * What a value looks like, without the value: types, classes of length, and only such values as the contract itself lists. Names that the
 * contract does not know are kept when they can't be data.
 *
 * @param sides schemas that describe the value; empty where nothing does
 */
export function shapeOf(value: Json, sides: readonly SchemaSide[], depth = 0): Json {
  if (value === null) return null
  if (typeof value === 'boolean') return '<boolean>'
  if (typeof value !== 'object') return lists(sides, value) ? value : typeof value === 'string' ? textShape(value) : numberShape(value)
  if (depth >= maxDepth) return Array.isArray(value) ? '<array>' : '<object>'
  if (Array.isArray(value)) {
    const items = itemSides(sides)
    const shown = value.slice(0, maxItems).map((item) => shapeOf(item, items, depth + 1))
    return value.length > maxItems ? [...shown, `<${lengthClass(value.length)} items>`] : shown
  }
  return objectShape(value, sides, depth)
}

function objectShape(value: JsonObject, sides: readonly SchemaSide[], depth: number): Json {
  const names = Object.keys(value)
  const { declared } = describedBy(sides)
  const shown = names.slice(0, maxMembers).map((name, index): [string, Json] => {
    const kept = declared.has(name) ? name : (safeName(name) ?? `<name ${index + 1}>`)
    return [kept, shapeOf(value[name]!, memberSides(sides, name), depth + 1)]
  })
  if (names.length > maxMembers) shown.push(['<more>', `<${lengthClass(names.length)} members>`])
  return Object.fromEntries(shown)
}

/** Whether a schema of the contract names this very value. */
export function lists(sides: readonly SchemaSide[], value: string | number): boolean {
  return describedBy(sides).nodes.some((node) => {
    const values = own(node, 'enum')
    return own(node, 'const') === value || (Array.isArray(values) && values.includes(value))
  })
}

const kinds: readonly [string, RegExp][] = [
  ['a UUID', /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i],
  ['a date', /^\d{4}-\d{2}-\d{2}$/],
  ['a date and time', /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/],
  ['a number', /^[+-]?\d+([.,]\d+)?$/],
  ['an e-mail address', /^[^@\s]+@[^@\s]+\.[^@\s]+$/],
  ['a web address', /^https?:\/\//i],
]

function textShape(text: string): string {
  const kind = text.length > 2_000 ? undefined : kinds.find(([, pattern]) => pattern.test(text))?.[0]
  return `<string of ${lengthClass(text.length)} characters${kind ? `, like ${kind}` : ''}>`
}

function numberShape(number: number): string {
  const digits = Math.trunc(Math.abs(number)).toString().length
  return `<${number < 0 ? 'negative ' : ''}${Number.isInteger(number) ? 'integer' : 'number'} of ${lengthClass(digits)} digits>`
}

/** Exact lengths can tell a password from another; classes can't. */
export function lengthClass(length: number): string {
  if (length <= 1) return String(length)
  const bounds = [4, 9, 16, 32, 64, 128, 256, 1_024, 4_096, 65_536]
  const index = bounds.findIndex((bound) => length <= bound)
  if (index < 0) return `more than ${bounds.at(-1)}`
  return `${index === 0 ? 2 : bounds[index - 1]! + 1} to ${bounds[index]}`
}

/**
 * A name that the contract does not know, when it reads like the name of a field. Keys of maps are data (addresses, numbers, ids, tokens) and are
 * never told: a name with `@`, spaces, many digits, or of unusual length is taken for one.
 */
export function safeName(name: string): string | undefined {
  if (!/^[A-Za-z_$][A-Za-z0-9_$.:-]{0,39}$/.test(name)) return undefined
  return (name.match(/\d/g)?.length ?? 0) <= 2 ? name : undefined
}
