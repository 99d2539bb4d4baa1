import { crc32 } from 'node:zlib'

/** An answer as it went out, kept to be given again. */
export interface SentAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

export interface EffectReport {
  /** Idempotency keys seen. */
  keys: number
  /** Requests that carried a key, also those that a fault kept from doing anything. */
  attempts: number
  /** Times that a request with a key changed the state. */
  effects: number
  /** Answers given again without a second effect. */
  replayed: number
  /** Keys used for two different requests. */
  conflicts: number
  /** Keys that were sent and never had an effect; at most 100 are named. */
  withoutEffect: { count: number; keys: string[] }
  /** Keys that had more than one effect; at most 100 are named. */
  repeated: { count: number; keys: string[] }
  /** Writes that carried no key at all. */
  effectsWithoutKey: number
}

interface Use {
  attempts: number
  effects: number
  fingerprint: string
  summary: string
  answer: SentAnswer | undefined
}

export interface Ledger {
  /** Counts an attempt. Call it for every request with a key, before anything can go wrong. */
  attempt(key: string): void
  /** What the key stands for so far. `conflict` names both requests. */
  look(
    key: string,
    fingerprint: string,
    summary: string,
  ): { kind: 'new' } | { kind: 'repeat'; answer: SentAnswer | undefined } | { kind: 'conflict'; first: string }
  /** Records that the request changed the state, and what was answered. */
  effect(key: string | undefined, fingerprint: string, summary: string, answer: SentAnswer): void
  report(): EffectReport
  /** Attempts and effects of one key. */
  of(key: string): { attempts: number; effects: number } | undefined
  clear(): void
}

const mostNamed = 100

/**
 * Remembers every idempotency key with its first answer.
 *
 * @param answerLimit first answers kept whole; the oldest go first. Counts stay, so that proofs hold for any number of keys.
 */
export function createLedger(answerLimit: number): Ledger {
  let uses = new Map<string, Use>()
  let answered: string[] = []
  let oldest = 0
  let totals = { attempts: 0, effects: 0, replayed: 0, conflicts: 0, effectsWithoutKey: 0 }
  const useOf = (key: string): Use => {
    let use = uses.get(key)
    if (!use) {
      use = { attempts: 0, effects: 0, fingerprint: '', summary: '', answer: undefined }
      uses.set(key, use)
    }
    return use
  }
  const dropOldAnswers = () => {
    while (answered.length - oldest > answerLimit) {
      const use = uses.get(answered[oldest++]!)
      if (use) use.answer = undefined
    }
    if (oldest > 50_000) {
      answered = answered.slice(oldest)
      oldest = 0
    }
  }
  const named = (test: (use: Use) => boolean) => {
    const keys: string[] = []
    let count = 0
    for (const [key, use] of uses) if (test(use) && ++count <= mostNamed) keys.push(key)
    return { count, keys }
  }
  return {
    attempt(key) {
      totals.attempts++
      useOf(key).attempts++
    },
    look(key, fingerprint, summary) {
      const use = uses.get(key)
      if (!use || use.effects === 0) return { kind: 'new' }
      if (use.fingerprint !== fingerprint || use.summary !== summary) {
        totals.conflicts++
        return { kind: 'conflict', first: use.summary }
      }
      totals.replayed++
      return { kind: 'repeat', answer: use.answer }
    },
    effect(key, fingerprint, summary, answer) {
      totals.effects += key === undefined ? 0 : 1
      totals.effectsWithoutKey += key === undefined ? 1 : 0
      if (key === undefined) return
      const use = useOf(key)
      use.effects++
      if (use.effects > 1) return
      Object.assign(use, { fingerprint, summary, answer })
      answered.push(key)
      dropOldAnswers()
    },
    report: () => ({
      keys: uses.size,
      ...totals,
      withoutEffect: named((use) => use.effects === 0),
      repeated: named((use) => use.effects > 1),
    }),
    of(key) {
      const use = uses.get(key)
      return use && { attempts: use.attempts, effects: use.effects }
    },
    clear() {
      uses = new Map()
      answered = []
      oldest = 0
      totals = { attempts: 0, effects: 0, replayed: 0, conflicts: 0, effectsWithoutKey: 0 }
    },
  }
}

/** Tells bodies apart. A checksum serves: nobody attacks a sandbox, and it costs a tenth of a cryptographic hash. */
export function fingerprintOf(body: Buffer): string {
  return body.length === 0 ? '' : `${body.length}:${crc32(body)}`
}
