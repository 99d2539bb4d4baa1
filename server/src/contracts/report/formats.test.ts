import { describe, expect, it } from 'vitest'
import { compareContracts, readContract } from '../index.ts'
import { type ClientVerdict, clientsReport } from './clients-report.ts'
import { type ReportFormat, reportFormats, writeReport } from './formats.ts'
import { comparisonReport, type Report } from './report.ts'
import { sourceLines } from './source-lines.ts'

const name = '<script>alert(1)</script>|`]]>\u0007'
const document = (limit: number) =>
  JSON.stringify(
    {
      openapi: '3.1.0',
      paths: {
        '/a': {
          post: {
            requestBody: {
              content: { 'application/json': { schema: { type: 'object', properties: { [name]: { type: 'string', maxLength: limit } } } } },
            },
            responses: {},
          },
        },
      },
    },
    null,
    2,
  )

async function report(format: ReportFormat): Promise<string> {
  const [before, after] = [await readContract({ name: 'old', text: document(9) }), await readContract({ name: 'new', text: document(5) })]
  const findings = compareContracts(before, after, { today: new Date('2026-01-01') })
  return writeReport(comparisonReport({ before: 'old', after: 'new', findings, lines: sourceLines(findings) }), format)
}

describe('reports', () => {
  it.each(reportFormats)('as %s name the rule and give the same bytes twice', async (format) => {
    expect(await report(format)).toContain('request-property-max-length-decreased')
    expect(await report(format)).toBe(await report(format))
  })

  it.each(['html', 'markdown', 'junit'] as const)("as %s carry a partner's words without their markup", async (format) => {
    expect(await report(format)).not.toContain('<script>')
  })

  it('as SARIF place each result with its level, line and identity', async () => {
    const sarif = JSON.parse(await report('sarif'))
    const [result] = sarif.runs[0].results
    expect(sarif.version).toBe('2.1.0')
    expect(result).toMatchObject({ ruleId: 'request-property-max-length-decreased', level: 'error', ruleIndex: 0 })
    expect(sarif.runs[0].tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId)
    expect(result.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'new' },
      region: { startLine: expect.any(Number) },
    })
    expect(result.partialFingerprints['bridgekeeper/v1']).toMatch(/^[0-9a-f]{32}$/)
  })

  it('tell a change of a shared schema once per operation, and all its places in the facts', async () => {
    const shared = (limit: number) => {
      const address = {
        type: 'object',
        properties: { street: { type: 'string', maxLength: limit }, town: { type: 'string', maxLength: limit } },
      }
      const ref = { $ref: '#/components/schemas/Address' }
      const schema = { type: 'object', properties: { billing: ref, shipping: ref, former: { type: 'array', items: ref } } }
      const post = { requestBody: { content: { 'application/json': { schema } } }, responses: {} }
      return JSON.stringify({ openapi: '3.1.0', paths: { '/a': { post } }, components: { schemas: { Address: address } } })
    }
    const [before, after] = [await readContract({ name: 'old', text: shared(9) }), await readContract({ name: 'new', text: shared(5) })]
    const findings = compareContracts(before, after, { today: new Date('2026-01-01') })
    const { groups, facts } = comparisonReport({ before: 'old', after: 'new', findings, lines: sourceLines(findings) })
    const entries = groups.flatMap((group) => group.entries)
    expect(entries.map((entry) => entry.position)).toEqual(['application/json, billing.street', 'application/json, billing.town'])
    expect(entries[0]?.message).toMatch(/The same change is met in 2 more places of it\.$/)
    expect((facts as { findings: unknown[] }).findings).toHaveLength(6)
  })

  it('as JUnit count one failed case for an operation that breaks', async () => {
    const junit = await report('junit')
    expect(junit).toContain('tests="1" failures="1"')
    expect(junit).toContain('<testcase classname="contract" name="POST /a" time="0"><failure')
    expect(junit).not.toMatch(/[\u0000-\u0008]/)
  })

  it('as JUnit are one passed case when nothing changed', () => {
    const empty = comparisonReport({ before: 'old', after: 'new', findings: [], lines: new Map() })
    expect(writeReport(empty, 'junit')).toContain('tests="1" failures="0"')
  })

  it('as annotations keep one command on one line', async () => {
    const lines = (await report('github')).split('\n')
    expect(lines[0]).toMatch(/^::error file=new,line=\d+,col=\d+,title=request-property-max-length-decreased::POST \/a, /)
    expect(lines).toHaveLength(2)
  })
})

describe('reports by client', () => {
  const source = { file: 'api of/new.yaml', line: 7, column: 3 }
  const reason = {
    rule: 'request-property-removed',
    level: 'WARN',
    direction: 'request',
    place: 'POST /a',
    position: 'name',
    identity: 'i',
  } as const
  const clients = [
    { client: 'a/main', outcome: 'break', reasons: [{ ...reason, outcome: 'break', message: `Gone ${name}`, source }] },
    {
      client: 'b/main',
      outcome: 'unknown',
      reasons: [
        {
          outcome: 'unknown',
          rule: null,
          level: null,
          direction: null,
          place: null,
          position: '',
          message: 'No traffic.',
          identity: null,
          source: null,
        },
      ],
    },
    { client: 'c/main', outcome: 'none', reasons: [] },
  ] as const satisfies ClientVerdict[]
  const as = (format: ReportFormat) => writeReport(clientsReport({ before: 'old', after: 'new.yaml', clients }), format)

  it('say in one line how many break, and how many are unknown', () => {
    expect(as('text').split('\n').at(-1)).toBe('1 of 3 clients would break, 1 unknown, 1 not touched.')
    expect(as('text')).toContain('(api of/new.yaml:7:3)')
    expect(JSON.parse(as('json')).counts).toMatchObject({ break: 1, unknown: 1, none: 1 })
  })

  it('as JUnit fail where a client breaks and skip where nobody can tell', () => {
    const junit = as('junit')
    expect(junit).toContain('tests="3" failures="1" errors="0" skipped="1"')
    expect(junit).toContain('name="b/main" time="0"><skipped message="unknown: No traffic. [usage-unknown]"/>')
  })

  it('as SARIF give every result a place that is a URI, and one identity per client', () => {
    const { results } = JSON.parse(as('sarif')).runs[0]
    const uris = results.map(
      ({ locations }: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
        locations[0]!.physicalLocation.artifactLocation.uri,
    )
    expect(uris).toEqual(['api%20of/new.yaml', 'new.yaml'])
    expect(new Set(results.map((result: { partialFingerprints: object }) => JSON.stringify(result.partialFingerprints))).size).toBe(2)
  })

  it('as Markdown mention nobody and link nowhere', () => {
    const hostile = clientsReport({
      before: '@ops',
      after: 'https://evil.example',
      clients: [{ client: '[x](http://evil.example) #12', outcome: 'none', reasons: [] }],
    })
    // GitHub looks for mentions in what was rendered, where a character by its number is the character.
    const more = clientsReport({
      before: 'a@b.example',
      after: 'x',
      clients: [{ client: 'GH-7 acme/api#8 @ops', outcome: 'none', reasons: [] }],
    })
    const rendered = (report: Report) => writeReport(report, 'markdown').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    for (const report of [hostile, more]) expect(rendered(report)).not.toMatch(/@\w|#\d|GH-\d/)
    expect(writeReport(hostile, 'markdown')).not.toMatch(/@ops|\[x\]\(http:|https?:\/\/| #12/)
  })
})
