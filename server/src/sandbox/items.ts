import { removeItem, sentRecord } from './collections.ts'
import { jsonOf, type Operation } from './contract.ts'
import { type Change, type Engine, type Handler, requireItem, requireParent, scopeOf } from './engine.ts'
import { presenter } from './present.ts'
import type { PathPlan, ResourceType } from './resources.ts'
import { recordShape } from './shapes.ts'
import type { Item, RecordValue } from './state.ts'

/** GET reads, PATCH and POST merge, PUT replaces (and creates where the contract has no other way), DELETE removes. */
export function itemHandler(engine: Engine, plan: PathPlan, operation: Operation, type: ResourceType): Handler {
  const present = presenter(engine, operation, type)
  const wrapper = recordShape(engine.contract, jsonOf(operation.body?.content ?? [])?.schema, [type.singular])?.property
  switch (operation.method) {
    case 'delete':
      return (request) => {
        const item = requireItem(engine, plan, request.pathValues)
        const changes = removeItem(engine, item)
        return present.answersRecord
          ? present.record(item.value, changes)
          : present.generated(changes, { ...item.value, deleted: true, success: true })
      }
    case 'patch':
    case 'post':
      return (request) => {
        const item = requireItem(engine, plan, request.pathValues)
        return answerChange(engine.records.patch(type, item.value, sentRecord(request, wrapper)), item)
      }
    case 'put':
      return (request) => {
        const found = engine.store.find(plan, request.pathValues)
        const sent = sentRecord(request, wrapper)
        if (found) return answerChange(engine.records.replace(type, found.value, sent), found)
        const posted = plan.template.split('/').slice(0, -plan.ownKeys).join('/')
        if (type.listPaths.some((list) => list.template === posted && list.route.operations.post))
          requireItem(engine, plan, request.pathValues)
        requireParent(engine, plan, request.pathValues)
        const scope = scopeOf(plan, request.pathValues)
        const value = engine.records.create(type, { ...sent, ...engine.records.fieldsFromPath(plan, request.pathValues) }, scope)
        const item = engine.store.insert(type, value, scope)
        return shown(value, [{ kind: 'created', type, value, before: undefined, item }])
      }
    default:
      return (request) => present.record(requireItem(engine, plan, request.pathValues).value)
  }

  function answerChange(value: RecordValue, item: Item) {
    const before = item.value
    engine.store.update(item, value)
    return shown(value, [{ kind: 'updated', type, value, before, item }])
  }

  function shown(value: RecordValue, changes: Change[]) {
    return present.answersRecord ? present.record(value, changes) : present.generated(changes, value)
  }
}
