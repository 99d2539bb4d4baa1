import { type Discount, discountOf } from './discount.ts'
import { type Flow, flowsOf } from './flows.ts'
import type { Option } from './option.ts'
import { type PlanInputs, worksForFee } from './plan-inputs.ts'
import { type Estimate, presentQuantities } from './quantities.ts'
import type { Sample } from './variables.ts'

/** Which flows count: all, or only what is cash (soft incentives left out). */
export type View = 'all' | 'cash-only'

/** One option, ready to be valued again and again: its payments with the discount and the builder's estimate. */
export interface ValuedOption {
  option: Option
  flows: readonly Flow[]
  estimate: Estimate
  discount: Discount
  /** Parties that work for a fee: their margin is a cost of the bridge, not a gain of those who own it. */
  suppliers: readonly string[]
}

export function prepareOption(inputs: PlanInputs, option: Option): ValuedOption {
  return {
    option,
    flows: flowsOf(inputs, option),
    estimate: { hours: option.builder.buildHours, months: option.builder.buildMonths },
    discount: discountOf(inputs.discountPercent),
    suppliers: inputs.parties.filter(worksForFee).map((party) => party.id),
  }
}

/** Net present value in one case: of one party, or (undefined) of all who own a part of the bridge. */
export function presentValue(
  inputs: PlanInputs,
  valued: ValuedOption,
  sample: Sample,
  party: string | undefined,
  view: View,
  untilMonth = inputs.horizonMonths,
): number {
  const quantities = presentQuantities(inputs, valued.estimate, valued.discount, sample, untilMonth)
  return selectFlows(valued, party, view).reduce((sum, flow) => sum + flow.amount * quantities[flow.quantity]!, 0)
}

/** The flows that count in a view: of one party, or of all who own a part of the bridge (payments between them cancel). */
export function selectFlows({ flows, suppliers }: ValuedOption, party: string | undefined, view: View): Flow[] {
  const isCounted = (flow: Flow): boolean => (party === undefined ? !suppliers.includes(flow.party) : flow.party === party)
  return flows.filter((flow) => isCounted(flow) && (view === 'all' || flow.kind !== 'soft'))
}
