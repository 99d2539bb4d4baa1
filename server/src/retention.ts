import { Temporal } from 'temporal-polyfill'
import { dropWebhookSecretsEndedBefore, type Polling, startPolling } from './connections/index.ts'
import { dropDriftBefore, dropRecordingsBefore, dropUsageBefore } from './contracts/index.ts'
import type { Database } from './database/index.ts'
import { dropCallRecordsBefore } from './gateway/index.ts'
import { dropNotificationsBefore } from './notifications/index.ts'
import type { Log } from './observation/index.ts'
import { dropSweepsBefore, oldestNeeded, pruneHistory } from './runtime/index.ts'
import { ensureDeliveryPartitions, type Pruned, pruneDeliveries } from './webhooks/index.ts'
import type { WorkspaceFile } from './workspace/index.ts'

export type Retention = WorkspaceFile['spec']['retention']

/** How long webhook secrets stay after their end: every process has seen it by then. */
const endedSecrets = 'P1D'

export interface Forgotten {
  /** Names of the partitions dropped. */
  dropped: string[]
  /** Why deliveries older than the workspace says are still there; null: there are none. */
  heldBackBy: Pruned['heldBackBy']
}

/**
 * Makes the partitions of the days to come and forgets what is older than the workspace says, whole days (UTC) at a time: deliveries, finished
 * runs with their steps, call records, findings of sweeps, closed findings of drift, recordings, notifications, usage; webhook secrets a day after their end. What an unfinished run needs stays, however old it is: its delivery to run on, its calls as evidence.
 * Meters are money and stay. Any number of processes may do it at once.
 */
export async function applyRetention(database: Database, retention: Retention, now: Date): Promise<Forgotten> {
  await ensureDeliveryPartitions(database, now)
  const needed = await oldestNeeded(database)
  const calls = earlier(before(now, retention.calls), needed)
  const deliveries = await pruneDeliveries(database, before(now, retention.deliveries), async () => needed)
  const history = await pruneHistory(database, before(now, retention.runs))
  const records = await dropCallRecordsBefore(database, calls)
  await dropSweepsBefore(database.executor, before(now, retention.runs))
  await dropDriftBefore(database.executor, before(now, retention.runs))
  await dropRecordingsBefore(database.executor, before(now, retention.calls))
  await dropNotificationsBefore(database.executor, before(now, retention.notifications))
  await dropWebhookSecretsEndedBefore(database.executor, before(now, endedSecrets))
  await dropUsageBefore(database.executor, before(now, retention.usage).toISOString().slice(0, 10))
  return { dropped: [...deliveries.dropped, ...history, ...records], heldBackBy: deliveries.heldBackBy }
}

/** @param duration ISO 8601; months and years by the calendar */
function before(now: Date, duration: string): Date {
  const moment = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO('UTC').subtract(duration)
  return new Date(moment.epochMilliseconds)
}

function earlier(limit: Date, needed: Date | undefined): Date {
  return needed !== undefined && needed < limit ? needed : limit
}

/** Applies the retention now and every hour. A failure (a database that is away, a reader that holds a table) is logged and tried again. */
export function startRetention(parts: { database: Database; retention(): Retention; log: Log; everyMs?: number }): Polling {
  const { database, log } = parts
  const onError = (err: unknown) => log.warn({ err }, 'the retention could not be applied; trying again later')
  return startPolling(parts.everyMs ?? 3_600_000, onError, async () => {
    const { dropped, heldBackBy } = await applyRetention(database, parts.retention(), new Date())
    if (dropped.length > 0) log.info({ partitions: dropped }, 'forgot what is older than the retention')
    if (heldBackBy) log.info({ heldBackBy }, 'kept deliveries longer than the retention')
  })
}
