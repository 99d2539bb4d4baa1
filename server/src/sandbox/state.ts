import type { PathPlan, ResourceType } from './resources.ts'

export type RecordValue = Record<string, unknown>

/** One record as the platform would keep it. `value` is never changed in place: answers may still hold it. */
export interface Item {
  /** Position in order of creation, over all types; unique. */
  seq: number
  type: ResourceType
  value: RecordValue
  /** What the paths that led here said: `tickets.id` → `tkt_…`. */
  scope: Record<string, string>
}

/** How to find the value of a path's own parameters in a record; learned once per path (see records.ts). */
export type KeyReader = (plan: PathPlan, item: Item) => (string | undefined)[]

export interface Store {
  insert(type: ResourceType, value: RecordValue, scope: Record<string, string>): Item
  update(item: Item, value: RecordValue): void
  /** Takes the record and everything that stands below it out. Returns what went, the record first. */
  remove(item: Item): Item[]
  find(plan: PathPlan, values: string[]): Item | undefined
  /** Records of a list path in order of creation. The map belongs to the store. */
  list(plan: PathPlan, values: string[]): ReadonlyMap<number, Item>
  /** Records whose field equals a value; builds an index of that field on first use. */
  findByField(type: ResourceType, field: string, value: unknown): ReadonlyMap<number, Item>
  all(type: ResourceType): ReadonlyMap<number, Item>
  counts(): Record<string, number>
  clear(): void
}

interface Shelf {
  all: Map<number, Item>
  /** In order of creation from `oldest` on, for dropping the oldest; a Map would search through what was deleted before. */
  order: Item[]
  oldest: number
  byPath: Map<PathPlan, Map<string, Item>>
  byList: Map<PathPlan, Map<string, Map<number, Item>>>
  byField: Map<string, Map<unknown, Map<number, Item>>>
}

const nothing: ReadonlyMap<number, Item> = new Map()
// Values come from percent-decoded path segments, which may hold a slash but never this.
const joinKey = (values: readonly string[]) => (values.length === 1 ? values[0]! : values.join('\u0000'))

/**
 * Keeps records in memory with an index for every path that leads to them.
 *
 * @param itemLimit most records per type; beyond it the oldest go. Infinity keeps all.
 */
