import { describe, expect, it } from 'vitest'
import type { LoggedRequest } from '../sandbox/index.ts'
import type { FlowWrite } from './disturbed-integration.ts'
import { effectsOf } from './effects.ts'

const write = (changes: Partial<FlowWrite> = {}): FlowWrite => ({
  platform: 'desk',
  method: 'POST',
  path: '/tickets',
  pathParameters: {},
  body: { subject: 'a', tags: ['x'] },
  origin: 'o1',
  lane: 'l1',
  answer: { id: 't1' },
  ...changes,
})
const request = (changes: Partial<LoggedRequest> = {}): LoggedRequest => ({
  number: 1,
  at: '2026-01-01T00:00:00.000Z',
  method: 'POST',
  path: '/tickets',
  query: '',
  operation: undefined,
  status: 201,
  idempotencyKey: 'k',
  faults: [],
  effect: true,
  body: { tags: ['x'], subject: 'a' },
  ...changes,
})
const sandbox = (requests: LoggedRequest[], records: unknown[] = []) => ({ platform: 'desk', requests, records })

describe('the effects of a test', () => {
  it('are what sandboxes changed, with the call that caused it', () => {
    const calls = [write({ origin: 'o1' }), write({ body: { subject: 'b' }, origin: 'o2', lane: 'l2' })]
    const seen = [request({ body: { subject: 'b' } }), request({ effect: false }), request()]
    expect(effectsOf([sandbox(seen)], calls).map(({ origin, lane }) => [origin, lane])).toEqual([
      ['o2', 'l2'],
      ['o1', 'l1'],
    ])
  })

  it('belong to concrete paths, also below the path of the contract’s server', () => {
    const call = write({ method: 'PATCH', path: '/tickets/{id}', pathParameters: { id: 'a b' }, body: { status: 'closed' } })
    const seen = request({ method: 'PATCH', path: '/v1/tickets/a%20b', body: { status: 'closed' } })
    expect(effectsOf([sandbox([seen])], [call])).toHaveLength(1)
    expect(() => effectsOf([sandbox([{ ...seen, path: '/v1/tickets/other' }])], [call])).toThrow('which no flow called')
  })

  it('are in order of time across platforms', () => {
    const hub = { platform: 'hub', requests: [request({ at: '2026-01-01T00:00:00.001Z' })], records: [] }
    const desk = sandbox([request({ at: '2026-01-01T00:00:00.002Z' }), request({ at: '2026-01-01T00:00:00.000Z' })])
    const calls = [write({ platform: 'hub' }), write(), write()]
    expect(effectsOf([desk, hub], calls).map(({ platform }) => platform)).toEqual(['desk', 'hub', 'desk'])
  })

  it('have the answer that a repetition got when theirs was lost, or else the record that they made', () => {
    const lost = write({ answer: undefined })
    expect(effectsOf([sandbox([request()])], [lost, write({ answer: { id: 't9' } })])[0]?.answer).toEqual({ id: 't9' })
    const records = [
      { id: 't1', subject: 'z', tags: ['x'] },
      { id: 't2', subject: 'a', tags: ['x'], number: 7 },
    ]
    expect(effectsOf([sandbox([request()], records)], [lost])[0]?.answer).toMatchObject({ id: 't2' })
    expect(effectsOf([sandbox([request()])], [lost])[0]?.answer).toBeUndefined()
  })

  it('happen twice when a write happened twice', () => {
    expect(effectsOf([sandbox([request(), request()])], [write({ answer: undefined }), write()])).toHaveLength(2)
  })
})
