import { describe, expect, it } from 'vitest'
import { evaluatePlan } from './evaluate-plan.ts'
import { partyLike, planLike, platformLike, supplierLike } from './plan.fixture.ts'

const hosting = (regions: string[], changes: object = {}) => ({
  costPerMonth: 100,
  costPerInstanceMonth: 2,
  pricePerMonth: 0,
  regions,
  addedLatencyMs: 12,
  exit: 'P90D, with the code',
  ...changes,
})

describe('hosts are compared in what customers, budgets and lawyers ask', () => {
  const sale = { pricePerInstanceMonth: 10, instances: { low: 50, likely: 50, high: 50 }, rampMonths: 0, split: { seller: 100 } }
  const plan = planLike({
    sale,
    residency: ['eu'],
    parties: [
      partyLike('a', { hosting: hosting(['eu']) }),
      partyLike('b', { hosting: hosting(['us']) }),
      supplierLike('ops', {
        abilities: ['builder', 'host'],
        hosting: hosting([], { pricePerMonth: 700, addedLatencyMs: undefined, exit: undefined }),
      }),
    ],
  })
  const of = (host: string) => evaluatePlan(plan).hosting.find((one) => one.host === host)!

  it('residency: as demanded, elsewhere (and then impossible, with the rule and the fact), or unknown', () => {
    expect(of('a')).toMatchObject({ feasible: 'yes', because: [], residency: 'eu: as demanded' })
    expect(of('b').residency).toBe('us, but customers demand eu')
    expect(of('b').feasible).toBe('no')
    expect(of('b').because.join()).toContain('data-stays-in-its-region')
    expect(of('ops').residency).toBe('unknown; customers demand eu')
  })

  it('custody and blast radius: an owner holds one foreign set of credentials, somebody between holds both', () => {
    expect(of('a').custody).toBe('holds customers’ credentials for B platform only')
    expect(of('a').blastRadius).toContain('an outage of A platform stops the bridge too')
    expect(of('ops').custody).toBe('holds customers’ credentials for A platform and B platform')
    expect(of('ops').blastRadius).toContain('stops the bridge for 50 customers, both platforms go on; a breach exposes both sets')
  })

  it('cost with the likely number of customers, or the price of who hosts for a fee; latency and exit, unknown where nobody has said', () => {
    expect(of('a')).toMatchObject({ costPerMonth: 200, latency: 'about 12 ms added to each call', exit: 'P90D, with the code' })
    expect(of('ops')).toMatchObject({ costPerMonth: 700, latency: 'unknown', exit: 'unknown: nobody has said how to leave this host' })
  })

  it('only who has people for it is compared', () => {
    const without = planLike({
      parties: [partyLike('a'), partyLike('b', { abilities: ['builder'] })],
      platforms: { a: platformLike('a'), b: platformLike('b') },
    })
    expect(evaluatePlan(without).hosting.map(({ host }) => host)).toEqual(['a'])
  })
})
