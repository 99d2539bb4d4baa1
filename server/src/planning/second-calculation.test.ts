import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { balanceByMonth, motivationEndsMonth } from './balance.ts'
import { breakEvens, sameOption } from './break-even.ts'
import { evaluatePlan } from './evaluate-plan.ts'
import { turn } from './knobs.ts'
import type { Option } from './option.ts'
import { certain, incentiveLike, partyLike, planLike, platformLike, supplierLike } from './plan.fixture.ts'
import { type PlanInputs, type Role, roles } from './plan-inputs.ts'
import { spreadOf } from './quantiles.ts'
import { runCostPerYear } from './run-cost.ts'
import { type SecondCase, secondValue } from './second-calculation.fixture.ts'
import { switchPoints, tornado } from './sensitivity.ts'
import { simulate } from './simulate.ts'
import { prepareOption, presentValue } from './value-option.ts'
import { drawSamples, medianSample, position, variablesOf } from './variables.ts'

const ids = ['a', 'b', 's', 'p'] as const
const id = fc.constantFrom(...ids)
const amount = (max: number) => fc.integer({ min: 0, max })
const role = fc.constantFrom(...roles)

const anyParty = fc.record({
  loadedPerHour: fc.integer({ min: 10, max: 200 }),
  opportunityPerHour: amount(300),
  supportPerHour: amount(100),
  sellingPerHour: amount(150),
  billedPerHour: amount(250),
  buildHours: fc.integer({ min: 1, max: 3000 }),
  buildMonths: fc.double({ min: 0.5, max: 12, noNaN: true }),
  cost: amount(2000),
  perCustomer: amount(20),
  price: amount(4000),
})

const anyIncentive = fc
  .record({
    to: fc.oneof(id, role),
    paidBy: fc.oneof(fc.constant('outside'), id, role),
    onlyIf: fc.option(role, { nil: undefined }),
    kind: fc.constantFrom('cash' as const, 'stickiness' as const, 'halo' as const),
    per: fc.constantFrom('once' as const, 'year' as const, 'instance-year' as const),
    from: fc.constantFrom('decision' as const, 'launch' as const),
    firstMonth: amount(20),
    runs: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    low: amount(20_000),
    width: amount(30_000),
  })
  .map(({ runs, low, width, ...rest }) => ({
    ...rest,
    lastMonth: runs === undefined ? undefined : rest.firstMonth + runs,
    amount: { low, likely: low + width / 3, high: low + width },
  }))

