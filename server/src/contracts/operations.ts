import { type Contract, child, childObject, rootSpot, type Spot } from './contract.ts'
import { isObject, ownArray, ownObject, ownString } from './json.ts'

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const

/** Clients call operations; the provider calls webhooks and callbacks, whose payload the client reads. */
export type Surface = 'operation' | 'webhook' | 'callback'

export interface Operation {
  readonly contract: Contract
  readonly surface: Surface
  /** Upper case. */
  readonly method: string
  /** Templated path, webhook name, or `callback-name expression` behind the path of the operation that declares it. */
  readonly path: string
  readonly spot: Spot
  readonly item: Spot
}

/** Path templates without the names of their parameters: `/groups/{id}` and `/groups/{groupId}` are the same address. */
export function templateOf(path: string): string {
  return path.replace(/\{[^}]*\}/g, '{}')
}

export function operationKey(operation: { method: string; path: string }): string {
  return `${operation.method} ${templateOf(operation.path)}`
}

/** Names of path parameters in order of appearance. */
export function pathParameterNames(path: string): string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]!)
}

export function pathItems(contract: Contract): Map<string, Spot> {
  return items(contract, childObject(contract, rootSpot(contract), 'paths'))
}

export function webhookItems(contract: Contract): Map<string, Spot> {
  const root = rootSpot(contract)
  const webhooks = childObject(contract, root, 'webhooks') ?? childObject(contract, root, 'x-webhooks')
  return items(contract, webhooks)
}

function items(contract: Contract, holder: Spot | undefined): Map<string, Spot> {
  const found = new Map<string, Spot>()
  if (!holder || !isObject(holder.node)) return found
  for (const key of Object.keys(holder.node)) {
    if (key.startsWith('x-')) continue
    const item = childObject(contract, holder, key)
    if (item) found.set(key, item)
  }
  return found
}

export function operationsOf(contract: Contract, path: string, item: Spot, surface: Surface): Operation[] {
  // OpenAPI 3.2 has further methods, as they are written in the request.
  const more = child(item, 'additionalOperations')
  const spots = [
    ...methods.map((method) => [method.toUpperCase(), child(item, method)] as const),
    ...Object.keys(ownObject(item.node, 'additionalOperations')).map((method) => [method, more && child(more, method)] as const),
  ]
  return spots.flatMap(([method, spot]) => (spot && isObject(spot.node) ? [{ contract, surface, method, path, spot, item }] : []))
}

/** Callbacks of an operation as operations that the provider calls. */
export function callbacksOf(operation: Operation): Operation[] {
  const { contract } = operation
  const callbacks = childObject(contract, operation.spot, 'callbacks')
  return [...items(contract, callbacks)].flatMap(([name, callback]) =>
    [...items(contract, callback)].flatMap(([expression, item]) =>
      operationsOf(contract, `${operation.path} ${name} ${expression}`, item, 'callback'),
    ),
  )
}

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly spot: Spot
  /** Declared for every operation of the path. */
  readonly shared: boolean
}

/** Parameters of an operation; one declared at the operation replaces one of the path with the same name and place. */
export function parametersOf(operation: Operation): Parameter[] {
  const found = new Map<string, Parameter>()
  for (const holder of [operation.item, operation.spot]) {
    const list = child(holder, 'parameters')
    if (!list) continue
    ownArray(holder.node, 'parameters').forEach((_, index) => {
      const spot = childObject(operation.contract, list, index)
      const name = spot && ownString(spot.node, 'name')
      const place = spot && ownString(spot.node, 'in')
      if (!spot || name === undefined || place === undefined) return
      found.set(`${place} ${place === 'header' ? name.toLowerCase() : name}`, { name, in: place, spot, shared: holder === operation.item })
    })
  }
  return [...found.values()]
}
