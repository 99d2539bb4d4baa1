import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareRecords, type OwnRecord, type SideRecord } from './compare-records.ts'

const day = '2026-11-20'
const theirs = (status: number | null, count = 1, key?: string): SideRecord => ({
  day,
  operation: 'POST /orders',
  status,
  count,
  ...(key && { key }),
})
const ours = (status: number | null, count = 1, key?: string): OwnRecord => ({ ...theirs(status, count, key), uncertain: status === null })

describe('two sides’ records', () => {
  it('agree on what both have, and differ in what one has', () => {
    expect(compareRecords([theirs(201, 10), theirs(500, 2)], [ours(201, 9), ours(500, 4)])).toMatchObject({
      theirs: 12,
      ours: 13,
      agreed: 11,
      differing: 2,
      differences: [
        { status: 201, theirs: 10, ours: 9, says: '1 more in the records handed in than went or came through the bridge' },
        { status: 500, theirs: 2, ours: 4, says: '2 more at the bridge than in the records handed in' },
      ],
    })
  })

  it('an event whose status alone differs differs once', () => {
    expect(compareRecords([theirs(500, 3)], [ours(201, 3)])).toMatchObject({ agreed: 0, differing: 3 })
  })

  it('a call that nobody answered explains a surplus, and is no difference of its own', () => {
    expect(compareRecords([theirs(201, 5)], [ours(201, 3), ours(null, 2)])).toMatchObject({ differing: 0, uncertain: 2 })
    expect(compareRecords([theirs(201, 3)], [ours(201, 3), ours(null, 2)])).toMatchObject({ differing: 0, uncertain: 2 })
    expect(compareRecords([theirs(201, 6)], [ours(201, 3), ours(null, 2)])).toMatchObject({ differing: 1 })
  })

  it('with keys each is compared by itself', () => {
    const found = compareRecords(
      [theirs(201, 1, 'a'), theirs(500, 1, 'b'), theirs(201, 1, 'c'), theirs(201, 1, 'u')],
      [ours(201, 1, 'a'), ours(201, 1, 'b'), ours(201, 1, 'd'), ours(null, 1, 'u')],
    )
    expect(found).toMatchObject({ agreed: 1, differing: 3, uncertain: 1 })
    expect(found.differences.map(({ key, says }) => `${key}: ${says}`)).toEqual([
      'b: the records handed in say 500, the bridge saw 201',
      'c: the bridge knows nothing of it',
      'd: the records handed in know nothing of it',
    ])
  })

  it('agree with themselves, and lose nothing: agreed and differing cover the larger of the two', () => {
    const row = fc.record({ status: fc.constantFrom(200, 404, 500), count: fc.integer({ min: 0, max: 20 }) })
    fc.assert(
      fc.property(fc.array(row), fc.array(row), (some, others) => {
        const [a, b] = [some.map(({ status, count }) => theirs(status, count)), others.map(({ status, count }) => ours(status, count))]
        const found = compareRecords(a, b)
        expect(found.agreed + found.differing).toBe(Math.max(found.theirs, found.ours))
        const same = compareRecords(
          a,
          some.map(({ status, count }) => ours(status, count)),
        )
        expect([same.differing, same.differences]).toEqual([0, []])
      }),
    )
  })
})
