import {
  type FactName,
  type Incentive,
  type Known,
  type Openness,
  opennessFacts,
  type Party,
  type PlanInputs,
  type PlatformFacts,
  roles,
} from './plan-inputs.ts'

/** Every fact with one value, and some with another. */
export function opennessOf(value: Known, others: Partial<Record<FactName, Known>> = {}): Openness {
  const names = Object.keys(opennessFacts) as FactName[]
  return Object.fromEntries(
    names.map((name) => [name, { value: others[name] ?? value, evidence: 'seen by the test' }]),
  ) as unknown as Openness
}

export function partyLike(id: string, changes: Partial<Party> = {}): Party {
  return {
    id,
    name: id.toUpperCase(),
    kind: 'platform-owner',
    abilities: roles,
    loadedPerHour: 80,
    opportunityPerHour: 40,
    billedPerHour: 0,
    supportPerHour: 50,
    sellingPerHour: 70,
    buildHours: 400,
    buildMonths: 3,
    staffing: 'assigned',
    productOwner: `${id}/owner`,
    hosting: { costPerMonth: 100, costPerInstanceMonth: 0, pricePerMonth: 0, regions: ['eu'], addedLatencyMs: undefined, exit: undefined },
    ...changes,
  }
}

export function supplierLike(id: string, changes: Partial<Party> = {}): Party {
  return partyLike(id, {
    kind: 'service-company',
    abilities: ['builder', 'host', 'supporter'],
    billedPerHour: 120,
    opportunityPerHour: 0,
    ...changes,
  })
}

export function incentiveLike(id: string, changes: Partial<Incentive> = {}): Incentive {
  return {
    id,
    name: id,
    to: 'a',
    onlyIf: undefined,
    paidBy: 'outside',
    kind: 'cash',
    amount: certain(12_000),
    per: 'year',
    from: 'launch',
    firstMonth: 0,
    lastMonth: undefined,
    evidence: undefined,
    ...changes,
  }
}

export const certain = (value: number) => ({ low: value, likely: value, high: value })

export function platformLike(id: string, changes: Partial<PlatformFacts> = {}): PlatformFacts {
  return {
    id: `${id}-platform`,
    name: `${id.toUpperCase()} platform`,
    owner: id,
    openness: opennessOf('yes'),
    needs: ['read', 'write'],
    partners: [],
    program: { feeOnce: 0, feePerYear: 0, revenueSharePercent: 0 },
    ...changes,
  }
}

/** Two open platforms, nothing uncertain, no discount, no recurring work: each test turns what it is about. */
export function planLike(changes: Partial<PlanInputs> = {}): PlanInputs {
  return {
    title: 'A and B',
    question: 'Should A and B be bridged?',
    currency: 'USD',
    horizonMonths: 36,
    discountPercent: 0,
    draws: 500,
    seed: 7,
    platforms: { a: platformLike('a'), b: platformLike('b') },
    parties: [partyLike('a'), partyLike('b')],
    sponsor: 'a',
    build: { p50Multiplier: 1, p90Multiplier: 1 },
    maintenancePercent: certain(0),
    outsourcing: { coordinationPercent: 15, supervisionPercent: 10 },
    duties: {
      operateHoursPerMonth: 0,
      supportHoursPerMonth: 0,
      supportHoursPerInstanceMonth: 0,
      sellHoursPerMonth: 0,
      ownerHoursPerMonth: 0,
    },
    sale: { pricePerInstanceMonth: 0, instances: certain(0), rampMonths: 0, split: {} },
    incentives: [],
    haircutPercent: { stickiness: 80, halo: 100 },
    runBudgetPerYear: 1_000_000,
    bornFrom: 'product',
    valueMetric: 'hours saved',
    residency: [],
    exclusions: [],
    ...changes,
  }
}
