import { createHash } from 'node:crypto'
import type { Announcement } from '../announcement.ts'
import { type Finding, identityOf } from '../finding.ts'
import type { Reason } from '../impact/judge-impact.ts'
import { type Outcome, outcomes } from '../impact/usage.ts'
import type { Direction, Level } from '../rules/rule.ts'
import { describeFinding, placeOf, positionOf } from './describe-finding.ts'
import type { Report, ReportEntry, ReportGroup } from './report.ts'
import type { SourceLine } from './source-lines.ts'

/** unknown: too little was seen to say that nothing breaks. */
export type ClientOutcome = Outcome | 'unknown'

/** Why a client is told something, as plain data that can be sent and stored. */
export interface ToldReason {
  outcome: ClientOutcome
  /** null: it hangs on no single change. */
  rule: string | null
  level: Level | null
  direction: Direction | null
  /** `POST /payments`. */
  place: string | null
  position: string
  /** The change, and why it concerns this client; whole sentences. */
  message: string
  /** Of the finding; the same in every run. */
  identity: string | null
  announced?: Announcement
  source: SourceLine | null
}

/** What a change means for one client. */
export interface ClientVerdict {
  client: string
  outcome: ClientOutcome
  reasons: readonly ToldReason[]
}

/** @param message a better sentence than that of the rule and the reason */
export function tellReason(
  reason: Omit<Reason, 'outcome'> & { outcome: ClientOutcome },
  lines: ReadonlyMap<Finding, SourceLine>,
  message?: string,
): ToldReason {
  const { outcome, finding, why, announced } = reason
  return {
    outcome,
    rule: finding?.rule ?? null,
    level: finding?.level ?? null,
    direction: finding?.direction ?? null,
    place: finding ? placeOf(finding) : null,
    position: finding ? positionOf(finding) : '',
    message: message ?? (finding ? `${describeFinding(finding)} ${why}` : why),
    identity: finding ? identityOf(finding) : null,
    ...(announced ? { announced } : {}),
    source: (finding && lines.get(finding)) ?? null,
  }
}

const words: Record<ClientOutcome, string> = {
  break: 'breaks',
  warn: 'a person should look',
  notice: 'nothing breaks yet, an end is announced',
  hold: 'held until confirmed',
  unknown: 'unknown',
  none: 'not touched',
}
const labels: Record<ClientOutcome, string> = {
  break: 'breaks',
  warn: 'look at',
  notice: 'announced',
  hold: 'held',
  unknown: 'unknown',
  none: 'untouched',
}
const severities: Record<ClientOutcome, ReportEntry['severity']> = {
  break: 'error',
  warn: 'warning',
  hold: 'warning',
  unknown: 'warning',
  notice: 'note',
  none: 'note',
}

/** What a change means for each of several clients, in their order. */
export function clientsReport(judged: { before: string; after: string; clients: readonly ClientVerdict[] }): Report {
  const { before, after, clients } = judged
  const counts = countOutcomes(clients)
  return {
    title: 'Clients and a proposed contract',
    before,
    after,
    headline: headline(counts, clients.length),
    about: 'client',
    groups: clients.map(groupOf),
    facts: { before, after, counts, clients },
  }
}

export function countOutcomes(clients: readonly ClientVerdict[]): Record<ClientOutcome, number> {
  const count = { ...(Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>), unknown: 0 }
  for (const { outcome } of clients) count[outcome]++
  return count
}

function headline(counts: Record<ClientOutcome, number>, of: number): string {
  if (of === 0) return 'No client is known.'
  const parts = [
    `${counts.break} of ${of} ${of === 1 ? 'client' : 'clients'} would break`,
    ...(counts.warn > 0 ? [`${counts.warn} to look at`] : []),
    ...(counts.hold > 0 ? [`${counts.hold} held until confirmed`] : []),
    ...(counts.notice > 0 ? [`${counts.notice} to be told of an announced end`] : []),
    ...(counts.unknown > 0 ? [`${counts.unknown} unknown`] : []),
    `${counts.none} not touched`,
  ]
  return `${parts.join(', ')}.`
}

/** @returns the group of one client; it fails when the client breaks, and is skipped when nobody can tell */
export function groupOf({ client, outcome, reasons }: ClientVerdict): ReportGroup {
  const verdict = outcome === 'break' ? 'failed' : outcome === 'unknown' ? 'skipped' : 'passed'
  return { name: client, verdict, summary: words[outcome], entries: reasons.map((reason) => entryOf(client, reason)) }
}

function entryOf(client: string, reason: ToldReason): ReportEntry {
  const { outcome, rule, place, position, message, announced, source, identity } = reason
  return {
    severity: severities[outcome],
    label: labels[outcome],
    rule: rule ?? (outcome === 'unknown' ? 'usage-unknown' : 'client-impact'),
    position: [place, position].filter((part) => part !== null && part !== '').join(', '),
    message: announced ? `${message} Announced (${announced.confidence}): ${announced.words}` : message,
    source: source ?? undefined,
    identity: createHash('sha256')
      .update(`${client}\n${identity ?? outcome}`)
      .digest('hex')
      .slice(0, 32),
  }
}
