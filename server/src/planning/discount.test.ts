import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { discountOf, valueOfRamp, valueOfStream, valueOnce } from './discount.ts'
import { evenly } from './fractions.fixture.ts'

const month = evenly(0, 60)
const percent = evenly(0, 40)

/** Midpoint sum over small slices: knows nothing of the closed forms. */
function summed(discountPercent: number, from: number, until: number, rate: (t: number) => number): number {
  const slices = 4000
  const width = Math.max(0, until - from) / slices
  let sum = 0
  for (let slice = 0; slice < slices; slice++) {
    const t = from + (slice + 0.5) * width
    sum += rate(t) * (1 + discountPercent / 100) ** (-t / 12) * width
  }
  return sum
}

describe('present values', () => {
  it('discounts a payment in a year by exactly the yearly rate', () => {
    expect(valueOnce(discountOf(12), 12)).toBeCloseTo(1 / 1.12, 14)
    expect(valueOnce(discountOf(0), 12)).toBe(1)
  })

  it('agrees with a plain sum over thin slices, for streams', () => {
    fc.assert(
      fc.property(percent, month, month, (rate, from, until) => {
        expect(valueOfStream(discountOf(rate), from, until)).toBeCloseTo(
          summed(rate, from, until, () => 1),
          4,
        )
      }),
      { numRuns: 50 },
    )
  })

  it('agrees with a plain sum over thin slices, for ramps seen through any window', () => {
    fc.assert(
      fc.property(percent, month, evenly(0.5, 24), month, month, (rate, start, ramp, from, until) => {
        const height = (t: number) => Math.min(1, Math.max(0, (t - start) / ramp))
        expect(valueOfRamp(discountOf(rate), start, ramp, from, until)).toBeCloseTo(summed(rate, from, until, height), 3)
      }),
      { numRuns: 50 },
    )
  })

  it('is the plain area when nothing is discounted', () => {
    expect(valueOfStream(discountOf(0), 3, 10)).toBe(7)
    expect(valueOfRamp(discountOf(0), 4, 10, 0, 24)).toBeCloseTo(5 + 10, 12)
    expect(valueOfRamp(discountOf(0), 4, 0, 0, 24)).toBeCloseTo(20, 12)
  })

  it('does not lose its digits where the rate is almost nothing', () => {
    expect(valueOfRamp({ monthlyRate: 1e-7 }, 0, 10, 0, 10)).toBeCloseTo(5, 5)
    expect(valueOfRamp({ monthlyRate: 1.01e-5 }, 0, 10, 0, 10)).toBeCloseTo(valueOfRamp({ monthlyRate: 0.99e-5 }, 0, 10, 0, 10), 4)
  })
})
