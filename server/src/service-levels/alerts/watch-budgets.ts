import { type Polling, startPolling } from '../../connections/index.ts'
import { type Database, type Transaction, uuidv7 } from '../../database/index.ts'
import { tell } from '../../notifications/index.ts'
import { failPoint, type Log } from '../../observation/index.ts'
import { readStages } from '../../readiness/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { recordDeclaredMaintenance } from '../maintenance/announce.ts'
import { lastCountedAt } from '../queries.ts'
import { type Alert, type Turn, turnOf } from './alert.ts'
import type { Judged } from './judge-alerts.ts'
import { budgetKey, budgetsLeft, excusedFor, lookAtBudgets, type Watched, watchedOf } from './look-at-budgets.ts'
import { listAlerts, saveAlerts, tryToWatch } from './queries.ts'
import { testDueAlerts } from './self-test.ts'

export interface WatchParts {
  database: Database
  workspace(): Workspace
  log: Log
  clock?(): Date
}

const lookEveryMs = 60_000
const integrationsAtOnce = 50
/** Counted every few seconds; after so long without, what stands there says nothing about now. */
export const silentAfterMs = 3_600_000

/**
 * Looks at every error budget and canary, begins and ends alerts, and calls the next people where nobody has acknowledged. What is told stands in
 * the transaction of what it tells about: a process that dies has told all of it or none. Any number of processes may call it, one works.
 *
 * @returns alerts that changed; undefined: another process looks, or nobody counts
 */
export async function watchBudgets(database: Database, workspace: Workspace, now: Date): Promise<number | undefined> {
  const stages = await readStages(database.executor, workspace)
  const watched = watchedOf(workspace, ({ metadata }) => stages.get(metadata.name)!, now.toISOString().slice(0, 10))
  await database.transaction(async (tx) => void ((await tryToWatch(tx)) && (await recordDeclaredMaintenance(tx, workspace, now))))
  let changed = 0
  for (let from = 0; from < watched.length; from += integrationsAtOnce) {
    const batch = watched.slice(from, from + integrationsAtOnce)
    const count = await database.transaction((tx) => watchBatch(tx, workspace, batch, now))
    if (count === undefined) return undefined
    if (count > 0) failPoint('budgets.after-commit')
    changed += count
  }
  return changed
}

async function watchBatch(tx: Transaction, workspace: Workspace, watched: readonly Watched[], now: Date): Promise<number | undefined> {
  if (!(await tryToWatch(tx))) return undefined
  const countedAt = await lastCountedAt(tx)
  // Nobody counts: neither a calm nor a fire can be believed. Open alerts stay open.
  if (countedAt === undefined || now.getTime() - countedAt.getTime() > silentAfterMs) return undefined
  const integrations = watched.map(({ integration }) => integration.metadata.name)
  const open = Map.groupBy(await listAlerts(tx, { integrations }), ({ integration }) => integration)
  const excused = await excusedFor(tx, workspace, watched, now)
  const judged = await lookAtBudgets(tx, watched, now, excused)
  const turns = watched.flatMap((one) => turnsOf(one, open.get(one.integration.metadata.name) ?? [], judged, workspace, now))
  const changed = new Set(turns.map(({ alert }) => alert.integration))
  const left = await budgetsLeft(
    tx,
    watched.filter(({ integration }) => changed.has(integration.metadata.name)),
    now,
    excused,
  )
  const known = turns.map((turn) => withBudget(turn, left.get(budgetKey(turn.alert.integration, turn.alert.subject))))
  await saveAlerts(
    tx,
    known.map(({ alert }) => alert),
  )
  await tell(
    tx,
    known.flatMap((turn) => turn.told),
    now,
  )
  if (turns.length > 0) failPoint('budgets.before-commit')
  await testDueAlerts(tx, workspace, watched, now)
  return turns.length
}

function turnsOf(
  { integration }: Watched,
  open: readonly Alert[],
  judged: ReadonlyMap<string, Judged[]>,
  workspace: Workspace,
  now: Date,
): Turn[] {
  const looked = judged.get(integration.metadata.name) ?? []
  const gone = open.filter(({ subject }) => !looked.some((one) => one.subject === subject))
  const looking = { workspace, integration, now }
  return [
    ...looked.map((one) =>
      turnOf(
        looking,
        open.find(({ subject }) => subject === one.subject),
        one,
        uuidv7,
      ),
    ),
    ...gone.map((alert) => turnOf(looking, alert, undefined, uuidv7)),
  ].filter((turn) => turn !== undefined)
}

function withBudget({ alert, told }: Turn, budgetLeftPpm: number | undefined): Turn {
  if (budgetLeftPpm === undefined) return { alert, told }
  return {
    alert: { ...alert, evidence: { ...alert.evidence, budgetLeftPpm } },
    told: told.map((one) => ({ ...one, data: { ...one.data, budgetLeftPpm } })),
  }
}

/** Looks at once and then every minute until stopped. */
export function startWatching({ database, workspace, log, clock = () => new Date() }: WatchParts): Polling {
  const polling = startPolling(
    lookEveryMs,
    (err) => log.warn({ err }, 'error budgets could not be looked at; trying again'),
    async () => void (await watchBudgets(database, workspace(), clock())),
  )
  // Maintenance is announced when it is first seen: not a minute later.
  void polling.now().catch(() => {})
  return polling
}
