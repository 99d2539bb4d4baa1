import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluatePlan, type PlanReport } from './evaluate-plan.ts'
import { percent, whole } from './format.ts'
import { turn } from './knobs.ts'
import { certain, incentiveLike, opennessOf, partyLike, planLike, platformLike, supplierLike } from './plan.fixture.ts'
import type { PlanInputs } from './plan-inputs.ts'
import { roles, worksForFee } from './plan-inputs.ts'
import { breakEvenSentence } from './report/sections.ts'

const closedB = { a: platformLike('a'), b: platformLike('b', { openness: opennessOf('no') }) }
const saves = incentiveLike('saves', { to: 'a', amount: certain(200_000) })
const answerOf = (inputs: PlanInputs) => evaluatePlan(inputs).verdict.answer
const textOf = ({ verdict }: PlanReport) => [verdict.headline, ...verdict.reasons, ...verdict.conditions].join('\n')

describe('turned to its extremes, a plan', () => {
  it('of a closed platform with a cash promise of nothing has no cash reason', () => {
    const paid = (amount: number) =>
      planLike({ platforms: closedB, incentives: [saves, incentiveLike('paid', { to: 'b', paidBy: 'a', amount: certain(amount) })] })
    const { verdict } = evaluatePlan(paid(0))
    expect(verdict).toMatchObject({ answer: 'do-not-start', headline: expect.stringContaining('no cash reason') })
    // Nobody has spoken of loyalty or fame here.
    expect(verdict.reasons.join()).not.toContain('Stickiness')
    expect([paid(10), paid(60_000)].map(answerOf)).toEqual(['settle-first', 'start'])
  })

  it('of a closed platform whose share of sales sells nothing has no cash reason either', () => {
    const sold = (customers: number) =>
      planLike({
        platforms: closedB,
        incentives: [saves],
        sale: { pricePerInstanceMonth: 90, instances: certain(customers), rampMonths: 0, split: { b: 100 } },
      })
    expect(evaluatePlan(sold(0)).verdict.headline).toContain('no cash reason')
    expect(answerOf(sold(100))).toBe('start')
  })

  it('with an owner who is paid by nobody’s sales says that it is unpaid', () => {
    const flags = (customers: number) =>
      evaluatePlan(
        planLike({
          incentives: [saves],
          sale: { pricePerInstanceMonth: 50, instances: certain(customers), rampMonths: 0, split: { a: 60, b: 40 } },
          exclusions: roles.map((role) => ({ party: 'b', role, reason: 'not now' })),
        }),
      ).flags.map(({ code }) => code)
    expect(flags(0)).toContain('unpaid-owner')
    expect(flags(50)).not.toContain('unpaid-owner')
  })

  it('does not let a supplier’s margin pay for the losses of those who own the bridge', () => {
    const inputs = planLike({
      parties: [partyLike('a'), partyLike('b', { abilities: [] }), supplierLike('s', { loadedPerHour: 10, billedPerHour: 200 })],
      sponsor: 'a',
      // B gains in soft incentives only, and less than A loses in cash; together they stand just above zero.
      incentives: [incentiveLike('loyal', { to: 'b', kind: 'stickiness', amount: certain(130_000) })],
      exclusions: [{ party: 'a', role: 'builder', reason: 'no people' }],
    })
    const report = evaluatePlan(inputs)
    const best = report.options[0]!
    expect(report.verdict.answer).toBe('do-not-start')
    const mended = evaluatePlan({ ...inputs, haircutPercent: { stickiness: 60, halo: 100 } })
    expect(mended.verdict.answer).toBe('settle-first')
    const gainOfOthers = mended.options[0]!.parties.find(({ party }) => party === 'b')!.value.p50
    expect(mended.verdict.conditions.join()).toContain(`the others gain ${whole(gainOfOthers)} USD`)
    expect(best.roles.builder).toBe('s')
  })

  it('that names nothing that it brings is told so, and is not sent to look for numbers that could turn it', () => {
    expect(evaluatePlan(planLike()).verdict.conditions).toEqual([expect.stringContaining('names no price and no incentive')])
  })

  it('tells rare and nearly certain cases as what they are', () => {
    expect([0, 0.0004, 0.005, 0.5, 0.994, 0.9951, 1].map(percent)).toEqual([
      '0 %',
      'under 1 %',
      '1 %',
      '50 %',
      '99 %',
      'over 99 %',
      '100 %',
    ])
  })

  it('whose supplier takes more supervision than the own build takes hours is built in-house above the break-even', () => {
    const inputs = planLike({
      parties: [
        partyLike('a', { buildHours: 100, buildMonths: 12 }),
        partyLike('b'),
        supplierLike('s', { buildHours: 4000, billedPerHour: 1, buildMonths: 0.5 }),
      ],
      incentives: [saves],
    })
    const report = evaluatePlan(inputs)
    const found = report.best!.breakEvens[0]!
    expect(found).toMatchObject({ above: 'in-house' })
    const [below, above] = [-5, 5].map((step) => {
      const turned = evaluatePlan(turn(inputs, 'parties.0.opportunityPerHour', Math.max(0, found.opportunityPerHour! + step)))
      return turned.best!.breakEvens[0]!
    })
    expect([below!.advice, above!.advice]).toEqual(
      found.opportunityPerHour === undefined ? ['in-house', 'in-house'] : ['outsource', 'in-house'],
    )
  })
})

