import { sql } from 'kysely'
import { type Database, type Transaction, uuidv7 } from '../database/index.ts'
import { createRuns } from './create-runs.ts'
import type { Pace } from './pace.ts'
import type { Queue } from './queue.ts'
import { requireNarrow, type VersionChoice } from './resume-runs.ts'
import type { NewRun } from './run.ts'
import { conditions, type RunFilter } from './run-listing.ts'
import type { Wake } from './wake.ts'

interface Parts {
  database: Database
  queue: Queue
  wake: Wake
  pace: Pace
}

const batchSize = 500

/**
 * Makes new runs of finished ones, from the start, for the same deliveries. Effects keep their idempotency keys and meters their ids, so what
 * happened already does not happen again where the platform honours keys, and nothing is counted twice.
 *
 * Goes through the history in order of id; a run is replayed once per call however often it was replayed before.
 *
 * @param progress called with the number replayed so far
 * @returns ids of the new runs, at most 10,000 of them (`total` counts all)
 * @throws runtime.nothing_matches
 */
export async function replayRuns(
  parts: Parts,
  filter: RunFilter & { all?: boolean },
  version: VersionChoice,
  progress?: (done: number) => void,
): Promise<{ total: number; ids: string[] }> {
  requireNarrow(filter)
  const ids: string[] = []
  let total = 0
  let after: string | undefined
  // What is finished while this runs, the replays themselves included, is not part of it.
  const until = uuidv7()
  for (;;) {
    const batch = await parts.database.transaction(async (tx) => {
      const finished = await listReplayable(tx, filter, version, after, until)
      const runs = finished.map((run) => ({
        ...run,
        id: uuidv7(),
        replayOf: run.id,
        priority: parts.pace.next(run.instanceId, Date.now()),
      }))
      await createRuns(tx, parts.queue, runs)
      if (runs.length > 0) await parts.wake.notify(tx, 'run')
      return { runs, last: finished.at(-1)?.id }
    })
    if (batch.last === undefined) return { total, ids }
    after = batch.last
    total += batch.runs.length
    for (const run of batch.runs) if (ids.length < 10_000) ids.push(run.id)
    parts.wake.ring('run')
    progress?.(total)
  }
}

/** Instances that were removed are left out. */
async function listReplayable(
  tx: Transaction,
  filter: RunFilter,
  version: VersionChoice,
  after: string | undefined,
  until: string,
): Promise<NewRun[]> {
  const { rows } = await sql<NewRun>`
    -- runtime.listReplayable
    select r.id, r.instance_id as "instanceId", ${version === 'latest' ? sql`instance.revision, latest.version` : sql`r.revision, r.version`}, r.integration, r.flow,
      r.origin_id as "originId", r.delivery_id as "deliveryId", r.lane, r.received_at as "receivedAt", r.occurred_at as "occurredAt"
    from finished_run r
    join instance on instance.id = r.instance_id and instance.state <> 'removed'
    join instance_revision latest on latest.instance_id = instance.id and latest.revision = instance.revision
    where ${conditions(filter)} and ${filter.status ? sql`r.outcome = ${filter.status}` : sql`true`}
      and ${after ? sql`r.id > ${after}::uuid` : sql`true`} and r.id < ${until}::uuid
    order by r.id limit ${batchSize}`.execute(tx)
  return rows
}
