import type { Flag } from './flags.ts'
import { partyOf } from './flows.ts'
import { fullMoney, percent } from './format.ts'
import { closedOwners } from './incentive-check.ts'
import { type PlanInputs, worksForFee } from './plan-inputs.ts'
import { type RankedOption, standsOf } from './rank-options.ts'

/**
 * `start`: the first option stands and nothing blocks it. `settle-first`: it stands or can be made to stand, but not as
 * things are. `undetermined`: it hinges on facts that nobody has established.
 */
export type Answer = 'start' | 'settle-first' | 'do-not-start' | 'undetermined'

export interface Verdict {
  answer: Answer
  /** One sentence for somebody who reads nothing else. */
  headline: string
  reasons: string[]
  /** What would change the answer, or must happen before the start. */
  conditions: string[]
}

/** @param options best first */
export function judge(inputs: PlanInputs, options: readonly RankedOption[], flags: readonly Flag[]): Verdict {
  const best = options[0]
  if (best === undefined) return nothingIsFeasible()
  const unwilling = closedOwnersWithoutCash(inputs, best)
  if (unwilling.length > 0) return closedAndUnwilling(inputs, best, unwilling)
  if (best.together.p50 < 0) return losesMoney(inputs, best)
  const blocking = flags.filter((flag) => flag.blocking)
  if (best.feasible === 'unknown') return hingesOnFacts(inputs, best)
  if (!best.holds) return needsADeal(inputs, best)
  return standsOf(best) && blocking.length === 0 ? stands(inputs, best) : blocked(inputs, best, blocking)
}

/** `Acme builds, hosts and sells; Weave supports` */
export function describeRoles(inputs: PlanInputs, { roles }: RankedOption): string {
  const verbs = { builder: 'builds', host: 'hosts', seller: 'sells', supporter: 'supports' } as const
  const byParty = Map.groupBy(Object.entries(roles) as [keyof typeof verbs, string][], ([, party]) => party)
  return [...byParty].map(([party, held]) => `${partyOf(inputs, party).name} ${listOf(held.map(([role]) => verbs[role]))}`).join('; ')
}

