import { describe, expect, it } from 'vitest'
import { calibrateMoney, knownMonths, learnRatio } from './money-calibration.ts'

describe('what the house learns from money that came', () => {
  it('is nothing while nothing is known: no factor, not a factor of one', () => {
    expect(calibrateMoney([])).toEqual({ outcomes: [] })
  })

  it('moves from the plan as it stands to the record, half way after as many as the prior weighs', () => {
    expect(learnRatio([])).toBe(1)
    expect(learnRatio([0.25, 0.25, 0.25])).toBeCloseTo(0.5, 12)
    expect(learnRatio(new Array(1000).fill(0.4))).toBeCloseTo(0.4, 2)
  })

  it('counts a hope of which nothing came as a twentieth, so that it does not outweigh all others', () => {
    expect(learnRatio([0])).toBeCloseTo(0.05 ** 0.25, 12)
  })

  it('keeps customers and cash apart', () => {
    const learned = calibrateMoney([
      { plan: 'x', what: 'customers', expected: 100, actual: 50 },
      { plan: 'x', what: 'cash', expected: 1000, actual: 2000 },
    ])
    expect(learned.customersFactor).toBeCloseTo(0.5 ** 0.25, 12)
    expect(learned.cashFactor).toBeCloseTo(2 ** 0.25, 12)
    expect(learned.source).toBe('learned from 1 launch with customers counted and 1 cash incentive recorded')
  })

  it('waits three months after a launch', () => {
    expect(knownMonths(undefined, '2026-06-01')).toBeUndefined()
    expect(knownMonths('2026-04-01', '2026-06-01')).toBeUndefined()
    expect(knownMonths('2026-01-01', '2026-06-01')).toBeCloseTo(4.96, 1)
  })
})
