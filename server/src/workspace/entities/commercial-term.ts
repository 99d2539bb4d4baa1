import { z } from 'zod'
import { organizationName } from './references.ts'
import { currency, date, duration, money, rate, share, slug, text, timeZone, unitPrice } from './values.ts'

const common = {
  id: slug,
  clause: text.optional().describe('The clause of the contract; printed on each line of a statement.'),
  from: date.optional().describe('First day; left out: the agreement’s first day.'),
  until: date.optional().describe('First day on which it does not count any more; left out: to the agreement’s end.'),
}
const transfer = { ...common, payer: organizationName, payee: organizationName }
const period = z.enum(['month', 'quarter', 'year'])

export const partyShare = z.strictObject({ party: organizationName, share })

export const revenueTier = z.strictObject({
  above: money.describe('Revenue from which this tier counts; the first is 0.'),
  shares: z.array(partyShare).min(1),
})

/** One commercial term. Rates are exact fractions, amounts whole minor units, periods half open. */
export const commercialTerm = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('build-fee'), ...transfer, amount: money, dueOn: date }),
  z.strictObject({ kind: z.literal('certification-fee'), ...transfer, amount: money, dueOn: date }),
  z.strictObject({ kind: z.literal('retainer'), ...transfer, amount: money, per: period }),
  z.strictObject({ kind: z.literal('per-hour'), ...transfer, unitPrice, cap: money.optional().describe('Per settlement period.') }),
  z.strictObject({ kind: z.literal('per-instance'), ...transfer, unitPrice, per: period }),
  z.strictObject({
    kind: z.literal('per-unit'),
    ...transfer,
    meter: text,
    unitPrice,
    includedUnits: z.int().nonnegative().default(0),
    cap: money.optional(),
    floor: money.optional(),
  }),
  z.strictObject({
    kind: z.literal('revenue-share'),
    ...common,
    collector: organizationName.describe('The party that customers pay; it owes the others their shares.'),
    product: text.optional().describe('What is sold; left out: everything the integration earns.'),
    base: z.enum(['gross', 'net']).default('net').describe('net: after refunds, taxes and payment fees.'),
    shares: z.array(partyShare).default([]).describe('Without tiers. They sum to 100%.'),
    tiers: z.array(revenueTier).default([]).describe('Each tier’s shares sum to 100%.'),
    tierMode: z.enum(['graduated', 'volume']).default('graduated'),
    cumulate: z.enum(['period', 'year', 'lifetime']).default('period'),
    caps: z.array(z.strictObject({ party: organizationName, amount: money, per: period })).default([]),
    floors: z.array(z.strictObject({ party: organizationName, amount: money, per: period })).default([]),
  }),
  z.strictObject({ kind: z.literal('minimum-guarantee'), ...transfer, amount: money, per: period }),
  z.strictObject({
    kind: z.literal('advance'),
    ...transfer,
    amount: money,
    dueOn: date,
    recoupFrom: z.array(slug).min(1),
    recoupShare: share,
  }),
  z.strictObject({ kind: z.literal('hold-back'), ...common, party: organizationName, share, releaseAfter: duration }),
  z.strictObject({ kind: z.literal('clawback'), ...common, of: z.array(slug).min(1), within: duration, when: text }),
])
export type CommercialTerm = z.output<typeof commercialTerm>

/** When statements are cut, shown, issued and paid. The defaults are those of the design. */
export const settlement = z.strictObject({
  currency,
  period: z.enum(['month', 'quarter']).default('month'),
  timeZone: timeZone.default('UTC'),
  cutOff: duration.default('P3D').describe('After the period’s end; what arrives later goes to a later statement.'),
  review: duration.default('P7D'),
  issueOnDay: z.int().min(1).max(28).default(10),
  payWithin: duration.default('P15D'),
  minimumPayout: money.optional(),
  carryForwardMonths: z.int().nonnegative().default(12),
  disputeWithin: duration.default('P30D'),
  auditWithin: duration.default('P24M'),
  lateInterest: rate.optional(),
})
