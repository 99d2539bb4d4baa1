import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadWorkspace } from '../workspace/index.ts'
import { evaluatePlan } from './evaluate-plan.ts'
import { turn } from './knobs.ts'
import { resolvePlan } from './resolve-plan.ts'

const examples = join(import.meta.dirname, '..', '..', '..', 'examples', 'plans')

async function evaluated(folder: string) {
  const { workspace, problems } = await loadWorkspace(join(examples, folder))
  expect(problems).toEqual([])
  const plan = [...workspace.plans.values()][0]!
  const { inputs, provenance } = resolvePlan(plan, {
    organization: (name) => workspace.organizations.get(name),
    platform: (name) => workspace.platforms.get(name),
  })
  return { plan, inputs, provenance, report: evaluatePlan(inputs) }
}

describe.each(['closed-incumbent', 'two-open-platforms', 'middleware-for-both'])('%s', (folder) => {
  it('computes the decision that its people took', async () => {
    const { plan, report } = await evaluated(folder)
    expect(report.verdict.answer).toBe(plan.spec.decision!.answer)
    if (plan.spec.decision!.option) expect(report.options[0]!.roles).toEqual(plan.spec.decision!.option)
  })
})

describe('a closed incumbent and a hungry start-up', () => {
  it('leaves the incumbent as the only builder and host, and pays it nothing', async () => {
    const { report } = await evaluated('closed-incumbent')
    expect(report.closed).toEqual({ a: 'no', b: 'yes' })
    expect(
      report.options.every((option) => option.roles.builder === 'meridian' && option.roles.host === 'meridian' && option.scenario === 1),
    ).toBe(true)
    const meridian = report.options[0]!.incentives.find((check) => check.party === 'meridian')!
    expect(meridian).toMatchObject({ receivesCash: false, endsAboutMonth: 0 })
    expect(meridian.softAtFaceValue).toBeGreaterThan(100_000)
    expect(report.flags.map((flag) => flag.code)).toEqual(
      expect.arrayContaining(['partnership-only-birth', 'no-run-budget', 'opportunistic-staffing', 'soft-incentives-only']),
    )
  })

  it('stays closed to payment as well: the start-up gains less than the incumbent would need', async () => {
    const { report } = await evaluated('closed-incumbent')
    expect(report.verdict.conditions.join()).toContain('no payment between the parties can make this work')
  })

  it('turns when the incumbent opens an API: then the start-up builds by itself', async () => {
    const { inputs } = await evaluated('closed-incumbent')
    const { b } = inputs.platforms
    const opened = {
      ...inputs,
      platforms: { ...inputs.platforms, b: { ...b, openness: { ...b.openness, externalApiRead: { value: 'yes' as const } } } },
    }
    const report = evaluatePlan({ ...opened, bornFrom: 'customer', runBudgetPerYear: 200_000 })
    expect(report.options[0]!.roles).toMatchObject({ builder: 'pulse', host: 'pulse' })
    expect(report.options[0]!.scenario).toBe(2)
  })
})

describe('two open platforms', () => {
  it('outsources, because an hour of the sponsor’s engineers earns more elsewhere than the break-even', async () => {
    const { report, inputs } = await evaluated('two-open-platforms')
    const [found] = report.best!.breakEvens
    expect(found).toMatchObject({ sponsor: 'deskline', supplier: 'northbeam', advice: 'outsource' })
    expect(found!.opportunityPerHour).toBeGreaterThan(50)
    expect(found!.opportunityPerHour).toBeLessThan(found!.assumedPerHour)
    const cheaper = evaluatePlan(turn(inputs, 'parties.0.opportunityPerHour', found!.opportunityPerHour! - 20))
    expect(cheaper.options[0]!.roles.builder).toBe('deskline')
  })

  it('pays the other owner through its program and marketplace, so that nobody works for nothing', async () => {
    const { report } = await evaluated('two-open-platforms')
    const received = report.best!.ledger.filter((line) => line.party === 'ledgerly' && line.kind === 'cash')
    expect(received.map((line) => line.label)).toEqual(['marketplace of Ledgerly Billing', 'program of Ledgerly Billing'])
    expect(report.flags.map((flag) => flag.code)).not.toContain('unpaid-owner')
  })
})

describe('a third-party middleware sold to both', () => {
  it('beats both owners, whose hours cost more and who would build out of free time', async () => {
    const { report } = await evaluated('middleware-for-both')
    expect(report.options[0]!.scenario).toBe(3)
    const byOwners = report.options.filter((option) => ['carelane', 'payvia'].includes(option.roles.builder))
    expect(byOwners.length).toBeGreaterThan(0)
    expect(Math.max(...byOwners.map((option) => option.together.p50))).toBeLessThan(0)
  })

  it('keeps customers’ data in the region they demand: a host elsewhere is refused with the rule and the fact', async () => {
    const { report } = await evaluated('middleware-for-both')
    const payvia = report.hosting.find((host) => host.host === 'payvia')!
    expect(payvia.feasible).toBe('no')
    expect(payvia.because).toEqual(['data-stays-in-its-region: customers demand eu; Payvia hosts in us'])
  })

  it('labels what nobody has confirmed as assumption, and what the files say as given', async () => {
    const { provenance } = await evaluated('middleware-for-both')
    expect(provenance['build.p50Multiplier']).toMatchObject({ basis: 'assumption' })
    expect(provenance['parties.2.loadedPerHour']).toEqual({ basis: 'given', source: 'rates of weave' })
    expect(provenance['incentives.0.amount']!.source).toContain('average of 22 clinics')
  })
})
