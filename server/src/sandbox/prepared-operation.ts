import { authenticator, type Refusal } from './authenticate.ts'
import type { Operation } from './contract.ts'
import type { Engine, Handler } from './engine.ts'
import { operateOn } from './operate.ts'
import { type RawRequest, type RequestChecker, requestChecker } from './requests.ts'
import type { Route } from './router.ts'
import { successOf } from './shapes.ts'

/** Everything about one operation that is worked out once. */
export interface PreparedOperation {
  operation: Operation
  /** Names of the path's parameters in order; two templates of one shape may name them differently per method. */
  parameterNames: string[]
  checker: RequestChecker
  authenticate: (raw: RawRequest) => Refusal | undefined
  handle: Handler
  isWrite: boolean
  /** Lower-case name of the header that carries the key of a write, whether or not the platform honours it. */
  keyHeader: string
  honoursKey: boolean
  /** Name as declared, for the answer to a repeat. */
  replayedHeader: string
  /** Declared headers that tell the rate limit, with the values they show when no rule limits. */
  rateHeaders: { name: string; means: 'limit' | 'remaining' | 'reset'; usual: number }[]
}

export interface PreparationOptions {
  credentials: ReadonlySet<string> | undefined
  idempotencyHeader: string | undefined
}

const keyNames = /idempoten|^paypal-request-id$/i

export function prepare(engine: Engine, route: Route, operation: Operation, options: PreparationOptions): PreparedOperation {
  const declaredKey = operation.parameters.find((each) => each.in === 'header' && keyNames.test(each.name))?.name
  const isRefused = options.idempotencyHeader === 'none'
  const success = successOf(operation)
  return {
    operation,
    parameterNames: [...operation.path.matchAll(/\{\+?([^}]+)\}/g)].map((match) => match[1]!),
    checker: requestChecker(engine.contract, engine.compiler, operation),
    authenticate: authenticator(engine.contract, operation, options.credentials),
    handle: operateOn(engine, engine.resources.plan(route), operation),
    isWrite: !['get', 'head', 'options', 'trace'].includes(operation.method),
    keyHeader: ((isRefused ? undefined : options.idempotencyHeader) ?? declaredKey ?? 'idempotency-key').toLowerCase(),
    honoursKey: !isRefused && (options.idempotencyHeader !== undefined || declaredKey !== undefined),
    replayedHeader:
      Object.keys(success.headers)
        .find((name) => /replayed/i.test(name))
        ?.toLowerCase() ?? 'idempotency-replayed',
    rateHeaders: Object.entries(success.headers).flatMap(([name, header]) => rateHeader(engine, name, header) ?? []),
  }
}

function rateHeader(engine: Engine, name: string, node: Record<string, unknown>): PreparedOperation['rateHeaders'][number] | undefined {
  const found = /rate-?limit-?(limit|remaining|reset)$/i.exec(name)
  if (!found) return undefined
  const means = found[1]!.toLowerCase() as 'limit' | 'remaining' | 'reset'
  const header = engine.contract.resolve(node)
  const schema = (header.schema ?? {}) as Record<string, unknown>
  const example = Number(header.example ?? schema.example ?? (schema.examples as unknown[] | undefined)?.[0])
  return { name: name.toLowerCase(), means, usual: Number.isFinite(example) ? example : { limit: 1000, remaining: 999, reset: 60 }[means] }
}
