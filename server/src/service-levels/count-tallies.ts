import type { Integration } from '../workspace/index.ts'
import { attribute, type Cause, type Count, countForAvailability, countForCorrectness } from './attribute.ts'
import type { Objective } from './objectives.ts'
import type { Reason } from './reasons.ts'
import type { Measure, Tally } from './tally.ts'
import { isWithin } from './time-bounds.ts'

/** Events of one kind, over whatever time. */
export type Countable = Pick<Tally, 'flow' | 'measure' | 'platform' | 'mark' | 'events' | 'instances' | 'example' | 'maintainedBy'>

export interface Counted<T extends Countable> {
  count: Count
  cause: string
  tally: T
}

/** Bad events of one cause, with what they rest on. */
export interface CauseShare {
  /** An organization, `bridge`, `customer`, `undetermined`, or `maintenance of` a side. */
  cause: string
  events: number
  evidence: { reason: string; platform: string; events: number; example: string | null }[]
}

type Spec = Integration['spec']

interface Subject {
  reasons: Measure
  time: Measure
  includes(tally: Pick<Tally, 'platform'>): boolean
  /** A bad event counts only when this caused it; undefined: whoever did. */
  onlyCause: string | undefined
}

/** What is measured for an objective; undefined where nothing of that side can be seen. */
function subjectOf({ side, indicator }: Pick<Objective, 'side' | 'indicator'>, spec: Spec): Subject | undefined {
  const time = indicator === 'freshness' ? 'lag' : 'handling'
  if (side === undefined) return { reasons: 'run', time, includes: () => true, onlyCause: undefined }
  const platforms = spec.sides.find(({ organization }) => organization === side)?.platforms ?? []
  // Whoever slowed it down: what comes from this side gets to its effect in time.
  if (platforms.length > 0 && indicator === 'freshness')
    return { reasons: 'run', time, includes: ({ platform }) => platforms.includes(platform), onlyCause: undefined }
  if (platforms.length > 0)
    return { reasons: 'call', time: 'call-time', includes: ({ platform }) => platforms.includes(platform), onlyCause: side }
  if (platforms.length === 0 && [spec.host, spec.builder].includes(side) && !['freshness', 'latency'].includes(indicator))
    return { reasons: 'run', time, includes: () => true, onlyCause: 'bridge' }
  return undefined
}

/** What counts for an objective, and how: of all days, slots or flows given, those that it is about. */
export function countTallies<T extends Countable>(objective: Objective, spec: Spec, tallies: readonly T[]): Counted<T>[] {
  const subject = subjectOf(objective, spec)
  if (!subject) return []
  const { thresholdMs, flow } = objective
  const mine = tallies.filter((tally) => (flow === undefined || tally.flow === flow) && subject.includes(tally))
  if (thresholdMs !== undefined)
    return mine
      .filter(({ measure }) => measure === subject.time)
      .map((tally) => {
        if (isWithin(tally.mark, thresholdMs)) return { tally, cause: 'nobody', count: 'good' }
        // Whoever waited for a platform that was out of service waited because of it.
        if (tally.maintainedBy) return { tally, cause: maintenanceOf(tally.maintainedBy), count: 'excluded' }
        return { tally, cause: subject.onlyCause ?? 'undetermined', count: 'bad' }
      })
  return mine
    .filter(
      ({ measure }) =>
        measure === subject.reasons || (measure === 'record' && objective.indicator === 'correctness' && subject.onlyCause !== 'bridge'),
    )
    .map((tally) => {
      const cause = attribute(tally.mark as Reason, tally.instances)
      const name = causeName(cause, tally.platform, spec)
      const count = countOf(objective, subject, tally.mark as Reason, cause, name)
      // Only what the maintained side spoiled is excused: the others' failures count in the same hour.
      if (count === 'bad' && tally.maintainedBy === name) return { tally, cause: maintenanceOf(name), count: 'excluded' }
      return { tally, cause: name, count }
    })
}

const maintenanceOf = (side: string): string => `maintenance of ${side}`

function countOf({ indicator }: Objective, { onlyCause }: Subject, reason: Reason, cause: Cause, name: string): Count {
  const count = indicator === 'correctness' ? countForCorrectness(reason) : countForAvailability(reason, cause)
  // Somebody else's fault is none of this side's events; for the one who hosts it is an event that did not fail by them.
  if (count !== 'bad' || indicator === 'correctness' || onlyCause === undefined || name === onlyCause) return count
  return onlyCause === 'bridge' && name !== 'undetermined' ? 'good' : 'excluded'
}

/** The side whose platform it is; without one nobody can tell. */
function causeName(cause: Cause, platform: string, spec: Spec): string {
  if (cause !== 'platform') return cause
  return spec.sides.find(({ platforms }) => platforms.includes(platform))?.organization ?? 'undetermined'
}

/** Whose they are, by number of events, most first. */
export function sharesOf(counted: readonly Counted<Countable>[]): CauseShare[] {
  const shares = new Map<string, CauseShare>()
  for (const { cause, tally } of counted) {
    const share = shares.get(cause) ?? { cause, events: 0, evidence: [] }
    shares.set(cause, share)
    share.events += tally.events
    const reason = ['run', 'call', 'record'].includes(tally.measure) ? tally.mark : 'too-slow'
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
