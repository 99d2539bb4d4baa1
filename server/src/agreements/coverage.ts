import type { Agreement, Duty, Integration } from '../workspace/index.ts'
import { judgeAgreement } from './judge-agreement.ts'
import type { CommitmentVerdict } from './judge-commitment.ts'
import { criticalDuties, owedDuties } from './owed-duties.ts'

/** One critical duty of one party, seen through what it signed. */
export interface DutyCoverage {
  duty: Duty
  state: 'measurable' | 'best-effort' | 'nothing'
  commitments: string[]
}

export interface PartyCoverage {
  party: string
  duties: DutyCoverage[]
  /** Duties with a measurable commitment ÷ duties owed, in parts per million, rounded down; undefined when nothing is owed. */
  coveragePpm: number | undefined
}

/** From this coverage on (80%) an agreement is good enough for `ga`. */
export const requiredCoveragePpm = 800_000

/**
 * How much of what a party critically owes it has promised so that it can be measured, in the order of the parties.
 * Several agreements of the same bridge count together: a duty is covered when one of them covers it.
 */
export function coverageOf(agreements: readonly Agreement[], integrations: readonly Integration[]): PartyCoverage[] {
  const parties = [...new Set(agreements.flatMap((agreement) => agreement.spec.parties.map((party) => party.organization)))]
  const verdicts = agreements.flatMap(judgeAgreement)
  return parties.map((party) => coverageOfParty(party, verdicts, dutiesOwedBy(party, agreements, integrations)))
}

/** Critical duties of a party in all integrations of its agreements; without any integration a party owes all of them. */
export function dutiesOwedBy(party: string, agreements: readonly Agreement[], integrations: readonly Integration[]): Duty[] {
  const named = new Set(agreements.flatMap((agreement) => agreement.spec.integrations))
  const bridges = integrations.filter((integration) => named.has(integration.metadata.name))
  if (bridges.length === 0) return [...criticalDuties]
  const owed = new Set(bridges.flatMap((integration) => owedDuties(integration, party)))
  return criticalDuties.filter((duty) => owed.has(duty))
}

function coverageOfParty(party: string, verdicts: readonly CommitmentVerdict[], owed: readonly Duty[]): PartyCoverage {
  const own = verdicts.filter(({ commitment }) => commitment.party === party)
  const duties = owed.map((duty) => coverageOfDuty(duty, own))
  const covered = duties.filter((duty) => duty.state === 'measurable').length
  return { party, duties, coveragePpm: owed.length === 0 ? undefined : Math.floor((covered * 1_000_000) / owed.length) }
}

function coverageOfDuty(duty: Duty, verdicts: readonly CommitmentVerdict[]): DutyCoverage {
  const about = verdicts.filter(({ commitment }) => commitment.duty === duty)
  const measurable = about.filter(({ strength }) => strength === 'measurable')
  const state = measurable.length > 0 ? 'measurable' : about.length > 0 ? 'best-effort' : 'nothing'
  return { duty, state, commitments: (measurable.length > 0 ? measurable : about).map(({ commitment }) => commitment.id) }
}

/** How one party stands, in words that can't be taken for their opposite: what is measurable, then everything that is not. */
export interface CoverageInWords {
  /** `5 of 6 critical duties are promised measurably (83%)` */
  says: string
  measurable: readonly Duty[]
  /** Promised, but without measure, target or remedy. */
  bestEffort: readonly Duty[]
  /** Owed, and not promised at all. */
  nothing: readonly Duty[]
}

export function coverageInWords({ duties, coveragePpm }: PartyCoverage): CoverageInWords {
  const inState = (state: DutyCoverage['state']) => duties.filter((duty) => duty.state === state).map(({ duty }) => duty)
  const measurable = inState('measurable')
  const says =
    coveragePpm === undefined
      ? 'owes no critical duty'
      : `${measurable.length} of ${duties.length} critical duties ${measurable.length === 1 ? 'is' : 'are'} promised measurably (${Math.floor(coveragePpm / 10_000)}%)`
  return { says, measurable, bestEffort: inState('best-effort'), nothing: inState('nothing') }
}

/** The same as one sentence: `5 of 6 critical duties are promised measurably (83%); only best effort: docs`. */
export function looseInWords(party: PartyCoverage): string {
  const { says, bestEffort, nothing } = coverageInWords(party)
  return [
    says,
    ...(bestEffort.length > 0 ? [`only best effort: ${bestEffort.join(', ')}`] : []),
    ...(nothing.length > 0 ? [`not promised: ${nothing.join(', ')}`] : []),
  ].join('; ')
}

/** Measurable commitments ÷ all commitments of the agreements; undefined when nothing is promised. */
export function measurableShare(agreements: readonly Agreement[]): { measurable: number; total: number } {
  const verdicts = agreements.flatMap(judgeAgreement)
  return { measurable: verdicts.filter((verdict) => verdict.strength === 'measurable').length, total: verdicts.length }
}
