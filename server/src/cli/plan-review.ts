import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import {
  type Activity,
  type MoneyLine,
  moneyOf,
  monthsBetween,
  optionOf,
  type PlanActuals,
  type PlanReview,
  renderReviewPage,
  resolvePlan,
  reviewCost,
  reviewMoney,
  reviewPlan,
} from '../planning/index.ts'
import type { Plan, Workspace } from '../workspace/index.ts'
import { connectApi } from './api-client.ts'
import { findPlan } from './find-plan.ts'
import type { Io } from './io.ts'
import { errors } from './plan-errors.ts'

export function registerReview(parent: Command, io: Io): void {
  parent
    .command('review')
    .summary('compare a decided plan with the hours worked and the money that came since')
    .description(
      `What the chosen option expected by now (P10, P50, P90 of the plan’s own draws) beside what was recorded: hours, the cost of the work,
paying customers, their revenue, and each incentive. What nobody recorded is unknown, never zero. Before the launch only the build is
compared; write decision.launchedOn into the plan when its first customer is on the bridge. Exit code 1: something is worse than planned.

Customers and revenue come from the instances of the plan’s integration (\`instances add --paying --revenue …\`), incentives from
\`receipts add\`, hours from \`hours add\`.

Examples:
  bridgekeeper plan review plans/acme-hooli.yaml
  bridgekeeper plan review acme-hooli --format html --out review.html`,
    )
    .argument('<plan>', 'file or name of a plan')
    .option('--format <format>', 'text, json or html', 'text')
    .option('--out <file>', 'write to a file')
    .action(async (name: string, _: unknown, command: Command) => {
      // `plan` has these options too, and then they are its.
      const { format, out } = command.optsWithGlobals<{ format: string; out?: string }>()
      const folder: string = command.optsWithGlobals().workspace ?? io.cwd
      const { plan, workspace } = await findPlan(folder, io.cwd, name)
      if (!plan.spec.decision?.option) throw errors.undecided({ name })
      if (!['text', 'json', 'html'].includes(format)) throw errors.review_format_unknown({ format })
      const api = await connectApi(io, folder)
      const actuals = await api.get<PlanActuals>(`/plans/${encodeURIComponent(plan.metadata.name)}/actuals`)
      const review = reviewOf(plan, workspace, actuals)
      if (isWorse(review)) io.exitCode = 1
      if (out === undefined && (io.json || format === 'json')) return io.printJson(review)
      if (out === undefined && format === 'text') return printReview(io, review)
      const bytes = format === 'html' ? renderReviewPage(review) : `${JSON.stringify(review, null, 2)}\n`
      if (out === undefined) return io.print(bytes.trimEnd())
      await mkdir(dirname(resolve(io.cwd, out)), { recursive: true })
      await writeFile(resolve(io.cwd, out), bytes)
      io.note(`Written to ${out}`)
    })
}

function reviewOf(plan: Plan, workspace: Workspace, actuals: PlanActuals): PlanReview {
  const { decision } = plan.spec
  const { inputs } = resolvePlan(plan, {
    organization: (key) => workspace.organizations.get(key),
    platform: (key) => workspace.platforms.get(key),
  })
  const option = optionOf(inputs, plan)!
  const worked = (activity: string): number => actuals.hours.reduce((sum, one) => sum + (one.activity === activity ? one.hours : 0), 0)
  const sinceLaunch = decision!.launchedOn === undefined ? undefined : monthsBetween(decision!.launchedOn, actuals.asOf)
  const elapsed = { sinceDecision: monthsBetween(decision!.decidedOn, actuals.asOf), ...(sinceLaunch !== undefined && { sinceLaunch }) }
  return {
    plan: plan.metadata.name,
    title: inputs.title,
    currency: inputs.currency,
    asOf: actuals.asOf,
    decidedOn: decision!.decidedOn,
    ...(decision!.launchedOn !== undefined && { launchedOn: decision!.launchedOn }),
    names: Object.fromEntries(inputs.parties.map(({ id, name }) => [id, name])),
    lines: reviewPlan(inputs, option, sinceLaunch, hoursByActivity(actuals)),
    money: [
      ...reviewMoney(inputs, option, elapsed, moneyOf(actuals, inputs.currency)),
      reviewCost(inputs, option, sinceLaunch, actuals.hours),
    ],
    borrowedHours: worked('question'),
    incidentHours: worked('incident'),
  }
}

/** Without an entry nobody has recorded any. */
const hoursByActivity = ({ hours }: PlanActuals): Partial<Record<Activity, number>> =>
  Object.fromEntries(
    [...Map.groupBy(hours, ({ activity }) => activity)].map(([activity, sums]) => [
      activity,
      sums.reduce((sum, one) => sum + one.hours, 0),
    ]),
  )

/** More work than planned is bad news, and so is less money. */
const isWorse = ({ lines, money }: PlanReview): boolean =>
  lines.some(({ judgement }) => judgement === 'above') || money.some(({ kind, state }) => state === (kind === 'cost' ? 'above' : 'below'))

const hours = (value: number): string => value.toFixed(value < 10 ? 1 : 0)

function printReview(io: Io, review: PlanReview): void {
  io.printTable(
    review.lines,
    [
      { title: 'HOURS OF', value: (line) => line.activity },
      { title: 'P10', value: (line) => hours(line.expected.p10), align: 'right' },
      { title: 'P50', value: (line) => hours(line.expected.p50), align: 'right' },
      { title: 'P90', value: (line) => hours(line.expected.p90), align: 'right' },
      { title: 'WORKED', value: (line) => (line.actual === undefined ? '?' : hours(line.actual)), align: 'right' },
      { title: '', value: (line) => (line.judgement === 'unknown' ? 'unknown: no hours recorded' : line.judgement) },
    ],
    '',
  )
  io.print(`Borrowed time (questions): ${hours(review.borrowedHours)} h. Incidents: ${hours(review.incidentHours)} h.\n`)
  const amount = (value: number): string => Math.round(value).toLocaleString('en-US')
  const stateInWords = ({ state, note }: MoneyLine): string => (note ? `${state}: ${note}` : state)
  io.printTable(
    review.money,
    [
      {
        title: `SO FAR, IN ${review.currency}`,
        value: (line) => line.title + (line.party ? ` (${review.names[line.party] ?? line.party})` : ''),
      },
      { title: 'P10', value: (line) => amount(line.expected.p10), align: 'right' },
      { title: 'P50', value: (line) => amount(line.expected.p50), align: 'right' },
      { title: 'P90', value: (line) => amount(line.expected.p90), align: 'right' },
      { title: 'ACTUAL', value: (line) => (line.actual === undefined ? '?' : amount(line.actual)), align: 'right' },
      { title: '', value: stateInWords },
    ],
    '',
  )
}
