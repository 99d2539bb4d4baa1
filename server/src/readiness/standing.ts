import { addDays, attestationDays, type Day, daysBetween } from '../agreements/index.ts'
import type { Side } from '../workspace/index.ts'
import type { CheckContext } from './check.ts'
import type { AttestationFact } from './facts.ts'
import { holdersOf } from './roster.ts'

/** After an attestation ran out a side has this long before its standing falls; each further step takes as long again. */
export const graceDays = 60

/** How one side keeps its ownership alive: attested → grace → at-risk → degraded → wind-down. */
export interface Standing {
  state: 'attested' | 'grace' | 'at-risk' | 'degraded' | 'wind-down' | 'never-attested'
  by?: string
  lastOn?: Day
  /** The day on which the state falls by one step unless the owner attests; absent at the end. */
  until?: Day
}

const steps = ['grace', 'at-risk', 'degraded'] as const

/**
 * The latest attestation by a product owner, or deputy, of this side who is still there decides. The file's `attestedOn`
 * and what was recorded count alike; a day in the future does not count.
 */
export function standingOf(side: Side, { facts, people, today }: Pick<CheckContext, 'facts' | 'people' | 'today'>): Standing {
  const owners = (['product-owner', 'product-owner-deputy'] as const).flatMap((role) => holdersOf(side, role, people, today))
  const own = (row: AttestationFact) => row.side === side.organization && owners.some((owner) => owner.person === row.person)
  const attested = [
    ...owners.flatMap(({ person, attestedOn }) => (attestedOn === undefined ? [] : [{ person, on: attestedOn }])),
    ...(facts.attestations ?? []).filter(own).map(({ person, on }) => ({ person, on })),
  ].filter(({ on }) => on <= today)
  const last = attested.sort((left, right) => (left.on < right.on ? -1 : 1)).at(-1)
  return last ? standingSince(last.person, last.on, today) : { state: 'never-attested' }
}

function standingSince(by: string, lastOn: Day, today: Day): Standing {
  const fresh = addDays(lastOn, attestationDays)
  if (today <= fresh) return { state: 'attested', by, lastOn, until: fresh }
  const step = Math.ceil(daysBetween(fresh, today) / graceDays) - 1
  const state = steps[step]
  return state ? { state, by, lastOn, until: addDays(fresh, (step + 1) * graceDays) } : { state: 'wind-down', by, lastOn }
}
