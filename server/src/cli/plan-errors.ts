import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('plan', {
  cancelled: {
    status: 422,
    retry: false,
    message: () => 'the interview was broken off; no plan was written, and the answers so far are kept',
    fix: 'Run `bridgekeeper plan` again when you have the numbers at hand: it goes on from there.',
  },
  no_terminal: {
    status: 422,
    retry: false,
    message: () => 'there is nobody to ask: this is no terminal',
    fix: 'Name a plan: bridgekeeper plan plans/my-plan.yaml.',
  },
  not_found: {
    status: 404,
    retry: false,
    message: ({ name }: { name: string; known: string }) => `there is no plan ${name}`,
    fix: ({ known }) => `Name the file of a plan, or a plan of this workspace: ${known}.`,
  },
  has_problems: {
    status: 422,
    retry: false,
    message: ({ name, problems }: { name: string; problems: string }) => `${name} can’t be computed as it stands:\n${problems}`,
    fix: 'Mend these places; `bridgekeeper workspace check --fix` mends what needs no judgement.',
  },
  undecided: {
    status: 422,
    retry: false,
    message: ({ name }: { name: string }) => `${name} names no option that was chosen, so there is nothing to compare with`,
    fix: 'Write decision.option with builder, host, seller and supporter into the plan.',
  },
  several: {
    status: 422,
    retry: false,
    message: ({ file, names }: { file: string; names: string }) => `${file} holds several plans: ${names}`,
    fix: 'Name the plan instead of the file.',
  },
  format_unknown: {
    status: 422,
    retry: false,
    message: ({ format }: { format: string }) => `there is no format ${format}`,
    fix: 'Use text, json, html or pdf.',
  },
  review_format_unknown: {
    status: 422,
    retry: false,
    message: ({ format }: { format: string }) => `there is no format ${format}`,
    fix: 'Use text, json or html.',
  },
  file_exists: {
    status: 409,
    retry: false,
    message: ({ file }: { file: string }) => `${file} exists already; nothing was written`,
    fix: 'Name another file with --out, or move that one away.',
  },
})
