import { balanceByMonth, balanceTolerance, motivationEndsMonth, peakMonth } from './balance.ts'
import { discountOf, valueOfStream } from './discount.ts'
import { isClosed } from './openness.ts'
import { type Option, performersOf } from './option.ts'
import { type Party, type PlanInputs, sides, worksForFee } from './plan-inputs.ts'
import type { Spread } from './quantiles.ts'
import { presentQuantities, quantity } from './quantities.ts'
import type { Simulation } from './simulate.ts'
import type { ValuedOption } from './value-option.ts'
import { medianSample, variablesOf } from './variables.ts'

/** Whether a party that carries duties has cash reason to go on carrying them. */
export interface IncentiveCheck {
  party: string
  /** Cash less cost of duties over the horizon. Soft incentives are not in it. */
  cash: Spread
  /** Soft incentives at face value in the median case, so that a reader sees what was not believed. */
  softAtFaceValue: number
  /** Whether the party receives any cash in the median case. A promise of nothing is none. */
  receivesCash: boolean
  /** Month about which its motivation ends; 0: none from the start; undefined: it holds to the horizon. */
  endsAboutMonth: number | undefined
  /** Month from which staying costs more than it still brings, although the whole pays; undefined: none. */
  fadesFromMonth: number | undefined
  /** Yearly cash from launch on that would lift the median balance to zero; 0 when nothing is missing. */
  missingPerYear: number
}

/**
 * Parties whose will the bridge depends on: holders of roles, the sponsor of those who work for a fee, and the owner of
 * a closed platform, without whom nothing happens.
 */
export function bearersOf(inputs: PlanInputs, option: Option): string[] {
  const performers = performersOf(option)
  const sponsor = performers.some(worksForFee) ? [inputs.sponsor] : []
  return [...new Set([...performers.map((party) => party.id), ...sponsor, ...closedOwners(inputs)])]
}

/** Owners of the platforms that are known to be closed. */
export function closedOwners(inputs: PlanInputs): string[] {
  return sides
    .map((side) => inputs.platforms[side])
    .filter(({ openness }) => isClosed(openness) === 'yes')
    .map(({ owner }) => owner)
}

export function checkIncentives(inputs: PlanInputs, valued: ValuedOption, simulation: Simulation, party: string): IncentiveCheck {
  const sample = medianSample(variablesOf(inputs))
  const balances = balanceByMonth(inputs, valued, sample, party, 'cash-only')
  const cash = simulation.spread(valued, party, 'cash-only')
  const endsAboutMonth = cash.p50 >= -balanceTolerance ? undefined : (motivationEndsMonth(balances) ?? inputs.horizonMonths)
  return {
    party,
    cash,
    softAtFaceValue: softAtFaceValue(inputs, valued, party),
    receivesCash: cashOf(inputs, valued, party) > balanceTolerance,
    endsAboutMonth,
    fadesFromMonth: endsAboutMonth === undefined ? peakMonth(balances) : undefined,
    missingPerYear: Math.max(0, -cash.p50) / valueOfLaunchedYears(inputs, valued),
  }
}

/** Present quantities to the horizon, in the median case. */
export function medianQuantities(inputs: PlanInputs, { estimate, discount }: ValuedOption): ReturnType<typeof presentQuantities> {
  return presentQuantities(inputs, estimate, discount, medianSample(variablesOf(inputs)), inputs.horizonMonths)
}

/** Present value of all cash that a party receives, in the median case; what it pays is not taken off. */
export function cashOf(inputs: PlanInputs, valued: ValuedOption, party: string): number {
  const quantities = medianQuantities(inputs, valued)
  return valued.flows
    .filter((flow) => flow.party === party && flow.kind === 'cash')
    .reduce((sum, flow) => sum + Math.max(0, flow.amount * quantities[flow.quantity]!), 0)
}

/** Present value of 1 per year from launch to the horizon, in the median case. */
function valueOfLaunchedYears(inputs: PlanInputs, valued: ValuedOption): number {
  const launched = medianQuantities(inputs, valued)[quantity.liveMonths]!
  return (launched || valueOfStream(discountOf(inputs.discountPercent), 0, inputs.horizonMonths)) / 12
}

function softAtFaceValue(inputs: PlanInputs, valued: ValuedOption, party: string): number {
  const quantities = medianQuantities(inputs, valued)
  return inputs.incentives.reduce((sum, incentive, index) => {
    const isMine = incentive.kind !== 'cash' && receiverOf(valued.option, incentive.to) === party
    return isMine ? sum + quantities[quantity.firstIncentive + index]! : sum
  }, 0)
}

const receiverOf = (option: Option, to: string): string => (to in option ? (option[to as keyof Option] as Party).id : to)
