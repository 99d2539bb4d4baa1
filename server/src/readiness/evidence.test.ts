import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { addDays } from '../agreements/index.ts'
import type { Integration, Workspace } from '../workspace/index.ts'
import { evidenceKind, type Grounds, weakest } from './evidence.ts'
import { type AttestationFact, type IntegrationFacts, noFacts } from './facts.ts'
import { exampleWorkspace, healthyFacts, today, withSpec } from './fixtures.ts'
import { assessReadiness } from './readiness-report.ts'
import { graceDays } from './standing.ts'
import { waiverDigest } from './waivers.ts'

let workspace: Workspace
beforeAll(async () => {
  workspace = await exampleWorkspace()
})

type Edit = Parameters<typeof withSpec>[2]
const judged = (facts: IntegrationFacts, edit: Edit = () => {}, on = today) =>
  assessReadiness(withSpec(workspace, 'meridian-quill', edit), { of: () => facts }, on).find(
    (report) => report.integration === 'meridian-quill',
  )!
const status = (check: string, facts: IntegrationFacts, edit?: Edit, on?: string) =>
  judged(facts, edit, on).results.find((result) => result.check === check)!
const unattest: Edit = (spec) => delete spec.valueMetric!.attestedOn
const said = (row: Partial<AttestationFact> = {}): IntegrationFacts => ({
  ...healthyFacts,
  attestations: [{ check: 'value-metric', person: 'quill/quentin', on: today, ...row }],
})

describe('evidence', () => {
  it('an attestation counts through its 90th day and is stale on the 91st', () => {
    const grounds: Grounds = { kind: 'attested', by: 'a/b', on: '2026-01-01' }
    expect([89, 90, 91].map((days) => evidenceKind(grounds, addDays('2026-01-01', days)))).toEqual(['attested', 'attested', 'stale'])
  })

  it('nobody can attest tomorrow', () => {
    expect(evidenceKind({ kind: 'attested', by: 'a/b', on: addDays(today, 1) }, today)).toBe('declared')
  })

  it('an answer is as strong as its weakest ground, in whatever order they come', () => {
    const grounds = fc.oneof(
      fc.constant<Grounds>({ kind: 'declared' }),
      fc.constant<Grounds>({ kind: 'observed', on: today }),
      fc.integer({ min: 0, max: 200 }).map((age): Grounds => ({ kind: 'attested', by: 'a/b', on: addDays(today, -age) })),
    )
    const order = ['observed', 'attested', 'declared', 'stale']
    fc.assert(
      fc.property(fc.array(grounds, { minLength: 1 }), (all) => {
        const kinds = all.map((one) => order.indexOf(evidenceKind(one, today)))
        return order.indexOf(evidenceKind(weakest(all, today), today)) === Math.max(...kinds)
      }),
    )
  })

  it('P4: what is only declared does not pass a critical check', () => {
    expect(status('value-metric', healthyFacts, unattest)).toMatchObject({ status: 'unproven', evidence: 'declared' })
  })

  it('a canary is unknown after twice its interval without a report, and not before', () => {
    const weekly: Edit = (spec) => {
      for (const scenario of spec.scenarios) scenario.canaryEvery = 'P7D'
    }
    const after = (days: number) =>
      status(
        'canaries',
        { ...healthyFacts, canaries: healthyFacts.canaries!.map((canary) => ({ ...canary, lastAt: addDays(today, -days) })) },
        weekly,
      ).status
    expect([14, 15].map(after)).toEqual(['passed', 'insufficient-data'])
  })

  it('P4: what is only declared passes an uncritical check, and says that it is only declared', () => {
    expect(status('problem-named', healthyFacts)).toMatchObject({ status: 'passed', evidence: 'declared' })
  })

  it('P2: the same file is stale 91 days after its owners attested', () => {
    const report = judged(healthyFacts, undefined, addDays('2026-10-20', 91))
    expect(report.results.find((result) => result.check === 'product-owner' && result.side === 'meridian')).toMatchObject({
      status: 'stale',
      evidence: 'stale',
    })
    expect(report.stay.open).toBe(false)
  })

  it('a recorded attestation turns declared into attested', () => {
    expect(status('value-metric', said(), unattest)).toMatchObject({ status: 'passed', evidence: 'attested', evidenceOn: today })
  })

  it.each<[string, Partial<AttestationFact>]>([
    ['somebody who has left', { person: 'meridian/moritz' }],
    ['somebody of no side', { person: 'stockroom/sam' }],
    ['somebody who does not exist', { person: 'quill/nobody' }],
    ['somebody 91 days ago', { on: addDays(today, -91) }],
    ['somebody about another check', { check: 'cost-line' }],
  ])('an attestation by %s supports nothing', (_, row) => {
    expect(status('value-metric', said(row), unattest).status).not.toBe('passed')
  })

  it('an attestation never turns a failing check into a passing one', () => {
    expect(status('value-metric', said(), (spec) => delete spec.valueMetric).status).toBe('failed')
  })
})

