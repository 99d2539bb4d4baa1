import { describe, expect, it } from 'vitest'
import { readDurationMs, timeBefore } from './time.ts'

describe('timeBefore', () => {
  it('counts back weeks, days, hours, minutes and seconds, across midnight and offsets', () => {
    expect(timeBefore('2026-03-01T00:04:00Z', 'PT5M')).toBe('2026-02-28T23:59:00.000Z')
    expect(timeBefore('2026-03-01T02:00:00+02:00', 'P1DT1H1M1S')).toBe('2026-02-27T22:58:59.000Z')
    expect(timeBefore('2026-03-15T00:00:00Z', 'P2W')).toBe('2026-03-01T00:00:00.000Z')
    expect(timeBefore('2026-03-15T00:00:00Z', 'PT0S')).toBe('2026-03-15T00:00:00.000Z')
  })

  it('refuses what is no time and no duration, and says what it expected', () => {
    expect(() => timeBefore('yesterday', 'PT5M')).toThrow('expected a time such as')
    for (const wrong of ['5M', 'PT', 'P', 'P1Y', 'P1M', '-PT5M', 'PT1.5S', ''])
      expect(() => timeBefore('2026-03-15T00:00:00Z', wrong), wrong).toThrow('expected a duration such as PT5M')
    expect(readDurationMs('PT90M')).toBe(5_400_000)
  })
})
