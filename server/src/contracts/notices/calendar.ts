import type { Notice } from './queries.ts'

/** Days before a change takes effect on which a calendar reminds. */
export const reminderDays = [90, 30, 14, 7, 1]

/** So long after its day a change stays in calendars. */
export const feedDays = 400

/**
 * Dated notices as an iCalendar feed (RFC 5545): all-day events with reminders. The same notice keeps its UID, so a moved date moves the event,
 * and its SEQUENCE grows with every move. What was withdrawn, or whose date was taken back, is cancelled. Lines end with CRLF and are folded at 75 bytes. The same notices
 * give the same bytes, whenever it is asked for.
 */
export function calendarOf(notices: readonly Notice[], name: string): string {
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
    ...notices.flatMap(eventOf),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${fold(line)}\r\n`).join('')
}

function eventOf(notice: Notice): string[] {
  const day = notice.effectiveOn ?? notice.dates.findLast(({ effectiveOn }) => effectiveOn !== null)?.effectiveOn
  if (!day) return []
  const withdrawn = notice.state === 'withdrawn' || notice.effectiveOn === null
  const changedAt = stamp(notice.changedAt)
  return [
    'BEGIN:VEVENT',
    `UID:${notice.id}@bridgekeeper`,
    `DTSTAMP:${changedAt}`,
    `LAST-MODIFIED:${changedAt}`,
    `CREATED:${stamp(notice.announcedAt)}`,
    `SEQUENCE:${notice.sequence}`,
    `DTSTART;VALUE=DATE:${day.replaceAll('-', '')}`,
    `STATUS:${withdrawn ? 'CANCELLED' : 'CONFIRMED'}`,
    'TRANSP:TRANSPARENT',
    `SUMMARY:${escapeText(`${withdrawn ? 'Withdrawn: ' : ''}${notice.platform}: ${notice.place}`)}`,
    `DESCRIPTION:${escapeText(describe(notice))}`,
    `CATEGORIES:${notice.kind.toUpperCase()}`,
    ...(withdrawn ? [] : reminderDays).flatMap((days) => [
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      `DESCRIPTION:${escapeText(`${notice.platform}: ${notice.place}`)}`,
      `TRIGGER:-P${days}D`,
      'END:VALARM',
    ]),
    'END:VEVENT',
  ]
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
