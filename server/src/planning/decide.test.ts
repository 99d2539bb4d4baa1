import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { motivationEndsMonth, paybackMonth, peakMonth } from './balance.ts'
import { breakEvens } from './break-even.ts'
import { evaluatePlan } from './evaluate-plan.ts'
import { evenly } from './fractions.fixture.ts'
import { turn } from './knobs.ts'
import { everyOption } from './option.ts'
import { certain, incentiveLike, opennessOf, partyLike, planLike, platformLike, supplierLike } from './plan.fixture.ts'
import { bisect, medianValue, switchPoints, tornado } from './sensitivity.ts'

const closedB = { a: platformLike('a'), b: platformLike('b', { openness: opennessOf('no') }) }
const firstOption = (inputs: ReturnType<typeof planLike>) => everyOption(inputs.parties)[0]!

describe('when a motivation ends', () => {
  it('is the last month at whose end cash had covered the duties', () => {
    expect(motivationEndsMonth([0, 50, 30, 10, -10, -30])).toBe(3)
    expect(motivationEndsMonth([0, -50, -30])).toBe(0)
    expect(motivationEndsMonth([0, -50, 10])).toBeUndefined()
  })

  it('is read from a plan: a build fee of 60,000 carries a build of 48,000 and a year of maintenance at 12,000', () => {
    const inputs = planLike({
      parties: [partyLike('a', { hosting: { ...partyLike('a').hosting, costPerMonth: 0 } }), partyLike('b')],
      maintenancePercent: certain(25),
      incentives: [incentiveLike('fee', { amount: certain(60_000), per: 'once', from: 'decision' })],
    })
    const allByA = evaluatePlan(inputs).options.find((option) => option.id === 'a+a+a+a')!
    // Launch in month 3; 12,000 left; maintenance 1,000 a month; used up at the end of month 15.
    expect(allByA.incentives[0]!.endsAboutMonth).toBe(15)
    expect(allByA.holds).toBe(false)
  })

  it('payback is the month from which the balance stays above zero', () => {
    expect(paybackMonth([0, -10, -5, 1, 4])).toBe(3)
    expect(paybackMonth([0, 1, 2])).toBe(0)
    expect(paybackMonth([0, 5, -2, -1])).toBeUndefined()
  })

  it('a party that was paid early and only pays afterwards fades from its peak on', () => {
    expect(peakMonth([0, 100, 60, 20])).toBe(1)
    expect(peakMonth([0, 100, 95])).toBeUndefined()
    expect(peakMonth([0, 10, 20])).toBeUndefined()
  })
})

