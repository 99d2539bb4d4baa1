import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RateBudget } from './rate-budget.ts'

const now = 1_800_000_000_000

describe('RateBudget', () => {
  it('lets everything pass until a partner has said something', () => {
    const budget = new RateBudget()
    for (let call = 0; call < 1000; call += 1) budget.started(now)
    expect(budget.refusedUntilMs(now)).toBeUndefined()
  })

  it('refuses until the reset when nothing is left, then asks again', () => {
    const budget = new RateBudget()
    budget.started(now)
    budget.ended({ remaining: 0, resetMs: now + 5000 }, now)
    expect(budget.refusedUntilMs(now + 4999)).toBe(now + 5000)
    expect(budget.refusedUntilMs(now + 5000)).toBeUndefined()
  })

  it('waits for answers when the calls in flight could use up the rest', () => {
    const budget = new RateBudget()
    budget.started(now)
    budget.ended({ remaining: 2, resetMs: now + 60_000 }, now)
    budget.started(now)
    expect(budget.refusedUntilMs(now)).toBeUndefined()
    budget.started(now)
    expect(budget.refusedUntilMs(now)).toBe(now + 1000)
    budget.ended({ remaining: 1, resetMs: now + 60_000 }, now)
    budget.ended({ remaining: 1, resetMs: now + 60_000 }, now)
    expect(budget.refusedUntilMs(now)).toBeUndefined()
  })

  it('believes the smaller number of one window and the newer window, in any order of answers', () => {
    const budget = new RateBudget()
    for (const remaining of [3, 0, 2]) {
      budget.started(now)
      budget.ended({ remaining, resetMs: now + 60_000 + remaining * 300 }, now)
    }
    expect(budget.refusedUntilMs(now)).toBeGreaterThan(now)
    budget.started(now)
    budget.ended({ remaining: 100, resetMs: now + 120_000 }, now)
    expect(budget.refusedUntilMs(now)).toBeUndefined()
    budget.started(now)
    budget.ended({ remaining: 0, resetMs: now + 60_000 }, now)
    expect(budget.refusedUntilMs(now)).toBeUndefined()
  })

  it('never lets more calls through than a partner with a fixed window allows, however answers are delayed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.array(fc.boolean(), { minLength: 10, maxLength: 200 }), (limit, moves) => {
        const budget = new RateBudget()
        const resetMs = now + 60_000
        let used = 1
        // The first answer teaches the budget; afterwards `true` starts a call and `false` delivers the oldest answer.
        budget.started(now)
        budget.ended({ remaining: limit - 1, resetMs }, now)
        const answers: number[] = []
        for (const start of moves) {
          if (!start) {
            const remaining = answers.shift()
            if (remaining !== undefined) budget.ended({ remaining, resetMs }, now)
          } else if (budget.refusedUntilMs(now) === undefined) {
            budget.started(now)
            used += 1
            answers.push(limit - used)
          }
        }
        expect(used).toBeLessThanOrEqual(limit)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps a documented limit until the partner has said something itself', () => {
    const budget = new RateBudget({ requests: 3, perMs: 1000 })
    const grants = [0, 1, 2, 3, 500, 999, 1000, 1001].map((afterMs) => {
      const until = budget.refusedUntilMs(now + afterMs)
      if (until === undefined) budget.started(now + afterMs)
      return until
    })
    expect(grants).toEqual([undefined, undefined, undefined, now + 1000, now + 1000, now + 1000, undefined, undefined])
    budget.ended({ remaining: 50, resetMs: now + 60_000 }, now)
    for (let call = 0; call < 20; call += 1) budget.started(now + 1002)
    expect(budget.refusedUntilMs(now + 1002)).toBeUndefined()
  })
})
