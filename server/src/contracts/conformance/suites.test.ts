import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { contractRules } from '../index.ts'
import { type Divergences, idleDivergences, runConformance } from './run-conformance.ts'
import { runTruth } from './run-truth.ts'

const shared = fileURLToPath(new URL('../../../../../shared/', import.meta.url))
const suite = `${shared}conformance/openapi-changes`
const specs = `${shared}specs`
/** Rules whose level in our table is not the field's, and which no case of the suite tells apart. */
const ownLevels = JSON.parse(await readFile(new URL('own-levels.json', import.meta.url), 'utf8')) as Divergences['levels']
const divergences = JSON.parse(await readFile(new URL('divergences.json', import.meta.url), 'utf8')) as Divergences

describe('the conformance suite (needs ../shared/conformance/openapi-changes beside the project)', () => {
  it.skipIf(!existsSync(suite))(
    'has no failure, and at least 97 % of its cases pass without a divergence',
    async () => {
      const results = await runConformance(suite, divergences)
      expect(results.filter((result) => result.outcome === 'failed')).toEqual([])
      expect(results.filter((result) => result.outcome === 'passed').length / results.length).toBeGreaterThanOrEqual(0.97)
    },
    120_000,
  )

  it.skipIf(!existsSync(suite))(
    'knows every rule of the field but those about version numbers, at its level unless a divergence says why not',
    async () => {
      const rules = JSON.parse(await readFile(`${suite}/rules.json`, 'utf8')) as {
        id: string
        level: string
        direction: string
        versioningPolicy?: boolean
      }[]
      for (const rule of rules.filter((item) => !item.versioningPolicy)) {
        const ours = contractRules.get(rule.id)
        expect(ours, rule.id).toBeDefined()
        const diverging = [...divergences.levels, ...ownLevels].some(
          (entry) => entry.id === rule.id && entry.suite === rule.level && entry.ours === ours?.level,
        )
        expect(ours?.level === rule.level || diverging, rule.id).toBe(true)
        expect(ours?.direction, rule.id).toBe(rule.direction)
      }
    },
  )

  it.skipIf(!existsSync(suite))(
    'has no divergence that nothing depends on',
    async () => {
      expect(await idleDivergences(suite, divergences)).toEqual([])
      const idle = { ...divergences, levels: [...divergences.levels, ...ownLevels] }
      expect(await idleDivergences(suite, idle)).toEqual(ownLevels.map((entry) => entry.id))
    },
    120_000,
  )

  it('every divergence names a rule of ours and gives a reason', () => {
    for (const entry of [...divergences.levels, ...ownLevels, ...divergences.notReported]) {
      expect(contractRules.has(entry.id), entry.id).toBe(true)
      expect(entry.reason.length).toBeGreaterThan(40)
    }
  })
})

describe('real changes with reviewed truth (needs ../shared/specs beside the project)', () => {
  it.skipIf(!existsSync(specs))(
    'every client is told what the reviewed truth says',
    async () => {
      const results = await runTruth(specs)
      expect(results.length).toBeGreaterThan(0)
      expect(
        results
          .filter((result) => result.found !== result.expected)
          .map(({ stretch, client, step, found, expected }) => ({ stretch, client, step, found, expected })),
      ).toEqual([])
    },
    180_000,
  )
})
