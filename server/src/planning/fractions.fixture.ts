import fc from 'fast-check'

/**
 * Numbers spread evenly between two ends, in 100,000 steps. `fc.double` spreads evenly over bit patterns: between 0 and 1
 * nearly all of its values are below 1e-10, and a property hardly ever sees the middle.
 */
export const evenly = (from: number, to: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 100_000 }).map((step) => from + ((to - from) * step) / 100_000)
