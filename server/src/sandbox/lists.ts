import type { Contract, Operation, Schema } from './contract.ts'
import { flatten, typeOf } from './flatten.ts'
import type { ResourceType } from './resources.ts'
import type { Item, RecordValue } from './state.ts'

type Test = (value: RecordValue) => boolean

export interface ListQuery {
  /** A field that must equal a value, when there is one: the store finds these by an index. */
  exact: { field: string; value: unknown } | undefined
  test: Test
  order: ListOrder
}

/** Where a record stands in a list: by a field, then by age. Cursors carry it, so that changed records move and none is missed. */
export interface ListOrder {
  keyOf(item: Item): OrderKey
  compare(a: OrderKey, b: OrderKey): number
  /** Whether it is the order of creation, in which the store keeps records anyway. */
  isNatural: boolean
}

export type OrderKey = [value: unknown, seq: number]

interface Filter {
  parameter: string
  /** Undefined when the value filters nothing, such as `state=all`. */
  testOf: (wanted: unknown) => Test | undefined
  exactField: string | undefined
}

/** How a list operation narrows and orders its records, learned from the names of its query parameters. */
export interface ListPlan {
  read(query: Record<string, unknown>): ListQuery
  /** Parameters that the sandbox accepts and gives no effect. */
  ignored: string[]
}

const orderParameters = /^(sort|sort_?by|order_?by|order|direction|sort_?order|sort_?direction)$/i

export function planList(contract: Contract, operation: Operation, type: ResourceType, pagingParameters: string[]): ListPlan {
  const candidates = operation.parameters.filter(
    (each) => each.in === 'query' && !pagingParameters.includes(each.name) && !orderParameters.test(each.name),
  )
  const filters = candidates.flatMap((parameter) => filterFor(contract, type, parameter.name, parameter.schema) ?? [])
  const order = orderOf(contract, operation, type)
  return {
    ignored: candidates.map((each) => each.name).filter((name) => !filters.some((filter) => filter.parameter === name)),
    read(query) {
      let exact: ListQuery['exact']
      const tests: Test[] = []
      for (const filter of filters) {
        const wanted = query[filter.parameter]
        const test = wanted === undefined ? undefined : filter.testOf(wanted)
        if (!test) continue
        if (filter.exactField && exact === undefined && typeof wanted !== 'object') exact = { field: filter.exactField, value: wanted }
        tests.push(test)
      }
      return { exact, test: (value) => tests.every((test) => test(value)), order: order(query) }
    },
  }
}

const rangeSuffixes: [RegExp, string][] = [
  [/[_-]?(since|after|from|gte|min|start)$/i, 'gte'],
  [/[_-]?(until|before|to|lte|max|end)$/i, 'lte'],
  [/[_-]?gt$/i, 'gt'],
  [/[_-]?lt$/i, 'lt'],
]

function filterFor(contract: Contract, type: ResourceType, name: string, schema: Schema): Filter | undefined {
  const field = fieldNamed(contract, type.flat, name)
  if (field) return fieldFilter(contract, type, name, field, schema)
  if (/^(q|query|search|term|keyword)$/i.test(name))
    return { parameter: name, exactField: undefined, testOf: (wanted) => (value) => mentions(value, String(wanted).toLowerCase()) }
  for (const [suffix, operator] of rangeSuffixes) {
    const stem = name.replace(suffix, '')
    if (stem === name) continue
    const ranged =
      stem === ''
        ? (timeField(type, /^updated/i) ?? timeField(type, /^created/i))
        : (fieldNamed(contract, type.flat, stem) ?? timeField(type, new RegExp(`^${stem}`, 'i')))
    if (ranged)
      return { parameter: name, exactField: undefined, testOf: (wanted) => (value) => compareBy(operator, read(value, ranged), wanted) }
  }
  return undefined
}

const timeField = (type: ResourceType, pattern: RegExp): string[] | undefined => {
  const found = Object.keys(type.flat.properties ?? {}).find(
    (name) => pattern.test(name) && /(_at|At|_on|time|date|^created$|^updated$)$/i.test(name),
  )
  return found ? [found] : undefined
}

/** `tag` finds `tags`, `requester_email` finds `requester.email`, `creator` finds `user.login`. */
function fieldNamed(contract: Contract, flat: Schema, name: string): string[] | undefined {
  const properties = (flat.properties ?? {}) as Record<string, Schema>
  const direct = [name, `${name}s`, `${name}_id`, `${name}Id`].find((each) => properties[each])
  if (direct) return [direct]
  const actor = /^(creator|author)$/.test(name) ? ['user', 'author', 'creator'].find((each) => properties[each]) : undefined
  if (actor) return [actor]
  for (const mark of ['_', '.', '-']) {
    const at = name.indexOf(mark)
    const outer = at > 0 ? name.slice(0, at) : ''
    const inner = outer && properties[outer] ? fieldNamed(contract, flatten(contract, properties[outer]), name.slice(at + 1)) : undefined
    if (inner) return [outer, ...inner]
  }
  return undefined
}

