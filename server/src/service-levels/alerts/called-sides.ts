import { comparableSeconds, type Day, isThere, peopleOf } from '../../agreements/index.ts'
import { type CalledLevel, calledPeople } from '../../notifications/index.ts'
import type { Integration, Side, Workspace } from '../../workspace/index.ts'
import type { CauseShare } from '../count-tallies.ts'
import type { Severity } from './judge-alerts.ts'

/** How long people have before the next are called, where the file says nothing. */
const usualMs: Record<Severity, number> = { page: 5 * 60_000, ticket: 86_400_000 }

/**
 * The sides whose people are called: all that caused at least half as much as the one that caused most. What the bridge itself did is its
 * host's; where nobody can tell, every side that brings a platform is called, and the host.
 */
export function sidesAtFault({ spec }: Integration, causes: readonly CauseShare[]): string[] {
  const sides = spec.sides.map(({ organization }) => organization)
  const runsIt = [spec.host, spec.builder].find((name) => name !== undefined && sides.includes(name))
  const most = Math.max(0, ...causes.map(({ events }) => events))
  const named = causes
    .filter(({ events }) => events * 2 >= most)
    .flatMap(({ cause }) => (cause === 'bridge' ? (runsIt ?? []) : sides.includes(cause) ? cause : 'nobody'))
  const known = [...new Set(named)].filter((name) => name !== 'nobody')
  if (known.length > 0 && !named.includes('nobody')) return known
  const bringing = spec.sides.filter(({ platforms }) => platforms.length > 0).map(({ organization }) => organization)
  return [...new Set(runsIt === undefined ? bringing : [...bringing, runsIt])]
}

/**
 * Whom a side calls, level by level: who is on call (of what is urgent) or answers for the service level, the deputy, its escalation, and at last
 * everybody that it has named for this integration.
 */
export function levelsOf(workspace: Workspace, side: Side, severity: Severity, today: Day): CalledLevel[] {
  const levels = calledPeople(workspace, side, today, severity === 'page' ? ['on-call', 'slo', 'owner'] : ['slo', 'owner'])
  const called = new Set(levels.flatMap(({ people }) => people))
  const people = peopleOf(workspace)
  const all = [...side.roster, ...side.duties].map(({ person }) => person)
  const others = [...new Set(all)].filter((name): name is string => isThere(people, name, today) && !called.has(name))
  return others.length > 0 ? [...levels, { people: others }] : levels
}

/** How long the level before this one has. */
export function patienceMs(level: CalledLevel | undefined, severity: Severity): number {
  if (level?.after === undefined) return usualMs[severity]
  const writtenMs = comparableSeconds(level.after) * 1000
  return severity === 'page' ? writtenMs : Math.max(writtenMs, usualMs.ticket)
}