describe('standing', () => {
  it.each([
    [90, 'attested'],
    [91, 'grace'],
    [90 + graceDays, 'grace'],
    [91 + graceDays, 'at-risk'],
    [91 + 2 * graceDays, 'degraded'],
    [91 + 3 * graceDays, 'wind-down'],
    [2000, 'wind-down'],
  ])('%i days after the owners attested a side is %s', (days, state) => {
    const { sides } = judged(healthyFacts, undefined, addDays('2026-11-02', days))
    expect(sides[1]!.standing.state).toBe(state)
  })

  it('an attestation by anybody but the owner or the deputy does not keep ownership alive', () => {
    const facts = (person: string) => ({
      ...healthyFacts,
      attestations: [{ check: 'first-line', side: 'quill', person, on: '2027-06-01' }],
    })
    expect(judged(facts('quill/queenie'), undefined, '2027-06-02').sides[1]!.standing.state).toBe('degraded')
    expect(judged(facts('quill/qiao'), undefined, '2027-06-02').sides[1]!.standing.state).toBe('attested')
  })
})

describe('waivers', () => {
  const waiver: Integration['spec']['waivers'][number] = {
    check: 'runbook',
    reason: 'is being written',
    signedBy: ['meridian/mara', 'quill/quentin'],
    grantedOn: '2026-11-01',
    expiresOn: '2026-12-31',
  }
  const withWaiver =
    (change: Partial<typeof waiver>): Edit =>
    (spec) => {
      spec.documentation.pop()
      delete spec.valueMetric
      spec.waivers = [{ ...waiver, ...change }]
    }
  const signedFacts = (change: Partial<typeof waiver>, people = waiver.signedBy): IntegrationFacts => ({
    ...healthyFacts,
    waiverSignatures: people.map((person) => ({ digest: waiverDigest('meridian-quill', { ...waiver, ...change }), person, on: today })),
  })

  it('P4: a waiver that the file says both sides signed excuses an uncritical check, and the report names its last day', () => {
    expect(status('runbook', healthyFacts, withWaiver({}))).toMatchObject({ status: 'waived', waivedUntil: '2026-12-31' })
  })

  it('P4: a critical check is excused only when the running system saw both sides sign', () => {
    const change = { check: 'value-metric' }
    expect(status('value-metric', healthyFacts, withWaiver(change)).status).toBe('failed')
    expect(status('value-metric', signedFacts(change, ['meridian/mara']), withWaiver(change)).status).toBe('failed')
    expect(status('value-metric', signedFacts(change), withWaiver(change)).status).toBe('waived')
  })

  it('a signature covers the words that were signed: another reason or another day needs new ones', () => {
    const change = { check: 'value-metric' }
    for (const later of [{ reason: 'something else' }, { expiresOn: '2027-01-31' }])
      expect(status('value-metric', signedFacts(change), withWaiver({ ...change, ...later })).status).toBe('failed')
  })

  it.each([
    ['expired yesterday', { expiresOn: addDays(today, -1) }],
    ['begins tomorrow', { grantedOn: addDays(today, 1) }],
    ['lasts longer than a year', { grantedOn: '2026-01-01', expiresOn: '2027-01-02' }],
    ['is signed by one side twice', { signedBy: ['meridian/mara', 'meridian/max'] }],
    ['is for another side', { side: 'nobody' }],
  ])('a waiver that %s excuses nothing', (_, change) => {
    expect(status('runbook', healthyFacts, withWaiver(change)).status).toBe('failed')
  })

  it('a waiver holds through its last day', () => {
    expect(status('runbook', healthyFacts, withWaiver({ expiresOn: today })).status).toBe('waived')
  })

  it('one that does not stand is itself reported', () => {
    expect(status('waivers-stand', healthyFacts, withWaiver({ expiresOn: addDays(today, -1) }))).toMatchObject({ status: 'failed' })
  })
})

it('a workspace without facts shows nothing as observed', () => {
  const reports = assessReadiness(workspace, noFacts, today)
  expect(reports.flatMap((report) => report.results).filter((result) => result.evidence === 'observed')).toEqual([])
})
