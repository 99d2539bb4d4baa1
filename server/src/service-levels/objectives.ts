import { comparableSeconds } from '../agreements/index.ts'
import { stageObjectivePpm } from '../readiness/index.ts'
import type { Agreement, Commitment, Integration, ServiceLevel, Stage } from '../workspace/index.ts'

/** What is asked of a bridge or of one side, wherever it was written. */
export interface Objective {
  name: string
  /** The integration's file, a commitment of an agreement, or nobody: what its stage expects. */
  source: { kind: 'file' } | { kind: 'commitment'; agreement: string; party: string } | { kind: 'stage'; stage: Stage }
  indicator: ServiceLevel['indicator']
  /** Absent: the whole bridge. */
  side?: string
  flow?: string
  targetPpm: number
  /** Up to when an event is good, for latency and freshness. */
  thresholdMs?: number
  /** Length of the rolling window; the calendar month is told besides. */
  periodDays: number
}

const usualPeriodDays = 28

/**
 * Everything that was promised about one integration, in the order file, agreements. Where nobody wrote an availability of the whole bridge,
 * its stage sets one: beta 99.0 %, ga 99.5 %, critical support 99.9 %.
 *
 * @param agreements those that name the integration and are in force
 */
export function objectivesOf(integration: Integration, agreements: readonly Agreement[], stage: Stage): Objective[] {
  const written = [
    ...integration.spec.serviceLevels.map(ofFile),
    ...agreements.flatMap((agreement) => agreement.spec.commitments.flatMap((commitment) => ofCommitment(agreement, commitment))),
  ]
  const whole = written.some(({ indicator, side, flow }) => indicator === 'availability' && side === undefined && flow === undefined)
  return whole ? written : [...written, ...ofStage(integration, stage)]
}

function ofFile({ name, indicator, side, flow, objective, threshold, window }: ServiceLevel): Objective {
  return {
    name,
    source: { kind: 'file' },
    indicator,
    ...(side !== undefined && { side }),
    ...(flow !== undefined && { flow }),
    targetPpm: objective.ppm,
    ...(threshold !== undefined && { thresholdMs: comparableSeconds(threshold) * 1000 }),
    periodDays: daysOf(window),
  }
}

/** A commitment whose measure the running bridge sees. A time without a percentile holds for 95 of 100, as service levels are written. */
function ofCommitment({ metadata }: Agreement, { id, party, measure, target }: Commitment): Objective[] {
  if (!measure || !target) return []
  const { indicator } = measure
  if (indicator !== 'availability' && indicator !== 'correctness' && indicator !== 'latency' && indicator !== 'freshness') return []
  const common = {
    name: id,
    source: { kind: 'commitment', agreement: metadata.name, party } as const,
    indicator,
    side: party,
    periodDays: daysOf(measure.window),
  }
  const timed = indicator === 'latency' || indicator === 'freshness'
  if (!timed) return 'atLeast' in target && target.atLeast.kind === 'share' ? [{ ...common, targetPpm: target.atLeast.ppm }] : []
  if (!('atMost' in target) || target.atMost.kind !== 'duration') return []
  const thresholdMs = comparableSeconds(target.atMost.duration) * 1000
  return [{ ...common, targetPpm: Math.round((measure.percentile ?? 95) * 10_000), thresholdMs }]
}

function ofStage({ spec }: Integration, stage: Stage): Objective[] {
  const targetPpm = stageObjectivePpm(spec, stage)
  if (targetPpm === undefined) return []
  return [{ name: 'availability', source: { kind: 'stage', stage }, indicator: 'availability', targetPpm, periodDays: usualPeriodDays }]
}

const daysOf = (window: string | undefined): number =>
  window === undefined || window === 'calendar-month' ? usualPeriodDays : Math.max(1, Math.round(comparableSeconds(window) / 86_400))
