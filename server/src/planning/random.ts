/** Four 32-bit words, not all zero. Changed in place by `nextWord`. */
export type RandomState = [number, number, number, number]

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits))

/**
 * The next 32 random bits, as an integer in [0, 2³²).
 *
 * xoshiro128** 1.1. Source: D. Blackman, S. Vigna, https://prng.di.unimi.it/xoshiro128starstar.c (public domain).
 * Integer arithmetic only, so every machine and browser yields the same words.
 */
export function nextWord(state: RandomState): number {
  const result = Math.imul(rotateLeft(Math.imul(state[1], 5), 7), 9) >>> 0
  const shifted = state[1] << 9
  state[2] ^= state[0]
  state[3] ^= state[1]
  state[1] ^= state[2]
  state[0] ^= state[3]
  state[2] ^= shifted
  state[3] = rotateLeft(state[3], 11)
  return result
}

/**
 * A uniform number strictly between 0 and 1, so that a quantile function never meets its poles.
 * 52 random bits, centred in their cell.
 */
export function nextUniform(state: RandomState): number {
  const high = nextWord(state) >>> 6
  const low = nextWord(state) >>> 6
  return (high * 2 ** 26 + low + 0.5) / 2 ** 52
}

/**
 * The stream of one named input under one seed. Each input has its own stream, so adding an assumption to a plan
 * leaves the draws of all others as they were, and two versions of a plan differ only by what was changed.
 *
 * The four words come from SplitMix32 (the 32-bit finalizer of MurmurHash3), the seeding that the xoshiro authors advise.
 */
export function randomStream(seed: number, name: string): RandomState {
  let counter = (seed ^ hashOf(name)) >>> 0
  const nextSeedWord = (): number => {
    counter = (counter + 0x9e3779b9) >>> 0
    let word = counter
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    return (word ^ (word >>> 16)) >>> 0
  }
  return [nextSeedWord(), nextSeedWord(), nextSeedWord(), nextSeedWord()]
}

/** FNV-1a, 32 bit, over UTF-16 code units. Spreads names; guards nothing. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
