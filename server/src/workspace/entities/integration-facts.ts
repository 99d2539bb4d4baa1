import { z } from 'zod'
import { errors } from '../errors.ts'
import { complain, distinct, expectations } from './complain.ts'
import { duty } from './duties.ts'
import { withEvidence } from './evidence.ts'
import { money, share, sharesSumToWhole, unitPrice } from './money.ts'
import { filePath, integrationName, personName, platformName, sideName } from './references.ts'
import { rule } from './rule.ts'
import { date, duration, inOrder, slug, text, webAddress } from './values.ts'

/** A page that somebody needs, and when it was last read against the truth. */
export const documentationPage = z.strictObject({
  title: text,
  audience: z.enum(['customer-admin', 'end-user', 'developer', 'sales', 'onboarding', 'support', 'operations', 'partner']),
  kind: z.enum(['guide', 'reference', 'runbook', 'faq', 'sheet', 'video', 'release-notes']).default('guide'),
  url: webAddress.optional(),
  file: filePath.optional().describe('./relative to this file.'),
  side: sideName.optional().describe('Whose page it is; left out for a shared one.'),
  owner: personName.optional(),
  reviewedOn: date.optional(),
})

/** One promised piece of work. Pushes are kept for ever: how often a side moved its promise is a fact about the side. */
export const roadmapItem = z
  .strictObject({
    id: slug,
    title: text,
    side: sideName,
    kind: z.enum(['feature', 'maintenance', 'upgrade', 'removal']),
    commitment: z.enum(['committed', 'planned', 'exploring']),
    targetDate: date.optional(),
    doneOn: date.optional(),
    pushes: z
      .array(z.strictObject({ from: date, to: date, decidedOn: date, reason: text }))
      .default([])
      .describe('In the order in which they happened; the last `to` is the target date.'),
  })
  .check(rule(['pushes.*.from', 'pushes.*.to', 'targetDate'], pushesFitTogether))

/** Each push starts where the one before it ended; the last one ends at the target date. */
function pushesFitTogether(
  { pushes, targetDate }: { pushes: { from: string; to: string }[]; targetDate?: string | undefined },
  context: z.core.$RefinementCtx,
): void {
  pushes.forEach(({ to }, index) => {
    const next = pushes[index + 1]
    const follows = next ? next.from : targetDate
    if (follows === to) return
    const other = next ? `the next one starts at ${follows}` : `targetDate is ${follows ?? 'missing'}`
    const error = errors.contradiction({ problem: `this push ends at ${to}, but ${other}`, fix: 'Correct one of the two days.' })
    complain(context, () => error, ['pushes', index, 'to'])
  })
}

/** A fixed price needs amount and period, a price per unit its price and meter, a free one neither. */
function priceIsComplete(price: { [field: string]: unknown; kind: string }, context: z.core.$RefinementCtx): void {
  const needed: Record<string, readonly string[]> = { fixed: ['amount', 'per'], 'per-unit': ['unitPrice', 'meter'] }
  for (const field of needed[price.kind] ?? [])
    if (price[field] === undefined)
      complain(context, () =>
        errors.incomplete({ because: `the price is ${price.kind}`, field, fix: `Add ${field}, or choose another kind of price.` }),
      )
  if (!['free', 'included'].includes(price.kind)) return
  for (const field of ['amount', 'unitPrice'])
    if (price[field] !== undefined)
      complain(
        context,
        () =>
          errors.contradiction({
            problem: `the price is ${price.kind}, but there is ${field}`,
            fix: `Delete ${field}, or choose another kind of price.`,
          }),
        [field],
      )
}

