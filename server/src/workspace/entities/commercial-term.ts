import { z } from 'zod'
import { errors } from '../errors.ts'
import { complain, distinct } from './complain.ts'
import { currency, type Money, money, rate, share, sharesSumToWhole, unitPrice, writeMoney } from './money.ts'
import { partyName } from './references.ts'
import { rule } from './rule.ts'
import { date, duration, inOrder, slug, text, timeZone } from './values.ts'

const common = {
  id: slug,
  clause: text.optional().describe('The clause of the contract; printed on each line of a statement.'),
  from: date.optional().describe('First day; left out: the agreement’s first day.'),
  until: date.optional().describe('First day on which it does not count any more; left out: to the agreement’s end.'),
}
const transfer = { ...common, payer: partyName, payee: partyName }
const period = z.enum(['month', 'quarter', 'year'])

export const partyShare = z.strictObject({ party: partyName, share })

export const revenueTier = z.strictObject({
  above: money.describe('Revenue from which this tier counts; the first is 0.'),
  shares: distinct(partyShare, 'the share of', 'party').min(1).check(sharesSumToWhole('the shares of a tier')),
})

/** The first tier starts at zero, each later one above the one before. */
const tiersAscend = rule<{ above: Money }[]>(['*.above'], (tiers, context) => {
  tiers.forEach(({ above }, index) => {
    const before = tiers[index - 1]?.above.amountMinor
    if (before === undefined ? above.amountMinor === 0 : above.amountMinor > before) return
    const expected = before === undefined ? 'zero in the first tier' : 'more than in the tier before'
    complain(context, () => errors.order({ field: 'above', expected, found: writeMoney(above) }), [index, 'above'])
  })
})

const sharedOnce = rule<{ shares: unknown[]; tiers: unknown[] }>(['shares[]', 'tiers[]'], ({ shares, tiers }, context) => {
  const because = 'revenue is shared'
  if (shares.length + tiers.length === 0)
    complain(context, () => errors.incomplete({ because, field: 'shares', fix: 'Add shares, or tiers with shares, that sum to 100%.' }))
  if (shares.length > 0 && tiers.length > 0)
    complain(
      context,
      () =>
        errors.contradiction({
          problem: 'revenue is shared twice: by shares and by tiers',
          fix: 'Keep one of them. A single tier above 0 is the same as shares.',
        }),
      ['shares'],
    )
})

const paysSomebodyElse = rule<{ payer: string; payee: string }>(['payer', 'payee'], ({ payer, payee }, context) => {
  if (payer === payee)
    complain(context, () => errors.contradiction({ problem: `${payer} would pay itself`, fix: 'Correct payer or payee.' }), ['payee'])
})

/** One commercial term. Rates are exact fractions, amounts whole minor units, periods half open. */
export const commercialTerm = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('build-fee'), ...transfer, amount: money, dueOn: date })
    .check(inOrder('from', 'until'))
    .check(paysSomebodyElse),
  z
    .strictObject({ kind: z.literal('certification-fee'), ...transfer, amount: money, dueOn: date })
    .check(inOrder('from', 'until'))
    .check(paysSomebodyElse),
  z
    .strictObject({ kind: z.literal('retainer'), ...transfer, amount: money, per: period })
    .check(inOrder('from', 'until'))
    .check(paysSomebodyElse),
  z
    .strictObject({ kind: z.literal('per-hour'), ...transfer, unitPrice, cap: money.optional().describe('Per settlement period.') })
    .check(inOrder('from', 'until'))
    .check(paysSomebodyElse),
  z
    .strictObject({ kind: z.literal('per-instance'), ...transfer, unitPrice, per: period })
    .check(inOrder('from', 'until'))
    .check(paysSomebodyElse),
  z
    .strictObject({
      kind: z.literal('per-unit'),
      ...transfer,
      meter: text,
      unitPrice,
      includedUnits: z.int().nonnegative().default(0),
      cap: money.optional(),
      floor: money.optional(),
    })
    .check(inOrder('from', 'until'))
    .check(paysSomebodyElse),
  z
    .strictObject({
      kind: z.literal('revenue-share'),
      ...common,
      collector: partyName.describe('The party that customers pay; it owes the others their shares.'),
      product: text.optional().describe('What is sold; left out: everything the integration earns.'),
      base: z.enum(['gross', 'net']).default('net').describe('net: after refunds, taxes and payment fees.'),
      shares: distinct(partyShare, 'the share of', 'party')
        .check(sharesSumToWhole('the shares'))
        .default([])
        .describe('Without tiers. They sum to 100%.'),
      tiers: z.array(revenueTier).check(tiersAscend).default([]).describe('Each tier’s shares sum to 100%.'),
      tierMode: z.enum(['graduated', 'volume']).default('graduated'),
      cumulate: z.enum(['period', 'year', 'lifetime']).default('period'),
      caps: z.array(z.strictObject({ party: partyName, amount: money, per: period })).default([]),
      floors: z.array(z.strictObject({ party: partyName, amount: money, per: period })).default([]),
    })
    .check(inOrder('from', 'until'))
    .check(sharedOnce),
  z
    .strictObject({ kind: z.literal('minimum-guarantee'), ...transfer, amount: money, per: period })
    .check(inOrder('from', 'until'))
    .check(paysSomebodyElse),
  z
    .strictObject({
      kind: z.literal('advance'),
      ...transfer,
      amount: money,
      dueOn: date,
      recoupFrom: z.array(slug).min(1),
      recoupShare: share,
    })
    .check(inOrder('from', 'until'))
    .check(paysSomebodyElse),
  z
    .strictObject({ kind: z.literal('hold-back'), ...common, party: partyName, share, releaseAfter: duration })
    .check(inOrder('from', 'until')),
  z
    .strictObject({ kind: z.literal('clawback'), ...common, of: z.array(slug).min(1), within: duration, when: text })
    .check(inOrder('from', 'until')),
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
