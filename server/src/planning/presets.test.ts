import { expect, it } from 'vitest'
import { entitySchemas } from '../workspace/index.ts'
import { presetMoney, presetMoneyReason } from './preset-money.ts'
import { resolvePlan } from './resolve-plan.ts'

const envelope = (kind: 'Plan' | 'Organization' | 'Platform', name: string, spec: object) =>
  ({ apiVersion: 'bridgekeeper.dev/v1', kind, metadata: { name }, spec }) as const
const resolvedIn = (currency: string, party: object = {}) =>
  resolvePlan(
    entitySchemas.Plan.parse(
      envelope('Plan', 'p', {
        status: 'draft',
        parties: [
          { organization: 'a', platform: 'pa', ...party },
          { organization: 'b', platform: 'pb' },
        ],
        assumptions: { currency, buildHours: 400 },
      }),
    ),
    {
      organization: (name) => entitySchemas.Organization.parse(envelope('Organization', name, { business: 'product' })),
      platform: (name) => entitySchemas.Platform.parse(envelope('Platform', name, { owner: name.slice(1) })),
    },
  )

it('a plan that leaves everything out reckons with the presets of the design, and labels each of them', () => {
  const { inputs, provenance } = resolvedIn('EUR')
  expect(inputs).toMatchObject({
    build: { p50Multiplier: 1.5, p90Multiplier: 3 },
    maintenancePercent: { low: 15, likely: 25, high: 50 },
    horizonMonths: 36,
    discountPercent: 12,
    draws: 10_000,
    outsourcing: { coordinationPercent: 15, supervisionPercent: 10 },
    haircutPercent: { stickiness: 80, halo: 100 },
  })
  const labelled = [
    'build.p50Multiplier',
    'build.p90Multiplier',
    'maintenancePercent',
    'horizonMonths',
    'discountPercent',
    'haircutPercent.halo',
  ]
  for (const path of labelled) expect(provenance[path], path).toMatchObject({ basis: 'assumption' })
})

it('an hour costs an amount of its currency: nobody works for 90 yen, nor for 90 dinars', () => {
  const hourIn = (currency: string) => resolvedIn(currency).inputs.parties[0]!.loadedPerHour
  expect(['USD', 'EUR', 'JPY', 'KWD', 'IDR', 'SEK'].map(hourIn)).toEqual([90, 90, 14_000, 28, 1_400_000, 900])
  expect(presetMoney('JPY').hostingCostPerInstanceMonth).toBe(300)
  const { provenance } = resolvedIn('JPY', { loadedPerHour: '9000 JPY' })
  expect(provenance['parties.0.loadedPerHour']).toMatchObject({ basis: 'given' })
  expect(provenance['parties.1.loadedPerHour']).toEqual({
    basis: 'assumption',
    source: 'preset for dollars, at about 150 JPY for one; nobody has confirmed it',
  })
  // A part of what is given, and no amount of dollars.
  expect(provenance['parties.0.supportPerHour']!.source).toBe('preset, nobody has confirmed it')
  expect(presetMoneyReason('XPF')).toBe('preset for dollars, taken in XPF as it is: give your own')
})
