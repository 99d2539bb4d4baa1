import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import type { Workspace } from '../workspace/index.ts'
import { badgeWords, readinessBadge } from './badge.ts'
import { noFacts } from './facts.ts'
import { exampleFacts, exampleWorkspace, today, withSpec } from './fixtures.ts'
import type { CheckResult, CheckStatus } from './judge-check.ts'
import { markdownCell, readinessMarkdown } from './print-markdown.ts'
import { alignColumns, readinessDetail, readinessTable } from './print-table.ts'
import { assessReadiness, gateReport, type ReadinessReport } from './readiness-report.ts'

let workspace: Workspace
let reports: ReadinessReport[]
beforeAll(async () => {
  workspace = await exampleWorkspace()
  reports = assessReadiness(workspace, exampleFacts, today)
})

const statuses: CheckStatus[] = ['passed', 'unproven', 'stale', 'failed', 'insufficient-data', 'waived', 'not-applicable']

it('a badge is green only when something was asked, everything asked was met, and both ends are held', () => {
  const template = reports[0]!
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...statuses)), fc.boolean(), fc.boolean(), (all, critical, oneSided) => {
      const results = all.map((status): CheckResult => ({ ...template.results[0]!, gate: 'pilot', critical, status }))
      const { colour } = badgeWords({ ...template, oneSided, stay: gateReport('ga', results) })
      const asked = all.filter((status) => status !== 'not-applicable')
      const deserved = !oneSided && asked.length > 0 && asked.every((status) => status === 'passed' || status === 'waived')
      return (colour === 'green') === deserved
    }),
  )
})

it('the badge of a one-sided bridge says so in red', () => {
  expect(badgeWords(reports[1]!)).toEqual({ text: expect.stringMatching(/^beta \d+\/\d+ · one-sided$/), colour: 'red' })
  expect(readinessBadge(reports[1]!)).toMatch(/^<svg [\s\S]*one-sided<\/text>[\s\S]*<\/svg>\n$/)
})

it('the Markdown for a pull request names the verdict, each blocker with what to do, each side and the exposed revenue', () => {
  const text = readinessMarkdown(reports)
  expect(text).toContain('## Meridian invoices in Quill: ga')
  expect(text).toContain('Staying in **ga**: open')
  expect(text).toMatch(/\| `product-owner` \| meridian \| ❌ \| missing at meridian/)
  expect(text).toContain(
    '| meridian | meridian-stockroom (owner, on-call, slo, change-notice, roadmap, docs, funding) | 2 paying, 15000.00 EUR + 900.00 USD a year |',
  )
})

it('what a file says can’t break out of a Markdown table or become HTML', () => {
  const files = withSpec(workspace, 'meridian-quill', (spec) => {
    spec.knownGaps[0]!.title = 'a | b <script>alert(1)</script>\n| c'
  })
  const edited = withSpec(files, 'meridian-quill', (spec) => {
    spec.knownGaps[0]!.reviewOn = '2026-01-01'
  })
  const text = readinessMarkdown(assessReadiness(edited, exampleFacts, today))
  expect(text).not.toContain('<script>')
  const widths = text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/\\\|/g, '').split('|').length)
  expect(new Set(widths)).toEqual(new Set([7]))
})

it.each([
  ['Say `readiness attest a --check b`.', 'Say `readiness attest a --check b`.'],
  ['`<b>` and <b> & &lt; `c|d`', '`<b>` and \\<b\\> & &amp;lt; <code>c&#124;d</code>'],
  ['one ` alone, ``two`` and `a``b`', 'one \\` alone, \\`\\`two\\`\\` and \\`a\\`\\`b\\`'],
  ['__loud__ `c:\\d`', '\\_\\_loud\\_\\_ `c:\\d`'],
])('in Markdown a command stays code that can be copied, and all else is text: %s', (says, markdown) => {
  expect(markdownCell(says)).toBe(markdown)
})

it('what to do in a pull request’s table is shown without backslashes', () => {
  const text = readinessMarkdown(assessReadiness(workspace, noFacts, today))
  expect(text).toMatch(/stand by it: `readiness attest meridian-quill --side meridian --by meridian\/PERSON --check [a-z-]+`/)
  expect(text).not.toContain('\\`')
})

it('columns stand below each other where names take two cells a sign, or none', () => {
  const [first, second, third] = alignColumns([
    ['東京販売', 'x'],
    ['Ae\u0301ro', 'x'],
    ['abcdefgh', 'x'],
  ]).split('\n')
  expect([first, second, third]).toEqual(['東京販売  x', 'Ae\u0301ro      x', 'abcdefgh  x'])
})

it('the table tells at a glance where each stands, which is one-sided and what is exposed', () => {
  const lines = readinessTable(reports).split('\n')
  expect(lines[1]).toMatch(/^meridian-quill\s+ga\s+(\d+)\/\1\s+may stay\s+—\s+two anchors\s+3 paying, 1764\.00 EUR a year$/)
  expect(lines[2]).toMatch(/^meridian-stockroom\s+beta\s.*ONE-SIDED\s+2 paying/)
  expect(lines).toContain('meridian leaves 1 bridge(s) unattended: 2 paying customer(s) and 15000.00 EUR + 900.00 USD a year exposed')
})

it('what nobody has counted is told as unknown, never as none', () => {
  const text = readinessTable(assessReadiness(workspace, noFacts, today))
  expect(text).toContain('meridian leaves 1 bridge(s) unattended: exposed customers and revenue are unknown')
})

it('a check that lacks only a person’s word says how to give it', () => {
  const unproven = reports[1]!.results.find((result) => result.check === 'anchor-on-call' && result.side === 'stockroom')!
  expect(unproven).toMatchObject({
    status: 'unproven',
    todo: expect.stringContaining('readiness attest meridian-stockroom --side stockroom --by stockroom/PERSON --check anchor-on-call'),
  })
})

it('the detail of one integration says what to do about each open check', () => {
  const text = readinessDetail(reports[1]!)
  expect(text).toContain('failed            product-owner (meridian): missing at meridian: no product owner')
  expect(text).toContain('→ Name a person in the role product-owner on this side')
  expect(text).toContain('no-meridian-owner: Nobody at Meridian has taken over from Moritz (stockroom/sam, review 2026-08-01, OVERDUE)')
})
