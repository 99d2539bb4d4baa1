import { actionHandler } from './actions.ts'
import { collectionHandler } from './collections.ts'
import type { Operation } from './contract.ts'
import { documentHandler } from './documents.ts'
import type { Engine, Handler } from './engine.ts'
import { fieldHandler } from './field-sets.ts'
import { itemHandler } from './items.ts'
import type { PathPlan } from './resources.ts'

/** Chooses once per operation what it does to the state. */
export function operateOn(engine: Engine, plan: PathPlan, operation: Operation): Handler {
  const { role } = plan
  switch (role.kind) {
    case 'list':
      return collectionHandler(engine, plan, operation, role.type)
    case 'item':
      return itemHandler(engine, plan, operation, role.type)
    case 'field':
      return fieldHandler(engine, plan, operation, role.field, role.memberParameter)
    case 'action':
      return actionHandler(engine, plan, operation, role.verb)
    case 'document':
      return documentHandler(engine, plan, operation)
  }
}
