import { addDays, sumsInWords } from '../../agreements/index.ts'
import { writeMoney } from '../../workspace/index.ts'
import { type Check, type CheckContext, fail, notApplicable, notKnown, pass } from '../check.ts'
import { declared, type Grounds, groundsOf, weakest } from '../evidence.ts'

/** Grounds of the cash that one party is motivated by; declared when there is none. */
function groundsOfCash({ balance, today }: CheckContext, party: string): Grounds {
  const rows = balance().find((row) => row.party === party)?.incentives.rows ?? []
  const cash = rows.filter((row) => row.hard && row.state === 'counts')
  return weakest(
    cash.map((row) => groundsOf(row.incentive)),
    today,
  )
}

/** Why should each side still care in a year? */
export const incentiveChecks: readonly Check[] = [
  {
    id: 'hard-incentive',
    group: 'incentives',
    title: 'Each side earns cash by it, not only goodwill',
    gate: 'beta',
    critical: false,
    side: 'with-platform',
    why: 'Stickiness and halo are real until the first quarter in which somebody must choose what not to do.',
    todo: 'Add an incentive of kind cash for this side to the agreement, with its evidence; if there is none, pay the side.',
    evaluate(context, { organization }) {
      if (context.agreements.length === 0) return fail(`missing at ${organization}: no agreement names an incentive`)
      const rows = context.balance().find((row) => row.party === organization)?.incentives.rows ?? []
      const cash = rows.filter((row) => row.hard && row.state === 'counts')
      if (cash.length === 0) return fail(`missing at ${organization}: no cash incentive counts today`)
      return pass(
        `${cash.map((row) => `${row.incentive.title} (${writeMoney(row.believed)} a year)`).join(', ')}`,
        groundsOfCash(context, organization),
      )
    },
  },
  {
    id: 'incentive-balance',
    group: 'incentives',
    title: 'Each side’s hard benefit covers what its duties cost',
    gate: 'ga',
    critical: true,
    side: 'each',
    why: 'A side that pays more for the bridge than it earns keeps it up out of kindness. Kindness has no budget.',
    todo: 'Move a duty to the side that earns, pay the side that works, or stop. `agreements incentives` shows the numbers.',
    evaluate(context, { organization, platforms }) {
      const balance = context.balance().find((row) => row.party === organization)
      if (!balance)
        return platforms.length > 0
          ? fail(`${organization} is a party of no agreement about this`)
          : notApplicable(`${organization} is a party of no agreement about this`)
      const says = `${organization}: ${sumsInWords(balance.incentives.hard)} a year against duties of ${sumsInWords(balance.dutyCost)}`
      if (balance.verdict === 'covered') return pass(says, groundsOfCash(context, organization))
      if (balance.verdict === 'short') return fail(says)
      return notKnown(balance.verdict === 'undetermined' ? `${says}; no exchange rate is agreed` : balance.unknown.join('; '))
    },
  },
  {
    id: 'incentives-fresh',
    group: 'incentives',
    title: 'No incentive has expired or is about to',
    gate: 'ga',
    critical: false,
    side: 'each',
    why: 'Motivation ends on a day. Whoever knows the day in advance can do something about it.',
    todo: 'Renew the incentive with fresh numbers, or find another before its day.',
    evaluate({ balance, today }, { organization }) {
      const rows = balance().find((row) => row.party === organization)?.incentives.rows
      if (!rows || rows.length === 0) return notApplicable(`no incentive of ${organization} is written down`)
      const soon = rows.filter((row) => row.state === 'expired' || (row.incentive.expiresOn ?? '9999') < addDays(today, 90))
      if (soon.length > 0)
        return fail(
          soon
            .map(
              (row) =>
                `“${row.incentive.title}” ${row.state === 'expired' ? 'expired' : 'expires'} on ${row.incentive.expiresOn ?? 'the end of the agreement'}`,
            )
            .join('; '),
        )
      return pass(`${rows.length} incentive(s) of ${organization} last 90 days or more`, declared)
    },
  },
  {
    id: 'promises-kept',
    group: 'incentives',
    title: 'The numbers that were held out have come',
    gate: 'ga',
    critical: false,
    side: 'each',
    why: 'Deals are made on forecasts. Who never compares them pays for the next forecast too.',
    todo: 'Enter the actual value of each promise whose day has come; speak about those that were missed.',
    evaluate({ agreements, today }, { organization }) {
      const due = agreements
        .flatMap((agreement) => agreement.spec.promises)
        .filter((promise) => promise.party === organization && promise.by <= today)
      if (due.length === 0) return notApplicable(`no promise of ${organization} is due`)
      const open = due.filter((promise) => promise.actual.length === 0)
      if (open.length > 0) return notKnown(`nobody has entered what came of ${open.map((promise) => `“${promise.title}”`).join(', ')}`)
      const missed = due.filter(
        (promise) => promise.actual.reduce((last, next) => (next.on >= last.on ? next : last)).value < promise.target,
      )
      return missed.length === 0
        ? pass(`${due.length} promise(s) kept`, declared)
        : fail(`missed: ${missed.map((promise) => `“${promise.title}” (${promise.target} ${promise.unit})`).join(', ')}`)
    },
  },
]
