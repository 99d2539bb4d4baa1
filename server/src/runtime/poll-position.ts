import { type EveryFlow, timeBefore } from '@bridgekeeper/sdk'
import { errors } from './errors.ts'

/**
 * Where a poll reads from: its committed position less what it looks back, since lists become complete late and clocks differ.
 *
 * @throws runtime.cursor_not_a_time
 */
export function readingFrom(name: string, flow: EveryFlow, position: unknown): string {
  if (!isTime(position)) throw errors.cursor_not_a_time({ flow: name, found: JSON.stringify(position) ?? 'undefined' })
  return timeBefore(position, flow.lookBack ?? 'PT0S')
}

/**
 * Where a poll stands after it says `next`. One that looks back may find nothing but what it has seen before, and must not walk backwards
 * by that a little with each poll.
 */
export function movedTo(flow: EveryFlow, position: unknown, next: unknown): unknown {
  if (flow.lookBack === undefined || !isTime(position) || !isTime(next)) return next
  return Date.parse(next) < Date.parse(position) ? position : next
}

/** Far more than a token of a partner, or a place for each of many lists, ever needs. */
const maxCursorBytes = 256 * 1024

/** @returns JSON text, as the cursor is kept @throws runtime.cursor_unfit */
export function asCursor(flow: string, position: unknown): string {
  const refuse = (reason: string, cause?: unknown) => errors.cursor_unfit({ flow, reason, limitBytes: maxCursorBytes }, cause)
  let text: string | undefined
  try {
    text = JSON.stringify(position)
  } catch (error) {
    throw refuse((error as Error).message.split('\n')[0]!, error)
  }
  if (text === undefined && position !== undefined) throw refuse(`a ${typeof position} is no data`)
  const bytes = Buffer.byteLength(text ?? '')
  if (bytes > maxCursorBytes) throw refuse(`it has ${bytes} bytes`)
  return text ?? 'null'
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}
