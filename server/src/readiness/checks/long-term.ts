import { addDays, daysBetween } from '../../agreements/index.ts'
import { type Check, type CheckContext, fail, notApplicable, notKnown, pass } from '../check.ts'
import { declared, observed } from '../evidence.ts'
import type { AttestationFact, IntegrationFacts } from '../facts.ts'
import { openGaps } from '../known-gaps.ts'
import { isThere } from '../readiness-workspace.ts'
import { waiverStates } from '../waivers.ts'
import { windDownFaults } from '../wind-down.ts'

function lastAttestation({ attestations }: IntegrationFacts, check: string, side: string): AttestationFact | undefined {
  const rows = attestations?.filter((row) => row.check === check && row.side === side) ?? []
  return rows.reduce<AttestationFact | undefined>((best, next) => (best && best.on >= next.on ? best : next), undefined)
}

/** Only when somebody has counted: unknown is not nobody, except for a proposal, which can have no instances. */
const nobodyPays = ({ stage, facts }: CheckContext): boolean =>
  facts.instances?.every((instance) => !instance.paying) ?? stage === 'proposed'

function review(id: string, title: string, everyDays: number, why: string): Check {
  return {
    id,
    group: 'long-term',
    title,
    gate: 'ga',
    critical: false,
    side: 'with-platform',
    why,
    todo: `Hold it, then record it for each side: \`readiness attest INTEGRATION --check ${id} --side ORGANIZATION --by PERSON\`.`,
    evaluate({ facts, spec, stage, today }, { organization }) {
      const last = lastAttestation(facts, id, organization)
      if (last === undefined && spec.stageSince !== undefined && stage === 'ga' && daysBetween(spec.stageSince, today) <= everyDays)
        return notApplicable(`in ga since ${spec.stageSince}: the first review is not due`)
      if (last === undefined)
        return ['ga', 'deprecated', 'sunset'].includes(stage)
          ? notKnown(`no review of ${organization} is recorded`)
          : notApplicable('due from ga on')
      if (daysBetween(last.on, today) > everyDays) return fail(`${organization} reviewed it last on ${last.on}`)
      return pass(`${last.person} reviewed it on ${last.on}`, {
        kind: 'attested',
        by: last.person,
        on: last.on,
        until: addDays(last.on, everyDays),
      })
    },
  }
}

/** Will it still stand when the people who built it have left, and can it be taken down without breaking a promise? */
export const longTermChecks: readonly Check[] = [
  {
    id: 'known-gaps-reviewed',
    group: 'long-term',
    title: 'Every known gap has an owner who is there and a review date ahead',
    gate: 'beta',
    critical: false,
    side: 'none',
    why: 'A gap that is known, owned and looked at is a risk. A gap on a forgotten list is an incident with a delay.',
    todo: 'Review the gaps named: `readiness review-gap`, close them, or give them a new owner.',
    evaluate(context) {
      const gaps = openGaps(context)
      const bad = gaps.filter((gap) => gap.overdue || !isThere(context.people, gap.gap.owner, context.today))
      if (bad.length > 0)
        return fail(
          bad
            .map(({ gap, reviewOn, overdue }) =>
              overdue ? `“${gap.title}” was to be reviewed on ${reviewOn}` : `“${gap.title}”: ${gap.owner} is not there any more`,
            )
            .join('; '),
        )
      return pass(gaps.length === 0 ? 'no open gap' : `${gaps.length} open gap(s), all with an owner and a date`, declared)
    },
  },
  {
    id: 'waivers-stand',
    group: 'long-term',
    title: 'Every waiver is signed by two sides and has not expired',
    gate: 'pilot',
    critical: false,
    side: 'none',
    why: 'An exception that one side grants itself is a broken rule, and one without an end is a new rule.',
    todo: 'Remove waivers that are over, have the others co-signed, or mend what they excuse.',
    evaluate(context) {
      const states = waiverStates(context)
      const bad = states.filter((state) => state.state !== 'signed' && state.state !== 'declared')
      return bad.length === 0
        ? pass(states.length === 0 ? 'no waiver' : `${states.length} waiver(s) stand`, declared)
        : fail(bad.map((state) => `${state.waiver.check}: ${state.says}`).join('; '))
    },
  },
  review(
    'quarterly-review',
    'Both sides look at it together every quarter',
    100,
    'What nobody looks at together drifts apart in silence, one reasonable decision at a time.',
  ),
  review(
    'yearly-review',
    'Once a year both sides ask whether it should exist',
    380,
    'Bridges are kept for sentimental reasons long after the traffic has gone, and given up a month before it would have come.',
  ),
  {
    id: 'end-announced',
    group: 'long-term',
    title: 'The end is announced, with a last day and a way to move',
    gate: 'deprecated',
    critical: false,
    side: 'none',
    why: 'Customers forgive an end that comes with a date, a successor and help. They do not forgive a surprise.',
    todo: 'Fill spec.windDown: announcedOn, lastDay, notice, successor, migration.',
    evaluate(context) {
      const { windDown } = context.spec
      if (windDown) return pass(`announced on ${windDown.announcedOn}, last day ${windDown.lastDay}`, declared)
      return nobodyPays(context) ? notApplicable('nobody pays for it') : fail('there is no wind-down plan')
    },
  },
  {
    id: 'exit-notice-kept',
    group: 'long-term',
    title: 'The last day respects the notice that was agreed',
    gate: 'sunset',
    critical: false,
    side: 'none',
    why: 'The notice period is the time in which customers move. Cutting it moves the cost to them.',
    todo: 'Move lastDay behind the agreed notice and the last paid day.',
    evaluate(context) {
      if (!context.spec.windDown) return nobodyPays(context) ? notApplicable('nobody pays for it') : fail('there is no wind-down plan')
      const faults = windDownFaults(context).filter((fault) => fault.about === 'notice')
      return faults.length === 0
        ? pass(`last day ${context.spec.windDown.lastDay}`, declared)
        : fail(faults.map((fault) => fault.says).join('; '))
    },
  },
  {
    id: 'no-customer-stranded',
    group: 'long-term',
    title: 'No paying customer is left behind',
    gate: 'retired',
    critical: true,
    side: 'none',
    why: 'A bridge may end. It may not end under somebody who paid to walk over it.',
    todo: 'Migrate each instance, wait for the last day, fulfil what each party owes, and have somebody attest it. No waiver excuses it.',
    evaluate(context) {
      if (!context.facts.instances)
        return context.stage === 'proposed' ? notApplicable('a proposal has no customers') : notKnown('nobody has counted its customers')
      const paying = context.facts.instances.filter((instance) => instance.paying)
      if (paying.length === 0) return pass('no paying customer is left', observed())
      const faults = windDownFaults(context)
      if (faults.length > 0) return fail(`${paying.length} paying customer(s): ${faults.map((fault) => fault.says).join('; ')}`)
      // That each has moved and each party has done what it owed is a file's word until a person stands by it.
      return pass(`wound down: ${paying.length} paying customer(s) have moved`, declared)
    },
  },
]
