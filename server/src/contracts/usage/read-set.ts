/** What was read of one kind of payload, as a tree of names. A leaf is a field that somebody read; `whole` says that everything below was. */
export class ReadNode {
  readonly children = new Map<string, ReadNode>()
  whole = false
  /** Stored already as a leaf, or as a whole. */
  written: 'no' | 'leaf' | 'whole' = 'no'

  /** Names beyond this are data (ids as keys of a map), not fields: the whole is meant. */
  static readonly maxNames = 200

  child(name: string): ReadNode {
    const known = this.children.get(name)
    if (known) return known
    if (this.children.size >= ReadNode.maxNames) {
      this.whole = true
      return detached
    }
    const fresh = new ReadNode()
    this.children.set(name, fresh)
    return fresh
  }
}

/** Takes what need not be kept any more. */
const detached = new ReadNode()
detached.whole = true

/** Asks a stand-in for its handler; every other object answers `undefined`. A weak map instead would cost the collector more than all the rest. */
const handlerOf = Symbol('handler')

function watcherOf(value: object): Watcher | undefined {
  return (value as { [handlerOf]?: Watcher })[handlerOf]
}

/** Names that languages and libraries ask every object for; asking for them reads no field of a payload. */
const probes = new Set([
  'then',
  'sequence',
  'outerWrapper',
  'keepSingleton',
  'cons',
  'tupleStream',
  '_jsonata_function',
  '_jsonata_lambda',
  'asymmetricMatch',
  '$$typeof',
  'nodeType',
])

/**
 * Stands in for a payload and notes in `node` which fields are touched. Whoever lists the names of an object (spread, `Object.keys`,
 * serialising) reads everything of it. A field that is asked for and absent counts as read. Reads, writes, identity and order are those
 * of the payload itself; only plain objects and arrays are watched, everything else is returned as it is.
 */
export function watch<T>(value: T, node: ReadNode): T {
  return wrap(value, node, new Map()) as T
}

/** @param known part of the payload → its stand-in, so that `event.issue === event.issue` stays true */
function wrap(value: unknown, node: ReadNode, known: Map<object, object>): unknown {
  if (!isPlain(value)) return value
  const existing = known.get(value)
  if (existing) return existing
  if (node.whole || watcherOf(value)) return value
  const proxy = new Proxy(value, new Watcher(value, node, known))
  known.set(value, proxy)
  return proxy
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

class Watcher implements ProxyHandler<object> {
  readonly target: object
  readonly node: ReadNode
  readonly #known: Map<object, object>

  constructor(target: object, node: ReadNode, known: Map<object, object>) {
    this.target = target
    this.node = node
    this.#known = known
  }

  get(target: object, key: string | symbol, receiver: unknown): unknown {
    if (typeof key === 'symbol') return key === handlerOf ? this : Reflect.get(target, key, receiver)
    const { node } = this
    const list = Array.isArray(target)
    if (list && !isIndex(key)) {
      // Serialised: also items that this list happens not to have.
      if (key === 'toJSON' && !node.whole) node.child('[]').whole = true
      return Reflect.get(target, key, receiver)
    }
    if (!Object.hasOwn(target, key)) return readAbsent(target, key, node)
    const value: unknown = Reflect.get(target, key, receiver)
    const child = node.whole ? detached : node.child(list ? '[]' : key)
    if (typeof value !== 'object' || value === null) return value
    if (Object.isExtensible(target)) return wrap(value, child, this.#known)
    // A frozen property must be given back as it is; nothing more can be seen of it.
    child.whole = true
    return value
  }

  has(target: object, key: string | symbol): boolean {
    if (typeof key === 'string' && !Array.isArray(target) && !this.node.whole) this.node.child(key)
    return Reflect.has(target, key)
  }

  ownKeys(target: object): (string | symbol)[] {
    this.node.whole = true
    return Reflect.ownKeys(target)
  }
}

function isIndex(key: string): boolean {
  const first = key.charCodeAt(0)
  return first >= 48 && first <= 57
}

/** `toJSON` is asked for by whoever serialises; other inherited names are methods. */
function readAbsent(target: object, key: string, node: ReadNode): unknown {
  if (key === 'toJSON') node.whole = true
  else if (!(key in target) && !probes.has(key) && !node.whole && !Array.isArray(target)) node.child(key)
  return Reflect.get(target, key)
}

/** Fields read, as `items[].owner.name`, and `owner.**` for what was passed on whole. In the order of first reading. */
export function fieldsRead(root: ReadNode): { field: string; node: ReadNode }[] {
  const found: { field: string; node: ReadNode }[] = []
  const visit = (node: ReadNode, path: string): void => {
    if (node.whole) found.push({ field: path === '' ? '**' : `${path}.**`, node })
    else if (node.children.size === 0) {
      if (path !== '') found.push({ field: path, node })
    } else for (const [name, child] of node.children) visit(child, name === '[]' ? `${path}[]` : path === '' ? name : `${path}.${name}`)
  }
  visit(root, '')
  return found
}

export interface Unwrapped {
  /** The value with payloads instead of their stand-ins. */
  value: unknown
  /** Watches the same places of a copy. */
  rewatch(copy: unknown): unknown
  /** What the stand-ins were of. */
  nodes: readonly ReadNode[]
}

/** Takes stand-ins out of a value that is about to be remembered, without counting that as reading. */
export function unwrap(value: unknown): Unwrapped {
  const origins: { path: readonly string[]; node: ReadNode }[] = []
  const bare = strip(value, [], origins)
  return { value: bare, rewatch: (copy) => origins.reduce(rewatchAt, copy), nodes: origins.map(({ node }) => node) }
}

const maxDepth = 50

function strip(value: unknown, path: readonly string[], origins: { path: readonly string[]; node: ReadNode }[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  const origin = watcherOf(value)
  if (origin) {
    origins.push({ path, node: origin.node })
    return origin.target
  }
  if (!isPlain(value) || path.length > maxDepth) return value
  const before = origins.length
  const entries = Object.entries(value).map(([key, item]) => [key, strip(item, [...path, key], origins)] as const)
  if (origins.length === before) return value
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

function rewatchAt(copy: unknown, { path, node }: { path: readonly string[]; node: ReadNode }): unknown {
  if (path.length === 0) return watch(copy, node)
  const holder = path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], copy) as Record<string, unknown>
  const last = path.at(-1)!
  if (holder) holder[last] = watch(holder[last], node)
  return copy
}

/** What a stand-in stands for; other values as they are. */
export function payloadOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (watcherOf(value)?.target ?? value) : value
}

/**
 * Lets `structuredClone` copy what is watched: a proxy has no clone of its own, and an author's code must not fail because somebody
 * watches. Called once per process; twice is harmless.
 */
export function letClonesBeMade(): void {
  const original = globalThis.structuredClone
  if (guarded.has(original)) return
  const clone: typeof structuredClone = (value, options) => {
    try {
      return original(value, options)
    } catch (error) {
      const { value: bare, nodes } = unwrap(value)
      if (nodes.length === 0) throw error
      for (const node of nodes) node.whole = true
      return original(bare as typeof value, options)
    }
  }
  guarded.add(clone)
  globalThis.structuredClone = clone
}
const guarded = new WeakSet<object>()
