import { type Content, type Contract, jsonOf, type Operation, type Schema } from './contract.ts'
import { flatten, typeOf } from './flatten.ts'

/** How an answer carries a list. */
export interface ListShape {
  /** The property that holds the list; undefined when the answer is the list. */
  property: string | undefined
  item: Schema
  /** The flattened object around the list. */
  envelope: Schema | undefined
}

/** How an answer or a body carries one record: plain, or wrapped as in `{"ticket": {…}}`. */
export interface RecordShape {
  property: string | undefined
  schema: Schema
}

const listNames = ['data', 'items', 'results', 'records', 'entries', 'values', 'value', 'list', 'content']

/** The answer of a success: the declared one with a body, the lowest status first. */
export function successOf(operation: Operation): { status: number; content: Content | undefined; headers: Record<string, Schema> } {
  const successes = operation.answers.filter((answer) => answer.status >= 200 && answer.status < 300).sort((a, b) => a.status - b.status)
  const preferred = operation.method === 'post' ? [201, 200, 202] : [200, 201, 202]
  const wanted = operation.method === 'delete' ? [204, 200] : preferred
  const answer = wanted.map((status) => successes.find((each) => each.status === status)).find(Boolean) ?? successes[0]
  if (!answer) return { status: operation.method === 'delete' ? 204 : 200, content: undefined, headers: {} }
  return { status: answer.status, content: jsonOf(answer.content) ?? answer.content[0], headers: answer.headers }
}

const aboutPages =
  /(^|[_-])(total|count|pages?|paging|pagination|limit|offset|size|more|next|prev|previous|cursor|links?|meta|first|last|start|end|object|url|uri|incomplete|truncated|status|errors|warnings)([_-]|$)|(Count|Page|Size|More|Token|Cursor|Link|Ur[il])$/

/** Recognises `[record]`, `{data: [record], next_cursor}` and their like; lists of plain values are no records. */
export function listShape(contract: Contract, schema: Schema | undefined, collectionName: string): ListShape | undefined {
  if (!schema) return undefined
  const flat = flatten(contract, schema)
  if (typeOf(flat) === 'array')
    return isRecord(contract, flat.items) ? { property: undefined, item: flat.items, envelope: undefined } : undefined
  const lists = Object.entries((flat.properties ?? {}) as Record<string, Schema>).flatMap(([name, property]) => {
    const inner = flatten(contract, property)
    return typeOf(inner) === 'array' && isRecord(contract, inner.items) ? [{ name, item: inner.items as Schema }] : []
  })
  const names = [collectionName, collectionName.replace(/-/g, '_'), ...listNames]
  const byName = names.map((name) => lists.find((each) => each.name === name)).find(Boolean)
  // A record may hold one list among fields of its own; beside the list of an envelope stands only what tells about pages.
  const others = Object.keys(flat.properties ?? {}).filter((name) => name !== lists[0]?.name)
  const alone = lists.length === 1 && others.every((name) => aboutPages.test(name)) ? lists[0] : undefined
  const found = byName && !('id' in flat.properties) ? byName : alone
  return found && { property: found.name, item: found.item, envelope: flat }
}

function isRecord(contract: Contract, schema: Schema | undefined): boolean {
  return schema !== undefined && typeOf(flatten(contract, schema)) === 'object'
}

/** Looks through a wrapper: `{"ticket": {…}}` and `{"data": {…}}` hold a record where nothing else of weight stands beside it. */
export function recordShape(contract: Contract, schema: Schema | undefined, names: string[]): RecordShape | undefined {
  if (!schema) return undefined
  const flat = flatten(contract, schema)
  if (typeOf(flat) !== 'object') return undefined
  const properties = (flat.properties ?? {}) as Record<string, Schema>
  const wrapper = [...names, 'data'].find((name) => properties[name] && isRecord(contract, properties[name]))
  if (wrapper !== undefined && !('id' in properties) && Object.keys(properties).length <= 3)
    return { property: wrapper, schema: properties[wrapper]! }
  return { property: undefined, schema }
}

/** The last part of the reference, through one level of a nullable or single union; undefined for inline schemas. */
export function schemaName(schema: Schema | undefined): string | undefined {
  const reference = schema?.$ref ?? (schema?.allOf?.length === 1 ? schema.allOf[0].$ref : undefined)
  return typeof reference === 'string' ? reference.slice(reference.lastIndexOf('/') + 1) : undefined
}

/** `tickets` → `ticket`, `companies` → `company`, `statuses` → `status`, `news` stays. */
export function singularOf(plural: string): string {
  if (/(ss|us|is|news)$/.test(plural)) return plural
  if (/ies$/.test(plural)) return plural.replace(/ies$/, 'y')
  if (/(s|x|z|ch|sh)es$/.test(plural)) return plural.replace(/es$/, '')
  return plural.replace(/s$/, '')
}
