import { z } from 'zod'
import { envelope } from './envelope.ts'
import { evidence } from './evidence.ts'
import { integrationName, organizationName, personName, platformName } from './references.ts'
import { currency, date, money, rate, share, slug, text, unitPrice } from './values.ts'

/** Low, likely and high, in that order. A single known value is three equal numbers. */
export const numberRange = z.strictObject({ low: z.number(), likely: z.number(), high: z.number() })
export const moneyRange = z.strictObject({ low: money, likely: money, high: money })
const rateRange = z.strictObject({ low: rate, likely: rate, high: rate })

/** Somebody who could perform or who must profit. */
export const planParty = z.strictObject({
  organization: organizationName,
  platform: platformName.optional().describe('The platform this party brings; left out for a third party.'),
  loadedPerHour: unitPrice.optional().describe('Overrides the organization’s own rate.'),
  opportunityPerHour: unitPrice.optional(),
  outsourcedPerHour: unitPrice.optional().describe('What this party pays when it has others do the work.'),
  supervisionHours: z.number().nonnegative().optional().describe('Own hours beside outsourced work, during the build.'),
  staffing: z.enum(['funded', 'opportunistic', 'unknown']).default('unknown').describe('opportunistic: an engineer has some free time.'),
  runBudgetPerYear: money.optional(),
})

/** A yearly benefit for one party, with the month in which it starts and ends. */
export const planIncentive = evidence.extend({
  id: slug,
  party: organizationName,
  kind: z.enum(['cash', 'stickiness', 'halo']),
  title: text,
  perYear: moneyRange,
  fromMonth: z.int().nonnegative().default(0).describe('Months after launch.'),
  untilMonth: z.int().positive().optional().describe('Months after launch; left out: to the horizon.'),
  growthPerYear: z.number().optional().describe('0.2 is twenty per cent more each year; may be negative.'),
  haircut: share.optional().describe('Left out: cash 0%, stickiness 80%, halo 100%.'),
  onlyIf: z.enum(['builder', 'host', 'seller', 'supporter']).optional().describe('Counts only in options in which the party has this job.'),
})

/** The numbers behind the plan. All defaults are assumptions and are printed as such. */
export const assumptions = z.strictObject({
  currency,
  horizonYears: z.number().positive().max(20).default(3),
  discountRate: rate.prefault('12%'),
  buildHours: z.number().positive().describe('The estimate, as the engineers gave it.'),
  buildP50Factor: z.number().positive().default(1.5).describe('Half of all builds take at most estimate × this.'),
  buildP90Factor: z.number().positive().default(3).describe('Nine of ten builds take at most estimate × this.'),
  maintenancePerYear: rateRange.prefault({ low: '15%', likely: '25%', high: '50%' }).describe('Of the build hours.'),
  buildMonths: z.number().nonnegative().default(3).describe('From the start to the first customer.'),
  hostingPerYear: moneyRange.optional(),
  supportHoursPerYear: numberRange.optional(),
  coordination: rate.prefault('15%').describe('On top of outsourced hours.'),
  programFeePerYear: money.optional(),
  seed: z.int().nonnegative().default(1),
  draws: z.int().min(100).max(1_000_000).default(10_000),
})

/** Who does what: one point of builder × host × seller × supporter. */
export const option = z.strictObject({
  builder: organizationName,
  host: organizationName,
  seller: organizationName,
  supporter: organizationName,
})

export const decision = z.strictObject({
  answer: z.enum(['start', 'do-not-start', 'wait']),
  option: option.optional(),
  staffing: z.enum(['internal', 'outsourced']).optional(),
  decidedOn: date,
  decidedBy: z.array(personName).min(1),
  reason: text,
  reviewOn: date.optional(),
})

/** Should this bridge be built, by whom, and at what price: the question, the assumptions and the decision. */
export const plan = envelope(
  'Plan',
  z.strictObject({
    integration: integrationName.optional().describe('Once there is one.'),
    status: z.enum(['draft', 'decided', 'superseded']),
    startedBy: z.enum(['product', 'engineering', 'customer', 'partnership']).optional(),
    parties: z.array(planParty).min(2).describe('A and B first, each with its platform; third parties after them.'),
    operator: organizationName.optional().describe('Who runs this software, when it is none of the parties.'),
    incentives: z.array(planIncentive).default([]),
    assumptions,
    hosting: z
      .strictObject({ residency: z.array(text).default([]), maximumLatencyMs: z.number().positive().optional(), custody: text.optional() })
      .optional(),
    decision: decision.optional(),
  }),
)
export type Plan = z.output<typeof plan>
