import type { Agreement } from '../workspace/index.ts'
import { balanceOf } from './balance.ts'
import { addDays, addLength, type Day, lengthInWords } from './days.ts'
import { incentiveMatrix } from './incentive-matrix.ts'
import type { LintContext, LintFinding, LintRule } from './lint-rules.ts'
import { termState } from './term-state.ts'

/** So many days before the last day of notice, the linter begins to say so. */
const noticeWarningDays = 90

const risk = (says: string, fix: string) => ({ level: 'risk' as const, says, fix })
const gap = (says: string, fix: string) => ({ level: 'gap' as const, says, fix })
const when = <Finding>(holds: boolean, finding: () => Finding): Finding[] => (holds ? [finding()] : [])

/** Rules on the term: will the agreement still stand when somebody relies on it? */
export const termRules: readonly LintRule[] = [
  {
    name: 'signature-missing',
    says: 'A signed agreement says who signed for each party, and when.',
    judge: ({ spec }) =>
      spec.status !== 'signed'
        ? []
        : spec.parties
            .filter(({ signatory, signedOn }) => !signatory || !signedOn)
            .map(({ organization }) => ({
              ...gap(`${organization} is said to have signed, but not by whom and when`, 'Set signatory and signedOn of that party.'),
              party: organization,
            })),
  },
  {
    name: 'ended',
    says: 'An agreement that ended binds nobody.',
    judge: (agreement, { today }) => {
      const { status, runsUntil } = termState(agreement, today)
      return when(status === 'ended', () =>
        risk(
          `it ended on ${runsUntil}: nothing in it binds anybody`,
          'Sign a renewal, or set status to terminated and wind the integrations down.',
        ),
      )
    },
  },
  {
    name: 'ends-before-customers',
    says: 'An agreement outlives the terms of the customers that rely on it.',
    judge: (agreement, context) => endsBeforeCustomers(agreement, context),
  },
  {
    name: 'notice-due',
    says: 'The last day on which a party can decline the renewal is near.',
    judge: (agreement, { today }) => {
      const { status, noticeBy, runsUntil } = termState(agreement, today)
      const near = status === 'in-force' && noticeBy !== undefined && noticeBy >= today && noticeBy <= addDays(today, noticeWarningDays)
      return when(near, () =>
        risk(
          `it renews by itself after ${runsUntil}; ${noticeBy} is the last day to decline`,
          'Decide with both partnership owners before that day.',
        ),
      )
    },
  },
  {
    name: 'renewal-unclear',
    says: 'An agreement with an end says how it goes on, and one without says how it stops.',
    judge: ({ spec: { term } }) => [
      ...when(term.renewal === 'automatic' && term.end !== undefined && term.renewsFor === undefined, () =>
        gap('it renews automatically, for nobody knows how long', 'Set term.renewsFor, for example P1Y.'),
      ),
      ...when(term.end === undefined && term.noticeToEnd === undefined, () =>
        gap('it has no end and no notice to end it: nobody knows how to leave', 'Set term.noticeToEnd, for example P180D.'),
      ),
    ],
  },
  {
    name: 'ends-soon',
    says: 'An agreement that does not renew by itself is renewed before the notice its parties owe for the end of the partnership.',
    judge: (agreement, { today }) => {
      const { status, runsUntil, daysLeft } = termState(agreement, today)
      const { term, changes } = agreement.spec
      const soon =
        status === 'in-force' &&
        term.renewal !== 'automatic' &&
        runsUntil !== undefined &&
        runsUntil < addLength(today, changes.notice.exit)
      return when(soon, () =>
        risk(
          `it ends on ${runsUntil}, in ${daysLeft} days; the parties owe each other ${lengthInWords(changes.notice.exit)} notice of the end`,
          'Agree on a renewal now, or announce the end.',
        ),
      )
    },
  },
]

function endsBeforeCustomers(agreement: Agreement, { today, customersUntil }: LintContext) {
  const { status, earliestEnd } = termState(agreement, today)
  const early = status === 'in-force' && customersUntil !== undefined && earliestEnd !== undefined && earliestEnd < customersUntil
  return when(early, () =>
    risk(
      `a party can let it end on ${earliestEnd}, but customers have paid until ${customersUntil}`,
      'Extend the term, or agree that each party serves paying customers until their terms end.',
    ),
  )
}

