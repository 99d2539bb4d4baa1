import { addDays, type Day, daysBetween } from '../agreements/index.ts'
import type { Integration } from '../workspace/index.ts'
import type { Count } from './attribute.ts'
import { minimumEvents } from './burn.ts'
import { type CauseShare, countTallies, sharesOf } from './count-tallies.ts'
import type { Objective } from './objectives.ts'
import type { Tally } from './tally.ts'
import { type beyond, percentile } from './time-bounds.ts'

export interface Window {
  kind: 'rolling' | 'calendar-month'
  from: Day
  /** Inclusive. */
  to: Day
}

export interface Measured {
  window: Window
  /** Days of the window on or before today since the first event that was ever counted. */
  measuredDays: number
  /** Good and bad, without the excluded. */
  events: number
  bad: number
  excluded: number
  /** Below so many events a ratio says more about chance than about the bridge. */
  neededEvents: number
  state: 'met' | 'missed' | 'insufficient-data'
  /** Good ÷ all in parts per million, rounded down; absent without events. */
  attainedPpm?: number
  /** Bad events that the target allows, and what is left of them in parts per million; below zero when overspent. Absent without events. */
  budget?: { allowed: number; leftPpm: number }
  /** Time under which 95 of 100 events lie, for latency and freshness. */
  p95Ms?: number | typeof beyond
  /** By number of events, most first. */
  causes: CauseShare[]
  excludedCauses: CauseShare[]
}

/** The rolling window ends today, so that what happens now counts. */
export const rollingWindow = (today: Day, days: number): Window => ({ kind: 'rolling', from: addDays(today, 1 - days), to: today })

/** The month in which a day lies, up to that day. */
export const calendarMonth = (today: Day): Window => ({ kind: 'calendar-month', from: `${today.slice(0, 8)}01`, to: today })

/**
 * Measures one objective in one window.
 *
 * The whole bridge is measured by its runs. A side that brings platforms is measured by the calls to them: the share that it answered. A side
 * without platforms that hosts or builds is measured by the runs that the bridge itself did not spoil. Days are UTC.
 *
 * @param tallies of the integration; other days and flows are passed over
 * @param measuredSince day of the first event that was ever counted; undefined: none was
 */
export function measureObjective(
  objective: Objective,
  { spec }: Integration,
  window: Window,
  tallies: readonly Tally[],
  measuredSince: Day | undefined,
): Measured {
  const inside = tallies.filter(({ day }) => day >= window.from && day <= window.to)
  const counted = countTallies(objective, spec, inside)
  const sum = (count: Count) => counted.filter((one) => one.count === count).reduce((total, { tally }) => total + tally.events, 0)
  const [good, bad, excluded] = [sum('good'), sum('bad'), sum('excluded')]
  const events = good + bad
  const neededEvents = minimumEvents(1, objective.targetPpm)
  const attainedPpm = events === 0 ? undefined : Math.floor((good / events) * 1_000_000)
  const allowed = (events * (1_000_000 - objective.targetPpm)) / 1_000_000
  const p95Ms = objective.thresholdMs === undefined ? undefined : percentile(byBound(counted.map(({ tally }) => tally)), 0.95)
  return {
    window,
    measuredDays: measuredSince === undefined ? 0 : Math.max(0, daysBetween(later(measuredSince, window.from), window.to) + 1),
    events,
    bad,
    excluded,
    neededEvents,
    state: events < neededEvents ? 'insufficient-data' : good * 1_000_000 >= events * objective.targetPpm ? 'met' : 'missed',
    ...(attainedPpm !== undefined && { attainedPpm }),
    ...(events > 0 && {
      budget: { allowed, leftPpm: allowed === 0 ? (bad === 0 ? 1_000_000 : -1_000_000) : Math.floor((1 - bad / allowed) * 1_000_000) },
    }),
    ...(p95Ms !== undefined && { p95Ms }),
    causes: sharesOf(counted.filter(({ count }) => count === 'bad')),
    excludedCauses: sharesOf(counted.filter(({ count }) => count === 'excluded')),
  }
}

function byBound(tallies: readonly Tally[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { mark, events } of tallies) counts.set(mark, (counts.get(mark) ?? 0) + events)
  return counts
}

const later = (a: Day, b: Day): Day => (a > b ? a : b)
