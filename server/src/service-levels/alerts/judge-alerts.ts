import { comparableSeconds } from '../../agreements/index.ts'
import type { Canary } from '../../readiness/index.ts'
import type { Integration } from '../../workspace/index.ts'
import { type BurnState, type CountWithin, judgeBurn } from '../burn.ts'
import { type CauseShare, type Counted, countTallies, sharesOf } from '../count-tallies.ts'
import type { Objective } from '../objectives.ts'
import { type Reason, reasonInWords } from '../reasons.ts'
import type { RecentTally, SlotTally } from '../tally.ts'
import { failuresInARow, failuresThatCount } from './failures-in-a-row.ts'

export type Severity = 'page' | 'ticket'

/** What an alert rests on, as people and programs are told it. */
export interface AlertEvidence {
  /** In words: availability of bolt (99.5 %). */
  of: string
  /** Why, in words: burns 20.1 times too fast. */
  why: string
  /** Burn factors of the tiers that fire, and how fast it burns over their long windows. */
  tiers: { limit: number; burn: number; longMs: number; shortMs: number; severity: Severity }[]
  failuresInARow: number
  since: string
  events: number
  bad: number
  causes: CauseShare[]
  /** Newest first; runs of the whole bridge, calls of one side. */
  runs: string[]
  calls: string[]
  /** Of the rolling window in parts per million; absent for a canary. */
  budgetLeftPpm?: number
}

/** What looking at one objective or canary comes to. */
export type Judged = { subject: string } & (
  | { state: 'firing'; severity: Severity; evidence: AlertEvidence }
  /** `quietTiers`: those with enough events to say that they don't burn. `isClean`: nothing bad within any window. */
  | { state: 'quiet'; quietTiers: number[]; isGoodAgain: boolean; isClean: boolean }
)

/** Where an objective is written and how it is called: the same from day to day. */
export function subjectOf({ name, source }: Objective): string {
  return `objective/${source.kind === 'commitment' ? `${source.agreement}/` : source.kind === 'stage' ? 'stage/' : ''}${name}`
}

const examplesShown = 10
const percent = (ppm: number): string => `${(ppm / 10_000).toLocaleString('en', { maximumFractionDigits: 3 })} %`
export const objectiveInWords = ({ name, side, targetPpm }: Objective): string =>
  `${name} of ${side ?? 'the whole bridge'} (${percent(targetPpm)})`

export const burnOfObjective = (objective: Objective, { spec }: Integration, recent: readonly RecentTally[]): BurnState[] =>
  judgeBurn(objective.targetPpm, objective.periodDays, countWithin(countTallies(objective, spec, recent)))

function countWithin(counted: readonly Counted<RecentTally>[]): CountWithin {
  const events = (some: readonly Counted<RecentTally>[]) => some.reduce((total, { tally }) => total + tally.events, 0)
  return (lengthMs) => {
    const inside = counted.filter(({ tally, count }) => tally.withinMs <= lengthMs && count !== 'excluded')
    return { events: events(inside), bad: events(inside.filter(({ count }) => count === 'bad')) }
  }
}

/** Whether too little happens for the fastest tier, so that failures in a row are asked for. */
export const isThin = (burn: readonly BurnState[]): boolean => burn[0]?.state === 'insufficient-data' || burn[0]?.state === 'can-not-fire'

/**
 * Whether an objective's budget burns: by its tiers, and, where too little happens for the fastest, by failures in a row.
 *
 * @param slots of thin integrations, newest first; empty otherwise
 */
