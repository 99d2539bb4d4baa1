import { readFile } from 'node:fs/promises'
import { type Divergences, idleDivergences, runConformance } from './run-conformance.ts'

const folder = process.argv[2]
if (folder === undefined) {
  console.error('Say which suite to run: npm run conformance -- FOLDER (with cases.json and rules.json)')
  process.exit(2)
}
const divergences = JSON.parse(await readFile(new URL('divergences.json', import.meta.url), 'utf8')) as Divergences
const results = await runConformance(folder, divergences)
for (const result of results.filter((item) => item.outcome === 'failed')) {
  console.log(`failed  ${result.id}`)
  for (const line of [...result.missing, ...result.tooMuch, ...(result.error ? [result.error] : [])]) console.log(`        ${line}`)
}
const byRule = new Map<string, { passed: number; diverging: number; failed: number }>()
for (const result of results) {
  for (const rule of result.rules) {
    const row = byRule.get(rule) ?? { passed: 0, diverging: 0, failed: 0 }
    row[result.outcome]++
    byRule.set(rule, row)
  }
}
for (const [rule, row] of [...byRule].sort(([a], [b]) => (a < b ? -1 : 1)))
  if (row.failed + row.diverging > 0) console.log(`rule    ${rule}: ${row.passed} passed, ${row.diverging} diverging, ${row.failed} failed`)
for (const result of results) if (result.outcome === 'diverging') console.log(`diverging  ${result.id}`)
const idle = await idleDivergences(folder, divergences)
for (const name of idle) console.log(`idle       ${name}: nothing in this suite depends on the divergence`)
const count = (outcome: string) => results.filter((item) => item.outcome === outcome).length
console.log(`${count('passed')} passed, ${count('diverging')} diverging on purpose, ${count('failed')} failed of ${results.length}`)
process.exitCode = count('failed') === 0 && idle.length === 0 ? 0 : 1
