import { type Day, daysBetween } from '../../agreements/index.ts'
import type { LedgerNotice } from './ledger-queries.ts'

type About = 'announced' | 'in-force' | 'moved' | 'withdrawn' | 'reminder' | 'effective' | 'overdue'

/** One sentence for people. The partner's own words are data, not title: they may be long, and say anything. */
export function titleOf(about: About, notice: Pick<LedgerNotice, 'platform' | 'place' | 'silent' | 'effectiveOn'>, today: Day): string {
  const { platform, place, silent, effectiveOn } = notice
  const what = `${platform}: ${place}`
  const when = effectiveOn === null ? 'without a date' : `on ${effectiveOn}, ${inDays(daysBetween(today, effectiveOn))}`
  const titles: Record<About, string> = {
    announced: `${what} is going to change ${when}.`,
    'in-force': `${what} has changed${silent ? ', and nobody had said so' : ''}.`,
    moved: `${what} is now going to change ${when}.`,
    withdrawn: `${what}: the announced change was taken back.`,
    reminder: `${what} changes ${when}.`,
    effective: `${what}: the day of the announced change has come.`,
    overdue: `${what}: nobody has answered the notice of its change ${effectiveOn === null ? 'in time' : `for ${effectiveOn} in time`}.`,
  }
  return titles[about]
}

function inDays(days: number): string {
  return days === 0 ? 'today' : days === 1 ? 'tomorrow' : days > 0 ? `in ${days} days` : `${-days} ${days === -1 ? 'day' : 'days'} ago`
}
