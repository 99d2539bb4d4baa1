import { expect, it } from 'vitest'
import { visibilityOf } from '../../identity/index.ts'
import { exampleWorkspace } from '../../readiness/fixtures.ts'
import type { Workspace } from '../../workspace/index.ts'
import type { Notice } from './queries.ts'
import { seenBy } from './seen-by.ts'
import { summarize } from './summary.ts'

it('what one partner answers is not shown to another that is bridged to the same platform, but to the owner of the platform', async () => {
  const loaded = await exampleWorkspace()
  const [bridge] = [...loaded.integrations.values()].filter(({ spec }) =>
    spec.sides.some((side) => side.platforms.includes('meridian-erp')),
  )
  const [owner, other] = [bridge!.spec.sides.find((side) => side.platforms.includes('meridian-erp'))!, 'rival']
  const rival = {
    ...bridge!,
    metadata: { ...bridge!.metadata, name: 'rival-bridge' },
    spec: {
      ...bridge!.spec,
      sides: [owner, { ...owner, organization: other, platforms: [] }],
      builder: undefined,
      host: undefined,
      seller: undefined,
      supporter: undefined,
    },
  }
  const workspace = { ...loaded, integrations: new Map([...loaded.integrations, ['rival-bridge', rival]]) } as unknown as Workspace
  const party = (organization: string, integrations: string[]) => ({
    organization,
    integrations,
    toldAt: '',
    answerDueOn: '2026-02-01',
    answeredAt: null,
    level: 0,
  })
  const notice = {
    platform: 'meridian-erp',
    state: 'noticed',
    parties: [
      party('quill', [bridge!.metadata.name]),
      party(other, ['rival-bridge']),
      { ...party(owner.organization, [bridge!.metadata.name, 'rival-bridge']), answerDueOn: null },
    ],
    answers: [
      { organization: 'quill', person: 'quill/x', answer: 'objected', note: 'n', answeredAt: '' },
      { organization: other, person: 'rival/y', answer: 'acknowledged', note: null, answeredAt: '' },
    ],
    steps: [
      { step: 'noticed', at: '', organization: null, evidence: { told: ['quill', other, owner.organization] } },
      { step: 'objected', at: '', organization: 'quill', evidence: { person: 'quill/x' } },
      { step: 'escalated', at: '', organization: other, evidence: { people: ['rival/y'] } },
    ],
  } as unknown as Notice
  const as = (organization: string | null) =>
    seenBy(notice, visibilityOf({ organization, customer: null }, workspace), organization, workspace)
  expect(JSON.stringify(as('quill'))).not.toMatch(/rival/)
  expect(as('quill').waitingFor).toEqual(['quill'])
  expect(JSON.stringify(as(other))).not.toMatch(/quill/)
  expect(as(owner.organization).answers).toHaveLength(2)
  expect(as(null).waitingFor).toEqual(['quill', other])
})

it('the summary counts once per integration, tells the longest delay, and leaves out what was withdrawn', () => {
  const late = (lateDays: number) => ({ verdict: 'late' as const, lateDays, earliestLawfulOn: '2027-01-01' })
  const fine = { verdict: 'on time' as const, earliestLawfulOn: '2027-01-01' }
  expect(
    summarize([
      { state: 'noticed', waitingFor: ['b', 'a'], verdicts: [fine, late(3)] },
      { state: 'effective', waitingFor: ['b'], verdicts: [late(12), undefined, { ...fine, verdict: 'silent' }] },
      { state: 'withdrawn', waitingFor: [], verdicts: [late(99)] },
    ]),
  ).toEqual({
    onTime: 1,
    late: 2,
    latestByDays: 12,
    silent: 1,
    undated: 0,
    withoutAgreement: 1,
    waitingFor: [
      { organization: 'b', notices: 2 },
      { organization: 'a', notices: 1 },
    ],
  })
})
