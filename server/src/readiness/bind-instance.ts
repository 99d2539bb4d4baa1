import type { BridgekeeperError } from '../errors/index.ts'
import type { Stage } from '../workspace/index.ts'
import type { StageInForce } from './admit-stage.ts'
import { pilotInstanceLimit } from './checks/product.ts'
import { errors } from './errors.ts'
import { fallingStages } from './stages.ts'

/** An integration as the gates have left it; `declared` and `refusal` say what its file hopes for and why that is not so. */
export interface BindableIntegration extends Omit<StageInForce, 'declared'> {
  name: string
  declared?: Stage
}

export type BindVerdict = { allowed: true } | { allowed: false; error: BridgekeeperError }

const allowed: BindVerdict = { allowed: true }
const refuse = (error: BridgekeeperError): BindVerdict => ({ allowed: false, error })

/**
 * Whether a customer may be given an instance. A guard for the runtime, not a report: nobody is charged for what nobody has promised, and
 * nobody enters a bridge that is being taken down.
 *
 * @param instances of customers, that exist already, this one not counted
 */
export function mayBindInstance(
  integration: BindableIntegration & { instances: number },
  customer: { name: string; paying: boolean },
): BindVerdict {
  const { name, stage, instances } = integration
  if (stage === 'proposed') return refuse(errors.not_built({ integration: name }))
  if (fallingStages.includes(stage)) return refuse(errors.no_new_instances({ integration: name, stage }))
  if (customer.paying) return mayBeginToPay(integration, customer.name)
  if (stage !== 'beta' && stage !== 'ga' && instances >= pilotInstanceLimit)
    return refuse(errors.too_many_instances({ integration: name, stage, limit: pilotInstanceLimit }))
  return allowed
}

/** Whether a customer who has an instance may begin to pay for it. */
export function mayBeginToPay({ name, stage, declared, refusal }: BindableIntegration, customer: string): BindVerdict {
  if (stage === 'beta' || stage === 'ga') return allowed
  if (fallingStages.includes(stage)) return refuse(errors.no_new_payer({ integration: name, stage, customer }))
  const hope = declared !== undefined && declared !== stage ? { declared, refusals: refusal?.blockers.length ?? 0 } : {}
  return refuse(errors.paying_customer_refused({ integration: name, stage, customer, ...hope }))
}

/** Whether an instance may be changed, bound to other accounts or connections, moved to another version, or go on. */
export function mayContinue({ name, stage }: BindableIntegration, customer: string): BindVerdict {
  return stage === 'retired' ? refuse(errors.retired({ integration: name, customer })) : allowed
}
