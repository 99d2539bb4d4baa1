import { addDays, type Day, isInForce } from '../agreements/index.ts'
import type { Executor } from '../database/index.ts'
import type { Integration, Stage, Workspace } from '../workspace/index.ts'
import { attribute, countForAvailability } from './attribute.ts'
import { type BurnState, type CountWithin, judgeBurn, tiersFor } from './burn.ts'
import { calendarMonth, causeName, type Measured, measureObjective, rollingWindow, subjectOf } from './measure-objective.ts'
import { type Objective, objectivesOf } from './objectives.ts'
import { firstDays, lastCountedAt, listSlotTallies, listTallies } from './queries.ts'
import { type Reason, reasonInWords } from './reasons.ts'
import type { SlotTally } from './tally.ts'

export interface ObjectiveReport {
  objective: Objective
  /** Rolling first, then the calendar month. */
  windows: Measured[]
  /** For availability; how fast the budget burns now. */
  burn: BurnState[]
}

export interface ServiceLevelReport {
  integration: string
  /** When events were last counted; null: nobody ever did. */
  countedAt: string | null
  /** Day of the first event that was ever counted; null: none was. */
  measuredSince: Day | null
  objectives: ObjectiveReport[]
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
  const [tallies, slots, since, countedAt] = await Promise.all([
    listTallies(executor, [name], from),
    listSlotTallies(executor, name, new Date(now.getTime() - longestMs(objectives))),
    firstDays(executor, [name]),
    lastCountedAt(executor),
  ])
  const measuredSince = since.get(name)
  return {
    integration: name,
    countedAt: countedAt?.toISOString() ?? null,
    measuredSince: measuredSince ?? null,
    objectives: objectives.map((objective) => ({
      objective,
      windows: [rollingWindow(today, objective.periodDays), monthly].map((window) =>
        inWords(measureObjective(objective, integration, window, tallies, measuredSince)),
      ),
      burn:
        objective.indicator === 'availability'
          ? judgeBurn(objective.targetPpm, objective.periodDays, countSlots(objective, integration, slots, now))
          : [],
    })),
  }
}

/** Reasons as sentences: what a person reads. */
function inWords(measured: Measured): Measured {
  const words = (shares: Measured['causes']) =>
    shares.map((share) => ({
      ...share,
      evidence: share.evidence.map((one) => ({
        ...one,
        reason: one.reason === 'too-slow' ? one.reason : reasonInWords(one.reason as Reason),
      })),
    }))
  return { ...measured, causes: words(measured.causes), excludedCauses: words(measured.excludedCauses) }
}

function countSlots(objective: Objective, { spec }: Integration, slots: readonly SlotTally[], now: Date): CountWithin {
  const subject = subjectOf(objective, spec)
  const counted = slots.flatMap((slot) => {
    if (!subject || slot.measure !== subject.reasons || !subject.includes(slot)) return []
    if (objective.flow !== undefined && slot.flow !== objective.flow) return []
    const cause = attribute(slot.mark as Reason, 1)
    const count = countForAvailability(slot.mark as Reason, cause)
    if (count === 'excluded') return []
    const theirs = subject.onlyCause === undefined || causeName(cause, slot.platform, spec) === subject.onlyCause
    return [{ ...slot, bad: count === 'bad' && theirs }]
  })
  return (lengthMs) => {
    const inside = counted.filter(({ slotMs }) => slotMs > now.getTime() - lengthMs - 300_000)
    const sum = (some: readonly SlotTally[]) => some.reduce((total, { events }) => total + events, 0)
    return { events: sum(inside), bad: sum(inside.filter(({ bad }) => bad)) }
  }
}

const longestMs = (objectives: readonly Objective[]): number =>
  Math.max(0, ...objectives.flatMap(({ periodDays }) => tiersFor(periodDays).map(({ longMs }) => longMs))) + 300_000

const dayOf = (moment: Date): Day => moment.toISOString().slice(0, 10)

function wholeMonth(month: string): ReturnType<typeof calendarMonth> {
  const [year, number] = month.split('-').map(Number)
  const next = new Date(Date.UTC(year!, number!, 1)).toISOString().slice(0, 10)
  return calendarMonth(addDays(next, -1))
}
