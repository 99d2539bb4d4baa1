import { type Announcement, announcementOf } from '../announcement.ts'
import { operationsSeenFrom } from '../base-paths.ts'
import type { Contract } from '../contract.ts'
import type { Finding } from '../finding.ts'
import type { JsonObject } from '../json.ts'
import { type Operation, operationKey, operationsOf, templateOf, webhookItems } from '../operations.ts'
import { suspectPublication } from './publication.ts'
import { announcedBefore, isNewlyAnnounced, judgeReader } from './reader-impact.ts'
import { judgeSender } from './sender-impact.ts'
import { type ImpactProfile, type OperationUsage, type Outcome, outcomes, type Usage, type WebhookUsage } from './usage.ts'
import { versionPin } from './version-pin.ts'

/** Why a client is told something. */
export interface Reason {
  outcome: Outcome
  finding?: Finding | undefined
  why: string
  /** What the provider said beforehand, or says now, about the end of the thing. */
  announced?: Announcement
  /** It is not known whether the client is touched: no agreement makes a break of that. */
  uncertain?: true
}

export interface Impact {
  outcome: Outcome
  /** Worst first, then in the order of findings. */
  reasons: readonly Reason[]
}

export interface Change {
  before: Contract
  after: Contract
  findings: readonly Finding[]
}

/**
 * Judges what a change of a contract means for one client: rule × direction × usage × agreement. A change that touches
 * nothing the client uses is `none` for it, whatever its level; one that looks like a mistake of publishing is held.
 *
 * @param change the two versions and the findings between them, made in this process
 * @param vouched the provider itself stands for the newer version, so that nothing is held as a mistake of publishing
 * @param usage what the client touches; `undefined` parts are unknown and are judged with care, never as unused
 */
export function judgeImpact(change: Change, usage: Usage, profile: ImpactProfile = {}, { vouched = false } = {}): Impact {
  const suspicion = vouched ? undefined : suspectPublication(change.before, change.after)
  const old = operationIndex(operationsSeenFrom(change.before, change.before))
  const now = operationIndex(operationsSeenFrom(change.before, change.after))
  const reasons = [
    ...usage.operations.flatMap((item) => judgeOperation(change, item, old, now, profile)),
    ...usage.webhooks.flatMap((item) => judgeWebhook(change, item)),
  ].map((reason) => byAgreement(reason, profile))
  const judged = suspicion ? hold(reasons, suspicion.words) : reasons
  return {
    outcome: worst(judged),
    reasons: judged.filter((reason) => reason.outcome !== 'none').sort((a, b) => rank(b.outcome) - rank(a.outcome)),
  }
}

function rank(outcome: Outcome): number {
  return outcomes.indexOf(outcome)
}

function worst(reasons: readonly Reason[]): Outcome {
  return reasons.reduce<Outcome>((found, reason) => (rank(reason.outcome) > rank(found) ? reason.outcome : found), 'none')
}

function hold(reasons: readonly Reason[], words: string): Reason[] {
  return reasons.map((reason) => (reason.outcome === 'none' ? reason : { ...reason, outcome: 'hold', why: `${words} ${reason.why}` }))
}

function byAgreement(reason: Reason, profile: ImpactProfile): Reason {
  const agreed = reason.finding && profile.outcomes?.[reason.finding.rule]
  if (agreed === 'break' && reason.uncertain) return reason
  return agreed && reason.outcome !== 'none' ? { ...reason, outcome: agreed, why: `${reason.why} The agreement says so.` } : reason
}

function judgeOperation(
  change: Change,
  usage: OperationUsage,
  old: ReadonlyMap<string, Operation>,
  now: ReadonlyMap<string, Operation>,
  profile: ImpactProfile,
): Reason[] {
  const key = operationKey(usage)
  const [before, after] = [old.get(key), now.get(key)]
  const findings = change.findings.filter(
    (finding) =>
      finding.surface === 'operation' &&
      finding.method !== null &&
      operationKey({ method: finding.method, path: finding.path ?? '' }) === key,
  )
  const callbacks = change.findings.filter(
    (finding) =>
      finding.surface === 'callback' && finding.path !== null && templateOf(finding.path).startsWith(`${templateOf(usage.path)} `),
  )
  const reasons = !before
    ? []
    : !after
      ? removed(findings)
      : [...judgeKept(before, after, usage, findings), ...judgeCallbacks(before, usage, callbacks)]
  return reasons.map((reason) => byPin(byAge(reason, usage, profile), change, usage))
}