const anyPlan: fc.Arbitrary<PlanInputs> = fc
  .record({
    people: fc.tuple(anyParty, anyParty, anyParty, anyParty),
    fees: fc.tuple(amount(9000), amount(5000), amount(30), amount(9000), amount(5000), amount(30)),
    sponsor: fc.constantFrom('a', 'b', 'p'),
    discountPercent: fc.constantFrom(0, 1e-4, 5, 12, 80),
    horizonMonths: fc.integer({ min: 6, max: 120 }),
    p50: fc.double({ min: 0.5, max: 3, noNaN: true }),
    spread: fc.constantFrom(1, 1.4, 2.5),
    maintenance: amount(60),
    customers: amount(300),
    ramp: fc.constantFrom(0, 1, 7, 12, 60),
    price: amount(200),
    share: amount(100),
    hours: fc.tuple(amount(40), amount(40), fc.double({ min: 0, max: 2, noNaN: true }), amount(40), amount(20)),
    incentives: fc.array(anyIncentive, { maxLength: 4 }),
    admitted: fc.boolean(),
  })
  .map((drawn) => {
    const parties = ids.map((name, index) => {
      const { cost, perCustomer, price, ...rates } = drawn.people[index]!
      const changes = {
        ...rates,
        hosting: {
          costPerMonth: cost,
          costPerInstanceMonth: perCustomer,
          pricePerMonth: price,
          regions: ['eu'],
          addedLatencyMs: undefined,
          exit: undefined,
        },
      }
      if (name === 's') return supplierLike(name, { ...changes, opportunityPerHour: 0, abilities: roles })
      return partyLike(name, { ...changes, billedPerHour: 0, kind: name === 'p' ? 'product-company' : 'platform-owner' })
    })
    const [onceA, yearA, cutA, onceB, yearB, cutB] = drawn.fees
    return planLike({
      parties,
      draws: 200,
      sponsor: drawn.sponsor,
      discountPercent: drawn.discountPercent,
      horizonMonths: drawn.horizonMonths,
      build: { p50Multiplier: drawn.p50, p90Multiplier: drawn.p50 * drawn.spread },
      maintenancePercent: { low: drawn.maintenance / 2, likely: drawn.maintenance, high: drawn.maintenance * 2 },
      platforms: {
        a: platformLike('a', { program: { feeOnce: onceA, feePerYear: yearA, revenueSharePercent: cutA } }),
        b: platformLike('b', {
          partners: drawn.admitted ? ['a', 'p'] : [],
          program: { feeOnce: onceB, feePerYear: yearB, revenueSharePercent: cutB },
        }),
      },
      duties: {
        operateHoursPerMonth: drawn.hours[0],
        supportHoursPerMonth: drawn.hours[1],
        supportHoursPerInstanceMonth: drawn.hours[2],
        sellHoursPerMonth: drawn.hours[3],
        ownerHoursPerMonth: drawn.hours[4],
      },
      sale: {
        pricePerInstanceMonth: drawn.price,
        instances: { low: drawn.customers / 2, likely: drawn.customers, high: drawn.customers * 1.5 },
        rampMonths: drawn.ramp,
        split: { builder: drawn.share, seller: (100 - drawn.share) / 2, b: (100 - drawn.share) / 2 },
      },
      incentives: drawn.incentives.map((incentive, index) => incentiveLike(`i${index}`, incentive)),
    })
  })

const anyHolders: fc.Arbitrary<Record<Role, string>> = fc.record({ builder: id, host: id, seller: id, supporter: id })
const optionOf = (inputs: PlanInputs, held: Record<Role, string>): Option =>
  sameOption(inputs, Object.fromEntries(roles.map((name) => [name, { id: held[name] }])) as unknown as Option)

function secondCase(inputs: PlanInputs, held: Record<Role, string>, sample: readonly number[]): SecondCase {
  return {
    inputs,
    held,
    factor: sample[position.buildFactor]!,
    maintenancePercent: sample[position.maintenancePercent]!,
    customers: sample[position.instances]!,
    amounts: sample.slice(position.firstIncentive),
  }
}

/** Equal to a part in ten million of what flows, since sums of large opposite amounts lose digits in both. */
function expectSame(one: number, other: number, scale: number): void {
  expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-7 * Math.max(1, scale, Math.abs(one)))
}
const scaleOf = (plan: SecondCase) => Math.max(...ids.map((party) => Math.abs(secondValue(plan, party, 'all', plan.inputs.horizonMonths))))

