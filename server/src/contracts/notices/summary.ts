import type { NoticeVerdict } from './judge-notice.ts'

/** How well notice is given, over all changes that were told and not withdrawn, once per integration that a change concerns. */
export interface NoticeSummary {
  onTime: number
  late: number
  /** The most days by which one was late; null: none was. */
  latestByDays: number | null
  silent: number
  undated: number
  /** No agreement in force says how early. */
  withoutAgreement: number
  /** Whose first answer is owed, most first. */
  waitingFor: { organization: string; notices: number }[]
}

export interface SummedNotice {
  state: string
  waitingFor: readonly string[]
  /** undefined: no agreement in force. */
  verdicts: readonly (NoticeVerdict | undefined)[]
}

export function summarize(notices: readonly SummedNotice[]): NoticeSummary {
  const verdicts = notices.filter(({ state }) => state !== 'withdrawn' && state !== 'standing').flatMap((notice) => notice.verdicts)
  const count = (wanted: NoticeVerdict['verdict'] | undefined) => verdicts.filter((verdict) => verdict?.verdict === wanted).length
  const lateBy = verdicts.flatMap((verdict) => (verdict?.verdict === 'late' ? [verdict.lateDays] : []))
  const waiting = Map.groupBy(
    notices.flatMap(({ waitingFor }) => waitingFor),
    (organization) => organization,
  )
  return {
    onTime: count('on time'),
    late: count('late'),
    latestByDays: lateBy.length === 0 ? null : lateBy.reduce((most, days) => Math.max(most, days)),
    silent: count('silent'),
    undated: count('undated'),
    withoutAgreement: count(undefined),
    waitingFor: [...waiting]
      .map(([organization, owed]) => ({ organization, notices: owed.length }))
      .sort((a, b) => b.notices - a.notices || (a.organization < b.organization ? -1 : 1)),
  }
}
