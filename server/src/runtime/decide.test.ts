import { CredentialFailure, CustomerDataFailure, PartnerDownFailure, RetryableFailure, ThrottledFailure } from '@bridgekeeper/sdk'
import { describe, expect, it } from 'vitest'
import { decide, defaultRetryPolicy, readFailure } from './decide.ts'

const fixOf = (thrown: unknown) => readFailure(thrown, {}).fix

describe('what a failure suggests', () => {
  it('promises that runs go on by themselves only where that is so', () => {
    expect(fixOf(new CredentialFailure('refused', { status: 401 }))).toContain('go on by themselves')
    // A right that the partner grants is noticed by nobody here.
    expect(fixOf(new CredentialFailure('refused', { status: 403 }))).toMatch(/granted at the partner and replay the run/)
  })

  it('does not send people to the data where the partner does not know what was named', () => {
    for (const status of [404, 410])
      expect(fixOf(new CustomerDataFailure('gone', { status }))).toContain('does not know what the call names')
    expect(fixOf(new CustomerDataFailure('no', { status: 422 }))).toContain('refuses this data')
    expect(fixOf(new CustomerDataFailure('no', { status: 409 }))).toContain('contradicts')
  })

  it('names the command that there is', () => {
    for (const failure of [new RetryableFailure('x'), new CustomerDataFailure('x', { status: 422 })])
      expect(fixOf(failure)).toMatch(/then replay the run\.$/)
  })

  it('says how to end the pause that a run waits for', () => {
    expect(fixOf(new ThrottledFailure('paused', { key: 'connection:42' }))).toMatch(/bridgekeeper connections resume 42$/)
    expect(fixOf(new PartnerDownFailure('open', { key: 'circuit:connection:42' }))).toContain('can be reached again')
    expect(fixOf(new ThrottledFailure('used up', { key: 'budget:42' }))).toContain('when the partner allows it')
  })

  it('keeps what a run waits for, so that it goes on when that is over', () => {
    expect(readFailure(new ThrottledFailure('later', { key: 'connection:42' }), {}).waitsFor).toBe('connection:42')
    expect(readFailure(new PartnerDownFailure('open', { key: 'circuit:platform:crm' }), {}).waitsFor).toBe('circuit:platform:crm')
    expect(readFailure(new ThrottledFailure('later'), {})).not.toHaveProperty('waitsFor')
  })
})

describe('a run whose partner is away', () => {
  const waitMs = (thrown: unknown) => {
    const context = { failures: 0, onPoison: 'park', policy: defaultRetryPolicy, nowMs: 0, random: 0, identity: 'x' } as const
    const decision = decide(readFailure(thrown, {}), context)
    return decision.kind === 'again' && !decision.countsAsFailure ? decision.atMs : undefined
  }

  it('looks again by itself where no circuit is open, and waits behind one until it is let go on', () => {
    expect(waitMs(new PartnerDownFailure('refused'))).toBe(10_000)
    // An author's own name for something is no circuit that anybody would close.
    expect(waitMs(new PartnerDownFailure('closed on Sundays', { key: 'sundays' }))).toBe(10_000)
    expect(waitMs(new PartnerDownFailure('open', { key: 'circuit:platform:crm', untilMs: 5_000 }))).toBe(24 * 3_600_000)
  })
})
