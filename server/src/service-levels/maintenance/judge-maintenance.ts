import { Temporal } from 'temporal-polyfill'
import { comparableSeconds, isInForce } from '../../agreements/index.ts'
import type { Integration, Workspace } from '../../workspace/index.ts'

/** As it was announced. Moments are ISO. */
export interface MaintenanceWindow {
  id: string
  platform: string
  organization: string
  startsAt: string
  endsAt: string
  reason: string
  announcedAt: string
  announcedBy: string
  withdrawnAt: string | null
}

/** How one agreement sees a window. */
export interface JudgedWindow extends MaintenanceWindow {
  verdict: 'in-time' | 'late' | 'over-limit' | 'withdrawn'
  /** In words: why it is excused, or why not. */
  says: string
  /** What of it is excused from service levels; null: nothing, it counts like any other failure. */
  excused: { from: string; until: string; minutes: number } | null
}

/** Time that counts for nobody, where the maintained side caused the failure. Whole slots of five minutes. */
export interface ExcusedTime {
  integration: string
  organization: string
  platform: string
  from: string
  until: string
}

const slotMs = 300_000
const usual = { notice: 'P5D', perMonth: 'PT4H' }

/**
 * What of each window is excused between the parties of one integration: announced as early as their agreement asks, and within its limit for a
 * calendar month (UTC) and side. What is late, and what goes beyond the limit, counts. Without an agreement in force five days and four hours hold.
 *
 * @param windows of any platforms, of whole months
 * @returns those of the integration's platforms, by beginning
 */
export function judgeMaintenance(
  { metadata, spec }: Integration,
  workspace: Pick<Workspace, 'agreementsOf'>,
  windows: readonly MaintenanceWindow[],
): JudgedWindow[] {
  const usedMs = new Map<string, number>()
  return windows
    .filter(({ platform }) => spec.sides.some((side) => side.platforms.includes(platform)))
    .toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt) || (a.id < b.id ? -1 : 1))
    .map((window): JudgedWindow => {
      const day = window.startsAt.slice(0, 10)
      const changes = workspace.agreementsOf(metadata.name).find((agreement) => isInForce(agreement, day))?.spec.changes
      const notice = changes?.notice.maintenance ?? usual.notice
      const limit = changes?.maintenancePerMonth ?? usual.perMonth
      if (window.withdrawnAt !== null) return { ...window, verdict: 'withdrawn', says: 'taken back before it began', excused: null }
      const dueMs = before(window.startsAt, notice)
      if (Date.parse(window.announcedAt) > dueMs) {
        const says = `late: announced ${window.announcedAt.slice(0, 16)}Z, due ${notice} before, ${new Date(dueMs).toISOString().slice(0, 16)}Z; it counts`
        return { ...window, verdict: 'late', says, excused: null }
      }
      const month = `${window.organization} ${day.slice(0, 7)}`
      const leftMs = Math.max(0, comparableSeconds(limit) * 1000 - (usedMs.get(month) ?? 0))
      const excused = within(window, leftMs)
      const wantedMs = Date.parse(window.endsAt) - Date.parse(window.startsAt)
      usedMs.set(month, (usedMs.get(month) ?? 0) + Math.min(wantedMs, leftMs))
      if (wantedMs <= leftMs) return { ...window, verdict: 'in-time', says: `announced in time (${notice}); excused`, excused }
      const says = `beyond ${limit} a month: ${excused?.minutes ?? 0} of ${Math.round(wantedMs / 60_000)} minutes are excused, the rest counts`
      return { ...window, verdict: 'over-limit', says, excused }
    })
}

/** By the calendar, in UTC. */
function before(moment: string, length: string): number {
  return Temporal.Instant.from(moment).toZonedDateTimeISO('UTC').subtract(Temporal.Duration.from(length)).epochMilliseconds
}

/** The slots that lie wholly inside: never too kindly. */
function within({ startsAt, endsAt }: MaintenanceWindow, leftMs: number): JudgedWindow['excused'] {
  const from = Math.ceil(Date.parse(startsAt) / slotMs) * slotMs
  const until = Math.floor(Math.min(Date.parse(endsAt), Date.parse(startsAt) + leftMs) / slotMs) * slotMs
  if (until <= from) return null
  return { from: new Date(from).toISOString(), until: new Date(until).toISOString(), minutes: (until - from) / 60_000 }
}

export const excusedTimes = (integration: string, judged: readonly JudgedWindow[]): ExcusedTime[] =>
  judged.flatMap(({ organization, platform, excused }) =>
    excused ? [{ integration, organization, platform, from: excused.from, until: excused.until }] : [],
  )
