import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { Integration, Workspace } from '../workspace/index.ts'
import { admitDeclaredStage, adoptStage } from './admit-stage.ts'
import { attest } from './attest.ts'
import type { IntegrationFacts } from './facts.ts'
import { exampleWorkspace, healthyFacts, withSpec } from './fixtures.ts'
import { readFacts } from './read-facts.ts'
import { assessReadiness } from './readiness-report.ts'
import { reviewGap, signWaiver } from './sign-waiver.ts'

const now = new Date('2026-11-20T10:00:00Z')
let database: TestDatabase
let workspace: Workspace
beforeAll(async () => {
  database = await createTestDatabase()
  workspace = await exampleWorkspace()
})
afterAll(() => database.drop())

const { attestations: _a, waiverSignatures: _w, gapReviews: _g, admission: _m, ...seen } = healthyFacts
const readers = Object.fromEntries(Object.entries(seen).map(([name, known]) => [name, async () => new Map([['meridian-quill', known]])]))
const factsOf = async (name: string) => (await readFacts(database.executor, readers)).of(name)

/** A copy of the healthy integration under a name of its own, so that tests don't meet each other's rows. */
function copy(name: string, edit: (spec: Integration['spec']) => void = () => {}): { files: Workspace; integration: Integration } {
  const edited = withSpec(workspace, 'meridian-quill', edit).integrations.get('meridian-quill')!
  const integration = { ...edited, metadata: { ...edited.metadata, name } }
  const agreementsOf = (of: string) => workspace.agreementsOf(of === name ? 'meridian-quill' : of)
  return { files: { ...workspace, agreementsOf, integrations: new Map([...workspace.integrations, [name, integration]]) }, integration }
}

describe('attesting', () => {
  const request = { integration: 'meridian-stockroom', side: 'stockroom', by: 'stockroom/sam' }

  it('P2: an owner’s word makes what was declared or stale attested, for that side', async () => {
    const before = await factsOf('meridian-stockroom')
    const attested = await attest(database, workspace, before, { ...request, note: 'still here' }, now)
    expect(attested).toContain('product-owner')
    const report = assessReadiness(workspace, await readFacts(database.executor), '2026-11-20').find(
      ({ integration }) => integration === 'meridian-stockroom',
    )!
    const owners = report.results
      .filter((result) => result.check === 'product-owner')
      .map(({ side, status, evidence }) => ({ side, status, evidence }))
    expect(owners).toEqual([
      { side: 'meridian', status: 'failed', evidence: undefined },
      { side: 'stockroom', status: 'passed', evidence: 'attested' },
    ])
    expect(report.sides[1]!.standing).toMatchObject({ state: 'attested', by: 'stockroom/sam', lastOn: '2026-11-20' })
  })

  it.each([
    ['readiness.integration_unknown', { integration: 'meridian-stockrom' }, 'Did you mean meridian-stockroom?'],
    ['readiness.side_unknown', { side: 'quill' }, undefined],
    ['readiness.person_unknown', { by: 'meridian/moritz' }, undefined],
    ['readiness.may_not_speak', { by: 'quill/qiao' }, undefined],
    ['readiness.check_unknown', { checks: ['bus-facto'] }, 'Did you mean bus-factor?'],
    ['readiness.nothing_to_attest', { checks: ['bus-factor'] }, undefined],
  ])('%s: refuses, and records nothing', async (code, change, fix) => {
    const rows = async () => (await database.pool.query('select count(*)::int as n from attestation')).rows[0].n
    const before = await rows()
    const attempt = attest(database, workspace, {}, { ...request, ...change }, now)
    await expect(attempt).rejects.toMatchObject({ code, ...(fix && { fix }) })
    expect(await rows()).toBe(before)
  })

  it('what was said is kept: rows can be neither changed nor deleted', async () => {
    await expect(database.pool.query("update attestation set person = 'a/b'")).rejects.toThrow('never changed')
    await expect(database.pool.query('delete from attestation')).rejects.toThrow('never changed')
  })
})

describe('signing a waiver', () => {
  let files: Workspace
  let integration: Integration
  beforeAll(() => {
    const both = { signedBy: ['meridian/mara', 'quill/quentin'], grantedOn: '2026-11-01', expiresOn: '2027-01-31' }
    const edit = (spec: Integration['spec']) => {
      delete spec.valueMetric
      spec.waivers = [{ check: 'value-metric', reason: 'being measured', ...both }]
    }
    ;({ files, integration } = copy('waived', edit))
  })
  const state = async () => {
    const facts = await factsOf('waived')
    return assessReadiness(files, { of: () => facts }, '2026-11-20')
      .find((report) => report.integration === 'waived')!
      .results.find((result) => result.check === 'value-metric')!.status
  }
  const sign = async (by: string) => signWaiver(database, files, integration, await factsOf('waived'), { check: 'value-metric', by }, now)

  it('P4: stands when people of both sides have signed, and not before', async () => {
    expect(await state()).toBe('failed')
    expect(await sign('meridian/mara')).toMatchObject({ state: 'declared', unsigned: ['quill'] })
    expect(await sign('meridian/mara')).toMatchObject({ unsigned: ['quill'] })
    expect(await state()).toBe('failed')
    expect(await sign('quill/qiao')).toMatchObject({ state: 'signed', unsigned: [] })
    expect(await state()).toBe('waived')
  })

  it('refuses people of no side, and waivers that are not in the file', async () => {
    await expect(sign('stockroom/sam')).rejects.toMatchObject({ code: 'readiness.may_not_speak' })
    const attempt = signWaiver(database, files, integration, {}, { check: 'bus-factor', by: 'quill/qiao' }, now)
    await expect(attempt).rejects.toMatchObject({ code: 'readiness.waiver_unknown' })
  })
})

