import { discountOf, valueOfRamp } from './discount.ts'
import type { Option } from './option.ts'
import type { PlanInputs } from './plan-inputs.ts'
import { quantileOf } from './quantiles.ts'
import { drawSamples, position, variablesOf } from './variables.ts'
import type { Activity } from './work-hours.ts'

/** Hours of one kind of work: what the plan expected by now, and what was recorded. */
export interface ReviewLine {
  activity: Activity
  expected: { p10: number; p50: number; p90: number }
  /** undefined: nobody has recorded any, which is not zero. */
  actual: number | undefined
  /** `above` and `below`: outside what eight of ten cases allow. */
  judgement: 'as planned' | 'above' | 'below' | 'unknown'
}

/**
 * Compares the hours that a plan expected by now with those recorded. Only what has begun is compared: before the
 * launch the build alone, and that as a whole, since nobody knows how far it has come.
 *
 * @param launchedMonthsAgo undefined before the launch
 * @param actual hours by activity; without an entry nothing was recorded
 */
export function reviewPlan(
  inputs: PlanInputs,
  option: Option,
  launchedMonthsAgo: number | undefined,
  actual: Readonly<Partial<Record<Activity, number>>>,
): ReviewLine[] {
  return expectedHours(inputs, option, launchedMonthsAgo).map(({ activity, hours }) =>
    reviewLine(
      activity,
      Float64Array.from({ length: inputs.draws }, (_, draw) => hours(draw)),
      actual[activity],
    ),
  )
}

/** Hours that a plan expected by now, one number per draw. Before the launch the build alone. */
export function expectedHours(
  inputs: PlanInputs,
  option: Option,
  launchedMonthsAgo: number | undefined,
): { activity: Activity; hours: (draw: number) => number }[] {
  const columns = drawSamples(variablesOf(inputs), inputs.seed, inputs.draws)
  const months = launchedMonthsAgo ?? 0
  const { duties, sale } = inputs
  const instanceMonthsPerInstance = valueOfRamp(discountOf(0), 0, sale.rampMonths, 0, months)
  const build = (draw: number): number => option.builder.buildHours * columns[position.buildFactor]![draw]!
  const support = (draw: number): number =>
    duties.supportHoursPerMonth * months +
    duties.supportHoursPerInstanceMonth * columns[position.instances]![draw]! * instanceMonthsPerInstance
  if (launchedMonthsAgo === undefined) return [{ activity: 'build', hours: build }]
  return [
    { activity: 'build', hours: build },
    { activity: 'maintenance', hours: (draw) => ((build(draw) * columns[position.maintenancePercent]![draw]!) / 100) * (months / 12) },
    { activity: 'operation', hours: () => duties.operateHoursPerMonth * months },
    { activity: 'support', hours: support },
    { activity: 'selling', hours: () => duties.sellHoursPerMonth * months },
  ]
}

function reviewLine(activity: Activity, draws: Float64Array, actual: number | undefined): ReviewLine {
  const expected = { p10: quantileOf(draws, 0.1), p50: quantileOf(draws, 0.5), p90: quantileOf(draws, 0.9) }
  if (actual === undefined) return { activity, expected, actual, judgement: 'unknown' }
  // A certain expectation has no width: a tenth on each side is no surprise.
  const low = Math.min(expected.p10, expected.p50 * 0.9)
  const high = Math.max(expected.p90, expected.p50 * 1.1)
  return { activity, expected, actual, judgement: actual > high ? 'above' : actual < low ? 'below' : 'as planned' }
}

/** Months from one day to another, a month being a twelfth of 365.25 days. */
export function monthsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 / (365.25 / 12)
}
