import { type Agreement, percent, writeMoney } from '../workspace/index.ts'
import { lengthInWords } from './days.ts'
import { unitPriceInWords } from './value-in-words.ts'

type Term = Agreement['spec']['terms'][number]
type RevenueShare = Extract<Term, { kind: 'revenue-share' }>

/** A commercial term as a person would say it: `quill collects net revenue: 80% for quill, 20% for meridian`. */
export function termInWords(term: Term): string {
  const { clause, from, until } = term
  const when = [from && ` from ${from}`, until && ` until ${until}`].filter(Boolean).join('')
  return `${whatIsPaid(term)}${when}${clause ? ` (${clause})` : ''}`
}

function whatIsPaid(term: Term): string {
  switch (term.kind) {
    case 'build-fee':
      return `${term.payer} pays ${term.payee} ${writeMoney(term.amount)} for the build, due ${term.dueOn}`
    case 'certification-fee':
      return `${term.payer} pays ${term.payee} ${writeMoney(term.amount)} for certification, due ${term.dueOn}`
    case 'retainer':
      return `${term.payer} pays ${term.payee} ${writeMoney(term.amount)} a ${term.per}`
    case 'per-hour':
      return `${term.payer} pays ${term.payee} ${unitPriceInWords(term.unitPrice)} an hour${term.cap ? `, at most ${writeMoney(term.cap)} in a statement` : ''}`
    case 'per-instance':
      return `${term.payer} pays ${term.payee} ${unitPriceInWords(term.unitPrice)} for each installation a ${term.per}`
    case 'per-unit':
      return `${term.payer} pays ${term.payee} ${unitPriceInWords(term.unitPrice)} for each of ${term.meter}${boundsOf(term)}`
    case 'revenue-share':
      return `${term.collector} collects ${term.base} revenue${term.product ? ` of ${term.product}` : ''}: ${divisionOf(term)}`
    case 'minimum-guarantee':
      return `${term.payer} guarantees ${term.payee} ${writeMoney(term.amount)} a ${term.per}`
    case 'advance':
      return `${term.payer} advances ${term.payee} ${writeMoney(term.amount)} on ${term.dueOn}, recouped by ${percent(term.recoupShare.ppm)} of ${term.recoupFrom.join(' and ')}`
    case 'hold-back':
      return `${percent(term.share.ppm)} of what ${term.party} earns is held back for ${lengthInWords(term.releaseAfter)}`
    case 'clawback':
      return `${term.of.join(' and ')} is taken back within ${lengthInWords(term.within)} when ${term.when}`
  }
}

function boundsOf({ includedUnits, cap, floor }: Extract<Term, { kind: 'per-unit' }>): string {
  return [
    includedUnits > 0 ? ` after the first ${includedUnits}` : '',
    cap ? `, at most ${writeMoney(cap)}` : '',
    floor ? `, at least ${writeMoney(floor)}` : '',
  ].join('')
}

function divisionOf({ shares, tiers, tierMode, cumulate, caps, floors }: RevenueShare): string {
  const divided = (among: RevenueShare['shares']) => among.map(({ party, share }) => `${percent(share.ppm)} for ${party}`).join(', ')
  const stepwise = tiers.map(({ above, shares: among }) => `from ${writeMoney(above)} on ${divided(among)}`).join('; ')
  return [
    shares.length > 0 ? divided(shares) : `${stepwise} (${tierMode}, counted per ${cumulate})`,
    ...caps.map(({ party, amount, per }) => `${party} gets at most ${writeMoney(amount)} a ${per}`),
    ...floors.map(({ party, amount, per }) => `${party} gets at least ${writeMoney(amount)} a ${per}`),
  ].join('; ')
}

/** How an agreement is settled, in one sentence. */
export function settlementInWords(settlement: NonNullable<Agreement['spec']['settlement']>): string {
  const { currency, period, timeZone, cutOff, review, issueOnDay, payWithin, minimumPayout, carryForwardMonths } = settlement
  const { disputeWithin, auditWithin, lateInterest } = settlement
  return [
    `a statement in ${currency} for each ${period} (${timeZone}), closed after ${lengthInWords(cutOff)}, reviewed for ${lengthInWords(review)}`,
    `issued on day ${issueOnDay}, paid within ${lengthInWords(payWithin)}`,
    `disputed within ${lengthInWords(disputeWithin)}, audited within ${lengthInWords(auditWithin)}`,
    `${minimumPayout ? `less than ${writeMoney(minimumPayout)}` : 'what is too little'} is carried forward for at most ${carryForwardMonths} months`,
    ...(lateInterest === undefined ? [] : ['late payment bears interest']),
  ].join('; ')
}

export function incentiveInWords({ kind, amountPerYear, from, expiresOn, haircut }: Agreement['spec']['incentives'][number]): string {
  return [
    `${writeMoney(amountPerYear)} a year as ${kind}`,
    ...(from ? [`from ${from}`] : []),
    expiresOn ? `until ${expiresOn}` : 'without an end',
    ...(haircut ? [`${percent(haircut.ppm)} not believed`] : []),
  ].join(', ')
}

export function promiseInWords({ metric, target, unit, by }: Agreement['spec']['promises'][number]): string {
  return `${metric}: ${target} ${unit} by ${by}`
}
