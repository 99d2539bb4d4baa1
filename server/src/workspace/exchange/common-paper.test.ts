import { expect, it } from 'vitest'
import { loadWorkspace } from '../load-workspace.ts'
import { agreement, cast, temporaryWorkspace } from '../temporary-workspace.ts'
import { exportCommonPaper } from './common-paper.ts'
import { type ServiceLevelVariable, serviceLevelVariables } from './common-paper-sla.ts'
import { partnershipVariables } from './common-paper-variables.ts'

const helpdesk = new URL('../../../../examples/github-helpdesk', import.meta.url).pathname
const invoices = new URL('../../../../examples/invoice-bridges', import.meta.url).pathname

const chosen = async (folder: string, name: string) => {
  const { workspace, problems } = await loadWorkspace(folder)
  expect(problems).toEqual([])
  return exportCommonPaper(workspace, workspace.agreements.get(name)!)
}

// The highlighted words of https://github.com/CommonPaper/Partnership-Agreement, Partnership-Agreement.md of release 1.1 (commit 3668787),
// without repetitions and plurals, and of https://github.com/CommonPaper/SLA, sla.md of version 2.0 (commit 3d9f116).
const highlighted = {
  partnership: `Obligations; Payment Process; Payment Schedule; Territory; Brand Guidelines; DPA; Effective Date; End Date;
    Additional Warranties; Company; Partner; General Cap Amount; Increased Claims; Increased Cap Amount; Unlimited Claims;
    Company Covered Claims; Partner Covered Claims; Governing Law; Chosen Courts`,
  serviceLevels: `Target Uptime; Provider; Customer; Subscription Period; Target Response Time; Support Channel; Uptime Credit;
    Response Time Credit; Scheduled Downtime`,
}
const wordsOf = (list: string) => list.split(';').map((word) => word.trim())

// Field names of the form that https://github.com/open-agreements/open-agreements publishes (content/templates/
// common-paper-partnership-agreement, commits 1bca1f2 and 4e10f56, and its page of 77 fields), of those that our files can speak of.
// `partner_payment_to_company_detail` is the counterpart of a name that was read, and was not read itself.
const published = `company_name custom_effective_date custom_end_date payment_terms_days payment_schedule_detail governing_law jurisdiction
  company_pays_partner company_payment_to_partner_detail partner_pays_company partner_payment_to_company_detail company_invoices_partner
  partner_invoices_company has_payment_schedule additional_terms_by_company additional_terms_by_partner company_signatory_type
  company_signatory_name company_signatory_title company_signatory_company company_signatory_email partner_signatory_type
  partner_signatory_name partner_signatory_title partner_signatory_company partner_signatory_email`.split(/\s+/)

it('the Variables are those that Common Paper publishes; each has a value, or says why not', async () => {
  expect([...partnershipVariables]).toEqual(wordsOf(highlighted.partnership))
  expect([...serviceLevelVariables]).toEqual(wordsOf(highlighted.serviceLevels))
  for (const [folder, name] of [
    [helpdesk, 'helpdesk-bridgeworks-2026'],
    [invoices, 'meridian-quill-2026'],
    [invoices, 'meridian-stockroom-2024'],
  ] as const) {
    const { variables, missing, serviceLevels, fields } = await chosen(folder, name)
    const told = [...Object.keys(variables), ...missing.map((line) => line.split(':')[0]!)]
    expect(told.filter((word) => !word.endsWith('_signatory_name')).sort()).toEqual([...partnershipVariables].sort())
    expect(Object.values(variables)).not.toContain('')
    for (const levels of serviceLevels)
      expect(Object.keys(levels.variables).filter((word) => !serviceLevelVariables.includes(word as ServiceLevelVariable))).toEqual([])
    expect(Object.keys(fields).filter((field) => !published.includes(field))).toEqual([])
  }
})

