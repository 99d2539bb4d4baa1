import type { Incentive, Party, PlanInputs, Role } from './plan-inputs.ts'
import { roles } from './plan-inputs.ts'

/**
 * The same plan reckoned a second time and in another way, from the sentences of docs/planning.md: at each instant, who pays whom how much
 * per month, summed up numerically. It shares no formula with the calculation that it checks: no flows, no quantities, no closed forms.
 */
export interface SecondCase {
  inputs: PlanInputs
  held: Record<Role, string>
  /** The case: what the draws would have yielded. */
  factor: number
  maintenancePercent: number
  customers: number
  amounts: readonly number[]
}

interface Money {
  cash: number
  soft: number
}

/** What a party (undefined: all at their own risk) has by the end of a month, as of the day of the decision. */
export function secondValue(plan: SecondCase, party: string | undefined, view: 'all' | 'cash-only', untilMonth: number): number {
  const { inputs } = plan
  const worth = ({ cash, soft }: Money): number => cash + (view === 'all' ? soft : 0)
  const counted = inputs.parties.map(({ id }) => id).filter((id) => (party === undefined ? !isSupplier(partyOf(inputs, id)) : id === party))
  const sum = (perParty: ReadonlyMap<string, Money>): number =>
    counted.reduce((total, id) => total + worth(perParty.get(id) ?? { cash: 0, soft: 0 }), 0)
  const discount = (month: number): number => (1 + inputs.discountPercent / 100) ** (-month / 12)
  const lumps = lumpSums(plan)
    .filter(({ month }) => month <= untilMonth)
    .reduce((total, { month, money }) => total + discount(month) * sum(money), 0)
  const edges = [...new Set([0, untilMonth, ...breaksOf(plan).filter((month) => month > 0 && month < untilMonth)])].sort((x, y) => x - y)
  const streams = edges
    .slice(1)
    .reduce((total, to, index) => total + integral((month) => discount(month) * sum(perMonth(plan, month)), edges[index]!, to), 0)
  return lumps + streams
}

const partyOf = (inputs: PlanInputs, id: string): Party => inputs.parties.find((candidate) => candidate.id === id)!
const isSupplier = ({ kind }: Party): boolean => kind === 'service-company' || kind === 'operator'
const isRole = (name: string): name is Role => (roles as readonly string[]).includes(name)

const launchOf = ({ inputs, held, factor }: SecondCase): number => partyOf(inputs, held.builder).buildMonths * factor

/** Between two of these months everything is smooth. */
function breaksOf(plan: SecondCase): number[] {
  const { inputs } = plan
  const launch = launchOf(plan)
  const windows = inputs.incentives.flatMap(({ from, firstMonth, lastMonth }) => {
    const origin = from === 'launch' ? launch : 0
    return [origin + firstMonth, ...(lastMonth === undefined ? [] : [origin + lastMonth])]
  })
  return [launch, launch + inputs.sale.rampMonths, ...windows]
}

function customersAt({ inputs, customers, ...plan }: SecondCase, month: number): number {
  const live = month - launchOf({ inputs, customers, ...plan })
  if (live <= 0) return 0
  return inputs.sale.rampMonths === 0 ? customers : customers * Math.min(1, live / inputs.sale.rampMonths)
}

class Ledger {
  readonly money = new Map<string, Money>()

  add(party: string, amount: number, kind: keyof Money = 'cash'): void {
    const now = this.money.get(party) ?? { cash: 0, soft: 0 }
    this.money.set(party, { ...now, [kind]: now[kind] + amount })
  }

  pay(from: string, to: string, amount: number): void {
    this.add(from, -amount)
    this.add(to, amount)
  }
}

