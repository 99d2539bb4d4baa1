import { balanceTolerance } from './balance.ts'
import { partyOf } from './flows.ts'
import { fullMoney } from './format.ts'
import { cashOf, type IncentiveCheck } from './incentive-check.ts'
import { isClosed, unknownFacts } from './openness.ts'
import { principalOf } from './option.ts'
import { opennessFacts, type PlanInputs, sides, worksForFee } from './plan-inputs.ts'
import type { ValuedOption } from './value-option.ts'

/** Something about a plan that experience punishes. `blocking`: settle it before starting. */
export interface Flag {
  code: string
  blocking: boolean
  /** What was found here. */
  says: string
  /** What to do about it. */
  fix: string
}

/** What is wrong with the plan whatever option is chosen, and then with the chosen option. */
export function flagsOf(
  inputs: PlanInputs,
  valued: ValuedOption | undefined,
  checks: readonly IncentiveCheck[],
  runCostPerYear: number | undefined,
): Flag[] {
  return [
    ...birthFlags(inputs),
    ...unknownOpennessFlags(inputs),
    ...(valued === undefined
      ? []
      : [
          ...budgetFlags(inputs, runCostPerYear),
          ...staffingFlags(valued),
          ...accessFlags(inputs, valued),
          ...unpaidOwnerFlags(inputs, valued),
        ]),
    ...checks.flatMap((check) => incentiveFlags(inputs, check)),
  ]
}

function birthFlags(inputs: PlanInputs): Flag[] {
  const without = sides.map((side) => partyOf(inputs, inputs.platforms[side].owner)).filter((owner) => owner.productOwner === undefined)
  const names = without.map((owner) => owner.name).join(' and ')
  const partnershipOnly: Flag = {
    code: 'partnership-only-birth',
    blocking: true,
    says: `The bridge was started by a partnership team, and nobody answers for it as a product at ${names}.`,
    fix: `Name a product owner at ${names} and a number that shows customers’ benefit, or let the proposal expire.`,
  }
  const noOwner: Flag = {
    code: 'no-product-owner',
    blocking: false,
    says: `Nobody answers for the bridge as a product at ${names}.`,
    fix: `Name a product owner and a deputy at ${names} before the pilot.`,
  }
  const noMetric: Flag = {
    code: 'no-value-metric',
    blocking: false,
    says: 'Nobody has said by which number customers will be better off.',
    fix: 'Add valueMetric to the plan; without it nobody can say later whether the bridge was worth it.',
  }
  const ownership = without.length === 0 ? [] : [inputs.bornFrom === 'partnership' ? partnershipOnly : noOwner]
  return inputs.valueMetric === undefined ? [...ownership, noMetric] : ownership
}

function unknownOpennessFlags(inputs: PlanInputs): Flag[] {
  return sides
    .map((side) => inputs.platforms[side])
    .map((platform) => ({ platform, facts: unknownFacts(platform) }))
    .filter(({ facts }) => facts.length > 0)
    .map(({ platform, facts }) => ({
      code: 'openness-unknown',
      blocking: isClosed(platform.openness) === 'unknown',
      says: `Nobody has established for ${platform.name}: ${facts.map((name) => opennessFacts[name]).join(', ')}.`,
      fix: `Ask ${partyOf(inputs, platform.owner).name} and write the answers with their evidence into the platform’s file.`,
    }))
}

function budgetFlags(inputs: PlanInputs, runCostPerYear = 0): Flag[] {
  const { runBudgetPerYear } = inputs
  const cost = fullMoney(inputs, runCostPerYear)
  if (runBudgetPerYear === undefined)
    return [
      {
        code: 'no-run-budget',
        blocking: true,
        says: `Nobody has set money aside to keep the bridge running; it will cost about ${cost} a year after launch.`,
        fix: 'Agree on a yearly budget for maintenance, hosting and support before the build starts, and write it into runBudgetPerYear.',
      },
    ]
  if (runBudgetPerYear >= runCostPerYear) return []
  return [
    {
      code: 'run-budget-too-small',
      blocking: true,
      says: `The run budget of ${fullMoney(inputs, runBudgetPerYear)} a year does not cover about ${cost} a year after launch.`,
      fix: 'Raise the budget, or choose an option that is cheaper to run.',
    },
  ]
}

