import type { Database, Transaction } from '../database/index.ts'
import { failPoint } from '../observation/index.ts'
import {
  addToDays,
  addToSlots,
  type CallGroup,
  type DayRow,
  forgetBefore,
  groupCalls,
  lockCursor,
  moveCursor,
  nextCallAt,
  type OutcomeRow,
  slotMs,
  takeOutcomes,
} from './queries.ts'
import { reasonOf } from './reasons.ts'
import type { SlotTally } from './tally.ts'
import { boundOf, timeBoundsMs } from './time-bounds.ts'

const outcomesPerTurn = 5_000
/** A stretch of calls that is counted at once. */
const sliceMs = slotMs
const keptDays = 400
const keptSlotsMs = 14 * 86_400_000

export interface CountOptions {
  database: Database
  /** How long after its start a call may still be recorded: the longest time-out, and some for the writer. */
  callsSettleMs: number
  now: Date
}

/**
 * Counts what happened since the last turn: outcomes out of their line, calls up to the moment before which all are recorded. Each step
 * counts and moves on in one transaction, so that a process that dies counts nothing twice and loses nothing. One process at a time does it.
 *
 * @returns how many runs and calls were counted
 */
export async function countEvents({ database, callsSettleMs, now }: CountOptions): Promise<{ runs: number; calls: number }> {
  const counted = { runs: 0, calls: 0 }
  for (;;) {
    const step = await database.transaction((tx) => countStep(tx, callsSettleMs, now))
    if (!step) return counted
    failPoint('count.after-commit')
    counted.runs += step.runs
    counted.calls += step.calls
    if (step.done) return counted
  }
}

async function countStep(
  tx: Transaction,
  callsSettleMs: number,
  now: Date,
): Promise<{ runs: number; calls: number; done: boolean } | undefined> {
  const cursor = await lockCursor(tx, now)
  if (!cursor) return undefined
  const outcomes = await takeOutcomes(tx, outcomesPerTurn)
  const settled = new Date(now.getTime() - callsSettleMs)
  const { groups, until } = await takeCalls(tx, cursor.callsUntil, settled)
  const customers = outcomes.filter(({ synthetic }) => !synthetic)
  const rows = [...customers.flatMap(rowsOfRun), ...rowsOfCalls(groups)]
  if (rows.length > 0) {
    await addToDays(
      tx,
      merged(
        rows.map(({ at, ...row }) => ({ ...row, day: at.toISOString().slice(0, 10) })),
        dayKey,
      ),
    )
    await addToSlots(tx, merged(rows.map(slotOf), slotKey))
  }
  const done = outcomes.length < outcomesPerTurn && until >= settled
  if (done) await forgetBefore(tx, dayBefore(now, keptDays), new Date(now.getTime() - keptSlotsMs))
  await moveCursor(tx, until, now)
  failPoint('count.before-commit')
  return { runs: outcomes.length, calls: groups.reduce((sum, group) => sum + group.events, 0), done }
}

/** The next stretch of calls; time in which nobody called is passed over in one step. */
async function takeCalls(tx: Transaction, from: Date, settled: Date): Promise<{ groups: CallGroup[]; until: Date }> {
  if (from >= settled) return { groups: [], until: from }
  const next = await nextCallAt(tx, from)
  if (next === undefined || next >= settled) return { groups: [], until: settled }
  const start = Math.max(from.getTime(), Math.floor(next.getTime() / sliceMs) * sliceMs)
  const until = new Date(Math.min(settled.getTime(), (Math.floor(start / sliceMs) + 1) * sliceMs))
  return { groups: await groupCalls(tx, new Date(start), until, timeBoundsMs), until }
}

type Row = Omit<DayRow, 'day'> & { at: Date }

function rowsOfRun(run: OutcomeRow): Row[] {
  const { integration, instanceId, flow, receivedAt, occurredAt, endedAt } = run
  const common = { integration, instanceId, flow, events: 1, at: endedAt }
  const reason = run.outcome === 'succeeded' ? 'ok' : reasonOf({ kind: run.failureKind ?? '', status: run.status })
  const platform = reason === 'ok' ? '' : (run.platform ?? '')
  const example = reason === 'ok' ? null : run.runId
  const rows: Row[] = run.countedBefore ? [] : [{ ...common, measure: 'run', platform, mark: reason, example }]
  if (reason !== 'ok') return rows
  const time = (measure: 'handling' | 'lag', since: Date): Row => ({
    ...common,
    measure,
    platform: run.source ?? '',
    mark: boundOf(endedAt.getTime() - since.getTime()),
    example: run.runId,
  })
  return [...rows, time('handling', receivedAt), time('lag', occurredAt ?? receivedAt)]
}

/** Nobody answered anybody's call: then it may be our own network, and no partner is blamed for it. */
function rowsOfCalls(groups: readonly CallGroup[]): Row[] {
  const reached = groups.some(({ status }) => status !== null)
  const several = new Set(groups.map(({ platform }) => platform)).size > 1
  return groups.flatMap(({ integration, instanceId, flow, platform, events, bound, startedAt, ...outcome }) => {
    const found = reasonOf(outcome)
    const reason = found === 'no-connection' && several && !reached ? 'nobody-reached' : found
    const common = { integration, instanceId, flow, platform, events, at: startedAt }
    const call: Row = { ...common, measure: 'call', mark: reason, example: reason === 'ok' ? null : outcome.example }
    const timed = reason === 'ok' || reason === 'content-refused'
    return timed ? [call, { ...common, measure: 'call-time', mark: bound, example: outcome.example }] : [call]
  })
}

function slotOf({ at, instanceId: _, ...row }: Row): SlotTally {
  return { ...row, instances: 1, slotMs: Math.floor(at.getTime() / slotMs) * slotMs }
}

const dayKey = (row: DayRow): string =>
  JSON.stringify([row.integration, row.day, row.instanceId, row.flow, row.measure, row.platform, row.mark])
const slotKey = (row: SlotTally): string => JSON.stringify([row.integration, row.slotMs, row.flow, row.measure, row.platform, row.mark])

function merged<Item extends { events: number; example?: string | null }>(rows: readonly Item[], keyOf: (row: Item) => string): Item[] {
  const sums = new Map<string, Item>()
  for (const row of rows) {
    const key = keyOf(row)
    const known = sums.get(key)
    sums.set(key, known ? { ...known, events: known.events + row.events, ...(row.example && { example: row.example }) } : row)
  }
  return [...sums.values()]
}

const dayBefore = (now: Date, days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)
