import { describe, expect, it } from 'vitest'
import { everyOption } from './option.ts'
import { certain, incentiveLike, partyLike, planLike } from './plan.fixture.ts'
import { moneyOf } from './plan-actuals.ts'
import { reviewCost } from './review-cost.ts'
import { type ActualMoney, reviewMoney } from './review-money.ts'

const inputs = planLike({
  draws: 2000,
  sale: { pricePerInstanceMonth: 10, instances: certain(20), rampMonths: 10, split: { a: 100 } },
  incentives: [
    incentiveLike('rebate'),
    incentiveLike('entry', { per: 'once', from: 'decision', firstMonth: 2, amount: certain(5000) }),
    incentiveLike('later', { firstMonth: 24 }),
    incentiveLike('loyalty', { kind: 'stickiness', amount: certain(6000) }),
    incentiveLike('per-customer', { per: 'instance-year', amount: certain(120) }),
    incentiveLike('for-the-host', { onlyIf: 'host', to: 'b' }),
  ],
})
const option = everyOption(inputs.parties)[0]!
const nothing: ActualMoney = { received: new Map() }
const elapsed = { sinceDecision: 14, sinceLaunch: 10 }
const review = (actual: ActualMoney, at: { sinceDecision: number; sinceLaunch?: number } = elapsed) =>
  Object.fromEntries(reviewMoney(inputs, option, at, actual).map((line) => [line.id, line]))

describe('the money that a plan expected by now', () => {
  it('follows from its own model: an even ramp, months since decision or launch, one payment once', () => {
    const lines = review(nothing)
    const p50 = (id: string) => lines[id]!.expected.p50
    // After a ramp of ten months all twenty are there; until then five instance-months each at 10.
    expect(p50('customers')).toBeCloseTo(20, 9)
    expect(p50('revenue')).toBeCloseTo(20 * 5 * 10, 6)
    expect(p50('rebate')).toBeCloseTo(12_000 * (10 / 12), 6)
    expect(p50('entry')).toBe(5000)
    expect(p50('per-customer')).toBeCloseTo((20 * 5 * 120) / 12, 6)
    expect(p50('loyalty')).toBeCloseTo(6000 * (10 / 12), 6)
    expect(lines).not.toHaveProperty('for-the-host')
  })

  it('counts before the launch only what the decision brings', () => {
    const lines = review(nothing, { sinceDecision: 3 })
    expect(lines).not.toHaveProperty('customers')
    expect([lines.rebate!.state, lines.entry!.state]).toEqual(['not due', 'unknown'])
  })
})

describe('what came of it', () => {
  it('is unknown where nobody recorded anything, and never taken for zero', () => {
    const lines = review(nothing)
    expect(lines.customers).toMatchObject({
      actual: undefined,
      state: 'unknown',
      note: 'no instance of the integration is known to this server',
    })
    expect(lines.rebate).toMatchObject({ actual: undefined, state: 'unknown', note: 'nothing recorded' })
    expect(lines.loyalty).toMatchObject({ state: 'unknown', note: 'stickiness: nobody has measured it' })
    expect(lines.later).toMatchObject({ state: 'not due' })
  })

  it('is above, below or as planned, and a recorded nothing is below', () => {
    const came = (amount: number) => review({ received: new Map([['rebate', { amount, otherCurrencies: [] }]]) }).rebate!.state
    expect([came(0), came(10_100), came(20_000)]).toEqual(['below', 'as planned', 'above'])
  })

  it('is a lower bound when some of it can’t be counted: enough stays enough, too little says nothing', () => {
    const revenue = (amount: number, uncounted: number) =>
      review({ ...nothing, customers: { payingNow: 20, uncounted, revenue: amount } }).revenue!.state
    expect([revenue(400, 0), revenue(400, 3), revenue(1000, 3), revenue(5000, 3)]).toEqual([
      'below',
      'unknown',
      'at least as planned',
      'above',
    ])
  })

  it('is counted in the currency of the plan alone, with its own minor units', () => {
    const money = moneyOf(
      {
        receipts: [
          { incentive: 'rebate', currency: 'JPY', amountMinor: 5000, lastOn: '2026-01-01' },
          { incentive: 'rebate', currency: 'EUR', amountMinor: 999, lastOn: '2026-01-01' },
        ],
        revenue: [
          { currency: 'JPY', payingNow: 2, perMonthMinor: 10, totalMinor: 700 },
          { currency: null, payingNow: 1, perMonthMinor: 0, totalMinor: 0 },
        ],
      },
      'JPY',
    )
    expect(money.received.get('rebate')).toEqual({ amount: 5000, otherCurrencies: ['EUR'] })
    expect(money.customers).toEqual({ payingNow: 3, uncounted: 1, revenue: 700 })
    expect(moneyOf({ receipts: [], revenue: null }, 'EUR').customers).toBeUndefined()
  })
})

describe('the cost of the work', () => {
  const plain = planLike({ parties: [partyLike('a', { buildHours: 100 }), partyLike('b')] })
  const sum = (organization: string, activity: 'build' | 'question', hours: number) =>
    ({ organization, activity, hours, plan: 'p', integration: null, sourcing: 'internal', firstOn: '', lastOn: '' }) as const

  it('is hours at the plan’s rates with opportunity; questions are counted elsewhere', () => {
    const line = reviewCost(plain, everyOption(plain.parties)[0]!, undefined, [sum('a', 'build', 150), sum('b', 'question', 99)])
    expect(line).toMatchObject({ expected: { p50: 100 * 120 }, actual: 150 * 120, state: 'above' })
  })

  it('is unknown without hours, and a lower bound when strangers worked', () => {
    const of = (...sums: ReturnType<typeof sum>[]) => reviewCost(plain, everyOption(plain.parties)[0]!, undefined, sums)
    expect(of().state).toBe('unknown')
    expect(of(sum('stranger', 'build', 7), sum('a', 'build', 10))).toMatchObject({
      state: 'unknown',
      note: '7 h not counted: worked by somebody who is no party of the plan',
    })
  })
})
