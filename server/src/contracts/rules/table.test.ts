import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { compareContracts } from '../compare-contracts.ts'
import { identityOf } from '../finding.ts'
import { readContract } from '../read-contract.ts'
import { printRules } from './print-rules.ts'
import { contractRules } from './table.ts'

const today = new Date('2026-01-01')
const read = (name: string, document: object) => readContract({ name, text: JSON.stringify(document) })

describe('the rule table', () => {
  it.each([...contractRules.values()])('$id fires on its example, at its level, and not without the change', async (rule) => {
    const { before, after } = rule.example.documents
    const [old, now] = [await read('before', before), await read('after', after)]
    const options = { today, ...rule.example.options }
    const found = compareContracts(old, now, options).filter((finding) => finding.rule === rule.id)
    expect(found).not.toHaveLength(0)
    expect(found.map((finding) => [finding.level, finding.direction])).toContainEqual([rule.level, rule.direction])
    const again = compareContracts(now, await read('after', after), options)
    // What is wrong with one version alone is told as long as it is wrong.
    expect(again.filter((finding) => finding.rule !== 'api-invalid-stability-level' && !finding.rule.endsWith('-undetermined'))).toEqual([])
  })

  it('is printed to docs/contract-rules.md', async () => {
    expect(await readFile(new URL('../../../../docs/contract-rules.md', import.meta.url), 'utf8')).toBe(printRules())
  })

  it('gives the finding of every example an identity of its own', async () => {
    for (const rule of contractRules.values()) {
      const { before, after } = rule.example.documents
      const found = compareContracts(await read('before', before), await read('after', after), { today, ...rule.example.options })
      expect(new Set(found.map(identityOf)).size, rule.id).toBeGreaterThan(0)
    }
  })

  it('names each rule once and says what it means', () => {
    for (const rule of contractRules.values()) {
      expect(rule.meaning, rule.id).toMatch(/^[A-Z`].*[.]$/s)
      expect(rule.id).toMatch(/^[a-z0-9-]+$/)
    }
  })
})
