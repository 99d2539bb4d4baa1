import { sentRecord } from './collections.ts'
import type { Operation, Schema } from './contract.ts'
import { type Engine, type Handler, requireParent } from './engine.ts'
import { flatten, typeOf } from './flatten.ts'
import { presenter } from './present.ts'
import { stateNames } from './record-plan.ts'
import type { PathPlan, ResourceType } from './resources.ts'
import type { RecordValue } from './state.ts'

/** Words whose past form is no `-ed`, or whose effect has another name. */
const outcomes: Record<string, string[]> = {
  open: ['open', 'opened', 'active'],
  reopen: ['open', 'reopened', 'active'],
  send: ['sent'],
  pay: ['paid'],
  void: ['void', 'voided'],
  resume: ['active', 'resumed', 'running'],
  start: ['running', 'started', 'active', 'in_progress'],
  stop: ['stopped', 'inactive'],
  activate: ['active', 'activated', 'enabled'],
  enable: ['enabled', 'active'],
  deactivate: ['inactive', 'deactivated', 'disabled'],
  disable: ['disabled', 'inactive', 'disabled_manually'],
  restore: ['active', 'open', 'restored'],
  unarchive: ['active', 'open'],
  submit: ['submitted', 'pending'],
  complete: ['completed', 'complete', 'done'],
  suspend: ['suspended'],
}

/** `POST /tickets/{id}/close`: sets the state or flag that the verb names, takes known fields of the body, answers the record. */
export function actionHandler(engine: Engine, plan: PathPlan, operation: Operation, verb: string): Handler {
  const type = plan.parent?.role.kind === 'item' ? plan.parent.role.type : undefined
  const present = presenter(engine, operation, type)
  const effect = type ? effectOf(engine, type, verb, operation.method === 'delete') : {}
  return (request) => {
    const item = requireParent(engine, plan, request.pathValues)
    if (!item) return present.generated()
    const before = item.value
    const value = engine.records.patch(item.type, before, { ...sentRecord(request, undefined), ...effect })
    engine.store.update(item, value)
    const changes = [{ kind: 'updated' as const, type: item.type, value, before, item, verb: pastOf(verb) }]
    return present.answersRecord ? present.record(value, changes) : present.generated(changes)
  }
}

function effectOf(engine: Engine, type: ResourceType, verb: string, isReversed: boolean): RecordValue {
  const words = [...(outcomes[verb] ?? []), verb, ...pastForms(verb)]
  const properties = Object.entries((type.flat.properties ?? {}) as Record<string, Schema>).map(([name, schema]) => ({
    name,
    flat: flatten(engine.contract, schema),
  }))
  const flag = properties.find(({ name, flat }) => typeOf(flat) === 'boolean' && words.includes(name.replace(/^is_?/i, '')))
  if (flag) return { [flag.name]: !isReversed }
  const state = properties.find(({ name, flat }) => stateNames.test(name) && typeOf(flat) === 'string')
  if (!state || isReversed) return {}
  const choices = (state.flat.enum as string[] | undefined) ?? words
  const word = words.find((each) => choices.includes(each))
  return word ? { [state.name]: word } : {}
}

const pastForms = (verb: string) => [
  verb.endsWith('e') ? `${verb}d` : `${verb}ed`,
  `${verb}${verb.at(-1)}ed`,
  `${verb.replace(/y$/, 'i')}ed`,
]
const pastOf = (verb: string) => outcomes[verb]?.find((word) => word.endsWith('ed')) ?? pastForms(verb)[0]!
