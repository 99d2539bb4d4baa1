import { operationsSeenFrom } from '../base-paths.ts'
import type { Contract } from '../contract.ts'
import { eventKey } from '../drift/check-message.ts'
import type { Change } from '../impact/judge-impact.ts'
import type { Json } from '../json.ts'
import { type Operation, operationKey, operationsOf, parametersOf, webhookItems } from '../operations.ts'
import { fitsRecording } from './fits.ts'
import type { Misfit } from './judge-shape.ts'
import type { RecordingRow } from './queries.ts'
import type { RecordedAnswer, RecordedRequest } from './record-message.ts'
import type { RecordedShape } from './recorded-shape.ts'

/** What became of recorded messages under a proposed version. They add up to `recorded`. */
export interface ReplayCounts {
  recorded: number
  /** Fit it. */
  accepted: number
  /** Did not misfit the version in force, and do the proposed one. */
  refused: number
  /** It depends on values that are not kept. */
  unknown: number
  /** Misfit both: they show drift, not what the change does. */
  contradicting: number
}

/** One reason why recorded messages would be refused. */
export interface Refusal extends Misfit {
  direction: 'request' | 'answer'
  surface: 'operation' | 'webhook'
  method: string
  path: string
  /** Recorded messages that it would refuse. */
  seen: number
  lastAt: Date
  /** One of them, without values. */
  example: Json
}

export interface Replay {
  requests: ReplayCounts
  /** Answers and webhooks: what the platform really sends and the proposed version would not allow. */
  answers: ReplayCounts
  /** Most often first. */
  refusals: readonly Refusal[]
}

const none = (): ReplayCounts => ({ recorded: 0, accepted: 0, refused: 0, unknown: 0, contradicting: 0 })
const maxRefusals = 20
/** Different shapes that are judged; those beyond, the oldest, stay unknown. */
const maxJudged = 1_000

/**
 * Holds what was recorded of each instance against a proposed version: proof instead of rule. What was not recorded is not proven; no recording
 * at all leaves all counts at zero, which says nothing.
 *
 * @returns by instance; instances without recordings are not in it
 */
export function replayRecordings({ before, after }: Change, rows: readonly RecordingRow[]): Map<string, Replay> {
  const [old, now] = [indexOf(before, before), indexOf(before, after)]
  const judged = new Map<string, Verdict>()
  const verdictOf = (row: RecordingRow): Verdict => {
    const key = `${row.surface} ${operationKey(row)} ${row.status} ${row.direction} ${row.digest}`
    const room = judged.size < maxJudged
    const known = judged.get(key) ?? (room ? judge(find(old, row), find(now, row), row) : { is: 'unknown' as const })
    if (room) judged.set(key, known)
    return known
  }
  return new Map([...Map.groupBy(rows, ({ instanceId }) => instanceId)].map(([id, own]) => [id, replayOf(own, verdictOf)]))
}

type Verdict = { is: 'accepted' | 'unknown' | 'contradicting' } | { is: 'refused'; why: Misfit }

function judge(before: Operation | undefined, after: Operation | undefined, row: RecordingRow): Verdict {
  if (!before) return { is: 'unknown' }
  if (!after) return { is: 'refused', why: { field: '', keyword: 'operation', expected: null } }
  const fit = fitsRecording(after, row, row.status)
  if (fit.is === 'no') return fitsRecording(before, row, row.status).is === 'no' ? { is: 'contradicting' } : { is: 'refused', why: fit.why }
  // Headers are not recorded: a new one that is required may be sent already, or not.
  return fit.is === 'yes' && !(row.direction === 'request' && demandsNewHeader(before, after)) ? { is: 'accepted' } : { is: 'unknown' }
}

function demandsNewHeader(before: Operation, after: Operation): boolean {
  const demanded = (operation: Operation) =>
    parametersOf(operation)
      .filter(
        (parameter) =>
          parameter.in !== 'query' && parameter.in !== 'path' && (parameter.spot.node as { required?: unknown }).required === true,
      )
      .map((parameter) => parameter.name.toLowerCase())
  const known = new Set(demanded(before))
  return demanded(after).some((name) => !known.has(name))
}

function replayOf(rows: readonly RecordingRow[], verdictOf: (row: RecordingRow) => Verdict): Replay {
  const [requests, answers] = [none(), none()]
  const refusals = new Map<string, Refusal>()
  for (const row of rows) {
    const verdict = verdictOf(row)
    const counts = row.direction === 'request' ? requests : answers
    counts.recorded += row.seen
    counts[verdict.is] += row.seen
    if (verdict.is !== 'refused') continue
    const { direction, surface, method, path, lastAt, seen } = row
    const key = JSON.stringify([direction, surface, operationKey(row), verdict.why])
    const known = refusals.get(key)
    if (known) {
      known.seen += seen
      if (lastAt > known.lastAt) known.lastAt = lastAt
    } else refusals.set(key, { direction, surface, method, path, ...verdict.why, seen, lastAt, example: exampleOf(row) })
  }
  return { requests, answers, refusals: [...refusals.values()].sort((a, b) => b.seen - a.seen).slice(0, maxRefusals) }
}

/** Recordings name operations as the older version does. */
function indexOf(before: Contract, contract: Contract): Map<string, Operation> {
  const operations = operationsSeenFrom(before, contract)
  const webhooks = [...webhookItems(contract)].flatMap(([name, item]) => operationsOf(contract, name, item, 'webhook'))
  return new Map([
    ...operations.map((operation) => [operationKey(operation), operation] as const),
    ...webhooks.map((webhook) => [`webhook ${eventKey(webhook.path)}`, webhook] as const),
  ])
}

function find(index: ReadonlyMap<string, Operation>, { surface, method, path }: RecordingRow): Operation | undefined {
  return index.get(surface === 'webhook' ? `webhook ${eventKey(path)}` : operationKey({ method, path }))
}

function exampleOf({ direction, shape }: RecordingRow): Json {
  if (direction === 'answer') return inWords((shape as RecordedAnswer).body)
  const { query, body } = shape as RecordedRequest
  const asked = Object.entries(query).map(([name, value]): [string, Json] => [name, inWords(value)])
  return { ...(asked.length > 0 ? { query: Object.fromEntries(asked) } : {}), ...(body === undefined ? {} : { body: inWords(body) }) }
}

/** A shape as people read it. */
export function inWords(shape: RecordedShape): Json {
  if (shape === null) return null
  if ('v' in shape) return shape.v
  if ('t' in shape) return `<${shape.t}>`
  if ('b' in shape) return '<boolean>'
  if ('s' in shape) return `<string of ${rangeInWords(shape.s)} characters>`
  if ('i' in shape) return `<integer, ${rangeInWords(shape.i)}>`
  if ('d' in shape) return `<number, ${rangeInWords(shape.d)}>`
  if ('a' in shape) return [...shape.a.slice(0, 3).map(inWords), ...(shape.a.length > 3 || shape.more ? ['<more>'] : [])]
  const members = Object.entries(shape.o).map(([name, member]): [string, Json] => [name, inWords(member)])
  const masked = (shape.x ?? []).map((member, index): [string, Json] => [`<name ${index + 1}>`, inWords(member)])
  return Object.fromEntries([...members, ...masked])
}

function rangeInWords([low, high]: readonly [number | null, number | null]): string {
  if (low === high) return String(low)
  if (low === null) return `at most ${high}`
  return high === null ? `at least ${low}` : `${low} to ${high}`
}
