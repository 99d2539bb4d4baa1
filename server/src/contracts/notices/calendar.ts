import type { Notice } from './queries.ts'

/** Days before a change takes effect on which a calendar reminds. */
const reminders = [90, 30, 14, 7, 1]

/**
 * Dated notices as an iCalendar feed (RFC 5545): all-day events with reminders. The same notice keeps its UID, so a moved date moves the event.
 * Withdrawn notices are cancelled. Lines end with CRLF and are folded at 75 bytes.
 */
export function calendarOf(notices: readonly Notice[], name: string): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Bridgekeeper//Contract changes//EN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escapeText(name)}`,
    ...notices.filter(({ effectiveOn }) => effectiveOn !== null).flatMap(eventOf),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${fold(line)}\r\n`).join('')
}

function eventOf(notice: Notice): string[] {
  const alarms = notice.state === 'withdrawn' ? [] : reminders
  return [
    'BEGIN:VEVENT',
    `UID:${notice.id}@bridgekeeper`,
    `DTSTAMP:${stamp(new Date(notice.dates.at(-1)?.saidAt ?? notice.announcedAt))}`,
    `SEQUENCE:${Math.max(0, notice.dates.length - 1)}`,
    `DTSTART;VALUE=DATE:${notice.effectiveOn!.replaceAll('-', '')}`,
    `STATUS:${notice.state === 'withdrawn' ? 'CANCELLED' : 'CONFIRMED'}`,
    'TRANSP:TRANSPARENT',
    `SUMMARY:${escapeText(`${notice.platform}: ${notice.place}`)}`,
    `DESCRIPTION:${escapeText(notice.words)}`,
    ...alarms.flatMap((days) => [
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      `DESCRIPTION:${escapeText(notice.place)}`,
      `TRIGGER:-P${days}D`,
      'END:VALARM',
    ]),
    'END:VEVENT',
  ]
}

function stamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n')
}

/** At 75 bytes, never inside a character. */
function fold(line: string): string {
  const parts: string[] = []
  let part = ''
  for (const character of line) {
    if (Buffer.byteLength(part + character) > (parts.length === 0 ? 75 : 74)) {
      parts.push(part)
      part = ''
    }
    part += character
  }
  return [...parts, part].join('\r\n ')
}
