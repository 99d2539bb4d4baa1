import { z } from 'zod'
import { distinct, expectations } from './complain.ts'
import { envelope } from './envelope.ts'
import { withEvidence } from './evidence.ts'
import { complainUnlessWhole, currency, type Money, money, rangeInOrder, rate, type Share, share, unitPrice } from './money.ts'
import { integrationName, organizationName, partyName, partyOrJob, personName, platformName } from './references.ts'
import { rule } from './rule.ts'
import { date, slug, text } from './values.ts'

/** Low, likely and high, in that order, none below zero. A single known value is three equal numbers. */
export const numberRange = z
  .strictObject({ low: z.number().nonnegative(), likely: z.number().nonnegative(), high: z.number().nonnegative() })
  .check(rangeInOrder((value: number) => value))
export const moneyRange = z.strictObject({ low: money, likely: money, high: money }).check(
  rangeInOrder(
    (value: Money) => value.amountMinor,
    (value) => value.currency,
  ),
)
const rateRange = z.strictObject({ low: rate, likely: rate, high: rate }).check(rangeInOrder((value: Share) => value.ppm))

/** The four jobs that somebody must hold for a bridge to exist. */
export const planRole = z.enum(['builder', 'host', 'seller', 'supporter'])
const hours = z.number().nonnegative()

/** What hosting the bridge at this party means for customers and for its own budget. */
export const planHosting = z.strictObject({
  costPerMonth: money.optional().describe('What machines and operation cost this party.'),
  costPerInstanceMonth: unitPrice.optional().describe('What each customer adds to it.'),
  pricePerMonth: money.optional().describe('What it invoices when it hosts for a fee.'),
  regions: z.array(slug).default([]).describe('Where customer data stays, for example eu. Left out: nobody has said.'),
  addedLatencyMs: z.number().nonnegative().optional().describe('What the way through this host adds to each call.'),
  exit: text.optional().describe('How to leave this host: notice, export, who gets the code.'),
})

/** Somebody who could perform or who must profit. */
export const planParty = z.strictObject({
  organization: organizationName,
  platform: platformName.optional().describe('The platform this party brings; left out for a third party.'),
  needs: z
    .array(z.enum(['read', 'write', 'webhooks']))
    .default(['read', 'write'])
    .describe('What the bridge must be able to do on that platform.'),
  can: z
    .array(planRole)
    .optional()
    .describe('Jobs it has people for. Left out: all; a service company does not sell, an operator hosts and supports.'),
  partnerOf: z.array(platformName).default([]).describe('Platforms whose partner program has admitted it already.'),
  programTier: slug.optional().describe('Tier of the other platform’s program that this plan counts on. Left out: the first.'),
  loadedPerHour: unitPrice.optional().describe('Cost of an hour of its own staff. Left out: the organization’s own rate.'),
  opportunityPerHour: unitPrice.optional().describe('What that hour would earn on its next best work. Left out: the organization’s own.'),
  billedPerHour: unitPrice.optional().describe('What it invoices when it works for a fee.'),
  supportPerHour: unitPrice
    .optional()
    .describe('Cost of an hour of those who answer customers. Left out: the organization’s rate for support.'),
  sellingPerHour: unitPrice.optional().describe('Cost of an hour of those who sell. Left out: the organization’s rate for sales.'),
  buildHours: hours.optional().describe('Its own estimate, when it differs from the plan’s.'),
  buildMonths: z.number().positive().optional(),
  staffing: z
    .enum(['assigned', 'contracted', 'opportunistic', 'unknown'])
    .default('unknown')
    .describe('opportunistic: an engineer has some free time.'),
  productOwner: personName.optional().describe('Who answers for the bridge as a product at this party.'),
  hosting: planHosting.optional(),
})

/** A benefit for one party (or for whoever holds a job), with the months in which it flows. */
export const planIncentive = withEvidence({
  id: slug,
  title: text,
  to: partyOrJob.describe('An organization of this plan, or a job: builder, host, seller, supporter.'),
  paidBy: z
    .union([z.literal('outside'), partyOrJob])
    .register(expectations, { expected: 'outside, a party of this plan, or builder, host, seller or supporter', example: 'outside' })
    .default('outside')
    .describe('An organization or a job of this plan: then it costs them what it brings. outside: customers, savings.'),
  kind: z.enum(['cash', 'stickiness', 'halo']).describe('cash is hard; stickiness and halo are soft and believed only in part.'),
  amount: moneyRange,
  per: z.enum(['once', 'year', 'instance-year']).default('year'),
  from: z.enum(['decision', 'launch']).default('launch'),
  fromMonth: z.number().nonnegative().default(0).describe('Months after the decision or the launch.'),
  untilMonth: z.number().positive().optional().describe('Counted in the same way; left out: to the horizon.'),
  onlyIf: planRole.optional().describe('Counts only in options in which the receiving organization has this job.'),
})

