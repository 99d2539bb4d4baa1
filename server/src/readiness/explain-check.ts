import { nearest } from '../workspace/index.ts'
import { type Check, checkGroups } from './check.ts'
import { checks } from './checks/index.ts'
import { errors } from './errors.ts'

/** @throws readiness.check_unknown, with the nearest id */
export function findCheck(id: string): Check {
  const check = checks.find((candidate) => candidate.id === id)
  if (check) return check
  const near = nearest(
    id,
    checks.map((candidate) => candidate.id),
  )
  throw errors.check_unknown({ found: id, ...(near && { near }) })
}

const aboutSide: Readonly<Record<Check['side'], string>> = {
  none: 'the integration as a whole',
  each: 'every side',
  'with-platform': 'every side that brings a platform',
}

/** Teaches one check: what it asks, of whom, from when on, what counts as evidence, why it matters and what to do. */
export function explainCheck(id: string): string {
  const { title, group, gate, critical, side, why, todo, demands } = findCheck(id)
  const evidence = critical
    ? 'Critical: only what the running system has observed, or a named person has attested within 90 days, passes.'
    : 'What a file declares is enough, unless it was attested once and has gone stale.'
  return [
    `${title}  (${id})`,
    '',
    `Asked of ${aboutSide[side]}, from the gate to ${gate} on. Group: ${group.replace('-', ' ')}.`,
    evidence,
    ...(demands
      ? [
          `What each gate asks. ${Object.entries(demands)
            .map(([stage, words]) => `${stage}: ${words}`)
            .join('; ')}.`,
        ]
      : []),
    '',
    `Why it matters. ${why}`,
    '',
    `What to do. ${todo}`,
  ].join('\n')
}

/** Every check in one line, by group. */
export function listChecks(): string {
  return checkGroups
    .map((group) => {
      const own = checks.filter((check) => check.group === group)
      const lines = own.map(
        (check) => `  ${check.id.padEnd(28)} ${check.gate.padEnd(12)} ${check.critical ? 'critical' : '        '}  ${check.title}`,
      )
      return [group, ...lines].join('\n')
    })
    .join('\n\n')
}

/** Every check as data for programs: what it asks and why, without the code that answers. */
export function allChecks(): Omit<Check, 'evaluate'>[] {
  return checks.map(({ evaluate: _, ...words }) => words)
}
