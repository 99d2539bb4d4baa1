/** A stream of pseudo-random numbers in [0, 1). The same seed gives the same stream on every machine. */
export type Random = () => number

/** FNV-1a over UTF-16 units; unsigned 32 bits. Not for secrets. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** mulberry32 (Tommy Ettinger, public domain): one 32-bit word of state, enough for test data. */
export function seededRandom(seed: string): Random {
  let state = hashText(seed)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const digits = '0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const hex = '0123456789abcdef'

/** A UUID of version 4 and the RFC 9562 variant. */
export function seededUuid(random: Random): string {
  let text = ''
  for (let i = 0; i < 32; i++) {
    if (i === 8 || i === 12 || i === 16 || i === 20) text += '-'
    text += i === 12 ? '4' : i === 16 ? hex[8 + Math.floor(random() * 4)] : hex[Math.floor(random() * 16)]
  }
  return text
}

/**
 * Makes texts of the shape of an example: what stands up to the last `_`, `-`, `:` or `/` is kept, after it every digit
 * becomes a digit and every letter a letter of the same case (`tkt_7Kd9` → `tkt_2Xa5`).
 */
export function textsLike(example: string, random: Random): () => string {
  const keep = Math.max(...['_', '-', ':', '/'].map((mark) => example.lastIndexOf(mark))) + 1
  const prefix = keep < example.length ? example.slice(0, keep) : ''
  const alphabets = [...example.slice(prefix.length)].map((char) =>
    digits.includes(char) ? digits : lower.includes(char) ? lower : upper.includes(char) ? upper : char,
  )
  return () => {
    let text = prefix
    for (const alphabet of alphabets) text += alphabet[Math.floor(random() * alphabet.length)]
    return text
  }
}

/** Milliseconds since 1970. */
export type Clock = () => number

/** A clock that starts at 2026-01-01T00:00:00Z and moves one second with every reading: the same writes get the same times. */
export function seededClock(): Clock {
  let now = Date.UTC(2026, 0, 1)
  return () => {
    now += 1000
    return now
  }
}
