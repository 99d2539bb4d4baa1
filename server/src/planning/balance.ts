import type { PlanInputs } from './plan-inputs.ts'
import { presentValue, type ValuedOption, type View } from './value-option.ts'
import type { Sample } from './variables.ts'

/** Present value gathered until the end of each month 0…horizon, in one case. `party` undefined: all together. */
export function balanceByMonth(inputs: PlanInputs, valued: ValuedOption, sample: Sample, party: string | undefined, view: View): number[] {
  return Array.from({ length: inputs.horizonMonths + 1 }, (_, month) => presentValue(inputs, valued, sample, party, view, month))
}

/** A balance within this of zero counts as zero: sums of large numbers leave dust. In units of the currency. */
export const balanceTolerance = 1e-6

/**
 * Month about which a party's motivation ends: the last one at whose end its cash has covered its duties so far.
 *
 * @param balances cash received less cost of duties until the end of month 0, 1, … horizon
 * @returns 0 when it never does (there is no motivation from the start); undefined when the balance at the horizon
 *          is not negative, so the motivation holds
 */
export function motivationEndsMonth(balances: readonly number[]): number | undefined {
  if (balances.at(-1)! >= -balanceTolerance) return undefined
  // Who pays an entry fee on the first day is below zero from month 0 on.
  return Math.max(
    0,
    balances.findLastIndex((balance) => balance >= -balanceTolerance),
  )
}

/**
 * Discounted payback: first month from whose end on the balance stays at or above zero.
 *
 * @returns 0 when the party is never out of pocket; undefined when it is not paid back within the horizon
 */
export function paybackMonth(balances: readonly number[]): number | undefined {
  const lastNegative = balances.findLastIndex((balance) => balance < -balanceTolerance)
  return lastNegative === balances.length - 1 ? undefined : lastNegative + 1
}

/**
 * Month in which staying stops to pay: from its end on, duties cost more than the cash that is still to come.
 * A party that was paid early stands in the black and still has a reason to neglect the bridge.
 *
 * @returns undefined when the balance never falls from its highest point by more than `share` of it
 */
export function peakMonth(balances: readonly number[], share = 0.1): number | undefined {
  const highest = Math.max(...balances)
  const month = balances.indexOf(highest)
  return highest > 0 && highest - balances.at(-1)! > share * highest && month < balances.length - 1 ? month : undefined
}