function staffingFlags({ option }: ValuedOption): Flag[] {
  const { builder } = option
  if (builder.staffing === 'opportunistic')
    return [
      {
        code: 'opportunistic-staffing',
        blocking: true,
        says: `${builder.name} would build with whoever has some free time. Free time ends with the next deadline; the bridge does not.`,
        fix: `Let ${builder.name} assign named engineers for the build and for maintenance, or choose another builder.`,
      },
    ]
  if (builder.staffing === 'unknown' && !worksForFee(builder))
    return [
      {
        code: 'staffing-unknown',
        blocking: false,
        says: `Nobody has said who at ${builder.name} will build.`,
        fix: `Ask ${builder.name} for names and dates.`,
      },
    ]
  return []
}

/** What an outside builder must go through before it may start. */
function accessFlags(inputs: PlanInputs, { option }: ValuedOption): Flag[] {
  const principal = principalOf(inputs, option.builder)
  return sides
    .map((side) => inputs.platforms[side])
    .filter((platform) => platform.owner !== principal)
    .flatMap((platform): Flag[] => {
      const hurdles = (['partnershipRequired', 'appReview', 'securityAudit', 'paidAccess'] as const)
        .filter((name) => platform.openness[name].value === 'yes')
        .filter((name) => name !== 'partnershipRequired' || !platform.partners.includes(principal))
        .map((name) => opennessFacts[name])
      const gaps = (['webhooks', 'sandbox', 'deprecationPolicy'] as const)
        .filter((name) => platform.openness[name].value === 'no')
        .map((name) => `no ${opennessFacts[name].replace('sends ', '')}`)
      const found = [...hurdles, ...gaps]
      if (found.length === 0) return []
      return [
        {
          code: 'access-conditions',
          blocking: false,
          says: `${platform.name} asks of outside builders, or lacks: ${found.join(', ')}.`,
          fix: [
            'Plan time for each of them.',
            ...(platform.openness.webhooks.value === 'no' ? ['Without webhooks the bridge polls.'] : []),
            ...(platform.openness.deprecationPolicy.value === 'no' ? ['Ask for a notice period in the agreement.'] : []),
          ].join(' '),
        },
      ]
    })
}

/** The owner of an open platform who answers questions for nothing. */
function unpaidOwnerFlags(inputs: PlanInputs, valued: ValuedOption): Flag[] {
  const principal = principalOf(inputs, valued.option.builder)
  return sides
    .map((side) => partyOf(inputs, inputs.platforms[side].owner))
    .filter((owner) => owner.id !== principal && cashOf(inputs, valued, owner.id) <= balanceTolerance)
    .map((owner) => ({
      code: 'unpaid-owner',
      blocking: false,
      says: `${owner.name} answers questions and keeps its API stable, and receives no cash for it.`,
      fix: 'Expect slow answers. Keep the questions few, or give it a part of the sales.',
    }))
}

/** Above this share of losing cases a party that the bridge depends on makes a bet, not an investment. */
const betFromLossProbability = 1 / 3

function incentiveFlags(inputs: PlanInputs, check: IncentiveCheck): Flag[] {
  const name = partyOf(inputs, check.party).name
  if (check.fadesFromMonth !== undefined)
    return [
      {
        code: 'front-loaded-incentive',
        blocking: false,
        says: `${name} has its money by month ${check.fadesFromMonth}; after that the bridge costs it more than it still brings.`,
        fix: 'Move a part of the early payment to each year of running, or hold some back until the horizon.',
      },
    ]
  if (check.cash.p50 < 0 && check.softAtFaceValue > 0)
    return [
      {
        code: 'soft-incentives-only',
        blocking: false,
        says: `${name} counts on ${fullMoney(inputs, check.softAtFaceValue)} of stickiness and halo. Promises of this kind fade first.`,
        fix: 'Run an experiment that shows the effect in cash, or pay in cash.',
      },
    ]
  if (check.cash.p50 >= 0 && check.cash.lossProbability > betFromLossProbability)
    return [
      {
        code: 'thin-margin',
        blocking: false,
        says: `${name} is out of pocket in ${Math.round(check.cash.lossProbability * 100)} % of the cases, although not in the median one.`,
        fix: 'Look at what matters most: narrow that number with a pilot before committing to the whole build.',
      },
    ]
  return []
}
