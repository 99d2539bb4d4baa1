import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { dateIn } from './announced-dates.ts'
import { announcementOf } from './announcement.ts'
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
    // Forms.
    ['Will be removed by 31.12.2026.', { date: '2026-12-31' }],
    ['Will be removed on 2026/12/31.', { date: '2026-12-31' }],
    ['Sunset: 2026-12-31T23:59:59Z', { date: '2026-12-31' }],
    ['Will be removed on 31-Dec-2026', { date: '2026-12-31' }],
    ['Shuts down on 12/31/2026', { date: '2026-12-31' }],
    ['Shuts down on 31/12/2026', { date: '2026-12-31' }],
    ['Shuts down on 05/06/2026', {}],
    ['Will be discontinued at the end of June 2026', { date: '2026-06-30' }],
    ['Will be discontinued at the end of February 2028', { date: '2028-02-29' }],
    ['Will be retired in June 2026', { date: '2026-06-01' }],
    ['Will be retired in Q3 2026', { date: '2026-07-01' }],
    ['Will be retired by the end of Q4 of 2026', { date: '2026-12-31' }],
    ['Will be removed by the end of 2026', { date: '2026-12-31' }],
    ['Will be deprecated on 1 May 2027', { date: '2027-05-01' }],
    ['Effective May 15, 2026, this endpoint is retired', { date: '2026-05-15' }],
    ['Due to low usage it will no longer be available from 00:00 UTC on April 12, 2024.', { date: '2024-04-12' }],
    // False friends.
    ['Deprecated since 2024-01-01', {}],
    ['Deprecated as of June 1, 2024; use v2', {}],
    ['Deprecated on 1 May 2024.', {}],
    ['Deprecated since June 2023', {}],
    ['Deprecated: 2024-05-01', {}],
    ['Deprecated in favour of what was introduced on 2023-04-01', {}],
    ['Will be removed; this may 2024 times happen', {}],
    ['Will be removed by May', {}],
    ['Will be removed in the 2026-07-01 release', {}],
    ['Will be removed in API version `2026-07-01`', { version: '2026-07-01' }],
    ['Deprecated, use 2.12.2023-beta.1', {}],
    ['Removed in 9999-12-31', {}],
    ['Deprecated at 2022-07-20, this field is planned to retire in 6 months', {}],
  ])('%s', (sentence, expected) => {
    const found = dateIn(sentence)
    // A day that no calendar has is no date.
    expect(found).toEqual(sentence.includes('February 31') ? {} : expected)
  })
})

describe('announcements', () => {
  it('in sentences are those about the thing itself, and the one that names a day counts', () => {
    expect(announcementOf({ description: 'This endpoint is deprecated. It will be removed on 28 April 2026.' })).toMatchObject({
      date: '2026-04-28',
      words: 'It will be removed on 28 April 2026.',
    })
    // As GitHub writes it.
    const quoted =
      '> [!WARNING]\n> **Closing down notice:** This operation is closing down and will be removed on August 28, 2026.\n\nLists rooms.'
    expect(announcementOf({ description: quoted })).toMatchObject({
      words: 'Closing down notice: This operation is closing down and will be removed on August 28, 2026.',
      date: '2026-08-28',
    })
    const said = (description: string) => announcementOf({ description }) !== undefined
    const ofItself = ['Will be removed.', 'Soon to be removed.', 'This endpoint will be removed.', 'The old field will be removed soon.']
    for (const words of [...ofItself, 'It is unused and will be removed in the next version.']) expect(said(words), words).toBe(true)
    // Words of GitHub's own document.
    const others = ['you must provide a new `secret` or the secret will be removed.', 'Only their direct membership will be removed.']
    for (const words of [...others, 'All tags to be removed.']) expect(said(words), words).toBe(false)
  })

  it('in fields of vendors tell the day of an advice from that of an end', () => {
    expect(announcementOf({ 'x-deprecated-on': '2024-05-01' })).not.toHaveProperty('date')
    expect(announcementOf({ 'x-deprecated-on': 'Removed on 2027-05-01' })).toMatchObject({ date: '2027-05-01' })
    expect(announcementOf({ 'x-removal-date': '2027-05-01' })).toMatchObject({ date: '2027-05-01' })
    expect(announcementOf({ 'x-deprecation': { recommended: '2024-01-01', endDate: '2027-05-01' } })).toMatchObject({ date: '2027-05-01' })
  })

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
