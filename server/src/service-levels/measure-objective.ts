import { addDays, type Day, daysBetween } from '../agreements/index.ts'
import type { Integration } from '../workspace/index.ts'
import { attribute, type Cause, type Count, countForAvailability, countForCorrectness } from './attribute.ts'
import { minimumEvents } from './burn.ts'
import type { Objective } from './objectives.ts'
import type { Reason } from './reasons.ts'
import type { Measure, Tally } from './tally.ts'
import { type beyond, isWithin, percentile } from './time-bounds.ts'

export interface Window {
  kind: 'rolling' | 'calendar-month'
  from: Day
  /** Inclusive. */
  to: Day
}

/** Bad events of one cause, with what they rest on. */
export interface CauseShare {
  /** An organization, `bridge`, `customer` or `undetermined`. */
  cause: string
  events: number
  evidence: { reason: string; platform: string; events: number; example: string | null }[]
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

interface Counted {
  count: Count
  cause: string
  tally: Tally
}

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
  const inside = tallies.filter(
    ({ day, flow }) => day >= window.from && day <= window.to && (objective.flow === undefined || flow === objective.flow),
  )
  const subject = subjectOf(objective, spec)
  const times = inside.filter((tally) => subject !== undefined && tally.measure === subject.time && subject.includes(tally))
  const counted = objective.thresholdMs === undefined ? countReasons(objective, spec, inside) : countTimes(objective, times)
  const sum = (count: Count) => counted.filter((one) => one.count === count).reduce((total, { tally }) => total + tally.events, 0)
  const [good, bad, excluded] = [sum('good'), sum('bad'), sum('excluded')]
  const events = good + bad
  const neededEvents = minimumEvents(1, objective.targetPpm)
  const attainedPpm = events === 0 ? undefined : Math.floor((good / events) * 1_000_000)
  const allowed = (events * (1_000_000 - objective.targetPpm)) / 1_000_000
  const p95Ms = objective.thresholdMs === undefined ? undefined : percentile(byBound(times), 0.95)
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

type Spec = Integration['spec']

interface Subject {
  reasons: Measure
  time: Measure
  includes(tally: Pick<Tally, 'platform' | 'measure'>): boolean
  /** A bad event counts only when this caused it; undefined: whoever did. */
  onlyCause: string | undefined
}

/** What is measured for an objective; undefined where nothing of that side can be seen. */
export function subjectOf({ side, indicator }: Pick<Objective, 'side' | 'indicator'>, spec: Spec): Subject | undefined {
  const time = indicator === 'freshness' ? 'lag' : 'handling'
  if (side === undefined) return { reasons: 'run', time, includes: () => true, onlyCause: undefined }
  const platforms = spec.sides.find(({ organization }) => organization === side)?.platforms ?? []
  // What one side adds to the lag of an event cannot be seen from here.
  if (platforms.length > 0 && indicator !== 'freshness')
    return { reasons: 'call', time: 'call-time', includes: ({ platform }) => platforms.includes(platform), onlyCause: side }
  if (platforms.length === 0 && [spec.host, spec.builder].includes(side) && !['freshness', 'latency'].includes(indicator))
    return { reasons: 'run', time, includes: () => true, onlyCause: 'bridge' }
  return undefined
}

function countReasons(objective: Objective, spec: Spec, tallies: readonly Tally[]): Counted[] {
  const subject = subjectOf(objective, spec)
  if (!subject) return []
  return tallies
    .filter((tally) => tally.measure === subject.reasons && subject.includes(tally))
    .map((tally) => {
      const cause = attribute(tally.mark as Reason, tally.instances)
      const name = causeName(cause, tally.platform, spec)
      return { tally, cause: name, count: countOf(objective, subject, tally.mark as Reason, cause, name) }
    })
}

function countOf({ indicator }: Objective, { onlyCause }: Subject, reason: Reason, cause: Cause, name: string): Count {
  const count = indicator === 'correctness' ? countForCorrectness(reason) : countForAvailability(reason, cause)
  // Somebody else's fault is none of this side's events; for the one who hosts it is an event that did not fail by them.
  if (count !== 'bad' || indicator === 'correctness' || onlyCause === undefined || name === onlyCause) return count
  return onlyCause === 'bridge' && name !== 'undetermined' ? 'good' : 'excluded'
}

/** The side whose platform it is; without one nobody can tell. */
export function causeName(cause: Cause, platform: string, spec: Spec): string {
  if (cause !== 'platform') return cause
  return spec.sides.find(({ platforms }) => platforms.includes(platform))?.organization ?? 'undetermined'
}

function countTimes({ thresholdMs }: Objective, tallies: readonly Tally[]): Counted[] {
  return tallies.map((tally) => ({ tally, cause: 'undetermined', count: isWithin(tally.mark, thresholdMs!) ? 'good' : 'bad' }))
}

function sharesOf(counted: readonly Counted[]): CauseShare[] {
  const shares = new Map<string, CauseShare>()
  for (const { cause, tally } of counted) {
    const share = shares.get(cause) ?? { cause, events: 0, evidence: [] }
    shares.set(cause, share)
    share.events += tally.events
    const reason = tally.measure === 'run' || tally.measure === 'call' ? tally.mark : 'too-slow'
    const known = share.evidence.find((one) => one.reason === reason && one.platform === tally.platform)
    if (!known) share.evidence.push({ reason, platform: tally.platform, events: tally.events, example: tally.example })
    else {
      known.events += tally.events
      if (tally.example !== null && (known.example === null || tally.example > known.example)) known.example = tally.example
    }
  }
  for (const share of shares.values()) share.evidence.sort((a, b) => b.events - a.events)
  return [...shares.values()].sort((a, b) => b.events - a.events || (a.cause < b.cause ? -1 : 1))
}

function byBound(tallies: readonly Tally[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { mark, events } of tallies) counts.set(mark, (counts.get(mark) ?? 0) + events)
  return counts
}

const later = (a: Day, b: Day): Day => (a > b ? a : b)
