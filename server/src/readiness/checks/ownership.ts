import type { Role, Side } from '../../workspace/index.ts'
import type { CheckContext, Finding } from '../check.ts'
import { type Check, fail, notApplicable, pass } from '../check.ts'
import { declared, type Grounds } from '../evidence.ts'
import { busFactor, holdersOf, vacanciesOf } from '../roster.ts'
import { anchorCheck } from './anchor-check.ts'

function filled({ people, today }: CheckContext, side: Side, role: Role, words: string): Finding {
  const holders = holdersOf(side, role, people, today)
  if (holders.length > 0)
    return pass(`${words} at ${side.organization}: ${holders.map((holder) => holder.person).join(', ')}`, freshest(holders))
  const gone = side.roster.find((holder) => holder.role === role)
  return fail(`missing at ${side.organization}: no ${words}${gone ? ` (${gone.person} is not there any more)` : ''}`)
}

/** Who holds a role attests it; among several holders the latest attestation counts. */
function freshest(holders: Side['roster']): Grounds {
  const attested = holders.filter((holder) => holder.attestedOn !== undefined)
  const latest = attested.reduce<(typeof attested)[number] | undefined>(
    (best, next) => (best && best.attestedOn! >= next.attestedOn! ? best : next),
    undefined,
  )
  return latest ? { kind: 'attested', by: latest.person, on: latest.attestedOn! } : declared
}

/** Does somebody answer for it, on each side, tomorrow too? */
export const ownershipChecks: readonly Check[] = [
  {
    id: 'product-owner',
    group: 'ownership',
    title: 'A product owner on each side',
    gate: 'pilot',
    critical: true,
    side: 'each',
    why: 'An integration that one side owns is a feature of that side. The other side will break it without noticing that it was there.',
    todo: 'Name a person in the role product-owner on this side, and let that person attest it: `readiness attest`.',
    evaluate: (context, side) => filled(context, side, 'product-owner', 'product owner'),
  },
  {
    id: 'product-owner-deputy',
    group: 'ownership',
    title: 'A deputy for the product owner on each side',
    gate: 'pilot',
    critical: true,
    side: 'each',
    why: 'Owners go on holiday, change teams and leave. Partners learn of it by an unanswered message, months later.',
    todo: 'Name another person in the role product-owner-deputy on this side.',
    evaluate(context, side) {
      const finding = filled(context, side, 'product-owner-deputy', 'deputy of the product owner')
      if (finding.verdict !== 'pass') return finding
      const owners = holdersOf(side, 'product-owner', context.people, context.today).map((holder) => holder.person)
      const others = holdersOf(side, 'product-owner-deputy', context.people, context.today).filter(
        (holder) => !owners.includes(holder.person),
      )
      return others.length > 0 ? finding : fail(`${owners.join(', ')} at ${side.organization} would have to stand in for themselves`)
    },
  },
  anchorCheck({
    duty: 'owner',
    group: 'ownership',
    gate: 'pilot',
    title: 'Somebody answers for the bridge on each side',
    why: 'A bridge stands only while both ends are secured. An end without a person is an end that nobody holds.',
    todo: 'Add a duty owner with a person who is still there, and have it attested.',
  }),
  {
    id: 'bus-factor',
    group: 'ownership',
    title: 'Each critical duty survives the loss of one person',
    gate: 'beta',
    critical: false,
    side: 'each',
    why: 'When one person holds a duty alone, a resignation letter is an outage.',
    todo: 'Name a deputy for each critical duty that only one person answers for.',
    evaluate({ integration, people, today }, side) {
      const factor = busFactor(integration, side, people, today)
      if (factor === undefined) return notApplicable(`${side.organization} owes no critical duty`)
      const says = `bus factor ${factor} at ${side.organization}`
      return factor >= 2
        ? pass(says, declared)
        : fail(`${says}: ${factor === 0 ? 'a duty hangs in the air already' : 'one person alone holds a critical duty'}`)
    },
  },
  {
    id: 'roster-complete',
    group: 'ownership',
    title: 'No vacant role on either side',
    gate: 'ga',
    critical: false,
    side: 'each',
    why: 'Each vacant role is a question that the other company has nobody to ask.',
    todo: 'Fill the roles named, or enter a known gap with an owner and a review date.',
    evaluate({ people, today }, side) {
      const vacant = vacanciesOf(side, 'ga', people, today)
      return vacant.length === 0
        ? pass(`every role is filled at ${side.organization}`, declared)
        : fail(`missing at ${side.organization}: ${vacant.join(', ')}`)
    },
  },
]
