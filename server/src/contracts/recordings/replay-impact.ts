import { createHash } from 'node:crypto'
import type { Change } from '../impact/judge-impact.ts'
import { canonical, type Json } from '../json.ts'
import type { ToldReason } from '../report/clients-report.ts'
import type { ClientImpact } from '../usage/impact-report.ts'
import type { RecordingRow } from './queries.ts'
import { type Refusal, type Replay, replayRecordings } from './replay-recordings.ts'

/** What replay proves for all clients together. */
export interface ReplaySummary {
  /** unknown: nothing was recorded, so nothing is proven. */
  state: 'refused' | 'none-refused' | 'unknown'
  recordedRequests: number
  customers: number
  refusedRequests: number
  unknownRequests: number
  recordedAnswers: number
  unfitAnswers: number
  /** For people. */
  words: string
  example: Refusal | null
}

/** A client, and what its recordings prove; null: nothing was recorded. */
export interface ReplayedClient {
  client: Pick<ClientImpact['client'], 'integration' | 'customer'>
  replay: Replay | null
}

export type ReplayedImpact = ClientImpact & { replay: Replay | null }

/**
 * Adds to the impact on each client what its recordings prove. A recorded request that would be refused is a break, whatever the rules say. That
 * none would be is said beside the rules and takes nothing back: recordings are samples.
 */
export function replayImpact(change: Change, impact: readonly ClientImpact[], rows: readonly RecordingRow[]): ReplayedImpact[] {
  const byInstance = replayRecordings(change, rows)
  return impact.map((one): ReplayedImpact => {
    const replay = byInstance.get(one.client.instanceId) ?? null
    const lines = [...one.lines, ...(replay ? linesOf(replay) : ['No exchange of it was recorded, so replay proves nothing.'])]
    const refused = replay?.refusals.filter(({ direction }) => direction === 'request') ?? []
    const reasons = [...refused.map(reasonOf), ...one.reasons]
    return { ...one, outcome: replay && replay.requests.refused > 0 ? 'break' : one.outcome, lines, reasons, replay }
  })
}

/** Why a client breaks whose recorded requests would be refused. */
export function reasonOf(refusal: Refusal): ToldReason {
  const { direction, surface, method, path, field, keyword, expected, seen, example } = refusal
  const demand = expected === null ? keyword : `${keyword} ${JSON.stringify(expected)}`
  return {
    outcome: 'break',
    rule: 'recorded-request-refused',
    level: 'ERR',
    direction: 'request',
    place: `${method} ${path}`,
    position: field,
    message: `${seen} recorded requests that were accepted would be refused: ${demand}. One of them: ${shortened(example)}.`,
    identity: createHash('sha256')
      .update(canonical([direction, surface, method, path, field, keyword, expected]))
      .digest('hex'),
    source: null,
  }
}

function linesOf({ requests, answers, refusals }: Replay): string[] {
  const told = refusals.slice(0, 5).map((refusal) => `  ${refusalInWords(refusal)}`)
  const open = requests.unknown > 0 ? `; ${requests.unknown} depend on values that are not kept` : ''
  const already = requests.contradicting > 0 ? `; ${requests.contradicting} contradict the version in force already` : ''
  const asked =
    requests.recorded === 0
      ? 'No request was recorded.'
      : `Of ${requests.recorded} recorded requests ${requests.refused} would be refused${open}${already}.`
  const sent = answers.refused > 0 ? [`Of ${answers.recorded} recorded answers and webhooks ${answers.refused} would not fit.`] : []
  return [asked, ...sent, ...told]
}

/** For people; programs have the whole in `refusals`. */
function shortened(example: Json): string {
  const text = JSON.stringify(example)
  return text.length > 240 ? `${text.slice(0, 239)}…` : text
}

export function refusalInWords(refusal: Refusal): string {
  const { direction, surface, method, path, field, keyword } = refusal
  const place = surface === 'webhook' ? `webhook ${path}` : `${method} ${path}`
  return `${place}, ${direction}, ${keyword === 'operation' || field === '' ? '' : `${field}: `}${demandInWords(refusal)}`
}

/** The same without its place. */
export function demandInWords({ keyword, expected, seen, example }: Refusal): string {
  const demand = keyword === 'operation' ? 'is gone' : `${keyword}${expected === null ? '' : ` ${JSON.stringify(expected)}`}`
  return `${demand} (${seen} recorded), such as ${shortened(example)}`
}

/** What replay proves for several clients together. */
export function summarizeReplays(clients: readonly ReplayedClient[]): ReplaySummary {
  const replays = clients.flatMap(({ client, replay }) =>
    replay ? [{ customer: `${client.integration} ${client.customer}`, ...replay }] : [],
  )
  const sum = (pick: (replay: Replay) => number) => replays.reduce((total, replay) => total + pick(replay), 0)
  const customers = new Set(replays.filter(({ requests }) => requests.recorded > 0).map(({ customer }) => customer)).size
  const [recorded, refused] = [sum(({ requests }) => requests.recorded), sum(({ requests }) => requests.refused)]
  const open = sum(({ requests }) => requests.unknown)
  const refusals = replays.flatMap(({ refusals: found }) => found.filter(({ direction }) => direction === 'request'))
  const [example = null] = refusals.sort((a, b) => b.seen - a.seen)
  const depends = open > 0 ? ` ${open} depend on values that are not kept.` : ''
  return {
    state: refused > 0 ? 'refused' : recorded > 0 ? 'none-refused' : 'unknown',
    recordedRequests: recorded,
    customers,
    refusedRequests: refused,
    unknownRequests: open,
    recordedAnswers: sum(({ answers }) => answers.recorded),
    unfitAnswers: sum(({ answers }) => answers.refused),
    words:
      recorded === 0
        ? 'No request was recorded, so it is unknown what would be refused.'
        : `Of ${recorded} recorded requests of ${customers} ${customers === 1 ? 'customer' : 'customers'} ${refused} would be refused${example ? `: ${refusalInWords(example)}` : ''}.${depends}`,
    example,
  }
}
