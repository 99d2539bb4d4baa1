import { type Commitment, percent, type Quantity } from '../workspace/index.ts'
import { comparableSeconds, lengthInWords } from './days.ts'
import { countsNothing, definesItself, obligesNobody, pointsElsewhere } from './hollow-words.ts'

type Measure = NonNullable<Commitment['measure']>
type Target = NonNullable<Commitment['target']>
type Remedy = NonNullable<Commitment['remedy']>
type Indicator = Measure['indicator']

/** Without all three a sentence is best effort, whatever its words. */
export type EssentialPart = 'measure' | 'target' | 'remedy'

export interface CommitmentVerdict {
  commitment: Commitment
  strength: 'measurable' | 'best-effort'
  /** Parts that are left out, or that are there but can't bind anybody; in the order measure, target, remedy. */
  missing: { part: EssentialPart; says: string }[]
}

/** How an indicator is bounded: better when higher (`atLeast`) or better when lower (`atMost`). */
const directions: Record<Indicator, 'atLeast' | 'atMost' | 'either'> = {
  availability: 'atLeast',
  correctness: 'atLeast',
  'delivery-on-date': 'atLeast',
  'notice-time': 'atLeast',
  latency: 'atMost',
  freshness: 'atMost',
  'acknowledgement-time': 'atMost',
  'update-time': 'atMost',
  'handoff-time': 'atMost',
  'restore-time': 'atMost',
  count: 'either',
  other: 'either',
}

const shares: readonly Indicator[] = ['availability', 'correctness', 'delivery-on-date']
const times: readonly Indicator[] = [
  'latency',
  'freshness',
  'acknowledgement-time',
  'update-time',
  'handoff-time',
  'restore-time',
  'notice-time',
]

/** Indicators whose seconds run on somebody's calendar, so that a commitment without a clock can be argued about. */
export const clockedIndicators: readonly Indicator[] = ['acknowledgement-time', 'update-time', 'handoff-time', 'restore-time']

/**
 * Judges a commitment by its structure alone. Strong words in what is promised change nothing: only a measure, a target that can be missed
 * and a remedy that somebody would feel make it more than best effort.
 */
export function judgeCommitment(commitment: Commitment): CommitmentVerdict {
  const missing = [
    { part: 'measure' as const, says: faultOfMeasure(commitment.measure) },
    { part: 'target' as const, says: faultOfTarget(commitment.target, commitment.measure) },
    { part: 'remedy' as const, says: faultOfRemedy(commitment.remedy) },
  ].filter((fault): fault is { part: EssentialPart; says: string } => fault.says !== undefined)
  return { commitment, strength: missing.length === 0 ? 'measurable' : 'best-effort', missing }
}

function faultOfMeasure(measure: Measure | undefined): string | undefined {
  if (!measure) return 'nothing says what is measured'
  if (measure.indicator !== 'other' && measure.indicator !== 'count') return undefined
  if (!measure.of) return `"${measure.indicator}" without "of" leaves open what is counted`
  if (countsNothing(measure.of)) return `nobody can count “${measure.of}”`
  if (definesItself(measure.of)) return `“${measure.of}” measures the promise by the promise`
  return pointsElsewhere(measure.of) ? `“${measure.of}” points elsewhere: nothing here says what is counted` : undefined
}

/** What a target asks at least or at most. */
export const quantityOf = (target: Target): Quantity => ('atLeast' in target ? target.atLeast : target.atMost)

function faultOfTarget(target: Target | undefined, measure: Measure | undefined): string | undefined {
  if (!target) return 'no number says when it is kept'
  const bound = 'atLeast' in target ? 'atLeast' : 'atMost'
  const quantity = quantityOf(target)
  if (cannotBeMissed(bound, quantity)) return 'the target can’t be missed'
  return measure && (faultOfBound(measure.indicator, bound, quantity) ?? keptByAnything(measure.indicator, quantity))
}

/** From these on a target can be missed on paper only. */
const [longestWaitDays, shortestNoticeDays, leastSharePpm] = [365, 1, 500_000]

function keptByAnything(indicator: Indicator, quantity: Quantity): string | undefined {
  if (quantity.kind === 'share')
    return (indicator === 'availability' || indicator === 'correctness') && quantity.ppm < leastSharePpm
      ? `${indicator} of ${percent(quantity.ppm)} is kept by what is broken most of the time`
      : undefined
  if (quantity.kind !== 'duration' || !times.includes(indicator)) return undefined
  const days = comparableSeconds(quantity.duration) / 86_400
  const length = lengthInWords(quantity.duration)
  if (indicator === 'notice-time') return days < shortestNoticeDays ? `a notice of ${length} is none` : undefined
  return days >= longestWaitDays ? `nobody waits ${length}: the target can’t be missed` : undefined
}

function cannotBeMissed(bound: 'atLeast' | 'atMost', quantity: Quantity): boolean {
  if (bound === 'atMost') return quantity.kind === 'share' && quantity.ppm === 1_000_000
  if (quantity.kind === 'share') return quantity.ppm === 0
  return quantity.kind === 'number' ? quantity.number <= 0 : !/[1-9]/.test(quantity.duration)
}

function faultOfBound(indicator: Indicator, bound: 'atLeast' | 'atMost', quantity: Quantity): string | undefined {
  if (shares.includes(indicator) && quantity.kind !== 'share') return `${indicator} is a share of events and needs a percentage`
  if (times.includes(indicator) && quantity.kind === 'number') return `${indicator} needs a length of time, or a share of cases in time`
  // "95% of tickets acknowledged in time" is bounded from below although acknowledgement time itself is bounded from above.
  const direction = times.includes(indicator) && quantity.kind === 'share' ? 'atLeast' : directions[indicator]
  if (direction === 'either' || direction === bound) return undefined
  return `${indicator} ${bound === 'atLeast' ? 'at least' : 'at most'} bounds the wrong end: worse results still keep it`
}

function faultOfRemedy(remedy: Remedy | undefined): string | undefined {
  if (!remedy) return 'nothing happens when it is not kept'
  if (remedy.kind === 'termination-right') return undefined
  if (remedy.kind === 'credit' && remedy.ladder.some((step) => step.credit.ppm > 0)) return undefined
  if (remedy.description) {
    if (pointsElsewhere(remedy.description)) return `“${remedy.description}” points elsewhere: nothing here says what happens`
    return obligesNobody(remedy.description) ? `“${remedy.description}” costs nobody anything` : undefined
  }
  return remedy.kind === 'credit' ? 'a credit without an amount pays nothing' : `"${remedy.kind}" without a description obliges nobody`
}
