import { addLength, type Day, lengthInWords } from '../../agreements/index.ts'
import type { ChangeTerms } from '../../workspace/index.ts'
import type { Finding } from '../finding.ts'
import { type Change, judgeImpact } from '../impact/judge-impact.ts'
import type { ImpactProfile } from '../impact/usage.ts'
import { defaultNotice, noticeKindOf } from '../notices/judge-notice.ts'
import { type ClientOutcome, type ToldReason, tellReason } from '../report/clients-report.ts'
import { describeFinding } from '../report/describe-finding.ts'
import { sourceLines } from '../report/source-lines.ts'
import type { ObservedUsage } from './usage-of.ts'

export interface Client {
  instanceId: string
  name: string
  integration: string
  customer: string
  /** Of the agreement in force; undefined: there is none, and the defaults of the design hold. */
  terms?: ChangeTerms | undefined
}

/** What a change means for one instance. `unknown`: nothing was found, but too little was seen to say that nothing breaks. */
export interface ClientImpact {
  client: Omit<Client, 'terms'>
  outcome: ClientOutcome
  lines: readonly string[]
  /** The same for programs; lines are those of the newer document. */
  reasons: readonly ToldReason[]
}

const profileLevels = { breaking: 'break', 'potentially-breaking': 'warn', additive: 'none', ignore: 'none' } as const

/** How two parties judge changes, as their agreement says. */
export function profileOf(terms: ChangeTerms | undefined): ImpactProfile {
  return { outcomes: Object.fromEntries((terms?.overrides ?? []).map(({ rule, level }) => [rule, profileLevels[level]])) }
}

/**
 * Judges a change for each client: rule × direction × usage × agreement, all four in words.
 *
 * @param used usage of each client in one window; a client without any is unknown
 * @param today the day on which the change would be told
 * @returns in the order of `clients`
 */
export function impactOnClients(change: Change, clients: readonly Client[], used: readonly ObservedUsage[], today: Day): ClientImpact[] {
  const byInstance = new Map(used.map((usage) => [usage.instanceId, usage]))
  const judged = clients.map(({ terms, ...client }) => {
    const observed = byInstance.get(client.instanceId)
    const known = observed !== undefined && observed.state !== 'unknown'
    return { client, terms, observed, impact: known ? judgeImpact(change, observed.usage, profileOf(terms)) : undefined }
  })
  const found = judged.flatMap(({ impact }) => impact?.reasons.flatMap(({ finding }) => finding ?? []) ?? [])
  const places = sourceLines([...new Set(found)], change.after)
  return judged.map(({ client, terms, observed, impact }) => {
    if (!observed || !impact) return unknown(client, 'No traffic was seen in this window, so it is unknown what this change breaks.')
    const reasons = impact.reasons.map((reason) =>
      tellReason(reason, places, reason.finding && verdictText(reason.finding, reason.why, observed, terms, today)),
    )
    const lines = [...new Set(reasons.map(lineOf))]
    if (impact.outcome !== 'none' || observed.state === 'observed') return { client, outcome: impact.outcome, lines, reasons }
    const seen = `${observed.calls + observed.deliveries} calls and deliveries since ${observed.firstDay}`
    return unknown(client, `Nothing that was seen is touched, but ${seen} are too few to call it unused.`)
  })
}

function unknown(client: ClientImpact['client'], message: string): ClientImpact {
  return { client, outcome: 'unknown', lines: [message], reasons: [tellReason({ outcome: 'unknown', why: message }, new Map())] }
}

/** The change, why it concerns this client, how often it did so, what the agreement asks, and the earliest lawful day. */
function verdictText(finding: Finding, why: string, observed: ObservedUsage, terms: ChangeTerms | undefined, today: Day): string {
  const period = (terms?.notice ?? defaultNotice)[noticeKindOf(finding)]
  const asks = `${terms ? 'the agreement asks' : 'without an agreement the default is'} ${lengthInWords(period)}`
  const notice = finding.level === 'ERR' ? `; ${asks}; told today, the earliest lawful day is ${addLength(today, period)}` : ''
  return `${describeFinding(finding).replace(/\.$/, '')}; ${why.replace(/\.$/, '')}${timesSent(finding, observed)}${notice}.`
}

function lineOf({ place, position, message, rule, direction }: ToldReason): string {
  if (place === null) return message
  return `${place}${position === '' ? '' : `, ${position}`}: ${message} [${rule}, ${direction}]`
}

function timesSent(finding: Finding, observed: ObservedUsage): string {
  const operation = observed.counts.find((item) => item.method === finding.method && item.path === finding.path)
  if (!operation) return ''
  const field = finding.parameter ?? finding.field
  const value = finding.rule.endsWith('enum-value-removed') ? JSON.stringify(finding.before) : undefined
  const sent = operation.sent.filter((item) => item.field === field && (value === undefined || item.value === value || item.value === ''))
  const times = finding.direction === 'request' ? Math.max(0, ...sent.map(({ seen }) => seen)) : 0
  const window = `from ${observed.window.from} to ${observed.window.until}`
  return times > 0 ? `, ${times} times ${window}` : `, in ${operation.calls} calls ${window}`
}
