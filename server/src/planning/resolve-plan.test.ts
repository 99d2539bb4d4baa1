import { describe, expect, it } from 'vitest'
import { entitySchemas, type Organization, type Plan, type Platform } from '../workspace/index.ts'
import { knobsOf } from './knobs.ts'
import { resolvePlan } from './resolve-plan.ts'

const apiVersion = 'bridgekeeper.dev/v1'
const organization = (name: string, spec: object = {}): Organization =>
  entitySchemas.Organization.parse({ apiVersion, kind: 'Organization', metadata: { name }, spec: { business: 'product', ...spec } })
const platform = (name: string, owner: string, spec: object = {}): Platform =>
  entitySchemas.Platform.parse({ apiVersion, kind: 'Platform', metadata: { name }, spec: { owner, ...spec } })
const planOf = (spec: object = {}, assumptions: object = {}): Plan =>
  entitySchemas.Plan.parse({
    apiVersion,
    kind: 'Plan',
    metadata: { name: 'bridge' },
    spec: {
      status: 'draft',
      parties: [
        { organization: 'a', platform: 'pa' },
        { organization: 'b', platform: 'pb' },
      ],
      assumptions: { currency: 'EUR', buildHours: 400, ...assumptions },
      ...spec,
    },
  })

const rates = [
  { role: 'any', from: '2024-01-01', loadedPerHour: '60 EUR' },
  { role: 'engineering', from: '2025-01-01', loadedPerHour: '80 EUR', opportunityPerHour: '25.50 EUR' },
  { role: 'engineering', from: '2027-01-01', loadedPerHour: '99 EUR' },
]
const world = {
  organizations: [
    organization('a', { rates }),
    organization('b'),
    organization('agency', { business: 'service', rates: [{ role: 'any', from: '2024-01-01', loadedPerHour: '120 EUR' }] }),
  ],
  platforms: [
    platform('pa', 'a'),
    platform('pb', 'b', {
      program: {
        title: 'P',
        tiers: [
          { name: 'basic', fee: '100 EUR', per: 'month' },
          { name: 'gold', fee: '5000 EUR', per: 'once', ownersShareOfSales: '15%' },
        ],
      },
    }),
  ],
}
const context = {
  organization: (name: string) => world.organizations.find(({ metadata }) => metadata.name === name),
  platform: (name: string) => world.platforms.find(({ metadata }) => metadata.name === name),
}
const decidedOn = (day: string) => ({ decision: { answer: 'start', decidedOn: day, decidedBy: ['a/x'], reason: 'test' } })

describe('a resolved plan', () => {
  it('says for every number whether it was given, assumed or learned', () => {
    const { inputs, provenance } = resolvePlan(
      planOf({}, { buildP50Factor: 1.7, buildP90Factor: 2.5, buildFactorsFrom: 'learned from 4 launched plans', coordination: '20%' }),
      context,
    )
    expect(Object.keys(provenance).sort()).toEqual(
      knobsOf(inputs)
        .map(({ path }) => path)
        .sort(),
    )
    expect(provenance['build.p50Multiplier']).toEqual({ basis: 'history', source: 'learned from 4 launched plans' })
    expect(provenance['outsourcing.coordinationPercent']).toMatchObject({ basis: 'given' })
    expect(provenance['outsourcing.supervisionPercent']).toMatchObject({ basis: 'assumption' })
    expect(inputs.outsourcing).toEqual({ coordinationPercent: 20, supervisionPercent: 10 })
  })

  it('takes the rate that had begun on the day of the decision, and the newest before there is one', () => {
    expect(resolvePlan(planOf(decidedOn('2026-05-01')), context).inputs.parties[0]).toMatchObject({
      loadedPerHour: 80,
      opportunityPerHour: 25.5,
    })
    expect(resolvePlan(planOf(decidedOn('2024-05-01')), context).inputs.parties[0]).toMatchObject({ loadedPerHour: 60 })
    expect(resolvePlan(planOf(), context).inputs.parties[0]).toMatchObject({ loadedPerHour: 99 })
  })

  it('reads a service company’s rate as its price, and counts its hours without opportunity cost', () => {
    const parties = [...planOf().spec.parties.map(({ organization, platform }) => ({ organization, platform })), { organization: 'agency' }]
    expect(resolvePlan(planOf({ parties }), context).inputs.parties[2]).toMatchObject({
      kind: 'service-company',
      billedPerHour: 120,
      loadedPerHour: 96,
      opportunityPerHour: 0,
      abilities: ['builder', 'host', 'supporter'],
    })
  })

  it('takes the first tier of a program, or the one that the plan counts on', () => {
    expect(resolvePlan(planOf(), context).inputs.platforms.b.program).toEqual({ feeOnce: 0, feePerYear: 1200, revenueSharePercent: 0 })
    const parties = [
      { organization: 'a', platform: 'pa', programTier: 'gold' },
      { organization: 'b', platform: 'pb' },
    ]
    expect(resolvePlan(planOf({ parties }), context).inputs.platforms.b.program).toEqual({
      feeOnce: 5000,
      feePerYear: 0,
      revenueSharePercent: 15,
    })
  })

  it('takes questions that nobody answered for unknown', () => {
    const { openness } = resolvePlan(planOf(), context).inputs.platforms.a
    expect(Object.values(openness).every((fact) => fact.value === 'unknown' && fact.evidence === undefined)).toBe(true)
  })
})

describe('what can’t be resolved', () => {
  const cases: [string, string, Plan][] = [
    [
      'a first party without a platform',
      'planning.needs_two_platforms',
      planOf({ parties: [{ organization: 'a' }, { organization: 'b', platform: 'pb' }] }),
    ],
    [
      'a platform of somebody else',
      'planning.not_the_owner',
      planOf({
        parties: [
          { organization: 'a', platform: 'pb' },
          { organization: 'b', platform: 'pa' },
        ],
      }),
    ],
    ['another currency', 'planning.currencies_differ', planOf({ runBudgetPerYear: '100 USD' })],
    ['factors in the wrong order', 'planning.factors_out_of_order', planOf({}, { buildP50Factor: 3, buildP90Factor: 1.5 })],
    [
      'a tier that does not exist',
      'planning.tier_unknown',
      planOf({
        parties: [
          { organization: 'a', platform: 'pa', programTier: 'platin' },
          { organization: 'b', platform: 'pb' },
        ],
      }),
    ],
    [
      'an organization without a file',
      'planning.entity_missing',
      planOf({
        parties: [
          { organization: 'nobody', platform: 'pa' },
          { organization: 'b', platform: 'pb' },
        ],
      }),
    ],
  ]
  it.each(cases)('%s is refused as %s', (_, code, plan) => {
    expect(() => resolvePlan(plan, context)).toThrow(expect.objectContaining({ code, fix: expect.stringMatching(/.{20,}/) }))
  })
})