const partsSumToWhole = (split: Record<string, Share>, context: z.core.$RefinementCtx): void =>
  complainUnlessWhole('the parts of a sale', Object.values(split), context)

/** What the bridge sells for, and who gets which part. */
export const planSale = z.strictObject({
  pricePerInstanceMonth: unitPrice,
  instances: numberRange.describe('Paying customers once the ramp is over.'),
  rampMonths: z.number().nonnegative().optional().describe('From the launch until that many customers pay.'),
  split: z
    .record(partyOrJob, share)
    .check(rule(['*'], partsSumToWhole))
    .describe('Organization or job → its part of each sale; together 100%.'),
})

/** Recurring hours of the jobs. */
export const planWork = z.strictObject({
  operateHoursPerMonth: hours.optional(),
  supportHoursPerMonth: hours.optional().describe('However few customers there are.'),
  supportHoursPerInstanceMonth: hours.optional(),
  sellHoursPerMonth: hours.optional(),
  ownerHoursPerMonth: hours.optional().describe('Questions that a platform’s owner answers to those who build: borrowed time.'),
})

/** The numbers behind the plan. What is left out is filled in from presets and printed as an assumption. */
export const assumptions = z.strictObject({
  currency,
  horizonMonths: z.int().min(1).max(120).optional(),
  discountPerYear: rate.optional(),
  buildHours: z.number().positive().describe('The estimate, as the engineers gave it.'),
  buildMonths: z.number().positive().optional().describe('From the start to the first customer, as estimated.'),
  buildP50Factor: z.number().positive().optional().describe('Half of all builds take at most estimate × this.'),
  buildP90Factor: z.number().positive().optional().describe('Nine of ten builds take at most estimate × this.'),
  buildFactorsFrom: text.optional().describe('Where the two factors come from, for example the house’s own history.'),
  customersFactor: z
    .number()
    .positive()
    .optional()
    .describe('What comes of the customers that plans hope for: multiplies sale.instances. Left out: they are taken as given.'),
  cashFactor: z
    .number()
    .positive()
    .optional()
    .describe('What comes of the cash that plans hope for: multiplies cash incentives. Left out: they are taken as given.'),
  moneyFactorsFrom: text.optional().describe('Where these two come from, for example the house’s own history.'),
  maintenancePerYear: rateRange.optional().describe('Of the build hours.'),
  maintenanceFrom: text.optional().describe('Where it comes from, for example the house’s own history.'),
  coordination: rate.optional().describe('On top of what is invoiced.'),
  supervision: rate.optional().describe('Own hours for each invoiced hour.'),
  stickinessHaircut: share.optional(),
  haloHaircut: share.optional(),
  seed: z.int().min(0).max(0xffffffff).default(1),
  draws: z.int().min(100).max(1_000_000).default(10_000),
})

/** Who does what: one point of builder × host × seller × supporter. */
export const option = z.strictObject({
  builder: partyName,
  host: partyName,
  seller: partyName,
  supporter: partyName,
})

export const decision = z.strictObject({
  answer: z.enum(['start', 'do-not-start', 'wait']),
  option: option.optional(),
  decidedOn: date,
  decidedBy: z.array(personName).min(1),
  reason: text,
  reviewOn: date.optional(),
  launchedOn: date.optional().describe('First customer on the bridge: from then on the build hours are known, and calibrate later plans.'),
})

/** Should this bridge be built, by whom, and at what price: the question, the assumptions and the decision. */
export const plan = envelope(
  'Plan',
  z.strictObject({
    integration: integrationName.optional().describe('Once there is one.'),
    question: text.optional(),
    status: z.enum(['draft', 'decided', 'superseded']),
    startedBy: z.enum(['product', 'engineering', 'customer', 'partnership', 'unknown']).default('unknown'),
    valueMetric: text.optional().describe('The number that tells whether customers profit.'),
    parties: distinct(planParty, 'the party', 'organization')
      .min(2)
      .describe('A and B first, each with its platform; third parties after them.'),
    operator: partyName.optional().describe('The party that runs the bridge for a fee, when it is neither A nor B.'),
    sponsor: partyName.optional().describe('Pays those who work for a fee. Left out: the first party.'),
    sale: planSale.optional(),
    incentives: distinct(planIncentive, 'the incentive', 'id').default([]),
    work: planWork.default({}),
    runBudgetPerYear: money.optional().describe('Set aside to keep the bridge running. Left out: nobody has said.'),
    residency: z.array(slug).default([]).describe('Regions in which customer data must stay.'),
    exclusions: z.array(z.strictObject({ organization: partyName, role: planRole, reason: text })).default([]),
    assumptions,
    decision: decision.optional(),
  }),
)
export type Plan = z.output<typeof plan>
