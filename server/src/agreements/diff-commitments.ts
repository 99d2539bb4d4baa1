import type { Agreement, Commitment, Quantity } from '../workspace/index.ts'
import { sameKind } from './amounts.ts'
import { boundInWords, quantityInWords, remedyInWords } from './commitment-in-words.ts'
import { comparableSeconds } from './days.ts'
import { type AgreementChange, changeInWords, describeFields, pairUp, same } from './diff-fields.ts'
import { provesNothing } from './hollow-words.ts'
import { judgeAgreement } from './judge-agreement.ts'
import { type CommitmentVerdict, judgeCommitment } from './judge-commitment.ts'

const section = 'commitments'

/**
 * What two versions of an agreement promise differently, commitment by commitment (paired by id). Each is judged among all of its version: one
 * whose words stay may gain or lose its strength by what others say.
 */
export function diffCommitments(before: Agreement, after: Agreement): AgreementChange[] {
  const { added, removed, kept } = pairUp(judgeAgreement(before), judgeAgreement(after), ({ commitment }) => commitment.id)
  return [...added.map(describeAdded), ...removed.map(describeRemoved), ...kept.flatMap((pair) => describeKept(pair.before, pair.after))]
}

function describeAdded({ commitment, strength }: CommitmentVerdict): AgreementChange {
  const measurable = strength === 'measurable'
  const grade = measurable ? `${boundInWords(commitment)}, ${remedyInWords(commitment)}` : 'as best effort only'
  const says = `${commitment.party} newly promises “${commitment.does}” (${commitment.id}): ${grade}`
  return { section, says, effect: measurable ? 'stronger' : 'neutral', party: commitment.party }
}

function describeRemoved({ commitment, strength }: CommitmentVerdict): AgreementChange {
  const measurable = strength === 'measurable'
  const was = measurable ? `was ${boundInWords(commitment)}` : 'was best effort'
  const says = `${commitment.party} no longer promises “${commitment.does}” (${commitment.id}; ${was})`
  return { section, says, effect: measurable ? 'weaker' : 'neutral', party: commitment.party }
}

function describeKept(was: CommitmentVerdict, is: CommitmentVerdict): AgreementChange[] {
  const [before, after] = [was.commitment, is.commitment]
  const { party } = after
  const subject = `${party}: “${after.does}” (${after.id})`
  const special = [targetChange, remedyChange, evidenceChange, wordsChange].flatMap((describe) => describe(subject, before, after))
  return [
    ...strengthChange(subject, was, is),
    ...special,
    ...describeFields(section, subject, before, after, ['target', 'remedy', 'evidence', 'does']),
  ].map((change) => ({
    ...change,
    party,
  }))
}

function strengthChange(subject: string, was: CommitmentVerdict, is: CommitmentVerdict): AgreementChange[] {
  if (was.strength === is.strength) return []
  if (is.strength === 'best-effort') {
    const because = faultOfOthers(is)
    return [{ section, says: `${subject} falls back to best effort${because ? `: ${because}` : ''}`, effect: 'weaker' }]
  }
  return [
    {
      section,
      says: `${subject} becomes measurable${faultOfOthers(was) ? ': it is defined in no circle any more' : ''}`,
      effect: 'stronger',
    },
  ]
}

/** What makes a commitment best effort that by its own words would be more: the circle it stands in. */
function faultOfOthers({ commitment, missing }: CommitmentVerdict): string | undefined {
  return judgeCommitment(commitment).strength === 'measurable' ? missing[0]?.says : undefined
}

function targetChange(subject: string, before: Commitment, after: Commitment): AgreementChange[] {
  if (same(before.target, after.target)) return []
  const [was, is] = [before.target, after.target].map((target) => (target ? boundOf(target) : undefined))
  const says = `${subject}: the target changes from ${targetInWords(was)} to ${targetInWords(is)}`
  return [{ section, says, effect: effectOfTarget(was, is) }]
}

interface Bound {
  bound: 'at least' | 'at most'
  quantity: Quantity
}

const boundOf = (target: NonNullable<Commitment['target']>): Bound =>
  'atLeast' in target ? { bound: 'at least', quantity: target.atLeast } : { bound: 'at most', quantity: target.atMost }

const targetInWords = (target: Bound | undefined): string => (target ? `${target.bound} ${quantityInWords(target.quantity)}` : 'nothing')

function effectOfTarget(was: Bound | undefined, is: Bound | undefined): AgreementChange['effect'] {
  if (!was || !is) return is ? 'stronger' : 'weaker'
  if (was.bound !== is.bound || !sameKind(was.quantity, is.quantity)) return 'neutral'
  const rise = sizeOf(is.quantity) - sizeOf(was.quantity)
  if (rise === 0) return 'neutral'
  return rise > 0 === (is.bound === 'at least') ? 'stronger' : 'weaker'
}

function sizeOf(quantity: Quantity): number {
  if (quantity.kind === 'share') return quantity.ppm
  return quantity.kind === 'number' ? quantity.number : comparableSeconds(quantity.duration)
}

function remedyChange(subject: string, before: Commitment, after: Commitment): AgreementChange[] {
  if (same(before.remedy, after.remedy)) return []
  const effect = before.remedy && after.remedy ? effectOfRemedy(before.remedy, after.remedy) : after.remedy ? 'stronger' : 'weaker'
  const says = `${subject}: what follows when it is missed changes from “${remedyInWords(before)}” to “${remedyInWords(after)}”`
  return [{ section, says, effect }]
}

type Remedy = NonNullable<Commitment['remedy']>

/** Two ladders are compared at every share at which either has a step; other remedies are words, and only people can weigh them. */
function effectOfRemedy(was: Remedy, is: Remedy): AgreementChange['effect'] {
  if (was.kind !== 'credit' || is.kind !== 'credit' || was.description !== is.description) return 'neutral'
  const justBelow = [...was.ladder, ...is.ladder].map(({ below }) => below.ppm - 1)
  const owed = ({ ladder }: Remedy, ppm: number) =>
    ladder.toSorted((x, y) => x.below.ppm - y.below.ppm).find(({ below }) => ppm < below.ppm)?.credit.ppm ?? 0
  const rises = justBelow.map((ppm) => Math.sign(owed(is, ppm) - owed(was, ppm)))
  const [more, less] = [rises.includes(1), rises.includes(-1)]
  return more === less ? 'neutral' : more ? 'stronger' : 'weaker'
}

function evidenceChange(subject: string, before: Commitment, after: Commitment): AgreementChange[] {
  if (before.evidence === after.evidence) return []
  const [was, is] = [before.evidence, after.evidence].map((evidence) => evidence !== undefined && !provesNothing(evidence))
  const effect = was === is ? 'neutral' : is ? 'stronger' : 'weaker'
  return [{ section, says: `${subject}: ${changeInWords('what proves it', before.evidence, after.evidence)}`, effect }]
}

/** Words alone bind nobody, and may still mislead: they are told and not weighed. */
function wordsChange(_: string, before: Commitment, after: Commitment): AgreementChange[] {
  if (before.does === after.does) return []
  return [{ section, says: `${after.party}: “${before.does}” is now worded “${after.does}” (${after.id})`, effect: 'neutral' }]
}
