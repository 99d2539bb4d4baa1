import { sentRecord } from './collections.ts'
import type { Operation } from './contract.ts'
import { type Engine, type Handler, type Outcome, requireParent } from './engine.ts'
import { errors } from './errors.ts'
import { flatten, typeOf } from './flatten.ts'
import { presenter } from './present.ts'
import type { PathPlan } from './resources.ts'
import { successOf } from './shapes.ts'
import type { RecordValue } from './state.ts'

/** Paths that hold one thing (`/account`, `/repos/{owner}/{repo}/subscription`), and those that only compute an answer. */
export function documentHandler(engine: Engine, plan: PathPlan, operation: Operation): Handler {
  const present = presenter(engine, operation, undefined)
  const readable = plan.route.operations.get
  const isObject = (each: Operation) => typeOf(flatten(engine.contract, successOf(each).content?.schema)) === 'object'
  const isKept = readable !== undefined && isObject(readable)
  const merged = (outcome: Outcome, value: RecordValue): Outcome =>
    isPlainObject(outcome.body) ? { ...outcome, body: fit(engine, operation, outcome.body, value) } : outcome
  const start = (): RecordValue => (readable ? (presenter(engine, readable, undefined).generated().body as RecordValue) : {})
  return (request) => {
    requireParent(engine, plan, request.pathValues)
    if (!isKept) return present.generated()
    const kept = engine.documents.get(request.path)
    switch (operation.method) {
      case 'get':
      case 'head': {
        if (kept === null) throw errors.record_unknown({ type: plan.noun, path: request.path })
        return kept ? merged(present.generated(), kept) : present.generated()
      }
      case 'delete':
        engine.documents.set(request.path, null)
        return present.generated()
      case 'put':
      case 'patch': {
        const value = { ...(kept ?? start()), ...sentRecord(request, undefined) }
        engine.documents.set(request.path, value)
        return merged(present.generated(), value)
      }
      default:
        return present.generated()
    }
  }
}

const isPlainObject = (value: unknown): value is RecordValue => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Takes over the fields that the answer describes, as it describes them. */
function fit(engine: Engine, operation: Operation, generated: RecordValue, value: RecordValue): RecordValue {
  const properties = flatten(engine.contract, successOf(operation).content?.schema).properties ?? {}
  const result = { ...generated }
  for (const name in value)
    if (properties[name]) engine.fitter.fit(properties[name], value[name], (fitting) => Object.assign(result, { [name]: fitting }))
  return result
}
