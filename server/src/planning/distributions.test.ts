import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lognormalFromQuantiles, lognormalMean, lognormalQuantile, normalP90, normalQuantile, triangularQuantile } from './distributions.ts'
import { evenly } from './fractions.fixture.ts'
import { nextUniform, randomStream } from './random.ts'

describe('normalQuantile', () => {
  it('agrees with published quantiles to 1e-12', () => {
    // Quantiles as R 4 prints them with digits = 16: qnorm(c(0.5, 0.9, 0.975, 0.001, 1e-10, 1e-20)).
    const known = {
      0.5: 0,
      0.9: 1.2815515655446004,
      0.975: 1.959963984540054,
      0.001: -3.090232306167813,
      1e-10: -6.361340902404056,
      1e-20: -9.262340089798409,
    }
    for (const [probability, quantile] of Object.entries(known)) expect(normalQuantile(Number(probability))).toBeCloseTo(quantile, 12)
    expect(normalQuantile(0.9)).toBeCloseTo(normalP90, 14)
  })

  it('is odd about one half and rises', () => {
    fc.assert(
      fc.property(evenly(0.001, 0.499), (p) => {
        expect(normalQuantile(1 - p)).toBeCloseTo(-normalQuantile(p), 9)
        expect(normalQuantile(p + 0.0005)).toBeGreaterThan(normalQuantile(p))
      }),
    )
  })
})

describe('the lognormal of build hours', () => {
  const build = lognormalFromQuantiles(1.5, 3)

  it('has P50 at 1.5 times and P90 at 3 times the estimate', () => {
    expect(lognormalQuantile(build, 0.5)).toBeCloseTo(1.5, 12)
    expect(lognormalQuantile(build, 0.9)).toBeCloseTo(3, 12)
    // Symmetric in logarithms: P10 is as far below P50, as a ratio, as P90 is above.
    expect(lognormalQuantile(build, 0.1)).toBeCloseTo(0.75, 12)
  })

  it('has the mean that its closed form says, within three standard errors of 200,000 draws', () => {
    const stream = randomStream(3, 'mean')
    const count = 200_000
    const draws = Array.from({ length: count }, () => lognormalQuantile(build, nextUniform(stream)))
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / count
    const deviation = lognormalMean(build) * Math.sqrt(Math.expm1(build.sigma ** 2))
    expect(Math.abs(mean - lognormalMean(build))).toBeLessThan((3 * deviation) / Math.sqrt(count))
  })

  it('is a certain value when both quantiles are equal', () => {
    const certain = lognormalFromQuantiles(2, 2)
    for (const p of [0.01, 0.5, 0.99]) expect(lognormalQuantile(certain, p)).toBeCloseTo(2, 12)
  })
})

describe('triangularQuantile', () => {
  it('inverts the distribution function F(x) = (x−low)²/((high−low)(likely−low)) below the mode', () => {
    const range = { low: 15, likely: 25, high: 50 }
    expect(triangularQuantile(range, (20 - 15) ** 2 / ((50 - 15) * (25 - 15)))).toBeCloseTo(20, 12)
    expect(triangularQuantile(range, 1 - (50 - 40) ** 2 / ((50 - 15) * (50 - 25)))).toBeCloseTo(40, 12)
  })

  it('stays within its ends and rises with the probability', () => {
    const range = fc
      .tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), fc.nat(1000))
      .map(([low, x, y]) => ({ low, likely: low + x, high: low + x + y }))
    const probability = evenly(0.0001, 0.9999)
    fc.assert(
      fc.property(range, probability, probability, (shape, p, q) => {
        const [less, more] = [triangularQuantile(shape, Math.min(p, q)), triangularQuantile(shape, Math.max(p, q))]
        expect(less).toBeLessThanOrEqual(more + 1e-9)
        expect(less).toBeGreaterThanOrEqual(shape.low - 1e-9)
        expect(more).toBeLessThanOrEqual(shape.high + 1e-9)
      }),
    )
  })
})
