import type { Executor } from '../../database/index.ts'
import type { OperationUsage, Usage, WebhookUsage } from '../impact/usage.ts'
import type { Json } from '../json.ts'
import { type SummedFact, sumUsage } from './queries.ts'
import { unnoted } from './usage-fact.ts'

/** Days of a window, both included, `YYYY-MM-DD` in UTC. */
export interface UsageWindow {
  from: string
  until: string
}

/**
 * observed: enough was seen over enough time that what was not seen may count as unused. insufficient-data: what was seen is true, what was
 * not seen says nothing. unknown: nothing was seen at all.
 */
export type UsageState = 'observed' | 'insufficient-data' | 'unknown'

export interface ObservedUsage {
  instanceId: string
  window: UsageWindow
  state: UsageState
  calls: number
  deliveries: number
  /** First day with traffic in the window; null without any. */
  firstDay: string | null
  lastAt: Date | null
  usage: Usage
  /** The same with how often each sent field and value was seen, for sentences and for people. */
  counts: readonly OperationCount[]
}

export interface OperationCount {
  surface: 'operation' | 'webhook'
  method: string
  path: string
  calls: number
  /** Calls of which it was noted what they sent. */
  noted: number
  lastAt: Date
  statuses: Readonly<Record<string, number>>
  accepts: readonly string[]
  sends: readonly string[]
  /** Names of request headers that a contract may demand. */
  headers: readonly string[]
  sent: readonly { field: string; value: string; seen: number }[]
  reads: readonly string[] | undefined
}

/** Fewer calls, or a shorter time, can't show what happens at the end of a month. */
export const leastCalls = 20
export const leastDays = 31
/** A field with more values than this is no list of values. */
const maxValues = 30
const dayMs = 86_400_000

/**
 * What each instance used of a platform in a window, in the shape that impacts are judged with. An instance without traffic is in the answer
 * only when `instanceIds` names it: then it is `unknown`, never unused.
 *
 * @param instanceIds only these are looked at; all when left out
 *
 * @param now moment for which ages and states are told
 * @returns in the order of instance ids
 */
export async function usageOf(
  executor: Executor,
  platform: string,
  window: UsageWindow,
  { instanceIds, now = new Date() }: { instanceIds?: readonly string[]; now?: Date } = {},
): Promise<ObservedUsage[]> {
  const facts = await sumUsage(executor, platform, window.from, window.until, instanceIds ?? null)
  const byInstance = Map.groupBy(facts, (fact) => fact.instanceId)
  const ids = [...new Set([...byInstance.keys(), ...(instanceIds ?? [])])].sort()
  return ids.map((id) => usageFromFacts(id, window, byInstance.get(id) ?? [], now))
}

/** Pure part of {@link usageOf}: the facts of one instance as usage. */
export function usageFromFacts(instanceId: string, window: UsageWindow, facts: readonly SummedFact[], now: Date): ObservedUsage {
  const groups = [...Map.groupBy(facts, ({ surface, method, path }) => `${surface}\n${method}\n${path}`).values()]
  const counts = groups.map(countsOf)
  const total = (surface: string) => counts.filter((item) => item.surface === surface).reduce((sum, item) => sum + item.calls, 0)
  const [calls, deliveries] = [total('operation'), total('webhook')]
  const firstDay = facts.reduce<string | null>((first, fact) => (first === null || fact.firstDay < first ? fact.firstDay : first), null)
  const lastAt = counts.reduce<Date | null>((last, { lastAt: at }) => (last === null || at > last ? at : last), null)
  const days = firstDay === null ? 0 : (now.getTime() - Date.parse(`${firstDay}T00:00:00Z`)) / dayMs
  const enough = calls + deliveries >= leastCalls && days >= leastDays
  return {
    instanceId,
    window,
    state: calls + deliveries === 0 ? 'unknown' : enough ? 'observed' : 'insufficient-data',
    calls,
    deliveries,
    firstDay,
    lastAt,
    counts,
    usage: {
      operations: counts.flatMap((item, index) => (item.surface === 'operation' ? [operationOf(item, groups[index]!, now)] : [])),
      webhooks: counts.flatMap((item) => (item.surface === 'webhook' ? [webhookOf(item)] : [])),
    },
  }
}

