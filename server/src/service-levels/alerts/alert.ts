import type { NewNotification } from '../../notifications/index.ts'
import type { Integration, Workspace } from '../../workspace/index.ts'
import { levelsOf, patienceMs, sidesAtFault } from './called-sides.ts'
import type { AlertEvidence, Judged, Severity } from './judge-alerts.ts'

export type AlertState = 'firing' | 'insufficient-data' | 'ended'
export type EndedBecause = 'recovered' | 'no-data' | 'withdrawn'

export interface AlertParty {
  organization: string
  /** Its people were called, and not only told. */
  called: boolean
  level: number
  /** ISO; null: nobody else will be called. */
  escalateAt: string | null
  acknowledgedAt: string | null
  acknowledgedBy: string | null
  note: string | null
}

export interface Alert {
  id: string
  integration: string
  subject: string
  severity: Severity
  state: AlertState
  startedAt: string
  seenAt: string
  endedAt: string | null
  endedBecause: EndedBecause | null
  evidence: AlertEvidence
  parties: AlertParty[]
}

/** What one look at an objective changes, and who is told. */
export interface Turn {
  alert: Alert
  told: NewNotification[]
}

const isUnanswered = ({ called, acknowledgedAt }: AlertParty): boolean => called && acknowledgedAt === null

interface Looking {
  workspace: Workspace
  integration: Integration
  now: Date
}

/**
 * What follows from a look. An alert begins when something fires and nothing is open, and ends only when there is enough data to say that it is
 * over, or nothing bad is left within any window: silence is no recovery. No I/O.
 *
 * @param judged undefined: the objective is gone
 * @returns undefined: nothing is to be written
 */
export function turnOf(looking: Looking, open: Alert | undefined, judged: Judged | undefined, newId: () => string): Turn | undefined {
  if (!judged) return open && endOf(looking, open, 'withdrawn')
  if (judged.state === 'firing') return open ? goOn(looking, open, judged) : begin(looking, judged, newId())
  if (!open) return undefined
  const { quietTiers, isGoodAgain, isClean } = judged
  const { tiers, failuresInARow } = open.evidence
  const tiersOver = tiers.every(({ limit }) => quietTiers.includes(limit))
  const rowOver = failuresInARow === 0 || isGoodAgain
  if (tiersOver && rowOver) return endOf(looking, open, 'recovered')
  if (isClean) return endOf(looking, open, 'no-data')
  return { alert: { ...open, state: 'insufficient-data' }, told: [] }
}

type Firing = Extract<Judged, { state: 'firing' }>

function begin(looking: Looking, { subject, severity, evidence }: Firing, id: string): Turn {
  const { integration, now } = looking
  const at = now.toISOString()
  const atFault = sidesAtFault(integration, evidence.causes)
  const alert: Alert = {
    id,
    integration: integration.metadata.name,
    subject,
    severity,
    state: 'firing',
    startedAt: at,
    seenAt: at,
    endedAt: null,
    endedBecause: null,
    evidence,
    parties: integration.spec.sides.map(({ organization }) => partyOf(looking, organization, severity, atFault.includes(organization))),
  }
  return { alert, told: alert.parties.map((party) => notificationOf(looking, alert, party, 'started')) }
}

function partyOf(looking: Looking, organization: string, severity: Severity, called: boolean): AlertParty {
  const party = { organization, called, level: 0, acknowledgedAt: null, acknowledgedBy: null, note: null }
  return { ...party, escalateAt: called ? nextCallAt(looking, organization, severity, 0) : null }
}

/** When the level after this one is called; null: there is none. */
function nextCallAt(looking: Looking, organization: string, severity: Severity, level: number): string | null {
  const next = levelsFor(looking, organization, severity)[level + 1]
  return next ? new Date(looking.now.getTime() + patienceMs(next, severity)).toISOString() : null
}

function levelsFor({ workspace, integration, now }: Looking, organization: string, severity: Severity) {
  const side = integration.spec.sides.find((one) => one.organization === organization)
  return side ? levelsOf(workspace, side, severity, now.toISOString().slice(0, 10)) : []
}

