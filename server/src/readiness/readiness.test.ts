import { beforeAll, describe, expect, it } from 'vitest'
import type { Workspace } from '../workspace/index.ts'
import { checkGroups } from './check.ts'
import { checks } from './checks/index.ts'
import { explainCheck } from './explain-check.ts'
import { noFacts } from './facts.ts'
import { exampleFacts, exampleWorkspace, healthyFacts, oneSidedFacts, today, withSpec } from './fixtures.ts'
import type { CheckResult } from './judge-check.ts'
import { unattendedSides } from './one-sided.ts'
import { assessReadiness, type ReadinessReport } from './readiness-report.ts'

let workspace: Workspace
beforeAll(async () => {
  workspace = await exampleWorkspace()
})

const reportOf = (name: string, facts = exampleFacts, on = today, files = workspace): ReadinessReport =>
  assessReadiness(files, facts, on).find((report) => report.integration === name)!
const answer = (report: ReadinessReport, check: string, side?: string): CheckResult =>
  report.results.find((result) => result.check === check && (side === undefined || result.side === side))!
const healthy = (facts: object = {}, on = today, files = workspace) =>
  reportOf('meridian-quill', { of: () => ({ ...healthyFacts, ...facts }) }, on, files)
const edited = (edit: Parameters<typeof withSpec>[2]) => healthy({}, today, withSpec(workspace, 'meridian-quill', edit))

