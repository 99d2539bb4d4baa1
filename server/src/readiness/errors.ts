import { defineErrors } from '../errors/index.ts'

const did = (near: string | undefined, otherwise: string): string => (near ? `Did you mean ${near}?` : otherwise)

export const errors = defineErrors('readiness', {
  no_database: {
    status: 503,
    retry: false,
    message: ({ command }: { command: string }) => `${command} writes a row, and no database is named`,
    fix: 'Start the server and set DATABASE_URL, or give --database postgres://….',
  },
  check_unknown: {
    status: 404,
    retry: false,
    message: ({ found }: { found: string; near?: string }) => `expected the id of a readiness check, found ${found}`,
    fix: ({ near }: { near?: string }) => did(near, 'List them with `bridgekeeper readiness explain`.'),
  },
  integration_unknown: {
    status: 404,
    retry: false,
    message: ({ found }: { found: string; near?: string }) => `expected an integration of this workspace, found ${found}`,
    fix: ({ near }: { near?: string }) => did(near, 'List them with `bridgekeeper readiness`.'),
  },
  side_unknown: {
    status: 422,
    retry: false,
    message: ({ found, sides }: { found: string; sides: readonly string[] }) =>
      `expected one of the sides ${sides.join(', ')}, found ${found}`,
    fix: 'Name the organization of a side of this integration.',
  },
  person_unknown: {
    status: 422,
    retry: false,
    message: ({ found }: { found: string; near?: string }) => `expected a person of this workspace who is there today, found ${found}`,
    fix: ({ near }: { near?: string }) =>
      did(near, 'Write organization/person, and check joinedOn and leftOn in the file of the organization.'),
  },
  may_not_speak: {
    status: 403,
    retry: false,
    message: ({ person, side }: { person: string; side: string }) => `expected somebody who answers for ${side}, found ${person}`,
    fix: 'Let a person of that side attest, or give this person a role or duty on it.',
  },
  nothing_to_attest: {
    status: 422,
    retry: false,
    message: ({ side, failing }: { side: string; failing: readonly string[] }) =>
      `expected a check of ${side} that holds and waits for a person’s word, found none${failing.length > 0 ? `: ${failing.join(', ')} fail or lack data` : ''}`,
    fix: 'An attestation supports what a file says; it mends nothing. See what fails with `bridgekeeper readiness INTEGRATION`.',
  },
  waiver_unknown: {
    status: 404,
    retry: false,
    message: ({ integration, check }: { integration: string; check: string }) =>
      `expected a waiver of ${check} in the file of ${integration}, found none`,
    fix: 'Write the waiver into spec.waivers first (check, reason, signedBy, grantedOn, expiresOn): what is signed must be readable by both sides.',
  },
  waiver_over: {
    status: 422,
    retry: false,
    message: ({ check, says }: { check: string; says: string }) => `expected a waiver of ${check} that can stand, found one that ${says}`,
    fix: 'Write a new waiver with a day that both sides can live with.',
  },
  waiver_forbidden: {
    status: 422,
    retry: false,
    message: ({ check }: { check: string }) => `${check} can't be waived: no signature excuses that a customer pays`,
    fix: ({ check }) => `Take the waiver out of the file and mend what the check asks for: \`bridgekeeper readiness explain ${check}\`.`,
  },
  gap_unknown: {
    status: 404,
    retry: false,
    message: ({ integration, gap, known }: { integration: string; gap: string; known: readonly string[] }) =>
      `expected an open known gap of ${integration} (${known.join(', ') || 'there is none'}), found ${gap}`,
    fix: 'Use the id from spec.knownGaps.',
  },
  review_in_the_past: {
    status: 422,
    retry: false,
    message: ({ found, today }: { found: string; today: string }) => `expected a next review after ${today}, found ${found}`,
    fix: 'Give the day on which somebody will look at the gap again.',
  },
  drill_own_answer: {
    status: 422,
    retry: false,
    message: ({ person }: { person: string }) => `expected somebody else to record that ${person} answered, found ${person}`,
    fix: 'Let whoever made the call record it.',
  },
  scenario_unknown: {
    status: 422,
    retry: false,
    message: ({ integration, found, known }: { integration: string; found: string; known: readonly string[] }) =>
      `expected a scenario of ${integration} (${known.join(', ') || 'there is none'}), found ${found}`,
    fix: 'Use the name from spec.scenarios.',
  },
  not_yet: {
    status: 422,
    retry: false,
    message: ({ found }: { found: string }) => `expected something that has happened, found ${found}`,
    fix: 'Give a time in the past, with its zone.',
  },
  no_such_move: {
    status: 409,
    retry: false,
    message: ({ integration, from, to, moves }: { integration: string; from: string; to: string; moves: readonly string[] }) =>
      `${integration} is in ${from} and can move to ${moves.join(' or ') || 'no other stage'}, not to ${to}`,
    fix: 'Take the stages in their order. What customers pay for ends through deprecated and sunset only, with spec.windDown carried out.',
  },
  gate_closed: {
    status: 409,
    retry: false,
    message: ({ integration, to, count, reasons }: { integration: string; to: string; count: number; reasons: readonly string[] }) =>
      `the gate to ${to} is closed for ${integration}, ${count} check(s) refuse: ${reasons.join('; ')}`,
    fix: 'Run `bridgekeeper readiness INTEGRATION` for what to do about each, or have both sides sign a waiver that expires.',
  },
  stage_contested: {
    status: 409,
    retry: true,
    message: ({ integration, to }: { integration: string; to: string }) =>
      `${integration} could not be moved to ${to}: each time somebody else had moved it, or bound a paying customer, in between`,
    fix: ({ integration }) =>
      `Try again in a moment. If it stays so, see who is bound to it: \`bridgekeeper instances list --integration ${integration}\`.`,
  },
  adoption_one_sided: {
    status: 422,
    retry: false,
    message: ({ integration, missing }: { integration: string; missing: readonly string[] }) =>
      `expected somebody of each side to sign that ${integration} is taken over as it is, found nobody of ${missing.join(' and ')}`,
    fix: 'Name one person of each side that brings a platform.',
  },
  adoption_while_paying: {
    status: 409,
    retry: false,
    message: ({ integration, stage }: { integration: string; stage: string }) =>
      `${integration} can't be taken over in ${stage}: customers pay for it`,
    fix: ({ stage }) =>
      stage === 'retired'
        ? 'Adopt it in the stage that its customers believe it to be in, and end it through deprecated and sunset with a wind-down plan.'
        : 'Adopt it in beta or ga, or serve its customers without charge.',
  },
  already_admitted: {
    status: 409,
    retry: false,
    message: ({ integration, stage }: { integration: string; stage: string }) =>
      `${integration} has been admitted to ${stage} already; only a first sight can be adopted`,
    fix: 'Move it through its gates.',
  },
  not_built: {
    status: 409,
    retry: false,
    message: ({ integration }: { integration: string }) => `${integration} is only proposed and can have no instances`,
    fix: 'Decide on the proposal: set the stage to experimental.',
  },
  no_new_instances: {
    status: 409,
    retry: false,
    message: ({ integration, stage }: { integration: string; stage: string }) => `${integration} is ${stage} and takes no new instances`,
    fix: 'Offer the successor named in its wind-down plan.',
  },
  no_new_payer: {
    status: 409,
    retry: false,
    message: ({ integration, stage, customer }: { integration: string; stage: string; customer: string }) =>
      `${integration} is ${stage}: ${customer} can't begin to pay for what is being taken down`,
    fix: 'Serve the customer without charge until the last day, and offer the successor named in its wind-down plan.',
  },
  retired: {
    status: 409,
    retry: false,
    message: ({ integration, customer }: { integration: string; customer: string }) =>
      `${integration} is retired: the instance of ${customer} can't be changed, moved or resumed`,
    fix: 'Install the successor named in its wind-down plan. What remains can be paused or removed.',
  },
  paying_customer_refused: {
    status: 409,
    retry: false,
    message: ({
      integration,
      stage,
      customer,
      declared,
      refusals = 0,
    }: {
      integration: string
      stage: string
      customer: string
      /** What the file hopes for, where it is not so. */
      declared?: string
      refusals?: number
    }) =>
      `${integration} is ${stage}: it can't be bound to the paying customer ${customer}${
        declared === undefined
          ? ''
          : `. Its file says ${declared}, but ${refusals > 0 ? `${refusals} check(s) of that gate refuse` : `there is no move from ${stage} to ${declared}`}`
      }`,
    fix: ({ integration, declared }) =>
      `Only beta and ga take customers who pay. \`bridgekeeper readiness gate ${integration} ${declared ?? 'beta'}\` says what refuses; until it opens, bind the customer without charge. What ran with paying customers before is adopted by both sides: \`bridgekeeper readiness adopt ${integration} --by …\`.`,
  },
  too_many_instances: {
    status: 409,
    retry: false,
    message: ({ integration, stage, limit }: { integration: string; stage: string; limit: number }) =>
      `${integration} is ${stage} and has its ${limit} instances`,
    fix: 'Take it through the gate to beta; more customers than that are no pilot.',
  },
})
