import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrate, learnFactors } from './calibration.ts'
import { evenly } from './fractions.fixture.ts'

const outcome = (plan: string, actualHours: number) => ({ plan, estimatedHours: 100, actualHours, launchedOn: '2026-01-31' })

describe('the factors learned from history', () => {
  it('are exactly the presets while there is none', () => {
    const learned = learnFactors([])
    expect(learned.p50Factor).toBeCloseTo(1.5, 12)
    expect(learned.p90Factor).toBeCloseTo(3, 12)
  })

  it('meet the preset half way after as many plans as it weighs', () => {
    // Three plans that took exactly their estimate: ln 1 = 0 weighs as much as ln 1.5.
    expect(learnFactors([1, 1, 1]).p50Factor).toBeCloseTo(Math.sqrt(1.5), 12)
  })

  it('become the house’s own record when that is long: median and P90 of a thousand builds', () => {
    // Quantiles of a lognormal with median 2 and P90 4, at equal steps of probability.
    const sigma = Math.log(2) / 1.2815515655446004
    const ratios = Array.from({ length: 1000 }, (_, index) => Math.exp(Math.log(2) + sigma * probit((index + 0.5) / 1000)))
    expect(learnFactors(ratios).p50Factor).toBeCloseTo(2, 1)
    expect(learnFactors(ratios).p90Factor).toBeCloseTo(4, 1)
  })

  it('never put P90 below P50, and rise when any build was worse', () => {
    const ratio = evenly(0.2, 8)
    fc.assert(
      fc.property(fc.array(ratio, { minLength: 1, maxLength: 12 }), (ratios) => {
        const learned = learnFactors(ratios)
        expect(learned.p90Factor).toBeGreaterThan(learned.p50Factor)
        const worse = learnFactors([ratios[0]! * 1.5, ...ratios.slice(1)])
        expect(worse.p50Factor).toBeGreaterThan(learned.p50Factor)
      }),
    )
  })

  it('say where they come from', () => {
    expect(calibrate([], []).source).toBe('preset: no launched plan has recorded build hours yet')
    expect(calibrate([outcome('x', 200)], []).source).toBe('learned from 1 launched plan, the last on 2026-01-31')
  })
})

/** Standard normal quantile by bisection on erf's series: independent of the code under test. */
function probit(p: number): number {
  let [low, high] = [-8, 8]
  for (let round = 0; round < 80; round++) {
    const middle = (low + high) / 2
    if (normalShare(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function normalShare(x: number): number {
  let term = x
  let sum = x
  for (let k = 1; k < 200; k++) {
    term *= -(x * x) / (2 * k)
    sum += term / (2 * k + 1)
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI)
}