describe('no sentence contradicts its numbers', () => {
  const anyPlan = fc
    .record({
      closed: fc.boolean(),
      cash: fc.constantFrom(0, 100, 20_000, 90_000),
      soft: fc.constantFrom(0, 50_000),
      price: fc.constantFrom(0, 10, 60, 400),
      customers: fc.constantFrom(0, 20, 200),
      opportunity: fc.integer({ min: 0, max: 300 }),
      supplierHours: fc.constantFrom(100, 400, 6000),
      spread: fc.constantFrom(1, 2),
      budget: fc.constantFrom(undefined, 0, 1e9),
      bornFrom: fc.constantFrom('product' as const, 'partnership' as const),
      owner: fc.constantFrom(undefined, 'b/owner'),
      paidBy: fc.constantFrom('a', 'outside'),
      // A cheap supplier that needs much supervision and is there much earlier.
      early: fc.boolean(),
    })
    .map((drawn) =>
      planLike({
        draws: 60,
        discountPercent: 12,
        build: { p50Multiplier: 1.5, p90Multiplier: 1.5 * drawn.spread },
        maintenancePercent: { low: 15, likely: 25, high: 50 },
        parties: [
          partyLike('a', { opportunityPerHour: drawn.opportunity, buildMonths: drawn.early ? 12 : 3 }),
          partyLike('b', { productOwner: drawn.owner }),
          supplierLike('s', { buildHours: drawn.supplierHours, buildMonths: drawn.early ? 0.5 : 3, billedPerHour: drawn.early ? 1 : 120 }),
        ],
        platforms: drawn.closed ? closedB : { a: platformLike('a'), b: platformLike('b') },
        sale: { pricePerInstanceMonth: drawn.price, instances: certain(drawn.customers), rampMonths: 12, split: { a: 80, b: 20 } },
        incentives: [
          incentiveLike('paid', { to: 'b', paidBy: drawn.paidBy, amount: certain(drawn.cash) }),
          incentiveLike('loyal', { to: 'b', kind: 'stickiness', amount: certain(drawn.soft) }),
        ],
        runBudgetPerYear: drawn.budget,
        bornFrom: drawn.bornFrom,
      }),
    )

  it('of the verdict, its reasons and conditions', () => {
    fc.assert(
      fc.property(anyPlan, (inputs) => {
        const report = evaluatePlan(inputs)
        const { verdict, options, flags } = report
        const best = options[0]!
        const text = textOf(report)
        if (verdict.answer === 'start') {
          expect(best.holds && best.together.p50 >= -1e-6).toBe(true)
          expect(flags.filter(({ blocking }) => blocking)).toEqual([])
        }
        if (text.includes('no cash reason')) expect(best.incentives.find(({ party }) => party === 'b')!.receivesCash).toBe(false)
        if (text.includes('loses money in the') || verdict.headline.includes('even the best option'))
          expect(best.together.p50).toBeLessThan(0)
        if (text.includes('is paid back in month')) expect(best.paybackMonth).toBeGreaterThan(0)
        if (text.includes('not yet paid back')) expect(best.paybackMonth).toBeUndefined()
        if (text.includes('nobody has to advance')) expect(best.paybackMonth).toBe(0)
        const losing = best.incentives.filter(({ missingPerYear }) => missingPerYear > 0)
        const others = best.parties.filter(
          ({ party }) => !losing.some((check) => check.party === party) && !worksForFee(inputs.parties.find(({ id }) => id === party)!),
        )
        const surplus = others.reduce((sum, { value }) => sum + Math.max(0, value.p50), 0)
        if (text.includes('and can pay it')) expect(surplus).toBeGreaterThanOrEqual(losing.reduce((sum, { cash }) => sum - cash.p50, 0))
        for (const check of best.incentives)
          if (check.endsAboutMonth === undefined) expect(check.cash.lossProbability).toBeLessThanOrEqual(0.5)
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  it('of own engineers or a supplier: the way that is taken stands on the side of the break-even on which the plan is', () => {
    fc.assert(
      fc.property(anyPlan, (inputs) => {
        const report = evaluatePlan(inputs)
        for (const found of report.best?.breakEvens ?? []) {
          const says = breakEvenSentence(report, found)
          const { opportunityPerHour: turns, assumedPerHour, advice } = found
          if (advice === 'equal') expect(says).not.toContain('saves')
          if (turns === undefined || advice === 'equal') continue
          const [, below, above] = /cost (.*?), above it (.*?) does\./.exec(says) ?? []
          const here = assumedPerHour < turns ? below : above
          expect(here?.startsWith('A'), says).toBe(advice === 'in-house')
        }
      }),
      { numRuns: 80 },
    )
  }, 60_000)
})
