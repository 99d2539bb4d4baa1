import { addDays, type Day } from '../../agreements/index.ts'
import type { Notice } from './queries.ts'

/** Days before a change takes effect on which a calendar reminds. */
export const reminderDays = [90, 30, 14, 7, 1]

/** So long after its day a change stays in calendars. */
export const feedDays = 400

/** Something on the calendar: whole days, or moments. */
export interface CalendarEvent {
  /** The same as long as it is the same event, however its time moves. */
  uid: string
  /** Grows whenever the event of this `uid` changes. */
  sequence: number
  createdAt: Date
  changedAt: Date
  time: { from: Day /** The last day; left out: the same. */; to?: Day } | { startsAt: Date; endsAt: Date }
  cancelled: boolean
  /** One line for people. */
  summary: string
  description: string
  category: string
  /** Days before it on which a calendar reminds. */
  remindDays: readonly number[]
}

/**
 * Events as an iCalendar feed (RFC 5545). The same event keeps its UID, so a moved date moves it, and its SEQUENCE grows with every move. Whole
 * days are those of whoever looks; moments are written in UTC, so that they are right in every zone and on days on which clocks are changed. Lines
 * end with CRLF and are folded at 75 bytes. The same events give the same bytes, whenever it is asked for.
 */
export function calendarOf(events: readonly CalendarEvent[], name: string): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Bridgekeeper//Contract changes//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT6H',
    'X-PUBLISHED-TTL:PT6H',
    ...events.flatMap(linesOf),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${fold(line)}\r\n`).join('')
}

function linesOf({ uid, sequence, createdAt, changedAt, time, cancelled, summary, description, category, remindDays }: CalendarEvent) {
  return [
    'BEGIN:VEVENT',
    `UID:${uid}@bridgekeeper`,
    `DTSTAMP:${stamp(changedAt)}`,
    `LAST-MODIFIED:${stamp(changedAt)}`,
    `CREATED:${stamp(createdAt)}`,
    `SEQUENCE:${sequence}`,
    ...timeLines(time),
    `STATUS:${cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    'TRANSP:TRANSPARENT',
    `SUMMARY:${escapeText(`${cancelled ? 'Withdrawn: ' : ''}${summary}`)}`,
    `DESCRIPTION:${escapeText(description)}`,
    `CATEGORIES:${category}`,
    ...(cancelled ? [] : remindDays).flatMap((days) => [
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      `DESCRIPTION:${escapeText(summary)}`,
      `TRIGGER:-P${days}D`,
      'END:VALARM',
    ]),
    'END:VEVENT',
  ]
}

/** The end is the first day, or moment, that is free again. */
function timeLines(time: CalendarEvent['time']): string[] {
  if ('startsAt' in time) return [`DTSTART:${stamp(time.startsAt)}`, `DTEND:${stamp(time.endsAt)}`]
  const { from, to } = time
  const date = (day: Day): string => day.replaceAll('-', '')
  return [`DTSTART;VALUE=DATE:${date(from)}`, ...(to === undefined ? [] : [`DTEND;VALUE=DATE:${date(addDays(to, 1))}`])]
}

/** The dated ones of notices. What was withdrawn, or whose date was taken back, is cancelled. */
export function noticeEvents(notices: readonly Notice[]): CalendarEvent[] {
  return notices.flatMap((notice) => {
    const day = notice.effectiveOn ?? notice.dates.findLast(({ effectiveOn }) => effectiveOn !== null)?.effectiveOn
    if (!day) return []
    return [
      {
        uid: notice.id,
        sequence: notice.sequence,
        createdAt: notice.announcedAt,
        changedAt: notice.changedAt,
        time: { from: day },
        cancelled: notice.state === 'withdrawn' || notice.effectiveOn === null,
        summary: `${notice.platform}: ${notice.place}`,
        description: describe(notice),
        category: notice.kind.toUpperCase(),
        remindDays: reminderDays,
      },
    ]
  })
}

/** The words, who said them, and each date that was given before. */
function describe({ words, dates }: Notice): string {
  const earlier = dates.slice(0, -1).filter(({ effectiveOn }) => effectiveOn !== null)
  const history = earlier.map(({ effectiveOn, saidAt, saidBy }) => `${effectiveOn}, said ${String(saidAt).slice(0, 10)} by ${saidBy}`)
  const last = dates.at(-1)
  return [
    words,
    ...(last ? [`Said by ${last.saidBy}.`] : []),
    ...(history.length > 0 ? [`Earlier dates: ${history.join('; ')}.`] : []),
  ].join('\n')
}

function stamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

/** A partner's text may hold anything; characters that a TEXT value can't carry are dropped, so that no line of it becomes one of ours. */
function escapeText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n')
}

/** At 75 bytes, never inside a character. */
function fold(line: string): string {
  const parts: string[] = []
  let part = ''
  let bytes = 0
  for (const character of line) {
    const length = Buffer.byteLength(character)
    if (bytes + length > (parts.length === 0 ? 75 : 74)) {
      parts.push(part)
      part = ''
      bytes = 0
    }
    part += character
    bytes += length
  }
  return [...parts, part].join('\r\n ')
}
