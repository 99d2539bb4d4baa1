import type { Contract, Operation, Schema } from './contract.ts'
import { flatten, isNullable, typeOf } from './flatten.ts'
import type { ListOrder, OrderKey } from './lists.ts'
import type { ListShape } from './shapes.ts'
import type { Item } from './state.ts'

/** How a list operation is cut into pages, learned from its query parameters. */
export interface PagingPlan {
  style: 'cursor' | 'after-id' | 'page' | 'offset' | 'none'
  sizeParameter: string | undefined
  placeParameter: string | undefined
  beforeParameter: string | undefined
  defaultSize: number
  firstPage: number
  parameterNames: string[]
}

export interface Page {
  items: Item[]
  total: number
  size: number
  /** Values of the place parameter that lead to other pages; undefined where there is none. */
  next: string | undefined
  previous: string | undefined
  first: string | undefined
  last: string | undefined
  /** 1, 2, 3 … of the page that is shown. */
  number: number
  offset: number
}

const sizeNames = /^(limit|per_?page|page_?size|size|count|max_?results|page\[size\]|page_limit|results_?per_?page|take|top)$/i
const cursorNames =
  /^(cursor|page_?token|next_?token|continuation(_?token)?|after_?cursor|page\[after\]|after|next|start_?cursor|bookmark|marker)$/i

export function planPaging(contract: Contract, operation: Operation): PagingPlan {
  const query = operation.parameters.filter((each) => each.in === 'query')
  const named = (pattern: RegExp) => query.find((each) => pattern.test(each.name))
  const size = named(sizeNames)
  const places: [PagingPlan['style'], ReturnType<typeof named>][] = [
    ['after-id', named(/^starting_?after$/i)],
    ['cursor', named(/cursor|token/i) ?? named(cursorNames)],
    ['page', named(/^(page|page_?number|page\[number\]|p)$/i)],
    ['offset', named(/^(offset|skip|start|start_?at|start_?index)$/i)],
  ]
  const [style, place] = places.find(([, found]) => found) ?? ['none', undefined]
  const before = named(/^(ending_?before|before)$/i)
  const placeFlat = flatten(contract, place?.schema)
  const sizeFlat = flatten(contract, size?.schema)
  return {
    style,
    sizeParameter: size?.name,
    placeParameter: place?.name,
    beforeParameter: before?.name,
    defaultSize: sizeFlat.default ?? Math.min(sizeFlat.maximum ?? 30, size || place ? 30 : Number.POSITIVE_INFINITY),
    firstPage: placeFlat.default === 0 || placeFlat.minimum === 0 ? (placeFlat.default ?? 0) : 1,
    parameterNames: [size, place, before].flatMap((each) => each?.name ?? []),
  }
}

/**
 * Takes one page of an ordered list. Cursors carry where the last record stood, so that records written, changed or deleted
 * between two pages neither repeat nor hide others.
 */
export function cutPage(
  plan: PagingPlan,
  items: Item[],
  query: Record<string, unknown>,
  order: ListOrder,
  idOf: (item: Item) => string,
): Page {
  const size = Math.max(1, Number(plan.sizeParameter ? (query[plan.sizeParameter] ?? plan.defaultSize) : plan.defaultSize))
  const offset = startOf(plan, items, size, query, order, idOf)
  const shown = plan.style === 'none' && !plan.sizeParameter ? items : items.slice(offset, offset + size)
  const last = shown.at(-1)
  const page = { items: shown, total: items.length, size, offset, number: Math.floor(offset / size) + plan.firstPage }
  const hasMore = last !== undefined && offset + shown.length < items.length
  if (plan.style === 'page' || plan.style === 'offset') return { ...page, ...numberedPlaces(plan, page, hasMore) }
  const next = hasMore ? (plan.style === 'after-id' ? idOf(last) : writeCursor(order.keyOf(last))) : undefined
  return { ...page, next, previous: undefined, first: undefined, last: undefined }
}

type Places = Pick<Page, 'next' | 'previous' | 'first' | 'last'>

function numberedPlaces(
  plan: PagingPlan,
  { offset, size, total }: { offset: number; size: number; total: number },
  hasMore: boolean,
): Places {
  const at = (start: number) =>
    String(plan.style === 'offset' ? Math.max(0, start) : Math.floor(Math.max(0, start) / size) + plan.firstPage)
  return {
    next: hasMore ? at(offset + size) : undefined,
    previous: offset > 0 ? at(offset - size) : undefined,
    first: at(0),
    last: at(Math.max(0, Math.ceil(total / size) - 1) * size),
  }
}