/** What customers pay for the integration itself, and who gets how much of it. */
export const price = z
  .strictObject({
    kind: z.enum(['free', 'included', 'fixed', 'per-unit', 'on-request']),
    amount: money.optional(),
    per: z.enum(['once', 'month', 'year', 'unit']).optional(),
    unitPrice: unitPrice.optional(),
    meter: text.optional().describe('The meter that counts the units.'),
    trial: duration.optional(),
    split: z
      .array(z.strictObject({ party: sideName, share, for: z.enum(['platform', 'builder', 'host', 'seller', 'supporter']).optional() }))
      .check(sharesSumToWhole('the shares of one sale'))
      .default([])
      .describe('Of one sale; the shares sum to 100%.'),
  })
  .check(rule(['kind'], priceIsComplete))

/** The number that says whether customers are better off. */
export const valueMetric = withEvidence({
  title: text,
  unit: text,
  baseline: z.number().optional(),
  target: z.number(),
  targetDate: date.optional(),
})

export const funding = withEvidence({
  side: sideName,
  amount: money,
  per: z.enum(['once', 'month', 'year']),
  from: date,
  until: date,
  purpose: z.enum(['build', 'run', 'marketing']),
  costCenter: text.optional(),
}).check(inOrder('from', 'until'))

/** A duty that is not met, known and owned. It is no excuse and passes no gate; it keeps the risk visible. */
export const knownGap = z
  .strictObject({
    id: slug,
    title: text,
    duty: duty.optional(),
    side: sideName.optional(),
    owner: personName,
    risk: text,
    mitigation: text,
    openedOn: date.optional(),
    reviewOn: date,
    closedOn: date.optional(),
  })
  .check(inOrder('openedOn', 'reviewOn'))
  .check(inOrder('openedOn', 'closedOn'))

function signedByTwoOrganizations(people: string[], context: z.core.$RefinementCtx): void {
  if (new Set(people.map((name) => name.split('/')[0])).size > 1) return
  const fix = 'Add somebody of the other side: whoever lives with the consequences signs too.'
  complain(context, (field) => errors.value({ field, expected: 'people of at least two organizations', found: people.join(', '), fix }))
}

/** Lets one readiness check fail until a day. Signed by at least one person of each of two organizations. */
export const waiver = z
  .strictObject({
    check: text.describe('Id of the readiness check.'),
    side: sideName.optional(),
    reason: text,
    signedBy: z
      .array(personName)
      .min(1)
      .check(rule(['*'], signedByTwoOrganizations)),
    grantedOn: date,
    expiresOn: date,
  })
  .check(inOrder('grantedOn', 'expiresOn'))

export const listing = z.strictObject({ marketplace: text, url: webAddress, side: sideName, checkedOn: date.optional() })

export const marketing = z.strictObject({
  headline: text.optional(),
  categories: z.array(text).default([]),
  requirements: z.array(text).default([]).describe('What a customer must have before it works.'),
  launchOn: date.optional(),
  listings: z.array(listing).default([]),
  activities: z.array(z.strictObject({ title: text, side: sideName, on: date, done: z.boolean().default(false) })).default([]),
})

/** The tier of a platform’s partner program that the integration is in or wants to enter, with the word of those who can tell. */
export const programEntry = z.strictObject({
  platform: platformName,
  tier: slug.describe('As the program of the platform names it.'),
  criteria: distinct(withEvidence({ criterion: text.describe('In the very words of the tier.') }), 'the criterion', 'criterion').default(
    [],
  ),
})

/** What one party owes while a bridge is taken down. */
const windDownObligation = z.strictObject({ party: sideName, owes: text, until: date, doneOn: date.optional() })

/** The only way to `retired` while customers pay. */
export const windDown = z
  .strictObject({
    announcedOn: date,
    lastDay: date,
    notice: text.describe('What customers were told, or where it stands.'),
    successor: z
      .union([z.literal('none'), integrationName])
      .register(expectations, { expected: 'none, or the name of an integration', example: 'none' }),
    migration: text.describe('How a customer gets from here to there.'),
    instances: z.array(z.strictObject({ instance: text, migratedOn: date.optional(), note: text.optional() })).default([]),
    obligations: z.array(windDownObligation).default([]),
  })
  .check(inOrder('announcedOn', 'lastDay'))
export type WindDown = z.output<typeof windDown>
