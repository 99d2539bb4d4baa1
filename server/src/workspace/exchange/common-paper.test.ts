import { expect, it } from 'vitest'
import { loadWorkspace } from '../load-workspace.ts'
import { agreement, cast, temporaryWorkspace } from '../temporary-workspace.ts'
import { exportCommonPaper } from './common-paper.ts'

const example = new URL('../../../../examples/github-helpdesk', import.meta.url).pathname

it('the example’s agreement fills the cover page of Common Paper’s Partnership Agreement', async () => {
  const { workspace } = await loadWorkspace(example)
  const { fields, missing, additionalTerms, leftOut } = exportCommonPaper(workspace, workspace.agreements.get('helpdesk-bridgeworks-2026')!)
  expect(fields).toMatchObject({
    company_name: 'Helpdesk GmbH',
    custom_effective_date: '2026-07-01',
    custom_end_date: '2027-12-31',
    non_renewal_notice_days: '90',
    payment_terms_days: '15',
    governing_law: 'Germany',
    jurisdiction: 'Hamburg',
    company_pays_partner: true,
    company_payment_to_partner_detail: 'build fee 24000.00 EUR, due 2026-09-30; retainer 1200.00 EUR per month; 30% of net revenue',
    partner_pays_company: false,
    partner_signatory_name: 'Grace Lim',
  })
  expect(additionalTerms.partner).toEqual([
    'Restores the bridge when its own code stops it (3.1)',
    'Takes part in the quarterly roadmap talk',
  ])
  expect(missing).toEqual([])
  expect(leftOut).toEqual([
    'term reserve (hold back): write it into the payment details',
    'measure, target and remedy of 4 commitments: attach this file as a schedule',
    'renewal for P1Y: the form renews for its own length',
    'incentives: they are nobody’s promise, and stay out of what is signed',
    'promises with a number and a day: attach this file as a schedule',
    'freezes and rules of change: attach this file as a schedule',
    'notice periods for changes: attach this file as a schedule',
  ])
})

it('what the file does not know is listed as missing, and is never invented', async () => {
  const text = agreement('').replace(', end: 2026-12-31', ', noticeToEnd: P3M')
  const { workspace, problems } = await loadWorkspace(await temporaryWorkspace({ 'cast.yaml': cast, 'a.yaml': text }))
  expect(problems).toEqual([])
  const { fields, missing, leftOut } = exportCommonPaper(workspace, workspace.agreements.get('deal')!)
  // Three months are not a number of days.
  expect(Object.keys(fields)).not.toContain('non_renewal_notice_days')
  expect(leftOut[0]).toBe('notice of the end (P3M): the form counts days, and months have no number of them that is always right')
  expect(missing).toEqual([
    'custom_end_date: add spec.term.end',
    'governing_law: add spec.governingLaw',
    'jurisdiction: add spec.courts',
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
