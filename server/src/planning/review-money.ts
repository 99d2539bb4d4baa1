import { discountOf, valueOfRamp, valueOfStream } from './discount.ts'
import { holderOf } from './flows.ts'
import type { Option } from './option.ts'
import type { Incentive, PlanInputs } from './plan-inputs.ts'
import { quantileOf } from './quantiles.ts'
import { drawSamples, position, variablesOf } from './variables.ts'

export interface Expected {
  p10: number
  p50: number
  p90: number
}

export function expectedOf(draws: number, of: (draw: number) => number): Expected {
  const values = Float64Array.from({ length: draws }, (_, draw) => of(draw))
  return { p10: quantileOf(values, 0.1), p50: quantileOf(values, 0.5), p90: quantileOf(values, 0.9) }
}

/** What is known of the money so far, in units of the plan's currency. Absent: nobody knows, which is not zero. */
export interface ActualMoney {
  customers?: {
    payingNow: number
    /** Of those, customers whose revenue nobody has told, or told in another currency. */
    uncounted: number
    revenue: number
  }
  /** By id of the incentive; one without an entry has nothing recorded. */
  received: ReadonlyMap<string, { amount: number; otherCurrencies: readonly string[] }>
}

/** `at least` what is counted; some of it could not be. */
export type MoneyState = 'as planned' | 'above' | 'below' | 'at least as planned' | 'unknown' | 'not due'

/** One thing that the plan counted on, and what came of it. */
export interface MoneyLine {
  id: string
  title: string
  /** Who receives it; absent for what all receive together. */
  party?: string
  kind: 'customers' | 'revenue' | 'cash' | 'soft' | 'cost'
  expected: Expected
  actual: number | undefined
  state: MoneyState
  /** Why the state is what it is, where the numbers don't say it. */
  note?: string
}

export interface Elapsed {
  sinceDecision: number
  /** Absent before the launch. */
  sinceLaunch?: number
}

/**
 * Compares customers, revenue and incentives that a plan expected by now with what came. Soft incentives are compared with the
 * amount that was claimed, before the haircut: the haircut is doubt, and this is the place where the doubt is settled.
 *
 * What nobody recorded is `unknown`. It is never taken for zero, and never for the plan.
 */
export function reviewMoney(inputs: PlanInputs, option: Option, elapsed: Elapsed, actual: ActualMoney): MoneyLine[] {
  const columns = drawSamples(variablesOf(inputs), inputs.seed, inputs.draws)
  const spread = (of: (draw: number) => number) => expectedOf(inputs.draws, of)
  const instances = (draw: number) => columns[position.instances]![draw]!
  const incentives = inputs.incentives.flatMap((incentive, index): MoneyLine[] => {
    const party = holderOf(option, incentive.to)
    if (incentive.onlyIf !== undefined && option[incentive.onlyIf].id !== party) return []
    const units = unitsByNow(inputs, incentive, elapsed)
    const expected = spread(
      (draw) => columns[position.firstIncentive + index]![draw]! * (incentive.per === 'instance-year' ? instances(draw) : 1) * units,
    )
    return [incentiveLine(incentive, party, expected, units > 0, actual)]
  })
  if (elapsed.sinceLaunch === undefined || inputs.sale.instances.high === 0) return incentives
  const { rampMonths, pricePerInstanceMonth } = inputs.sale
  const part = rampMonths === 0 ? 1 : Math.min(1, elapsed.sinceLaunch / rampMonths)
  const months = valueOfRamp(undiscounted, 0, rampMonths, 0, elapsed.sinceLaunch)
  const customers = customersLine(
    spread((draw) => instances(draw) * part),
    actual,
  )
  const revenue = revenueLine(
    spread((draw) => instances(draw) * months * pricePerInstanceMonth),
    actual,
  )
  return [customers, ...(pricePerInstanceMonth > 0 ? [revenue] : []), ...incentives]
}

const undiscounted = discountOf(0)

/** How often the amount of an incentive should have flowed by now; of one per customer and year, for one customer of those hoped for. */
export function unitsByNow(
  { sale }: PlanInputs,
  { from, firstMonth, lastMonth, per }: Incentive,
  { sinceDecision, sinceLaunch }: Elapsed,
): number {
  const until = from === 'launch' ? sinceLaunch : sinceDecision
  if (until === undefined) return 0
  const last = Math.min(lastMonth ?? Infinity, until)
  if (per === 'once') return firstMonth <= until ? 1 : 0
  if (per === 'year') return valueOfStream(undiscounted, firstMonth, last) / 12
  if (sinceLaunch === undefined) return 0
  // Customers come from the launch on, whatever the incentive counts its months from.
  const shift = sinceLaunch - until
  return valueOfRamp(undiscounted, 0, sale.rampMonths, Math.max(0, firstMonth + shift), last + shift) / 12
}

function customersLine(expected: Expected, { customers }: ActualMoney): MoneyLine {
  const base = { id: 'customers', title: 'paying customers now', kind: 'customers', expected } as const
  if (!customers) return { ...base, actual: undefined, state: 'unknown', note: noInstances }
  return { ...base, actual: customers.payingNow, state: stateOf(expected, customers.payingNow) }
}

function revenueLine(expected: Expected, { customers }: ActualMoney): MoneyLine {
  const base = { id: 'revenue', title: 'revenue from customers', kind: 'revenue', expected } as const
  if (!customers) return { ...base, actual: undefined, state: 'unknown', note: noInstances }
  const { payingNow, uncounted, revenue } = customers
  if (uncounted === 0) return { ...base, actual: revenue, state: stateOf(expected, revenue) }
  const note = `${uncounted} of ${payingNow} paying customers not counted: nobody has told what they pay, or it is in another currency`
  return { ...base, actual: revenue, state: lowerBoundState(expected, revenue), note }
}

const noInstances = 'no instance of the integration is known to this server'

function incentiveLine(
  { id, name, kind }: Incentive,
  party: string,
  expected: Expected,
  due: boolean,
  { received }: ActualMoney,
): MoneyLine {
  const base = { id, title: name, party, kind: kind === 'cash' ? 'cash' : 'soft', expected } as const
  const came = received.get(id)
  if (!came) {
    if (!due) return { ...base, actual: undefined, state: 'not due' }
    return { ...base, actual: undefined, state: 'unknown', note: kind === 'cash' ? 'nothing recorded' : `${kind}: nobody has measured it` }
  }
  if (came.otherCurrencies.length === 0) return { ...base, actual: came.amount, state: stateOf(expected, came.amount) }
  const note = `not counted: what came in ${came.otherCurrencies.join(', ')}`
  return { ...base, actual: came.amount, state: lowerBoundState(expected, came.amount), note }
}

/** Inside what eight of ten cases allow; a certain expectation has a tenth of width on each side. */
export function stateOf({ p10, p50, p90 }: Expected, actual: number): 'as planned' | 'above' | 'below' {
  if (actual > Math.max(p90, p50 + Math.abs(p50) * 0.1)) return 'above'
  return actual < Math.min(p10, p50 - Math.abs(p50) * 0.1) ? 'below' : 'as planned'
}

/** Of an amount that may be more, only what it surely reaches can be said. */
function lowerBoundState(expected: Expected, atLeast: number): MoneyState {
  const state = stateOf(expected, atLeast)
  return state === 'below' ? 'unknown' : state === 'above' ? 'above' : 'at least as planned'
}
