import { sameOption } from './break-even.ts'
import { flowsOf } from './flows.ts'
import type { Option } from './option.ts'
import { type PlanInputs, worksForFee } from './plan-inputs.ts'
import { quantity } from './quantities.ts'
import { medianSample, position, variablesOf } from './variables.ts'

/**
 * What keeping the bridge running costs in a full year with all its customers, in the median case: the money that a
 * budget must hold. Opportunity cost is no invoice, so it is left out; suppliers count with what they invoice.
 */
export function runCostPerYear(inputs: PlanInputs, option: Option): number {
  const budgeted = { ...inputs, parties: inputs.parties.map((party) => ({ ...party, opportunityPerHour: 0 })) }
  const sample = medianSample(variablesOf(inputs))
  const buildHours = option.builder.buildHours * sample[position.buildFactor]!
  const unitsPerYear = new Map<number, number>([
    [quantity.maintenanceHours, (buildHours * sample[position.maintenancePercent]!) / 100],
    [quantity.liveMonths, 12],
    [quantity.instanceMonths, 12 * sample[position.instances]!],
  ])
  const suppliers = inputs.parties.filter(worksForFee).map((party) => party.id)
  return flowsOf(budgeted, sameOption(budgeted, option))
    .filter((flow) => flow.kind === 'duty' && !suppliers.includes(flow.party))
    .reduce((sum, flow) => sum - flow.amount * (unitsPerYear.get(flow.quantity) ?? 0), 0)
}
