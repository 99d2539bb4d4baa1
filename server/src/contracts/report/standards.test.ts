import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { compareContracts, readContract } from '../index.ts'
import { contractRules } from '../rules/table.ts'
import { clientsReport } from './clients-report.ts'
import { writeReport } from './formats.ts'
import { comparisonReport, type Report, type ReportEntry } from './report.ts'
import { sourceLines } from './source-lines.ts'

/** What the schema of SARIF 2.1.0 (OASIS, errata 01) says of the objects that we write: each is closed. */
const closed = (required: string[], properties: object) => ({ type: 'object', required, properties, additionalProperties: false })
const text = { type: 'string' }
const index = { type: 'integer', minimum: -1 }
const level = { enum: ['none', 'note', 'warning', 'error'] }
const message = {
  ...closed([], { text, markdown: text, id: text, arguments: { type: 'array', items: text } }),
  anyOf: [{ required: ['text'] }, { required: ['id'] }],
}
const uri = { type: 'string', format: 'uri-reference' }
const artifactLocation = closed([], { uri, uriBaseId: text, index, description: message })
const positive = { type: 'integer', minimum: 1 }
const region = closed([], { startLine: positive, startColumn: positive, endLine: positive, endColumn: positive })
const location = closed([], { id: { type: 'integer', minimum: -1 }, physicalLocation: closed([], { artifactLocation, region }), message })
const multiformat = closed(['text'], { text, markdown: text })
const unique = (items: object) => ({ type: 'array', uniqueItems: true, items })
const rule = closed(['id'], {
  id: text,
  name: text,
  shortDescription: multiformat,
  fullDescription: multiformat,
  helpUri: { type: 'string', format: 'uri' },
  defaultConfiguration: closed([], { enabled: { type: 'boolean' }, level, rank: { type: 'number' } }),
})
const driver = closed(['name'], {
  name: text,
  version: text,
  semanticVersion: text,
  informationUri: { type: 'string', format: 'uri' },
  rules: unique(rule),
})
const result = closed(['message'], {
  ruleId: text,
  ruleIndex: index,
  kind: { enum: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational'] },
  level,
  message,
  locations: { type: 'array', items: location },
  fingerprints: { type: 'object', additionalProperties: text },
  partialFingerprints: { type: 'object', additionalProperties: text },
})
const run = closed(['tool'], {
  tool: closed(['driver'], { driver, extensions: unique(driver) }),
  columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
  results: { type: ['array', 'null'], items: result },
})
const log = closed(['version', 'runs'], {
  $schema: { type: 'string', format: 'uri' },
  version: { enum: ['2.1.0'] },
  runs: { type: ['array', 'null'], items: run },
})

const ajv = new Ajv({ allErrors: true, strict: false })
;(addFormats as unknown as (target: unknown) => void)(ajv)
const validate = ajv.compile(log)

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