describe('reviewing a known gap', () => {
  const review = { gap: 'no-meridian-owner', by: 'stockroom/sam', nextReviewOn: '2027-02-01' }
  const integration = () => workspace.integrations.get('meridian-stockroom')!

  it('P7: moves its review date, and the check sees it', async () => {
    await reviewGap(database, workspace, integration(), {}, review, now)
    const facts = await readFacts(database.executor)
    const report = assessReadiness(workspace, facts, '2026-11-20').find(({ integration }) => integration === 'meridian-stockroom')!
    expect(report.knownGaps).toMatchObject([{ reviewOn: '2027-02-01', overdue: false }])
    expect(report.results.find((result) => result.check === 'known-gaps-reviewed')!.status).toBe('passed')
  })

  it('refuses unknown gaps and a next review that is not ahead', async () => {
    await expect(reviewGap(database, workspace, integration(), {}, { ...review, gap: 'x' }, now)).rejects.toMatchObject({
      code: 'readiness.gap_unknown',
    })
    await expect(reviewGap(database, workspace, integration(), {}, { ...review, nextReviewOn: '2026-11-20' }, now)).rejects.toMatchObject({
      code: 'readiness.review_in_the_past',
    })
  })
})

describe('stages in force', () => {
  it('P4: a file alone lifts nothing above an experiment: the gate decides, and the refusal names the checks', async () => {
    const { files, integration } = copy('hopeful')
    const outcome = await admitDeclaredStage(database, files, integration, async () => ({}), now)
    expect(outcome).toMatchObject({ stage: 'experimental', declared: 'ga', refusal: { allowed: false } })
    expect(outcome.refusal!.blockers.length).toBeGreaterThan(5)
  })

  it('P4: with the facts the gate opens, once, whoever asks how often', async () => {
    const { files, integration } = copy('earned', (spec) => {
      spec.stage = 'beta'
    })
    const facts: IntegrationFacts = { ...healthyFacts, instances: [] }
    delete facts.admission
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => admitDeclaredStage(database, files, integration, async () => facts, now)),
    )
    expect(outcomes.every(({ stage }) => stage === 'beta')).toBe(true)
    const { rows } = await database.pool.query("select position, from_stage, stage, how from stage_admission where integration = 'earned'")
    expect(rows).toEqual([{ position: 1, from_stage: null, stage: 'beta', how: 'gate' }])
    expect((await factsOf('earned')).admission).toEqual({ position: 1, stage: 'beta', how: 'gate', since: '2026-11-20' })
  })

  it('P6: an integration in force is not retired by editing its file', async () => {
    const { files, integration } = copy('retiring', (spec) => {
      spec.stage = 'ga'
    })
    await adoptStage(database, files, integration, { signedBy: ['meridian/mara', 'quill/quentin'], reason: 'ran for a year' }, now)
    const edited = { ...integration, spec: { ...integration.spec, stage: 'retired' as const } }
    const outcome = await admitDeclaredStage(database, files, edited, async () => healthyFacts, now)
    expect(outcome).toMatchObject({ stage: 'ga', declared: 'retired', refusal: { moves: ['beta', 'deprecated'] } })
  })

  it('an adoption needs both sides and is possible only on first sight', async () => {
    const { files, integration } = copy('adopted')
    const adopt = (signedBy: string[]) => adoptStage(database, files, integration, { signedBy, reason: 'ran before' }, now)
    await expect(adopt(['meridian/mara', 'meridian/max'])).rejects.toMatchObject({ code: 'readiness.adoption_one_sided' })
    await adopt(['meridian/mara', 'quill/quentin'])
    expect((await factsOf('adopted')).admission).toMatchObject({ stage: 'ga', how: 'adopted' })
    await expect(adopt(['meridian/mara', 'quill/quentin'])).rejects.toMatchObject({ code: 'readiness.already_admitted' })
  })

  it('the database itself refuses an adoption by one person', async () => {
    const insert = `insert into stage_admission (id, integration, position, stage, how, signed_by, reason) values (gen_random_uuid(), 'x', 1, 'ga', 'adopted', '{a/b}', 'y')`
    await expect(database.pool.query(insert)).rejects.toThrow('check constraint')
  })
})