function countsOf(facts: readonly SummedFact[]): OperationCount {
  const { surface, method, path } = facts[0]!
  const of = (kind: SummedFact['kind']) => facts.filter((fact) => fact.kind === kind)
  const total = (named: boolean) =>
    of('call')
      .filter((fact) => (fact.name === unnoted) === named)
      .reduce((sum, fact) => sum + fact.seen, 0)
  return {
    surface,
    method,
    path,
    calls: total(false),
    noted: total(false) - total(true),
    lastAt: new Date(Math.max(...facts.map((fact) => fact.lastAt.getTime()))),
    statuses: Object.fromEntries(of('status').map((fact) => [fact.name, fact.seen])),
    accepts: of('accepts').map((fact) => fact.name),
    sends: of('sends').map((fact) => fact.name),
    headers: [...new Set(of('header').map((fact) => fact.name))],
    sent: of('sent').map(({ name, value, seen }) => ({ field: name, value, seen })),
    reads: of('watched').length === 0 ? undefined : deepest(of('read').map((fact) => fact.name)),
  }
}

/** A field that was read whole or deeper elsewhere is told by that; `assignee` beside `assignee.login` is only the way there. */
function deepest(fields: readonly string[]): string[] {
  const wholes = fields.filter((field) => field.endsWith('**')).map((field) => field.slice(0, -2).replace(/\.$/, ''))
  const isBelow = (field: string, above: string) =>
    field !== above && (above === '' || field.startsWith(`${above}.`) || field.startsWith(`${above}[]`))
  return fields
    .filter((field) => !wholes.some((whole) => field !== (whole === '' ? '**' : `${whole}.**`) && isBelow(field, whole)))
    .filter((field) => !fields.some((other) => isBelow(other, field)))
}

function operationOf(item: OperationCount, facts: readonly SummedFact[], now: Date): OperationUsage {
  const daysAgo = Math.floor((now.getTime() - item.lastAt.getTime()) / dayMs)
  const headers = facts.filter((fact) => fact.kind === 'header')
  const bodies = facts.filter((fact) => fact.kind === 'sends').reduce((sum, fact) => sum + fact.seen, 0)
  const carried = headers.filter((fact) => fact.seen >= item.calls).map((fact) => [fact.name, fact.value])
  return {
    method: item.method,
    path: item.path,
    ...(daysAgo >= 1 ? { lastUsedDaysAgo: daysAgo } : {}),
    requestHeaders: Object.fromEntries(carried),
    sends: sentFieldsOf(item, bodies),
    ...(item.sends.length > 0 ? { sendsAs: item.sends, ...(bodies < item.calls ? { bodyShare: rounded(bodies / item.calls) } : {}) } : {}),
    ...(item.accepts.length > 0 ? { accepts: item.accepts } : {}),
    ...(Object.keys(item.statuses).length > 0 ? { statuses: item.statuses } : {}),
    ...(item.reads === undefined ? {} : { reads: item.reads }),
  }
}

/** A field is counted once per call, so within the elements of a list nobody can tell how often it was left out. */
function sentFieldsOf(item: OperationCount, bodies: number): NonNullable<OperationUsage['sends']> {
  const byField = Map.groupBy(item.sent, ({ field }) => field)
  const times = (field: string) => (byField.get(field) ?? []).reduce((sum, { seen }) => sum + seen, 0)
  return [...byField].map(([field, seen]) => {
    const listed = seen.every(({ value }) => value !== '') && seen.length <= maxValues
    const dot = field.startsWith('query ') ? -1 : field.lastIndexOf('.')
    const all = field.startsWith('query ') || bodies === 0 ? item.noted : Math.min(bodies, item.noted)
    const around = dot < 0 ? all : times(field.slice(0, dot))
    const share = around > 0 && !field.includes('[]') ? Math.min(1, times(field) / around) : 1
    return {
      field,
      ...(listed ? { values: seen.map(({ value }) => JSON.parse(value) as Json) } : {}),
      ...(share < 1 ? { share: rounded(share) } : {}),
    }
  })
}

const rounded = (share: number): number => Math.round(share * 10_000) / 10_000

function webhookOf(item: OperationCount): WebhookUsage {
  return { name: item.path, ...(item.reads === undefined ? {} : { reads: item.reads }) }
}

/**
 * What one client uses, as a file that the provider's CI can check without asking anybody: how much was seen goes with it, so that what nobody saw is
 * not taken for unused there either, and how the two companies judge changes.
 */
export function consumerContractOf(
  client: string,
  { usage, state, window, calls, deliveries }: Pick<ObservedUsage, 'usage' | 'state' | 'window' | 'calls' | 'deliveries'>,
  profile: object = {},
): string {
  const observed = { state, ...window, calls, deliveries }
  return `${JSON.stringify({ kind: 'ConsumerContract', client, observed, usage, profile }, null, 2)}\n`
}
