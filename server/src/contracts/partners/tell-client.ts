import { type Day, lengthInWords } from '../../agreements/index.ts'
import type { Finding } from '../finding.ts'
import type { Change, Reason } from '../impact/judge-impact.ts'
import { endIdentityOf } from '../notices/notice-change.ts'
import type { Notice } from '../notices/queries.ts'
import { operationKey, templateOf } from '../operations.ts'
import type { Refusal, Replay } from '../recordings/replay-recordings.ts'
import { type ClientOutcome, type ToldReason, tellReason } from '../report/clients-report.ts'
import { describeFinding } from '../report/describe-finding.ts'
import type { SourceLine } from '../report/source-lines.ts'
import { type Client, type JudgedClient, timesSent } from '../usage/impact-report.ts'
import type { UseSpan } from '../usage/queries.ts'
import type { ObservedUsage } from '../usage/usage-of.ts'
import { judgeNoticeOwed, type OwedNotice } from './judge-notice-owed.ts'
import { replayedReasons } from './replayed-reasons.ts'

/** notice owed: would break somebody who was not told, or not early enough. lawful: breaks, and the agreed notice was given. */
export const partnerVerdicts = ['ok', 'lawful', 'undetermined', 'notice owed'] as const
export type PartnerVerdict = (typeof partnerVerdicts)[number]

export interface PartnerReason extends ToldReason {
  /** First day of use of the operation that is still known, and the last call or delivery. */
  usedSince: Day | null
  lastSeenAt: Date | null
  /** null: this breaks nobody. */
  notice: OwedNotice | null
}

/** What the proposed version means for one client that the caller may see. */
export interface PartnerImpact {
  client: Omit<Client, 'terms'>
  outcome: ClientOutcome
  verdict: PartnerVerdict
  usedSince: Day | null
  lastSeenAt: Date | null
  calls: number
  deliveries: number
  reasons: readonly PartnerReason[]
  /** What its recorded exchanges prove; null: none was recorded. */
  replay: Replay | null
}

export interface PartnerClient extends Client {
  /** The agreement in force that `terms` are of. */
  agreement: string | null
  /** Sides of the integration other than the provider. */
  partners: readonly string[]
}

/** What is asked about every client alike. */
export interface PartnersQuestion {
  change: Change
  notices: readonly Notice[]
  effectiveOn: Day
  today: Day
}

/** What a change means for one client, with the notice that each break owes. @param spans of this client or of others, too */
export function tellClient(
  judged: JudgedClient,
  parties: PartnerClient,
  replay: Replay | null,
  question: PartnersQuestion,
  allSpans: readonly UseSpan[],
  lines: ReadonlyMap<Finding, SourceLine>,
): PartnerImpact {
  const { client, observed, impact } = judged
  const spans = allSpans.filter(({ instanceId }) => instanceId === client.instanceId)
  const facts = {
    client,
    usedSince: spans.map(({ firstDay }) => firstDay).sort()[0] ?? null,
    lastSeenAt: observed?.lastAt ?? null,
    calls: observed?.calls ?? 0,
    deliveries: observed?.deliveries ?? 0,
    replay,
  }
  const enough = impact !== undefined && (impact.outcome !== 'none' || observed?.state === 'observed')
  const found = (enough ? impact.reasons : []).map((reason) => ({
    finding: reason.finding,
    told: tellPartnerReason(reason, judged, parties, spans, question, lines),
  }))
  const proven = replay ? replayedReasons(replay, found, (refusal) => noticeForRefusal(refusal, parties, question)) : []
  const reasons = [...proven, ...found.map(({ told }) => told)]
  if (proven.length > 0) return { ...facts, outcome: 'break', verdict: verdictOf('break', reasons), reasons }
  if (enough) return { ...facts, outcome: impact.outcome, verdict: verdictOf(impact.outcome, reasons), reasons }
  if (!question.change.findings.some(couldBreak)) return { ...facts, outcome: 'none', verdict: 'ok', reasons: [] }
  const why = observed && impact ? tooLittle(observed) : 'Nothing was seen of it in this window, so nobody can say what this breaks.'
  const reason = tellReason({ outcome: 'unknown', why }, lines)
  return {
    ...facts,
    outcome: 'unknown',
    verdict: 'undetermined',
    reasons: [{ ...reason, usedSince: null, lastSeenAt: null, notice: null }],
  }
}

