import { describe, expect, it } from 'vitest'
import { compareContracts, readContract } from '../index.ts'
import { type ReportFormat, reportFormats, writeReport } from './formats.ts'
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
  return writeReport({ before: 'old', after: 'new', findings, lines: sourceLines(findings) }, format)
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

  it('as JUnit count one failed case for an operation that breaks', async () => {
    const junit = await report('junit')
    expect(junit).toContain('tests="1" failures="1"')
    expect(junit).toContain('<testcase classname="contract" name="POST /a"><failure')
    expect(junit).not.toMatch(/[\u0000-\u0008]/)
  })

  it('as annotations keep one command on one line', async () => {
    const lines = (await report('github')).split('\n')
    expect(lines[0]).toMatch(/^::error file=new,line=\d+,col=\d+,title=request-property-max-length-decreased::POST \/a, /)
    expect(lines).toHaveLength(2)
  })
})
