/** What a simulated quantity says. `p10` is the value that 10 % of the draws stay below. */
export interface Spread {
  p10: number
  p50: number
  p90: number
  mean: number
  /** Share of draws below zero, 0…1. */
  lossProbability: number
}

/** Quantiles by linear interpolation between order statistics (Hyndman & Fan type 7, the default of R and NumPy). Leaves `draws` as it was. */
export function spreadOf(draws: Float64Array): Spread {
  const values = Float64Array.from(draws)
  let sum = 0
  let losses = 0
  for (const value of values) {
    sum += value
    if (value < -lossTolerance) losses++
  }
  return {
    p10: quantileOf(values, 0.1),
    p50: quantileOf(values, 0.5),
    p90: quantileOf(values, 0.9),
    mean: sum / values.length,
    lossProbability: losses / values.length,
  }
}

/** A balance that is zero but for the rounding of sums of millions is no loss. */
const lossTolerance = 1e-6

/** @param values not empty; their order changes */
export function quantileOf(values: Float64Array, probability: number): number {
  const position = (values.length - 1) * probability
  const below = Math.floor(position)
  const low = selectInPlace(values, below)
  if (position === below) return low
  // All that stand behind are greater or equal, so the next in order is the least of them.
  let next = Infinity
  for (let index = below + 1; index < values.length; index++) next = Math.min(next, values[index]!)
  return low + (position - below) * (next - low)
}

/**
 * The value that would stand at `index` if all were sorted; afterwards none before it is greater and none behind it less.
 * Measured: 96 options fell from 760 to 400 ms of processor time against sorting (2026-11-23). Source: C. A. R. Hoare, Algorithm 65: Find (1961).
 */
function selectInPlace(values: Float64Array, index: number): number {
  let from = 0
  let to = values.length - 1
  while (from < to) {
    const pivot = values[(from + to) >> 1]!
    let left = from
    let right = to
    while (left <= right) {
      while (values[left]! < pivot) left++
      while (values[right]! > pivot) right--
      if (left > right) break
      const swapped = values[left]!
      values[left++] = values[right]!
      values[right--] = swapped
    }
    if (index <= right) to = right
    else if (index >= left) from = left
    else return values[index]!
  }
  return values[index]!
}