describe('the verdict', () => {
  const saves = (amount: number) => incentiveLike('saves', { to: 'a', amount: certain(amount) })

  it('is do not start when a closed platform’s owner has no cash incentive, however much the other gains', () => {
    const halo = incentiveLike('halo', { to: 'b', kind: 'halo', amount: certain(500_000) })
    const { verdict, options } = evaluatePlan(planLike({ platforms: closedB, incentives: [saves(900_000), halo] }))
    expect(verdict.answer).toBe('do-not-start')
    expect(verdict.headline).toMatch(/closed.*no cash reason/)
    expect(options.every((option) => option.roles.builder === 'b' && option.roles.host === 'b' && !option.holds)).toBe(true)
  })

  it('takes stickiness for no cash reason, even where a fifth of it would cover the duties', () => {
    const sticky = incentiveLike('sticky', { to: 'b', kind: 'stickiness', amount: certain(900_000) })
    const { verdict, options } = evaluatePlan(planLike({ platforms: closedB, incentives: [saves(900_000), sticky] }))
    expect(options[0]!.parties.find(({ party }) => party === 'b')!.value.p50).toBeGreaterThan(0)
    expect(verdict.answer).toBe('do-not-start')
    expect(verdict.headline).toMatch(/no cash reason/)
  })

  it('is start when that owner is paid enough, and settle first when it is paid too little', () => {
    const paid = (amount: number) => incentiveLike('paid', { to: 'b', paidBy: 'a', amount: certain(amount) })
    const answer = (amount: number) => evaluatePlan(planLike({ platforms: closedB, incentives: [saves(200_000), paid(amount)] })).verdict
    expect(answer(40_000).answer).toBe('start')
    expect(answer(5_000)).toMatchObject({ answer: 'settle-first' })
    expect(answer(5_000).reasons.join()).toMatch(/B: it has no motivation from the start/)
  })

  it('names a yearly payment that would mend the shortfall, and it does', () => {
    const inputs = planLike({
      platforms: closedB,
      discountPercent: 12,
      incentives: [saves(200_000), incentiveLike('paid', { to: 'b', paidBy: 'a', amount: certain(5_000) })],
    })
    const missing = evaluatePlan(inputs).options[0]!.incentives.find((check) => check.party === 'b')!.missingPerYear
    const mended = {
      ...inputs,
      incentives: [saves(200_000), incentiveLike('paid', { to: 'b', paidBy: 'a', amount: certain(5_000 + missing + 0.01) })],
    }
    expect(evaluatePlan(mended).verdict.answer).toBe('start')
    const almost = {
      ...inputs,
      incentives: [saves(200_000), incentiveLike('paid', { to: 'b', paidBy: 'a', amount: certain(5_000 + missing - 1) })],
    }
    expect(evaluatePlan(almost).verdict.answer).toBe('settle-first')
  })

  it('is do not start when the best option loses money', () => {
    expect(evaluatePlan(planLike()).verdict).toMatchObject({ answer: 'do-not-start' })
  })

  it('is undetermined when every option hinges on an unknown fact', () => {
    const unknown = { a: platformLike('a', { openness: opennessOf('unknown') }), b: platformLike('b', { openness: opennessOf('unknown') }) }
    expect(evaluatePlan(planLike({ platforms: unknown, incentives: [saves(200_000)] })).verdict.answer).toBe('undetermined')
  })

  it('puts options that hold before richer ones that do not', () => {
    // B builds cheaper, but only A receives anything.
    const inputs = planLike({ parties: [partyLike('a'), partyLike('b', { buildHours: 100 })], incentives: [saves(200_000)] })
    const { options } = evaluatePlan(inputs)
    expect(options[0]!.roles).toMatchObject({ builder: 'a', host: 'a' })
    expect(options.find((option) => option.id === 'b+b+a+a')!.together.p50).toBeGreaterThan(options[0]!.together.p50)
  })
})

describe('flags', () => {
  const codes = (changes: Parameters<typeof planLike>[0]) =>
    evaluatePlan(planLike({ incentives: [incentiveLike('saves', { amount: certain(200_000) })], ...changes })).flags.map(
      (flag) => flag.code,
    )

  it('tell partnership-only birth, a missing or small run budget, and staffing out of free time; and they block', () => {
    expect(codes({ bornFrom: 'partnership', parties: [partyLike('a'), partyLike('b', { productOwner: undefined })] })).toContain(
      'partnership-only-birth',
    )
    expect(codes({ bornFrom: 'partnership' })).not.toContain('partnership-only-birth')
    expect(codes({ runBudgetPerYear: undefined })).toContain('no-run-budget')
    expect(codes({ runBudgetPerYear: 10 })).toContain('run-budget-too-small')
    expect(codes({ parties: [partyLike('a', { staffing: 'opportunistic' }), partyLike('b')] })).toContain('opportunistic-staffing')
    const blocked = evaluatePlan(
      planLike({ incentives: [incentiveLike('saves', { amount: certain(200_000) })], runBudgetPerYear: undefined }),
    )
    expect(blocked.verdict.answer).toBe('settle-first')
  })
})

