import { addLength, type Day, lengthInWords } from '../../agreements/index.ts'
import type { ChangeTerms } from '../../workspace/index.ts'
import type { Finding } from '../finding.ts'
import { type Change, judgeImpact } from '../impact/judge-impact.ts'
import type { ImpactProfile, Outcome } from '../impact/usage.ts'
import { defaultNotice, noticeKindOf } from '../notices/judge-notice.ts'
import { describeFinding, placeOf, positionOf } from '../report/describe-finding.ts'
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
  outcome: Outcome | 'unknown'
  lines: readonly string[]
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
  return clients.map(({ terms, ...client }) => {
    const observed = byInstance.get(client.instanceId)
    if (!observed || observed.state === 'unknown')
      return { client, outcome: 'unknown', lines: ['No traffic was seen in this window, so it is unknown what this change breaks.'] }
    const impact = judgeImpact(change, observed.usage, profileOf(terms))
    const lines = impact.reasons.map(({ finding, why }) => (finding ? verdictText(finding, why, observed, terms, today) : why))
    if (impact.outcome !== 'none' || observed.state === 'observed') return { client, outcome: impact.outcome, lines: [...new Set(lines)] }
    const seen = `${observed.calls + observed.deliveries} calls and deliveries since ${observed.firstDay}`
    return { client, outcome: 'unknown', lines: [`Nothing that was seen is touched, but ${seen} are too few to call it unused.`] }
  })
}

/** Rule, place, what this client did how often, what the agreement asks, and the earliest lawful day. */
export function verdictText(finding: Finding, why: string, observed: ObservedUsage, terms: ChangeTerms | undefined, today: Day): string {
  const position = positionOf(finding)
  const kind = noticeKindOf(finding)
  const period = (terms?.notice ?? defaultNotice)[kind]
  const asks = `${terms ? 'the agreement asks' : 'without an agreement the default is'} ${lengthInWords(period)}`
  const place = `${placeOf(finding)}${position === '' ? '' : `, ${position}`}`
  const notice = finding.level === 'ERR' ? `; ${asks}; told today, the earliest lawful day is ${addLength(today, period)}` : ''
  return `${place}: ${describeFinding(finding).replace(/\.$/, '')} [${finding.rule}, ${finding.direction}]; ${why.replace(/\.$/, '')}${timesSent(finding, observed)}${notice}.`
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
