import { beforeAll, describe, expect, it } from 'vitest'
import { exampleFacts, exampleWorkspace, today, withSpec } from '../../readiness/fixtures.ts'
import { noFacts, type ReadinessFacts } from '../../readiness/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { readSource } from '../source.ts'
import { integrationPage } from './integration-page.ts'
import { type Cell, type IntegrationPage, missingPlaces } from './page.ts'
import { pageHtml, pageMarkdown, pageText } from './print-page.ts'

let workspace: Workspace
beforeAll(async () => {
  workspace = await exampleWorkspace()
})

function pageOf(name: string, facts: ReadinessFacts = exampleFacts, files = workspace): IntegrationPage {
  return integrationPage(readSource(files, files.integrations.get(name)!, facts.of(name), today), facts.of(name))
}

function cellOf(page: IntegrationPage, what: string, side?: string): Cell {
  const row = page.sections.flatMap(({ rows }) => rows).find((one) => one.what === what)!
  return row.of === 'bridge' ? row.cell : row.cells[page.sides.findIndex(({ organization }) => organization === side)]!
}

describe('one page tells all', () => {
  it('P1: stage, owners, support, docs, roadmap, marketing, price, agreement, contracts and health stand on it', () => {
    const page = pageOf('meridian-quill')
    expect(page.sections.map(({ heading }) => heading)).toEqual([
      'Status',
      'Owners and roles',
      'Critical duties',
      'Support',
      'Documentation',
      'Roadmap',
      'Marketing',
      'Price and value',
      'Agreement',
      'Contracts',
      'Health',
      'Open',
    ])
    expect(cellOf(page, 'stage').says[0]).toContain('ga; admitted by gate')
    expect(cellOf(page, 'product-owner', 'quill')).toMatchObject({ state: 'known' })
    expect(cellOf(page, 'customers').says).toEqual(['4, of which 3 pay; 4 instances'])
  })

  it('missing on one side is a value of its own, with the name of the side', () => {
    const page = pageOf('meridian-stockroom')
    expect(cellOf(page, 'owner', 'meridian')).toEqual({ state: 'missing', says: ['missing on Meridian ERP: nobody answers for it'] })
    expect(cellOf(page, 'owner', 'stockroom').state).toBe('known')
    expect(missingPlaces(page)).toContainEqual({ section: 'Critical duties', what: 'owner', side: 'meridian' })
    expect(cellOf(page, 'both ends held')).toMatchObject({ state: 'missing', says: [expect.stringContaining('Meridian ERP')] })
  })

  it('no place is blank, and each side has one in every row', () => {
    for (const name of workspace.integrations.keys()) {
      const page = pageOf(name)
      for (const row of page.sections.flatMap(({ rows }) => rows)) {
        const cells = row.of === 'bridge' ? [row.cell] : row.cells
        if (row.of === 'sides') expect(cells).toHaveLength(page.sides.length)
        for (const { says } of cells) expect(says.join('').trim(), row.what).not.toBe('')
      }
    }
  })

  it('invariant 10: what nobody has observed is unknown, never good', () => {
    const page = pageOf('meridian-quill', noFacts)
    for (const what of ['customers', 'revenue a year', 'runs of 28 days', 'canaries', 'service level availability'])
      expect(cellOf(page, what).state, what).toBe('unknown')
    expect(cellOf(page, 'changes of 365 days', 'quill').state).toBe('unknown')
  })

  it('a failing canary and a drill that nobody answered are not told as known', () => {
    const facts = exampleFacts.of('meridian-quill')
    const drills = [...facts.drills!, { kind: 'on-call' as const, side: 'quill', on: '2026-11-01' }]
    const page = pageOf('meridian-quill', {
      of: () => ({ ...facts, drills, canaries: [{ scenario: 'invoice-out', failing: true }] }),
    })
    expect(cellOf(page, 'canaries')).toEqual({ state: 'missing', says: ['invoice-out: FAILING'] })
    expect(cellOf(page, 'last drills', 'quill').state).toBe('missing')
    expect(cellOf(page, 'last drills', 'meridian').state).toBe('known')
  })

  it('P8: the push count of each side stands beside the other', () => {
    const page = pageOf('meridian-stockroom')
    const pushes = (side: string) => cellOf(page, 'times promised maintenance was moved', side).says
    expect([pushes('meridian'), pushes('stockroom')]).toEqual([['0'], ['3']])
  })

  it('P10: the relationship sets who sells, who supports first and the brand, and a contradiction shows', () => {
    const files = withSpec(workspace, 'meridian-quill', (spec) => {
      spec.relationship = 'oem'
      delete spec.seller
    })
    const page = pageOf('meridian-quill', exampleFacts, files)
    expect(cellOf(page, 'relationship').says.join()).toContain('white label')
    expect(cellOf(page, 'relationship kept')).toEqual({ state: 'missing', says: ['white label needs a named seller'] })
  })
})

describe('in each format', () => {
  it('the sides stand beside each other, and what is missing shows', () => {
    const page = pageOf('meridian-stockroom')
    expect(pageText(page)).toMatch(/ {2}owner +meridian +✗ missing on Meridian ERP.*\n +stockroom +Sam Whitlock/)
    expect(pageMarkdown(page)).toMatch(/\| owner \| ❌ \*\*missing on Meridian ERP: nobody answers for it\*\* \| Sam Whitlock/)
    expect(pageHtml(page)).toContain('<td class="missing" data-side="Meridian ERP">missing on Meridian ERP')
  })

  it('words from files stay words', () => {
    const files = withSpec(workspace, 'meridian-quill', (spec) => {
      spec.problem = '<script>alert(1)</script> | a\nb'
    })
    const page = pageOf('meridian-quill', exampleFacts, files)
    expect(pageHtml(page)).not.toContain('<script>')
    const line = pageMarkdown(page)
      .split('\n')
      .find((one) => one.startsWith('| problem it solves'))!
    expect(line).toMatch(/\\\|/)
  })
})
