import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { exampleFacts, exampleWorkspace, healthyFacts, today } from '../readiness/fixtures.ts'
import { type CheckStatus, noFacts, type ReadinessFacts } from '../readiness/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { sheetHtml, sheetMarkdown } from './render.ts'
import type { Line, Sheet } from './sheet.ts'
import { readSource, type Source } from './source.ts'
import { sideSheets, wholeSheets, writeSheets } from './write-sheet.ts'

let workspace: Workspace
let healthy: Source
beforeAll(async () => {
  workspace = await exampleWorkspace()
  healthy = sourceOf('meridian-quill')
})

const sourceOf = (name: string, facts: ReadinessFacts = exampleFacts, files = workspace): Source =>
  readSource(files, files.integrations.get(name)!, facts.of(name), today)
const kinds = [...sideSheets, ...wholeSheets]
const allSheets = (source: Source): Sheet[] => kinds.flatMap((kind) => writeSheets(source, { kind, since: '2026-06-01' }))
const linesOf = (sheets: Sheet[]): Line[] => sheets.flatMap((sheet) => sheet.sections.flatMap((section) => section.lines))
const markdown = (source: Source, kind: (typeof kinds)[number], side?: string) =>
  writeSheets(source, { kind, since: '2026-06-01', ...(side && { side }) })
    .map(sheetMarkdown)
    .join('\n')

/** The same judgement with some answers replaced, whatever the files say. */
function withStatus(source: Source, change: (check: string, side: string | undefined) => CheckStatus | undefined): Source {
  const results = source.report.results.map((result) => ({ ...result, status: change(result.check, result.side) ?? result.status }))
  return { ...source, report: { ...source.report, results } }
}

const denying: CheckStatus[] = ['failed', 'stale', 'unproven', 'insufficient-data', 'waived']
/** Claims as a reader would find them, outside the section that warns of them. */
const claimed = (source: Source) => linesOf(allSheets(source)).filter((line) => line.kind === 'claim')

