import { startPolling } from '../connections/index.ts'
import type { Database } from '../database/index.ts'
import type { Log } from '../observation/index.ts'
import { countEvents } from './count-events.ts'

const everyMs = 10_000

export interface Counting {
  /** Counts at once. */
  now(): Promise<void>
  stop(): Promise<void>
}

/** Counts every ten seconds until stopped. A failure is logged and tried again: what was not counted still waits. */
export function startCounting(parts: { database: Database; log: Log; callsSettleMs(): number; clock?(): Date }): Counting {
  const { database, log, clock = () => new Date() } = parts
  return startPolling(
    everyMs,
    (err) => log.warn({ err }, 'service levels could not be counted; trying again'),
    async () => void (await countEvents({ database, callsSettleMs: parts.callsSettleMs(), now: clock() })),
  )
}
