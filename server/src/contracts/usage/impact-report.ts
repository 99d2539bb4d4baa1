import { addLength, type Day, lengthInWords } from '../../agreements/index.ts'
import type { ChangeTerms } from '../../workspace/index.ts'
import type { Finding } from '../finding.ts'
import { profileOf } from '../impact/change-profile.ts'
import { type Change, type Impact, judgeImpact } from '../impact/judge-impact.ts'
import { defaultNotice, noticeKindOf } from '../notices/judge-notice.ts'
import { operationKey } from '../operations.ts'
import { type ClientOutcome, type ToldReason, tellReason } from '../report/clients-report.ts'
import { describeFinding } from '../report/describe-finding.ts'
import { type LineFinder, lineFinder } from '../report/source-lines.ts'
import type { ObservedUsage, OperationCount } from './usage-of.ts'

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

/**
 * Judges a change for each client: rule × direction × usage × agreement, all four in words.
 *
 * @param used usage of each client in one window; a client without any is unknown
 * @param today the day on which the change would be told
 * @returns in the order of `clients`
 */
export async function impactOnClients(
  change: Change,
  clients: readonly Client[],
  used: readonly ObservedUsage[],
  today: Day,
  linesOf: LineFinder = lineFinder(change.after),
): Promise<ClientImpact[]> {
  const judged = judgeClients(change, clients, used)
  const found = judged.flatMap(({ impact }) => impact?.reasons.flatMap(({ finding }) => finding ?? []) ?? [])
  const places = await linesOf(found)
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

export interface JudgedClient {
  client: ClientImpact['client']
  terms: ChangeTerms | undefined
  observed: ObservedUsage | undefined
  /** undefined: nothing was seen of this client. */
  impact: Impact | undefined
}

/** In the order of `clients`. @param vouched see {@link judgeImpact} */
export function judgeClients(
  change: Change,
  clients: readonly Client[],
  used: readonly ObservedUsage[],
  { vouched = false } = {},
): JudgedClient[] {
  const byInstance = new Map(used.map((usage) => [usage.instanceId, usage]))
  return clients.map(({ terms, ...client }) => {
    const observed = byInstance.get(client.instanceId)
    const known = observed !== undefined && observed.state !== 'unknown'
    return { client, terms, observed, impact: known ? judgeImpact(change, observed.usage, profileOf(terms), { vouched }) : undefined }
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
  return `${describeFinding(finding)} ${why.replace(/\.$/, '')}${timesSent(finding, observed)}${notice}.`
}

function lineOf({ place, position, message, rule, direction }: ToldReason): string {
  if (place === null) return message
  return `${place}${position === '' ? '' : `, ${position}`}: ${message} [${rule}, ${direction}]`
}

/** What was counted of the operation or webhook that a finding is about; the names of its path parameters don't matter. */
export function countOf(finding: Finding, observed: ObservedUsage): OperationCount | undefined {
  const { method, path, component, surface } = finding
  const name = (path ?? component ?? '').replace(/^\//, '')
  return observed.counts.find((item) =>
    item.surface === 'webhook'
      ? surface === 'webhook' && item.path.replace(/^\//, '') === name
      : surface === 'operation' && method !== null && operationKey(item) === operationKey({ method, path: path ?? '' }),
  )
}

/** How often the client did what the finding touches, in the window: `, 41 times from … to …`; empty when that was not counted. */
export function timesSent(finding: Finding, observed: ObservedUsage): string {
  const operation = countOf(finding, observed)
  if (!operation) return ''
  const field = finding.parameter ?? finding.field
  const value = finding.rule.endsWith('enum-value-removed') ? JSON.stringify(finding.before) : undefined
  const sent = operation.sent.filter((item) => item.field === field && (value === undefined || item.value === value || item.value === ''))
  const times = finding.direction === 'request' ? Math.max(0, ...sent.map(({ seen }) => seen)) : 0
  const window = `from ${observed.window.from} to ${observed.window.until}`
  const events = operation.surface === 'webhook' ? 'deliveries' : 'calls'
  return times > 0
    ? `, ${times === 1 ? 'once' : `${times} times`} ${window}`
    : `, in ${operation.calls} ${operation.calls === 1 ? events.replace(/ies$/, 'y').replace(/s$/, '') : events} ${window}`
}
