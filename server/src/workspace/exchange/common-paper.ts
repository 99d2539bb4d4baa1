import { Temporal } from 'temporal-polyfill'
import type { Agreement } from '../entities/agreement.ts'
import type { CommercialTerm } from '../entities/commercial-term.ts'
import { percent, writeMoney, writeUnitPrice } from '../entities/money.ts'
import type { Organization, Person } from '../entities/organization.ts'
import type { Workspace } from '../workspace.ts'

/** The values for the cover page of Common Paper's Partnership Agreement, by the names of its fields. */
export interface CommonPaperValues {
  template: { name: 'Common Paper Partnership Agreement'; version: '1.1'; url: string }
  /** Party → side of the form. */
  company: string
  partner: string
  fields: Record<string, string | boolean>
  /** Sentences for "additional terms": what each party promised, as its commitments say it. */
  additionalTerms: { company: string[]; partner: string[] }
  /** Fields that the cover page needs and our file does not know, with what to add where. */
  missing: string[]
  /** What the agreement says and the form has no field for, with what to do about it: nothing is dropped in silence. */
  leftOut: string[]
}

/**
 * An agreement on Common Paper's form. The first party is the Company, the second the Partner: the form knows two.
 * Field names and their meaning: https://commonpaper.com/standards/partnership-agreement/1.1
 */
export function exportCommonPaper(workspace: Workspace, { spec }: Agreement): CommonPaperValues {
  const [company, partner, ...others] = spec.parties
  const fields = {
    ...partyFields('company', workspace, company!),
    ...partyFields('partner', workspace, partner!),
    company_name: legalName(workspace.organizations.get(company!.organization), company!.organization),
    custom_effective_date: spec.term.start,
    custom_end_date: spec.term.end,
    non_renewal_notice_days: wholeDays(spec.term.noticeToEnd),
    payment_terms_days: wholeDays(spec.settlement?.payWithin),
    governing_law: spec.governingLaw,
    jurisdiction: spec.courts,
    ...payments(spec.terms, company!.organization, partner!.organization),
    has_payment_schedule: spec.terms.length > 0,
  }
  const promisesOf = (organization: string) =>
    spec.commitments.filter(({ party }) => party === organization).map(({ does, clause }) => (clause ? `${does} (${clause})` : does))
  const known = Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  const additionalTerms = { company: promisesOf(company!.organization), partner: promisesOf(partner!.organization) }
  return {
    template: {
      name: 'Common Paper Partnership Agreement',
      version: '1.1',
      url: 'https://commonpaper.com/standards/partnership-agreement/1.1',
    },
    company: company!.organization,
    partner: partner!.organization,
    fields: {
      ...known,
      additional_terms_by_company: additionalTerms.company.length > 0,
      additional_terms_by_partner: additionalTerms.partner.length > 0,
    },
    additionalTerms,
    missing: Object.entries(sources).flatMap(([name, source]) => (name in known ? [] : [`${name}: add ${source}`])),
    leftOut: leftOutOf(spec, others, [company!.organization, partner!.organization]),
  }
}

function leftOutOf(spec: Agreement['spec'], others: Agreement['spec']['parties'], [company, partner]: readonly [string, string]): string[] {
  const said = (term: CommercialTerm) => sentence(term, company, partner).length + sentence(term, partner, company).length > 0
  const measured = spec.commitments.filter(({ measure, target, remedy }) => measure || target || remedy).length
  return [
    ...others.map(({ organization }) => `${organization}: the form has a place for two parties only`),
    ...spec.terms
      .filter((term) => !said(term))
      .map(({ id, kind }) => `term ${id} (${kind.replaceAll('-', ' ')}): write it into the payment details`),
    ...(measured > 0
      ? [`measure, target and remedy of ${measured} ${measured === 1 ? 'commitment' : 'commitments'}: attach this file as a schedule`]
      : []),
    ...(spec.term.renewal === 'automatic' && spec.term.renewsFor
      ? [`renewal for ${spec.term.renewsFor}: the form renews for its own length`]
      : []),
    ...(spec.term.noticeToEnd && wholeDays(spec.term.noticeToEnd) === undefined
      ? [`notice of the end (${spec.term.noticeToEnd}): the form counts days, and months have no number of them that is always right`]
      : []),
    ...(spec.incentives.length > 0 ? ['incentives: they are nobody’s promise, and stay out of what is signed'] : []),
    ...(spec.promises.length > 0 ? ['promises with a number and a day: attach this file as a schedule'] : []),
    ...(spec.changes.freezes.length > 0 || spec.changes.overrides.length > 0
      ? ['freezes and rules of change: attach this file as a schedule']
      : []),
    'notice periods for changes: attach this file as a schedule',
  ]
}

/** Where our files would hold what the cover page asks for. */
const sources: Readonly<Record<string, string>> = {
  custom_end_date: 'spec.term.end',
  governing_law: 'spec.governingLaw',
  jurisdiction: 'spec.courts',
  company_signatory_name: 'signatory to the first party',
  partner_signatory_name: 'signatory to the second party',
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

/** The form counts days; months and years have none that are always right. */
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
