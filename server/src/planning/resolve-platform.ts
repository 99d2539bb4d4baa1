import type { Plan, Platform } from '../workspace/index.ts'
import { errors } from './errors.ts'
import { entityOf, evidenceLine, type PlanContext, percentOf, type ReadAmount } from './plan-context.ts'
import { type FactName, type Known, type Openness, opennessFacts, type PlatformFacts } from './plan-inputs.ts'

/** One of the two platforms with its openness and what the other party pays to build for it. */
export function platformFacts(plan: Plan, context: PlanContext, index: 0 | 1, amount: ReadAmount): PlatformFacts {
  const party = plan.spec.parties[index]!
  const other = plan.spec.parties[1 - index]!
  if (party.platform === undefined) throw errors.needs_two_platforms({ plan: plan.metadata.name, party: party.organization })
  const platform = entityOf(plan, context, 'platform', party.platform)
  const { owner } = platform.spec
  if (owner !== party.organization) throw errors.not_the_owner({ party: party.organization, platform: party.platform, owner })
  return {
    id: party.platform,
    name: platform.metadata.title ?? party.platform,
    owner,
    openness: opennessOf(platform),
    needs: party.needs,
    partners: plan.spec.parties.filter(({ partnerOf }) => partnerOf.includes(party.platform!)).map(({ organization }) => organization),
    program: programOf(platform, other.programTier, amount),
  }
}

function opennessOf(platform: Platform): Openness {
  const { openness } = platform.spec
  const facts = (Object.keys(opennessFacts) as FactName[]).map((name): [FactName, Openness[FactName]] => {
    const fact = openness[name]
    return [name, { value: (fact?.answer ?? 'unknown') as Known, evidence: fact && evidenceLine(fact) }]
  })
  return Object.fromEntries(facts) as unknown as Openness
}

function programOf(platform: Platform, tierName: string | undefined, amount: ReadAmount): PlatformFacts['program'] {
  const tiers = platform.spec.program?.tiers ?? []
  const tier = tierName === undefined ? tiers[0] : tiers.find((candidate) => candidate.name === tierName)
  if (tier === undefined && tierName !== undefined && tiers.length > 0)
    throw errors.tier_unknown({ tier: tierName, platform: platform.metadata.name, tiers: tiers.map(({ name }) => name).join(', ') })
  if (tier === undefined) return { feeOnce: 0, feePerYear: 0, revenueSharePercent: 0 }
  const fee = amount(`the fee of tier ${tier.name}`, tier.fee)
  return {
    feeOnce: tier.per === 'once' ? fee : 0,
    feePerYear: tier.per === 'year' ? fee : tier.per === 'month' ? fee * 12 : 0,
    revenueSharePercent: percentOf(tier.ownersShareOfSales) ?? 0,
  }
}
