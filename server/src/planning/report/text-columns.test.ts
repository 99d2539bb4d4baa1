import { expect, it } from 'vitest'
import { evaluatePlan } from '../evaluate-plan.ts'
import { knobsOf } from '../knobs.ts'
import { planLike } from '../plan.fixture.ts'
import { renderText } from './text.ts'

it.each([40, 60, 80])('the whole decision is read at %i columns without a word broken by the terminal', (columns) => {
  const report = evaluatePlan(planLike())
  const provenance = Object.fromEntries(
    knobsOf(report.inputs).map(({ path }) => [path, { basis: 'assumption' as const, source: 'nobody has confirmed it' }]),
  )
  const [narrow, wide] = [renderText(report, provenance, columns), renderText(report, provenance)]
  for (const line of narrow.split('\n')) expect(line.length <= columns || line.trim().split(/ {1,}/).length <= 2, line).toBe(true)
  const words = (text: string) => new Set(text.split(/\s+/))
  expect([...words(wide)].filter((word) => !words(narrow).has(word))).toEqual([])
})
