import { setTimeout as delay } from 'node:timers/promises'
import { type Database, isDatabaseAway, type Transaction } from '../database/index.ts'
import { failPoint, type Log } from '../observation/index.ts'
import { commitEntries } from './commit-entries.ts'
import type { Queue } from './queue.ts'
import type { ClaimedRun, DeliveryStore, Emission, MeterRecord, Settlement } from './run.ts'
import type { Wake } from './wake.ts'

/** Something a run wants remembered. */
export interface JournalEntry {
  run: ClaimedRun
  step?: { name: string; kind: 'step' | 'sleep'; result: string | null; wakeAt: Date | null; durationMs: number | null }
  meters: readonly MeterRecord[]
  emissions?: readonly Emission[]
  /** The emissions are what a sweep has listed since this time, RFC 3339. */
  sweptSince?: string
  /** JSON text of the new position; commits with the emissions. */
  cursor?: string
  /** Ends this claim of the run. */
  settlement?: Settlement
}

export type Recorded = 'recorded' | 'lease lost'

export interface Journal {
  /**
   * Resolves when the entry is committed. Entries of one run commit in the order of the calls; those of many runs share a transaction.
   * `lease lost`: another worker owns the run now and nothing was written.
   *
   * @throws what the database refuses about this very entry; its companions commit without it
   */
  record(entry: JournalEntry): Promise<Recorded>
  /** Resolves when all that was recorded before is committed. */
  drain(): Promise<void>
}

interface Pending {
  entry: JournalEntry
  resolve(recorded: Recorded): void
  reject(error: unknown): void
}

/** More entries in one transaction would only hold its locks for longer. */
const maxBatch = 256
/** Half a minute: longer than a restart of PostgreSQL, shorter than anybody waits for a lease. */
const maxReconnects = 60
const reconnectDelayMs = 500

export function createJournal(parts: { database: Database; queue: Queue; wake: Wake; deliveries: DeliveryStore; log: Log }): Journal {
  const { database, wake, log } = parts
  let pending: Pending[] = []
  let flushing: Promise<void> | undefined

  const commit = async (batch: readonly Pending[]): Promise<void> => {
    const result = await database.transaction(async (tx: Transaction) => {
      const committed = await commitEntries(
        tx,
        parts,
        batch.map((one) => one.entry),
      )
      failPoint('journal.before-commit')
      return committed
    })
    failPoint('journal.after-commit')
    if (result.queuedJobs) wake.ring('run')
    if (result.emitted) wake.ring('route')
    for (const { entry, resolve } of batch) {
      if (entry.settlement) entry.run.lease.open.delete(entry.run.id)
      resolve(result.alive.has(entry.run.id) ? 'recorded' : 'lease lost')
    }
  }

  /** Tried again while the server restarts: every statement may run twice, and the claims are checked each time. */
  const commitWithPatience = async (batch: readonly Pending[]): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await commit(batch)
      } catch (error) {
        if (!isDatabaseAway(error) || attempt >= maxReconnects) throw error
        if (attempt === 0) log.warn({ err: error }, 'database away, keeping the journal until it is back')
        await delay(reconnectDelayMs)
      }
    }
  }

  const commitOrSplit = async (batch: readonly Pending[]): Promise<void> => {
    try {
      await commitWithPatience(batch)
    } catch (error) {
      if (batch.length === 1 || isDatabaseAway(error)) {
        for (const one of batch) one.reject(error)
        return
      }
      // One entry that the database refuses must not take the others with it.
      log.debug({ err: error }, 'journal batch refused, committing one by one')
      for (const ofRun of groupByRun(batch)) await commitInOrder(ofRun)
    }
  }

  /** What follows a refused entry of the same run was computed from it and is refused with it. */
  const commitInOrder = async (ofRun: readonly Pending[]): Promise<void> => {
    for (const [at, one] of ofRun.entries()) {
      try {
        await commitWithPatience([one])
      } catch (error) {
        for (const refused of ofRun.slice(at)) refused.reject(error)
        return
      }
    }
  }

  const flush = async (): Promise<void> => {
    // One turn of the event loop lets the runs that finished together join the first transaction, too.
    await new Promise((resolve) => setImmediate(resolve))
    while (pending.length > 0) {
      const batch = pending.slice(0, maxBatch)
      pending = pending.slice(maxBatch)
      await commitOrSplit(batch)
    }
    flushing = undefined
  }

  return {
    record(entry) {
      return new Promise((resolve, reject) => {
        pending.push({ entry, resolve, reject })
        flushing ??= flush()
      })
    },
    async drain() {
      while (flushing) await flushing
    },
  }
}

function groupByRun(batch: readonly Pending[]): Pending[][] {
  const groups = new Map<string, Pending[]>()
  for (const one of batch) groups.set(one.entry.run.id, [...(groups.get(one.entry.run.id) ?? []), one])
  return [...groups.values()]
}