describe('reckoned a second time, in another way', () => {
  it('the value of every party and of all together is the same in every case and at every month', () => {
    fc.assert(
      fc.property(
        anyPlan,
        anyHolders,
        fc.integer({ min: 0, max: 199 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (inputs, held, draw, part) => {
          const sample = drawSamples(variablesOf(inputs), inputs.seed, inputs.draws).map((column) => column[draw]!)
          const [valued, plan] = [prepareOption(inputs, optionOf(inputs, held)), secondCase(inputs, held, sample)]
          const until = inputs.horizonMonths * part
          for (const month of [until, inputs.horizonMonths])
            for (const party of [undefined, ...ids])
              for (const view of ['all', 'cash-only'] as const)
                expectSame(presentValue(inputs, valued, sample, party, view, month), secondValue(plan, party, view, month), scaleOf(plan))
        },
      ),
      { numRuns: 60 },
    )
  }, 60_000)

  it('the spread of the draws is that of the cases reckoned one by one', () => {
    fc.assert(
      fc.property(anyPlan, anyHolders, (inputs, held) => {
        const plan = { ...inputs, draws: 25 }
        const columns = drawSamples(variablesOf(plan), plan.seed, plan.draws)
        const cases = Array.from({ length: plan.draws }, (_, draw) =>
          secondCase(
            plan,
            held,
            columns.map((column) => column[draw]!),
          ),
        )
        const second = spreadOf(Float64Array.from(cases, (one) => secondValue(one, undefined, 'all', plan.horizonMonths)))
        const first = simulate(plan).spread(prepareOption(plan, optionOf(plan, held)), undefined, 'all')
        for (const name of ['p10', 'p50', 'p90', 'mean'] as const) expectSame(first[name], second[name], scaleOf(cases[0]!))
      }),
      { numRuns: 20 },
    )
  }, 60_000)

  it('motivation ends in the last month whose balance was not below zero', () => {
    fc.assert(
      fc.property(anyPlan, anyHolders, id, (inputs, held, party) => {
        const sample = medianSample(variablesOf(inputs))
        const plan = secondCase(inputs, held, sample)
        const second = Array.from({ length: inputs.horizonMonths + 1 }, (_, month) => secondValue(plan, party, 'cash-only', month))
        const first = balanceByMonth(inputs, prepareOption(inputs, optionOf(inputs, held)), sample, party, 'cash-only')
        for (const [month, balance] of second.entries()) expectSame(first[month]!, balance, scaleOf(plan))
        // Both calculations lose digits: months in which it is neither above nor below zero by more than that are not told apart.
        fc.pre(second.every((balance) => Math.abs(balance) > 1e-5 || Math.abs(balance) < 1e-7))
        const last = second.findLastIndex((balance) => balance >= -1e-6)
        expect(motivationEndsMonth(first)).toBe(last === second.length - 1 ? undefined : Math.max(0, last))
      }),
      { numRuns: 20 },
    )
  }, 60_000)

  it('at the break-even opportunity cost both ways are worth the same to the sponsor, and on each side of it the one that is named', () => {
    fc.assert(
      fc.property(anyPlan, anyHolders, (inputs, held) => {
        fc.pre(inputs.sponsor !== 's')
        const index = inputs.parties.findIndex(({ id: name }) => name === inputs.sponsor)
        for (const found of breakEvens(inputs, optionOf(inputs, held))) {
          const advantageAt = (opportunity: number): [number, number] => {
            const turned = turn(inputs, `parties.${index}.opportunityPerHour`, opportunity)
            const sample = medianSample(variablesOf(turned))
            const by = (builder: string) => secondCase(turned, { ...held, builder }, sample)
            const [own, other] = [inputs.sponsor, 's'].map((builder) =>
              secondValue(by(builder), inputs.sponsor, 'all', turned.horizonMonths),
            )
            return [own! - other!, Math.max(Math.abs(own!), Math.abs(other!))]
          }
          const [assumed, scale] = advantageAt(found.assumedPerHour)
          expectSame(found.saves, Math.abs(assumed), scale)
          if (Math.abs(assumed) > 1e-3) expect(found.advice).toBe(assumed > 0 ? 'in-house' : 'outsource')
          if (found.opportunityPerHour === undefined) continue
          const [there, size] = advantageAt(found.opportunityPerHour)
          expectSame(there, 0, size * 10)
          const [beyond, beyondSize] = advantageAt(found.opportunityPerHour + 50)
          if (Math.abs(beyond) > 1e-6 * beyondSize) expect(found.above).toBe(beyond > 0 ? 'in-house' : 'outsource')
        }
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('each bar of the tornado and each turning point is the value at its ends', () => {
    fc.assert(
      fc.property(anyPlan, anyHolders, (inputs, held) => {
        const option = optionOf(inputs, held)
        const valueAt = (turned: PlanInputs, party: string | undefined, view: 'all' | 'cash-only') =>
          secondValue(secondCase(turned, held, medianSample(variablesOf(turned))), party, view, turned.horizonMonths)
        const scale = scaleOf(secondCase(inputs, held, medianSample(variablesOf(inputs))))
        for (const bar of tornado(inputs, option).slice(0, 6)) {
          if (bar.kind === 'range') continue
          expectSame(bar.valueAtFrom, valueAt(turn(inputs, bar.path, bar.from), undefined, 'all'), scale)
          expectSame(bar.valueAtTo, valueAt(turn(inputs, bar.path, bar.to), undefined, 'all'), scale)
        }
        for (const point of switchPoints(inputs, option, ['a']).slice(0, 4)) {
          const [party, view] =
            point.what === 'joint-value' ? ([undefined, 'all'] as const) : ([point.what.cashBalanceOf, 'cash-only'] as const)
          const [before, after] = [point.at * (1 - 1e-5), point.at * (1 + 1e-5)].map((value) =>
            valueAt(turn(inputs, point.path, value), party, view),
          )
          expect(Math.sign(before!) * Math.sign(after!), `${point.path} at ${point.at}: ${before} and ${after}`).not.toBe(1)
        }
      }),
      { numRuns: 15 },
    )
  }, 60_000)

  it('the yearly run cost is what a year after the ramp takes from the purses of those who own the bridge, without opportunity cost', () => {
    fc.assert(
      fc.property(anyPlan, anyHolders, (drawn, held) => {
        const inputs: PlanInputs = {
          ...drawn,
          discountPercent: 0,
          incentives: [],
          parties: drawn.parties.map((party) => ({ ...party, opportunityPerHour: 0 })),
          sale: { ...drawn.sale, pricePerInstanceMonth: 0, rampMonths: 0 },
          duties: { ...drawn.duties, ownerHoursPerMonth: 0 },
          platforms: { a: platformLike('a'), b: platformLike('b') },
        }
        const plan = secondCase(inputs, held, medianSample(variablesOf(inputs)))
        const launch = plan.factor * inputs.parties.find(({ id: name }) => name === held.builder)!.buildMonths
        const year = secondValue(plan, undefined, 'all', launch + 24) - secondValue(plan, undefined, 'all', launch + 12)
        const cost = runCostPerYear(inputs, optionOf(inputs, held))
        expectSame(cost, -year, Math.abs(cost) + Math.abs(secondValue(plan, undefined, 'all', launch + 24)))
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('hosting costs what its host pays a month with the likely customers; a supplier’s is its price', () => {
    fc.assert(
      fc.property(anyPlan, (inputs) => {
        for (const { host, costPerMonth } of evaluatePlan({ ...inputs, draws: 5, incentives: [] }).hosting) {
          const { hosting, kind } = inputs.parties.find(({ id: name }) => name === host)!
          const own = hosting.costPerMonth + hosting.costPerInstanceMonth * inputs.sale.instances.likely
          expect(costPerMonth).toBe(kind === 'service-company' ? hosting.pricePerMonth : own)
        }
      }),
      { numRuns: 15 },
    )
  }, 60_000)
})

it('a plan in which nothing costs or brings anything is worth exactly nothing, and is no loss', () => {
  const free = { costPerMonth: 0, costPerInstanceMonth: 0, pricePerMonth: 0, regions: [], addedLatencyMs: undefined, exit: undefined }
  const rates = { loadedPerHour: 0, opportunityPerHour: 0, supportPerHour: 0, sellingPerHour: 0, hosting: free }
  const inputs = planLike({ parties: [partyLike('a', rates), partyLike('b', rates)], maintenancePercent: certain(20) })
  const { options, verdict } = evaluatePlan(inputs)
  expect(options[0]!.together).toEqual({ p10: 0, p50: 0, p90: 0, mean: 0, lossProbability: 0 })
  expect(verdict.answer).toBe('start')
})
