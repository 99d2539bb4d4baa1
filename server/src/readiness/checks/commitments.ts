import { addLength, looseInWords, requiredCoveragePpm, termState } from '../../agreements/index.ts'
import { type Agreement, percent } from '../../workspace/index.ts'
import { type Check, type CheckContext, fail, notApplicable, notKnown, pass } from '../check.ts'
import { declared, type Grounds, observed, weakest } from '../evidence.ts'
import type { ServiceLevelFact } from '../facts.ts'
import { namesAvailability, stageObjectiveName, stageObjectivePpm } from '../stage-objective.ts'
import { anchorCheck } from './anchor-check.ts'

const measuredDaysForGa = 28

/**
 * What the file names, of the availability of the whole bridge no less than ga demands, also where the file names none: this is asked by
 * the gate to ga and from then on.
 */
function askedOf(spec: CheckContext['spec']): { name: string; fact: string; ppm: number }[] {
  const written = spec.serviceLevels.map((level) => {
    const leastPpm = namesAvailability({ serviceLevels: [level] }) ? stageObjectivePpm(spec, 'ga')! : 0
    return { name: level.name, fact: level.name, ppm: Math.max(level.objective.ppm, leastPpm) }
  })
  if (namesAvailability(spec)) return written
  return [...written, { name: 'availability, as ga demands', fact: stageObjectiveName('ga'), ppm: stageObjectivePpm(spec, 'ga')! }]
}

function spoiledBy({ causes = [] }: ServiceLevelFact): string {
  return causes.length === 0 ? '' : ` (${causes.map(({ cause, bad }) => `${bad} by ${cause}`).join(', ')})`
}

function measuredSoFar(fact: ServiceLevelFact | undefined): string {
  if (fact?.events === undefined) return ''
  return ` (${fact.events} of ${fact.neededEvents} events, ${fact.measuredDays} of ${measuredDaysForGa} days)`
}

/** A signature holds as long as the term that was signed: it does not fade after 90 days. */
function groundsOfSignature(agreement: Agreement, today: string): Grounds {
  const signatures = agreement.spec.parties.map(({ signatory, signedOn }): Grounds => {
    if (!signatory || !signedOn) return declared
    return { kind: 'attested', by: signatory, on: signedOn, until: termState(agreement, today).runsUntil ?? '9999-12-31' }
  })
  return weakest(signatures, today)
}

/** Agreements in force that bind every side which brings a platform. */
function bindingAll({ inForce, spec }: CheckContext): Agreement[] {
  const sides = spec.sides.filter((side) => side.platforms.length > 0).map((side) => side.organization)
  return inForce.filter((agreement) => sides.every((name) => agreement.spec.parties.some((party) => party.organization === name)))
}

const lastCustomerDay = ({ facts }: CheckContext): string | undefined =>
  facts.instances
    ?.filter((instance) => instance.paying)
    .map((instance) => instance.termEndsOn)
    .filter((day) => day !== undefined)
    .sort()
    .at(-1)

