import { expect, it } from 'vitest'
import { createSampler } from './sampler.ts'

it('samples a few of each place in a row, then ever fewer while they agree, and more again when one does not', () => {
  let nowMs = 0
  const sampler = createSampler({ share: 1, eager: 3, now: () => nowMs })
  const taken = (ms: number) => {
    let count = 0
    for (const end = nowMs + ms; nowMs < end; nowMs += 10)
      if (sampler.wants('a')) {
        count += 1
        sampler.learn('a', false)
      }
    return count
  }
  expect(taken(100)).toBe(3)
  const early = taken(60_000)
  taken(3_600_000)
  const late = taken(3_600_000)
  expect(early).toBeGreaterThan(1)
  expect(late / 60).toBeLessThan(early)
  expect(late).toBeGreaterThanOrEqual(11)
  nowMs += 600_000
  expect(sampler.wants('a')).toBe(true)
  sampler.learn('a', true)
  expect(taken(10_000)).toBeGreaterThanOrEqual(1)
})

it('takes no more than its share of a core, however many places there are and however dear a check is', () => {
  let nowMs = 0
  const sampler = createSampler({ share: 0.02, now: () => nowMs })
  for (const costMs of [0.1, 5, 400]) {
    let spentMs = 0
    const start = nowMs
    for (let n = 0; n < 200_000; n++) {
      nowMs += 1
      if (!sampler.wants(`place ${n}`)) continue
      sampler.spend(costMs)
      spentMs += costMs
    }
    expect(spentMs / (nowMs - start), `${costMs} ms`).toBeLessThan(0.02 + 1_400 / 200_000)
  }
})
