import type { Option } from './option.ts'
import { principalOf } from './option.ts'
import { type Incentive, type Party, type PlanInputs, type Role, roles, sides, worksForFee } from './plan-inputs.ts'
import { quantity } from './quantities.ts'

/**
 * `duty` is work, hosting and suppliers; `payment` goes to another party of the plan; `cash` is received;
 * `soft` is hoped for and already cut down to what is believed of it.
 */
export type FlowKind = 'duty' | 'payment' | 'cash' | 'soft'

/** A payment of one party: `amount` for each unit of a quantity; negative when the party pays. */
export interface Flow {
  party: string
  kind: FlowKind
  label: string
  amount: number
  quantity: number
}

/** Everything that one option makes each party pay and receive. Transfers between parties appear on both sides and sum to zero. */
export function flowsOf(inputs: PlanInputs, option: Option): Flow[] {
  return [
    ...work(inputs, option.builder, 'build', quantity.buildHours, 1),
    ...work(inputs, option.builder, 'maintenance', quantity.maintenanceHours, 1),
    ...hosting(inputs, option.host),
    ...work(inputs, option.host, 'operation', quantity.liveMonths, inputs.duties.operateHoursPerMonth),
    ...work(inputs, option.supporter, 'support', quantity.liveMonths, inputs.duties.supportHoursPerMonth, option.supporter.supportPerHour),
    ...work(
      inputs,
      option.supporter,
      'support of each customer',
      quantity.instanceMonths,
      inputs.duties.supportHoursPerInstanceMonth,
      option.supporter.supportPerHour,
    ),
    ...work(inputs, option.seller, 'selling', quantity.liveMonths, inputs.duties.sellHoursPerMonth, option.seller.sellingPerHour),
    ...questionsToOwners(inputs, option),
    ...programFees(inputs, option),
    ...sales(inputs, option),
    ...inputs.incentives.flatMap((incentive, index) => incentiveFlows(inputs, option, incentive, quantity.firstIncentive + index)),
  ].filter((flow) => flow.amount !== 0)
}

/**
 * Hours of a duty. Own staff: loaded rate + what the hour would have earned elsewhere. For a fee: the sponsor pays the
 * invoice, the coordination on top of it, and its own hours of supervision; the supplier earns the invoice.
 *
 * @param hours per unit of the quantity
 * @param costPerHour of the performer's own staff; a supplier invoices it with the same margin as its engineers' hours
 */
function work(
  inputs: PlanInputs,
  performer: Party,
  label: string,
  quantity: number,
  hours: number,
  costPerHour = hourlyCost(performer),
): Flow[] {
  const own: Flow = { party: performer.id, kind: 'duty', label, amount: -hours * costPerHour, quantity }
  if (!worksForFee(performer)) return [own]
  const sponsor = partyOf(inputs, inputs.sponsor)
  const { coordinationPercent, supervisionPercent } = inputs.outsourcing
  const invoice = hours * costPerHour * (performer.billedPerHour / hourlyCost(performer))
  return [
    own,
    { party: performer.id, kind: 'cash', label: `fee for ${label}`, amount: invoice, quantity },
    { party: sponsor.id, kind: 'duty', label: `${label} by ${performer.name}`, amount: -invoice, quantity },
    { party: sponsor.id, kind: 'duty', label: 'coordination of suppliers', amount: (-invoice * coordinationPercent) / 100, quantity },
    {
      party: sponsor.id,
      kind: 'duty',
      label: 'supervision of suppliers',
      amount: (-hours * supervisionPercent * hourlyCost(sponsor)) / 100,
      quantity,
    },
  ]
}

/** What an hour of own staff costs: what is paid for it and what it would have earned on the next best work. */
export function hourlyCost(party: Party): number {
  return party.loadedPerHour + party.opportunityPerHour
}

function hosting(inputs: PlanInputs, host: Party): Flow[] {
  const { costPerMonth, costPerInstanceMonth, pricePerMonth } = host.hosting
  const own: Flow[] = [
    { party: host.id, kind: 'duty', label: 'hosting', amount: -costPerMonth, quantity: quantity.liveMonths },
    { party: host.id, kind: 'duty', label: 'hosting of each customer', amount: -costPerInstanceMonth, quantity: quantity.instanceMonths },
  ]
  if (!worksForFee(host)) return own
  return [
    ...own,
    { party: host.id, kind: 'cash', label: 'fee for hosting', amount: pricePerMonth, quantity: quantity.liveMonths },
    { party: inputs.sponsor, kind: 'duty', label: `hosting by ${host.name}`, amount: -pricePerMonth, quantity: quantity.liveMonths },
  ]
}

