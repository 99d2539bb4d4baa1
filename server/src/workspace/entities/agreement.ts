import { z } from 'zod'
import { changeTerms } from './change-terms.ts'
import { commercialTerm, settlement } from './commercial-term.ts'
import { commitment } from './commitment.ts'
import { envelope } from './envelope.ts'
import { evidence } from './evidence.ts'
import { agreementName, integrationName, organizationName, personName } from './references.ts'
import { date, duration, money, share, slug, text } from './values.ts'

export const party = z.strictObject({
  organization: organizationName,
  role: z.enum(['provider', 'partner', 'operator', 'builder', 'reseller']),
  signatory: personName.optional(),
  signedOn: date.optional(),
  noticeAddress: text.optional().describe('Where a legal notice must go.'),
})

export const term = z.strictObject({
  start: date,
  end: date.optional().describe('Last day; left out: open-ended.'),
  renewal: z.enum(['automatic', 'by-agreement', 'none']),
  renewsFor: duration.optional(),
  noticeToEnd: duration.optional().describe('How long before the end a party must say that it does not renew.'),
})

/** Why a party keeps caring. Soft incentives count with a haircut until an experiment supports them. */
export const incentive = evidence.extend({
  id: slug,
  party: organizationName,
  kind: z.enum(['cash', 'stickiness', 'halo']).describe('cash is hard; stickiness and halo are soft.'),
  title: text,
  amountPerYear: money.describe('Before the haircut.'),
  from: date.optional(),
  expiresOn: date.optional().describe('The day after which nobody should believe it any more.'),
  haircut: share.optional().describe('What to take off; left out: cash 0%, stickiness 80%, halo 100%.'),
})
export type Incentive = z.output<typeof incentive>

/** A number that a party held out when the deal was made; compared later with what came. */
export const promise = z.strictObject({
  id: slug,
  party: organizationName,
  title: text,
  metric: text,
  target: z.number(),
  unit: text,
  by: date,
  actual: z.array(z.strictObject({ on: date, value: z.number(), link: text.optional() })).default([]),
})

/** What two or more parties signed, as data. */
export const agreement = envelope(
  'Agreement',
  z.strictObject({
    integrations: z.array(integrationName).default([]),
    version: text.describe('Each signed change is a new version; statements cite it.'),
    supersedes: agreementName.optional(),
    status: z.enum(['draft', 'signed', 'terminated']),
    parties: z.array(party).min(2).describe('Their order is the tie-break when an amount can’t be divided.'),
    term,
    governingLaw: text.optional(),
    courts: text.optional(),
    commitments: z.array(commitment).default([]),
    changes: changeTerms.prefault({}),
    terms: z.array(commercialTerm).default([]),
    settlement: settlement.optional(),
    incentives: z.array(incentive).default([]),
    promises: z.array(promise).default([]),
  }),
)
export type Agreement = z.output<typeof agreement>