it('the example’s agreement fills the cover page of Common Paper’s Partnership Agreement', async () => {
  const { variables, fields, missing, additionalTerms, leftOut, serviceLevels } = await chosen(helpdesk, 'helpdesk-bridgeworks-2026')
  const pays = 'build fee 24000.00 EUR, due 2026-09-30; retainer 1200.00 EUR per month; 30% of net revenue'
  expect(variables).toMatchObject({
    Company: 'Helpdesk GmbH',
    'End Date': '2027-12-31',
    'Payment Process': 'Bridgeworks invoices Helpdesk GmbH for each month, on the statement issued on day 10 after it',
    'Payment Schedule': 'within 15 days of the invoice, in EUR',
    'Chosen Courts': 'Hamburg',
  })
  expect(variables.Obligations!.split('\n')).toEqual([
    'Helpdesk GmbH: Keeps the bridge running (3.2)',
    'Helpdesk GmbH: Answers the incident line (3.3)',
    'Helpdesk GmbH: Announces breaking changes of the Helpdesk API (4.2)',
    'Bridgeworks: Restores the bridge when its own code stops it (3.1)',
    'Bridgeworks: Takes part in the quarterly roadmap talk',
    `Helpdesk GmbH pays Bridgeworks: ${pays}`,
  ])
  expect(fields).toMatchObject({
    company_name: 'Helpdesk GmbH',
    custom_effective_date: '2026-07-01',
    payment_terms_days: '15',
    governing_law: 'Germany',
    company_pays_partner: true,
    company_payment_to_partner_detail: pays,
    partner_pays_company: false,
    partner_invoices_company: true,
    partner_signatory_name: 'Grace Lim',
  })
  expect(additionalTerms.partner).toEqual([
    'Restores the bridge when its own code stops it (3.1)',
    'Takes part in the quarterly roadmap talk',
  ])
  expect(missing.every((line) => line.includes('not in our files'))).toBe(true)
  expect(leftOut).toEqual([
    'term reserve (hold back): write it into the payment details',
    'measure, target and remedy of 4 commitments: attach this file as a schedule',
    'renewal for 1 year: the standard terms end on the End Date and know no renewal; write it as a change to them',
    'notice of the end (90 days): the standard terms end for a breach only; write it as a change to them',
    'incentives: they are nobody’s promise, and stay out of what is signed',
    'promises with a number and a day: attach this file as a schedule',
    'freezes and rules of change: attach this file as a schedule',
    'notice periods for changes: attach this file as a schedule',
  ])
  expect(serviceLevels).toHaveLength(1)
  expect(serviceLevels[0]!.variables).toEqual({
    'Target Uptime': '99.5%',
    Provider: 'Helpdesk GmbH',
    Customer: 'Bridgeworks',
    'Subscription Period': '2026-07-01 to 2027-12-31',
    'Target Response Time': '15 minutes (SEV1)',
    'Support Channel': '+49 40 5550199',
    'Uptime Credit': '10% below 99.5%, 25% below 99%',
    'Scheduled Downtime': 'announced at least 5 days ahead, at most 4 hours a calendar month',
  })
  expect(serviceLevels[0]!.leftOut.slice(2)).toEqual([
    'commitment change-notice: no Variable for notice time',
    'commitment on-call: its remedy (other) is no credit',
  ])
})

it('what the file does not know is listed as missing, and is never invented', async () => {
  const text = agreement('').replace(', end: 2026-12-31', ', noticeToEnd: P3M')
  const { variables, missing, leftOut, serviceLevels } = await chosen(
    await temporaryWorkspace({ 'cast.yaml': cast, 'a.yaml': text }),
    'deal',
  )
  expect(Object.keys(variables)).toEqual(['Company', 'Partner', 'Effective Date'])
  expect(serviceLevels).toEqual([])
  expect(leftOut[0]).toBe('notice of the end (3 months): the standard terms end for a breach only; write it as a change to them')
  expect(missing.filter((line) => !line.includes('not in our files'))).toEqual([
    'Obligations: add spec.commitments or spec.terms',
    'Payment Process: add spec.terms, and how they are settled',
    'Payment Schedule: add spec.terms, and how they are settled',
    'End Date: add spec.term.end; without it the agreement has no end, and the standard terms know no notice to end it',
    'Governing Law: add spec.governingLaw',
    'Chosen Courts: add spec.courts',
    'company_signatory_name: add signatory to the first party',
    'partner_signatory_name: add signatory to the second party',
  ])
})

it('a third party has no place on the form and is named', async () => {
  const third = 'apiVersion: bridgekeeper.dev/v1\nkind: Organization\nmetadata: { name: initech }\nspec: { business: service }\n'
  const text = agreement('').replace('role: partner }', 'role: partner }\n    - { organization: initech, role: builder }')
  const { workspace } = await loadWorkspace(await temporaryWorkspace({ 'cast.yaml': cast, 'o.yaml': third, 'a.yaml': text }))
  expect(exportCommonPaper(workspace, workspace.agreements.get('deal')!).leftOut).toContain(
    'initech: the form has a place for two parties only',
  )
})
