import { defineErrors } from '../errors/index.ts'

const invalid = { status: 422, retry: false } as const

export const errors = defineErrors('planning', {
  needs_two_platforms: {
    ...invalid,
    message: ({ plan, party }: { plan: string; party: string }) =>
      `the plan ${plan} compares two platforms; its party ${party} stands for one of them and names none`,
    fix: 'List the owners of the two platforms first in spec.parties, each with its platform.',
  },
  not_the_owner: {
    ...invalid,
    message: ({ party, platform, owner }: { party: string; platform: string; owner: string }) =>
      `${party} brings the platform ${platform}, which belongs to ${owner}`,
    fix: ({ owner }) => `Name ${owner} as the party, or correct spec.owner of the platform.`,
  },
  currencies_differ: {
    ...invalid,
    message: ({ field, found, expected }: { field: string; found: string; expected: string }) =>
      `${field} is in ${found}; the plan is in ${expected}`,
    fix: ({ expected }) => `Write it in ${expected}: a plan compares amounts, so all of them need one currency.`,
  },
  factors_out_of_order: {
    ...invalid,
    message: ({ p50, p90 }: { p50: number; p90: number }) =>
      `buildP90Factor must be at least buildP50Factor; here they are ${p90} and ${p50}`,
    fix: 'Nine of ten builds can’t take less than half of them do: exchange the two, or correct one.',
  },
  tier_unknown: {
    ...invalid,
    message: ({ tier, platform, tiers }: { tier: string; platform: string; tiers: string }) =>
      `the program of ${platform} has no tier ${tier}; it has ${tiers}`,
    fix: 'Use one of its tiers in programTier.',
  },
  entity_missing: {
    status: 404,
    retry: false,
    message: ({ kind, name, plan }: { kind: string; name: string; plan: string }) =>
      `the plan ${plan} needs the ${kind} ${name}, which this workspace does not have`,
    fix: 'Add its file to the workspace, or correct the name in the plan.',
  },
  plan_unknown: {
    status: 404,
    retry: false,
    message: ({ name, known }: { name: string; known: string }) => `there is no plan ${name} in this workspace; it has ${known}`,
    fix: 'Use the metadata.name of one of its Plan files.',
  },
  incentive_unknown: {
    status: 404,
    retry: false,
    message: ({ plan, incentive, known }: { plan: string; incentive: string; known: string }) =>
      `the plan ${plan} has no incentive ${incentive}; it has ${known}`,
    fix: 'Use the id of one of its incentives.',
  },
  receipt_without_note: {
    ...invalid,
    message: ({ incentive, kind }: { incentive: string; kind: string }) =>
      kind === 'nothing came' ? `that nothing came of ${incentive} needs a note` : `${incentive} is ${kind}, which no account shows`,
    fix: 'Add a note that says what was measured, by whom, and how.',
  },
  recipient_undecided: {
    ...invalid,
    message: ({ incentive, job }: { incentive: string; job: string }) =>
      `${incentive} goes to the ${job}, and the plan has not decided who that is`,
    fix: 'Write decision.option with builder, host, seller and supporter into the plan.',
  },
  receipt_of_others: {
    status: 403,
    retry: false,
    message: ({ organization, caller }: { organization: string; caller: string }) => `${caller} can’t record what ${organization} received`,
    fix: 'Use a key of that organization, or let the operator record it.',
  },
  hours_columns_missing: {
    ...invalid,
    message: ({ missing }: { missing: string; known: string }) => `the file lacks the columns ${missing}`,
    fix: ({ known }) => `The first line names the columns; known are ${known}.`,
  },
  hours_columns_twice: {
    ...invalid,
    message: ({ twice }: { twice: string }) => `the first line names a column twice: ${twice}`,
    fix: 'Give one of them another name, or delete it: only one of the two could be read.',
  },
  hours_unreadable: {
    ...invalid,
    message: ({ count, problems }: { count: number; problems: string }) =>
      `${count === 1 ? 'a line' : `${count} lines`} can’t be taken over, so none was:\n${problems}`,
    fix: 'Correct these lines and import the file again; what was imported before is not added twice.',
  },
  hours_of_others: {
    status: 403,
    retry: false,
    message: ({ organization, caller }: { organization: string; caller: string }) => `${caller} can’t record hours of ${organization}`,
    fix: 'Use a key of that organization, or let the operator record them.',
  },
})
