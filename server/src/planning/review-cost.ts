import { hourlyCost, partyOf } from './flows.ts'
import type { Option } from './option.ts'
import { type Party, type PlanInputs, worksForFee } from './plan-inputs.ts'
import type { HoursSum } from './queries.ts'
import { expectedOf, type MoneyLine, stateOf } from './review-money.ts'
import { expectedHours } from './review-plan.ts'
import type { Activity } from './work-hours.ts'

/** Who works on what in an option; questions and incidents are nobody's plan. */
const performers: Partial<Record<Activity, keyof Option>> = {
  build: 'builder',
  maintenance: 'builder',
  operation: 'host',
  support: 'supporter',
  selling: 'seller',
}

/**
 * The cost of the work that a plan expected by now beside that of the hours recorded, both at the plan's rates: what is compared is the
 * work, not the prices. Own hours cost the loaded rate and what they would have earned elsewhere, a supplier's what it invoices.
 */
export function reviewCost(
  inputs: PlanInputs,
  option: Option,
  launchedMonthsAgo: number | undefined,
  sums: readonly HoursSum[],
): MoneyLine {
  const expectations = expectedHours(inputs, option, launchedMonthsAgo).map(({ activity, hours }) => ({
    hours,
    perHour: costPerHour(option[performers[activity]!], activity),
  }))
  const expected = expectedOf(inputs.draws, (draw) => expectations.reduce((sum, { hours, perHour }) => sum + hours(draw) * perHour, 0))
  const counted = sums.filter(({ activity }) => performers[activity] !== undefined)
  const known = counted.filter(({ organization }) => inputs.parties.some(({ id }) => id === organization))
  const actual = known.reduce(
    (sum, { organization, activity, hours }) => sum + hours * costPerHour(partyOf(inputs, organization), activity),
    0,
  )
  const strangers = counted.filter((sum) => !known.includes(sum)).reduce((sum, { hours }) => sum + hours, 0)
  const base = { id: 'work', title: 'cost of the work', kind: 'cost', expected } as const
  if (counted.length === 0) return { ...base, actual: undefined, state: 'unknown', note: 'no hours recorded' }
  if (strangers === 0) return { ...base, actual, state: stateOf(expected, actual) }
  const state = stateOf(expected, actual)
  const note = `${strangers} h not counted: worked by somebody who is no party of the plan`
  return { ...base, actual, state: state === 'below' ? 'unknown' : state === 'above' ? 'above' : 'at least as planned', note }
}

function costPerHour(party: Party, activity: Activity): number {
  const own = activity === 'support' ? party.supportPerHour : activity === 'selling' ? party.sellingPerHour : hourlyCost(party)
  return worksForFee(party) ? own * (party.billedPerHour / hourlyCost(party)) : own
}
