import { addLength, type Day, daysBetween } from '../../agreements/index.ts'
import type { ChangeTerms } from '../../workspace/index.ts'
import type { Finding } from '../finding.ts'

export type NoticeKind = keyof ChangeTerms['notice']

/** Notice periods of the design, for parties without an agreement. Per kind of change, ISO 8601. */
export const defaultNotice: ChangeTerms['notice'] = {
  security: 'PT72H',
  behaviourFix: 'P14D',
  additive: 'P0D',
  breaking: 'P180D',
  removal: 'P365D',
  commercial: 'P90D',
  exit: 'P180D',
  maintenance: 'P5D',
}

/** Which promise of notice a finding falls under: removals and authentication, other breaks, everything else. */
export function noticeKindOf(finding: Pick<Finding, 'rule' | 'level'>): NoticeKind {
  return finding.level === 'ERR' ? breakKindOf(finding) : 'additive'
}

/** The same for a finding that is known to break somebody, whatever its level: what was announced may go, and still takes its notice. */
export function breakKindOf(finding: Pick<Finding, 'rule'>): NoticeKind {
  return /^api-(path-)?removed|^webhook-removed|security|^api-access|^api-sunset/.test(finding.rule) ? 'removal' : 'breaking'
}

/**
 * on time: told at least the agreed time before. late: told, but `lateDays` too late. silent: told by nobody before it was in force.
 * undated: told, without a day on which it takes effect; the period has not begun to be judged.
 */
export type NoticeVerdict =
  | { verdict: 'on time'; earliestLawfulOn: Day }
  | { verdict: 'late'; lateDays: number; earliestLawfulOn: Day }
  | { verdict: 'silent'; earliestLawfulOn: Day }
  | { verdict: 'undated'; earliestLawfulOn: Day }

/**
 * Judges whether a change was told early enough.
 *
 * @param announcedOn day on which the affected side could first know
 * @param effectiveOn day on which it takes effect; null while nobody has said
 * @param period ISO 8601 length that the agreement asks for
 * @param silent it was found in force, and nobody had said a word
 * @returns `earliestLawfulOn`: the first day on which it may take effect when it is told on `announcedOn`
 */
export function judgeNotice(announcedOn: Day, effectiveOn: Day | null, period: string, silent: boolean): NoticeVerdict {
  const earliestLawfulOn = addLength(announcedOn, period)
  if (silent) return { verdict: 'silent', earliestLawfulOn }
  if (effectiveOn === null) return { verdict: 'undated', earliestLawfulOn }
  const lateDays = daysBetween(effectiveOn, earliestLawfulOn)
  return lateDays > 0 ? { verdict: 'late', lateDays, earliestLawfulOn } : { verdict: 'on time', earliestLawfulOn }
}

export function verdictInWords(judged: NoticeVerdict): string {
  return judged.verdict === 'late' ? `late by ${judged.lateDays} ${judged.lateDays === 1 ? 'day' : 'days'}` : judged.verdict
}
