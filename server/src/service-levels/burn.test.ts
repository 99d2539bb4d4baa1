import { describe, expect, it } from 'vitest'
import { canFire, judgeBurn, minimumEvents, tiersFor, usualTiers } from './burn.ts'

const hour = 3_600_000
/** The same ratio in every window. */
const always = (events: number, bad: number) => () => ({ events, bad })
const states = (targetPpm: number, within: (ms: number) => { events: number; bad: number }) =>
  judgeBurn(targetPpm, 28, within).map(({ state }) => state)

describe('burn alerts', () => {
  it('need 42, 100, 200 and 600 events at 99.5 %', () => {
    expect(usualTiers.map(({ burn }) => minimumEvents(burn, 995_000))).toEqual([42, 100, 200, 600])
  })

  it('can never fire at 14.4× below a target of 93.06 %', () => {
    expect(canFire(14.4, 930_600)).toBe(true)
    expect(canFire(14.4, 930_500)).toBe(false)
    expect(states(900_000, always(10_000, 10_000))).toEqual(['can-not-fire', 'firing', 'firing', 'firing'])
  })

  it('fire when both windows of a pair burn, and only then', () => {
    expect(states(995_000, always(1_000, 100))).toEqual(['firing', 'firing', 'firing', 'firing'])
    // It burned, and is over: the short window is clean.
    const over = (ms: number) => ({ events: 1_000, bad: ms <= 6 * hour && ms !== hour ? 0 : 100 })
    expect(states(995_000, over)[0]).toBe('quiet')
    // It begins: the long window has not burned enough.
    const begins = (ms: number) => ({ events: 1_000, bad: ms < hour ? 1_000 : 1 })
    expect(states(995_000, begins)[0]).toBe('quiet')
  })

  it('that burned before everything fell silent are not quiet: who no longer sends has seen no recovery', () => {
    const silent = (ms: number) => (ms < hour ? { events: 0, bad: 0 } : { events: 1_000, bad: 1_000 })
    expect(states(995_000, silent)[0]).toBe('insufficient-data')
  })

  it('say nothing on fewer events than tell more than chance', () => {
    expect(states(995_000, always(41, 41))[0]).toBe('insufficient-data')
    expect(states(995_000, always(42, 42))[0]).toBe('firing')
    expect(states(995_000, always(0, 0))).toEqual(Array(4).fill('insufficient-data'))
  })

  it('are raised by a synthetic breach in every tier that can fire', () => {
    for (const targetPpm of [990_000, 995_000, 999_000]) expect(states(targetPpm, always(10_000, 10_000))).toEqual(Array(4).fill('firing'))
  })

  it('scale their windows with the period', () => {
    expect(tiersFor(7).map(({ longMs }) => longMs / hour)).toEqual([0.25, 1.5, 6, 18])
  })
})
