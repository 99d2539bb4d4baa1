import { judgeOption } from './feasibility-rules.ts'
import { partyOf } from './flows.ts'
import { turn } from './knobs.ts'
import type { Option } from './option.ts'
import { type PlanInputs, worksForFee } from './plan-inputs.ts'
import { prepareOption, presentValue } from './value-option.ts'
import { medianSample, variablesOf } from './variables.ts'

/** The opportunity cost at which building by the sponsor's own engineers and by a supplier are worth the same. */
export interface BreakEven {
  sponsor: string
  supplier: string
  /** Currency per hour; undefined when no opportunity cost ≥ 0 makes both equal. */
  opportunityPerHour: number | undefined
  /** The better way above it, and below it the other one. A supplier that takes more supervision than the own build takes hours is better below. */
  above: 'in-house' | 'outsource'
  /** What the plan takes the sponsor's opportunity cost to be. */
  assumedPerHour: number
  /** The cheaper way at the assumed opportunity cost. */
  advice: 'in-house' | 'outsource' | 'equal'
  /** Present value that the better way saves the sponsor, at the assumed opportunity cost. */
  saves: number
  /** The sponsor's value at an opportunity cost of 0 and of `upTo`: two points of each straight line. */
  line: { upTo: number; inHouse: [number, number]; outsourced: [number, number] }
}

/**
 * Solves for the sponsor's opportunity cost at which building in-house and through each supplier are worth the same to
 * it, in the median case and with the other roles as in `option`. Suppliers that no option allows are left out. Value is linear in that cost, so two evaluations give
 * the exact answer: supervision hours, a supplier's other speed and the later income they cause are all in it.
 */
export function breakEvens(inputs: PlanInputs, option: Option): BreakEven[] {
  const sponsor = partyOf(inputs, inputs.sponsor)
  if (worksForFee(sponsor) || !sponsor.abilities.includes('builder')) return []
  return inputs.parties
    .filter((party) => worksForFee(party) && party.abilities.includes('builder'))
    .filter((supplier) => [sponsor, supplier].every((builder) => judgeOption(inputs, { ...option, builder }).feasible !== 'no'))
    .map((supplier) => {
      const inHouseAt = (opportunity: number): number => sponsorsValue(inputs, { ...option, builder: sponsor }, opportunity)
      const outsourcedAt = (opportunity: number): number => sponsorsValue(inputs, { ...option, builder: supplier }, opportunity)
      const advantageAt = (opportunity: number): number => inHouseAt(opportunity) - outsourcedAt(opportunity)
      const assumedPerHour = sponsor.opportunityPerHour
      const advantage = advantageAt(assumedPerHour)
      const breakEven = rootOfLine(advantageAt)
      const upTo = Math.ceil((Math.max(assumedPerHour, breakEven ?? 0, 50) * 1.25) / 10) * 10
      return {
        sponsor: sponsor.id,
        supplier: supplier.id,
        opportunityPerHour: breakEven !== undefined && breakEven >= 0 ? breakEven : undefined,
        above: advantageAt(100) > advantageAt(0) ? 'in-house' : 'outsource',
        assumedPerHour,
        advice: Math.abs(advantage) < 1e-6 ? 'equal' : advantage > 0 ? 'in-house' : 'outsource',
        saves: Math.abs(advantage),
        line: { upTo, inHouse: [inHouseAt(0), inHouseAt(upTo)], outsourced: [outsourcedAt(0), outsourcedAt(upTo)] },
      }
    })
}

/** The parties of an option by id, so that a turned copy of the plan is valued with its turned parties. */
function sponsorsValue(inputs: PlanInputs, option: Option, opportunityPerHour: number): number {
  const index = inputs.parties.findIndex((party) => party.id === inputs.sponsor)
  const turned = turn(inputs, `parties.${index}.opportunityPerHour`, opportunityPerHour)
  return presentValue(turned, prepareOption(turned, sameOption(turned, option)), medianSample(variablesOf(turned)), inputs.sponsor, 'all')
}

/** The option with the same ids, made of the parties of another version of the plan. */
export function sameOption(inputs: PlanInputs, { builder, host, seller, supporter }: Option): Option {
  return {
    builder: partyOf(inputs, builder.id),
    host: partyOf(inputs, host.id),
    seller: partyOf(inputs, seller.id),
    supporter: partyOf(inputs, supporter.id),
  }
}

/** Where a straight line crosses zero; undefined when it is level. */
function rootOfLine(line: (x: number) => number): number | undefined {
  const atZero = line(0)
  const slope = (line(100) - atZero) / 100
  return Math.abs(slope) < 1e-9 ? undefined : -atZero / slope
}
