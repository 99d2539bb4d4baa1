import { type Discount, valueOfRamp, valueOfStream, valueOnce } from './discount.ts'
import type { Incentive, PlanInputs } from './plan-inputs.ts'
import { position, type Sample } from './variables.ts'

/** How long and how much work a builder takes by its own estimate. */
export interface Estimate {
  hours: number
  months: number
}

/**
 * What money is counted against: discounted hours, months, instance-months. Every payment of a plan is a price times
 * one of these, so an option's value is a weighted sum of them and one draw costs a handful of multiplications.
 * The incentives follow, one each, in the order of the plan.
 */
export const quantity = {
  once: 0,
  buildHours: 1,
  maintenanceHours: 2,
  allMonths: 3,
  liveMonths: 4,
  instanceMonths: 5,
  firstIncentive: 6,
} as const

/**
 * The present value of one unit of each quantity from the decision until a month.
 *
 * The build takes estimate × factor hours at the pace of the estimate, so an overrun delays the launch and everything
 * after it. Work and payments after `untilMonth` are not counted; a build that lasts beyond it never launches.
 *
 * @param untilMonth the horizon, or an earlier month to see where the plan stands by then
 */
export function presentQuantities(
  inputs: PlanInputs,
  estimate: Estimate,
  discount: Discount,
  sample: Sample,
  untilMonth: number,
): number[] {
  const factor = sample[position.buildFactor]!
  const launch = estimate.months * factor
  const instances = sample[position.instances]!
  const maintenanceHoursPerMonth = (estimate.hours * factor * sample[position.maintenancePercent]!) / 100 / 12
  const liveMonths = valueOfStream(discount, launch, untilMonth)
  return [
    1,
    (estimate.hours / estimate.months) * valueOfStream(discount, 0, Math.min(launch, untilMonth)),
    maintenanceHoursPerMonth * liveMonths,
    valueOfStream(discount, 0, untilMonth),
    liveMonths,
    instances * valueOfRamp(discount, launch, inputs.sale.rampMonths, launch, untilMonth),
    ...inputs.incentives.map(
      (incentive, index) =>
        sample[position.firstIncentive + index]! * presentUnits(inputs, incentive, discount, launch, instances, untilMonth),
    ),
  ]
}

/** Present value of an incentive of 1, in its own unit. */
function presentUnits(
  inputs: PlanInputs,
  incentive: Incentive,
  discount: Discount,
  launch: number,
  instances: number,
  untilMonth: number,
): number {
  const origin = incentive.from === 'launch' ? launch : 0
  // Nothing that depends on the launch is paid when there is none within the horizon.
  if (origin > untilMonth) return 0
  const first = origin + incentive.firstMonth
  const last = Math.min(origin + (incentive.lastMonth ?? Infinity), untilMonth)
  if (incentive.per === 'once') return first <= untilMonth ? valueOnce(discount, first) : 0
  if (incentive.per === 'year') return valueOfStream(discount, first, last) / 12
  return (instances * valueOfRamp(discount, launch, inputs.sale.rampMonths, first, last)) / 12
}
