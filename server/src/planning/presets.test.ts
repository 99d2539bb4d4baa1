import { expect, it } from 'vitest'
import { entitySchemas } from '../workspace/index.ts'
import { resolvePlan } from './resolve-plan.ts'

it('a plan that leaves everything out reckons with the presets of the design, and labels each of them', () => {
  const envelope = (kind: 'Plan' | 'Organization' | 'Platform', name: string, spec: object) =>
    ({ apiVersion: 'bridgekeeper.dev/v1', kind, metadata: { name }, spec }) as const
  const plan = entitySchemas.Plan.parse(
    envelope('Plan', 'p', {
      status: 'draft',
      parties: [
        { organization: 'a', platform: 'pa' },
        { organization: 'b', platform: 'pb' },
      ],
      assumptions: { currency: 'EUR', buildHours: 400 },
    }),
  )
  const { inputs, provenance } = resolvePlan(plan, {
    organization: (name) => entitySchemas.Organization.parse(envelope('Organization', name, { business: 'product' })),
    platform: (name) => entitySchemas.Platform.parse(envelope('Platform', name, { owner: name.slice(1) })),
  })
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
