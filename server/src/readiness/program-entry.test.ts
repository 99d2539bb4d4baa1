import { beforeAll, describe, expect, it } from 'vitest'
import type { Platform, Workspace } from '../workspace/index.ts'
import type { IntegrationFacts } from './facts.ts'
import { exampleWorkspace, healthyFacts, today, withSpec } from './fixtures.ts'
import { listProgramEntries } from './list-entries.ts'
import { beginJudgement } from './make-context.ts'
import type { EntryCriterion } from './program-entry.ts'
import { assessIntegration } from './readiness-report.ts'

type Tier = NonNullable<Platform['spec']['program']>['tiers'][number]
type Criteria = Parameters<Parameters<typeof withSpec>[2]>[0]['programs'][number]['criteria']
const name = 'meridian-quill'
let example: Workspace
beforeAll(async () => {
  example = await exampleWorkspace()
})

interface Case {
  tier?: Partial<Tier>
  criteria?: Criteria
  facts?: IntegrationFacts
  /** Of the agreement in force, which names no fee to Meridian in the example. */
  fee?: { amountMinor: number; currency: string }
  named?: string
}

/** What one tier of Meridian's program asks of the bridge in good health, with what the case changes. */
function judge({ tier = {}, criteria = [], facts = healthyFacts, fee, named = 'certified' }: Case) {
  const files = withSpec(example, name, (spec) => {
    spec.programs = [{ platform: 'meridian-erp', tier: named, criteria }]
  })
  const platform = structuredClone(files.platforms.get('meridian-erp')!)
  const free = { amountMinor: 0, currency: 'EUR' }
  platform.spec.program!.tiers = [{ name: 'certified', entryCriteria: [], fee: free, per: 'year', benefits: [], ...tier }]
  const agreements = new Map(
    [...files.agreements].map(([key, agreement]) => {
      const changed = structuredClone(agreement)
      if (fee) changed.spec.terms.push({ id: 'program', kind: 'retainer', payer: 'quill', payee: 'meridian', amount: fee, per: 'year' })
      return [key, changed]
    }),
  )
  const agreementsOf = (integration: string) => [...agreements.values()].filter(({ spec }) => spec.integrations.includes(integration))
  const workspace = { ...files, platforms: new Map([...files.platforms, ['meridian-erp', platform]]), agreements, agreementsOf }
  const judgement = beginJudgement(workspace, today)
  const integration = workspace.integrations.get(name)!
  const [entry] = listProgramEntries(judgement, integration, facts)
  const check = assessIntegration(judgement, integration, facts).results.find(
    (one) => one.check === 'program-entry-met' && one.side === 'meridian',
  )!
  return { entry: entry!, criteria: 'criteria' in entry! ? entry.criteria : [], check }
}
const stateOf = ({ criteria }: { criteria: EntryCriterion[] }, asks: string) => criteria.find((one) => one.asks.startsWith(asks))
const words = 'Security questionnaire'
const asked = { entryCriteria: [words] }

