import { addDays, type Day } from '../../agreements/index.ts'
import type { Calendar } from '../../workspace/index.ts'

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
const workingWeek: Pick<Calendar, 'hours' | 'holidays'> = {
  hours: [{ days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], from: '09:00', to: '17:00' }],
  holidays: [],
}
/** A calendar whose every day is a holiday must not keep anybody waiting for ever. */
const maxDays = 3_660

/**
 * The day so many business days later; the day itself does not count.
 *
 * @param calendar of the organization that has to act; without one, Monday to Friday without holidays
 */
export function addBusinessDays(day: Day, count: number, calendar: Pick<Calendar, 'hours' | 'holidays'> = workingWeek): Day {
  const holidays = new Set(calendar.holidays.map(({ date }) => date))
  const open = new Set(calendar.hours.flatMap(({ days }) => days))
  let [at, left] = [day, count]
  for (let step = 0; left > 0 && step < maxDays; step += 1) {
    at = addDays(at, 1)
    if (open.has(weekdays[new Date(`${at}T00:00:00Z`).getUTCDay()]!) && !holidays.has(at)) left -= 1
  }
  return at
}
