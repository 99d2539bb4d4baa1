import type { Commitment } from '../workspace/index.ts'
import { coverageOf } from './coverage.ts'
import { provesNothing } from './hollow-words.ts'
import { judgeAgreement, measurableOf } from './judge-agreement.ts'
import { type CommitmentVerdict, clockedIndicators } from './judge-commitment.ts'
import type { LintRule } from './lint-rules.ts'
import { peopleOf } from './people.ts'

const strongWords = /\b(guarantee[sd]?|shall|must|ensures?|always|commits?|undertakes?|warrants?|without fail|at all times)\b/i

const about = ({ id, party }: Commitment) => ({ at: id, party })

/** `Add measure to uptime`, `Mend target of uptime`: a part that is there and hollow is not added a second time. */
function howToMend(commitment: Commitment, missing: CommitmentVerdict['missing']): string {
  const parts = missing.map(({ part }) => part)
  const [absent, hollow] = [parts.filter((part) => !commitment[part]), parts.filter((part) => commitment[part])]
  if (hollow.length === 0) return `Add ${absent.join(', ')} to ${commitment.id}`
  return `Mend ${hollow.join(', ')} of ${commitment.id}${absent.length > 0 ? `, add ${absent.join(', ')}` : ''}`
}

/** Rules on what is promised, in the order in which a reader should hear of them. */
export const commitmentRules: readonly LintRule[] = [
  {
    name: 'best-effort',
    says: 'An obligation without measure, target and remedy is best effort, whatever its words.',
    judge: (agreement) =>
      judgeAgreement(agreement)
        .filter(({ strength }) => strength === 'best-effort')
        .map(({ commitment, missing }) => {
          const strong = strongWords.exec(commitment.does)?.[0]
          const words = strong ? `says “${strong}” and ` : ''
          return {
            level: 'best-effort',
            ...about(commitment),
            says: `${commitment.party}: “${commitment.does}” ${words}binds nobody: ${missing.map(({ says }) => says).join('; ')}`,
            fix: `${howToMend(commitment, missing)}, or drop the sentence so that nobody relies on it.`,
          }
        }),
  },
  {
    name: 'critical-duty-uncovered',
    says: 'Each critical duty that a party owes has a measurable commitment.',
    judge: (agreement, { integrations }) =>
      coverageOf([agreement], integrations).flatMap(({ party, duties }) =>
        duties
          .filter(({ state }) => state === 'nothing')
          .map(({ duty }) => ({
            level: 'gap' as const,
            party,
            says: `${party} promises nothing about ${duty}`,
            fix: `Add a commitment of ${party} with duty: ${duty}, a measure, a target and a remedy.`,
          })),
      ),
  },
  {
    name: 'clock-missing',
    says: 'Hours that are promised run on a named calendar.',
    judge: (agreement) =>
      measurableOf(agreement)
        .filter(({ measure, clock }) => clockedIndicators.includes(measure!.indicator) && clock === undefined)
        .map((commitment) => ({
          level: 'gap',
          ...about(commitment),
          says: `“${commitment.does}” counts hours, but not whose: nights and holidays will be argued about`,
          fix: 'Set clock to a calendar of the promising party, or to always.',
        })),
  },
  {
    name: 'evidence-missing',
    says: 'Each measurable commitment says what proves that it was kept.',
    judge: (agreement) =>
      measurableOf(agreement)
        .filter(({ evidence }) => !evidence || provesNothing(evidence))
        .map((commitment) => ({
          level: 'gap',
          ...about(commitment),
          says: commitment.evidence
            ? `“${commitment.does}” is proved by “${commitment.evidence}”: nobody else can check it`
            : `“${commitment.does}” does not say what proves it`,
          fix: 'Set evidence, for example: traffic as measured by the bridge.',
        })),
  },
  {
    name: 'owner-missing',
    says: 'Each measurable commitment has an owner who works for the party that promises.',
    judge: (agreement, { organizations, today }) => {
      const people = peopleOf({ organizations })
      const left = (owner: string) => people.get(owner)?.leftOn
      const gone = (owner: string) => (left(owner) ?? '9999-12-31') <= today
      return measurableOf(agreement)
        .filter(({ owner, party }) => !owner?.startsWith(`${party}/`) || gone(owner))
        .map((commitment) => {
          const { does, owner, party } = commitment
          const wrong = owner && gone(owner) ? `${owner}, who left on ${left(owner)}` : `${owner ?? 'nobody'}, and ${party} promised it`
          return { level: 'gap', ...about(commitment), says: `“${does}” is owned by ${wrong}`, fix: `Set owner to a person of ${party}.` }
        })
    },
  },
  {
    name: 'one-sided-promises',
    says: 'Every party promises something that can be measured.',
    judge: (agreement) => {
      const promising = new Set(measurableOf(agreement).map(({ party }) => party))
      if (promising.size === 0) return []
      return agreement.spec.parties
        .filter(({ organization }) => !promising.has(organization))
        .map(({ organization }) => ({
          level: 'best-effort',
          party: organization,
          says: `${organization} has promised nothing measurable, while ${[...promising].join(' and ')} ${promising.size === 1 ? 'has' : 'have'}`,
          fix: `Ask what ${organization} would sign, with measure, target and remedy.`,
        }))
    },
  },
]
