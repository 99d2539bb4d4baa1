import { setTimeout as delay } from 'node:timers/promises'
import { SpanKind, trace } from '@opentelemetry/api'
import { type Database, isDatabaseAway } from '../database/index.ts'
import { contextOf, failPoint, failSpan, type Log, type Metrics } from '../observation/index.ts'
import { decide, type RetryPolicy, readFailure } from './decide.ts'
import { errors } from './errors.ts'
import { type Ended, type Execution, type ExecutionParts, executeRun, LeaveRun, placeOf } from './execute-run.ts'
import type { Integrations } from './integrations.ts'
import type { Journal } from './journal.ts'
import { type Loaded, loadExecution, loadExecutions } from './load-executions.ts'
import { createPayloadRoom } from './payload-room.ts'
import type { Queue, RunJob } from './queue.ts'
import type { ClaimedRun, DeliveryStore, Settlement } from './run.ts'
import { claimRuns, relaxDurability } from './run-queries.ts'
import { createSlots } from './slots.ts'
import type { Wake } from './wake.ts'

export interface WorkerParts extends ExecutionParts {
  database: Database
  queue: Queue
  wake: Wake
  journal: Journal
  integrations: Integrations
  deliveries: DeliveryStore
  metrics: Metrics
  log: Log
  policy: RetryPolicy
}

export interface WorkerOptions {
  id: string
  /** Runs executed at the same time. */
  slots: number
  /** A run that takes longer is given up as a bug of the integration; the partner calls have shorter limits of their own. */
  maxRunMs: number
  /** Bytes of payloads, as received, and of remembered results, of the runs that are held at the same time. A single larger one is run alone. */
  maxPayloadBytes: number
  pollMs: number
}

export interface Worker {
  /** Stops leasing, waits for what runs (bounded by `graceMs`), and says how many were left to their leases. */
  stop(graceMs: number): Promise<number>
  readonly activeCount: number
}

const heartbeatMs = 4_000
const patienceMs = 100
const tracer = trace.getTracer('bridgekeeper')

