import type { Triangular } from './distributions.ts'

/** Roles that somebody must hold for a bridge to exist, in the order in which people decide them. */
export const roles = ['builder', 'host', 'seller', 'supporter'] as const
export type Role = (typeof roles)[number]

/** The two platforms in the order in which the plan names them. */
export type Side = 'a' | 'b'
export const sides = ['a', 'b'] as const

/** `unknown` is a finding of its own: nobody has looked yet. It never counts as yes or as no. */
export type Known = 'yes' | 'no' | 'unknown'

/** One statement about a platform, with what it rests on. */
export interface Fact {
  value: Known
  /** Links, names and dates as one line; undefined when nobody has given any. */
  evidence?: string | undefined
}

/** What can be asked of a platform before building on it. */
export const opennessFacts = {
  hostsPartnerCode: 'hosts partner code',
  externalApiRead: 'external API to read',
  externalApiWrite: 'external API to write',
  internalApis: 'internal APIs',
  webhooks: 'sends webhooks',
  sandbox: 'sandbox for others',
  developerDocs: 'developer documentation',
  paidAccess: 'access costs money',
  partnershipRequired: 'partnership required',
  appReview: 'app review',
  securityAudit: 'security audit',
  documentedRateLimits: 'documented rate limits',
  deprecationPolicy: 'deprecation policy',
} as const
export type FactName = keyof typeof opennessFacts

export type Openness = Readonly<Record<FactName, Fact>>

export type Need = 'read' | 'write' | 'webhooks'

export interface PlatformFacts {
  id: string
  name: string
  /** Party that owns the platform. */
  owner: string
  openness: Openness
  /** What the bridge must be able to do on this platform. */
  needs: readonly Need[]
  /** Parties admitted to the partner program already. */
  partners: readonly string[]
  program: {
    /** Paid by an outside builder to the owner: when admitted, and per year. */
    feeOnce: number
    feePerYear: number
    /** Owner's share of each sale by an outside seller, 0…100. */
    revenueSharePercent: number
  }
}

/** A product company works at its own risk; a service company and an operator work for a fee that the sponsor pays. */
export type PartyKind = 'platform-owner' | 'product-company' | 'service-company' | 'operator'

export interface Party {
  id: string
  name: string
  kind: PartyKind
  abilities: readonly Role[]
  /** Cost of one hour of own staff: salary and overhead. */
  loadedPerHour: number
  /** What the same hour would earn on this party's next best work. */
  opportunityPerHour: number
  /** What it invoices per hour when it works for a fee. */
  billedPerHour: number
  /** Cost of an hour of those who answer customers, and of those who sell: other people, hired for it. */
  supportPerHour: number
  sellingPerHour: number
  /** Its own estimate of the build: a plain guess, before the house multiplier. */
  buildHours: number
  buildMonths: number
  staffing: 'assigned' | 'contracted' | 'opportunistic' | 'unknown'
  productOwner: string | undefined
  hosting: Hosting
}

export interface Hosting {
  costPerMonth: number
  costPerInstanceMonth: number
  /** What it invoices the sponsor per month when it works for a fee. */
  pricePerMonth: number
  /** Where customer data stays, e.g. `eu`. Empty: nobody has said. */
  regions: readonly string[]
  addedLatencyMs: number | undefined
  exit: string | undefined
}

/** Cash is hard. Stickiness (customers stay) and halo (name, publicity) are soft, and believed only in part. */
export type IncentiveKind = 'cash' | 'stickiness' | 'halo'

export interface Incentive {
  id: string
  name: string
  /** Party id, or a role: whoever holds it. */
  to: string
  /** Flows only in options in which the party `to` holds this role. */
  onlyIf: Role | undefined
  /** `outside`: customers, savings, investors. A party or role: a transfer, which cancels in the sum. */
  paidBy: string
  kind: IncentiveKind
  amount: Triangular
  per: 'once' | 'year' | 'instance-year'
  /** Whether months are counted from the decision or from the launch. */
  from: 'decision' | 'launch'
  firstMonth: number
  /** Month in which it ends; undefined: never within the horizon. */
  lastMonth: number | undefined
  evidence: string | undefined
}

/** Somebody's decision that a party does not take a role here. */
export interface Exclusion {
  party: string
  role: Role
  reason: string
}

/**
 * Everything a decision is computed from, complete and explicit: no preset hides in the calculation.
 * Money in units of `currency` (not minor units: these are estimates), hours as hours, shares as percent.
 */
export interface PlanInputs {
  title: string
  question: string
  currency: string
  /** 1…120 */
  horizonMonths: number
  discountPercent: number
  draws: number
  /** Integer 0…2³²−1. */
  seed: number
  platforms: Record<Side, PlatformFacts>
  /** Owner of platform a first, then of b, then the others. */
  parties: readonly Party[]
  /** Party that pays those who work for a fee, and takes the share of a sale that they would have. */
  sponsor: string
  /** Real build hours as multiples of the estimate. */
  build: { p50Multiplier: number; p90Multiplier: number }
  /** Percent of the build hours per year after launch. */
  maintenancePercent: Triangular
  /** What working with a supplier adds to its invoice, and own hours of supervision per invoiced hour. */
  outsourcing: { coordinationPercent: number; supervisionPercent: number }
  duties: {
    operateHoursPerMonth: number
    supportHoursPerMonth: number
    supportHoursPerInstanceMonth: number
    sellHoursPerMonth: number
    /** Questions answered by a platform owner that does not build, from the decision on: borrowed time. */
    ownerHoursPerMonth: number
  }
  sale: {
    pricePerInstanceMonth: number
    /** Paying instances once the ramp is over. */
    instances: Triangular
    rampMonths: number
    /** Party id or role → percent of each sale; sums to 100 when there is a price. */
    split: Readonly<Record<string, number>>
  }
  incentives: readonly Incentive[]
  /** Share of a soft incentive that is not believed, 0…100. */
  haircutPercent: { stickiness: number; halo: number }
  /** Money set aside per year to keep the bridge running; undefined: nobody has said. */
  runBudgetPerYear: number | undefined
  bornFrom: 'product' | 'engineering' | 'customer' | 'partnership' | 'unknown'
  valueMetric: string | undefined
  /** Regions in which customer data must stay; empty: anywhere. */
  residency: readonly string[]
  exclusions: readonly Exclusion[]
}

/** Works for a fee, under the sponsor's orders and on the sponsor's account. */
export function worksForFee(party: Party): boolean {
  return party.kind === 'service-company' || party.kind === 'operator'
}

export function ownerOf(inputs: PlanInputs, side: Side): string {
  return inputs.platforms[side].owner
}
