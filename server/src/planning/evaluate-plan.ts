import { balanceByMonth } from './balance.ts'
import { type BreakEven, breakEvens } from './break-even.ts'
import { type JudgedOption, judgeOption, type Obstacle } from './feasibility-rules.ts'
import { type Flag, flagsOf } from './flags.ts'
import { compareHosting, type HostingComparison } from './hosting.ts'
import { medianQuantities } from './incentive-check.ts'
import { isClosed } from './openness.ts'
import { everyOption } from './option.ts'
import { type Known, type PlanInputs, type Role, roles, type Side } from './plan-inputs.ts'
import { type RankedOption, rankOptions } from './rank-options.ts'
import { runCostPerYear } from './run-cost.ts'
import { type SwitchPoint, switchPoints, type TornadoBar, tornado } from './sensitivity.ts'
import { simulate } from './simulate.ts'
import type { ValuedOption } from './value-option.ts'
import { medianSample, variablesOf } from './variables.ts'
import { judge, type Verdict } from './verdict.ts'

/** Everything that is known about a decision. Pure data; the same inputs yield the same report, number for number. */
export interface PlanReport {
  inputs: PlanInputs
  closed: Record<Side, Known>
  verdict: Verdict
  /** Feasible options and those that a missing fact leaves open, best first. */
  options: RankedOption[]
  infeasible: { id: string; roles: Record<Role, string>; obstacles: Obstacle[] }[]
  flags: Flag[]
  hosting: HostingComparison[]
  /** The rest is about the first option; empty when there is none. */
  best: BestOption | undefined
}

export interface BestOption {
  id: string
  /** What each party pays and receives in the median case, as present values; largest first. */
  ledger: { party: string; kind: string; label: string; value: number }[]
  /** Balance until the end of month 0…horizon in the median case: all together, and the cash of each bearing party. */
  balances: { party: string | undefined; byMonth: number[] }[]
  runCostPerYear: number
  breakEvens: BreakEven[]
  tornado: TornadoBar[]
  switchPoints: SwitchPoint[]
  /** Joint net present value of all draws, ascending, thinned to `histogramBins` bins. */
  histogram: { from: number; width: number; counts: number[] }
}

/** Judges, values and ranks every option of a plan. 10,000 draws of some hundred options take well under a second. */
export function evaluatePlan(inputs: PlanInputs): PlanReport {
  const judged = everyOption(inputs.parties).map((option) => judgeOption(inputs, option))
  const simulation = simulate(inputs)
  const entries = rankOptions(inputs, judged, simulation)
  const options = entries.map((entry) => entry.ranked)
  const first = entries[0]
  const best = first && bestOption(inputs, first.valued, first.ranked, simulation.draws(first.valued, undefined, 'all'))
  const flags = flagsOf(inputs, first?.valued, options[0]?.incentives ?? [], best?.runCostPerYear)
  return {
    inputs,
    closed: { a: isClosed(inputs.platforms.a.openness), b: isClosed(inputs.platforms.b.openness) },
    verdict: judge(inputs, options, flags),
    options,
    infeasible: judged.filter((option) => option.feasible === 'no').map(infeasibleOption),
    flags,
    hosting: compareHosting(inputs, judged),
    best,
  }
}

const infeasibleOption = ({ id, option, obstacles }: JudgedOption) => ({
  id,
  roles: Object.fromEntries(roles.map((role) => [role, option[role].id])) as Record<Role, string>,
  obstacles: obstacles.filter((obstacle) => obstacle.outcome === 'forbidden'),
})

function bestOption(inputs: PlanInputs, valued: ValuedOption, ranked: RankedOption, draws: Float64Array): BestOption {
  const sample = medianSample(variablesOf(inputs))
  const bearers = ranked.incentives.map((check) => check.party)
  return {
    id: ranked.id,
    ledger: ledgerOf(inputs, valued),
    balances: [
      { party: undefined, byMonth: balanceByMonth(inputs, valued, sample, undefined, 'all') },
      ...bearers.map((party) => ({ party, byMonth: balanceByMonth(inputs, valued, sample, party, 'cash-only') })),
    ],
    runCostPerYear: runCostPerYear(inputs, valued.option),
    breakEvens: breakEvens(inputs, valued.option),
    tornado: tornado(inputs, valued.option),
    // A supplier's own margin is its own affair: it would ask for another price.
    switchPoints: switchPoints(
      inputs,
      valued.option,
      bearers.filter((party) => !valued.suppliers.includes(party)),
    ),
    histogram: histogramOf(draws),
  }
}

function ledgerOf(inputs: PlanInputs, valued: ValuedOption): BestOption['ledger'] {
  const quantities = medianQuantities(inputs, valued)
  const lines = new Map<string, BestOption['ledger'][number]>()
  for (const { party, kind, label, amount, quantity } of valued.flows) {
    const key = `${party}\n${kind}\n${label}`
    const value = (lines.get(key)?.value ?? 0) + amount * quantities[quantity]!
    lines.set(key, { party, kind, label, value })
  }
  return [...lines.values()].sort((x, y) => Math.abs(y.value) - Math.abs(x.value) || (x.label < y.label ? -1 : 1))
}

/** Bars of a histogram. Odd enough to be smooth, few enough to be read on paper. */
const histogramBins = 41

function histogramOf(draws: Float64Array): BestOption['histogram'] {
  const sorted = Float64Array.from(draws).sort()
  // The outer half percent on each side would stretch the axis until nothing can be seen.
  const from = sorted[Math.floor(sorted.length * 0.005)]!
  const to = sorted[Math.floor((sorted.length - 1) * 0.995)]!
  const width = (to - from) / histogramBins || 1
  const counts = new Array<number>(histogramBins).fill(0)
  for (const value of sorted) {
    const bin = Math.floor((value - from) / width)
    if (value >= from && value <= to) counts[Math.min(bin, histogramBins - 1)]!++
  }
  return { from, width, counts }
}