describe('a bridge that both sides hold', () => {
  it('may stay in ga, with nothing open', () => {
    const { stay, oneSided, sides } = healthy()
    expect(stay.blockers).toEqual([])
    expect(stay.open).toBe(true)
    expect(oneSided).toBe(false)
    expect(sides.map((side) => [side.vacancies, side.busFactor, side.standing.state])).toEqual([
      [[], 2, 'attested'],
      [[], 2, 'attested'],
    ])
  })

  it('is not green without a running system: what nobody has observed is insufficient data', () => {
    const { stay, results } = reportOf('meridian-quill', noFacts)
    expect(stay.open).toBe(false)
    for (const check of ['active-customers', 'service-level-met', 'canaries', 'operations-run', 'no-silent-change', 'on-call-drilled'])
      expect(results.filter((result) => result.check === check).map((result) => result.status)).toSatisfy((all: string[]) =>
        all.every((status) => status === 'insufficient-data'),
      )
    expect(results.every((result) => result.evidence !== 'observed')).toBe(true)
  })

  it.each(
    Object.keys(healthyFacts).filter(
      (name) => !['sandboxes', 'links', 'attestations', 'waiverSignatures', 'gapReviews', 'admission'].includes(name),
    ),
  )('the fact %s carries weight: without it the stage is not kept', (name) => {
    expect(healthy({ [name]: undefined }).stay.open).toBe(false)
  })

  it.each<[string, string, Parameters<typeof withSpec>[2]]>([
    ['P1 problem', 'problem-named', (spec) => delete spec.problem],
    [
      'P2 role roster',
      'product-owner',
      (spec) => {
        spec.sides[0]!.roster = spec.sides[0]!.roster.slice(1)
      },
    ],
    [
      'P2 deputy',
      'product-owner-deputy',
      (spec) => {
        spec.sides[1]!.roster[1]!.person = 'quill/quentin'
      },
    ],
    ['P2 bus factor', 'bus-factor', (spec) => delete spec.sides[0]!.duties[1]!.deputy],
    ['P2 vacancy', 'roster-complete', (spec) => void spec.sides[1]!.roster.pop()],
    ['P3 anchor', 'anchor-on-call', (spec) => void spec.sides[1]!.duties.splice(1, 1)],
    [
      'P7 gap review',
      'known-gaps-reviewed',
      (spec) => {
        spec.knownGaps[0]!.reviewOn = '2026-11-19'
      },
    ],
    [
      'P8 late roadmap',
      'roadmap-shared',
      (spec) => {
        spec.roadmap[0]!.targetDate = '2026-11-19'
      },
    ],
    ['P8 pushes', 'promises-pushed', (spec) => spec.roadmap[1]!.pushes.push(...spec.roadmap[1]!.pushes, ...spec.roadmap[1]!.pushes)],
    [
      'P9 old page',
      'docs-fresh',
      (spec) => {
        spec.documentation[0]!.reviewedOn = '2026-01-01'
      },
    ],
    ['P10 relationship', 'relationship-kept', (spec) => void Object.assign(spec, { relationship: 'oem', seller: 'meridian' })],
    [
      'P11 listing',
      'listed',
      (spec) => {
        spec.marketing!.listings = []
      },
    ],
    ['value metric', 'value-metric', (spec) => delete spec.valueMetric],
    [
      'funding gap',
      'maintenance-funded',
      (spec) => {
        spec.funding = spec.funding.filter((line) => line.until < '2027-01-01')
      },
    ],
    [
      'cost line',
      'cost-line',
      (spec) => {
        spec.funding = []
      },
    ],
    ['canary', 'canaries', (spec) => delete spec.scenarios[0]!.canaryEvery],
    [
      'service level',
      'service-level-set',
      (spec) => {
        spec.serviceLevels[0]!.objective.ppm = 990_000
      },
    ],
    ['price', 'price-decided', (spec) => delete spec.price],
    ['runbook', 'runbook', (spec) => void spec.documentation.pop()],
    [
      'escalation',
      'escalation-path',
      (spec) => {
        spec.sides[0]!.escalation = []
      },
    ],
    ['first line', 'first-line', (spec) => delete spec.support],
    ['customer docs', 'customer-docs', (spec) => void spec.documentation.shift()],
  ])('%s: taking it away closes the gate at %s', (_, check, edit) => {
    const { stay } = edited(edit)
    expect(stay.blockers.map((blocker) => blocker.check)).toContain(check)
  })

  it('P11: a platform that asks for a partnership must say what the program costs', () => {
    const platform = structuredClone(workspace.platforms.get('meridian-erp')!)
    delete platform.spec.program
    const files = { ...workspace, platforms: new Map([...workspace.platforms, ['meridian-erp', platform]]) }
    expect(answer(healthy({}, today, files), 'program-fee-known', 'meridian')).toMatchObject({ status: 'failed' })
  })

  it('a silent change of one side blocks that side alone, for 90 days', () => {
    const silent = [{ party: 'meridian', title: 'x', on: '2026-09-01', verdict: 'silent' as const }]
    expect(answer(healthy({ notices: silent }), 'no-silent-change', 'meridian').status).toBe('failed')
    expect(answer(healthy({ notices: silent }), 'no-silent-change', 'quill').status).toBe('passed')
    expect(answer(healthy({ notices: silent }, '2026-12-01'), 'no-silent-change', 'meridian').status).toBe('passed')
  })

  it('customers of the two companies themselves are no customers', () => {
    const affiliated = healthyFacts.instances!.map((instance) => ({ ...instance, affiliated: true }))
    expect(answer(healthy({ instances: affiliated }), 'active-customers').status).toBe('failed')
  })

  it('an agreement that can end before customers’ terms is told', () => {
    const long = healthyFacts.instances!.map((instance) => ({ ...instance, termEndsOn: '2029-01-01' }))
    expect(answer(healthy({ instances: long }), 'agreement-outlives-customers')).toMatchObject({ status: 'failed' })
  })

  it('what nobody has told about customers is unknown: neither a customer, nor none, nor paid up', () => {
    const untold = healthyFacts.instances!.map(({ affiliated: _a, termEndsOn: _t, ...instance }) => instance)
    const report = healthy({ instances: untold })
    expect(answer(report, 'active-customers').status).toBe('insufficient-data')
    expect(answer(report, 'agreement-outlives-customers').status).toBe('insufficient-data')
    expect(answer(healthy({ instances: untold.slice(0, 2) }), 'active-customers').status).toBe('failed')
    const unpaid = untold.map((instance) => ({ ...instance, paying: false }))
    expect(answer(healthy({ instances: unpaid }), 'agreement-outlives-customers').status).toBe('passed')
    const oneTooLong = [...untold, { ...healthyFacts.instances![1]!, termEndsOn: '2029-01-01' }]
    expect(answer(healthy({ instances: oneTooLong }), 'agreement-outlives-customers').status).toBe('failed')
  })
})