/** What flows at an instant, per month. */
function perMonth(plan: SecondCase, month: number): Map<string, Money> {
  const { inputs, held } = plan
  const ledger = new Ledger()
  const launch = launchOf(plan)
  const [builder, host, seller, supporter] = [held.builder, held.host, held.seller, held.supporter].map((id) => partyOf(inputs, id)) as [
    Party,
    Party,
    Party,
    Party,
  ]
  const sponsor = partyOf(inputs, inputs.sponsor)
  const hour = (party: Party): number => party.loadedPerHour + party.opportunityPerHour
  const spend = (performer: Party, hours: number, costPerHour: number): void => {
    ledger.add(performer.id, -hours * costPerHour)
    if (!isSupplier(performer)) return
    // A supplier invoices other people's hours with the margin that it has on an engineer's.
    const invoice = hours * costPerHour * (performer.billedPerHour / hour(performer))
    ledger.pay(sponsor.id, performer.id, invoice)
    ledger.add(sponsor.id, -invoice * (inputs.outsourcing.coordinationPercent / 100))
    ledger.add(sponsor.id, -hours * (inputs.outsourcing.supervisionPercent / 100) * hour(sponsor))
  }
  const principal = isSupplier(builder) ? sponsor.id : builder.id
  const onAccount = (name: string): string => {
    const id = isRole(name) ? held[name] : name
    return isRole(name) && isSupplier(partyOf(inputs, id)) ? sponsor.id : id
  }
  for (const platform of [inputs.platforms.a, inputs.platforms.b]) {
    if (platform.owner === principal) continue
    ledger.add(platform.owner, -inputs.duties.ownerHoursPerMonth * hour(partyOf(inputs, platform.owner)))
    ledger.pay(principal, platform.owner, platform.program.feePerYear / 12)
  }
  if (month < launch) spend(builder, builder.buildHours / builder.buildMonths, hour(builder))
  else {
    const customers = customersAt(plan, month)
    spend(builder, (builder.buildHours * plan.factor * plan.maintenancePercent) / 1200, hour(builder))
    ledger.add(host.id, -host.hosting.costPerMonth - customers * host.hosting.costPerInstanceMonth)
    if (isSupplier(host)) ledger.pay(sponsor.id, host.id, host.hosting.pricePerMonth)
    spend(host, inputs.duties.operateHoursPerMonth, hour(host))
    spend(supporter, inputs.duties.supportHoursPerMonth + customers * inputs.duties.supportHoursPerInstanceMonth, supporter.supportPerHour)
    spend(seller, inputs.duties.sellHoursPerMonth, seller.sellingPerHour)
    const sold = customers * inputs.sale.pricePerInstanceMonth
    for (const [name, share] of Object.entries(inputs.sale.split)) ledger.add(onAccount(name), (sold * share) / 100)
    for (const { owner, program } of [inputs.platforms.a, inputs.platforms.b])
      if (owner !== seller.id) ledger.pay(onAccount('seller'), owner, (sold * program.revenueSharePercent) / 100)
  }
  inputs.incentives.forEach((incentive, index) => {
    if (incentive.per === 'once') return
    const origin = incentive.from === 'launch' ? launch : 0
    const runs = month >= origin + incentive.firstMonth && month < origin + (incentive.lastMonth ?? Number.POSITIVE_INFINITY)
    const units = incentive.per === 'year' ? 1 : customersAt(plan, month)
    if (runs) give(ledger, plan, incentive, (plan.amounts[index]! * units) / 12)
  })
  return ledger.money
}

function give(ledger: Ledger, { inputs, held }: SecondCase, incentive: Incentive, amount: number): void {
  const who = (name: string): string => (isRole(name) ? held[name] : name)
  const to = who(incentive.to)
  if (incentive.onlyIf && held[incentive.onlyIf] !== to) return
  const believed = incentive.kind === 'cash' ? 1 : 1 - inputs.haircutPercent[incentive.kind] / 100
  ledger.add(to, amount * believed, incentive.kind === 'cash' ? 'cash' : 'soft')
  if (incentive.paidBy !== 'outside') ledger.add(who(incentive.paidBy), -amount)
}

function lumpSums(plan: SecondCase): { month: number; money: Map<string, Money> }[] {
  const { inputs, held } = plan
  const builder = partyOf(inputs, held.builder)
  const principal = isSupplier(builder) ? inputs.sponsor : builder.id
  const entry = new Ledger()
  for (const { owner, partners, program } of [inputs.platforms.a, inputs.platforms.b])
    if (owner !== principal && !partners.includes(principal)) entry.pay(principal, owner, program.feeOnce)
  const once = inputs.incentives.flatMap((incentive, index) => {
    if (incentive.per !== 'once') return []
    const ledger = new Ledger()
    give(ledger, plan, incentive, plan.amounts[index]!)
    return [{ month: (incentive.from === 'launch' ? launchOf(plan) : 0) + incentive.firstMonth, money: ledger.money }]
  })
  return [{ month: 0, money: entry.money }, ...once]
}

const nodes = [
  [0, 128 / 225],
  [Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3, (322 + 13 * Math.sqrt(70)) / 900],
  [Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3, (322 - 13 * Math.sqrt(70)) / 900],
] as const

/** Gauss–Legendre with five points on pieces of half a year at most: of an exponential times a straight line it misses less than 1e-12. */
function integral(value: (x: number) => number, from: number, to: number): number {
  const pieces = Math.ceil((to - from) / 6)
  const half = (to - from) / pieces / 2
  let sum = 0
  for (let piece = 0; piece < pieces; piece++) {
    const middle = from + half * (2 * piece + 1)
    for (const [node, weight] of nodes)
      sum += weight * (node === 0 ? value(middle) : value(middle - node * half) + value(middle + node * half))
  }
  return sum * half
}
