import { sql } from 'kysely'
import type { Database, Transaction } from '../database/index.ts'
import { errors } from './errors.ts'
import type { Queue } from './queue.ts'
import { conditions, getRun, type RunFilter } from './run-listing.ts'
import { lockLanes } from './run-queries.ts'
import { finishRuns, listNextHeads, queueHeads } from './settle-queries.ts'
import type { Wake } from './wake.ts'

interface Parts {
  database: Database
  queue: Queue
  wake: Wake
}

/** same: as pinned when the run was made. latest: the instance's present version, settings and mappings. */
export type VersionChoice = 'same' | 'latest'

const batchSize = 500

/**
 * Lets parked and blocked runs go on from what they remember, each in its lane in the order of its id.
 * Works in batches, so that a filter over a hundred thousand runs holds no long transaction; calling it again goes on where it stopped.
 *
 * @param progress called with the number resumed so far
 * @returns how many
 * @throws runtime.nothing_matches when the filter narrows nothing; pass `all` to mean everything
 */
export async function resumeRuns(
  parts: Parts,
  filter: RunFilter & { all?: boolean },
  version: VersionChoice,
  progress?: (done: number) => void,
): Promise<number> {
  requireNarrow(filter)
  // What parks again meanwhile must not be taken twice.
  const before = new Date()
  return inBatches(parts, progress, async (tx) => {
    const parked = await takeParked(tx, filter, before)
    if (parked.length === 0) return 0
    await lockLanes(tx, [...new Set(parked.map((run) => run.lane))])
    await wakeRuns(
      tx,
      parked.map((run) => run.id),
      version,
    )
    await promote(
      tx,
      parts,
      parked.map((run) => run.lane),
    )
    return parked.length
  })
}

/** Gives parked and blocked runs up for good, with the name of who decided it; their lanes go on. @returns how many */
export async function discardRuns(
  parts: Parts,
  filter: RunFilter & { all?: boolean },
  by: string,
  progress?: (done: number) => void,
): Promise<number> {
  requireNarrow(filter)
  const before = new Date()
  return inBatches(parts, progress, async (tx) => {
    const parked = await takeParked(tx, filter, before)
    if (parked.length === 0) return 0
    await lockLanes(tx, [...new Set(parked.map((run) => run.lane))])
    await finishRuns(
      tx,
      parked.map((run) => ({
        runId: run.id,
        outcome: 'discarded',
        failure: run.failure as never,
        fingerprint: run.fingerprint,
        discardedBy: by,
      })),
    )
    await promote(
      tx,
      parts,
      parked.map((run) => run.lane),
    )
    return parked.length
  })
}

/** @throws runtime.run_not_found, runtime.run_not_parked */
export async function requireParked(database: Database, id: string): Promise<void> {
  const run = await getRun(database.executor, id)
  if (run.status !== 'parked' && run.status !== 'blocked') throw errors.run_not_parked({ run: id, state: run.status })
}

/** @throws runtime.nothing_matches */
export function requireNarrow({ all, visible: _, ...filter }: RunFilter & { all?: boolean }): void {
  if (!all && Object.values(filter).every((value) => value === undefined)) throw errors.nothing_matches({ filter: '{}' })
}

async function inBatches(
  parts: Parts,
  progress: ((done: number) => void) | undefined,
  batch: (tx: Transaction) => Promise<number>,
): Promise<number> {
  let done = 0
  for (;;) {
    const count = await parts.database.transaction(batch)
    if (count === 0) return done
    done += count
    parts.wake.ring('run')
    progress?.(done)
  }
}

interface ParkedRun {
  id: string
  lane: string
  failure: unknown
  fingerprint: string | null
}

async function takeParked(tx: Transaction, filter: RunFilter, before: Date): Promise<ParkedRun[]> {
  const { rows } = await sql<ParkedRun>`
    -- runtime.takeParked
    select r.id, r.lane, r.failure, r.fingerprint from run r join instance on instance.id = r.instance_id
    where r.state in ('parked', 'blocked') and (${filter.status ?? null}::text is null or r.state = ${filter.status ?? null})
      and r.parked_at < ${before} and ${conditions(filter)}
    order by r.id limit ${batchSize} for update of r skip locked`.execute(tx)
  return rows
}

async function wakeRuns(tx: Transaction, ids: readonly string[], version: VersionChoice): Promise<void> {
  await sql`
    -- runtime.wakeRuns
    update run set state = 'waiting', parked_at = null, failures = 0, wait_reason = null, due_at = null
    where id = any(${[...ids]}::uuid[])`.execute(tx)
  if (version === 'same') return
  await sql`
    -- runtime.repinRuns
    update run set revision = instance.revision, version = r.version
    from instance join instance_revision r on r.instance_id = instance.id and r.revision = instance.revision
    where run.instance_id = instance.id and run.id = any(${[...ids]}::uuid[])`.execute(tx)
}

async function promote(tx: Transaction, { queue, wake }: Parts, lanes: readonly string[]): Promise<void> {
  const heads = await listNextHeads(tx, lanes)
  if (heads.length === 0) return
  const jobs = await queue.addRunJobs(
    tx,
    heads.map((head) => ({ runId: head.id, instanceId: head.instanceId, priority: head.priority })),
  )
  await queueHeads(tx, jobs)
  await wake.notify(tx, 'run')
}
