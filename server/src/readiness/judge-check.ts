import type { Day } from '../agreements/index.ts'
import type { Side, Stage } from '../workspace/index.ts'
import type { Check, CheckContext, CheckGroup, Finding } from './check.ts'
import { type EvidenceKind, evidenceKind, type Grounds } from './evidence.ts'
import { isThere, organizationOf } from './readiness-workspace.ts'
import type { WaiverState } from './waivers.ts'

/**
 * `unproven`: true as far as a file says, and the check asks for more than a file. `stale`: was attested once, too long
 * ago. `waived`: not met, and both sides have signed that it may be so until a day.
 */
export type CheckStatus = 'passed' | 'unproven' | 'stale' | 'failed' | 'insufficient-data' | 'waived' | 'not-applicable'

/** The answer to one check, for one side or for the whole. */
export interface CheckResult {
  check: string
  group: CheckGroup
  title: string
  gate: Stage
  critical: boolean
  /** Absent for a check of the whole integration. */
  side?: string
  status: CheckStatus
  evidence?: EvidenceKind
  /** Day of the observation or attestation, where one is known. */
  evidenceOn?: Day
  says: string
  todo: string
  waivedUntil?: Day
}

/** States that let a gate open. */
export const opens = (status: CheckStatus): boolean => status === 'passed' || status === 'waived' || status === 'not-applicable'

/** Asks one check of the whole, or of each side that it is about. */
export function judgeCheck(check: Check, context: CheckContext, waivers: readonly WaiverState[]): CheckResult[] {
  if (check.side === 'none') return [judge(check, context, undefined, check.evaluate(context), waivers)]
  const sides = context.spec.sides.filter((side) => check.side === 'each' || side.platforms.length > 0)
  return sides.map((side) => judge(check, context, side, check.evaluate(context, side), waivers))
}

function judge(
  check: Check,
  context: CheckContext,
  side: Side | undefined,
  finding: Finding,
  waivers: readonly WaiverState[],
): CheckResult {
  const { id, group, title, gate, critical, todo } = check
  const grounds =
    finding.verdict === 'pass' ? strongest(finding.grounds, attestationOf(context, id, side?.organization), context.today) : undefined
  const status = statusOf(finding, critical, grounds, context.today)
  const on = grounds && 'on' in grounds ? grounds.on : undefined
  const result: CheckResult = {
    check: id,
    group,
    title,
    gate,
    critical,
    ...(side && { side: side.organization }),
    status,
    ...(grounds && { evidence: evidenceKind(grounds, context.today) }),
    ...(on && { evidenceOn: on }),
    says: finding.says,
    todo: status === 'unproven' || status === 'stale' ? wayToAttest(context, id, side) : todo,
  }
  const waiver = opens(status) ? undefined : waiverFor(result, waivers)
  return waiver
    ? {
        ...result,
        status: 'waived',
        waivedUntil: waiver.waiver.expiresOn,
        says: `${result.says} — ${waiver.says}: ${waiver.waiver.reason}`,
      }
    : result
}

/** The check holds; what it lacks is a person's word. */
function wayToAttest({ integration, spec }: CheckContext, check: string, side: Side | undefined): string {
  const who = (side ?? spec.sides.find(({ platforms }) => platforms.length > 0))?.organization ?? 'ORGANIZATION'
  return `Have a person who answers for it stand by it: \`readiness attest ${integration.metadata.name} --side ${who} --by ${who}/PERSON --check ${check}\``
}

function statusOf(finding: Finding, critical: boolean, grounds: Grounds | undefined, today: Day): CheckStatus {
  if (finding.verdict === 'fail') return 'failed'
  if (finding.verdict !== 'pass') return finding.verdict
  const evidence = evidenceKind(grounds!, today)
  if (evidence === 'stale') return 'stale'
  return critical && evidence === 'declared' ? 'unproven' : 'passed'
}

/** A critical check needs a waiver that the running system has seen both sides sign; a file alone can excuse the others. */
function waiverFor(result: CheckResult, waivers: readonly WaiverState[]): WaiverState | undefined {
  return waivers.find(
    ({ waiver, state }) =>
      waiver.check === result.check &&
      (waiver.side === undefined || waiver.side === result.side) &&
      (state === 'signed' || (state === 'declared' && !result.critical)),
  )
}

/** The latest recorded attestation of this check by somebody who may speak for the side and is still there. */
function attestationOf({ facts, spec, people, today }: CheckContext, check: string, side: string | undefined): Grounds | undefined {
  const speaksFor = (person: string) =>
    isThere(people, person, today) &&
    (side === undefined ? spec.sides.some((other) => other.organization === organizationOf(person)) : maySpeakFor(spec.sides, person, side))
  const rows = (facts.attestations ?? []).filter((row) => row.check === check && row.side === side && speaksFor(row.person))
  const latest = rows.reduce<(typeof rows)[number] | undefined>((best, next) => (best && best.on >= next.on ? best : next), undefined)
  return latest && { kind: 'attested', by: latest.person, on: latest.on }
}

/** A side is spoken for by its own people, and by whoever holds a role or duty on it. */
export function maySpeakFor(sides: readonly Side[], person: string, organization: string): boolean {
  if (organizationOf(person) === organization) return true
  const side = sides.find((candidate) => candidate.organization === organization)
  return side !== undefined && [...side.roster, ...side.duties].some((row) => row.person === person)
}

const strength: readonly EvidenceKind[] = ['stale', 'declared', 'attested', 'observed']

/** An attestation supports what a file says; it never turns a failing check into a passing one. */
function strongest(grounds: Grounds, attestation: Grounds | undefined, today: Day): Grounds {
  if (!attestation) return grounds
  const rank = (candidate: Grounds) => strength.indexOf(evidenceKind(candidate, today))
  return rank(attestation) >= rank(grounds) ? attestation : grounds
}
