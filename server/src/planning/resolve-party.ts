import type { HourlyRate, Organization, Plan } from '../workspace/index.ts'
import { entityOf, type Notes, type PlanContext, type ReadAmount, takeOr } from './plan-context.ts'
import { type Party, type PartyKind, type Role, roles } from './plan-inputs.ts'
import { type PresetMoney, presetMoney } from './preset-money.ts'
import { presets } from './presets.ts'

type PlanParty = Plan['spec']['parties'][number]

/** One party with its abilities, rates, estimate and hosting; what the plan leaves out comes from its organization, then from presets. */
export function resolveParty(plan: Plan, context: PlanContext, index: number, amount: ReadAmount, notes: Notes): Party {
  const party = plan.spec.parties[index]!
  const organization = entityOf(plan, context, 'organization', party.organization)
  const kind = kindOf(plan, organization, index)
  const { assumptions } = plan.spec
  const money = presetMoney(assumptions.currency)
  const at = (field: string): string => `parties.${index}.${field}`
  return {
    id: party.organization,
    name: organization.metadata.title ?? party.organization,
    kind,
    abilities: party.can ?? usualAbilities[kind],
    ...ratesOf(plan, party, organization, kind, money, at, amount, notes),
    buildHours: given(notes, at('buildHours'), party.buildHours ?? assumptions.buildHours),
    buildMonths: takeOr(notes, at('buildMonths'), party.buildMonths ?? assumptions.buildMonths, presets.buildMonths),
    staffing: party.staffing,
    productOwner: party.productOwner,
    hosting: hostingOf(party, kind, money, at, amount, notes),
  }
}

/** A service company has no product to sell; an operator runs what others build. */
const usualAbilities: Record<PartyKind, readonly Role[]> = {
  'platform-owner': roles,
  'product-company': roles,
  'service-company': ['builder', 'host', 'supporter'],
  operator: ['host', 'supporter'],
}

function kindOf({ spec }: Plan, organization: Organization, index: number): PartyKind {
  const { organization: name } = spec.parties[index]!
  if (index < 2) return 'platform-owner'
  if (name === spec.operator) return 'operator'
  return organization.spec.business === 'service' ? 'service-company' : 'product-company'
}

function given<Value>(notes: Notes, path: string, value: Value): Value {
  notes.given(path)
  return value
}

/**
 * Rates of an hour. An organization's own rate is its cost when it works at its own risk, and its price when it works
 * for a fee; a supplier's cost is then a part of that price.
 */
function ratesOf(
  plan: Plan,
  party: PlanParty,
  organization: Organization,
  kind: PartyKind,
  money: PresetMoney,
  at: (field: string) => string,
  amount: ReadAmount,
  notes: Notes,
) {
  const own = currentRate(plan, organization, 'engineering')
  const forFee = kind === 'service-company' || kind === 'operator'
  const read = (field: RateField, fallback?: HourlyRate['loadedPerHour']): number | undefined => {
    const price = party[field] ?? fallback
    if (price === undefined) return undefined
    notes.given(at(field), party[field] ? undefined : `rates of ${organization.metadata.name}`)
    return amount(`${field} of ${party.organization}`, price)
  }
  const billedPerHour = forFee ? (read('billedPerHour', own?.loadedPerHour) ?? money.billedPerHour) : 0
  const loadedPerHour = forFee
    ? (read('loadedPerHour') ?? (billedPerHour * presets.supplierCostPercent) / 100)
    : (read('loadedPerHour', own?.loadedPerHour) ?? money.loadedPerHour)
  return {
    billedPerHour,
    loadedPerHour,
    // Hours are what a supplier sells: an hour sold here has no better use to lose.
    opportunityPerHour: read('opportunityPerHour', forFee ? undefined : own?.opportunityPerHour) ?? (forFee ? 0 : money.opportunityPerHour),
    supportPerHour:
      read('supportPerHour', currentRate(plan, organization, 'support')?.loadedPerHour) ??
      (loadedPerHour * presets.supportCostPercent) / 100,
    sellingPerHour:
      read('sellingPerHour', currentRate(plan, organization, 'sales')?.loadedPerHour) ?? (loadedPerHour * presets.sellingCostPercent) / 100,
  }
}

type RateField = 'loadedPerHour' | 'opportunityPerHour' | 'billedPerHour' | 'supportPerHour' | 'sellingPerHour'

/** The newest rate of a kind of work that has begun when the plan is decided; engineering also takes the rate of `any` work. */
function currentRate(plan: Plan, organization: Organization, role: string): HourlyRate | undefined {
  const by = plan.spec.decision?.decidedOn ?? '9999-12-31'
  const begun = organization.spec.rates.filter((rate) => rate.from <= by).toSorted((x, y) => (x.from < y.from ? 1 : -1))
  return begun.find((rate) => rate.role === role) ?? (role === 'engineering' ? begun.find((rate) => rate.role === 'any') : undefined)
}

function hostingOf(
  { organization, hosting }: PlanParty,
  kind: PartyKind,
  money: PresetMoney,
  at: (field: string) => string,
  amount: ReadAmount,
  notes: Notes,
): Party['hosting'] {
  const read = (field: 'costPerMonth' | 'costPerInstanceMonth' | 'pricePerMonth'): number | undefined =>
    hosting?.[field] && amount(`hosting.${field} of ${organization}`, hosting[field])
  const costPerMonth = takeOr(notes, at('hosting.costPerMonth'), read('costPerMonth'), money.hostingCostPerMonth)
  const forFee = kind === 'service-company' || kind === 'operator'
  return {
    costPerMonth,
    costPerInstanceMonth: read('costPerInstanceMonth') ?? money.hostingCostPerInstanceMonth,
    pricePerMonth: forFee
      ? takeOr(notes, at('hosting.pricePerMonth'), read('pricePerMonth'), costPerMonth * presets.hostingPriceFactor)
      : 0,
    regions: hosting?.regions ?? [],
    addedLatencyMs: hosting?.addedLatencyMs,
    exit: hosting?.exit,
  }
}