describe('P11: what a partner program asks of its tier', () => {
  it('says nothing where no tier is named, and shows what each would ask', () => {
    const { platforms, integrations } = example
    expect(platforms.get('meridian-erp')!.spec.program!.tiers[0]!.entryCriteria).toEqual([words, 'Two reference customers'])
    const judgement = beginJudgement(example, today)
    const listed = listProgramEntries(judgement, integrations.get(name)!, healthyFacts)
    expect(listed).toMatchObject([{ platform: 'meridian-erp', tier: 'certified', named: false, program: 'Meridian partners' }])
    const result = assessIntegration(judgement, integrations.get(name)!, healthyFacts).results.find(
      ({ check }) => check === 'program-entry-met',
    )
    expect(result).toMatchObject({ status: 'not-applicable' })
  })

  it('a number of customers is counted, and those of whom nobody has told are not taken for strangers', () => {
    const four = judge({ tier: { requires: { activeCustomers: 4, checks: [] } } })
    expect(stateOf(four, '4 active customers')).toMatchObject({ state: 'met', evidence: 'observed' })
    expect(four.check).toMatchObject({ status: 'passed', evidence: 'observed' })
    const five = judge({ tier: { requires: { activeCustomers: 5, checks: [] } } })
    expect(stateOf(five, '5 active customers')).toMatchObject({ state: 'not-met', says: '4 are active' })
    expect(five.check).toMatchObject({ status: 'failed', says: 'certified of meridian-erp: 5 active customers: 4 are active' })
    const untold = { ...healthyFacts, instances: healthyFacts.instances!.map(({ affiliated: _, ...one }) => one) }
    expect(stateOf(judge({ tier: { requires: { activeCustomers: 4, checks: [] } }, facts: untold }), '4')).toMatchObject({
      state: 'undetermined',
    })
    expect(stateOf(judge({ tier: { requires: { activeCustomers: 4, checks: [] } }, facts: {} }), '4')).toMatchObject({
      state: 'undetermined',
      says: 'nobody has counted its customers',
    })
  })

  it('a stage is the one that the gates admitted, not the one that a file hopes for', () => {
    const tier = { requires: { stage: 'ga' as const, checks: [] } }
    expect(stateOf(judge({ tier }), 'in ga')).toMatchObject({ state: 'met', evidence: 'observed', says: 'in ga since 2026-09-15' })
    const beta = { ...healthyFacts, admission: { ...healthyFacts.admission!, stage: 'beta' as const } }
    expect(stateOf(judge({ tier, facts: beta }), 'in ga')).toMatchObject({ state: 'not-met' })
    const { admission: _, ...unseen } = healthyFacts
    expect(stateOf(judge({ tier, facts: unseen }), 'in ga')).toMatchObject({
      state: 'undetermined',
      says: 'no gate has let it into a stage',
    })
  })

  it('a readiness check answers for itself; a waiver between the sides excuses nothing here', () => {
    const tier = (id: string) => ({ requires: { checks: [id] } })
    expect(judge({ tier: tier('service-level-met') }).criteria[0]).toMatchObject({ state: 'met', evidence: 'observed' })
    expect(judge({ tier: tier('runbook') }).criteria[0]).toMatchObject({ state: 'claimed', evidence: 'declared' })
    expect(judge({ tier: tier('service-level-met'), facts: {} }).criteria[0]).toMatchObject({ state: 'undetermined' })
    // Waived in the example, with the signatures of both sides.
    expect(judge({ tier: tier('decided-with-a-plan') }).criteria[0]).toMatchObject({ state: 'not-met' })
    expect(judge({ tier: tier('no-such-check') }).criteria[0]).toMatchObject({ state: 'undetermined' })
    expect(judge({ tier: tier('program-entry-met') }).check).toMatchObject({ status: 'insufficient-data' })
  })

  it('what no fact answers, a person of the platform’s owner says; the partner’s own word is a claim', () => {
    const said = (attestedBy: string, attestedOn: string) =>
      stateOf(judge({ tier: asked, criteria: [{ criterion: words, attestedBy, attestedOn }] }), words)
    expect(said('meridian/mina', '2026-11-01')).toMatchObject({ state: 'met', evidence: 'attested' })
    expect(said('meridian/mina', '2026-07-01')).toMatchObject({ state: 'undetermined', evidence: 'stale' })
    expect(said('quill/quentin', '2026-11-01')).toMatchObject({
      state: 'claimed',
      says: expect.stringContaining('who does not speak for meridian'),
    })
    expect(stateOf(judge({ tier: asked, criteria: [{ criterion: words }] }), words)).toMatchObject({
      state: 'claimed',
      evidence: 'declared',
    })
    expect(stateOf(judge({ tier: asked }), words)).toMatchObject({ state: 'undetermined', says: 'nobody has said' })
    expect(judge({ tier: asked }).check).toMatchObject({ status: 'insufficient-data' })
    expect(judge({ tier: asked, criteria: [{ criterion: words }] }).check).toMatchObject({ status: 'passed', evidence: 'declared' })
  })

  it('a fee is agreed where an agreement in force names it, and not when it names another', () => {
    const fee = { amountMinor: 400_000, currency: 'EUR' }
    const tier = { fee, per: 'year' as const }
    expect(stateOf(judge({ tier }), 'fee')).toMatchObject({
      state: 'undetermined',
      says: 'no agreement in force names a retainer to meridian',
    })
    expect(stateOf(judge({ tier, fee }), 'fee 4000.00 EUR per year')).toMatchObject({
      state: 'claimed',
      says: 'meridian-quill-2026, program',
    })
    expect(stateOf(judge({ tier, fee: { ...fee, amountMinor: 500_000 } }), 'fee')).toMatchObject({ state: 'not-met' })
    expect(stateOf(judge({ tier: {} }), 'fee')).toMatchObject({ state: 'met', says: 'nothing is to be paid' })
  })

  it('a tier that does not exist is no tier', () => {
    const { entry, check } = judge({ named: 'gold' })
    expect(entry).toMatchObject({ tier: 'certified', named: false })
    expect(check).toMatchObject({ status: 'failed', says: 'meridian-erp has no tier gold; it has certified' })
  })
})
