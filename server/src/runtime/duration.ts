import { Temporal } from 'temporal-polyfill'
import { errors } from './errors.ts'

/** @param duration ISO 8601 without years and months, or milliseconds @throws runtime.duration_invalid */
export function durationMs(duration: string | number): number {
  if (typeof duration === 'number') {
    if (!Number.isFinite(duration) || duration < 0) throw errors.duration_invalid({ duration: String(duration) })
    return Math.round(duration)
  }
  const parsed = parse(duration)
  if (parsed === undefined || parsed.years !== 0 || parsed.months !== 0 || parsed.sign < 0) throw errors.duration_invalid({ duration })
  // Temporal wants a calendar for weeks and days, which can be 23 hours long elsewhere; in UTC they are not.
  return Math.round(parsed.total({ unit: 'milliseconds', relativeTo: '2026-01-01T00:00[UTC]' }))
}

function parse(duration: string): Temporal.Duration | undefined {
  try {
    return Temporal.Duration.from(duration)
  } catch {
    return undefined
  }
}
