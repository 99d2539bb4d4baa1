import { z } from 'zod'
import { errors } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { changeTerms } from './change-terms.ts'
import { type CommercialTerm, commercialTerm, settlement } from './commercial-term.ts'
import { commitment } from './commitment.ts'
import { complain, distinct } from './complain.ts'
import { envelope } from './envelope.ts'
import { withEvidence } from './evidence.ts'
import { money, share } from './money.ts'
import { agreementName, integrationName, organizationName, partyName, personName } from './references.ts'
import { rule } from './rule.ts'
import { date, duration, inOrder, slug, text } from './values.ts'

export const party = z.strictObject({
  organization: organizationName,
  role: z.enum(['provider', 'partner', 'operator', 'builder', 'reseller']),
  signatory: personName.optional(),
  signedOn: date.optional(),
  noticeAddress: text.optional().describe('Where a legal notice must go.'),
})

function renewsFromSomeEnd(
  { renewal, end, renewsFor }: { renewal: string; end?: unknown; renewsFor?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (renewal !== 'automatic') return
  const because = 'it renews automatically'
  const fix = 'Add the last day of the first term, or write renewal: none for an open-ended one.'
  if (end === undefined) complain(context, () => errors.incomplete({ because, field: 'end', fix }))
  if (renewsFor === undefined)
    complain(context, () => errors.incomplete({ because, field: 'renewsFor', fix: 'Add for how long, for example renewsFor: P1Y.' }))
}

export const term = z
  .strictObject({
    start: date,
    end: date.optional().describe('Last day; left out: open-ended.'),
    renewal: z.enum(['automatic', 'by-agreement', 'none']),
    renewsFor: duration.optional(),
    noticeToEnd: duration.optional().describe('How long before the end a party must say that it does not renew.'),
  })
  .check(inOrder('start', 'end'))
  .check(rule(['renewal'], renewsFromSomeEnd))

/** Why a party keeps caring. Soft incentives count with a haircut until an experiment supports them. */
export const incentive = withEvidence({
  id: slug,
  party: partyName,
  kind: z.enum(['cash', 'stickiness', 'halo']).describe('cash is hard; stickiness and halo are soft.'),
  title: text,
  amountPerYear: money.describe('Before the haircut.'),
  from: date.optional(),
  expiresOn: date.optional().describe('The day after which nobody should believe it any more.'),
  haircut: share.optional().describe('What to take off; left out: cash 0%, stickiness 80%, halo 100%.'),
}).check(inOrder('from', 'expiresOn'))
export type Incentive = z.output<typeof incentive>

/** A number that a party held out when the deal was made; compared later with what came. */
export const promise = z.strictObject({
  id: slug,
  party: partyName,
  title: text,
  metric: text,
  target: z.number(),
  unit: text,
  by: date,
  actual: z.array(z.strictObject({ on: date, value: z.number(), link: text.optional() })).default([]),
})

/** A signed agreement says when each party signed. */
const signedByAll = rule<{ status: string; parties: unknown[] }>(['status', 'parties[]'], ({ status, parties }, context) => {
  if (status !== 'signed') return
  parties.forEach((party, index) => {
    const { organization = 'this party', signedOn } = (party ?? {}) as { organization?: string; signedOn?: string }
    const fix = `Add the day on which ${organization} signed, or write status: draft until it has.`
    if (signedOn === undefined)
      complain(context, () => errors.incomplete({ because: 'the agreement is signed', field: 'signedOn', fix }), ['parties', index])
  })
})

/** Money terms need a rhythm in which they are settled. */
const termsCanBeSettled = rule<{ terms: unknown[]; settlement?: unknown }>(['terms[]'], ({ terms, settlement }, context) => {
  const fix = 'Add it, for example settlement: { currency: EUR }; everything else in it has a default.'
  if (terms.length > 0 && settlement === undefined)
    complain(context, () => errors.incomplete({ because: 'there are commercial terms', field: 'settlement', fix }))
})

/** Terms that build on others must find them. */
function termsFindEachOther({ terms }: { terms: CommercialTerm[] }, context: z.core.$RefinementCtx): void {
  const ids = terms.map(({ id }) => id)
  terms.forEach((term, index) => {
    const [field, named] = term.kind === 'advance' ? ['recoupFrom', term.recoupFrom] : term.kind === 'clawback' ? ['of', term.of] : ['', []]
    named.forEach((name, place) => {
      if (!ids.includes(name) || name === term.id)
        complain(
          context,
          () =>
            errors.reference({
              target: 'other term',
              where: 'agreement',
              name,
              near: nearest(name, ids),
              known: `The terms are ${ids.join(', ')}.`,
            }),
          ['terms', index, field, place],
        )
      else if (term.kind === 'advance') recoupsFromEarnings(terms, name, ['terms', index, field, place], context)
    })
  })
}

/** Advances that are recouped from each other, or from what is taken back, would wait for each other for ever. */
function recoupsFromEarnings(
  terms: readonly CommercialTerm[],
  name: string,
  path: (string | number)[],
  context: z.core.$RefinementCtx,
): void {
  const kind = terms.find(({ id }) => id === name)?.kind
  if (kind !== 'advance' && kind !== 'clawback') return
  const problem = `an advance is recouped from what is earned later; ${name} is ${kind === 'advance' ? 'an advance itself' : 'a clawback, which earns nothing'}`
  complain(context, () => errors.contradiction({ problem, fix: 'Name a term that pays, for example a revenue share.' }), path)
}

/** What two or more parties signed, as data. */
export const agreement = envelope(
  'Agreement',
  z
    .strictObject({
      integrations: z.array(integrationName).default([]),
      version: text.describe('Each signed change is a new version; statements cite it.'),
      supersedes: agreementName.optional(),
      status: z.enum(['draft', 'signed', 'terminated']),
      parties: distinct(party, 'the party', 'organization')
        .min(2)
        .describe('Their order is the tie-break when an amount can’t be divided.'),
      term,
      governingLaw: text.optional(),
      courts: text.optional(),
      commitments: distinct(commitment, 'the commitment', 'id').default([]),
      changes: changeTerms.prefault({}),
      terms: distinct(commercialTerm, 'the term', 'id').default([]),
      settlement: settlement.optional(),
      incentives: distinct(incentive, 'the incentive', 'id').default([]),
      promises: distinct(promise, 'the promise', 'id').default([]),
    })
    .check(signedByAll)
    .check(termsCanBeSettled)
    .check(rule(['terms.*.id', 'terms.*.kind', 'terms.*.recoupFrom', 'terms.*.of'], termsFindEachOther)),
)
export type Agreement = z.output<typeof agreement>
