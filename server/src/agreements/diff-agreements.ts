import type { Agreement, ChangeTerms } from '../workspace/index.ts'
import { comparableSeconds, lengthInWords } from './days.ts'
import { diffCommitments } from './diff-commitments.ts'
import { type AgreementChange, changedFields, changeInWords, describeFields, type Fields, pairUp, same } from './diff-fields.ts'
import { incentiveInWords, promiseInWords, settlementInWords, termInWords } from './term-in-words.ts'
import { valueInWords } from './value-in-words.ts'

const noticeNames: Readonly<Record<keyof ChangeTerms['notice'], string>> = {
  security: 'a security change',
  behaviourFix: 'a fix that changes behaviour',
  additive: 'an addition',
  breaking: 'a breaking change',
  removal: 'a removal',
  commercial: 'a commercial change',
  exit: 'the end of the partnership',
  maintenance: 'a maintenance window',
}

/**
 * What changed between two versions of an agreement, in sentences, in the order of the file. Every difference of the two
 * specs is told, except the order of named lists; the order of the parties is told because it breaks ties of money.
 *
 * @returns empty exactly when nothing that could bind anybody changed
 */
export function diffAgreements(before: Agreement, after: Agreement): AgreementChange[] {
  const [old, young] = [before.spec, after.spec]
  return [
    ...describeFields('agreement', 'The agreement', old, young, [...listFields, 'changes', 'term', 'settlement']),
    ...describeNames('integrations', 'integration', old.integrations, young.integrations),
    ...describeOrder(old.parties, young.parties),
    ...describeList(
      'parties',
      old.parties,
      young.parties,
      (party) => party.organization,
      (party) => `Party ${party.organization}`,
    ),
    ...describeFields('term', 'The term', old.term, young.term),
    ...diffCommitments(before, after),
    ...describeNotices(old.changes.notice, young.changes.notice),
    ...describeProfile(old.changes.profile, young.changes.profile),
    ...describeFields('changes', 'Change rules', old.changes, young.changes, ['notice', 'overrides', 'freezes', 'profile']),
    ...describeList(
      'changes',
      old.changes.overrides,
      young.changes.overrides,
      (rule) => rule.rule,
      (rule) => `Change rule ${rule.rule}`,
    ),
    ...describeList(
      'changes',
      old.changes.freezes,
      young.changes.freezes,
      (freeze) => `${freeze.from}–${freeze.until}`,
      (freeze) => `Freeze from ${freeze.from}`,
    ),
    ...describeList(
      'terms',
      old.terms,
      young.terms,
      ({ id }) => id,
      ({ id, kind }) => `Term ${id} (${kind.replaceAll('-', ' ')})`,
      termInWords,
    ),
    ...describeSettlement(old.settlement, young.settlement),
    ...describeList(
      'incentives',
      old.incentives,
      young.incentives,
      ({ id }) => id,
      ({ party, title }) => `Incentive of ${party}: ${title}`,
      incentiveInWords,
    ),
    ...describeList(
      'promises',
      old.promises,
      young.promises,
      ({ id }) => id,
      ({ party, title }) => `Promise of ${party}: ${title}`,
      promiseInWords,
    ),
  ]
}

const listFields = ['integrations', 'parties', 'commitments', 'terms', 'incentives', 'promises']

function describeNames(section: string, noun: string, before: readonly string[], after: readonly string[]): AgreementChange[] {
  const { added, removed } = pairUp(before, after, (name) => name)
  return [
    ...added.map((name) => ({ section, says: `It now covers the ${noun} ${name}`, effect: 'stronger' as const })),
    ...removed.map((name) => ({ section, says: `It no longer covers the ${noun} ${name}`, effect: 'weaker' as const })),
  ]
}

function describeOrder(before: Agreement['spec']['parties'], after: Agreement['spec']['parties']): AgreementChange[] {
  const shared = (parties: Agreement['spec']['parties'], others: Agreement['spec']['parties']) =>
    parties.map(({ organization }) => organization).filter((name) => others.some((other) => other.organization === name))
  const [was, is] = [shared(before, after), shared(after, before)]
  if (same(was, is)) return []
  const says = `The order of the parties, which decides who gets a cent that can’t be divided, changes from ${was.join(', ')} to ${is.join(', ')}`
  return [{ section: 'parties', says, effect: 'neutral' }]
}

function describeList<Item extends object>(
  section: string,
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
  subjectOf: (item: Item) => string,
  inWords: (item: Item) => string = valueInWords,
): AgreementChange[] {
  const { added, removed, kept } = pairUp(before, after, keyOf)
  const neutral = (says: string): AgreementChange => ({ section, says, effect: 'neutral' })
  return [
    ...added.map((item) => neutral(`${subjectOf(item)} is new: ${inWords(item)}`)),
    ...removed.map((item) => neutral(`${subjectOf(item)} is gone (was: ${inWords(item)})`)),
    ...kept.flatMap((pair) => describeFields(section, subjectOf(pair.after), pair.before as Fields, pair.after as Fields)),
  ]
}

type Settlement = Agreement['spec']['settlement']

function describeSettlement(before: Settlement, after: Settlement): AgreementChange[] {
  const neutral = (says: string): AgreementChange[] => [{ section: 'settlement', says, effect: 'neutral' }]
  if (before && !after) return neutral(`Settlement is gone (was: ${settlementInWords(before)})`)
  if (after && !before) return neutral(`Settlement is new: ${settlementInWords(after)}`)
  return describeFields('settlement', 'Settlement', before ?? {}, after ?? {})
}

/** From the one under which most changes count as breaking, and so need notice, to the one under which fewest do. */
const profiles: readonly ChangeTerms['profile'][] = ['strict', 'standard', 'tolerant']

function describeProfile(before: ChangeTerms['profile'], after: ChangeTerms['profile']): AgreementChange[] {
  if (before === after) return []
  const fewer = profiles.indexOf(after) > profiles.indexOf(before)
  const says = `Changes are judged by the profile ${after} and no longer by ${before}: ${fewer ? 'fewer' : 'more'} of them count as breaking`
  return [{ section: 'changes', says, effect: fewer ? 'weaker' : 'stronger' }]
}

function describeNotices(before: ChangeTerms['notice'], after: ChangeTerms['notice']): AgreementChange[] {
  return (changedFields(before, after) as (keyof ChangeTerms['notice'])[]).map((kind) => {
    const rise = comparableSeconds(after[kind]) - comparableSeconds(before[kind])
    const verb = rise > 0 ? 'rises' : 'falls'
    const subject = `The notice before ${noticeNames[kind]}`
    if (rise === 0) return { section: 'notice', says: changeInWords(subject, before[kind], after[kind]), effect: 'neutral' }
    const says = `${subject} ${verb} from ${lengthInWords(before[kind])} to ${lengthInWords(after[kind])}`
    return { section: 'notice', says, effect: rise > 0 ? 'stronger' : 'weaker' }
  })
}
