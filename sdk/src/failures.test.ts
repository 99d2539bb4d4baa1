import { describe, expect, it } from 'vitest'
import {
  BugFailure,
  CredentialFailure,
  CustomerDataFailure,
  Failure,
  isFailure,
  PartnerDownFailure,
  RetryableFailure,
  ThrottledFailure,
} from './index.ts'

const all = [
  new RetryableFailure('a', { afterMs: 5, status: 503 }),
  new ThrottledFailure('b', { untilMs: 9, key: 'k', status: 429 }),
  new CredentialFailure('c', { status: 401 }),
  new CustomerDataFailure('d', { status: 422, body: { title: 'no' } }),
  new BugFailure('e'),
  new PartnerDownFailure('f', { cause: new Error('ECONNREFUSED') }),
]

describe('failures', () => {
  it('are six kinds of one thing', () => {
    expect(all.map(({ kind }) => kind)).toEqual(['retryable', 'throttled', 'credential', 'customer-data', 'bug', 'partner-down'])
    for (const failure of all) {
      expect(failure).toBeInstanceOf(Failure)
      expect(failure).toBeInstanceOf(Error)
      expect(failure.name).toBe(failure.constructor.name)
    }
  })

  it('carry what the partner said and nothing that is not there', () => {
    expect(all[0]).toMatchObject({ message: 'a', afterMs: 5, status: 503 })
    expect(all[1]).toMatchObject({ untilMs: 9, key: 'k' })
    expect(all[3]).toMatchObject({ status: 422, body: { title: 'no' } })
    expect(all[5]?.cause).toMatchObject({ message: 'ECONNREFUSED' })
    expect(Object.keys(new BugFailure('e')).sort()).toEqual(['kind', 'name'])
  })

  it('are known across two copies of this package, and nothing else is', async () => {
    // Another URL is another module to Node.
    const copy = (await import(`${import.meta.dirname}/failures.ts?copy`)) as typeof import('./failures.ts')
    const foreign = new copy.RetryableFailure('x')
    expect(foreign).not.toBeInstanceOf(RetryableFailure)
    expect(isFailure(foreign)).toBe(true)
    expect([new Error('x'), null, undefined, 'retryable', { kind: 'retryable' }].map(isFailure)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ])
  })
})
