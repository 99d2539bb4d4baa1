import { type Day, lengthInWords } from '../../agreements/index.ts'
import type { Finding } from '../finding.ts'
import type { Change, Reason } from '../impact/judge-impact.ts'
import { suspectPublication } from '../impact/publication.ts'
import { endIdentityOf } from '../notices/notice-change.ts'
import type { Notice } from '../notices/queries.ts'
import { operationKey, templateOf } from '../operations.ts'
import type { RecordingRow } from '../recordings/queries.ts'
import { type ReplaySummary, summarizeReplays } from '../recordings/replay-impact.ts'
import { type Refusal, type Replay, replayRecordings } from '../recordings/replay-recordings.ts'
import { type ClientOutcome, type ToldReason, tellReason } from '../report/clients-report.ts'
import { describeFinding, placeOf } from '../report/describe-finding.ts'
import { type SourceLine, sourceLines } from '../report/source-lines.ts'
import { type Client, type JudgedClient, judgeClients, timesSent } from '../usage/impact-report.ts'
import type { UseSpan } from '../usage/queries.ts'
import type { ObservedUsage } from '../usage/usage-of.ts'
import { judgeNoticeOwed, type OwedNotice } from './judge-notice-owed.ts'
import { negativeEvidence, type Unused } from './negative-evidence.ts'
import { isAbout, replayedReasons } from './replayed-reasons.ts'

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

export interface PartnersJudgement {
  /** The worst of all clients, also of those that are only counted. */
  verdict: PartnerVerdict
  /** First day on which nothing is owed to any client that is named; null: nothing is owed to them. */
  earliestLawfulOn: Day | null
  clients: readonly PartnerImpact[]
  /** Of integrations that the caller may not see: how many, by verdict, and nothing else. null: the caller is not told. */
  withheld: ({ clients: number } & Record<PartnerVerdict, number>) | null
  /** What the change touches, and none of the named clients was seen to use. */
  unused: readonly Unused[]
  /** What the recorded exchanges of the named clients prove together. */
  replay: ReplaySummary
  /** Set when the document looks like a mistake of publishing. */
  suspicion: string | null
}

export interface PartnerClient extends Client {
  /** The agreement in force that `terms` are of. */
  agreement: string | null
  /** Sides of the integration other than the provider. */
  partners: readonly string[]
}

export interface PartnersQuestion {
  change: Change
  /** Clients that the caller may see, and for the owner of the platform those that it may only count. */
  named: readonly PartnerClient[]
  counted: readonly PartnerClient[] | null
  used: readonly ObservedUsage[]
  spans: readonly UseSpan[]
  /** Of the clients that are named and counted. */
  recordings: readonly RecordingRow[]
  notices: readonly Notice[]
  effectiveOn: Day
  today: Day
}

/** Answers a provider: whom would this version break, since when do they use it, and which notice is owed to whom. */
export function judgePartners(question: PartnersQuestion): PartnersJudgement {
  const { change, named, counted, used } = question
  const judge = (clients: readonly PartnerClient[]) => judgeClients(change, clients.map(bareClient), used, { vouched: true })
  const judged = judge(named)
  const findings = judged.flatMap(({ impact }) => impact?.reasons.flatMap(({ finding }) => finding ?? []) ?? [])
  const lines = sourceLines([...new Set(findings)], change.after)
  const parties = new Map([...named, ...(counted ?? [])].map((client) => [client.instanceId, client]))
  const replays = replayRecordings(change, question.recordings)
  const tell = (client: JudgedClient, places: ReadonlyMap<Finding, SourceLine>) => {
    const { instanceId } = client.client
    return tellClient(client, parties.get(instanceId)!, replays.get(instanceId) ?? null, question, places)
  }
  const clients = judged.map((client) => tell(client, lines))
  const refused = clients.flatMap(({ replay }) => replay?.refusals ?? [])
  const hidden = counted && judge(counted).map((client) => tell(client, new Map()).verdict)
  return {
    verdict: worst([...clients.map(({ verdict }) => verdict), ...(hidden ?? [])]),
    earliestLawfulOn: latest(
      clients.flatMap(({ reasons }) => reasons.flatMap(({ notice }) => (notice?.state === 'owed' ? notice.earliestLawfulOn : []))),
    ),
    clients,
    withheld: hidden && { clients: hidden.length, ...countVerdicts(hidden) },
    unused: negativeEvidence(change, judged, (finding) => refused.some((refusal) => isAbout(refusal, finding))),
    replay: summarizeReplays(clients),
    suspicion: suspectPublication(change.before, change.after)?.words ?? null,
  }
}

const bareClient = ({ instanceId, name, integration, customer, terms }: PartnerClient): Client => ({
  instanceId,
  name,
  integration,
  customer,
  terms,
})

function tellClient(
  judged: JudgedClient,
  parties: PartnerClient,
  replay: Replay | null,
  question: PartnersQuestion,
  lines: ReadonlyMap<Finding, SourceLine>,
): PartnerImpact {
  const { client, observed, impact } = judged
  const spans = question.spans.filter(({ instanceId }) => instanceId === client.instanceId)
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
  const notice = toldOf([`end of operation ${templateOf(place)}`, `header ${place}`], question.notices)
  const rule = keyword === 'operation' ? 'api-removed-without-deprecation' : 'recorded-request-refused'
  return judgeNoticeOwed({ rule }, parties, notice, question.effectiveOn, question.today)
}

/** The notice in the ledger that told the end of this very thing, by the contract's words or by headers of live answers. */
function noticeOf(change: Change, finding: Finding, notices: readonly Notice[]): Notice | undefined {
  return toldOf([endIdentityOf(change.before, finding), `header ${placeOf(finding)}`], notices)
}

function toldOf(identities: readonly (string | undefined)[], notices: readonly Notice[]): Notice | undefined {
  const stands = ({ state, silent }: Notice) => !silent && state !== 'withdrawn' && state !== 'closed'
  const told = notices.filter((notice) => identities.includes(notice.identity) && stands(notice))
  return told.sort((a, b) => a.announcedAt.getTime() - b.announcedAt.getTime())[0]
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

function worst(verdicts: readonly PartnerVerdict[]): PartnerVerdict {
  return partnerVerdicts.findLast((verdict) => verdicts.includes(verdict)) ?? 'ok'
}

function countVerdicts(verdicts: readonly PartnerVerdict[]): Record<PartnerVerdict, number> {
  const count: Record<PartnerVerdict, number> = { ok: 0, lawful: 0, undetermined: 0, 'notice owed': 0 }
  for (const verdict of verdicts) count[verdict]++
  return count
}

const latest = (days: readonly Day[]): Day | null => [...days].sort().at(-1) ?? null
const dayOf = (at: Date): Day => at.toISOString().slice(0, 10)
