import { addDays, attestationDays, type Day } from '../agreements/index.ts'
import type { Evidence } from '../workspace/index.ts'

/**
 * What a check's answer rests on, strongest first: the running system saw it · a named person said so within 90 days ·
 * a file says so · a person said so longer ago.
 */
export type EvidenceKind = 'observed' | 'attested' | 'declared' | 'stale'

/** Grounds as a check finds them; whether they are stale depends on the day and is judged in one place. */
export type Grounds =
  | { kind: 'observed'; on?: Day }
  /** `until` replaces the 90 days where a signature has its own term. */
  | { kind: 'attested'; by: string; on: Day; until?: Day }
  | { kind: 'declared' }

export const declared: Grounds = { kind: 'declared' }
export const observed = (on?: Day): Grounds => (on === undefined ? { kind: 'observed' } : { kind: 'observed', on })

/** What a block of a file with `attestedBy` and `attestedOn` rests on. One without the other is only declared. */
export function groundsOf(evidence: Pick<Evidence, 'attestedBy' | 'attestedOn'>): Grounds {
  const { attestedBy, attestedOn } = evidence
  return attestedBy !== undefined && attestedOn !== undefined ? { kind: 'attested', by: attestedBy, on: attestedOn } : declared
}

/** An attestation counts through its 90th day. A day in the future counts for nothing: nobody can attest tomorrow. */
export function evidenceKind(grounds: Grounds, today: Day): EvidenceKind {
  if (grounds.kind !== 'attested') return grounds.kind
  if (grounds.on > today) return 'declared'
  return today <= (grounds.until ?? addDays(grounds.on, attestationDays)) ? 'attested' : 'stale'
}

const order: readonly EvidenceKind[] = ['observed', 'attested', 'declared', 'stale']

/** An answer that rests on several grounds is as strong as the weakest; among equals the oldest attestation. */
export function weakest(all: readonly Grounds[], today: Day): Grounds {
  const rank = (grounds: Grounds) => order.indexOf(evidenceKind(grounds, today))
  const day = (grounds: Grounds) => (grounds.kind === 'declared' ? '' : (grounds.on ?? ''))
  return all.reduce((worst, next) => {
    if (rank(next) !== rank(worst)) return rank(next) > rank(worst) ? next : worst
    return day(next) < day(worst) ? next : worst
  }, all[0] ?? declared)
}