/** Leases runs and executes them until it is stopped. */
export function startWorker(parts: WorkerParts, options: WorkerOptions): Worker {
  const slots = createSlots(options.slots)
  const room = createPayloadRoom(options.maxPayloadBytes)
  let stopping = false
  let leases = 0
  let freed: (() => void) | undefined
  /** Instances that the last lease left out. What they have in the queue rings no more. */
  let passedOver = new Set<string>()
  let starting: ClaimedRun[] = []
  let isLoading = false

  const free = (run: ClaimedRun): void => {
    start(slots.leave(run))
    if (slots.freeCount >= enoughFree) freed?.()
    if (passedOver.has(run.instanceId) && !slots.isSaturated(run.instanceId)) {
      passedOver.delete(run.instanceId)
      parts.wake.ring('run')
    }
  }
  const start = (runs: readonly ClaimedRun[]): void => {
    if (runs.length === 0) return
    starting.push(...runs)
    if (!isLoading) void loadStarting()
  }
  /** One load after the other: two at once would both count on the same free room. */
  const loadStarting = async (): Promise<void> => {
    isLoading = true
    // Runs end together, as their commits do; one turn of the event loop lets what starts in their place be loaded together, too.
    await new Promise((resolve) => setImmediate(resolve))
    while (starting.length > 0) {
      const runs = starting
      starting = []
      await work(runs)
    }
    isLoading = false
  }
  /** Few slots at a time cost a statement each; a quarter at once keeps the statements rare under load and changes nothing when idle. */
  const enoughFree = Math.ceil(options.slots / 4)
  /** Patient not for long: runs of slow partners may keep their slots for minutes, and what is free serves the others. */
  const untilFree = async (): Promise<void> => {
    let isPatient = true
    while (!stopping && slots.freeCount < (isPatient ? enoughFree : 1)) {
      await new Promise<void>((resolve) => {
        freed = resolve
        setTimeout(resolve, patienceMs)
      })
      isPatient = false
      freed = undefined
    }
  }

  /** @returns whether there may be more */
  const lease = async (): Promise<boolean> => {
    leases += 1
    // A crash of PostgreSQL can undo a claim that did not wait for the disk, and the next one gets the same attempt: the number of the lease
    // keeps the fence from being the same twice.
    const claimant = `${options.id}:${leases}`
    // A job may bring more than four runs; what comes beyond the free slots is held and starts next.
    const wanted = Math.ceil(slots.freeCount / 4)
    const saturated = slots.saturated()
    const { jobs, claimed } = await parts.database.transaction(async (tx) => {
      await relaxDurability(tx)
      const leased = await parts.queue.fetchRuns(tx, wanted, saturated)
      failPoint('claim.after-fetch')
      return { jobs: leased, claimed: leased.length > 0 ? await claimRuns(tx, leased, claimant) : [] }
    })
    if (jobs.length > 0) failPoint('claim.after-claim')
    start(slots.admit(claimed))
    passedOver = new Set(saturated.filter(slots.isSaturated))
    await removeOrphans(parts, jobs, claimed)
    return jobs.length === wanted || passedOver.size < saturated.length
  }

  const work = async (claimed: readonly ClaimedRun[]): Promise<void> => {
    try {
      const all = await loadExecutions(parts, claimed, room.freeBytes)
      // Before any of the others asks for room: what is in memory already has taken it, wherever it stands.
      for (const { found, bytes } of all) if (found) room.occupy(bytes)
      for (const loaded of all) void performLoaded(loaded)
    } catch (error) {
      for (const run of claimed) {
        giveUp(run, error)
        free(run)
      }
    }
  }
  /** Never rejects. */
  const performLoaded = async ({ run, bytes, found }: Loaded): Promise<void> => {
    try {
      if (!found) await room.take(bytes)
      await performFound(run, found ?? (await loadExecution(parts, run)))
    } catch (error) {
      giveUp(run, error)
    }
    room.give(bytes)
    free(run)
  }
  const performFound = async (run: ClaimedRun, found: NonNullable<Loaded['found']>): Promise<void> => {
    try {
      if (found.execution) await perform(parts, found.execution, options)
      else await settleFailure(parts, run, found.failure, {})
    } catch (refused) {
      if (isDatabaseAway(refused)) throw refused
      // Something that the run wanted remembered, and its end with it since they share a commit. Left to its lease it would only do so again.
      await settleFailure(parts, run, refused, found.execution ?? {})
    }
  }
  /** Nothing could be recorded: without heartbeat the lease ends and another worker takes the run. */
  const giveUp = (run: ClaimedRun, error: unknown): void => {
    parts.log.error({ err: error, run: run.id }, 'a run could not be settled and is left to its lease')
  }

  const loop = async (): Promise<void> => {
    while (!stopping) {
      await untilFree()
      if (stopping) return
      try {
        if (!(await lease())) await parts.wake.wait('run', options.pollMs)
      } catch (error) {
        parts.log.warn({ err: error }, 'no runs could be leased; trying again')
        await delay(1_000)
      }
    }
  }
  const heartbeat = setInterval(() => {
    parts.queue.touch(slots.jobIds()).catch((error) => parts.log.warn({ err: error }, 'leases could not be renewed'))
  }, heartbeatMs)
  const looping = loop()

  return {
    get activeCount() {
      return slots.activeCount
    },
    async stop(graceMs) {
      stopping = true
      freed?.()
      parts.wake.ring('run')
      await looping
      const deadline = Date.now() + graceMs
      await Promise.allSettled(slots.dropHeld().map((run) => settle(parts, run, giveBack(new Date()))))
      while (slots.activeCount > 0 && Date.now() < deadline) await delay(20)
      clearInterval(heartbeat)
      return slots.activeCount
    },
  }
}

/** For another worker, at once. */
function giveBack(at: Date): Settlement {
  return { kind: 'again', at, reason: 'retry', countsAsFailure: false, failure: null }
}

async function removeOrphans(parts: WorkerParts, jobs: readonly RunJob[], claimed: readonly ClaimedRun[]): Promise<void> {
  const live = new Set(claimed.map((run) => run.lease.jobId))
  const orphans = jobs.filter((job) => !live.has(job.id)).map((job) => job.id)
  if (orphans.length > 0) await parts.database.transaction((tx) => parts.queue.removeRunJobs(tx, orphans))
}

