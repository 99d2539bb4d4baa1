import { randomFillSync } from 'node:crypto'

const random = Buffer.alloc(8 * 256)
/** Of the random bytes, 16 digits an id. */
let digits = ''
let used = 0
let lastMs = 0
let time = ''
let sequence = 0

/**
 * A UUID version 7 (RFC 9562): ids of one process sort in the order in which they were made, also
 * within one millisecond (12-bit counter, method 1), so that "in order of arrival" is "in order of id".
 *
 * When the counter overflows or the clock steps back, the timestamp of the last id is carried on:
 * an id never sorts before one that was made earlier.
 */
export function uuidv7(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) moveTo(nowMs)
  else if (++sequence > 0xfff) moveTo(lastMs + 1)
  if (used === digits.length) {
    digits = randomFillSync(random).toString('hex')
    used = 0
  }
  const at = used
  used += 16
  const variant = '89ab'[Number.parseInt(digits[at]!, 16) & 3]
  return `${time}-7${sequence.toString(16).padStart(3, '0')}-${variant}${digits.slice(at + 1, at + 4)}-${digits.slice(at + 4, at + 16)}`
}

function moveTo(ms: number): void {
  lastMs = ms
  sequence = 0
  time = timeDigits(ms)
}

function timeDigits(ms: number): string {
  const text = Math.floor(ms).toString(16).padStart(12, '0')
  return `${text.slice(0, 8)}-${text.slice(8)}`
}

/** The lowest UUID v7 of a moment: every id made at or after `timestampMs` sorts at or after it. Used as a partition bound. */
export function uuidv7Floor(timestampMs: number): string {
  return `${timeDigits(timestampMs)}-7000-8000-000000000000`
}

/** The millisecond in which a UUID v7 was made. */
export function uuidv7Timestamp(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}
