import type { Operation } from './contract.ts'

/** What the last part of a path template means for matching. */
interface Node {
  fixed: Map<string, Node>
  /** One whole segment. */
  param: Node | undefined
  /** Segments that mix text and parameters, such as `{base}...{head}`. */
  mixed: { pattern: RegExp; names: string[]; node: Node }[]
  path: Route | undefined
}

export interface Route {
  /** The template as written in the contract. */
  template: string
  parameterNames: string[]
  /** The last parameter takes all remaining segments (`x-multi-segment`, `{+name}`). */
  greedy: boolean
  operations: Partial<Record<string, Operation>>
}

export interface Match {
  route: Route
  /** In the order of `parameterNames`, percent-decoded. */
  values: string[]
}

/**
 * Finds the path of the contract that a request names. One step per segment, whatever the number of paths; fixed text wins
 * over parameters as OpenAPI asks, and the search steps back when the fixed branch leads nowhere.
 */
export function buildRouter(operations: Operation[]): { match(path: string): Match | undefined; routes: Route[] } {
  const root = newNode()
  const routes = new Map<string, Route>()
  for (const operation of operations) {
    const route = routes.get(operation.path) ?? insert(root, operation)
    routes.set(operation.path, route)
    // Two templates of one shape and method are against the specification; the first in the document counts.
    route.operations[operation.method] ??= operation
  }
  const greedy = [...routes.values()].filter((route) => route.greedy).map((route) => ({ route, pattern: greedyPattern(route.template) }))
  return {
    routes: [...routes.values()],
    match(path) {
      const segments = path.split('/')
      const values: string[] = []
      const route = descend(root, segments, 1, values)
      if (route) return { route, values }
      for (const each of greedy) {
        const found = each.pattern.exec(path)
        if (found) return { route: each.route, values: found.slice(1).map(decode) }
      }
      return undefined
    },
  }
}

const newNode = (): Node => ({ fixed: new Map(), param: undefined, mixed: [], path: undefined })

function insert(root: Node, operation: Operation): Route {
  const segments = operation.path.split('/').slice(1)
  const names: string[] = []
  let node = root
  for (const segment of segments) node = step(node, segment, names)
  const last = segments.at(-1) ?? ''
  const greedy =
    last.startsWith('{+') ||
    (last.startsWith('{') &&
      operation.parameters.some((p) => `{${p.name}}` === last && (p as { 'x-multi-segment'?: boolean })['x-multi-segment']))
  node.path ??= { template: operation.path, parameterNames: names, greedy, operations: {} }
  return node.path
}

function step(node: Node, segment: string, names: string[]): Node {
  const found = [...segment.matchAll(/\{\+?([^}]+)\}/g)].map((match) => match[1]!)
  names.push(...found)
  if (found.length === 0) return getOrMake(node.fixed, segment)
  if (/^\{[^}]+\}$/.test(segment)) {
    node.param ??= newNode()
    return node.param
  }
  const next = newNode()
  const pattern = new RegExp(
    `^${segment
      .split(/\{[^}]+\}/)
      .map(escapePattern)
      .join('(.+?)')}$`,
  )
  node.mixed.push({ pattern, names: found, node: next })
  return next
}

function getOrMake(map: Map<string, Node>, key: string): Node {
  const found = map.get(key) ?? newNode()
  map.set(key, found)
  return found
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const greedyPattern = (template: string) =>
  new RegExp(
    `^${template
      .slice(0, template.lastIndexOf('{'))
      .split(/\{[^}]+\}/)
      .map(escapePattern)
      .join('([^/]+)')}(.+)$`,
  )

function descend(node: Node, segments: string[], at: number, values: string[]): Route | undefined {
  if (at === segments.length) return node.path
  const segment = segments[at]!
  const fixed = node.fixed.get(segment)
  const found = fixed && descend(fixed, segments, at + 1, values)
  if (found) return found
  const depth = values.length
  for (const mixed of node.mixed) {
    const match = mixed.pattern.exec(segment)
    if (!match) continue
    values.push(...match.slice(1).map(decode))
    const route = descend(mixed.node, segments, at + 1, values)
    if (route) return route
    values.length = depth
  }
  if (!node.param || segment === '') return undefined
  values.push(decode(segment))
  const route = descend(node.param, segments, at + 1, values)
  if (!route) values.length = depth
  return route
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