describe('no sheet claims what a failing check denies', () => {
  it('P9: whatever fails, every claim that stands is backed by checks that pass', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.option(fc.constantFrom(...denying), { nil: undefined })), (statuses) => {
        const source = withStatus(healthy, () => statuses.next().value)
        const passing = (check: string) => source.report.results.some((result) => result.check === check && result.status === 'passed')
        for (const line of claimed(source))
          expect(line.kind === 'claim' && line.backedBy.length > 0 && line.backedBy.every(passing), line.says).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('P9: each check that backs a claim can take it away, in every kind of denial', () => {
    const backing = new Set(claimed(healthy).flatMap((line) => (line.kind === 'claim' ? line.backedBy : [])))
    expect(backing.size).toBeGreaterThan(15)
    for (const check of backing) {
      for (const status of denying) {
        const denied = withStatus(healthy, (id) => (id === check ? status : undefined))
        expect(claimed(denied).filter((line) => line.kind === 'claim' && line.backedBy.includes(check))).toEqual([])
      }
    }
  })

  it('P9: what may not be claimed stands nowhere in what customers read', () => {
    const denied = withStatus(healthy, () => 'failed')
    for (const line of claimed(healthy)) {
      for (const kind of ['listing', 'release-notes'] as const) {
        const [sheet] = writeSheets(denied, { kind, since: '2026-06-01' })
        for (const page of [sheetMarkdown(sheet!), sheetHtml(sheet!)]) expect(page).not.toContain(line.says)
      }
    }
  })

  it('P9: colleagues find it under “Do not promise yet”, with the reason', () => {
    const text = markdown(
      withStatus(healthy, (check) => (check === 'service-level-met' ? 'failed' : undefined)),
      'sales',
      'quill',
    )
    const [before, after] = text.split('## Do not promise yet')
    expect(before).not.toContain('It has met its service levels')
    expect(after).toContain('It has met its service levels for the last 28 days.” — service-level-met is failed')
  })

  it('P9: a file that says ga without a gate or checks behind it does not make anything generally available', () => {
    const offline = sourceOf('meridian-quill', noFacts)
    expect(markdown(offline, 'listing')).not.toContain('Generally available')
    expect(markdown(offline, 'sales', 'quill')).toContain('it must not be sold')
    expect(markdown(healthy, 'listing')).toContain('Generally available')
    expect(markdown(healthy, 'sales', 'quill')).toContain('It is in ga: it may be sold')
  })
})

describe('the sheets', () => {
  it('P10: say who sells and who supports, by the relationship', () => {
    expect(markdown(healthy, 'sales', 'meridian')).toContain('marketplace: The seller, through the listing of a platform’s marketplace.')
    expect(markdown(healthy, 'support', 'quill')).toContain('Quill Invoicing answers the customer first: that is you.')
    expect(markdown(healthy, 'support', 'meridian')).not.toContain('that is you')
  })

  it('P9: support of each side finds the other side’s contact, what to send, and what is owed', () => {
    const text = markdown(healthy, 'support', 'quill')
    expect(text).toContain('partners@meridian.example (email, meridian/office, answers within 4 hours). Send: The case number')
    expect(text).toContain(
      'Meridian accepts a SEV1 handoff: SEV1 handoff time at most 30 minutes (judged per calendar month), or credit 10% below 99% of cases',
    )
  })

  it('P2: a vacancy is said, on the side that has it', () => {
    const text = markdown(sourceOf('meridian-stockroom'), 'support', 'stockroom')
    expect(text).toContain('Missing: Meridian ERP: nobody is on call')
    expect(text).toContain('Missing: Meridian guarantees first-class support of the integration at all times (best effort: nobody owes it)')
  })

  it('P9: a gap in what one company owes the other is told to colleagues, and to no customer', () => {
    const source = sourceOf('meridian-stockroom')
    const gap = 'Nobody at Meridian has taken over from Moritz'
    for (const kind of wholeSheets.filter((one) => one !== 'runbook')) expect(markdown(source, kind), kind).not.toContain(gap)
    expect(markdown(source, 'support', 'stockroom')).toContain(gap)
    expect(markdown(healthy, 'listing')).toContain('Credit notes must be entered by hand')
  })

  it('P11: the listing has price, requirements, documentation and status', () => {
    const text = markdown(healthy, 'listing')
    for (const part of [
      '49.00 EUR per month, free for 30 days',
      'Meridian 12 or later',
      'https://quill.example/docs/meridian',
      'Available at least 99.5% of the time',
    ])
      expect(text).toContain(part)
    expect(text).not.toContain('support has a list of affected customers')
  })

  it('release notes tell what was done since a day, and promise only what is committed and not pushed again and again', () => {
    const files = structuredClone(workspace.integrations.get('meridian-quill')!)
    files.spec.roadmap.push({
      id: 'done',
      title: 'Faster sync',
      side: 'quill',
      kind: 'feature',
      commitment: 'committed',
      doneOn: '2026-10-01',
      pushes: [],
    })
    files.spec.roadmap.push({
      id: 'old',
      title: 'First release',
      side: 'quill',
      kind: 'feature',
      commitment: 'committed',
      doneOn: '2026-01-01',
      pushes: [],
    })
    const source = sourceOf('meridian-quill', exampleFacts, {
      ...workspace,
      integrations: new Map([...workspace.integrations, ['meridian-quill', files]]),
    })
    const text = markdown(source, 'release-notes')
    expect(text).toContain('Faster sync (2026-10-01)')
    expect(text).not.toContain('First release')
    expect(text).toContain('Credit notes, until 2027-02-28 (Quill Invoicing)')
    expect(
      markdown(
        withStatus(source, (check) => (check === 'promises-pushed' ? 'failed' : undefined)),
        'release-notes',
      ),
    ).not.toContain('until 2027-02-28')
  })

  it('a sheet for each side that brings a platform, or for the one that is named', () => {
    expect(writeSheets(healthy, { kind: 'sales', since: today })).toHaveLength(2)
    expect(() => writeSheets(healthy, { kind: 'sales', side: 'acme', since: today })).toThrowError(
      expect.objectContaining({ code: 'readiness.side_unknown' }),
    )
  })

  it('what a file says can’t become markup: HTML is escaped, Markdown stays in its line', () => {
    const files = structuredClone(workspace.integrations.get('meridian-quill')!)
    files.spec.marketing!.headline = '<img src=x onerror=alert(1)>\n# Free!'
    const source = sourceOf(
      'meridian-quill',
      { of: () => healthyFacts },
      { ...workspace, integrations: new Map([['meridian-quill', files]]) },
    )
    const [sheet] = writeSheets(source, { kind: 'listing', since: today })
    expect(sheetHtml(sheet!)).not.toContain('<img')
    expect(sheetMarkdown(sheet!)).not.toMatch(/^# Free!|(?<!\\)<img/m)
  })

  it('show commands as commands', () => {
    const [sheet] = writeSheets(sourceOf('meridian-quill', noFacts), { kind: 'sales', side: 'quill', since: today })
    expect(sheetHtml(sheet!)).toContain('<code>bridgekeeper readiness gate meridian-quill beta</code>')
    expect(sheetMarkdown(sheet!)).toContain('`bridgekeeper readiness gate meridian-quill beta`')
    expect(sheetMarkdown(sheet!)).not.toContain('\\`bridgekeeper')
  })

  it('fit on a page', () => {
    for (const sheet of allSheets(healthy)) expect(sheetMarkdown(sheet).split('\n').length, sheet.title).toBeLessThan(75)
  })
})
