import { addDays, comparableSeconds } from '../../agreements/index.ts'
import { type Check, fail, notApplicable, notKnown, pass } from '../check.ts'
import { declared, type Grounds, observed } from '../evidence.ts'
import { anchorCheck } from './anchor-check.ts'
import { contactsOf } from './contacts.ts'

const dayMs = 86_400_000
const drilledWithinDays = 180
const testedWithinDays = 90
/** Fewer runs say nothing about what is normal. */
const runsForBaseline = 100

/**
 * Days after which a canary without a report counts as dead: twice its interval (service-levels: "no data is its own state after 2× the
 * expected interval"), and at least two, because a monitor may report once a day.
 */
function silentAfterDays(canaryEvery: string): number {
  return Math.max(2, Math.ceil((2 * comparableSeconds(canaryEvery)) / 86_400))
}

/** When it stops, is there somebody, on both sides, who can and will act? */
export const supportChecks: readonly Check[] = [
  {
    id: 'first-line',
    group: 'support',
    title: 'It is decided whom the customer calls',
    gate: 'pilot',
    critical: false,
    side: 'none',
    why: 'A customer who must find out whose fault it is before calling has two suppliers and no support.',
    todo: 'Set spec.support.firstLine.',
    evaluate: ({ spec: { support } }) =>
      support
        ? pass(`${support.firstLine} answers first (${support.profile})`, declared)
        : fail('nobody has decided who answers the customer'),
  },
  {
    id: 'support-contact-tested',
    group: 'support',
    title: 'A human at each side’s support answered a test within 24 hours',
    gate: 'beta',
    critical: true,
    side: 'each',
    why: 'Half of the addresses in partner agreements reach nobody. The time to learn that is before the outage.',
    todo: 'Send a test to the support contact and record the answer: a contact drill, or testedOn at the contact.',
    evaluate(context, side) {
      const [contact] = contactsOf(context, side, 'support')
      if (!contact) return fail(`missing at ${side.organization}: no support contact`)
      const since = addDays(context.today, -testedWithinDays)
      const drills = context.facts.drills?.filter(
        (drill) => drill.kind === 'contact' && drill.side === side.organization && drill.on >= since,
      )
      const last = drills?.reduce<(typeof drills)[number] | undefined>((best, next) => (best && best.on > next.on ? best : next), undefined)
      if (last) {
        const answered = last.answeredAfterMs !== undefined && last.answeredAfterMs <= dayMs
        return answered
          ? pass(`${contact.address} answered on ${last.on}`, observed(last.on))
          : fail(`${contact.address} did not answer within 24 hours on ${last.on}`)
      }
      if (contact.testedOn === undefined) return notKnown(`${contact.address} of ${side.organization} was never tested`)
      const grounds: Grounds = contact.person ? { kind: 'attested', by: contact.person, on: contact.testedOn } : declared
      return pass(`${contact.address} is said to have answered on ${contact.testedOn}`, grounds)
    },
  },
  {
    id: 'error-baseline',
    group: 'support',
    title: 'It is known how many errors are normal',
    gate: 'beta',
    critical: false,
    side: 'none',
    why: 'Who does not know the usual error rate takes every error for an incident, or none.',
    todo: 'Let at least a hundred runs pass in 28 days, with real data.',
    evaluate({ facts: { runs } }) {
      if (!runs) return notKnown('no runs are recorded')
      const total = runs.succeeded + runs.failed
      if (total < runsForBaseline) return notKnown(`${total} runs in 28 days, ${runsForBaseline} are needed`)
      return pass(`${runs.failed} of ${total} runs failed in 28 days`, observed())
    },
  },
  anchorCheck({
    duty: 'on-call',
    group: 'support',
    gate: 'beta',
    title: 'Somebody is on call, on each side',
    why: 'When one side is asleep, the other side’s on-call engineer writes apologies.',
    todo: 'Add a duty on-call with a person and a deputy on this side.',
  }),
  {
    id: 'on-call-drilled',
    group: 'support',
    title: 'On-call was drilled on each side within half a year',
    gate: 'ga',
    critical: true,
    side: 'each',
    why: 'An escalation that was never walked has a locked door somewhere.',
    todo: 'Run an on-call drill with both sides; an automatic reply does not count.',
    evaluate({ facts: { drills }, spec, today }, side) {
      const runsIt = side.platforms.length > 0 || [spec.host, spec.supporter].includes(side.organization)
      if (!runsIt) return notApplicable(`${side.organization} is not called`)
      if (!drills) return notKnown('no drills are recorded')
      const since = addDays(today, -drilledWithinDays)
      const own = drills.filter((drill) => drill.kind === 'on-call' && drill.side === side.organization && drill.on >= since)
      const answered = own
        .filter((drill) => drill.answeredAfterMs !== undefined)
        .map((drill) => drill.on)
        .sort()
      if (answered.length > 0) return pass(`drilled on ${answered.at(-1)}`, observed(answered.at(-1)!))
      return fail(
        own.length > 0
          ? `${side.organization} did not answer the drill`
          : `missing at ${side.organization}: no drill in ${drilledWithinDays} days`,
      )
    },
  },
  {
    id: 'canaries',
    group: 'support',
    title: 'A synthetic event crosses the bridge for every critical scenario',
    gate: 'ga',
    critical: true,
    side: 'none',
    why: 'Integrations fail silently: no traffic looks like a quiet day. A canary knows the difference.',
    todo: 'Mark the critical scenarios, set canaryEvery, and let each canary succeed.',
    evaluate({ spec: { scenarios }, facts: { canaries }, today }) {
      const critical = scenarios.filter((scenario) => scenario.critical)
      if (critical.length === 0) return notKnown('nobody has said which scenarios are critical')
      const without = critical.filter((scenario) => !scenario.canaryEvery)
      if (without.length > 0) return fail(`no canary: ${without.map((scenario) => scenario.title).join(', ')}`)
      if (!canaries) return notKnown('no canary has reported')
      const failing = critical.filter(
        (scenario) => !canaries.some((canary) => canary.scenario === scenario.name && canary.lastSucceededAt && !canary.failing),
      )
      if (failing.length > 0) return fail(`failing or never succeeded: ${failing.map((scenario) => scenario.title).join(', ')}`)
      const silent = critical.flatMap(({ name, canaryEvery }) => {
        const days = silentAfterDays(canaryEvery!)
        const lastAt = canaries.find(({ scenario }) => scenario === name)?.lastAt
        return lastAt && lastAt < addDays(today, -days) ? [`${name} for ${days} days`] : []
      })
      if (silent.length > 0) return notKnown(`no report: ${silent.join(', ')}`)
      return pass(`${critical.length} canaries succeed`, observed())
    },
  },
  {
    id: 'runbook',
    group: 'support',
    title: 'What to do when it stops is written down',
    gate: 'ga',
    critical: false,
    side: 'none',
    why: 'The person who knows how to restart it is on the plane.',
    todo: 'Print a skeleton with `bridgekeeper enablement runbook`, fill it, and add it to spec.documentation as kind runbook.',
    evaluate({ spec: { documentation } }) {
      const runbooks = documentation.filter((page) => page.kind === 'runbook' && (page.url ?? page.file))
      return runbooks.length > 0 ? pass(runbooks.map((page) => page.title).join(', '), declared) : fail('no runbook')
    },
  },
]
