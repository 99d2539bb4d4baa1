import { CredentialFailure, CustomerDataFailure, RetryableFailure, ThrottledFailure } from '@bridgekeeper/sdk'
import { describe, expect, it } from 'vitest'
import { readFailure } from './decide.ts'

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
    expect(fixOf(new ThrottledFailure('open', { key: 'circuit:connection:42' }))).toContain('can be reached again')
    expect(fixOf(new ThrottledFailure('used up', { key: 'budget:42' }))).toContain('when the partner allows it')
  })

  it('keeps what a throttled run waits for, so that it goes on when that is over', () => {
    expect(readFailure(new ThrottledFailure('later', { key: 'circuit:platform:crm' }), {}).waitsFor).toBe('circuit:platform:crm')
    expect(readFailure(new ThrottledFailure('later'), {})).not.toHaveProperty('waitsFor')
  })
})
