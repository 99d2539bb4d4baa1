import { z } from 'zod'
import { duty } from './duties.ts'
import { evidence } from './evidence.ts'
import { integrationName, organizationName, personName } from './references.ts'
import { date, duration, money, share, slug, text, unitPrice, webAddress } from './values.ts'

/** A page that somebody needs, and when it was last read against the truth. */
export const documentationPage = z.strictObject({
  title: text,
  audience: z.enum(['customer-admin', 'end-user', 'developer', 'sales', 'onboarding', 'support', 'operations', 'partner']),
  kind: z.enum(['guide', 'reference', 'runbook', 'faq', 'sheet', 'video', 'release-notes']).default('guide'),
  url: webAddress.optional(),
  file: text.optional().describe('./relative to this file.'),
  side: organizationName.optional().describe('Whose page it is; left out for a shared one.'),
  owner: personName.optional(),
  reviewedOn: date.optional(),
})

/** One promised piece of work. Pushes are kept for ever: how often a side moved its promise is a fact about the side. */
export const roadmapItem = z.strictObject({
  id: slug,
  title: text,
  side: organizationName,
  kind: z.enum(['feature', 'maintenance', 'upgrade', 'removal']),
  commitment: z.enum(['committed', 'planned', 'exploring']),
  targetDate: date.optional(),
  doneOn: date.optional(),
  pushes: z
    .array(z.strictObject({ from: date, to: date, decidedOn: date, reason: text }))
    .default([])
    .describe('In the order in which they happened; the last `to` is the target date.'),
})

/** What customers pay for the integration itself, and who gets how much of it. */
export const price = z.strictObject({
  kind: z.enum(['free', 'included', 'fixed', 'per-unit', 'on-request']),
  amount: money.optional(),
  per: z.enum(['once', 'month', 'year', 'unit']).optional(),
  unitPrice: unitPrice.optional(),
  meter: text.optional().describe('The meter that counts the units.'),
  trial: duration.optional(),
  split: z
    .array(
      z.strictObject({ party: organizationName, share, for: z.enum(['platform', 'builder', 'host', 'seller', 'supporter']).optional() }),
    )
    .default([])
    .describe('Of one sale; the shares sum to 100%.'),
})

/** The number that says whether customers are better off. */
export const valueMetric = evidence.extend({
  title: text,
  unit: text,
  baseline: z.number().optional(),
  target: z.number(),
  targetDate: date.optional(),
})

export const funding = evidence.extend({
  side: organizationName,
  amount: money,
  per: z.enum(['once', 'month', 'year']),
  from: date,
  until: date,
  purpose: z.enum(['build', 'run', 'marketing']),
  costCenter: text.optional(),
})

/** A duty that is not met, known and owned. It is no excuse and passes no gate; it keeps the risk visible. */
export const knownGap = z.strictObject({
  id: slug,
  title: text,
  duty: duty.optional(),
  side: organizationName.optional(),
  owner: personName,
  risk: text,
  mitigation: text,
  openedOn: date.optional(),
  reviewOn: date,
  closedOn: date.optional(),
})

/** Lets one readiness check fail until a day. Signed by at least one person of each of two organizations. */
export const waiver = z.strictObject({
  check: text.describe('Id of the readiness check.'),
  side: organizationName.optional(),
  reason: text,
  signedBy: z.array(personName).min(1),
  grantedOn: date,
  expiresOn: date,
})

export const listing = z.strictObject({ marketplace: text, url: webAddress, side: organizationName, checkedOn: date.optional() })

export const marketing = z.strictObject({
  headline: text.optional(),
  categories: z.array(text).default([]),
  requirements: z.array(text).default([]).describe('What a customer must have before it works.'),
  launchOn: date.optional(),
  listings: z.array(listing).default([]),
  activities: z.array(z.strictObject({ title: text, side: organizationName, on: date, done: z.boolean().default(false) })).default([]),
})

/** What one party owes while a bridge is taken down. */
const windDownObligation = z.strictObject({ party: organizationName, owes: text, until: date, doneOn: date.optional() })

/** The only way to `retired` while customers pay. */
export const windDown = z.strictObject({
  announcedOn: date,
  lastDay: date,
  notice: text.describe('What customers were told, or where it stands.'),
  successor: z.union([integrationName, z.literal('none')]),
  migration: text.describe('How a customer gets from here to there.'),
  instances: z.array(z.strictObject({ instance: text, migratedOn: date.optional(), note: text.optional() })).default([]),
  obligations: z.array(windDownObligation).default([]),
})
export type WindDown = z.output<typeof windDown>
