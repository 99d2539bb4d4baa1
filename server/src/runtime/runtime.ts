import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { type Database, type Transaction, uuidv7 } from '../database/index.ts'
import type { Log, Metrics } from '../observation/index.ts'
import { checkInvariants, type InvariantReport } from './check-invariants.ts'
import { defaultRetryPolicy, type RetryPolicy } from './decide.ts'
import { addDeliveryBatch } from './delivery-batches.ts'
import { type DryRun, dryRun } from './dry-run.ts'
import type { ExecutionParts } from './execute-run.ts'
import type { Integrations } from './integrations.ts'
import { createJournal } from './journal.ts'
import { keepStatisticsFresh } from './keep-statistics.ts'
import { createPace } from './pace.ts'
import { openQueue } from './queue.ts'
import { type ReleaseFilter, releaseOneToTry, releaseRuns } from './release-runs.ts'
import { replayRuns } from './replay-runs.ts'
import { discardRuns, resumeRuns, type VersionChoice } from './resume-runs.ts'
import { ensureRuntimePartitions } from './retention.ts'
import { routeDeliveries } from './route-deliveries.ts'
import type { DeliveryStore, StoredDelivery } from './run.ts'
import type { RunFilter } from './run-listing.ts'
import { runSchedules } from './schedule.ts'
import { createWake } from './wake.ts'
import { startWorker, type Worker } from './worker.ts'

export interface RuntimeParts {
  database: Database
  integrations: Integrations
  deliveries: DeliveryStore
  send: ExecutionParts['send']
  watch?: ExecutionParts['watch']
  /** Told of each delivery when it is routed, once more when it is routed again. It must not change it. */
  onRouted?: ((delivery: StoredDelivery, instanceIds: readonly string[]) => void) | undefined
  metrics: Metrics
  log: Log
}

export interface RuntimeOptions {
  /** Route, execute, schedule, check. False in a process that only accepts deliveries or answers the API. */
  work: boolean
  /** True when other processes share the database. */
  acrossProcesses: boolean
  /** Default 512. */
  slots?: number
  maxRunMs?: number
  maxPayloadBytes?: number
  policy?: RetryPolicy
  leaseSeconds?: number
  pollMs?: number
}

/** The running bridge of one process. */
export interface Runtime {
  /** For the ingress: puts accepted deliveries in line for routing, inside the transaction that stores them. */
  onAccepted(tx: Transaction, deliveryIds: readonly string[]): Promise<void>
  /** For the ingress, after that transaction: do not wait for the next poll. */
  accepted(): void
  /** Routes deliveries again that made no run, after an account was bound or a version mended. */
  rerouteDeliveries(ids: readonly string[]): Promise<void>
  resumeRuns(filter: RunFilter & { all?: boolean }, version: VersionChoice, progress?: (done: number) => void): Promise<number>
  discardRuns(filter: RunFilter & { all?: boolean }, by: string, progress?: (done: number) => void): Promise<number>
  replayRuns(
    filter: RunFilter & { all?: boolean },
    version: VersionChoice,
    progress?: (done: number) => void,
  ): Promise<{ total: number; ids: string[] }>
  /** Runs that wait for a later moment go on at once. @returns how many */
  releaseRuns(filter: ReleaseFilter): Promise<number>
  /** Lets one run go on that waits behind this open circuit and that nothing else stops. @returns false: there is none */
  releaseOneToTry(key: string, isFree: (connectionId: string) => boolean): Promise<boolean>
  dryRun(runId: string, version: VersionChoice): Promise<DryRun>
  checkInvariants(): Promise<InvariantReport>
  /** Runs executed at this moment in this process. */
  readonly activeCount: number
  /** Twice is harmless. */
  stop(graceMs?: number): Promise<void>
}

/**
 * What ends together is settled together, and what a statement costs is shared by all its rows: with 256 runs at a time an event takes a tenth
 * less of the processor than with 128 (measured 2026-11). More of them serve slow partners; payloads are bounded by their bytes, connections by
 * their own pool.
 */
const defaultSlots = 512
const scheduleEveryMs = 1_000
const checkEveryMs = 30_000
/** In a burst after a calm claims and settlements cost PostgreSQL up to four times as much until this has happened (measured 2026-11). */
const statisticsEveryMs = 5_000
const partitionsEveryMs = 3_600_000

