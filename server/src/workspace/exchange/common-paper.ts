import { Temporal } from 'temporal-polyfill'
import type { Agreement } from '../entities/agreement.ts'
import type { CommercialTerm } from '../entities/commercial-term.ts'
import { percent, writeMoney, writeUnitPrice } from '../entities/money.ts'
import type { Organization, Person } from '../entities/organization.ts'
import { lengthInWords } from '../length-in-words.ts'
import type { Workspace } from '../workspace.ts'
import { type CommonPaperServiceLevels, type Party, serviceLevelValues } from './common-paper-sla.ts'
import { type PartnershipVariable, partnershipVariables, promisesOf, unfilled } from './common-paper-variables.ts'

/** The values for the cover page of Common Paper's Partnership Agreement, and of its Service Level Agreement for each party that needs one. */
export interface CommonPaperValues {
  template: { name: 'Common Paper Partnership Agreement'; version: '1.1'; url: string }
  /** Party → side of the form. */
  company: string
  partner: string
  /** By the Variables of the standard terms, as Common Paper publishes them. */
  variables: Partial<Record<PartnershipVariable, string>>
  serviceLevels: CommonPaperServiceLevels[]
  /** By the field names of the fillable form of OpenAgreements (`common-paper-partnership-agreement`), which fills the same cover page. */
  fields: Record<string, string | boolean>
  /** Sentences for "additional terms": what each party promised, as its commitments say it. */
  additionalTerms: { company: string[]; partner: string[] }
  /** Variables and signatures that have no value, with what to add where. */
  missing: string[]
  /** What the agreement says and the form has no field for, with what to do about it: nothing is dropped in silence. */
  leftOut: string[]
}

/** An agreement on Common Paper's form. The first party is the Company, the second the Partner: the form knows two. */
export function exportCommonPaper(workspace: Workspace, agreement: Agreement): CommonPaperValues {
  const { spec } = agreement
  const [company, partner, ...others] = spec.parties
  const sides = [company!, partner!].map(({ organization }) => ({
    organization,
    name: legalName(workspace.organizations.get(organization), organization),
  }))
  const variables = variablesOf(spec, sides[0]!, sides[1]!)
  const fields: Record<string, string | boolean | undefined> = {
    ...partyFields('company', workspace, company!),
    ...partyFields('partner', workspace, partner!),
    company_name: variables.Company,
    custom_effective_date: variables['Effective Date'],
    custom_end_date: variables['End Date'],
    payment_terms_days: wholeDays(spec.settlement?.payWithin),
    payment_schedule_detail: variables['Payment Schedule'],
    governing_law: variables['Governing Law'],
    jurisdiction: variables['Chosen Courts'],
    ...payments(spec.terms, company!.organization, partner!.organization),
    has_payment_schedule: spec.terms.length > 0,
  }
  const additionalTerms = { company: promisesOf(spec, company!.organization), partner: promisesOf(spec, partner!.organization) }
  return {
    template: {
      name: 'Common Paper Partnership Agreement',
      version: '1.1',
      url: 'https://commonpaper.com/standards/partnership-agreement/1.1',
    },
    company: company!.organization,
    partner: partner!.organization,
    variables: known(variables),
    serviceLevels: [sides, sides.toReversed()].flatMap(
      ([provider, customer]) => serviceLevelValues(workspace, agreement, provider!, customer!) ?? [],
    ),
    fields: {
      ...known(fields),
      additional_terms_by_company: additionalTerms.company.length > 0,
      additional_terms_by_partner: additionalTerms.partner.length > 0,
    },
    additionalTerms,
    missing: [
      ...partnershipVariables.filter((name) => variables[name] === undefined).map((name) => `${name}: ${unfilled[name]}`),
      ...(['company_signatory_name', 'partner_signatory_name'] as const)
        .filter((name) => fields[name] === undefined)
        .map((name) => `${name}: add signatory to the ${name.startsWith('company') ? 'first' : 'second'} party`),
    ],
    leftOut: leftOutOf(spec, others, [company!.organization, partner!.organization]),
  }
}

