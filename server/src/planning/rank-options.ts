import { balanceByMonth, balanceTolerance, paybackMonth } from './balance.ts'
import type { JudgedOption } from './feasibility-rules.ts'
import { bearersOf, checkIncentives, closedOwners, type IncentiveCheck } from './incentive-check.ts'
import { isClosed } from './openness.ts'
import { performersOf, type Scenario, scenarioOf } from './option.ts'
import { type PlanInputs, type Role, roles, sides } from './plan-inputs.ts'
import type { Spread } from './quantiles.ts'
import type { Simulation } from './simulate.ts'
import { prepareOption, type ValuedOption } from './value-option.ts'
import { medianSample, variablesOf } from './variables.ts'

/** A feasible option (or one that a missing fact leaves open) with what it is worth and whether it will be kept up. */
export interface RankedOption {
  id: string
  roles: Record<Role, string>
  scenario: Scenario
  feasible: 'yes' | 'unknown'
  /** Facts that must be established when `feasible` is unknown. */
  open: string[]
  /** Net present value of all parties together; payments between them cancel. */
  together: Spread
  parties: { party: string; value: Spread; paybackMonth: number | undefined }[]
  /** Discounted payback of all together in the median case; undefined: not within the horizon. */
  paybackMonth: number | undefined
  incentives: IncentiveCheck[]
  /** Whether each party whose will it depends on has cash that covers its duties in half of the cases or more. */
  holds: boolean
}

/**
 * Values every option that no rule forbids and puts the best first: what holds before what doesn't, facts before hopes,
 * then the higher median value of all together, then fewer parties, then the name.
 */
export function rankOptions(
  inputs: PlanInputs,
  judged: readonly JudgedOption[],
  simulation: Simulation,
): { ranked: RankedOption; valued: ValuedOption }[] {
  return judged
    .filter((candidate) => candidate.feasible !== 'no')
    .map((candidate) => {
      const valued = prepareOption(inputs, candidate.option)
      return { ranked: rankedOption(inputs, candidate, valued, simulation), valued }
    })
    .sort((x, y) => compareOptions(x, y))
}

type Entry = { ranked: RankedOption; valued: ValuedOption }

function compareOptions({ ranked: x, valued: xValued }: Entry, { ranked: y, valued: yValued }: Entry): number {
  return (
    Number(y.feasible === 'yes') - Number(x.feasible === 'yes') ||
    Number(standsOf(y)) - Number(standsOf(x)) ||
    Math.round(y.together.p50) - Math.round(x.together.p50) ||
    performersOf(xValued.option).length - performersOf(yValued.option).length ||
    (x.id < y.id ? -1 : 1)
  )
}

/** Worth doing and kept up: the joint median value is not negative and every bearing party's cash covers its duties. */
export function standsOf(ranked: RankedOption): boolean {
  return ranked.holds && ranked.together.p50 >= -balanceTolerance
}

function rankedOption(
  inputs: PlanInputs,
  { id, option, feasible, obstacles }: JudgedOption,
  valued: ValuedOption,
  simulation: Simulation,
): RankedOption {
  const incentives = bearersOf(inputs, option).map((party) => checkIncentives(inputs, valued, simulation, party))
  const closed = sides.filter((side) => isClosed(inputs.platforms[side].openness) === 'yes')
  return {
    id,
    roles: Object.fromEntries(roles.map((role) => [role, option[role].id])) as Record<Role, string>,
    scenario: scenarioOf(inputs, option, closed),
    feasible: feasible === 'yes' ? 'yes' : 'unknown',
    open: obstacles.map((obstacle) => obstacle.fact),
    together: simulation.spread(valued, undefined, 'all'),
    parties: inputs.parties.map(({ id: party }) => ({
      party,
      value: simulation.spread(valued, party, 'all'),
      paybackMonth: paybackOf(inputs, valued, party),
    })),
    paybackMonth: paybackOf(inputs, valued, undefined),
    incentives,
    holds: incentives.every((check) => check.cash.p50 >= -balanceTolerance) && closedOwnersAreWilling(inputs, incentives),
  }
}

/** The owner of a closed platform needs cash of its own, not only no loss: nobody else can do its part. */
function closedOwnersAreWilling(inputs: PlanInputs, incentives: readonly IncentiveCheck[]): boolean {
  return closedOwners(inputs).every((owner) => incentives.find((check) => check.party === owner)?.receivesCash)
}

const paybackOf = (inputs: PlanInputs, valued: ValuedOption, party: string | undefined): number | undefined =>
  paybackMonth(balanceByMonth(inputs, valued, medianSample(variablesOf(inputs)), party, 'all'))
