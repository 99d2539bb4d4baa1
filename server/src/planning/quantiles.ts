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
  const sorted = Float64Array.from(draws).sort()
  const sum = draws.reduce((total, value) => total + value, 0)
  const losses = draws.reduce((count, value) => (value < -lossTolerance ? count + 1 : count), 0)
  return {
    p10: quantileOf(sorted, 0.1),
    p50: quantileOf(sorted, 0.5),
    p90: quantileOf(sorted, 0.9),
    mean: sum / draws.length,
    lossProbability: losses / draws.length,
  }
}

/** A balance that is zero but for the rounding of sums of millions is no loss. */
const lossTolerance = 1e-6

/** @param sorted ascending, not empty */
export function quantileOf(sorted: Float64Array, probability: number): number {
  const position = (sorted.length - 1) * probability
  const below = Math.floor(position)
  const low = sorted[below]!
  return low + (position - below) * (sorted[Math.min(below + 1, sorted.length - 1)]! - low)
}