const known = <Value>(values: Readonly<Record<string, Value | undefined>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

function variablesOf(spec: Agreement['spec'], company: Party, partner: Party): Partial<Record<PartnershipVariable, string | undefined>> {
  const between = [
    [company, partner],
    [partner, company],
  ] as const
  const paid = between.flatMap(([from, to]) => {
    const sentences = spec.terms.flatMap((term) => sentence(term, from.organization, to.organization))
    return sentences.length === 0 ? [] : [{ from, to, says: `${from.name} pays ${to.name}: ${sentences.join('; ')}` }]
  })
  const obligations = [
    ...between.flatMap(([side]) => promisesOf(spec, side.organization).map((does) => `${side.name}: ${does}`)),
    ...paid.map(({ says }) => says),
  ]
  const { settlement } = spec
  const rhythm = settlement && `for each ${settlement.period}, on the statement issued on day ${settlement.issueOnDay} after it`
  return {
    Company: company.name,
    Partner: partner.name,
    Obligations: obligations.join('\n') || undefined,
    'Effective Date': spec.term.start,
    'End Date': spec.term.end,
    'Payment Process': rhythm && (paid.map(({ from, to }) => `${to.name} invoices ${from.name} ${rhythm}`).join('; ') || undefined),
    'Payment Schedule':
      paid.length > 0 && settlement ? `within ${lengthInWords(settlement.payWithin)} of the invoice, in ${settlement.currency}` : undefined,
    'Governing Law': spec.governingLaw,
    'Chosen Courts': spec.courts,
  }
}

function leftOutOf(spec: Agreement['spec'], others: Agreement['spec']['parties'], [company, partner]: readonly [string, string]): string[] {
  const said = (term: CommercialTerm) => sentence(term, company, partner).length + sentence(term, partner, company).length > 0
  const measured = spec.commitments.filter(({ measure, target, remedy }) => measure || target || remedy).length
  const { renewal, renewsFor, noticeToEnd } = spec.term
  return [
    ...others.map(({ organization }) => `${organization}: the form has a place for two parties only`),
    ...spec.terms
      .filter((term) => !said(term))
      .map(({ id, kind }) => `term ${id} (${kind.replaceAll('-', ' ')}): write it into the payment details`),
    ...(measured > 0
      ? [`measure, target and remedy of ${measured} ${measured === 1 ? 'commitment' : 'commitments'}: attach this file as a schedule`]
      : []),
    ...(renewal === 'automatic' && renewsFor
      ? [
          `renewal for ${lengthInWords(renewsFor)}: the standard terms end on the End Date and know no renewal; write it as a change to them`,
        ]
      : []),
    ...(noticeToEnd
      ? [`notice of the end (${lengthInWords(noticeToEnd)}): the standard terms end for a breach only; write it as a change to them`]
      : []),
    ...(spec.incentives.length > 0 ? ['incentives: they are nobody’s promise, and stay out of what is signed'] : []),
    ...(spec.promises.length > 0 ? ['promises with a number and a day: attach this file as a schedule'] : []),
    ...(spec.changes.freezes.length > 0 || spec.changes.overrides.length > 0
      ? ['freezes and rules of change: attach this file as a schedule']
      : []),
    'notice periods for changes: attach this file as a schedule',
  ]
}

const legalName = (organization: Organization | undefined, name: string): string =>
  organization?.spec.legalName ?? organization?.metadata.title ?? name

function partyFields(
  side: 'company' | 'partner',
  workspace: Workspace,
  party: Agreement['spec']['parties'][number],
): Record<string, string | undefined> {
  const signatory: Person | undefined = party.signatory === undefined ? undefined : workspace.person(party.signatory)
  return {
    [`${side}_signatory_type`]: 'entity',
    [`${side}_signatory_company`]: legalName(workspace.organizations.get(party.organization), party.organization),
    [`${side}_signatory_name`]: signatory?.fullName,
    [`${side}_signatory_title`]: signatory?.title,
    [`${side}_signatory_email`]: signatory?.email,
  }
}

/** Months and years have no number of days that is always right. */
function wholeDays(duration: string | undefined): string | undefined {
  if (duration === undefined) return undefined
  const { years, months, weeks, days } = Temporal.Duration.from(duration)
  return years || months ? undefined : String(weeks * 7 + days)
}

function payments(terms: readonly CommercialTerm[], company: string, partner: string): Record<string, string | boolean | undefined> {
  const paid = (from: string, to: string) => terms.flatMap((term) => sentence(term, from, to))
  const [toPartner, toCompany] = [paid(company, partner), paid(partner, company)]
  return {
    company_pays_partner: toPartner.length > 0,
    company_payment_to_partner_detail: toPartner.join('; ') || undefined,
    // Standard terms, 2.1(a): who receives a payment sends the invoice for it.
    partner_invoices_company: toPartner.length > 0,
    company_invoices_partner: toCompany.length > 0,
    partner_pays_company: toCompany.length > 0,
    partner_payment_to_company_detail: toCompany.join('; ') || undefined,
  }
}

function sentence(term: CommercialTerm, from: string, to: string): string[] {
  if (term.kind === 'revenue-share') {
    if (term.collector !== from) return []
    const shareOf = (shares: typeof term.shares) => shares.filter(({ party }) => party === to).map(({ share }) => percent(share.ppm))
    return [
      ...shareOf(term.shares).map((share) => `${share} of ${term.base} revenue`),
      ...term.tiers.flatMap(({ above, shares }) =>
        shareOf(shares).map((share) => `${share} of ${term.base} revenue above ${writeMoney(above)}`),
      ),
    ]
  }
  if (!('payer' in term) || term.payer !== from || term.payee !== to) return []
  const words = term.kind.replaceAll('-', ' ')
  if ('amount' in term) return [`${words} ${writeMoney(term.amount)}${'per' in term ? ` per ${term.per}` : `, due ${term.dueOn}`}`]
  return [`${words} ${writeUnitPrice(term.unitPrice)}`]
}