function startOf(
  plan: PagingPlan,
  items: Item[],
  size: number,
  query: Record<string, unknown>,
  order: ListOrder,
  idOf: (item: Item) => string,
): number {
  const place = plan.placeParameter ? query[plan.placeParameter] : undefined
  const before = plan.beforeParameter ? query[plan.beforeParameter] : undefined
  if (plan.style === 'page') return Math.max(0, Number(place ?? plan.firstPage) - plan.firstPage) * size
  if (plan.style === 'offset') return Math.max(0, Number(place ?? 0))
  if (plan.style === 'after-id' && before !== undefined) return Math.max(0, items.findIndex((item) => idOf(item) === String(before)) - size)
  if (place === undefined || place === '') return 0
  if (plan.style === 'after-id') return items.findIndex((item) => idOf(item) === String(place)) + 1
  const key = readCursor(String(place))
  const at = key ? items.findIndex((item) => order.compare(order.keyOf(item), key) > 0) : 0
  return at < 0 ? items.length : at
}

const writeCursor = (key: OrderKey) => Buffer.from(JSON.stringify(key)).toString('base64url')

/** Undefined for what is no cursor of ours. */
export function readCursor(cursor: string): OrderKey | undefined {
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(key) && key.length === 2 && Number.isInteger(key[1]) ? (key as OrderKey) : undefined
  } catch {
    return undefined
  }
}

/** Fills what the object around the list says about pages; other required fields come from the sample. */
export function fillEnvelope(
  contract: Contract,
  shape: ListShape,
  sample: Record<string, unknown>,
  page: Page,
  nextUrl: string | undefined,
): Record<string, unknown> {
  return fillLevel(contract, shape.envelope!, sample, page, nextUrl, shape.property)
}

function fillLevel(
  contract: Contract,
  flat: Schema,
  sample: Record<string, unknown>,
  page: Page,
  nextUrl: string | undefined,
  listProperty?: string,
): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  const required = new Set<string>(flat.required ?? [])
  for (const [name, property] of Object.entries((flat.properties ?? {}) as Record<string, Schema>)) {
    if (name === listProperty) continue
    const inner = flatten(contract, property)
    const said = aboutPage(name, inner, page, nextUrl)
    if (said !== undefined) value[name] = said.value
    else if (
      typeOf(inner) === 'object' &&
      /^(meta|paging|pagination|page|links|_links|response_metadata|page_info|pageInfo|cursor|cursors)$/i.test(name)
    )
      value[name] = fillLevel(contract, inner, (sample[name] as Record<string, unknown>) ?? {}, page, nextUrl)
    else if (required.has(name)) value[name] = sample[name]
    if (value[name] === undefined) delete value[name]
  }
  return value
}

function aboutPage(name: string, flat: Schema, page: Page, nextUrl: string | undefined): { value: unknown } | undefined {
  const type = typeOf(flat)
  const absent = isNullable(flat) ? null : undefined
  if (type === 'boolean' && /(has_?(more|next)|more|truncated|next_?page)/i.test(name)) return { value: page.next !== undefined }
  if (type === 'boolean' && /has_?prev|incomplete/i.test(name))
    return { value: /incomplete/i.test(name) ? false : page.previous !== undefined }
  if (type === 'integer' || type === 'number') {
    if (/^(total|total_?(count|items|results|records|size)|count_?total)$/i.test(name)) return { value: page.total }
    if (/^(count|results?_?count|num_?results)$/i.test(name)) return { value: page.items.length }
    if (sizeNames.test(name)) return { value: page.size }
    if (/^(page|page_?number|current_?page)$/i.test(name)) return { value: page.number }
    if (/^(total_?pages|page_?count|pages)$/i.test(name)) return { value: Math.ceil(page.total / page.size) }
    if (/^(offset|skip|start)$/i.test(name)) return { value: page.offset }
    if (/^next/i.test(name)) return { value: page.next === undefined ? absent : Number(page.next) }
  }
  if (type !== 'string') return undefined
  const isUrl = flat.format === 'uri' || flat.format === 'uri-reference' || /ur[il]$/i.test(name)
  if (/^next|after$|_?next_?(cursor|token)$/i.test(name)) return { value: (isUrl ? page.next && nextUrl : page.next) ?? absent }
  if (/^prev/i.test(name)) return { value: page.previous === undefined || isUrl ? absent : page.previous }
  return undefined
}