describe('a bridge that stands on one side', () => {
  it('P3: says which critical duties are missing on which side', () => {
    const report = reportOf('meridian-stockroom')
    expect(report.oneSided).toBe(true)
    expect(report.sides[0]).toMatchObject({ organization: 'meridian', busFactor: 0 })
    expect(report.sides[0]!.missingAnchors).toEqual(['owner', 'on-call', 'slo', 'change-notice', 'roadmap', 'docs', 'funding'])
    expect(report.sides[1]).toMatchObject({ missingAnchors: [], busFactor: 1, pushes: 3 })
    expect(answer(report, 'anchor-on-call', 'meridian').says).toBe('missing at meridian: nobody answers for on-call')
  })

  it('P2: somebody who has left anchors nothing', () => {
    expect(answer(reportOf('meridian-stockroom'), 'product-owner', 'meridian').says).toContain('meridian/moritz is not there any more')
    expect(answer(reportOf('meridian-stockroom', exampleFacts, '2026-03-30'), 'product-owner', 'meridian').status).not.toBe('failed')
  })

  it('P3: names the customers and the revenue exposed to the unattended side; a customer counts once', () => {
    expect(unattendedSides(assessReadiness(workspace, exampleFacts, today))).toEqual([
      {
        organization: 'meridian',
        integrations: [
          {
            integration: 'meridian-stockroom',
            missing: ['owner', 'on-call', 'slo', 'change-notice', 'roadmap', 'docs', 'funding'],
            customers: 2,
          },
        ],
        payingCustomers: 2,
        revenue: [
          { currency: 'EUR', amountMinor: 1_500_000 },
          { currency: 'USD', amountMinor: 90_000 },
        ],
        uncounted: [],
      },
    ])
  })

  it('P3: exposure that nobody has counted is unknown, not zero', () => {
    const [side] = unattendedSides(assessReadiness(workspace, noFacts, today))
    expect(side).toMatchObject({ uncounted: ['meridian-stockroom'], integrations: [{ customers: 'unknown' }] })
  })

  it('P5: what partnership teams started needs owners on both sides, a cost line and a value metric', () => {
    const finding = answer(reportOf('meridian-stockroom'), 'born-with-owners')
    expect(finding).toMatchObject({ status: 'failed', critical: true, gate: 'pilot' })
    expect(finding.says).toBe('started by partnership teams, and missing: a product owner at meridian, a cost line, a value metric')
  })

  it('a paying customer counts in every currency, and one of unknown revenue is told apart', () => {
    const [first, ...others] = oneSidedFacts.instances!
    const { revenuePerYear: _, ...unpriced } = first!
    const report = reportOf('meridian-stockroom', { of: () => ({ instances: [unpriced, ...others] }) })
    expect(report.exposure).toMatchObject({ payingCustomers: 2, withoutRevenue: 1 })
  })
})

describe('the catalogue of checks', () => {
  it('has a check for each reason why bridges fail, each with its own id', () => {
    expect(new Set(checks.map((check) => check.group))).toEqual(new Set(checkGroups))
    expect(new Set(checks.map((check) => check.id)).size).toBe(checks.length)
  })

  it.each(checks.map((check) => [check.id]))('explains %s: why it matters and what to do', (id) => {
    const text = explainCheck(id)
    expect(text).toMatch(/Why it matters\. .{40,}/)
    expect(text).toMatch(/What to do\. .{20,}/)
  })

  it('a misspelled id is answered with the nearest one', () => {
    expect(() => explainCheck('product-ower')).toThrowError(
      expect.objectContaining({ code: 'readiness.check_unknown', fix: 'Did you mean product-owner?' }),
    )
  })

  it('an integration of which nothing is written down passes no critical check and is not green', () => {
    const bare = withSpec(workspace, 'meridian-quill', (spec) => {
      const sides = spec.sides.map(({ organization, platforms }) => ({
        organization,
        platforms,
        roster: [],
        duties: [],
        contacts: [],
        escalation: [],
      }))
      for (const key of Object.keys(spec)) delete (spec as Record<string, unknown>)[key]
      const lists = Object.fromEntries(
        ['serviceLevels', 'scenarios', 'documentation', 'roadmap', 'funding', 'knownGaps', 'waivers', 'programs'].map((name) => [name, []]),
      )
      Object.assign(spec, { stage: 'ga', relationship: 'direct', sides, ...lists })
    })
    const report = reportOf('meridian-quill', noFacts, today, { ...bare, agreementsOf: () => [] })
    expect(report.results.filter((result) => result.critical && result.status === 'passed')).toEqual([])
    expect(report.stay.open).toBe(false)
  })

  it('is pure: the same files, facts and day give the same report', () => {
    expect(JSON.stringify(assessReadiness(workspace, exampleFacts, today))).toBe(
      JSON.stringify(assessReadiness(workspace, exampleFacts, today)),
    )
  })
})
