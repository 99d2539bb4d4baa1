import { Temporal } from 'temporal-polyfill'

/** `PT4H` → `4 hours`, `P1Y6M` → `1 year 6 months`. */
export function lengthInWords(length: string): string {
  const parts = Temporal.Duration.from(length)
  const units = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const
  const words = units.filter((unit) => parts[unit] !== 0).map((unit) => `${parts[unit]} ${parts[unit] === 1 ? unit.slice(0, -1) : unit}`)
  return words.join(' ') || 'no time'
}
