import type { PlanInputs } from './plan-inputs.ts'
import { type Spread, spreadOf } from './quantiles.ts'
import { presentQuantities } from './quantities.ts'
import { selectFlows, type ValuedOption, type View } from './value-option.ts'
import { drawSamples, variablesOf } from './variables.ts'

/** All draws of a plan. Every option sees the same draws, so differences between options are not noise. */
export interface Simulation {
  /** Net present value of a party (undefined: all together), one per draw. */
  draws: (valued: ValuedOption, party: string | undefined, view: View) => Float64Array
  spread: (valued: ValuedOption, party: string | undefined, view: View) => Spread
}

/**
 * Draws once. Quantities are kept per builder's estimate, spreads per set of prices: options share most of both, which
 * is what lets hundreds of options see 10,000 draws each within a second.
 */
export function simulate(inputs: PlanInputs): Simulation {
  const columns = drawSamples(variablesOf(inputs), inputs.seed, inputs.draws)
  const estimateKey = ({ estimate }: ValuedOption): string => `${estimate.hours}/${estimate.months}`
  const quantitiesFor = remember(estimateKey, (valued) => discountedQuantities(inputs, valued, columns))
  const draws: Simulation['draws'] = (valued, party, view) =>
    weightedSum(inputs.draws, amountsByQuantity(valued, party, view), quantitiesFor(valued))
  const spreads = new Map<string, Spread>()
  return {
    draws,
    spread: (valued, party, view) => {
      const amounts = amountsByQuantity(valued, party, view)
      const key = `${estimateKey(valued)}:${[...amounts].flat().join(',')}`
      const spread = spreads.get(key) ?? spreadOf(weightedSum(inputs.draws, amounts, quantitiesFor(valued)))
      spreads.set(key, spread)
      return spread
    },
  }
}

function remember<Key, Value>(keyOf: (key: Key) => string, compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<string, Value>()
  return (key) => {
    const name = keyOf(key)
    const value = known.get(name) ?? compute(key)
    known.set(name, value)
    return value
  }
}

function discountedQuantities(inputs: PlanInputs, valued: ValuedOption, columns: readonly Float64Array[]): Float64Array[] {
  const result: Float64Array[] = []
  for (let draw = 0; draw < inputs.draws; draw++) {
    const sample = columns.map((column) => column[draw]!)
    const quantities = presentQuantities(inputs, valued.estimate, valued.discount, sample, inputs.horizonMonths)
    for (const [index, value] of quantities.entries()) {
      result[index] ??= new Float64Array(inputs.draws)
      result[index][draw] = value
    }
  }
  return result
}

/** A party's price per unit of each quantity, its flows added up, ordered by quantity. */
function amountsByQuantity(valued: ValuedOption, party: string | undefined, view: View): [number, number][] {
  const amounts = new Map<number, number>()
  for (const flow of selectFlows(valued, party, view)) amounts.set(flow.quantity, (amounts.get(flow.quantity) ?? 0) + flow.amount)
  return [...amounts].filter(([, amount]) => amount !== 0).sort(([x], [y]) => x - y)
}

function weightedSum(count: number, amounts: readonly [number, number][], quantities: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(count)
  for (const [index, amount] of amounts) {
    const column = quantities[index]!
    for (let draw = 0; draw < count; draw++) sums[draw]! += amount * column[draw]!
  }
  return sums
}