/** Whether anybody at all could be broken by it. What was announced and is gone is INFO as a rule, and breaks whoever still uses it. */
export function couldBreak(finding: Finding): boolean {
  return finding.level !== 'INFO' || /removed/.test(finding.rule)
}

function tooLittle({ calls, deliveries, firstDay }: ObservedUsage): string {
  return `Nothing that was seen is touched, but ${calls + deliveries} calls and deliveries since ${firstDay} are too few to call it unused.`
}

function verdictOf(outcome: ClientOutcome, reasons: readonly PartnerReason[]): PartnerVerdict {
  if (outcome === 'warn' || outcome === 'hold' || outcome === 'unknown') return 'undetermined'
  if (outcome !== 'break') return 'ok'
  return reasons.every(({ notice }) => notice === null || notice.state === 'given') ? 'lawful' : 'notice owed'
}

function tellPartnerReason(
  reason: Reason,
  { observed }: JudgedClient,
  parties: PartnerClient,
  spans: readonly UseSpan[],
  { change, notices, effectiveOn, today }: PartnersQuestion,
  lines: ReadonlyMap<Finding, SourceLine>,
): PartnerReason {
  const { finding, why, outcome } = reason
  const span = finding && spanOf(finding, spans)
  const breaks = outcome === 'break' && finding !== undefined
  const notice = breaks ? judgeNoticeOwed(finding, parties, noticeOf(change, finding, notices), effectiveOn, today) : null
  const times = finding && observed ? timesSent(finding, observed) : ''
  const since = span ? ` Used since ${span.firstDay}, last seen ${dayOf(span.lastAt)}.` : ''
  const what = finding ? `${describeFinding(finding)} ${why.replace(/\.$/, '')}${times}.${since}` : why
  return {
    ...tellReason(reason, lines, notice ? `${what} ${noticeInWords(notice)}` : what),
    usedSince: span?.firstDay ?? null,
    lastSeenAt: span?.lastAt ?? null,
    notice,
  }
}

/** What no rule found may have been announced with the whole operation. */
function noticeForRefusal({ method, path, keyword }: Refusal, parties: PartnerClient, question: PartnersQuestion): OwedNotice {
  const place = `${method} ${path}`
  const notice = toldOf(`end of operation ${templateOf(place)}`, question.notices)
  const rule = keyword === 'operation' ? 'api-removed-without-deprecation' : 'recorded-request-refused'
  return judgeNoticeOwed({ rule }, parties, notice, question.effectiveOn, question.today)
}

/** The notice in the ledger that told the end of this very thing, by the contract's words or by headers of live answers. */
function noticeOf(change: Change, finding: Finding, notices: readonly Notice[]): Notice | undefined {
  return toldOf(endIdentityOf(change.before, finding), notices)
}

function toldOf(told: string | undefined, notices: readonly Notice[]): Notice | undefined {
  return notices.find(({ identity, silent, state }) => identity === told && !silent && state !== 'withdrawn' && state !== 'closed')
}

function spanOf(finding: Finding, spans: readonly UseSpan[]): UseSpan | undefined {
  const { surface, method, path, component } = finding
  const bare = (name: string) => name.replace(/^\//, '')
  return spans.find((span) =>
    span.surface === 'webhook'
      ? surface === 'webhook' && bare(span.path) === bare(path ?? component ?? '')
      : surface === 'operation' && method !== null && operationKey(span) === operationKey({ method, path: path ?? '' }),
  )
}

/** One sentence: what was told, what the agreement asks, from when the change is lawful. */
export function noticeInWords({ period, agreement, announcedOn, announcedFor, consentedBy, earliestLawfulOn, state }: OwedNotice): string {
  const asks = `${agreement ? `${agreement} asks` : 'without an agreement the default is'} ${lengthInWords(period)}`
  const told =
    announcedOn === null
      ? 'Nobody has been told'
      : `Told on ${announcedOn}${announcedFor === null ? ', without a date' : ` for ${announcedFor}`}`
  const consent = consentedBy.length > 0 ? `, and ${consentedBy.join(' and ')} consented` : ''
  if (announcedOn === null) return `${told}; ${asks}; told today, the earliest lawful day is ${earliestLawfulOn}.`
  return `${told}${consent}; ${asks}; ${state === 'given' ? 'so it is lawful' : `it is not lawful before ${earliestLawfulOn}`}.`
}

const dayOf = (at: Date): Day => at.toISOString().slice(0, 10)
