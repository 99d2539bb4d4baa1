import { z } from 'zod'
import { errors } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { type Complaint, complain, expectations } from './complain.ts'
import { rule } from './rule.ts'

/** A text with a form of its own; `check` answers what is wrong with it, or nothing. */
function form(expected: string, example: string, check: (text: string) => Complaint | undefined) {
  return z
    .string()
    .superRefine((text, context) => {
      const complaint = check(text)
      if (complaint) complain(context, complaint)
    })
    .register(expectations, { expected, example })
}

function badValue(found: string, expected: string, fix: string): Complaint {
  return (field) => errors.value({ field, found, expected, fix })
}

/** Words that a person reads; blank text is refused because a blank says nothing about who left it blank. */
export const text = z.string().trim().min(1).register(expectations, { expected: 'text', example: '' })

/** A name that other files refer to: lower case letters, digits and single hyphens, at most 63 characters. */
export const slug = form('a short name in lower case letters, digits and hyphens', 'ticket-sync', (found) =>
  found.length <= 63 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(found)
    ? undefined
    : badValue(found, 'a short name in lower case letters, digits and hyphens, at most 63 characters', nameFix(found)),
).meta({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 63 })

function nameFix(found: string): string {
  const suggestion = found
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-|-$/g, '')
  return suggestion ? `Write ${suggestion}.` : 'Use letters a to z, digits and hyphens.'
}

/** A day of the calendar, `YYYY-MM-DD`. Days that do not exist (30 February) are refused. */
export const date = form('a day as YYYY-MM-DD', '2026-09-30', (found) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(found))
    return badValue(found, 'a day as YYYY-MM-DD', 'Write year, month and day, for example 2026-09-30.')
  const [year = 0, month = 0, day = 0] = found.split('-').map(Number)
  if (month < 1 || month > 12)
    return () => errors.date_impossible({ found, fix: 'The middle number is the month, 01 to 12. Day and month may have changed places.' })
  const daysInMonth = month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  if (day >= 1 && day <= daysInMonth) return undefined
  return () =>
    errors.date_impossible({ found, fix: `That month has ${daysInMonth} days: use ${found.slice(0, 8)}${daysInMonth} or correct the day.` })
}).meta({ format: 'date' })

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** A moment with its offset from UTC, `2026-12-05T22:00Z`; without one nobody knows when it is. */
export const moment = form('a moment such as 2026-12-05T22:00Z', '2026-12-05T22:00Z', (found) =>
  momentPattern.test(found) && !Number.isNaN(Date.parse(found))
    ? undefined
    : badValue(
        found,
        'a moment with its offset from UTC',
        'Write day, time and Z or an offset: 2026-12-05T22:00Z, 2026-12-05T23:00+01:00.',
      ),
).meta({ format: 'date-time' })

const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/

/** A length of time in ISO 8601 (`P90D`, `PT15M`, `P1Y6M`); zero is `P0D`, negative lengths are refused. */
export const duration = form('a length of time such as P90D or PT4H', 'P90D', (found) =>
  isDuration(found)
    ? undefined
    : badValue(
        found,
        'a length of time in ISO 8601',
        'Write P90D for 90 days, PT4H for four hours, PT15M for fifteen minutes, P1Y for a year.',
      ),
).meta({ pattern: '^P(?!$)' })

// Asked for thousands of times per load, so by pattern; a test holds it against Temporal.
const durationPattern = /^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$/

export const isDuration = (text: string): boolean => durationPattern.test(text)

/** An IANA time zone such as `Europe/Berlin` or `UTC`. */
export const timeZone = form('a time zone such as Europe/Berlin', 'Europe/Berlin', (found) => {
  if (isTimeZone(found)) return undefined
  const near = nearest(found, Intl.supportedValuesOf('timeZone'))
  return badValue(
    found,
    'a time zone of the IANA list',
    near ? `Did you mean ${near}?` : 'Write region and city, for example Europe/Berlin, or UTC.',
  )
})

const knownTimeZones = new Map<string, boolean>()

/** Asked once per zone: making a formatter costs a third of a millisecond. */
function isTimeZone(text: string): boolean {
  const known = knownTimeZones.get(text)
  if (known !== undefined) return known
  let valid = !/^[+-]/.test(text)
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
  } catch {
    valid = false
  }
  knownTimeZones.set(text, valid)
  return valid
}

/** A wall-clock time, `HH:MM`, 00:00 to 24:00 (24:00 is the end of the day). */
export const timeOfDay = form('a time of day as HH:MM', '09:00', (found) =>
  /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(found)
    ? undefined
    : badValue(found, 'a time of day from 00:00 to 24:00', 'Write hours and minutes with two digits each, for example 09:00 or 17:30.'),
).meta({ pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' })

/** An address on the web, http or https. */
export const webAddress = form('a web address', 'https://example.com', (found) =>
  URL.canParse(found) && /^https?:$/.test(new URL(found).protocol)
    ? undefined
    : badValue(found, 'a web address with http:// or https://', 'Write it in full, for example https://example.com/docs.'),
).meta({ format: 'uri' })

export const email = form('an e-mail address', 'ada@example.com', (found) =>
  /^[^\s@<>,;:]+@[^\s@<>,;:]+\.[^\s@<>,;:]+$/.test(found)
    ? undefined
    : badValue(found, 'an e-mail address', 'Write one address without a name and without angle brackets, for example ada@example.com.'),
).meta({ format: 'email' })

/** Two days that must not have changed places; either may be missing. */
export function inOrder<Earlier extends string, Later extends string>(earlier: Earlier, later: Later) {
  return rule<{ [K in Earlier | Later]?: string | undefined }>([earlier, later], (value, context) => {
    const [first, second] = [value[earlier], value[later]]
    if (first === undefined || second === undefined || first <= second) return
    complain(context, () => errors.date_order({ earlier: `${earlier} (${first})`, later, found: second }), [later])
  })
}