function fieldFilter(contract: Contract, type: ResourceType, parameter: string, field: string[], schema: Schema): Filter {
  const property = field.length === 1 ? flatten(contract, type.flat.properties[field[0]!]) : {}
  const choices = flatten(contract, schema).enum as unknown[] | undefined
  const isScalar = ['string', 'integer', 'number', 'boolean'].includes(typeOf(property) ?? '')
  return {
    parameter,
    exactField: field.length === 1 && isScalar && choices === undefined ? field[0] : undefined,
    testOf(wanted) {
      if (choices && /^(all|any)$/i.test(String(wanted)) && !(property.enum ?? []).includes(wanted)) return undefined
      if (isRange(wanted))
        return (value) => Object.entries(wanted).every(([operator, bound]) => compareBy(operator, read(value, field), bound))
      return (value) => matches(read(value, field), wanted)
    },
  }
}

const isRange = (wanted: unknown): wanted is Record<string, unknown> =>
  typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted)

function matches(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(found)) {
    // A list of labels must hold all that were asked for, as GitHub, Zendesk and others read it.
    const all = Array.isArray(wanted) ? wanted : String(wanted).split(',')
    return all.every((each) => found.some((element) => matches(element, each)))
  }
  if (Array.isArray(wanted)) return wanted.some((each) => matches(found, each))
  if (typeof found === 'object' && found !== null)
    return ['name', 'login', 'id', 'key', 'slug', 'number', 'value'].some(
      (name) => name in found && String((found as RecordValue)[name]) === String(wanted),
    )
  return found === wanted || (found !== null && found !== undefined && String(found) === String(wanted))
}

function compareBy(operator: string, found: unknown, bound: unknown): boolean {
  if (found === undefined || found === null) return false
  const [a, b] = [comparable(found), comparable(bound)]
  if (operator === 'gte') return a >= b
  if (operator === 'gt') return a > b
  if (operator === 'lte') return a <= b
  return operator === 'lt' ? a < b : true
}

/** Times of all spellings compare as milliseconds, numbers as numbers, the rest as text. */
function comparable(value: unknown): number | string {
  if (typeof value === 'number') return value
  const text = String(value)
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text
}

function read(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (found, name) => (Array.isArray(found) ? found.map((each) => each?.[name]) : (found as RecordValue | null | undefined)?.[name]),
    value,
  )
}

function mentions(value: unknown, word: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(word)
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => mentions(each, word))
}

function orderOf(contract: Contract, operation: Operation, type: ResourceType): (query: Record<string, unknown>) => ListOrder {
  const names = operation.parameters.filter((each) => each.in === 'query' && orderParameters.test(each.name)).map((each) => each.name)
  const directionName = names.find((name) => /direction|^order$|sort_?order/i.test(name) && isDirection(contract, operation, name))
  const fieldName = names.find((name) => name !== directionName)
  const fallback = fieldNamed(contract, type.flat, 'created_at') ?? timeField(type, /^created/i)
  return (query) => {
    const asked = fieldName ? String(query[fieldName] ?? '') : ''
    const stem = asked.replace(/^[-+]/, '').replace(/[:\s_-](asc|desc)$/i, '')
    const field = stem
      ? (fieldNamed(contract, type.flat, stem) ?? timeField(type, new RegExp(`^${stem.replace(/\W/g, '')}`, 'i')))
      : directionName
        ? fallback
        : undefined
    if (!field) return natural
    const isDown =
      asked.startsWith('-') ||
      /desc$/i.test(asked) ||
      (directionName !== undefined && /^desc/i.test(String(query[directionName] ?? 'desc')))
    const sign = isDown ? -1 : 1
    return {
      isNatural: false,
      keyOf: (item) => [read(item.value, field) ?? null, item.seq],
      compare: (a, b) => sign * (order(a[0], b[0]) || a[1] - b[1]),
    }
  }
}

const natural: ListOrder = { isNatural: true, keyOf: (item) => [null, item.seq], compare: (a, b) => a[1] - b[1] }

function isDirection(contract: Contract, operation: Operation, name: string): boolean {
  const schema = operation.parameters.find((each) => each.name === name)!.schema
  const choices = flatten(contract, schema).enum as string[] | undefined
  return choices?.some((each) => /^(asc|desc)/i.test(String(each))) ?? /direction/i.test(name)
}

function order(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === null || a === undefined) return -1
  if (b === null || b === undefined) return 1
  const [left, right] = [comparable(a), comparable(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