/** Rules on why each party should keep caring. */
export const incentiveRules: readonly LintRule[] = [
  {
    name: 'incentive-expired',
    says: 'An incentive whose day has passed motivates nobody.',
    judge: (agreement, { today }) =>
      rows(agreement, today)
        .filter(({ state }) => state === 'expired')
        .map(({ incentive }) => ({
          ...risk(
            `“${incentive.title}” expired on ${incentive.expiresOn ?? 'the end of the agreement'}`,
            'Renew it with fresh evidence, or remove it.',
          ),
          party: incentive.party,
          at: incentive.id,
        })),
  },
  {
    name: 'soft-without-expiry',
    says: 'Stickiness and halo fade: a soft incentive says until when it is believed.',
    judge: (agreement, { today }) =>
      rows(agreement, today)
        .filter(({ hard, incentive }) => !hard && incentive.expiresOn === undefined)
        .map(({ incentive }) => ({
          ...gap(`“${incentive.title}” is ${incentive.kind} without an end: hope for ever`, 'Set expiresOn to the day of the next review.'),
          party: incentive.party,
          at: incentive.id,
        })),
  },
  {
    name: 'haircut-unsupported',
    says: 'A smaller haircut than the usual one needs support that others can check.',
    judge: (agreement, { today }) =>
      rows(agreement, today)
        .filter(({ haircutRefused }) => haircutRefused !== undefined)
        .map(({ incentive, haircutRefused }) => ({
          ...gap(
            `“${incentive.title}” counts with the usual haircut: ${haircutRefused}`,
            'Link the experiment, or have the amount attested.',
          ),
          party: incentive.party,
          at: incentive.id,
        })),
  },
  {
    name: 'party-unmotivated',
    says: 'For each party the hard benefit covers what its duties cost.',
    judge: (agreement, { integrations, organizations, today }) =>
      balanceOf([agreement], integrations, organizations, firstDayFrom(agreement, today))
        .filter(({ verdict }) => verdict === 'short')
        .map(({ party }) => ({
          ...risk(
            `${party} pays more for its duties than it earns in cash: its motivation will end`,
            'Pay for the duty, take it over, or stop. `agreements incentives` shows the numbers.',
          ),
          party,
        })),
  },
  {
    name: 'currencies-differ',
    says: 'What is paid is written in the currency of the statements.',
    judge: ({ spec }) => {
      const { settlement } = spec
      if (!settlement) return []
      const foreign = spec.terms.flatMap((term) =>
        currenciesOf(term)
          .filter((currency) => currency !== settlement.currency)
          .map((currency) => ({ term, currency })),
      )
      return foreign.map(({ term, currency }) => ({
        ...gap(
          `${term.id} is in ${currency} and statements are in ${settlement.currency}: nobody has agreed on a rate of exchange`,
          `Write ${term.id} in ${settlement.currency}, or agree on whose rate of which day counts.`,
        ),
        at: term.id,
      }))
    },
  },
  {
    name: 'promise-missed',
    says: 'What was held out for a day is there on that day, or somebody talks about it.',
    judge: ({ spec }, { today }) =>
      spec.promises
        .filter(({ by }) => by < today)
        .flatMap(({ id, party, title, target, unit, by, actual }): Omit<LintFinding, 'rule'>[] => {
          const last = actual.toSorted((one, other) => (one.on < other.on ? -1 : 1)).at(-1)
          const named = { party, at: id }
          if (!last)
            return [
              {
                ...gap(`nobody has written down what came of “${title}”, promised by ${by}`, 'Add what was measured to actual.'),
                ...named,
              },
            ]
          if (last.value >= target) return []
          return [
            {
              ...risk(
                `${party} held out ${target} ${unit} by ${by} (“${title}”); ${last.value} were there on ${last.on}`,
                'Agree on what follows from it: another target, another term, or the end.',
              ),
              ...named,
            },
          ]
        }),
  },
]

/** An agreement that has not begun pays nobody yet: it is judged as of its first day. */
export const firstDayFrom = ({ spec }: Agreement, today: Day): Day => (spec.term.start > today ? spec.term.start : today)

function currenciesOf(term: Agreement['spec']['terms'][number]): string[] {
  const amounts = Object.values(term).flatMap((value) =>
    typeof value === 'object' && value !== null && 'currency' in value ? [String(value.currency)] : [],
  )
  const tiers = term.kind === 'revenue-share' ? term.tiers.map(({ above }) => above.currency) : []
  return [...new Set([...amounts, ...tiers])]
}

const rows = (agreement: Agreement, today: string) => incentiveMatrix([agreement], today).flatMap((party) => party.rows)
