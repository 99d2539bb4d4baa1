import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { compareContracts, readContract } from '../index.ts'
import { contractRules } from '../rules/table.ts'
import { clientsReport } from './clients-report.ts'
import { writeReport } from './formats.ts'
import { comparisonReport, type Report, type ReportEntry } from './report.ts'
import { sourceLines } from './source-lines.ts'

/** The published schema of SARIF 2.1.0. It is written in draft 4, of which it uses nothing that later drafts read otherwise, except `id`. */
const schemaPath = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
const { $schema: _, id: $id, ...published } = JSON.parse(readFileSync(schemaPath, 'utf8'))
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false })
;(addFormats as unknown as (target: unknown) => void)(ajv)
const validate = ajv.compile({ $id, ...published })

const nasty = `<a b="c">&amp;\u0001 ]]> %41 ${'\ud800'} ünïcode\n\tline`
const entry = (more: Partial<ReportEntry>): ReportEntry => ({
  severity: 'error',
  label: 'breaks',
  rule: 'api-removed-without-deprecation',
  position: '',
  message: nasty,
  source: undefined,
  identity: 'x',
  ...more,
})
const wild: Report = {
  title: nasty,
  before: nasty,
  after: `C:\\a b\\${nasty}`,
  headline: nasty,
  about: 'client',
  groups: [
    {
      name: nasty,
      verdict: 'failed',
      summary: nasty,
      entries: [entry({ source: { file: '/abs/ä b:#?.yaml', line: 3, column: 1 } }), entry({ rule: nasty, severity: 'note' })],
    },
    { name: 'skipped', verdict: 'skipped', entries: [entry({ severity: 'warning', source: { file: 'a:b/c.yaml', line: 1, column: 9 } })] },
    { name: 'passed', verdict: 'passed', entries: [] },
    { name: 'passed with words', verdict: 'passed', entries: [entry({ severity: 'note' })] },
  ],
  facts: {},
}

async function reports(): Promise<[string, Report][]> {
  const examples = [...contractRules.values()].map(({ id, example }) => ({ id, ...example.documents, options: example.options ?? {} }))
  const compared = await Promise.all(
    examples.map(async ({ id, before, after, options }): Promise<[string, Report]> => {
      const [old, now] = [
        await readContract({ text: JSON.stringify(before), name: 'old.json' }),
        await readContract({ text: JSON.stringify(after), name: 'new.json' }),
      ]
      const findings = compareContracts(old, now, options)
      return [id, comparisonReport({ before: 'old.json', after: 'new.json', findings, lines: sourceLines(findings) })]
    }),
  )
  return [
    ...compared,
    ['no difference', comparisonReport({ before: 'a', after: 'b', findings: [], lines: new Map() })],
    ['no client', clientsReport({ before: 'a', after: 'b', clients: [] })],
    ['whatever partners write', wild],
  ]
}

describe('as the standards ask', () => {
  it('SARIF is valid by the schema of 2.1.0, and every index, level and fingerprint is right', async () => {
    expect(validate({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x', rules: [{ id: 1 }] } }, colour: 'red' }] })).toBe(false)
    for (const [name, report] of await reports()) {
      const written = JSON.parse(writeReport(report, 'sarif'))
      expect(validate(written), `${name}: ${ajv.errorsText(validate.errors)}`).toBe(true)
      const { results, tool } = written.runs[0]
      for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId)
      expect(results).toHaveLength(report.groups.flatMap(({ entries }) => entries).length)
    }
  })

  it('JUnit is well-formed, has only the elements and attributes that all readers know, in their order, and counts right', async () => {
    for (const [name, report] of await reports()) {
      const root = parse(writeReport(report, 'junit'))
      expect(root.name, name).toBe('testsuites')
      const [suite] = root.children
      expect(Object.keys(suite!.attributes).sort()).toEqual(['errors', 'failures', 'name', 'skipped', 'tests', 'time'])
      for (const count of ['errors', 'failures', 'skipped', 'tests']) expect(suite!.attributes[count]).toMatch(/^\d+$/)
      const cases = suite!.children
      expect(cases.length).toBeGreaterThan(0)
      const having = (child: string) => cases.filter(({ children }) => children.some(({ name }) => name === child)).length
      expect([suite!.attributes.tests, suite!.attributes.failures, suite!.attributes.skipped]).toEqual([
        String(cases.length),
        String(having('failure')),
        String(having('skipped')),
      ])
      for (const one of cases) {
        expect(one.name).toBe('testcase')
        expect(Object.keys(one.attributes).sort()).toEqual(['classname', 'name', 'time'])
        // Either failed or skipped, and whatever it printed comes last.
        expect(one.children.map((child) => child.name).join(' ')).toMatch(/^(failure|skipped)?( ?system-out)?$/)
        for (const child of one.children) {
          const allowed = { failure: ['message', 'type'], skipped: ['message'], 'system-out': [] }[child.name]!
          expect(Object.keys(child.attributes).sort()).toEqual(allowed)
        }
      }
    }
  })
})

interface Element {
  name: string
  attributes: Record<string, string>
  children: Element[]
}

/** Strict: elements, attributes in double quotes, character references and text; anything else is not well-formed. */
function parse(xml: string): Element {
  const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(xml)!
  const open: Element[] = [{ name: '', attributes: {}, children: [] }]
  let at = declaration[0].length
  const token = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|[^<>]+/y
  while (at < xml.length) {
    token.lastIndex = at
    const found = token.exec(xml)
    expect(found, xml.slice(at, at + 80)).not.toBeNull()
    at = token.lastIndex
    const [whole, closes, name, attributes = '', empty] = found!
    expect(whole).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i)
    expect(whole.isWellFormed()).toBe(true)
    if (name === undefined) continue
    if (closes) expect(open.pop()!.name).toBe(name)
    else {
      const element = {
        name,
        attributes: Object.fromEntries([...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!])),
        children: [],
      }
      open.at(-1)!.children.push(element)
      if (!empty) open.push(element)
    }
  }
  expect(open).toHaveLength(1)
  expect(open[0]!.children).toHaveLength(1)
  return open[0]!.children[0]!
}
