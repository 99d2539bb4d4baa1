import { type Json, type JsonObject, own } from './json.ts'

const levels = ['draft', 'alpha', 'beta', 'stable'] as const
export type Stability = (typeof levels)[number]

/** What the parties agreed about announcing removals. */
export interface NoticePolicy {
  /** Days between deprecation and sunset, by stability. 0 asks for no notice. */
  minNoticeDays: { stable: number; beta: number }
  /** What ranks below is not judged. */
  minStability: Stability
  /** The day findings about dates refer to. An input, so that the same inputs give the same findings. */
  today: Date
}

export function stabilityRank(level: Stability): number {
  return levels.indexOf(level)
}

/** `x-stability-level` of an operation or property; none means stable. */
export function stabilityOf(node: Json | undefined): Stability | 'invalid' {
  const value = own(node, 'x-stability-level')
  if (value === undefined) return 'stable'
  return levels.find((level) => level === value) ?? 'invalid'
}

export function minNoticeDays(level: Stability, policy: NoticePolicy): number {
  return level === 'stable' ? policy.minNoticeDays.stable : level === 'beta' ? policy.minNoticeDays.beta : 0
}

/** Judges a deprecation by its sunset date. */
export function judgeDeprecation(
  sunset: Json | undefined,
  level: Stability,
  policy: NoticePolicy,
): 'missing' | 'invalid' | 'too soon' | 'dated' | 'undated' {
  const needed = minNoticeDays(level, policy)
  if (sunset === undefined) return needed > 0 ? 'missing' : 'undated'
  const date = sunsetDate(sunset)
  if (date === undefined) return 'invalid'
  return daysUntil(date, policy.today) < needed ? 'too soon' : 'dated'
}

/** A sunset is a date (2026-04-28) or a date with time (RFC 3339), nothing else: "TBD" is no date. */
export function sunsetDate(value: Json | undefined): Date | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?$/.test(value)) return undefined
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** In calendar days: what goes on a day may go at any time of it, and ninety days from this evening are ninety. */
export function daysUntil(date: Date, today: Date): number {
  const day = (moment: Date) => Math.floor(moment.getTime() / 86_400_000)
  return day(date) - day(today)
}

export function sunsetOf(node: JsonObject): Date | undefined {
  return sunsetDate(own(node, 'x-sunset'))
}