/** A platform's owner that does not build still answers those who do. */
function questionsToOwners(inputs: PlanInputs, option: Option): Flow[] {
  const builder = principalOf(inputs, option.builder)
  return sides
    .map((side) => partyOf(inputs, inputs.platforms[side].owner))
    .filter((owner) => owner.id !== builder)
    .map((owner) => ({
      party: owner.id,
      kind: 'duty',
      label: 'answers to the builder (borrowed time)',
      amount: -inputs.duties.ownerHoursPerMonth * hourlyCost(owner),
      quantity: quantity.allMonths,
    }))
}

/** Entry and yearly fees of a partner program: the outside builder's principal pays the platform's owner. */
function programFees(inputs: PlanInputs, option: Option): Flow[] {
  const payer = principalOf(inputs, option.builder)
  return sides
    .map((side) => inputs.platforms[side])
    .filter((platform) => platform.owner !== payer)
    .flatMap(({ owner, name, partners, program }) => [
      ...transfer(payer, owner, `entry to the program of ${name}`, partners.includes(payer) ? 0 : program.feeOnce, quantity.once),
      ...transfer(payer, owner, `program of ${name}`, program.feePerYear / 12, quantity.allMonths),
    ])
}

/** The price of the integration, divided as agreed, less what a platform's owner keeps of an outside seller's sale. */
function sales(inputs: PlanInputs, option: Option): Flow[] {
  const { pricePerInstanceMonth: price, split } = inputs.sale
  const shares = Object.entries(split).map(
    ([recipient, percent]): Flow => ({
      party: onWhoseAccount(inputs, option, recipient),
      kind: 'cash',
      label: 'share of sales',
      amount: (price * percent) / 100,
      quantity: quantity.instanceMonths,
    }),
  )
  const marketplaces = sides
    .map((side) => inputs.platforms[side])
    .filter((platform) => platform.owner !== option.seller.id)
    .flatMap(({ owner, name, program }) =>
      transfer(
        onWhoseAccount(inputs, option, 'seller'),
        owner,
        `marketplace of ${name}`,
        (price * program.revenueSharePercent) / 100,
        quantity.instanceMonths,
      ),
    )
  return [...shares, ...marketplaces]
}

function incentiveFlows(inputs: PlanInputs, option: Option, incentive: Incentive, quantity: number): Flow[] {
  const to = holderOf(option, incentive.to)
  if (incentive.onlyIf !== undefined && option[incentive.onlyIf].id !== to) return []
  const received: Flow = {
    party: to,
    kind: incentive.kind === 'cash' ? 'cash' : 'soft',
    label: incentive.name,
    amount: believedPart(inputs, incentive),
    quantity,
  }
  if (incentive.paidBy === 'outside') return [received]
  return [received, { party: holderOf(option, incentive.paidBy), kind: 'payment', label: incentive.name, amount: -1, quantity }]
}

/** 1 for cash; what the haircut leaves of a soft incentive. */
export function believedPart(inputs: PlanInputs, { kind }: Pick<Incentive, 'kind'>): number {
  return kind === 'cash' ? 1 : 1 - inputs.haircutPercent[kind] / 100
}

const transfer = (from: string, to: string, label: string, amount: number, quantity: number): Flow[] => [
  { party: from, kind: 'payment', label, amount: -amount, quantity },
  { party: to, kind: 'cash', label, amount, quantity },
]

const isRole = (name: string): name is Role => (roles as readonly string[]).includes(name)

/** The party that a name stands for in this option: a party's own id, or the holder of a role. */
export const holderOf = (option: Option, name: string): string => (isRole(name) ? option[name].id : name)

/** Who works for a fee has no part in the sale: its part is the sponsor's. */
const onWhoseAccount = (inputs: PlanInputs, option: Option, name: string): string =>
  isRole(name) && worksForFee(option[name]) ? inputs.sponsor : holderOf(option, name)

export function partyOf(inputs: PlanInputs, id: string): Party {
  const party = inputs.parties.find((candidate) => candidate.id === id)
  if (party === undefined) throw new Error(`the plan names ${id}, but no such party takes part`)
  return party
}
