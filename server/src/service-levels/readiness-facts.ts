import type { Executor } from '../database/index.ts'
import { type IntegrationFacts, stageObjectiveName } from '../readiness/index.ts'
import type { Integration, Workspace } from '../workspace/index.ts'
import { excusedOf, readMaintenance } from './maintenance/queries.ts'
import { measureObjective, rollingWindow } from './measure-objective.ts'
import { type Objective, objectivesOf } from './objectives.ts'
import { firstDays, lastCountedAt, listTallies } from './queries.ts'

const windowDays = 28
/** Counted every few seconds; after so long without, nobody counts any more. */
const silentAfterMs = 3_600_000

/**
 * Service levels of every integration over 28 days, whatever window they are written for. Empty when nobody has counted within the last
 * hour: what was measured up to then says nothing about today.
 */
export async function readServiceLevelFacts(
  executor: Executor,
  workspace: Workspace,
  now: Date,
): Promise<Map<string, NonNullable<IntegrationFacts['serviceLevels']>>> {
  const countedAt = await lastCountedAt(executor)
  if (countedAt === undefined || now.getTime() - countedAt.getTime() > silentAfterMs) return new Map()
  const names = [...workspace.integrations.keys()]
  const window = rollingWindow(now.toISOString().slice(0, 10), windowDays)
  const maintenance = await readMaintenance(executor, workspace, names, new Date(`${window.from}T00:00:00Z`), now)
  const [tallies, since] = await Promise.all([
    listTallies(executor, names, window.from, excusedOf(maintenance)),
    firstDays(executor, names),
  ])
  const byName = Map.groupBy(tallies, ({ integration }) => integration)
  return new Map(
    [...workspace.integrations].map(([name, integration]) => [
      name,
      demandedOf(integration).map(({ fact, objective }) => {
        const measured = measureObjective(objective, integration, window, byName.get(name) ?? [], since.get(name))
        const { measuredDays, events, neededEvents, attainedPpm, causes } = measured
        return {
          name: fact,
          measuredDays,
          events,
          neededEvents,
          ...(measured.state !== 'insufficient-data' && attainedPpm !== undefined && { attainedPpm }),
          causes: causes.map(({ cause, events: bad }) => ({ cause, bad })),
        }
      }),
    ]),
  )
}

/** What the file names; and what the gate to ga demands where it names no availability of the whole bridge. */
function demandedOf(integration: Integration): { fact: string; objective: Objective }[] {
  const written = objectivesOf(integration, [], 'proposed').map((objective) => ({ fact: objective.name, objective }))
  const demanding = objectivesOf(integration, [], 'ga')
    .filter(({ source }) => source.kind === 'stage')
    .map((objective) => ({ fact: stageObjectiveName('ga'), objective }))
  return [...written, ...demanding]
}
