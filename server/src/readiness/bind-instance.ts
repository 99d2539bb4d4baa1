import type { BridgekeeperError } from '../errors/index.ts'
import type { Stage } from '../workspace/index.ts'
import { pilotInstanceLimit } from './checks/product.ts'
import { errors } from './errors.ts'

export interface BindableIntegration {
  name: string
  /** The stage that the gates have let it into, not the one that its file hopes for. */
  stage: Stage
  /** Instances that exist already, this one not counted. */
  instances: number
}

export type BindVerdict = { allowed: true } | { allowed: false; error: BridgekeeperError }

/**
 * Whether a customer may be given an instance, or an instance's customer may begin to pay. A guard for the runtime and
 * the API, not a report: nobody is charged for what nobody has promised, and nobody enters a bridge that is being taken down.
 */
export function mayBindInstance(integration: BindableIntegration, customer: { name: string; paying: boolean }): BindVerdict {
  const { name, stage, instances } = integration
  const refuse = (error: BridgekeeperError): BindVerdict => ({ allowed: false, error })
  if (stage === 'proposed') return refuse(errors.not_built({ integration: name }))
  if (stage === 'deprecated' || stage === 'sunset' || stage === 'retired')
    return refuse(errors.no_new_instances({ integration: name, stage }))
  if (stage === 'beta' || stage === 'ga') return { allowed: true }
  if (customer.paying) return refuse(errors.paying_customer_refused({ integration: name, stage, customer: customer.name }))
  if (instances >= pilotInstanceLimit) return refuse(errors.too_many_instances({ integration: name, stage, limit: pilotInstanceLimit }))
  return { allowed: true }
}