const listOf = (words: string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`)

function nothingIsFeasible(): Verdict {
  return {
    answer: 'do-not-start',
    headline: 'Do not start: no combination of builder, host, seller and supporter is possible.',
    reasons: ['Each combination is forbidden by at least one rule; the list of infeasible options names the rule and the fact.'],
    conditions: ['Another answer needs another fact: an external API, a party with other abilities, or a decision taken back.'],
  }
}

function closedOwnersWithoutCash(inputs: PlanInputs, best: RankedOption): string[] {
  return closedOwners(inputs).filter((owner) => !best.incentives.find((check) => check.party === owner)?.receivesCash)
}

function closedAndUnwilling(inputs: PlanInputs, best: RankedOption, owners: readonly string[]): Verdict {
  const names = listOf(owners.map((owner) => partyOf(inputs, owner).name))
  const missing = owners.reduce((sum, owner) => sum + (best.incentives.find((check) => check.party === owner)?.missingPerYear ?? 0), 0)
  const others = gainOf(inputs, best, owners)
  const affordable = best.together.p50 >= 0
  return {
    answer: 'do-not-start',
    headline: `Do not start: the platform of ${names} is closed, so only ${names} can build, and it has no cash reason to do so.`,
    reasons: [
      `Rule closed-platform-is-built-by-its-owner leaves no other builder; its duties, the build included, are worth ${fullMoney(inputs, missing)} for each year of running, with no cash against them.`,
      ...(owners.some((owner) => (best.incentives.find((check) => check.party === owner)?.softAtFaceValue ?? 0) > 0)
        ? ['Stickiness and halo are discounted because they fade first: the work would lose its place in the backlog.']
        : []),
    ],
    conditions: [
      `It would take about ${fullMoney(inputs, missing)} a year in cash for ${names}. ${
        affordable
          ? `Together the parties gain ${fullMoney(inputs, best.together.p50)}, so a payment from the others is possible: ask for it before anything is built.`
          : `The others gain ${fullMoney(inputs, others)} over the horizon, and all together lose ${fullMoney(inputs, -best.together.p50)}: no payment between the parties can make this work.`
      }`,
      `Or ${names} opens an external API.`,
    ],
  }
}

function losesMoney(inputs: PlanInputs, best: RankedOption): Verdict {
  return {
    answer: 'do-not-start',
    headline: `Do not start: even the best option (${describeRoles(inputs, best)}) loses ${fullMoney(inputs, -best.together.p50)} in the median case.`,
    reasons: [
      `It loses money in ${percent(best.together.lossProbability)} of the cases. No division among the parties can mend a joint loss.`,
    ],
    conditions: [
      bringsNothing(inputs)
        ? 'The plan says of nothing that it brings: it names no price and no incentive. Add sale or incentives, then compute it again.'
        : 'Look under “what matters most”: at which value each number would turn the answer.',
    ],
  }
}

const bringsNothing = ({ sale, incentives }: PlanInputs): boolean => sale.pricePerInstanceMonth === 0 && incentives.length === 0

function hingesOnFacts(inputs: PlanInputs, best: RankedOption): Verdict {
  return {
    answer: 'undetermined',
    headline: `Undetermined: the best option (${describeRoles(inputs, best)}) hinges on facts that nobody has established.`,
    reasons: best.open,
    conditions: ['Establish these facts with evidence and compute the plan again.'],
  }
}

function needsADeal(inputs: PlanInputs, best: RankedOption): Verdict {
  const nameOf = (party: string): string => partyOf(inputs, party).name
  const losers = best.incentives.filter((check) => check.missingPerYear > 0)
  const shortfall = losers.reduce((sum, check) => sum - check.cash.p50, 0)
  const surplus = gainOf(
    inputs,
    best,
    losers.map(({ party }) => party),
  )
  const affordable =
    surplus >= shortfall
      ? `the others gain ${fullMoney(inputs, surplus)} over the horizon and can pay it`
      : `the others gain only ${fullMoney(inputs, surplus)} over the horizon, so a higher price or a cheaper build is needed as well`
  return {
    answer: 'settle-first',
    headline: `Settle the money first: ${describeRoles(inputs, best)} is worth ${fullMoney(inputs, best.together.p50)} together, but ${listOf(losers.map(({ party }) => nameOf(party)))} would carry it at a loss.`,
    reasons: losers.map((check) => `${nameOf(check.party)}: ${endSentence(check.endsAboutMonth)}`),
    conditions: losers.map(
      (check) =>
        `${nameOf(check.party)} needs about ${fullMoney(inputs, check.missingPerYear)} more cash a year from launch on; ${affordable}.`,
    ),
  }
}

/** What those who own a part of the bridge gain, each in the median; a supplier’s margin pays nobody. */
function gainOf(inputs: PlanInputs, { parties }: RankedOption, except: readonly string[]): number {
  return parties
    .filter(({ party }) => !except.includes(party) && !worksForFee(partyOf(inputs, party)))
    .reduce((sum, { value }) => sum + Math.max(0, value.p50), 0)
}

/** `its motivation ends about month 14` */
export function endSentence(month: number | undefined): string {
  if (month === undefined) return 'its cash covers its duties to the horizon'
  return month === 0 ? 'it has no motivation from the start' : `its motivation ends about month ${month}`
}

function stands(inputs: PlanInputs, best: RankedOption): Verdict {
  return { answer: 'start', headline: `Start: ${describeRoles(inputs, best)}.`, reasons: standingReasons(inputs, best), conditions: [] }
}

function blocked(inputs: PlanInputs, best: RankedOption, blocking: readonly Flag[]): Verdict {
  return {
    answer: 'settle-first',
    headline: `Settle ${blocking.length === 1 ? 'one thing' : `${blocking.length} things`} first, then start: ${describeRoles(inputs, best)}.`,
    reasons: standingReasons(inputs, best),
    conditions: blocking.map((flag) => `${flag.says} ${flag.fix}`),
  }
}

function standingReasons(inputs: PlanInputs, best: RankedOption): string[] {
  const { together, paybackMonth } = best
  return [
    `Together it is worth ${fullMoney(inputs, together.p50)} in the median case (from ${fullMoney(inputs, together.p10)} to ${fullMoney(inputs, together.p90)} in eight of ten), and loses money in ${percent(together.lossProbability)} of the cases.`,
    paybackSentence(paybackMonth),
    ...best.incentives.map(
      (check) => `${partyOf(inputs, check.party).name}: cash covers its duties in ${percent(1 - check.cash.lossProbability)} of the cases.`,
    ),
  ]
}

/** About the one case in which every number is at its median: that it ends near the P50 of the draws, and not at it, may not read as a contradiction. */
function paybackSentence(month: number | undefined): string {
  const when = 'With every number at its median'
  if (month === undefined) return `${when} it is not yet paid back at the horizon: the sum above is thin.`
  return month === 0 ? `${when} nobody has to advance anything.` : `${when} it is paid back in month ${month}.`
}
