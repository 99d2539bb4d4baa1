import { expect, it } from 'vitest'
import { everyOption } from './option.ts'
import { certain, partyLike, planLike } from './plan.fixture.ts'
import { monthsBetween, reviewPlan } from './review-plan.ts'

const inputs = planLike({
  draws: 4000,
  parties: [partyLike('a', { buildHours: 100 }), partyLike('b')],
  build: { p50Multiplier: 1.5, p90Multiplier: 3 },
  maintenancePercent: certain(24),
  duties: {
    operateHoursPerMonth: 2,
    supportHoursPerMonth: 1,
    supportHoursPerInstanceMonth: 0.5,
    sellHoursPerMonth: 0,
    ownerHoursPerMonth: 0,
  },
  sale: { pricePerInstanceMonth: 10, instances: certain(20), rampMonths: 10, split: { a: 100 } },
})
const option = everyOption(inputs.parties)[0]!

it('expects the build as its distribution says, and calls only surprises above or below', () => {
  const judged = (actual: number) => reviewPlan(inputs, option, undefined, { build: actual })
  expect(judged(150)).toHaveLength(1)
  expect(judged(150)[0]!.expected.p50 / 150).toBeCloseTo(1, 1)
  expect(judged(150)[0]!.expected.p90 / 300).toBeCloseTo(1, 1)
  expect([judged(50), judged(150), judged(400)].map(([line]) => line!.judgement)).toEqual(['below', 'as planned', 'above'])
})

it('after the launch it expects what the months since then ask for', () => {
  const lines = Object.fromEntries(
    reviewPlan({ ...inputs, build: { p50Multiplier: 1, p90Multiplier: 1 } }, option, 10, { operation: 20 }).map((line) => [
      line.activity,
      line,
    ]),
  )
  // 100 h × 24 % × 10/12; 10 months × 2; 10 × 1 + 0.5 × 20 × 5 instance-months each over an even ramp of ten.
  expect(lines.maintenance!.expected.p50).toBeCloseTo(20, 6)
  expect(lines.operation).toMatchObject({ judgement: 'as planned', actual: 20 })
  expect(lines.support!.expected.p50).toBeCloseTo(60, 6)
  expect([lines.support!.actual, lines.support!.judgement]).toEqual([undefined, 'unknown'])
})

it('counts months by days', () => {
  expect(monthsBetween('2026-01-01', '2027-01-01')).toBeCloseTo(12, 1)
})