async function perform(parts: WorkerParts, execution: Execution, options: WorkerOptions): Promise<void> {
  const { run } = execution
  const labels = { integration: run.integration, flow: run.flow }
  const stopTimer = parts.metrics.runSeconds.startTimer(labels)
  await tracer.startActiveSpan(
    `run ${run.integration}/${run.flow}`,
    {
      kind: SpanKind.CONSUMER,
      attributes: { 'bridgekeeper.run.id': run.id, 'bridgekeeper.instance.id': run.instanceId, 'bridgekeeper.run.attempt': run.attempt },
    },
    contextOf(execution.delivery?.traceparent),
    async (span) => {
      try {
        const ended = await withLimit(executeRun(execution, parts), options.maxRunMs, run)
        if (ended.kind === 'asleep')
          await settle(parts, run, { kind: 'again', at: ended.until, reason: 'sleep', countsAsFailure: false, failure: null })
        else await settle(parts, run, { kind: 'succeeded' }, ended)
        parts.metrics.lagSeconds.observe(labels, (Date.now() - run.receivedAt.getTime()) / 1_000)
      } catch (thrown) {
        if (thrown instanceof LeaveRun) parts.metrics.runs.inc({ ...labels, outcome: 'lease lost' })
        else {
          failSpan(span, (thrown as { kind?: string } | null)?.kind ?? 'bug')
          await settleFailure(parts, run, thrown, execution)
        }
      } finally {
        stopTimer()
        span.end()
      }
    },
  )
}

function withLimit<T>(work: Promise<T>, limitMs: number, run: ClaimedRun): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(errors.run_too_long({ flow: run.flow, limitSeconds: limitMs / 1_000 })), limitMs)
    work.then(
      (result) => {
        clearTimeout(timer)
        resolve(result)
      },
      (error) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

async function settleFailure(parts: WorkerParts, run: ClaimedRun, thrown: unknown, execution: Partial<Execution>): Promise<void> {
  const { afterMs, untilMs } = thrown as { afterMs?: number; untilMs?: number }
  const failure = readFailure(thrown, placeOf(thrown))
  const nowMs = Date.now()
  const decision = decide(failure, {
    failures: run.failures,
    onPoison: policyOf(execution),
    policy: parts.policy,
    nowMs,
    random: Math.random(),
    untilMs: untilMs ?? (afterMs === undefined ? undefined : nowMs + afterMs),
    identity: `${run.integration}/${run.flow}`,
  })
  if (failure.kind === 'bug') parts.log.warn({ err: thrown, run: run.id, flow: run.flow }, 'a run failed as a bug of its integration')
  if (decision.kind === 'again') {
    const { atMs, reason, countsAsFailure } = decision
    await settle(parts, run, { kind: 'again', at: new Date(atMs), reason, countsAsFailure, failure })
  } else if (decision.kind === 'park') {
    await settle(parts, run, { kind: 'parked', state: decision.state, failure, fingerprint: decision.fingerprint })
  } else {
    await settle(parts, run, { kind: 'skipped', failure, fingerprint: decision.fingerprint })
  }
}

/** A scheduled run that can't go on is set aside: the next tick starts from the same cursor. */
function policyOf(execution: Partial<Execution>): 'block' | 'park' | 'skip' {
  if (!execution.run || !execution.integration) return 'park'
  const flow = execution.integration.flows[execution.run.flow]
  return flow?.kind === 'on' ? flow.onPoison : 'park'
}

async function settle(
  parts: WorkerParts,
  run: ClaimedRun,
  settlement: Settlement,
  ended?: Pick<Extract<Ended, { kind: 'succeeded' }>, 'meters' | 'emissions' | 'sweptSince'>,
): Promise<void> {
  const { meters = [], emissions = [], sweptSince } = ended ?? {}
  const recorded = await parts.journal.record({ run, meters, emissions, ...(sweptSince !== undefined && { sweptSince }), settlement })
  const outcome = recorded === 'lease lost' ? 'lease lost' : settlement.kind === 'again' ? settlement.reason : settlement.kind
  parts.metrics.runs.inc({ integration: run.integration, flow: run.flow, outcome })
}
