import type { Operation } from './contract.ts'
import { type Change, type Engine, type Handler, type OperationRequest, requireParent } from './engine.ts'
import { errors } from './errors.ts'
import { presenter } from './present.ts'
import type { PathPlan } from './resources.ts'
import { listShape, singularOf, successOf } from './shapes.ts'
import type { Item, RecordValue } from './state.ts'

/** Sets that are a field of their parent, such as the labels and assignees of an issue. */
export function fieldHandler(engine: Engine, plan: PathPlan, operation: Operation, field: string, isMember: boolean): Handler {
  const parentType = plan.parent?.role.kind === 'item' ? plan.parent.role.type : undefined
  const present = presenter(engine, operation, parentType)
  const list = listShape(engine.contract, successOf(operation).content?.schema, plan.noun)
  return (request) => {
    const parent = requireParent(engine, plan, request.pathValues)
    if (!parent) return present.generated()
    const before = parent.value
    const members = (before[field] as unknown[] | null | undefined) ?? []
    const after = isMember
      ? withoutMember(request, operation, members, parent.type.name)
      : changed(engine, parent, operation.method, field, members, request)
    const value = after === members ? before : engine.records.patch(parent.type, before, { [field]: after })
    if (value !== before) engine.store.update(parent, value)
    const changes = value === before ? [] : memberChanges(parent, before, field, members, after)
    if (present.answersRecord) return present.record(value, changes)
    const outcome = present.generated(changes)
    if (!list || outcome.body === undefined) return outcome
    const shown = value[field]
    return {
      ...outcome,
      body:
        list.property === undefined
          ? shown
          : { ...(outcome.body as RecordValue), [list.property]: shown, total_count: (shown as unknown[]).length },
    }
  }
}

function withoutMember(request: OperationRequest, operation: Operation, members: unknown[], type: string): unknown[] {
  const wanted = request.pathValues.at(-1)!
  const rest = members.filter((member) => !isNamed(member, wanted))
  if (rest.length === members.length) throw errors.record_unknown({ type, path: request.path })
  return operation.method === 'delete' ? rest : members
}

function changed(engine: Engine, parent: Item, method: string, field: string, members: unknown[], request: OperationRequest): unknown[] {
  if (method === 'get') return members
  const sent = sentMembers(request.body, field)
  if (method === 'delete') return sent ? members.filter((member) => !sent.some((each) => isNamed(member, nameOf(each)))) : []
  let whole: unknown[] = []
  engine.fitter.fit(parent.type.flat.properties[field], sent ?? [], (value) => {
    whole = value as unknown[]
  })
  if (method === 'put') return whole
  const fresh = whole.filter((each) => !members.some((member) => isNamed(member, nameOf(each))))
  return fresh.length > 0 ? [...members, ...fresh] : members
}

function sentMembers(body: unknown, field: string): unknown[] | undefined {
  if (Array.isArray(body)) return body
  const inside = (body as RecordValue | undefined)?.[field]
  return Array.isArray(inside) ? inside : undefined
}

const nameOf = (member: unknown): string => {
  if (typeof member !== 'object' || member === null) return String(member)
  const named = member as RecordValue
  return String(named.name ?? named.login ?? named.slug ?? named.key ?? named.id ?? JSON.stringify(member))
}

const isNamed = (member: unknown, name: string) => nameOf(member) === name || String((member as RecordValue | null)?.id) === name

/** `labels` → `labeled` and `unlabeled`, `assignees` → `assigned`. */
function verbOf(field: string, added: boolean): string {
  const singular = singularOf(field)
  const verb = singular.endsWith('ee') ? `${singular.slice(0, -2)}ed` : singular.endsWith('e') ? `${singular}d` : `${singular}ed`
  return added ? verb : `un${verb}`
}

/** One change per member that joined or left, as platforms report them. */
function memberChanges(parent: Item, before: RecordValue, field: string, members: unknown[], after: unknown[]): Change[] {
  const missingIn = (list: unknown[]) => (member: unknown) => !list.some((each) => nameOf(each) === nameOf(member))
  const change =
    (added: boolean) =>
    (value: unknown): Change => ({
      kind: 'updated',
      type: parent.type,
      value: parent.value,
      before,
      item: parent,
      verb: verbOf(field, added),
      member: { field, value },
    })
  return [...members.filter(missingIn(after)).map(change(false)), ...after.filter(missingIn(members)).map(change(true))]
}
