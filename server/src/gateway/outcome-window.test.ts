import { describe, expect, it } from 'vitest'
import { CIRCUIT_POLICY, OutcomeWindow } from './outcome-window.ts'

const now = 1_800_000_000_000
const policy = { ...CIRCUIT_POLICY, windowMs: 10_000, minimumCalls: 4, downShare: 0.5 }

describe('OutcomeWindow', () => {
  it('opens at the share, but not below the minimum of calls', () => {
    const window = new OutcomeWindow(policy, 1)
    expect([1, 2, 3].map(() => window.record(true, 'a', now))).toEqual([false, false, false])
    expect(window.record(true, 'a', now)).toBe(true)
  })

  it('stays closed below the share', () => {
    const window = new OutcomeWindow(policy, 1)
    const outcomes = Array.from({ length: 90 }, (_, call) => window.record(call % 3 === 2, 'a', now + call))
    expect(outcomes).not.toContain(true)
  })

  it('forgets what is older than the window', () => {
    const window = new OutcomeWindow(policy, 1)
    for (let call = 0; call < 3; call += 1) window.record(true, 'a', now)
    expect(window.record(true, 'a', now + 10_001)).toBe(false)
    expect(window.isClean(now + 30_000)).toBe(true)
  })

  it('of a platform needs several connections: the dead host of one customer is not the platform', () => {
    const window = new OutcomeWindow(policy, 2)
    for (let call = 0; call < 20; call += 1) expect(window.record(true, 'one customer', now)).toBe(false)
    expect(window.record(true, 'another', now)).toBe(true)
  })

  it('remembers in constant space', () => {
    const window = new OutcomeWindow(policy, 1)
    for (let call = 0; call < 100_000; call += 1) window.record(call % 4 === 0, 'a', now + call)
    expect(window.record(false, 'a', now + 100_000)).toBe(false)
  })
})
