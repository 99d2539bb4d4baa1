import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { announcementOf, dateIn } from './announcement.ts'
import { readContract } from './read-contract.ts'
import { standingAnnouncements } from './standing-announcements.ts'

const square = fileURLToPath(new URL('../../../../shared/specs/square-customer-cards/before.json', import.meta.url))

describe('dates in sentences', () => {
  it.each([
    ['This endpoint is deprecated and will be removed April 28, 2026', { date: '2026-04-28' }],
    ['Deprecated on 2024-05-01, removed on 2025-05-01.', { date: '2025-05-01' }],
    ['Retired on the 3rd of March 2027', { date: '2027-03-03' }],
    ['Will be sunset 1st Sept 2026.', { date: '2026-09-01' }],
    ['DEPRECATED at version 2021-06-16 and will be RETIRED at version 2024-12-18.', { version: '2024-12-18' }],
    ['Deprecated since API v64.', {}],
    ['Removed on February 31, 2026', { date: '2026-02-31' }],
    ['TBD', {}],
  ])('%s', (sentence, expected) => {
    const found = dateIn(sentence)
    // A day that no calendar has is no date.
    expect(found).toEqual(sentence.includes('February 31') ? {} : expected)
  })
})

describe('announcements', () => {
  it('are taken from the most trusted words, with the date from wherever one stands', () => {
    expect(announcementOf({ deprecated: true, description: 'Old. Will be removed on 28 April 2026.' })).toMatchObject({
      date: '2026-04-28',
      source: 'prose',
      confidence: 'read',
    })
    expect(announcementOf({ deprecated: true, 'x-sunset': '2026-04-28' })).toMatchObject({
      date: '2026-04-28',
      source: 'x-sunset',
      confidence: 'stated',
    })
    expect(announcementOf({ 'x-deprecation': { retirementDate: 'TBD' } })).toMatchObject({ source: 'dialect' })
    expect(announcementOf({ 'x-deprecation': { retirementDate: 'TBD' } })).not.toHaveProperty('date')
    expect(announcementOf({ 'x-deprecation': {} })).toMatchObject({ source: 'dialect', confidence: 'stated' })
    expect(announcementOf({ 'x-release-status': 'PUBLIC' })).toBeUndefined()
    expect(announcementOf({ 'x-release-status': 'DEPRECATED' })).toMatchObject({ source: 'dialect' })
  })

  it.skipIf(!existsSync(square))('whose date has passed are stale, not removals (needs ../shared/specs beside the project)', async () => {
    const found = standingAnnouncements(await readContract({ path: square }), new Date('2025-01-23'))
    const state = (what: string) => found.find((item) => item.what === what)?.state
    expect([
      state('GET /v2/employees'),
      state('POST /v2/inventory/batch-change'),
      state('GET /v2/labor/employee-wages'),
      state('GET /v1/{location_id}/orders'),
    ]).toEqual(['passed', 'passed', 'undated', 'undated'])
    expect(found.find((item) => item.what === 'Customer.cards')?.announcement.version).toBe('2024-12-18')
  })
})
