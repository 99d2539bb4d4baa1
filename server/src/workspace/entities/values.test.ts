import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { nearest } from '../nearest.ts'
import { date, duration, email, slug, timeOfDay, timeZone, webAddress } from './values.ts'

describe('a day', () => {
  it('of the calendar is taken as it is written', () => {
    const day = fc
      .date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
      .map((value) => value.toISOString().slice(0, 10))
    fc.assert(
      fc.property(day, (text) => {
        expect(date.parse(text)).toBe(text)
      }),
    )
  })

  it('that does not exist is refused, as a calendar says', () => {
    const numbers = fc.record({ year: fc.integer({ min: 1900, max: 2199 }), month: fc.nat(14), day: fc.nat(33) })
    fc.assert(
      fc.property(numbers, ({ year, month, day }) => {
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
        const exists = new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
        expect(date.safeParse(text).success).toBe(exists)
      }),
    )
  })

  it('knows leap years', () => {
    expect(['2024-02-29', '2026-02-29', '2000-02-29', '1900-02-29'].map((text) => date.safeParse(text).success)).toEqual([
      true,
      false,
      true,
      false,
    ])
  })
})

it.each(['P90D', 'PT4H', 'P1Y6M', 'P2W', 'P0D', 'PT0.5S'])('%s is a length of time', (text) =>
  expect(duration.safeParse(text).success).toBe(true),
)
it('what is taken as a length of time is one for Temporal, and the other way round but for fractions of hours and minutes', () => {
  const part = fc.oneof(fc.constantFrom('P', 'T', 'PT', ''), fc.stringMatching(/^\d{0,3}(\.\d)?[YMWDHSX]?$/))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const text = `P${parts.join('')}`
      let known = false
      try {
        known = Temporal.Duration.from(text).sign >= 0
      } catch {}
      if (!/\.\d+[HM]/.test(text)) expect(duration.safeParse(text).success, text).toBe(known)
    }),
    { numRuns: 2_000 },
  )
})

it.each(['90D', 'P', 'PT', '-P1D', 'P-1D', 'P1H', '4 hours', '+P1D', 'p1d'])('%s is no length of time', (text) =>
  expect(duration.safeParse(text).success).toBe(false),
)
it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'])('%s is a time zone', (text) =>
  expect(timeZone.safeParse(text).success).toBe(true),
)
it.each(['Berlin', '+02:00', 'Mars/Olympus', ''])('%s is no time zone', (text) => expect(timeZone.safeParse(text).success).toBe(false))
it.each(['00:00', '09:30', '23:59', '24:00'])('%s is a time of day', (text) => expect(timeOfDay.safeParse(text).success).toBe(true))
it.each(['9:30', '24:01', '12:60', '0900'])('%s is no time of day', (text) => expect(timeOfDay.safeParse(text).success).toBe(false))
it.each(['https://a.example/b', 'http://localhost:1'])('%s is a web address', (text) =>
  expect(webAddress.safeParse(text).success).toBe(true),
)
it.each(['a.example', 'ftp://a.example', 'javascript:alert(1)', '//a'])('%s is no web address', (text) =>
  expect(webAddress.safeParse(text).success).toBe(false),
)
it.each(['a@b.example'])('%s is an e-mail address', (text) => expect(email.safeParse(text).success).toBe(true))
it.each(['a', 'A <a@b.example>', 'a@b'])('%s is no e-mail address', (text) => expect(email.safeParse(text).success).toBe(false))
it.each(['a', 'ticket-sync-2'])('%s is a name', (text) => expect(slug.safeParse(text).success).toBe(true))
it.each(['A', 'a--b', '-a', 'a_b', 'a.b', 'ä', 'x'.repeat(64), ''])('%s is no name', (text) =>
  expect(slug.safeParse(text).success).toBe(false),
)

describe('the nearest word', () => {
  it('is found through one slip of the pen', () => {
    const words = ['productOwner', 'deputy', 'engineering', 'partnership']
    expect(['prodcutOwner', 'product_owner', 'deputty', 'enginering', 'PARTNERSHIP'].map((word) => nearest(word, words))).toEqual([
      'productOwner',
      'productOwner',
      'deputy',
      'engineering',
      'partnership',
    ])
  })

  it('is none when nothing is close', () => {
    expect(nearest('wombat', ['deputy', 'sales'])).toBeUndefined()
    expect(nearest('', ['a'])).toBeUndefined()
  })
})