export function judgeObjective(
  objective: Objective,
  integration: Integration,
  recent: readonly RecentTally[],
  slots: readonly SlotTally[],
  now: Date,
): Judged {
  const { spec } = integration
  const counted = countTallies(objective, spec, recent)
  const burn = judgeBurn(objective.targetPpm, objective.periodDays, countWithin(counted))
  const firing = burn.filter(({ state }) => state === 'firing')
  const thin = countTallies(objective, spec, slots)
  const { failures, since } = isThin(burn) ? failuresInARow(thin) : { failures: 0, since: undefined }
  const inARow = failures >= failuresThatCount ? failures : 0
  const bad = counted.filter(({ count }) => count === 'bad')
  if (firing.length === 0 && inARow === 0)
    return {
      subject: subjectOf(objective),
      state: 'quiet',
      quietTiers: burn.filter(({ state }) => state === 'quiet').map(({ tier }) => tier.burn),
      isGoodAgain: failures === 0 && thin.some(({ count }) => count === 'good'),
      isClean: bad.length === 0,
    }
  const tiers = firing.map(({ tier, burn: rate }) => ({
    limit: tier.burn,
    burn: rate!,
    longMs: tier.longMs,
    shortMs: tier.shortMs,
    severity: tier.severity,
  }))
  const sinceMs = tiers[0] ? now.getTime() - tiers[0].longMs : since!
  const within = now.getTime() - sinceMs
  const inside = tiers[0] ? counted.filter(({ tally }) => tally.withinMs <= within) : thin.filter(({ tally }) => tally.slotMs >= sinceMs)
  const spoiled = inside.filter(({ count }) => count === 'bad')
  const sum = (some: readonly { tally: { events: number } }[]) => some.reduce((total, { tally }) => total + tally.events, 0)
  const examples = (isCall: boolean) =>
    [...new Set(spoiled.flatMap(({ tally }) => (tally.measure.startsWith('call') === isCall && tally.example ? [tally.example] : [])))]
      .sort()
      .reverse()
      .slice(0, examplesShown)
  const urgent = inARow > 0 ? objective.indicator === 'availability' : tiers.some(({ severity }) => severity === 'page')
  return {
    subject: subjectOf(objective),
    state: 'firing',
    severity: urgent || tiers.some(({ severity }) => severity === 'page') ? 'page' : 'ticket',
    evidence: {
      of: objectiveInWords(objective),
      why: tiers[0]
        ? `its error budget burns ${tiers[0].burn.toFixed(1)} times too fast`
        : `${inARow} failures in a row and nothing good between`,
      tiers,
      failuresInARow: inARow,
      since: new Date(sinceMs).toISOString(),
      events: sum(inside.filter(({ count }) => count !== 'excluded')),
      bad: sum(spoiled),
      causes: inWords(sharesOf(spoiled)),
      runs: examples(false),
      calls: examples(true),
    },
  }
}

/** Reasons as sentences: what a person reads. */
export const inWords = (shares: readonly CauseShare[]): CauseShare[] =>
  shares.map((share) => ({
    ...share,
    evidence: share.evidence.map((one) => ({
      ...one,
      reason: one.reason === 'too-slow' ? one.reason : reasonInWords(one.reason as Reason),
    })),
  }))

/**
 * Whether a canary no longer gets through: it failed and nothing has succeeded for twice its interval, or nothing was heard for so long. Nothing
 * for scenarios without a canary, or whose canary never reported: that is no data, and readiness says so.
 */
export function judgeCanaries({ spec }: Integration, canaries: readonly Canary[], now: Date): Judged[] {
  return spec.scenarios.flatMap(({ name, canaryEvery, critical, title }): Judged[] => {
    const word = canaries.find(({ scenario }) => scenario === name)
    if (canaryEvery === undefined || !word) return []
    const subject = `canary/${name}`
    const longestMs = 2 * comparableSeconds(canaryEvery) * 1000
    const since = word.lastSucceededAt ?? word.lastAt
    const silent = now.getTime() - Date.parse(word.lastAt) > longestMs
    const failing = word.outcome === 'failed'
    const late = word.lastSucceededAt === null || now.getTime() - Date.parse(word.lastSucceededAt) > longestMs
    if (!silent && !(failing && late)) return [{ subject, state: 'quiet', quietTiers: [], isGoodAgain: !failing, isClean: !failing }]
    const why = silent
      ? `nothing was heard of its canary since ${word.lastAt}, twice as long as it may take`
      : `its canary fails${word.detail ? `: ${word.detail}` : ''}`
    const evidence = {
      of: `scenario ${title}`,
      why,
      tiers: [],
      failuresInARow: 0,
      since,
      events: 0,
      bad: 0,
      causes: [],
      runs: [],
      calls: [],
    }
    return [{ subject, state: 'firing', severity: critical && !silent ? 'page' : 'ticket', evidence }]
  })
}
