export interface Quarantined {
  hash: string
  /** When what is in force was first seen to be replaced. */
  sinceMs: number
  reads: number
  suspicious: boolean
}

/** Where a platform's contract stands between what is in force and what was read. Times in ms since 1970. */
export interface PublicationState {
  /** Hash of the version in force; null before the first. */
  published: string | null
  /** Read, and not believed yet. At most one. */
  quarantined: Quarantined | null
  /** How often a quarantined version was taken back lately: each doubles the time that the next has to hold. */
  flaps: number
}

export interface DocumentRead {
  /** null: no document could be made of it. */
  hash: string | null
  /** suspicious: lacks so much that it looks like a mistake of publishing. */
  judgement: 'plausible' | 'suspicious' | 'unreadable'
  atMs: number
  /** A person who may speak for the platform stands for this very document. */
  vouched: boolean
}

/**
 * first: nothing was in force, nobody is told. unchanged: what is in force. quarantined: new, not told to anybody. held: the same again, still
 * too early. published: believed; now, and only now, people may be told. withdrawn: the quarantined version was taken back, nobody was
 * told and nobody is. unreadable: changes nothing.
 */
export type PublicationOutcome = 'first' | 'unchanged' | 'quarantined' | 'held' | 'published' | 'withdrawn' | 'unreadable'

export interface QuarantinePolicy {
  /** A plausible version is believed after so long … */
  holdMs: number
  /** … and so many reads, the first included. */
  reads: number
  suspiciousHoldMs: number
  suspiciousReads: number
  /** No run of flaps makes anybody wait longer. */
  maxHoldMs: number
}

const hourMs = 3_600_000
export const defaultQuarantine: QuarantinePolicy = {
  holdMs: hourMs,
  reads: 2,
  suspiciousHoldMs: 48 * hourMs,
  suspiciousReads: 3,
  maxHoldMs: 14 * 24 * hourMs,
}

/**
 * What one reading of a document does (lifecycle rule: observed → quarantined → confirmed, or withdrawn). Pure. Reading the same thing at the
 * same moment twice is one reading.
 *
 * An unreadable document is no reading: it neither confirms nor withdraws anything.
 */
export function readDocument(
  state: PublicationState,
  read: DocumentRead,
  policy: QuarantinePolicy = defaultQuarantine,
): { state: PublicationState; outcome: PublicationOutcome } {
  const { hash, judgement, atMs, vouched } = read
  if (hash === null || judgement === 'unreadable') return { state, outcome: 'unreadable' }
  if (hash === state.published) {
    if (!state.quarantined) return { state, outcome: 'unchanged' }
    return { state: { ...state, quarantined: null, flaps: state.flaps + 1 }, outcome: 'withdrawn' }
  }
  if (state.published === null) return { state: { ...state, published: hash, quarantined: null }, outcome: 'first' }
  if (vouched) return { state: { ...state, published: hash, quarantined: null }, outcome: 'published' }
  const quarantined = heldNow(state.quarantined, hash, judgement === 'suspicious', atMs)
  if (isConfirmed(quarantined, atMs, state.flaps, policy))
    return { state: { ...state, published: hash, quarantined: null }, outcome: 'published' }
  return { state: { ...state, quarantined }, outcome: state.quarantined?.hash === hash ? 'held' : 'quarantined' }
}

/** A generator that stamps every build must not keep a plausible change in quarantine for ever: its next build is a further reading. */
function heldNow(before: Quarantined | null, hash: string, suspicious: boolean, atMs: number): Quarantined {
  const goesOn = before && (before.hash === hash || (!before.suspicious && !suspicious))
  return goesOn ? { ...before, hash, suspicious, reads: before.reads + 1 } : { hash, suspicious, sinceMs: atMs, reads: 1 }
}

function isConfirmed(quarantined: Quarantined, atMs: number, flaps: number, policy: QuarantinePolicy): boolean {
  return quarantined.reads >= readsOf(quarantined, policy) && atMs >= holdEndMs(quarantined, flaps, policy)
}

const readsOf = ({ suspicious }: Quarantined, policy: QuarantinePolicy): number => (suspicious ? policy.suspiciousReads : policy.reads)

function holdEndMs({ sinceMs, suspicious }: Quarantined, flaps: number, policy: QuarantinePolicy): number {
  return sinceMs + Math.min(policy.maxHoldMs, (suspicious ? policy.suspiciousHoldMs : policy.holdMs) * 2 ** Math.min(flaps, 20))
}

/**
 * When the next reading brings what is quarantined nearer to being believed: the readings that are missing are spread over the time that is
 * left, and the last of them falls on its end. Undefined where nothing is quarantined.
 */
export function nextReadingMs(
  { quarantined, flaps }: PublicationState,
  atMs: number,
  policy: QuarantinePolicy = defaultQuarantine,
): number | undefined {
  if (!quarantined) return undefined
  const missing = Math.max(1, readsOf(quarantined, policy) - quarantined.reads)
  return atMs + Math.ceil(Math.max(0, holdEndMs(quarantined, flaps, policy) - atMs) / missing)
}
