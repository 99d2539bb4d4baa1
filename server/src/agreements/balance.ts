import type { Agreement, Integration, Money, Organization } from '../workspace/index.ts'
import { sumByCurrency } from './amounts.ts'
import type { Day } from './days.ts'
import { type DutyCost, dutyCosts } from './duty-cost.ts'
import { incentiveMatrix, type PartyIncentives } from './incentive-matrix.ts'

/** Does it pay one party to keep its end of the bridge up? */
export interface PartyBalance {
  party: string
  incentives: PartyIncentives
  costs: DutyCost[]
  /** Known duty cost per year, per currency. A lower bound while `unknown` is not empty. */
  dutyCost: Money[]
  /** Hard benefit − known duty cost, per currency. */
  balance: Money[]
  /**
   * `covered`: hard benefit ≥ duty cost in every currency. `short`: never above and somewhere below. `undetermined`:
   * above in one currency and below in another, and no rate is agreed. `insufficient-data`: a cost is unknown.
   */
  verdict: 'covered' | 'short' | 'undetermined' | 'insufficient-data'
  /** What must be written down before the verdict can change, sentences. */
  unknown: string[]
}

/**
 * Weighs each party's hard incentives against what its duties cost, per year. Soft incentives are shown and never counted.
 * The agreements are taken together, and the duties of every integration that one of them names.
 */
export function balanceOf(
  agreements: readonly Agreement[],
  integrations: readonly Integration[],
  organizations: ReadonlyMap<string, Organization>,
  today: Day,
): PartyBalance[] {
  const named = new Set(agreements.flatMap((agreement) => agreement.spec.integrations))
  const bridges = integrations.filter((integration) => named.has(integration.metadata.name))
  return incentiveMatrix(agreements, today).map((incentives) => {
    const organization = organizations.get(incentives.party)
    const costs = organization ? bridges.flatMap((integration) => dutyCosts(integration, organization, today)) : []
    return weigh(incentives, costs)
  })
}

function weigh(incentives: PartyIncentives, costs: DutyCost[]): PartyBalance {
  const dutyCost = sumByCurrency(costs.flatMap((cost) => cost.perYear ?? []))
  const negated = dutyCost.map(({ amountMinor, currency }) => ({ amountMinor: -amountMinor, currency }))
  const balance = sumByCurrency([...incentives.hard, ...negated])
  const unknown = unknownsOf(incentives.party, costs)
  return { party: incentives.party, incentives, costs, dutyCost, balance, verdict: verdictOf(balance, unknown), unknown }
}

function unknownsOf(party: string, costs: readonly DutyCost[]): string[] {
  if (costs.length === 0) return [`no duty of ${party} is written down, so nobody knows what its end costs`]
  return costs.filter((cost) => cost.unknown).map((cost) => `${cost.integration}: ${cost.duty} of ${party} lacks ${cost.unknown}`)
}

function verdictOf(balance: readonly Money[], unknown: readonly string[]): PartyBalance['verdict'] {
  const below = balance.some(({ amountMinor }) => amountMinor < 0)
  const above = balance.some(({ amountMinor }) => amountMinor > 0)
  // More unknown cost can only make a shortfall worse, so this verdict stands without it.
  if (below && !above) return 'short'
  if (unknown.length > 0) return 'insufficient-data'
  return below ? 'undetermined' : 'covered'
}