/** What has each side promised so that somebody could tell whether it was kept? */
export const commitmentChecks: readonly Check[] = [
  {
    id: 'agreement-drafted',
    group: 'commitments',
    title: 'An agreement is at least a draft',
    gate: 'beta',
    critical: false,
    side: 'none',
    why: 'Companies that speak about duties only after the first outage speak through lawyers.',
    todo: 'Write an Agreement that names this integration; `agreements lint` tells what is still wishful.',
    evaluate: ({ agreements }) =>
      agreements.length > 0
        ? pass(agreements.map(({ metadata, spec }) => `${metadata.name} ${spec.version} (${spec.status})`).join(', '), declared)
        : fail('no agreement names it'),
  },
  {
    id: 'agreement-signed',
    group: 'commitments',
    title: 'A signed agreement binds both sides today',
    gate: 'ga',
    critical: true,
    side: 'none',
    why: 'Customers of a generally available product rely on both companies. An unsigned promise is relied on by everybody and owed by nobody.',
    todo: 'Have it signed by each side, with signatory and day; renew it before it ends.',
    evaluate(context) {
      const [agreement] = bindingAll(context)
      if (agreement)
        return pass(`${agreement.metadata.name} ${agreement.spec.version} is in force`, groundsOfSignature(agreement, context.today))
      const states = context.agreements.map(
        (other) => `${other.metadata.name}: ${termState(other, context.today).status.replace('-', ' ')}`,
      )
      return fail(`no agreement in force binds all sides${states.length > 0 ? ` (${states.join(', ')})` : ''}`)
    },
  },
  {
    id: 'commitment-coverage',
    group: 'commitments',
    title: 'Four of five critical duties of each side are promised so that they can be measured',
    gate: 'ga',
    critical: true,
    side: 'each',
    why: '“Reasonable efforts” is what a company promises when it wants to be able to stop. Whatever is not measured will be stopped first.',
    todo: 'Give each critical duty a commitment with measure, target and remedy. `agreements coverage` shows which are best effort.',
    evaluate(context, { organization, platforms }) {
      const coverage = context.coverage().find((row) => row.party === organization)
      if (!coverage)
        return platforms.length > 0
          ? fail(`missing at ${organization}: it is a party of no agreement in force`)
          : notApplicable(`${organization} is a party of no agreement about this`)
      if (coverage.coveragePpm === undefined) return notApplicable(`${organization} owes no critical duty`)
      const says = `${organization}: ${looseInWords(coverage)}`
      return coverage.coveragePpm >= requiredCoveragePpm
        ? pass(
            says,
            weakest(
              context.inForce.map((agreement) => groundsOfSignature(agreement, context.today)),
              context.today,
            ),
          )
        : fail(says)
    },
  },
  {
    id: 'agreement-outlives-customers',
    group: 'commitments',
    title: 'The agreement does not end before what customers have paid for',
    gate: 'ga',
    critical: false,
    side: 'none',
    why: 'Who sells a year of a bridge whose agreement ends in June sells six months that nobody owes.',
    todo: 'Extend the term, or agree that each side serves paying customers until their terms end.',
    evaluate(context) {
      const [agreement] = bindingAll(context)
      if (!agreement) return fail('no agreement in force binds all sides')
      if (!context.facts.instances) return notKnown('nobody has told until when customers have paid')
      const customers = lastCustomerDay(context)
      const { earliestEnd } = termState(agreement, context.today)
      if (earliestEnd !== undefined && customers !== undefined && earliestEnd < customers)
        return fail(`a party can let it end on ${earliestEnd}, customers have paid until ${customers}`)
      const untold = context.facts.instances.filter((instance) => instance.paying && instance.termEndsOn === undefined).length
      if (untold > 0) return notKnown(`nobody has told until when ${untold} paying instance${untold === 1 ? '' : 's'} paid`)
      if (customers === undefined) return pass('no customer has paid into the future', observed())
      return pass(`customers have paid until ${customers}, and nobody can end it before ${earliestEnd ?? 'they agree to'}`, observed())
    },
  },
  {
    id: 'exit-notice',
    group: 'commitments',
    title: 'The end of the partnership is announced half a year ahead',
    gate: 'ga',
    critical: false,
    side: 'none',
    why: 'Customers need time to move. The notice that partners owe each other is the notice that customers get.',
    todo: 'Set changes.notice.exit to P180D or more.',
    evaluate(context) {
      const [agreement] = bindingAll(context)
      if (!agreement) return fail('no agreement in force binds all sides')
      const { exit } = agreement.spec.changes.notice
      return addLength(context.today, exit) >= addLength(context.today, 'P180D')
        ? pass(`notice of the end: ${exit}`, declared)
        : fail(`notice of the end is only ${exit}`)
    },
  },
  anchorCheck({
    duty: 'slo',
    group: 'commitments',
    gate: 'beta',
    title: 'Somebody answers for the service level, on each side',
    why: 'A service level that nobody watches is met until somebody looks.',
    todo: 'Add a duty slo with the person who reads the numbers and acts on them.',
  }),
  {
    id: 'service-level-set',
    group: 'commitments',
    title: 'An availability objective fits the stage',
    gate: 'beta',
    critical: false,
    side: 'none',
    why: 'Without a number “it is slow today” and “it is down” are opinions.',
    todo: 'Raise the service level on availability of the whole bridge, or leave it out: then that of the stage holds.',
    demands: { beta: 'at least 99 %', ga: 'at least 99.5 %, with critical support 99.9 %' },
    evaluate({ spec, towards: asked }) {
      const towards = stageObjectivePpm(spec, asked) === undefined ? 'beta' : asked
      const needed = stageObjectivePpm(spec, towards)!
      if (!namesAvailability(spec))
        return pass(`availability ${percent(needed)}: the file names none, so that of ${towards} holds`, declared)
      const best = Math.max(
        ...spec.serviceLevels.filter((level) => namesAvailability({ serviceLevels: [level] })).map(({ objective }) => objective.ppm),
      )
      return best >= needed
        ? pass(`availability ${percent(best)}`, declared)
        : fail(`availability ${percent(best)}, ${percent(needed)} is expected of ${towards}`)
    },
  },
  {
    id: 'service-level-met',
    group: 'commitments',
    title: 'Every service level was met for 28 days',
    gate: 'ga',
    critical: true,
    side: 'none',
    why: 'What has not worked for four weeks in a row will not begin to when more customers come.',
    todo: 'Find what spent the error budget, per side, and wait for 28 days above the objective: that of the file, of availability no less than ga demands (`readiness explain service-level-set`).',
    evaluate({ spec, facts }) {
      if (!facts.serviceLevels) return notKnown('nobody measures the service levels')
      const states = askedOf(spec).map((level) => ({ level, fact: facts.serviceLevels!.find((fact) => fact.name === level.fact) }))
      const missed = states.filter(({ level, fact }) => fact?.attainedPpm !== undefined && fact.attainedPpm < level.ppm)
      if (missed.length > 0)
        return fail(
          missed
            .map(({ level, fact }) => `${level.name}: ${percent(fact!.attainedPpm!)} instead of ${percent(level.ppm)}${spoiledBy(fact!)}`)
            .join('; '),
        )
      const unknown = states.filter(({ fact }) => fact?.attainedPpm === undefined || fact.measuredDays < measuredDaysForGa)
      if (unknown.length > 0)
        return notKnown(
          `too few events or fewer than ${measuredDaysForGa} days: ${unknown.map(({ level, fact }) => `${level.name}${measuredSoFar(fact)}`).join(', ')}`,
        )
      const met = states.map(
        ({ level, fact }) =>
          `${level.name} ${percent(fact!.attainedPpm!)}${fact!.events === undefined ? '' : ` of ${fact!.events} events`}`,
      )
      return pass(`met for ${measuredDaysForGa} days: ${met.join(', ')}`, observed())
    },
  },
]
