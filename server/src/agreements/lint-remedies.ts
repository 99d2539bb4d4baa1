import { type Agreement, type Commitment, percent, type Quantity } from '../workspace/index.ts'
import { quantityInWords } from './commitment-in-words.ts'
import { measurableOf } from './judge-agreement.ts'
import { quantityOf } from './judge-commitment.ts'
import type { LintRule } from './lint-rules.ts'

const gap = ({ id, party, does }: Commitment, says: string, fix: string) => ({
  level: 'gap' as const,
  at: id,
  party,
  says: `“${does}” ${says}`,
  fix,
})

/** Rules on what follows when a measurable promise is broken: is it really owed, from where it is broken on? */
export const remedyRules: readonly LintRule[] = [
  {
    name: 'window-missing',
    says: 'A percentage says over which time it is counted.',
    judge: (agreement) =>
      measurableOf(agreement)
        .filter(({ measure, target, remedy }) => measure!.window === undefined && (isShare(target!) || paysBySteps(remedy)))
        .map((commitment) =>
          gap(
            commitment,
            'counts a percentage over no period: one bad month disappears in ten years',
            'Set measure.window, for example calendar-month.',
          ),
        ),
  },
  {
    name: 'credit-beside-target',
    says: 'A credit begins where the target is missed, and grows when more is missed.',
    judge: (agreement) =>
      measurableOf(agreement).flatMap((commitment) =>
        faultsOfLadder(commitment).map((says) =>
          gap(commitment, says, 'Let the first step of the ladder begin at the target, and each lower one cost more.'),
        ),
      ),
  },
  {
    name: 'credit-of-nothing',
    says: 'A credit is a part of a fee: somebody pays one to the party that promises.',
    judge: (agreement) =>
      measurableOf(agreement)
        .filter(({ party, remedy }) => remedy!.kind === 'credit' && !remedy!.description && !earns(agreement.spec.terms, party))
        .map((commitment) =>
          gap(
            commitment,
            `is paid for with a part of a fee, and nobody pays ${commitment.party} any fee in this agreement`,
            'Add what is paid to terms, or put an amount or another remedy in place of the credit.',
          ),
        ),
  },
]

type Term = Agreement['spec']['terms'][number]
const isShare = (target: NonNullable<Commitment['target']>): boolean => quantityOf(target).kind === 'share'
const paysBySteps = (remedy: Commitment['remedy']): boolean => (remedy?.ladder.length ?? 0) > 0

function faultsOfLadder({ target, measure, remedy }: Commitment): string[] {
  if (!paysBySteps(remedy)) return []
  const steps = remedy!.ladder.toSorted((one, other) => other.below.ppm - one.below.ppm)
  const worse = steps.findIndex(({ credit }, index) => index > 0 && credit.ppm < steps[index - 1]!.credit.ppm)
  return [
    ...(worse > 0 ? [`costs less below ${percent(steps[worse]!.below.ppm)} than below ${percent(steps[worse - 1]!.below.ppm)}`] : []),
    ...faultsOfFirstStep(steps[0]!.below.ppm, quantityOf(target!), measure!.indicator),
  ]
}

function faultsOfFirstStep(firstPpm: number, target: Quantity, indicator: string): string[] {
  const first = percent(firstPpm)
  if (target.kind === 'number') return [`pays below ${first}, and nobody can say of what: the target is ${target.number}`]
  // A length of time is kept in a share of cases, and the ladder says from which share on.
  if (target.kind !== 'share' || indicator === 'other') return []
  const kept = quantityInWords(target)
  if (firstPpm < target.ppm) return [`is broken below ${kept}, and nothing happens before it falls below ${first}`]
  return firstPpm > target.ppm ? [`pays below ${first} although ${kept} keeps it`] : []
}

/** Whether any term, as it stands in the file, brings money to a party. */
function earns(terms: readonly Term[], party: string): boolean {
  return terms.some((term) => {
    if ('payee' in term) return term.payee === party
    if (term.kind !== 'revenue-share') return false
    return [...term.shares, ...term.tiers.flatMap(({ shares }) => shares)].some((share) => share.party === party && share.share.ppm > 0)
  })
}
