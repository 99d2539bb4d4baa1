import { addLength, type Day } from '../../agreements/index.ts'
import type { ChangeTerms } from '../../workspace/index.ts'
import type { Finding } from '../finding.ts'
import { breakKindOf, defaultNotice, type NoticeKind } from '../notices/judge-notice.ts'
import type { Notice } from '../notices/queries.ts'

/** Which notice a break owes one client, and whether it has been given for the day on which the change takes effect. */
export interface OwedNotice {
  kind: NoticeKind
  /** ISO 8601 length that the agreement asks for. */
  period: string
  /** The agreement in force that says so; null: none does, and the default holds. */
  agreement: string | null
  /** When the end was told, as far as the ledger knows; null: nobody has told. */
  announcedOn: Day | null
  /** The day that was told; null: none was. */
  announcedFor: Day | null
  /** Organizations that agreed to the change, so that it may come sooner. */
  consentedBy: readonly string[]
  earliestLawfulOn: Day
  state: 'given' | 'owed'
}

/**
 * Judges the notice for one break of one client.
 *
 * @param parties what their agreement says; `partners` are the organizations that the change is done to, whose consent counts
 * @param notice of this very end in the ledger; undefined: nobody has told
 * @param effectiveOn day on which the proposed version takes effect
 *
 * A notice counts from the first day on which a date not later than the present one was told: a date that slips keeps its first day, one that is
 * brought forward begins anew. What nobody has told is owed on any day, however far ahead: asking whom it breaks tells nobody.
 */
export function judgeNoticeOwed(
  finding: Pick<Finding, 'rule'>,
  { terms, agreement, partners }: { terms?: ChangeTerms | undefined; agreement: string | null; partners: readonly string[] },
  notice: Notice | undefined,
  effectiveOn: Day,
  today: Day,
): OwedNotice {
  const kind = breakKindOf(finding)
  const period = (terms?.notice ?? defaultNotice)[kind]
  const announcedOn = notice ? toldOn(notice) : null
  const announcedFor = notice?.effectiveOn ?? null
  const byPeriod = addLength(announcedOn ?? today, period)
  const earliestLawfulOn = announcedFor !== null && announcedFor > byPeriod ? announcedFor : byPeriod
  const consentedBy = [...new Set(notice?.answers.filter(({ answer }) => answer === 'consented').map(({ organization }) => organization))]
    .filter((organization) => partners.includes(organization))
    .sort()
  const agreedSooner = partners.length > 0 && partners.every((organization) => consentedBy.includes(organization))
  const given = announcedOn !== null && (agreedSooner || effectiveOn >= earliestLawfulOn)
  return {
    kind,
    period,
    agreement: terms === undefined ? null : agreement,
    announcedOn,
    announcedFor,
    consentedBy,
    earliestLawfulOn,
    state: given ? 'given' : 'owed',
  }
}

function toldOn({ announcedAt, effectiveOn, dates }: Notice): Day {
  const days = dates
    .filter((date) => effectiveOn === null || (date.effectiveOn !== null && date.effectiveOn <= effectiveOn))
    .map(({ saidAt }) => dayOf(new Date(saidAt)))
  return days.sort()[0] ?? dayOf(announcedAt)
}

const dayOf = (at: Date): Day => at.toISOString().slice(0, 10)
