import { daysBetween } from '../../agreements/index.ts'
import { type Check, fail, notApplicable, notKnown, pass } from '../check.ts'
import { declared, type Grounds, groundsOf, weakest } from '../evidence.ts'
import { holdersOf } from '../roster.ts'

/** How long a stage may last before somebody must decide. */
const decideWithinDays: Readonly<Record<string, number>> = { experimental: 180, pilot: 90, beta: 365 }

/** Was it born because somebody will live with it, or because two logos looked good on a slide? */
export const birthChecks: readonly Check[] = [
  {
    id: 'proposal-alive',
    group: 'birth',
    title: 'The proposal has an author and has not expired',
    gate: 'experimental',
    critical: false,
    side: 'none',
    why: 'A proposal that nobody decides on is built one day by somebody who takes silence for consent.',
    todo: 'Decide, or propose again with a new date and somebody who wants it.',
    evaluate({ stage, spec: { proposal }, today }) {
      if (stage !== 'proposed') return notApplicable('it was decided on')
      if (!proposal) return fail('nobody has signed the proposal, and nothing says when it ends')
      if (proposal.expiresOn < today) return fail(`the proposal of ${proposal.by} expired on ${proposal.expiresOn}`)
      return pass(`proposed by ${proposal.by}, to be decided until ${proposal.expiresOn}`, declared)
    },
  },
  {
    id: 'born-with-owners',
    group: 'birth',
    title: 'What partnership teams start has product owners, a cost line and a value metric',
    gate: 'pilot',
    critical: true,
    side: 'none',
    why: 'Integrations that only business development wanted have a launch date and no Monday after it. They are the commonest orphan.',
    todo: 'Find a product owner on each side, who bring a cost line and a value metric. Without them, stop here.',
    evaluate({ spec, people, today }) {
      if (spec.startedBy === undefined) return notKnown('nobody has written down who wanted it first (spec.startedBy)')
      if (spec.startedBy !== 'partnership') return notApplicable(`it was started by ${spec.startedBy}`)
      const owners = spec.sides.map((side) => ({ side, holder: holdersOf(side, 'product-owner', people, today)[0] }))
      const money = spec.funding.filter((line) => line.from <= today && line.until >= today)
      const missing = [
        ...owners.filter(({ holder }) => !holder).map(({ side }) => `a product owner at ${side.organization}`),
        ...(money.length === 0 ? ['a cost line'] : []),
        ...(spec.valueMetric ? [] : ['a value metric']),
      ]
      if (missing.length > 0) return fail(`started by partnership teams, and missing: ${missing.join(', ')}`)
      const grounds = owners.map(
        ({ holder }): Grounds => (holder!.attestedOn ? { kind: 'attested', by: holder!.person, on: holder!.attestedOn } : declared),
      )
      return pass(
        'started by partnership teams, with owners on all sides, a cost line and a value metric',
        weakest([...grounds, groundsOf(spec.valueMetric!)], today),
      )
    },
  },
  {
    id: 'decided-with-a-plan',
    group: 'birth',
    title: 'The decision to build it is written down with its numbers',
    gate: 'pilot',
    critical: false,
    side: 'none',
    why: 'Who does not write down what was expected can never learn that it was wrong.',
    todo: 'Run `bridgekeeper plan` and name the plan in spec.plan.',
    evaluate: ({ spec: { plan } }) => (plan ? pass(`plan ${plan}`, declared) : fail('no plan led to it')),
  },
  {
    id: 'stage-decided-in-time',
    group: 'birth',
    title: 'No stage before ga lasts for ever',
    gate: 'experimental',
    critical: false,
    side: 'none',
    why: 'The eternal pilot has customers and no promises: everybody’s experiment and nobody’s product.',
    todo: 'Let it through the next gate, or end it.',
    evaluate({ stage, spec: { stageSince }, facts: { admission }, today }) {
      const limit = decideWithinDays[stage]
      if (limit === undefined) return notApplicable(`${stage} has no time limit`)
      const since = admission?.stage === stage ? admission.since : stageSince
      if (since === undefined) return notKnown(`nobody has written down since when it is in ${stage}`)
      const days = daysBetween(since, today)
      const says = `${days} days in ${stage}, ${limit} are allowed`
      return days <= limit ? pass(says, declared) : fail(says)
    },
  },
]