export function createStore(types: ResourceType[], readKeys: KeyReader, itemLimit: number): Store {
  const shelves = new Map<ResourceType, Shelf>()
  const shelfOf = (type: ResourceType): Shelf => {
    const found = shelves.get(type)
    if (found) return found
    const made: Shelf = {
      all: new Map(),
      order: [],
      oldest: 0,
      byPath: new Map(type.itemPaths.map((plan) => [plan, new Map()])),
      byList: new Map(type.listPaths.filter((plan) => plan.scopeNames.length > 0).map((plan) => [plan, new Map()])),
      byField: new Map(),
    }
    shelves.set(type, made)
    return made
  }
  let nextSeq = 1

  const index = (item: Item) => {
    const shelf = shelfOf(item.type)
    shelf.all.set(item.seq, item)
    for (const [plan, map] of shelf.byPath) {
      const key = pathKey(plan, item, readKeys)
      if (key !== undefined) map.set(key, item)
    }
    for (const [plan, map] of shelf.byList) {
      const key = scopeKey(plan, item)
      if (key !== undefined) getOrMake(map, key).set(item.seq, item)
    }
    for (const [field, map] of shelf.byField) getOrMake(map, item.value[field]).set(item.seq, item)
  }

  const unindex = (item: Item) => {
    const shelf = shelfOf(item.type)
    shelf.all.delete(item.seq)
    for (const [plan, map] of shelf.byPath) {
      const key = pathKey(plan, item, readKeys)
      if (key !== undefined && map.get(key) === item) map.delete(key)
    }
    for (const [plan, map] of shelf.byList) removeFrom(map, scopeKey(plan, item), item)
    for (const [field, map] of shelf.byField) removeFrom(map, item.value[field], item)
  }

  const reindexFields = (item: Item, value: RecordValue) => {
    for (const [field, map] of shelfOf(item.type).byField) {
      if (item.value[field] === value[field]) continue
      removeFrom(map, item.value[field], item)
      getOrMake(map, value[field]).set(item.seq, item)
    }
  }

  const dropOldest = (shelf: Shelf, newest: Item) => {
    shelf.order.push(newest)
    while (shelf.all.size > itemLimit) {
      const item = shelf.order[shelf.oldest++]!
      if (shelf.all.has(item.seq)) unindex(item)
    }
    if (shelf.oldest > itemLimit) {
      shelf.order = shelf.order.slice(shelf.oldest)
      shelf.oldest = 0
    }
  }

  const store: Store = {
    insert(type, value, scope) {
      const item: Item = { seq: nextSeq++, type, value, scope }
      index(item)
      if (itemLimit !== Number.POSITIVE_INFINITY) dropOldest(shelfOf(type), item)
      return item
    },
    update(item, value) {
      reindexFields(item, value)
      const shelf = shelfOf(item.type)
      const before = [...shelf.byPath.keys()].map((plan) => pathKey(plan, item, readKeys))
      item.value = value
      ;[...shelf.byPath].forEach(([plan, map], i) => {
        const key = pathKey(plan, item, readKeys)
        if (key === before[i]) return
        if (before[i] !== undefined) map.delete(before[i]!)
        if (key !== undefined) map.set(key, item)
      })
    },
    remove(item) {
      const gone = [item, ...descendants(item)]
      for (const each of gone) unindex(each)
      return gone
    },
    find: (plan, values) => (plan.role.kind === 'item' ? shelfOf(plan.role.type).byPath.get(plan)?.get(joinKey(values)) : undefined),
    list(plan, values) {
      if (plan.role.kind !== 'list') return nothing
      const shelf = shelfOf(plan.role.type)
      return plan.scopeNames.length === 0 ? shelf.all : (shelf.byList.get(plan)?.get(joinKey(values)) ?? nothing)
    },
    findByField(type, field, value) {
      const shelf = shelfOf(type)
      let map = shelf.byField.get(field)
      if (!map) {
        map = new Map()
        for (const item of shelf.all.values()) getOrMake(map, item.value[field]).set(item.seq, item)
        shelf.byField.set(field, map)
      }
      return map.get(value) ?? nothing
    },
    all: (type) => shelves.get(type)?.all ?? nothing,
    counts: () =>
      Object.fromEntries([...shelves].filter(([, shelf]) => shelf.all.size > 0).map(([type, shelf]) => [labelOf(type), shelf.all.size])),
    clear() {
      shelves.clear()
      nextSeq = 1
    },
  }

  /** Everything on lists below the record. A record can stand below one of its own name, so what was seen is not followed again. */
  function descendants(item: Item, seen = new Set([item])): Item[] {
    for (const type of types) {
      for (const plan of type.nestedPaths) {
        const values = item.type.itemPaths.includes(plan.parent!) ? pathValues(plan.parent!, item, readKeys) : undefined
        const below = values && shelfOf(type).byList.get(plan)?.get(joinKey(values))
        for (const child of below?.values() ?? []) {
          if (seen.has(child)) continue
          seen.add(child)
          descendants(child, seen)
        }
      }
    }
    return [...seen].slice(1)
  }
  return store
}

/** A name that tells types apart that share their noun. */
export function labelOf(type: ResourceType): string {
  return type.listPaths[0]?.template ?? type.itemPaths[0]?.template ?? type.name
}

/** The values of all parameters of a path that leads to the record; undefined when the record does not know one. */
export function pathValues(plan: PathPlan, item: Item, readKeys: KeyReader): string[] | undefined {
  const own = readKeys(plan, item)
  const values: string[] = []
  const inherited = plan.scopeNames.length - plan.ownKeys
  for (let i = 0; i < plan.scopeNames.length; i++) {
    const value = i < inherited ? item.scope[plan.scopeNames[i]!] : (own[i - inherited] ?? item.scope[plan.scopeNames[i]!])
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

function pathKey(plan: PathPlan, item: Item, readKeys: KeyReader): string | undefined {
  const values = pathValues(plan, item, readKeys)
  return values && joinKey(values)
}

function scopeKey(plan: PathPlan, item: Item): string | undefined {
  const values = plan.scopeNames.map((name) => item.scope[name])
  return values.includes(undefined) ? undefined : joinKey(values as string[])
}

function getOrMake<K>(map: Map<K, Map<number, Item>>, key: K): Map<number, Item> {
  let found = map.get(key)
  if (!found) {
    found = new Map()
    map.set(key, found)
  }
  return found
}

function removeFrom<K>(map: Map<K, Map<number, Item>>, key: K | undefined, item: Item): void {
  const found = map.get(key as K)
  if (!found?.delete(item.seq)) return
  if (found.size === 0) map.delete(key as K)
}
