import { addDays, type Day, isInForce } from '../agreements/index.ts'
import type { Executor } from '../database/index.ts'
import type { Integration, Stage, Workspace } from '../workspace/index.ts'
import { burnOfObjective, inWords } from './alerts/judge-alerts.ts'
import { lengthsOf } from './alerts/look-at-budgets.ts'
import type { BurnState } from './burn.ts'
import { excusedTimes, type JudgedWindow } from './maintenance/judge-maintenance.ts'
import { readMaintenance } from './maintenance/queries.ts'
import { calendarMonth, type Measured, measureObjective, rollingWindow } from './measure-objective.ts'
import { type Objective, objectivesOf } from './objectives.ts'
import { firstDays, lastCountedAt, listRecent, listTallies, newestOf } from './queries.ts'

export interface ObjectiveReport {
  objective: Objective
  /** Rolling first, then the calendar month. */
  windows: Measured[]
  /** How fast the budget burns now, by tier. */
  burn: BurnState[]
}

export interface ServiceLevelReport {
  integration: string
  /** When events were last counted; null: nobody ever did. */
  countedAt: string | null
  /** Day of the first event that was ever counted; null: none was. */
  measuredSince: Day | null
  /** Planned maintenance within the windows and to come, and what of it is excused. */
  maintenance: JudgedWindow[]
  /** Of each side that brings platforms: how old the newest event from it is, and the newest call that it answered. */
  newest: { side: string; event: Age | null; call: Age | null }[]
  objectives: ObjectiveReport[]
}

/** To five minutes. */
export interface Age {
  at: string
  ageMs: number
}

/**
 * What was promised about one integration against what was measured.
 *
 * @param stage the one in force
 * @param month any day of the calendar month that is wanted; left out: this one, up to today
 */
export async function readServiceLevels(
  executor: Executor,
  workspace: Workspace,
  integration: Integration,
  stage: Stage,
  now: Date,
  month?: string,
): Promise<ServiceLevelReport> {
  const { name } = integration.metadata
  const today = dayOf(now)
  const agreements = workspace.agreementsOf(name).filter((agreement) => isInForce(agreement, today))
  const objectives = objectivesOf(integration, agreements, stage)
  const monthly = month === undefined || month === today.slice(0, 7) ? calendarMonth(today) : wholeMonth(month)
  const from = objectives.map(({ periodDays }) => rollingWindow(today, periodDays).from).reduce((a, b) => (a < b ? a : b), monthly.from)
  const fromMoment = new Date(`${from}T00:00:00Z`)
  const maintenance = (await readMaintenance(executor, workspace, [name], fromMoment, afterAll)).get(name) ?? []
  const excused = excusedTimes(name, maintenance)
  const [tallies, recent, since, countedAt] = await Promise.all([
    listTallies(executor, [name], from, excused),
    listRecent(executor, [name], now, lengthsOf(objectives), excused),
    firstDays(executor, [name]),
    lastCountedAt(executor),
  ])
  const newest = await newestOf(executor, name)
  const measuredSince = since.get(name)
  return {
    integration: name,
    countedAt: countedAt?.toISOString() ?? null,
    measuredSince: measuredSince ?? null,
    maintenance: maintenance.filter(({ endsAt }) => Date.parse(endsAt) > fromMoment.getTime()),
    newest: integration.spec.sides
      .filter(({ platforms }) => platforms.length > 0)
      .map(({ organization, platforms }) => {
        const theirs = newest.filter(({ platform }) => platforms.includes(platform))
        return {
          side: organization,
          event: ageOf(
            theirs.map(({ eventAt }) => eventAt),
            now,
          ),
          call: ageOf(
            theirs.map(({ callAt }) => callAt),
            now,
          ),
        }
      }),
    objectives: objectives.map((objective) => ({
      objective,
      windows: [rollingWindow(today, objective.periodDays), monthly].map((window) =>
        measuredInWords(measureObjective(objective, integration, window, tallies, measuredSince)),
      ),
      burn: burnOfObjective(objective, integration, recent),
    })),
  }
}

/** Reasons as sentences: what a person reads. */
const measuredInWords = (measured: Measured): Measured => ({
  ...measured,
  causes: inWords(measured.causes),
  excludedCauses: inWords(measured.excludedCauses),
})

/** null: nothing within two weeks. */
function ageOf(moments: readonly (Date | null)[], now: Date): Age | null {
  const newest = Math.max(...moments.map((moment) => moment?.getTime() ?? Number.NEGATIVE_INFINITY))
  return Number.isFinite(newest) ? { at: new Date(newest).toISOString(), ageMs: Math.max(0, now.getTime() - newest) } : null
}

const afterAll = new Date('9999-01-01T00:00:00Z')

const dayOf = (moment: Date): Day => moment.toISOString().slice(0, 10)

function wholeMonth(month: string): ReturnType<typeof calendarMonth> {
  const [year, number] = month.split('-').map(Number)
  const next = new Date(Date.UTC(year!, number!, 1)).toISOString().slice(0, 10)
  return calendarMonth(addDays(next, -1))
}
