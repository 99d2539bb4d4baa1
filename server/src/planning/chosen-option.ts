import type { Plan } from '../workspace/index.ts'
import { partyOf } from './flows.ts'
import type { Option } from './option.ts'
import type { PlanInputs } from './plan-inputs.ts'

/** The option that was decided on; undefined while none was. */
export function optionOf(inputs: PlanInputs, { spec }: Plan): Option | undefined {
  const chosen = spec.decision?.option
  if (!chosen) return undefined
  const { builder, host, seller, supporter } = chosen
  return {
    builder: partyOf(inputs, builder),
    host: partyOf(inputs, host),
    seller: partyOf(inputs, seller),
    supporter: partyOf(inputs, supporter),
  }
}
