import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createMetrics } from '../src/observation/index.ts'

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8')

it('the page for operators names each metric that there is, and none that there is not', async () => {
  const { registry } = createMetrics({ withProcess: true })
  const known = registry.getMetricsAsArray().map(({ name }) => name)
  const named = [...new Set(text.match(/bridgekeeper_[a-z_]+/g)!.map((name) => name.replace(/_bucket$/, '')))]
  expect(named.filter((name) => !known.includes(name))).toEqual([])
  expect(known.filter((name) => !/_(process|nodejs)_/.test(name) && !named.includes(name))).toEqual([])
})
