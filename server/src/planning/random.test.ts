import { describe, expect, it } from 'vitest'
import { nextUniform, nextWord, type RandomState, randomStream } from './random.ts'

describe('xoshiro128**', () => {
  it('yields the words of the reference implementation from the state 1, 2, 3, 4', () => {
    // Output of xoshiro128starstar.c 1.1, as kept in the tests of the Rust crate rand_xoshiro.
    const expected = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804]
    const state: RandomState = [1, 2, 3, 4]
    expect(expected.map(() => nextWord(state))).toEqual(expected)
  })

  it('gives each named input its own stream, and the same one each time', () => {
    const first = (seed: number, name: string) => nextUniform(randomStream(seed, name))
    expect(first(1, 'instances')).toBe(first(1, 'instances'))
    expect(new Set([first(1, 'instances'), first(2, 'instances'), first(1, 'maintenance'), first(1, 'build-factor')]).size).toBe(4)
  })

  it('fills the unit interval evenly and never touches its ends', () => {
    const stream = randomStream(42, 'anything')
    const draws = Array.from({ length: 100_000 }, () => nextUniform(stream))
    const deciles = Array.from({ length: 10 }, (_, decile) => draws.filter((draw) => Math.floor(draw * 10) === decile).length)
    // Standard deviation of a decile's count is √(100000·0.1·0.9) ≈ 95; five of them on each side.
    for (const count of deciles) expect(Math.abs(count - 10_000)).toBeLessThan(475)
    expect(Math.min(...draws)).toBeGreaterThan(0)
    expect(Math.max(...draws)).toBeLessThan(1)
  })
})
