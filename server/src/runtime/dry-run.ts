import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import { decide, defaultRetryPolicy, type RunFailure, readFailure } from './decide.ts'
import { type ExecutionParts, executeRun, LeaveRun, placeOf } from './execute-run.ts'
import type { Integrations } from './integrations.ts'
import { loadExecution } from './load-executions.ts'
import { type FlowAnswer, type FlowCall, isWrite } from './platform-client.ts'
import type { VersionChoice } from './resume-runs.ts'
import type { ClaimedRun, DeliveryStore, MeterRecord } from './run.ts'
import { getRun } from './run-listing.ts'
import { listSteps } from './run-queries.ts'

/** A write that a replay would send. */
export interface WouldCall {
  platform: string
  method: string
  /** With parameters filled in. */
  path: string
  query: Record<string, unknown>
  body: unknown
  step: string
  idempotencyKey: string
  /** recorded: what the partner answered when this step really ran. assumed: an empty object, so what follows is a guess. */
  answer: 'recorded' | 'assumed'
}

export interface DryRun {
  runId: string
  version: string
  end: 'would succeed' | 'would sleep' | 'would be tried again' | 'would be parked' | 'would be skipped'
  failure: RunFailure | null
  calls: WouldCall[]
  meters: { meter: string; quantity: number }[]
  /** True when an answer was assumed: calls after it may differ. */
  uncertain: boolean
}

export interface DryRunParts extends ExecutionParts {
  database: Database
  integrations: Integrations
  deliveries: DeliveryStore
}

/**
 * Executes a run for the record only: reads go to the partner, writes are caught, nothing is stored, counted or sent.
 * A parked run goes on from what it remembers, as resuming would; a finished one starts from the beginning, as replaying would.
 *
 * @throws runtime.run_not_found, runtime.version_not_loaded, runtime.delivery_missing
 */
export async function dryRun(parts: DryRunParts, runId: string, version: VersionChoice): Promise<DryRun> {
  const claimed = await readAsClaimed(parts.database, runId, version)
  const summary = await getRun(parts.database.executor, runId)
  const resuming = summary.status === 'parked' || summary.status === 'blocked'
  const loaded = await loadExecution(parts, claimed)
  if (!loaded.execution) throw loaded.failure
  const steps = new Map((await listSteps(parts.database.executor, [runId])).map((step) => [step.name, step]))
  const calls: WouldCall[] = []
  const meters: MeterRecord[] = []
  const caught: ExecutionParts = {
    ...parts,
    journal: {
      record: async (entry) => {
        meters.push(...entry.meters)
        return 'recorded'
      },
      drain: async () => {},
    },
    send: async (call, sent) => {
      if (!isWrite(call.method)) return parts.send(call, sent)
      const recorded = steps.get(sent.step!)
      calls.push({ ...describe(call), step: sent.step!, idempotencyKey: sent.idempotencyKey!, answer: recorded ? 'recorded' : 'assumed' })
      return answerOf(recorded?.result ?? null)
    },
  }
  const execution = { ...loaded.execution, remembered: resuming ? loaded.execution.remembered : new Map() }
  const end = await outcomeOf(execution, caught, meters)
  return {
    runId,
    version: claimed.version,
    ...end,
    calls,
    meters: meters.map(({ meter, quantity }) => ({ meter, quantity })),
    uncertain: calls.some((call) => call.answer === 'assumed'),
  }
}

async function outcomeOf(
  execution: Parameters<typeof executeRun>[0],
  parts: ExecutionParts,
  meters: MeterRecord[],
): Promise<Pick<DryRun, 'end' | 'failure'>> {
  try {
    const ended = await executeRun(execution, parts)
    if (ended.kind === 'asleep') return { end: 'would sleep', failure: null }
    meters.push(...ended.meters)
    return { end: 'would succeed', failure: null }
  } catch (thrown) {
    if (thrown instanceof LeaveRun) return { end: 'would sleep', failure: null }
    const failure = readFailure(thrown, placeOf(thrown))
    const flow = execution.integration.flows[execution.run.flow]
    const onPoison = flow?.kind === 'on' ? flow.onPoison : 'park'
    const { kind } = decide(failure, { failures: 0, onPoison, policy: defaultRetryPolicy, nowMs: Date.now(), random: 0, identity: '' })
    return { end: kind === 'again' ? 'would be tried again' : kind === 'park' ? 'would be parked' : 'would be skipped', failure }
  }
}

function describe(call: FlowCall): Pick<WouldCall, 'platform' | 'method' | 'path' | 'query' | 'body'> {
  const path = call.path.replace(/\{([^}]+)\}/g, (whole, name: string) =>
    name in call.pathParameters ? encodeURIComponent(String(call.pathParameters[name])) : whole,
  )
  return { platform: call.platform, method: call.method, path, query: call.query, body: call.body ?? null }
}

/** A step mostly returns what the partner answered, so its remembered result stands for the answer. */
function answerOf(recorded: string | null): FlowAnswer {
  return { status: 200, headers: {}, body: recorded === null ? {} : JSON.parse(recorded) }
}

async function readAsClaimed(database: Database, runId: string, version: VersionChoice): Promise<ClaimedRun> {
  await getRun(database.executor, runId)
  const pinned = version === 'latest' ? sql`instance.revision, latest.version` : sql`r.revision, r.version`
  const one = (table: 'run' | 'finished_run') => sql`
    select r.id, r.instance_id as "instanceId", ${pinned}, r.integration, r.flow, r.origin_id as "originId", r.delivery_id as "deliveryId", r.lane,
      greatest(r.attempt, 2) as attempt, 'dry run' as "claimedBy", r.failures, 0 as priority, r.received_at as "receivedAt", r.occurred_at as "occurredAt"
    from ${sql.table(table)} r join instance on instance.id = r.instance_id
    join instance_revision latest on latest.instance_id = instance.id and latest.revision = instance.revision
    where r.id = ${runId}::uuid`
  const { rows } = await sql<Omit<ClaimedRun, 'lease'>>`
    -- runtime.readAsClaimed
    ${one('run')} union all ${one('finished_run')}`.execute(database.executor)
  return { ...rows[0]!, lease: { jobId: '', open: new Set() } }
}
