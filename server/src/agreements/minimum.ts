import type { Agreement, Commitment, Duty, Integration } from '../workspace/index.ts'
import { boundInWords, remedyInWords } from './commitment-in-words.ts'
import { dutiesOwedBy } from './coverage.ts'
import type { Day } from './days.ts'
import { judgeAgreement, measurableOf } from './judge-agreement.ts'
import type { CommitmentVerdict } from './judge-commitment.ts'
import { isThere, type People } from './people.ts'
import { isInForce, type TermState, termState } from './term-state.ts'

/** What one party could stop tomorrow, and what it could not. */
export interface PartyMinimum {
  party: string
  /** Commitments that somebody would notice and feel; empty while the agreement is not in force. */
  mustKeep: { commitment: string; says: string }[]
  couldStop: {
    what: 'promise' | 'duty'
    duty?: Duty
    commitment?: string
    critical: boolean
    /** Hours a month that go into it today, where somebody wrote them down. */
    hoursPerMonth?: number
    says: string
  }[]
  /** Why nothing binds at all, when so. */
  unbound?: string
}

/**
 * Answers "what could they stop doing tomorrow and still comply?" for each party of an agreement, in its declared order.
 * A duty that is done today without a measurable commitment is kindness; a promise without measure, target or remedy is
 * best effort and can be let go of too. What another agreement in force holds the party to can't be stopped.
 *
 * @param others agreements of the workspace; those count that cover every integration of this one
 */
export function minimumOf(
  agreement: Agreement,
  integrations: readonly Integration[],
  people: People,
  today: Day,
  others: readonly Agreement[] = [],
): PartyMinimum[] {
  const done = (party: string) => dutiesDone(agreement, integrations, party, (name) => isThere(people, name, today))
  const unbound = whyUnbound(termState(agreement, today))
  const verdicts = judgeAgreement(agreement)
  return agreement.spec.parties.map(({ organization: party }) => {
    const own = verdicts.filter(({ commitment }) => commitment.party === party)
    const binds = ({ strength }: CommitmentVerdict) => unbound === undefined && strength === 'measurable'
    const binding = own.filter(binds).map(({ commitment }) => commitment)
    const loose = own.filter((verdict) => !binds(verdict))
    const elsewhere = heldElsewhere(agreement, party, others, today)
    const owed = dutiesOwedBy(party, [agreement], integrations)
    return {
      party,
      mustKeep: binding.map((commitment) => ({ commitment: commitment.id, says: sentenceOf(commitment) })),
      couldStop: [
        ...loose.map((verdict) => loosePromise(verdict, owed, elsewhere, unbound)),
        ...looseDuties(agreement, party, binding, owed, done(party)).filter(({ duty }) => duty === undefined || !elsewhere.has(duty)),
      ],
      ...(unbound !== undefined && { unbound }),
    }
  })
}

function whyUnbound({ status, runsUntil }: TermState): string | undefined {
  if (status === 'in-force') return undefined
  if (status === 'ended') return `the agreement ended on ${runsUntil}`
  return { draft: 'nobody has signed it: it is a draft', 'not-begun': 'its term has not begun', terminated: 'it has been terminated' }[
    status
  ]
}

const sentenceOf = (commitment: Commitment): string => `${commitment.does}: ${boundInWords(commitment)}, ${remedyInWords(commitment)}`

function loosePromise(
  { commitment, strength, missing }: CommitmentVerdict,
  owed: readonly Duty[],
  elsewhere: ReadonlyMap<Duty, string>,
  unbound: string | undefined,
): PartyMinimum['couldStop'][number] {
  const other = commitment.duty && elsewhere.get(commitment.duty)
  const held = other ? `; ${other} holds it to ${commitment.duty} all the same` : ''
  const reason = strength === 'best-effort' ? `best effort: ${missing.map(({ says }) => says).join('; ')}` : unbound
  return {
    what: 'promise',
    ...(commitment.duty && { duty: commitment.duty }),
    commitment: commitment.id,
    critical: other === undefined && (commitment.critical || owed.some((duty) => duty === commitment.duty)),
    says: `“${commitment.does}” (${reason}${held})`,
  }
}

function looseDuties(
  agreement: Agreement,
  party: string,
  binding: readonly Commitment[],
  owed: readonly Duty[],
  done: ReadonlyMap<Duty, number>,
): PartyMinimum['couldStop'] {
  const bound = new Set(binding.map((commitment) => commitment.duty))
  const promised = new Set(agreement.spec.commitments.filter((commitment) => commitment.party === party).map(({ duty }) => duty))
  return [...new Set([...owed, ...done.keys()])]
    .filter((duty) => !bound.has(duty) && !promised.has(duty))
    .map((duty) => {
      const critical = owed.includes(duty)
      const hoursPerMonth = done.get(duty)
      const today = done.has(duty)
        ? `done today${hoursPerMonth ? `, ${hoursPerMonth} ${hoursPerMonth === 1 ? 'hour' : 'hours'} a month` : ''}`
        : 'nobody does it today'
      return { what: 'duty', duty, critical, ...(hoursPerMonth && { hoursPerMonth }), says: `${duty}: ${today}, no commitment asks for it` }
    })
}

/** Duty → the agreement in force, beside this one, that a party can't break for nothing. */
function heldElsewhere({ metadata, spec }: Agreement, party: string, others: readonly Agreement[], today: Day): Map<Duty, string> {
  const beside = others.filter(
    (other) =>
      other.metadata.name !== metadata.name &&
      isInForce(other, today) &&
      spec.integrations.length > 0 &&
      spec.integrations.every((name) => other.spec.integrations.includes(name)),
  )
  return new Map(
    beside.flatMap((other) =>
      measurableOf(other).flatMap((commitment) =>
        commitment.party === party && commitment.duty ? [[commitment.duty, other.metadata.name] as const] : [],
      ),
    ),
  )
}

/** Duties that somebody who is there answers for, with the hours that are written down. */
function dutiesDone(
  agreement: Agreement,
  integrations: readonly Integration[],
  party: string,
  there: (name: string | undefined) => boolean,
): Map<Duty, number> {
  const done = new Map<Duty, number>()
  for (const integration of integrations) {
    if (!agreement.spec.integrations.includes(integration.metadata.name)) continue
    const anchors = integration.spec.sides.filter((side) => side.organization === party).flatMap((side) => side.duties)
    for (const { duty, person, deputy, hoursPerMonth = 0 } of anchors)
      if (there(person) || there(deputy)) done.set(duty, (done.get(duty) ?? 0) + hoursPerMonth)
  }
  return done
}