function goOn(looking: Looking, open: Alert, { severity, evidence }: Firing): Turn {
  const { integration, now } = looking
  const worse = open.severity === 'ticket' && severity === 'page'
  const atFault = sidesAtFault(integration, evidence.causes)
  const told: NewNotification[] = []
  // Tiers that fired once are asked about at the end, also when they are quiet meanwhile.
  const tiers = [...evidence.tiers, ...open.evidence.tiers.filter(({ limit }) => !evidence.tiers.some((one) => one.limit === limit))]
  const alert: Alert = {
    ...open,
    severity: worse ? 'page' : open.severity,
    state: 'firing',
    seenAt: now.toISOString(),
    evidence: { ...evidence, tiers, failuresInARow: Math.max(evidence.failuresInARow, open.evidence.failuresInARow) },
  }
  alert.parties = open.parties.map((party) => {
    if (!party.called && atFault.includes(party.organization)) {
      const called = { ...party, ...partyOf(looking, party.organization, alert.severity, true) }
      told.push(notificationOf(looking, alert, called, 'called'))
      return called
    }
    // What was a ticket has waited longer than a page may.
    if (worse && isUnanswered(party)) return { ...party, escalateAt: nextCallAt(looking, party.organization, 'page', party.level) }
    if (!isUnanswered(party) || party.escalateAt === null || party.escalateAt > alert.seenAt) return party
    const level = party.level + 1
    const next = { ...party, level, escalateAt: nextCallAt(looking, party.organization, alert.severity, level) }
    told.push(notificationOf(looking, alert, next, 'overdue'))
    return next
  })
  if (worse) told.push(...alert.parties.map((party) => notificationOf(looking, alert, party, 'worse')))
  return { alert, told }
}

function endOf(looking: Looking, open: Alert, endedBecause: EndedBecause): Turn {
  const alert: Alert = {
    ...open,
    state: 'ended',
    endedAt: looking.now.toISOString(),
    endedBecause,
    parties: open.parties.map((party) => ({ ...party, escalateAt: null })),
  }
  return { alert, told: alert.parties.map((party) => notificationOf(looking, alert, party, 'ended')) }
}

type About = 'started' | 'worse' | 'called' | 'overdue' | 'ended'

const endedInWords: Record<EndedBecause, string> = {
  recovered: 'is over',
  'no-data': 'is closed: nothing bad is left in its windows, and too little happens to call it well',
  withdrawn: 'is closed: what it watched is no longer in the files',
}

function titleOf(about: About, { integration, evidence, endedBecause }: Alert, { organization }: AlertParty): string {
  const what = `${integration}: ${evidence.of}`
  const [most] = evidence.causes
  const fault = most ? `; most of it by ${most.cause}` : ''
  const titles: Record<About, string> = {
    started: `${what}: ${evidence.why}${fault}.`,
    worse: `${what} has become urgent: ${evidence.why}${fault}.`,
    called: `${what}: part of the fault lies with ${organization}: ${evidence.why}${fault}.`,
    overdue: `${what}: nobody at ${organization} has acknowledged the alert.`,
    ended: `${what}: the alert ${endedInWords[endedBecause ?? 'recovered']}.`,
  }
  return titles[about]
}

function notificationOf(looking: Looking, alert: Alert, party: AlertParty, about: About): NewNotification {
  const { id, integration, subject, severity, state, startedAt, endedAt, endedBecause, evidence } = alert
  const people = party.called && about !== 'ended' ? (levelsFor(looking, party.organization, severity)[party.level]?.people ?? []) : []
  return {
    organization: party.organization,
    kind: `alert.${about}`,
    key: `alert:${id}:${about}${about === 'overdue' ? `:${party.level}` : ''}`,
    title: titleOf(about, alert, party),
    data: {
      alert: id,
      integration,
      subject,
      severity,
      state,
      startedAt,
      endedAt,
      endedBecause,
      ...evidence,
      called: party.called,
      people,
      level: party.level,
    },
  }
}
