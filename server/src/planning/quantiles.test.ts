import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evenly } from './fractions.fixture.ts'
import { quantileOf, spreadOf } from './quantiles.ts'

const numbers = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), evenly(-1e6, 1e6)), {
  minLength: 1,
  maxLength: 200,
})

describe('quantiles', () => {
  it('agree with interpolation in the sorted list, whatever the order and however many are equal', () => {
    fc.assert(
      fc.property(numbers, evenly(0, 1), (values, probability) => {
        const sorted = values.toSorted((x, y) => x - y)
        const position = (sorted.length - 1) * probability
        const low = sorted[Math.floor(position)]!
        const expected = low + (position - Math.floor(position)) * (sorted[Math.ceil(position)]! - low)
        expect(quantileOf(Float64Array.from(values), probability)).toBeCloseTo(expected, 6)
      }),
    )
  })

  it('are those of R: quantile(c(1, 2, 4, 8, 16), c(.1, .5, .9)) is 1.4, 4 and 12.8', () => {
    const { p10, p50, p90, mean } = spreadOf(Float64Array.of(16, 1, 8, 2, 4))
    expect([p10, p50, p90, mean]).toEqual([1.4, 4, 12.8, 6.2])
  })

  it('leave the draws as they were, and count as loss only what is below zero', () => {
    const draws = Float64Array.of(3, -1, 0, -1e-9, 2)
    expect(spreadOf(draws).lossProbability).toBe(0.2)
    expect([...draws]).toEqual([3, -1, 0, -1e-9, 2])
  })
})
