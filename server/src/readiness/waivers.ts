import { createHash } from 'node:crypto'
import { daysBetween } from '../agreements/index.ts'
import type { Integration } from '../workspace/index.ts'
import type { CheckContext } from './check.ts'
import { organizationOf } from './readiness-workspace.ts'

export type Waiver = Integration['spec']['waivers'][number]

/** The yearly full review must meet every waiver at least once. */
export const longestWaiverDays = 365

/** What no signature excuses: nobody pays for an experiment, and none who pays is left behind, except by a wind-down plan that was carried out. */
export const neverWaived: readonly string[] = ['pilot-limits', 'no-customer-stranded']

export interface WaiverState {
  waiver: Waiver
  /** What signatures are bound to. */
  digest: string
  /**
   * `signed`: both sides have signed it in the running system. `declared`: the file names signatures of both sides, and
   * the system holds none; enough for an uncritical check only. Everything else excuses nothing.
   */
  state: 'signed' | 'declared' | 'one-sided' | 'expired' | 'not-begun' | 'too-long' | 'forbidden'
  /** Sides whose signature is missing in the running system. */
  unsigned: string[]
  says: string
}

/**
 * What is signed: another reason, check, side or day makes another waiver, and old signatures do not cover it.
 *
 * @returns SHA-256, hexadecimal
 */
export function waiverDigest(integration: string, { check, side, reason, grantedOn, expiresOn }: Waiver): string {
  return createHash('sha256')
    .update(JSON.stringify([integration, check, side ?? null, reason, grantedOn, expiresOn]))
    .digest('hex')
}

/** Every waiver of one integration and whether it stands today. */
export function waiverStates(context: Pick<CheckContext, 'integration' | 'spec' | 'facts' | 'people' | 'today'>): WaiverState[] {
  return context.spec.waivers.map((waiver) => waiverState(waiver, context))
}

function waiverState(waiver: Waiver, context: Pick<CheckContext, 'integration' | 'spec' | 'facts' | 'people' | 'today'>): WaiverState {
  const { integration, facts, people, today } = context
  const digest = waiverDigest(integration.metadata.name, waiver)
  const recorded = (facts.waiverSignatures ?? []).filter((signature) => signature.digest === digest).map(({ person }) => person)
  const unsigned = sidesWithout(integration, recorded)
  const undeclared = sidesWithout(
    integration,
    waiver.signedBy.filter((name) => people.has(name)),
  )
  const state = (word: WaiverState['state'], says: string): WaiverState => ({ waiver, digest, state: word, unsigned, says })
  if (neverWaived.includes(waiver.check)) return state('forbidden', 'excuses what nobody can excuse: that customers pay')
  if (waiver.expiresOn < today) return state('expired', `expired on ${waiver.expiresOn}`)
  if (waiver.grantedOn > today) return state('not-begun', `begins on ${waiver.grantedOn}`)
  const days = daysBetween(waiver.grantedOn, waiver.expiresOn)
  if (days > longestWaiverDays) return state('too-long', `lasts ${days} days; ${longestWaiverDays} are the most`)
  if (unsigned.length === 0) return state('signed', `waived until ${waiver.expiresOn}, signed by ${recorded.join(' and ')}`)
  if (undeclared.length === 0) return state('declared', `waived until ${waiver.expiresOn}; not yet co-signed by ${unsigned.join(' and ')}`)
  return state('one-sided', `not signed by ${undeclared.join(' and ')}`)
}

/** Sides that must sign and have not: every side that brings a platform, and two sides at least. */
function sidesWithout({ spec }: Integration, signers: readonly string[]): string[] {
  const signed = new Set(signers.map(organizationOf))
  const names = spec.sides.map((side) => side.organization)
  const missing = spec.sides.filter((side) => side.platforms.length > 0 && !signed.has(side.organization)).map((side) => side.organization)
  if (missing.length > 0) return missing
  return names.filter((name) => signed.has(name)).length >= 2 ? [] : names.filter((name) => !signed.has(name))
}