describe('break-even opportunity cost', () => {
  const inputs = (opportunityPerHour: number) =>
    planLike({ parties: [partyLike('a', { opportunityPerHour }), partyLike('b'), supplierLike('s')] })

  it('is the closed form: rate × 1.15 × hours ÷ (own hours − supervision) − loaded rate', () => {
    const [found] = breakEvens(inputs(40), firstOption(inputs(40)))
    expect(found!.opportunityPerHour).toBeCloseTo((400 * 120 * 1.15) / (400 - 40) - 80, 8)
  })

  it('says in-house below it and outsource above it, and at it both are worth the same', () => {
    const at = breakEvens(inputs(40), firstOption(inputs(40)))[0]!.opportunityPerHour!
    const judged = (cost: number) => breakEvens(inputs(cost), firstOption(inputs(cost)))[0]!
    fc.assert(
      fc.property(evenly(0.01, 60), (difference) => {
        expect(judged(at - difference).advice).toBe('in-house')
        expect(judged(at + difference).advice).toBe('outsource')
      }),
    )
    expect(judged(at).saves).toBeCloseTo(0, 6)
  })
})

it('turning a range keeps low and high in proportion, and leaves the plan it came from alone', () => {
  const plan = planLike({ incentives: [incentiveLike('saves', { amount: { low: 10, likely: 20, high: 50 } })] })
  expect(turn(plan, 'incentives.0.amount', 40).incentives[0]!.amount).toEqual({ low: 20, likely: 40, high: 100 })
  expect(turn(plan, 'parties.1.loadedPerHour', 7).parties.map((party) => party.loadedPerHour)).toEqual([80, 7])
  expect(turn(planLike({ build: { p50Multiplier: 1.5, p90Multiplier: 3 } }), 'build.p50Multiplier', 2).build).toEqual({
    p50Multiplier: 2,
    p90Multiplier: 4,
  })
  expect(plan.incentives[0]!.amount.likely).toBe(20)
})

describe('what matters', () => {
  const inputs = planLike({
    discountPercent: 12,
    build: { p50Multiplier: 1.5, p90Multiplier: 3 },
    incentives: [incentiveLike('saves', { amount: { low: 30_000, likely: 60_000, high: 80_000 } })],
  })

  it('the tornado never cuts a soft incentive by more than all of it', () => {
    const incentives = [incentiveLike('loyalty', { kind: 'stickiness', amount: certain(60_000) })]
    const doubtful = { ...inputs, incentives, haircutPercent: { stickiness: 90, halo: 95 } }
    const ends = tornado(doubtful, firstOption(doubtful)).flatMap(({ path, to }) => (path.startsWith('haircutPercent') ? [to] : []))
    expect(ends.length).toBeGreaterThan(0)
    expect(Math.max(...ends)).toBe(100)
  })

  it('the tornado is sorted by swing, and its ends are what the plan is worth there', () => {
    const bars = tornado(inputs, firstOption(inputs))
    const swings = bars.map((bar) => Math.abs(bar.valueAtTo - bar.valueAtFrom))
    expect(swings).toEqual([...swings].sort((x, y) => y - x))
    const discount = bars.find((bar) => bar.path === 'discountPercent')!
    expect(discount).toMatchObject({ kind: 'fixed', from: 12 * 0.8 })
    expect(discount.valueAtFrom).toBeCloseTo(medianValue(turn(inputs, 'discountPercent', 9.6), firstOption(inputs), undefined, 'all'), 8)
    expect(bars[0]!.path).toBe('build')
  })

  it('at a switching value the thing that switches is zero', () => {
    const points = switchPoints(inputs, firstOption(inputs), ['a'])
    expect(points.length).toBeGreaterThan(2)
    for (const point of points) {
      const party = point.what === 'joint-value' ? undefined : point.what.cashBalanceOf
      expect(medianValue(turn(inputs, point.path, point.at), firstOption(inputs), party, party ? 'cash-only' : 'all')).toBeCloseTo(0, 1)
    }
  })

  it('bisect finds the root of anything that changes its sign', () => {
    fc.assert(
      fc.property(evenly(-50, 50), (root) => {
        expect(bisect((x) => x ** 3 - root ** 3, -60, 60)).toBeCloseTo(root, 6)
      }),
    )
  })
})
