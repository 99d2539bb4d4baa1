import { randomFillSync } from 'node:crypto'

const random = new Uint8Array(8 * 256)
let used = random.length
let lastMs = 0
let sequence = 0

/**
 * A UUID version 7 (RFC 9562): ids of one process sort in the order in which they were made, also
 * within one millisecond (12-bit counter, method 1), so that "in order of arrival" is "in order of id".
 *
 * When the counter overflows or the clock steps back, the timestamp of the last id is carried on:
 * an id never sorts before one that was made earlier.
 */
export function uuidv7(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs
    sequence = 0
  } else if (++sequence > 0xfff) {
    lastMs += 1
    sequence = 0
  }
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  const bytes = random.subarray(used, used + 8)
  used += 8
  const time = lastMs.toString(16).padStart(12, '0')
  const variant = (0x80 | (bytes[0]! & 0x3f)).toString(16)
  let tail = ''
  for (let at = 1; at < 8; at += 1) tail += bytes[at]!.toString(16).padStart(2, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`
}

/** The lowest UUID v7 of a moment: every id made at or after `timestampMs` sorts at or after it. Used as a partition bound. */
export function uuidv7Floor(timestampMs: number): string {
  const time = Math.floor(timestampMs).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}

/** The millisecond in which a UUID v7 was made. */
export function uuidv7Timestamp(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}
