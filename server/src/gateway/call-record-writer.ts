import { type Database, uuidv7Timestamp } from '../database/index.ts'
import type { CallRecord } from './call-record.ts'
import { ensureCallRecordDay } from './call-record-days.ts'
import { insertCallRecords } from './call-record-queries.ts'

export interface CallRecordWriter {
  /** Takes a record over; never waits. When the writer is full the record is dropped and counted. */
  write(record: CallRecord): void
  /** Resolves when everything taken over so far is stored or given up. */
  flush(): Promise<void>
  /** Flushes and takes nothing more. */
  stop(): Promise<void>
  /** Records lost so far, by a full writer or a database that refused them. */
  readonly dropped: number
}

export interface CallRecordWriterOptions {
  database: Database
  /** Longest time between a call and its record; default 250 ms. */
  flushMs?: number
  /** Records waiting at most; default 10,000. */
  maxRecords?: number
  /** Characters of bodies waiting at most; default 32 Mi. */
  maxCharacters?: number
  onDropped: (count: number, error?: unknown) => void
}

const BATCH = 500

/** Writes call records in batches, beside the calls. A call is never slowed or failed by its record. */
export function createCallRecordWriter(options: CallRecordWriterOptions): CallRecordWriter {
  const { database, flushMs = 250, maxRecords = 10_000, maxCharacters = 32 * 1024 * 1024 } = options
  const knownDays = new Set<string>()
  let waiting: CallRecord[] = []
  let characters = 0
  let dropped = 0
  let unreported = 0
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  const drop = (count: number, error?: unknown): void => {
    dropped += count
    unreported += count
    if (error === undefined) return
    options.onDropped(unreported, error)
    unreported = 0
  }
  const writeBatch = async (batch: readonly CallRecord[]): Promise<void> => {
    try {
      for (const day of new Set(batch.map((record) => dayOf(record.id)))) {
        if (!knownDays.has(day)) await ensureCallRecordDay(database, day)
        knownDays.add(day)
      }
      await insertCallRecords(database.executor, batch)
    } catch (error) {
      // The partition may have been dropped by retention meanwhile; the next batch asks again.
      knownDays.clear()
      drop(batch.length, error)
    }
  }
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH)
      waiting = waiting.slice(BATCH)
      characters -= batch.reduce((sum, record) => sum + sizeOf(record), 0)
      await writeBatch(batch)
    }
    if (unreported > 0) {
      options.onDropped(unreported)
      unreported = 0
    }
  }
  // One after the other, so that a slow database meets one statement of ours and not a crowd.
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(writeAll)
    return writing
  }
  return {
    write(record) {
      const size = sizeOf(record)
      if (stopped || waiting.length >= maxRecords || characters + size > maxCharacters) return drop(1)
      waiting.push(record)
      characters += size
      if (waiting.length === BATCH) void flush()
      else timer ??= setTimeout(flush, flushMs)
    },
    flush,
    async stop() {
      stopped = true
      await flush()
    },
    get dropped() {
      return dropped
    },
  }
}

function sizeOf(record: CallRecord): number {
  return (record.requestBody?.length ?? 0) + (record.responseBody?.length ?? 0) + 1000
}

function dayOf(id: string): string {
  return new Date(uuidv7Timestamp(id)).toISOString().slice(0, 10)
}
