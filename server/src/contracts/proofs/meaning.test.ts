import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareContracts } from '../compare-contracts.ts'
import { readContract } from '../read-contract.ts'
import { historyTruths } from './history-truths.ts'
import { keywordTruths } from './keyword-truths.ts'
import { messageTruths } from './message-truths.ts'
import { operationTruths } from './operation-truths.ts'
import { schemaTruths } from './schema-truths.ts'
import { field, reads, type Truth, text } from './truths.ts'

async function verdictOf(before: string, after: string): Promise<{ verdict: Truth; rules: string[] }> {
  const [old, now] = [await readContract({ name: 'before', text: before }), await readContract({ name: 'after', text: after })]
  return judge(compareContracts(old, now, { today: new Date('2026-01-01') }))
}

function judge(findings: ReturnType<typeof compareContracts>): { verdict: Truth; rules: string[] } {
  const has = (level: string) => findings.some((finding) => finding.level === level)
  return { verdict: has('ERR') ? 'breaks' : has('WARN') ? 'look' : 'silent', rules: findings.map(({ rule, level }) => `${rule} ${level}`) }
}

const accepted: Record<Truth, readonly Truth[]> = {
  silent: ['silent'],
  look: ['look'],
  breaks: ['breaks'],
  'look or breaks': ['look', 'breaks'],
}

describe.each(Object.entries({ ...schemaTruths, ...keywordTruths, ...operationTruths, ...messageTruths, ...historyTruths }))(
  '%s',
  (_, list) => {
    it.each(list)('$truth: $because', async ({ before, after, truth }) => {
      const { verdict, rules } = await verdictOf(JSON.stringify(before), JSON.stringify(after))
      expect(accepted[truth], rules.join(', ') || 'nothing was found').toContain(verdict)
    })
  },
)

describe('a contract in several files', () => {
  const write = async (files: Record<string, object>) => {
    const folder = await mkdtemp(join(tmpdir(), 'meaning-'))
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content))
    return readContract({ path: join(folder, 'openapi.json') })
  }
  const shared = (schema: object) => ({ 'openapi.json': reads({ $ref: './shared.json#/Thing' }), 'shared.json': { Thing: field(schema) } })

  it('silent: where a schema stands does not matter', async () => {
    const [one, several] = [await write({ 'openapi.json': reads(field(text)) }), await write(shared(text))]
    expect(judge(compareContracts(one, several))).toMatchObject({ verdict: 'silent' })
  })

  it('breaks: a type that changed in another file', async () => {
    expect(judge(compareContracts(await write(shared(text)), await write(shared({ type: 'integer' }))))).toMatchObject({
      verdict: 'breaks',
    })
  })
})
