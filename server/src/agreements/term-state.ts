import type { Agreement } from '../workspace/index.ts'
import { addLength, type Day, daysBetween, subtractLength } from './days.ts'

/** Where an agreement stands in its term on a day. */
export interface TermState {
  status: 'draft' | 'not-begun' | 'in-force' | 'ended' | 'terminated'
  /** Last day of the running term, renewals counted; undefined when open-ended. */
  runsUntil: Day | undefined
  /** The first end that one party can bring about alone from today on: the day after which nobody is bound. */
  earliestEnd: Day | undefined
  /** Last day on which a party can still say that it does not renew; undefined when nothing renews by itself. */
  noticeBy: Day | undefined
  daysLeft: number | undefined
}

/**
 * Walks automatic renewals up to `today`. Each renewal is counted from the first end, not from the last one, so that a
 * term that ends on the 31st does not creep to the 28th.
 */
export function termState(agreement: Agreement, today: Day): TermState {
  const { term, status } = agreement.spec
  const runsUntil = currentEnd(term, today)
  const stands =
    status !== 'signed' ? status : today < term.start ? 'not-begun' : runsUntil !== undefined && today > runsUntil ? 'ended' : 'in-force'
  const noticeBy = runsUntil !== undefined && renews(term) ? subtractLength(runsUntil, term.noticeToEnd ?? 'P0D') : undefined
  return {
    status: stands,
    runsUntil,
    earliestEnd: earliestEnd(term, runsUntil, noticeBy, today),
    noticeBy,
    daysLeft: runsUntil === undefined ? undefined : daysBetween(today, runsUntil),
  }
}

type Term = Agreement['spec']['term']

// A renewal of no days (P0D, PT5M) would renew for ever on the same day.
const renews = (term: Term): term is Term & { renewsFor: string } =>
  term.renewal === 'automatic' && term.renewsFor !== undefined && /^P[^T]*[1-9]/.test(term.renewsFor)

function currentEnd(term: Term, today: Day): Day | undefined {
  if (term.end === undefined || term.end >= today || !renews(term)) return term.end
  return endAfter(term.end, term.renewsFor, today)
}

function endAfter(firstEnd: Day, renewsFor: string, day: Day): Day {
  const once = daysBetween(firstEnd, addLength(firstEnd, renewsFor))
  // Less than the true count of renewals, so that the loop below is short even for a term that renews by the day.
  let count = Math.max(0, Math.floor(daysBetween(firstEnd, day) / (once + 3)))
  let end = repeated(firstEnd, renewsFor, count)
  while (end < day) end = repeated(firstEnd, renewsFor, ++count)
  return end
}

function repeated(day: Day, length: string, count: number): Day {
  const [, years, months, weeks, days] = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?/.exec(length) ?? []
  const times = (value: string | undefined, unit: string) => (value === undefined ? '' : `${Number(value) * count}${unit}`)
  const product = `P${times(years, 'Y')}${times(months, 'M')}${times(weeks, 'W')}${times(days, 'D')}`
  return product === 'P' ? day : addLength(day, product)
}

function earliestEnd(term: Term, runsUntil: Day | undefined, noticeBy: Day | undefined, today: Day): Day | undefined {
  if (runsUntil === undefined) return term.noticeToEnd === undefined ? undefined : addLength(today, term.noticeToEnd)
  // Too late to stop the next renewal: the term after it is the first that somebody can end.
  if (noticeBy !== undefined && noticeBy < today && renews(term)) return endAfter(term.end!, term.renewsFor, addLength(runsUntil, 'P1D'))
  return runsUntil
}

/** Whether the agreement binds both sides on that day: signed, begun, not ended. */
export function isInForce(agreement: Agreement, today: Day): boolean {
  return termState(agreement, today).status === 'in-force'
}
