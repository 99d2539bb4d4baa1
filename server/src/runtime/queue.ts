import { fromKysely, PgBoss } from 'pg-boss'
import { type Database, type Transaction, uuidv7 } from '../database/index.ts'
import type { Log } from '../observation/index.ts'

/** Unfinished runs that are not waiting behind another, the heads of their lanes: a few of them share a job. */
const runQueue = 'run'

const secondsPerDay = 86_400
// pg-boss deletes jobs it considers forgotten; ours live until somebody finishes them.
const neverSeconds = 3_650 * secondsPerDay

/**
 * A job is a row that is inserted, leased and deleted, a third of what the database does for an event; shared by this many it hardly counts.
 * More would only make a lease coarser.
 */
const maxRunsPerJob = 8
/** In steps of the pace: as far as one instance's own runs lie apart that share a job, so sharing moves nobody ahead by more. */
const maxPrioritySpread = 4

export interface RunJob {
  id: string
  runIds: string[]
}

export interface NewRunJob {
  runId: string
  instanceId: string
  priority: number
  /** Absent: at once. */
  startAt?: Date
}

export interface Queue {
  /**
   * Leases the next jobs, fairest first. Jobs of the instances in `saturated` are passed over; one that several instances share is not, so
   * single runs of them may still come.
   */
  fetchRuns(tx: Transaction, limit: number, saturated: readonly string[]): Promise<RunJob[]>
  /** Runs that are due at once and neighbours in the order share a job. @returns run id → job id */
  addRunJobs(tx: Transaction, jobs: readonly NewRunJob[]): Promise<Map<string, string>>
  removeRunJobs(tx: Transaction, jobIds: readonly string[]): Promise<void>
  /** Says that the leases of these jobs are alive. */
  touch(jobIds: readonly string[]): Promise<void>
  close(): Promise<void>
}

export interface QueueOptions {
  /** Run the reaper of lost leases and the clean-up in this process. Any number of processes may: pg-boss lets one work at a time. */
  supervise: boolean
  /** A lease without sign of life for this long is taken away; at least 10. */
  leaseSeconds: number
  log: Log
}

/** pg-boss on the program's own pool. Queues are made when absent. */
export async function openQueue(database: Database, options: QueueOptions): Promise<Queue> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.pool.query(text, values as unknown[]) },
    supervise: options.supervise,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    maintenanceIntervalSeconds: 3_600,
    warningSlowQuerySeconds: 30,
    warningQueueSize: 10_000_000,
    schedule: false,
    migrate: false,
    registerInstance: false,
    // Polling an empty queue would begin several traces a second; our spans say what happens to a delivery.
    openTelemetry: { enabled: false },
  })
  boss.on('error', (error) => options.log.error({ err: error }, 'queue engine'))
  boss.on('warning', (warning) => options.log.warn({ warning }, 'queue engine'))
  await boss.start()
  await boss.createQueue(runQueue, {
    retentionSeconds: neverSeconds,
    deleteAfterSeconds: secondsPerDay,
    retryLimit: 1_000_000,
    retryDelay: 0,
    partition: true,
    policy: 'standard',
    expireInSeconds: secondsPerDay - 1,
    heartbeatSeconds: options.leaseSeconds,
  })

  return {
    async fetchRuns(tx, limit, saturated) {
      const jobs = await boss.fetch<{ runIds: string[] }>(runQueue, {
        batchSize: limit,
        db: fromKysely(tx),
        ignoreGroups: saturated.length > 0 ? [...saturated] : null,
      })
      return jobs.map((job) => ({ id: job.id, runIds: job.data.runIds }))
    },
    async addRunJobs(tx, jobs) {
      const ids = new Map<string, string>()
      if (jobs.length === 0) return ids
      const rows = shareJobs(jobs).map((runs) => {
        const id = uuidv7()
        for (const run of runs) ids.set(run.runId, id)
        const { priority, instanceId, startAt } = runs[0]!
        return {
          id,
          data: { runIds: runs.map((run) => run.runId) },
          priority,
          ...(runs.every((run) => run.instanceId === instanceId) ? { group: { id: instanceId } } : {}),
          ...(startAt ? { startAfter: startAt } : {}),
        }
      })
      await boss.insert(runQueue, rows, { db: fromKysely(tx) })
      return ids
    },
    async removeRunJobs(tx, jobIds) {
      if (jobIds.length > 0) await boss.deleteJob(runQueue, [...jobIds], { db: fromKysely(tx) })
    },
    async touch(jobIds) {
      if (jobIds.length > 0) await boss.touch(runQueue, [...jobIds])
    },
    close: () => boss.stop({ graceful: false, close: false }),
  }
}

/** Which runs share a job: those that are due at once and lie beside each other in the order, the first of them first. */
export function shareJobs(jobs: readonly NewRunJob[]): NewRunJob[][] {
  const shared: NewRunJob[][] = jobs.filter((job) => job.startAt).map((job) => [job])
  let last: NewRunJob[] = []
  for (const job of jobs.filter((one) => !one.startAt).sort((a, b) => b.priority - a.priority)) {
    const first = last[0]
    if (first && last.length < maxRunsPerJob && first.priority - job.priority <= maxPrioritySpread) last.push(job)
    else {
      last = [job]
      shared.push(last)
    }
  }
  return shared
}
