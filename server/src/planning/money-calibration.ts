import { monthsBetween } from './review-plan.ts'

/** How much came of one hope of a launched plan: 0.5 is half. */
export interface MoneyOutcome {
  plan: string
  what: 'customers' | 'cash'
  expected: number
  actual: number
}

/** What the house has learned about the money that its plans hope for; a factor is absent while nothing is known. */
export interface MoneyCalibration {
  outcomes: readonly MoneyOutcome[]
  customersFactor?: number
  cashFactor?: number
  /** One sentence for the plan file; absent with the factors. */
  source?: string
}

/** Plans are believed as they stand with the weight of this many of the house's own. */
const priorWeight = 3
/** A hope of which nothing came would outweigh everything in a mean of logarithms. */
const leastRatio = 0.05
/** Before that a launch says little about customers. */
export const monthsUntilKnown = 3

/**
 * Geometric mean of actual ÷ hoped for, with a prior that takes plans as they stand and weighs as much as three of them; a ratio below
 * a twentieth counts as a twentieth.
 */
export function learnRatio(ratios: readonly number[]): number {
  const logs = ratios.map((ratio) => Math.log(Math.max(leastRatio, ratio)))
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / (priorWeight + logs.length))
}

export function calibrateMoney(outcomes: readonly MoneyOutcome[]): MoneyCalibration {
  const ratiosOf = (what: MoneyOutcome['what']) =>
    outcomes.filter((outcome) => outcome.what === what).map(({ expected, actual }) => actual / expected)
  const [customers, cash] = [ratiosOf('customers'), ratiosOf('cash')]
  if (outcomes.length === 0) return { outcomes }
  return {
    outcomes,
    ...(customers.length > 0 && { customersFactor: learnRatio(customers) }),
    ...(cash.length > 0 && { cashFactor: learnRatio(cash) }),
    source: `learned from ${plural(customers.length, 'launch', 'launches')} with customers counted and ${plural(cash.length, 'cash incentive', 'cash incentives')} recorded`,
  }
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** Months since the launch when they are enough to judge by. */
export function knownMonths(launchedOn: string | undefined, today: string): number | undefined {
  if (launchedOn === undefined) return undefined
  const months = monthsBetween(launchedOn, today)
  return months < monthsUntilKnown ? undefined : months
}
