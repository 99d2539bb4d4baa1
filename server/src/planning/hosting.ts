import type { JudgedOption } from './feasibility-rules.ts'
import { type Party, type PlanInputs, roles, sides, worksForFee } from './plan-inputs.ts'

/** What it means that one party hosts the bridge. Sentences are for people who decide, not for programs. */
export interface HostingComparison {
  host: string
  feasible: 'yes' | 'no' | 'unknown'
  /** When infeasible, why; one sentence per rule. */
  because: string[]
  residency: string
  custody: string
  latency: string
  /** Cost to the host, or price to the sponsor, per month with the likely number of customers. */
  costPerMonth: number
  blastRadius: string
  exit: string
}

/** Compares every party that has the people to host, whatever the other roles. */
export function compareHosting(inputs: PlanInputs, judged: readonly JudgedOption[]): HostingComparison[] {
  return inputs.parties
    .filter((party) => party.abilities.includes('host'))
    .map((party) => {
      const options = judged.filter(({ option }) => option.host.id === party.id)
      const feasible = options.some((option) => option.feasible === 'yes')
        ? 'yes'
        : options.some((option) => option.feasible === 'unknown')
          ? 'unknown'
          : 'no'
      return {
        host: party.id,
        feasible,
        because: feasible === 'yes' ? [] : reasonsAgainst(options),
        residency: residencyOf(inputs, party),
        custody: custodyOf(inputs, party),
        latency: party.hosting.addedLatencyMs === undefined ? 'unknown' : `about ${party.hosting.addedLatencyMs} ms added to each call`,
        costPerMonth: costOf(inputs, party),
        blastRadius: blastRadiusOf(inputs, party),
        exit: party.hosting.exit ?? 'unknown: nobody has said how to leave this host',
      }
    })
}

function costOf(inputs: PlanInputs, party: Party): number {
  const { costPerMonth, costPerInstanceMonth, pricePerMonth } = party.hosting
  return worksForFee(party) ? pricePerMonth : costPerMonth + costPerInstanceMonth * inputs.sale.instances.likely
}

/** The obstacles that every option with this host shares; all of them when they share none. */
function reasonsAgainst(options: readonly JudgedOption[]): string[] {
  const perOption = options.map((option) => option.obstacles.map((obstacle) => `${obstacle.rule}: ${obstacle.fact}`))
  const [first = []] = perOption
  const shared = first.filter((reason) => perOption.every((reasons) => reasons.includes(reason)))
  return shared.length > 0 ? shared : [...new Set(perOption.flat())].slice(0, roles.length)
}

function residencyOf(inputs: PlanInputs, { hosting: { regions } }: Party): string {
  const demanded = inputs.residency.join(' or ')
  if (regions.length === 0) return demanded ? `unknown; customers demand ${demanded}` : 'unknown'
  if (!demanded) return regions.join(', ')
  return regions.some((region) => inputs.residency.includes(region))
    ? `${regions.join(', ')}: as demanded`
    : `${regions.join(', ')}, but customers demand ${demanded}`
}

/** Who hosts holds customers' credentials for every platform that it does not own. */
function custodyOf(inputs: PlanInputs, party: Party): string {
  const foreign = sides.map((side) => inputs.platforms[side]).filter((platform) => platform.owner !== party.id)
  const names = foreign.map((platform) => platform.name)
  return names.length === 2
    ? `holds customers’ credentials for ${names.join(' and ')}`
    : `holds customers’ credentials for ${names.join('')} only`
}

function blastRadiusOf(inputs: PlanInputs, party: Party): string {
  const customers = `${Math.round(inputs.sale.instances.likely)} customers`
  const own = sides.map((side) => inputs.platforms[side]).find((platform) => platform.owner === party.id)
  if (own)
    return `an outage of ${own.name} stops the bridge too; a breach exposes what ${own.name} holds and one foreign set of credentials`
  return `an outage stops the bridge for ${customers}, both platforms go on; a breach exposes both sets of credentials`
}
