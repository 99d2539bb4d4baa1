import { addDays, type Day, daysBetween } from '../../agreements/index.ts'
import { reminderDays } from './calendar.ts'

export type NoticeState = 'standing' | 'confirmed' | 'noticed' | 'effective' | 'closed' | 'withdrawn'

/** What the mover looks at. */
export interface MovingNotice {
  state: NoticeState
  effectiveOn: Day | null
  silent: boolean
  sequence: number
  /** null: nobody was told anything. */
  toldSequence: number | null
  /** Of the date as it stands. */
  remindedDays: number | null
}

/** What is to be told about a notice now, and what it is afterwards. */
export interface Move {
  tell: 'announced' | 'in-force' | 'moved' | 'withdrawn' | 'reminder' | 'effective' | null
  after: Pick<MovingNotice, 'state' | 'toldSequence' | 'remindedDays'>
}

/**
 * The one thing that is due for a notice on a day; null: nothing is. After a standstill only what still matters is told: one reminder, not those
 * that were missed, and none once the day has come. What was withdrawn before anybody was told is told to nobody.
 */
export function dueMove(notice: MovingNotice, today: Day): Move | null {
  const { state, effectiveOn, sequence, toldSequence } = notice
  const told = (tell: Move['tell'], next: NoticeState): Move => ({
    tell,
    after: { state: next, toldSequence: sequence, remindedDays: passedReminder(effectiveOn, today) },
  })
  if (toldSequence !== sequence) {
    if (toldSequence === null && (state === 'standing' || state === 'withdrawn' || state === 'closed'))
      return { tell: null, after: { state, toldSequence: null, remindedDays: null } }
    if (state === 'withdrawn') return told('withdrawn', state)
    if (state === 'closed') return told(null, state)
    if (state === 'effective' || notice.silent || isHere(effectiveOn, today)) return told('in-force', 'effective')
    return told(toldSequence === null ? 'announced' : 'moved', 'noticed')
  }
  if (state !== 'noticed' || effectiveOn === null) return null
  if (isHere(effectiveOn, today)) return told('effective', 'effective')
  const passed = passedReminder(effectiveOn, today)
  return passed !== null && (notice.remindedDays === null || passed < notice.remindedDays) ? told('reminder', state) : null
}

/** The day on which something will be due by time alone; null: never. */
export function nextMoveOn({ state, effectiveOn, remindedDays }: MovingNotice): Day | null {
  if (state !== 'noticed' || effectiveOn === null) return null
  const next = reminderDays.find((days) => remindedDays === null || days < remindedDays)
  return addDays(effectiveOn, -(next ?? 0))
}

function isHere(effectiveOn: Day | null, today: Day): boolean {
  return effectiveOn !== null && effectiveOn <= today
}

/** The nearest reminder whose day has come. */
function passedReminder(effectiveOn: Day | null, today: Day): number | null {
  const left = effectiveOn === null ? Number.POSITIVE_INFINITY : daysBetween(today, effectiveOn)
  return reminderDays.findLast((days) => days >= left) ?? null
}
