import { type Commitment, percent, type Quantity } from '../workspace/index.ts'
import { lengthInWords } from './days.ts'
import { quantityOf } from './judge-commitment.ts'

/** A quantity as people say it: `99.5%`, `4 hours`, `3`. */
export function quantityInWords(quantity: Quantity): string {
  if (quantity.kind === 'share') return percent(quantity.ppm)
  return quantity.kind === 'duration' ? lengthInWords(quantity.duration) : String(quantity.number)
}

/** `availability at least 99.5% per calendar month`; says what is absent instead of leaving it out. */
export function boundInWords({ measure, target }: Commitment): string {
  const subject = measure ? measureInWords(measure) : 'no measure'
  if (!target) return `${subject}, no target`
  const bound = 'atLeast' in target ? `at least ${quantityInWords(target.atLeast)}` : `at most ${quantityInWords(target.atMost)}`
  if (!measure?.window) return `${subject} ${bound}`
  const window = windowInWords(measure.window)
  // “At most 30 minutes per calendar month” would be a sum of minutes; it is each case that has 30.
  return isLength(target) ? `${subject} ${bound} (judged ${window})` : `${subject} ${bound} ${window}`
}

function measureInWords(measure: NonNullable<Commitment['measure']>): string {
  const name = measure.indicator === 'other' || measure.indicator === 'count' ? (measure.of ?? measure.indicator) : measure.indicator
  const percentile = measure.percentile === undefined ? '' : ` (p${measure.percentile})`
  return `${measure.severity ? `${measure.severity} ` : ''}${name.replace(/-time$/, ' time')}${percentile}`
}

function windowInWords(window: string): string {
  return window === 'calendar-month' ? 'per calendar month' : `over ${lengthInWords(window)}`
}

/** `or 10% credit below 99.9%, 25% below 99%`; `and nothing happens otherwise` without a remedy. */
export function remedyInWords({ remedy, target }: Commitment): string {
  if (!remedy) return 'and nothing happens otherwise'
  const ofCases = target && isLength(target) ? ' of cases' : ''
  const steps = remedy.ladder.map((step) => `${percent(step.credit.ppm)} below ${percent(step.below.ppm)}${ofCases}`).join(', ')
  const what = [remedy.kind.replaceAll('-', ' '), steps].filter(Boolean).join(' ')
  return `or ${what}${remedy.description ? ` (${remedy.description})` : ''}`
}

function isLength(target: NonNullable<Commitment['target']>): boolean {
  return quantityOf(target).kind === 'duration'
}