/** Opens the queue and, where this process works, starts routing, workers, schedules and the invariant checker. */
export async function startRuntime(parts: RuntimeParts, options: RuntimeOptions): Promise<Runtime> {
  const { database, log } = parts
  await ensureRuntimePartitions(database)
  const queue = await openQueue(database, { supervise: options.work, leaseSeconds: options.leaseSeconds ?? 15, log })
  const wake = createWake({ url: database.url, log, acrossProcesses: options.acrossProcesses })
  const pace = createPace()
  const shared = {
    ...parts,
    queue,
    wake,
    pace,
    journal: createJournal({ ...parts, queue, wake }),
    policy: options.policy ?? defaultRetryPolicy,
  }
  const slots = options.slots ?? defaultSlots
  const loops = new Loops(log)
  let worker: Worker | undefined
  if (options.work) {
    const pollMs = options.pollMs ?? 500
    worker = startWorker(shared, {
      id: `${hostname()}:${process.pid}:${uuidv7().slice(-6)}`,
      slots,
      maxRunMs: options.maxRunMs ?? 15 * 60_000,
      maxPayloadBytes: options.maxPayloadBytes ?? 16 * 1024 * 1024,
      pollMs,
    })
    loops.start('routing', async () => {
      if (!(await routeDeliveries(shared)).more) await wake.wait('route', pollMs)
    })
    loops.every('schedules', scheduleEveryMs, () => runSchedules(shared))
    loops.every('statistics', statisticsEveryMs, () => keepStatisticsFresh(database))
    loops.every('invariants', checkEveryMs, () => checkInvariants(shared))
  }
  loops.every('partitions', partitionsEveryMs, () => ensureRuntimePartitions(database))

  let stopping: Promise<void> | undefined
  const stop = async (graceMs: number): Promise<void> => {
    const left = await worker?.stop(graceMs)
    if (left) log.warn({ runs: left }, 'runs were still going; another worker takes them when their leases end')
    const ended = loops.stop()
    wake.ring('route')
    await wake.close()
    await ended
    await shared.journal.drain()
    await queue.close()
  }

  return {
    async onAccepted(tx, deliveryIds) {
      await addDeliveryBatch(tx, deliveryIds)
      await wake.notify(tx, 'route')
    },
    accepted: () => wake.ring('route'),
    async rerouteDeliveries(ids) {
      await database.transaction(async (tx) => {
        for (let at = 0; at < ids.length; at += 500) await addDeliveryBatch(tx, ids.slice(at, at + 500))
        await wake.notify(tx, 'route')
      })
      wake.ring('route')
    },
    resumeRuns: (filter, version, progress) => resumeRuns(shared, filter, version, progress),
    discardRuns: (filter, by, progress) => discardRuns(shared, filter, by, progress),
    replayRuns: (filter, version, progress) => replayRuns(shared, filter, version, progress),
    releaseRuns: (filter) => releaseRuns(shared, filter),
    releaseOneToTry: (key, isFree) => releaseOneToTry(shared, key, isFree),
    dryRun: (runId, version) => dryRun(shared, runId, version),
    checkInvariants: () => checkInvariants(shared),
    get activeCount() {
      return worker?.activeCount ?? 0
    },
    stop: (graceMs = 10_000) => {
      stopping ??= stop(graceMs)
      return stopping
    },
  }
}

/** Endless work that survives its own failures: a database that is away costs a second's pause, never the loop. */
class Loops {
  readonly #log: Log
  readonly #running: Promise<void>[] = []
  readonly #timers = new Set<() => void>()
  #stopped = false

  constructor(log: Log) {
    this.#log = log
  }

  start(name: string, turn: () => Promise<unknown>): void {
    this.#running.push(
      (async () => {
        while (!this.#stopped) {
          try {
            await turn()
          } catch (error) {
            if (this.#stopped) return
            this.#log.warn({ err: error, loop: name }, `${name} failed; trying again`)
            await delay(1_000)
          }
        }
      })(),
    )
  }

  every(name: string, intervalMs: number, turn: () => Promise<unknown>): void {
    this.start(name, async () => {
      await turn()
      await this.#pause(intervalMs)
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const wake of this.#timers) wake()
    await Promise.allSettled(this.#running)
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#timers.delete(done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#timers.add(done)
    })
  }
}
