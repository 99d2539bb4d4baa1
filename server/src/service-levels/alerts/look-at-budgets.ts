import { type Day, isInForce } from '../../agreements/index.ts'
import type { Executor } from '../../database/index.ts'
import { listCanariesOf } from '../../readiness/index.ts'
import type { Integration, Stage, Workspace } from '../../workspace/index.ts'
import { tiersFor } from '../burn.ts'
import type { ExcusedTime } from '../maintenance/judge-maintenance.ts'
import { excusedOf, readMaintenance } from '../maintenance/queries.ts'
import { measureObjective, rollingWindow } from '../measure-objective.ts'
import { type Objective, objectivesOf } from '../objectives.ts'
import { firstDays, listRecent, listSlotTallies, listTallies } from '../queries.ts'
import { burnOfObjective, isThin, type Judged, judgeCanaries, judgeObjective, subjectOf } from './judge-alerts.ts'

/** One integration, and what was promised about it. */
export interface Watched {
  integration: Integration
  objectives: Objective[]
}

export function watchedOf(workspace: Workspace, stageOf: (integration: Integration) => Stage, today: Day): Watched[] {
  return [...workspace.integrations.values()].map((integration) => {
    const agreements = workspace.agreementsOf(integration.metadata.name).filter((agreement) => isInForce(agreement, today))
    return { integration, objectives: objectivesOf(integration, agreements, stageOf(integration)) }
  })
}

/** Every length of time that the tiers of these objectives ask for, ascending. */
export function lengthsOf(objectives: readonly Objective[]): number[] {
  const lengths = objectives.flatMap(({ periodDays }) => tiersFor(periodDays).flatMap(({ longMs, shortMs }) => [longMs, shortMs]))
  return [...new Set(lengths)].sort((a, b) => a - b)
}

/**
 * Looks at every objective and canary of some integrations, in as many statements whatever their number: sums of the last days, and slot by slot
 * only where too little happens for the fastest tier.
 *
 * @returns by integration, then in the order of objectives
 */
export async function lookAtBudgets(
  executor: Executor,
  watched: readonly Watched[],
  now: Date,
  excused: readonly ExcusedTime[],
): Promise<Map<string, Judged[]>> {
  const names = watched.map(({ integration }) => integration.metadata.name)
  const lengths = lengthsOf(watched.flatMap(({ objectives }) => objectives))
  const [recent, canaries] = [
    Map.groupBy(await listRecent(executor, names, now, lengths, excused), ({ integration }) => integration),
    Map.groupBy(await listCanariesOf(executor, names), ({ integration }) => integration),
  ]
  const recentOf = ({ integration }: Watched) => recent.get(integration.metadata.name) ?? []
  const thin = watched.filter((one) =>
    one.objectives.some((objective) => isThin(burnOfObjective(objective, one.integration, recentOf(one)))),
  )
  const from = new Date(now.getTime() - (lengths.at(-1) ?? 0))
  const thinNames = thin.map(({ integration }) => integration.metadata.name)
  const slots = Map.groupBy(
    thinNames.length === 0 ? [] : await listSlotTallies(executor, thinNames, from, excused),
    ({ integration }) => integration,
  )
  return new Map(
    watched.map((one) => {
      const { name } = one.integration.metadata
      const judged = one.objectives.map((objective) =>
        judgeObjective(objective, one.integration, recentOf(one), slots.get(name) ?? [], now),
      )
      return [name, [...judged, ...judgeCanaries(one.integration, canaries.get(name) ?? [], now)]]
    }),
  )
}

/** What of the time that any window of these objectives reaches is excused. */
export async function excusedFor(executor: Executor, workspace: Workspace, watched: readonly Watched[], now: Date): Promise<ExcusedTime[]> {
  const days = Math.max(31, ...watched.flatMap(({ objectives }) => objectives.map(({ periodDays }) => periodDays)))
  const names = watched.map(({ integration }) => integration.metadata.name)
  return excusedOf(await readMaintenance(executor, workspace, names, new Date(now.getTime() - days * 86_400_000), now))
}

/** Integration and subject → what is left of the budget of the rolling window, in parts per million; for some integrations. */
export async function budgetsLeft(
  executor: Executor,
  watched: readonly Watched[],
  now: Date,
  excused: readonly ExcusedTime[],
): Promise<Map<string, number>> {
  if (watched.length === 0) return new Map()
  const today = now.toISOString().slice(0, 10)
  const names = watched.map(({ integration }) => integration.metadata.name)
  const windowOf = ({ periodDays }: Objective) => rollingWindow(today, periodDays)
  const from = watched.flatMap(({ objectives }) => objectives.map((one) => windowOf(one).from)).reduce((a, b) => (a < b ? a : b), today)
  const [tallies, since] = [
    Map.groupBy(await listTallies(executor, names, from, excused), ({ integration }) => integration),
    await firstDays(executor, names),
  ]
  const left = new Map<string, number>()
  for (const { integration, objectives } of watched)
    for (const objective of objectives) {
      const { name } = integration.metadata
      const { budget } = measureObjective(objective, integration, windowOf(objective), tallies.get(name) ?? [], since.get(name))
      if (budget) left.set(budgetKey(name, subjectOf(objective)), budget.leftPpm)
    }
  return left
}

export const budgetKey = (integration: string, subject: string): string => `${integration} ${subject}`
