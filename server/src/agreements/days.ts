import { Temporal } from 'temporal-polyfill'

export { lengthInWords } from '../workspace/index.ts'

/** A day of the calendar as `YYYY-MM-DD`; such texts sort as days do. */
export type Day = string

const dayMs = 86_400_000
const midnightMs = (day: Day): number => Date.parse(`${day}T00:00:00Z`)

// Readiness asks for the same few days tens of thousands of times: a third of scoring 200 integrations was this (2026-11-28).
const later = new Map<number, Map<Day, Day>>()
const remembered = 10_000

/** The day so many days later; negative goes back. */
export function addDays(day: Day, days: number): Day {
  const byDay = later.get(days) ?? new Map<Day, Day>()
  if (later.size >= remembered || byDay.size >= remembered) later.clear()
  later.set(days, byDay)
  const found = byDay.get(day) ?? new Date(midnightMs(day) + days * dayMs).toISOString().slice(0, 10)
  byDay.set(day, found)
  return found
}

/** Whole days from one day to another; negative when `to` lies before `from`. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((midnightMs(to) - midnightMs(from)) / dayMs)
}

/**
 * The day an ISO 8601 length later. Months end where the calendar makes them end: 31 January + P1M is 28 or 29 February.
 * Hours count as whole days where they make some (PT72H = 3 days) and are dropped otherwise.
 */
export function addLength(day: Day, length: string): Day {
  return Temporal.PlainDate.from(day).add(Temporal.Duration.from(length)).toString()
}

/** The day an ISO 8601 length earlier. */
export function subtractLength(day: Day, length: string): Day {
  return Temporal.PlainDate.from(day).subtract(Temporal.Duration.from(length)).toString()
}

/** Approximate length in seconds, for ordering and generous limits, never for dates: a month counts 30.44 days, a year 365.25. */
export function comparableSeconds(length: string): number {
  const { years, months, weeks, days, hours, minutes, seconds } = Temporal.Duration.from(length)
  return (years * 365.25 + months * 30.4375 + weeks * 7 + days) * 86_400 + hours * 3600 + minutes * 60 + seconds
}
