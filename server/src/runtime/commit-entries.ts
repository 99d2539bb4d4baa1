import type { Transaction } from '../database/index.ts'
import { addDeliveryBatch } from './delivery-batches.ts'
import type { JournalEntry } from './journal.ts'
import type { NewRunJob, Queue } from './queue.ts'
import type { DeliveryStore } from './run.ts'
import { lockLanes } from './run-queries.ts'
import {
  type FinishedRow,
  finishRuns,
  insertMeterEvents,
  insertSteps,
  listNextHeads,
  lockClaims,
  moveCursors,
  type ParkedRow,
  parkRuns,
  queueHeads,
  rescheduleRuns,
  type WaitingRow,
} from './settle-queries.ts'
import { addSweeps, type SweptItems } from './sweep-queries.ts'
import type { Wake } from './wake.ts'

export interface Committed {
  /** Runs whose claim was still ours; nothing was written for the others. */
  alive: Set<string>
  queuedJobs: boolean
  emitted: boolean
}

interface Parts {
  queue: Queue
  deliveries: DeliveryStore
  wake: Wake
}

/**
 * Writes what many runs want remembered in one transaction: steps with their meters, emitted items with their cursors, and the end of claims
 * with the next run of each lane. The order of the statements is the order of the locks (lanes, then runs), the same as in createRuns.
 */
export async function commitEntries(tx: Transaction, parts: Parts, entries: readonly JournalEntry[]): Promise<Committed> {
  await lockLanes(
    tx,
    entries.filter(leavesLane).map((entry) => entry.run.lane),
  )
  const alive = await lockClaims(tx, [...new Map(entries.map((entry) => [entry.run.id, entry.run])).values()])
  const live = entries.filter((entry) => alive.has(entry.run.id))
  await writeJournal(tx, live)
  const emitted = await writeEmissions(tx, parts, live)
  const queuedJobs = await settle(
    tx,
    parts,
    live.filter((entry) => entry.settlement),
  )
  if (queuedJobs) await parts.wake.notify(tx, 'run')
  return { alive, queuedJobs, emitted }
}

function leavesLane(entry: JournalEntry): boolean {
  const { settlement } = entry
  return settlement !== undefined && settlement.kind !== 'again' && !(settlement.kind === 'parked' && settlement.state === 'blocked')
}

async function writeJournal(tx: Transaction, live: readonly JournalEntry[]): Promise<void> {
  const steps = live.flatMap((entry) => (entry.step ? [{ runId: entry.run.id, ...entry.step }] : []))
  if (steps.length > 0) await insertSteps(tx, steps)
  const meters = live.flatMap((entry) => entry.meters.map((meter) => ({ ...meter, run: entry.run })))
  if (meters.length > 0) await insertMeterEvents(tx, meters)
}

async function writeEmissions(tx: Transaction, { deliveries, wake }: Parts, live: readonly JournalEntry[]): Promise<boolean> {
  const emissions = live.flatMap((entry) => entry.emissions ?? [])
  const outcomes = emissions.length > 0 ? await deliveries.insertEmitted(tx, emissions) : []
  const ids = outcomes.filter((id) => id !== null)
  const swept = sweptBy(live, outcomes)
  if (swept.length > 0) await addSweeps(tx, swept)
  if (ids.length > 0) {
    await addDeliveryBatch(tx, ids)
    await wake.notify(tx, 'route')
  }
  // The last position of a run wins; one statement can't touch a row twice.
  const cursors = new Map(
    live.flatMap((entry) =>
      entry.cursor === undefined
        ? []
        : [[entry.run.id, { instanceId: entry.run.instanceId, flow: entry.run.flow, value: entry.cursor, runId: entry.run.id }]],
    ),
  )
  if (cursors.size > 0) await moveCursors(tx, [...cursors.values()])
  return ids.length > 0
}

/** @param outcomes for each emission of the entries, in order */
function sweptBy(live: readonly JournalEntry[], outcomes: readonly (string | null)[]): SweptItems[] {
  let at = 0
  return live.flatMap(({ run, emissions = [], sweptSince }) => {
    const items = emissions.map((emission, index) => ({ emission, isMissed: outcomes[at + index] !== null }))
    at += emissions.length
    if (sweptSince === undefined) return []
    const missed = items.filter(({ isMissed }) => isMissed).map(({ emission }) => emission)
    return [{ runId: run.id, instanceId: run.instanceId, flow: run.flow, since: sweptSince, listed: items.length, missed }]
  })
}

async function settle(tx: Transaction, { queue }: Parts, settled: readonly JournalEntry[]): Promise<boolean> {
  if (settled.length === 0) return false
  await queue.removeRunJobs(tx, endedJobs(settled))
  const finished = settled.flatMap(finishedRow)
  if (finished.length > 0) await finishRuns(tx, finished)
  const parked = settled.flatMap(parkedRow)
  if (parked.length > 0) await parkRuns(tx, parked)

  const heads = await listNextHeads(
    tx,
    settled.filter(leavesLane).map((entry) => entry.run.lane),
  )
  const later = settled.flatMap(laterJob)
  const jobs = await queue.addRunJobs(tx, [
    ...heads.map((head) => ({ runId: head.id, instanceId: head.instanceId, priority: head.priority })),
    ...later,
  ])
  if (later.length > 0)
    await rescheduleRuns(
      tx,
      settled.flatMap((entry) => waitingRow(entry, jobs)),
    )
  if (heads.length > 0) await queueHeads(tx, new Map(heads.map((head) => [head.id, jobs.get(head.id)!])))
  return heads.length > 0
}

/** Jobs of which no run is left after these. Whoever loses a lease loses it for all its runs, so no other worker can have one of them. */
function endedJobs(settled: readonly JournalEntry[]): string[] {
  const ending = Map.groupBy(settled, (entry) => entry.run.lease)
  return [...ending].flatMap(([lease, entries]) => (entries.length === lease.open.size ? [lease.jobId] : []))
}

function finishedRow({ run, settlement }: JournalEntry): FinishedRow[] {
  if (settlement?.kind === 'succeeded')
    return [{ runId: run.id, outcome: 'succeeded', failure: null, fingerprint: null, discardedBy: null }]
  if (settlement?.kind !== 'skipped') return []
  return [{ runId: run.id, outcome: 'skipped', failure: settlement.failure, fingerprint: settlement.fingerprint, discardedBy: null }]
}

function parkedRow({ run, settlement }: JournalEntry): ParkedRow[] {
  if (settlement?.kind !== 'parked') return []
  const { state, failure, fingerprint } = settlement
  return [{ runId: run.id, state, failure, fingerprint, failures: run.failures + 1 }]
}

function laterJob({ run, settlement }: JournalEntry): NewRunJob[] {
  if (settlement?.kind !== 'again') return []
  return [{ runId: run.id, instanceId: run.instanceId, priority: run.priority, startAt: settlement.at }]
}

function waitingRow({ run, settlement }: JournalEntry, jobs: ReadonlyMap<string, string>): WaitingRow[] {
  if (settlement?.kind !== 'again') return []
  const failures = run.failures + (settlement.countsAsFailure ? 1 : 0)
  return [
    { runId: run.id, jobId: jobs.get(run.id)!, dueAt: settlement.at, reason: settlement.reason, failures, failure: settlement.failure },
  ]
}