function removed(findings: readonly Finding[]): Reason[] {
  const finding = findings.find((item) => /^api-(path-)?(removed|sunset-parse)/.test(item.rule))
  return [
    { outcome: 'break', finding, why: 'The client calls this operation, and it is gone.', ...(finding ? announcedBefore(finding) : {}) },
  ]
}

function judgeKept(before: Operation, after: Operation, usage: OperationUsage, findings: readonly Finding[]): Reason[] {
  const reader = { before, after, reads: usage.reads, recorded: [], accepts: usage.accepts, statuses: usage.statuses }
  return [...announcements(after, findings), ...judgeSender(before, after, usage, findings), ...judgeReader(reader, findings)]
}

const announcing = /^endpoint-deprecated|^api-(deprecated-sunset|sunset-date|retirement-announced)|^sunset-deleted$/

/** A coming end of the whole operation concerns everybody who calls it. */
function announcements(after: Operation, findings: readonly Finding[]): Reason[] {
  const news = findings.filter((finding) => announcing.test(finding.rule) && isNewlyAnnounced(finding))
  const announced = announcementOf(after.spot.node as JsonObject)
  return news.map((finding) => ({
    outcome: 'notice' as const,
    finding,
    why: 'The client calls this operation.',
    ...(announced ? { announced } : {}),
  }))
}

/** What a callback carries is read by whoever started it; which fields is seldom known. */
function judgeCallbacks(before: Operation, usage: OperationUsage, findings: readonly Finding[]): Reason[] {
  if (usage.reads === undefined || usage.reads.length === 0) return []
  return judgeReader({ before, after: undefined, reads: usage.reads, recorded: [] }, findings)
}

function judgeWebhook(change: Change, usage: WebhookUsage): Reason[] {
  const same = (name: string) => bare(name) === bare(usage.name)
  const pick = (contract: Contract) =>
    [...webhookItems(contract)].filter(([name]) => same(name)).flatMap(([name, item]) => operationsOf(contract, name, item, 'webhook'))[0]
  const before = pick(change.before)
  if (!before) return []
  const after = pick(change.after)
  const gone = change.findings.find((finding) => finding.rule === 'webhook-removed' && same(finding.component ?? finding.path ?? ''))
  if (!after)
    return [
      {
        outcome: 'break',
        finding: gone,
        why: 'The client waits for this webhook, and it is gone.',
        ...(gone ? announcedBefore(gone) : {}),
      },
    ]
  const findings = change.findings.filter((finding) => finding.surface === 'webhook' && finding.path !== null && same(finding.path))
  return [
    ...announcements(after, findings),
    ...judgeReader({ before, after, reads: usage.reads, recorded: usage.deliveries ?? [] }, findings),
  ]
}

function bare(name: string): string {
  return name.replace(/^\//, '')
}

const defaultStaleDays = 180

function byAge(reason: Reason, usage: OperationUsage, profile: ImpactProfile): Reason {
  const days = usage.lastUsedDaysAgo
  if (days === undefined || days <= (profile.staleAfterDays ?? defaultStaleDays) || reason.outcome !== 'break') return reason
  return { ...reason, outcome: 'warn', why: `${reason.why} The last use was ${days} days ago.` }
}

/** A client that asks for an older version on every call is broken only when it moves. */
function byPin(reason: Reason, change: Change, usage: OperationUsage): Reason {
  if (reason.outcome !== 'break' && reason.outcome !== 'warn') return reason
  const pin = versionPin(change.after, usage.requestHeaders)
  if (!pin) return reason
  return {
    ...reason,
    outcome: 'notice',
    why: `${reason.why} The client asks for version ${pin.pinned} (${pin.header}); this comes with ${pin.changedIn}.`,
  }
}

function operationIndex(operations: readonly Operation[]): Map<string, Operation> {
  return new Map(operations.map((operation) => [operationKey(operation), operation] as const))
}
