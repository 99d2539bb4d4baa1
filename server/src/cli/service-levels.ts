import type { Command } from 'commander'
import type { BurnState, Measured, ObjectiveReport, ServiceLevelReport } from '../service-levels/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import type { Io } from './io.ts'
import { spanOf } from './maintenance.ts'
import { registerRecords } from './records.ts'
import { registerAlerts } from './service-level-alerts.ts'

/** `bridgekeeper slo`: target, measured, budget left and who spent it. */
export function registerServiceLevels(program: Command, io: Io): void {
  const slo = program
    .command('slo')
    .summary('what was promised, what was measured, who spent the error budget, and what burns')
    .description('Service levels of integrations, and the alerts about them.')
  slo
    .command('show', { isDefault: true })
    .summary('target, measured, budget left and who spent it')
    .description(
      `Service levels from real traffic, in the rolling window and the calendar month, with the causes of what failed.
Too few events is a state of its own. Exit code 1 when an objective is missed or its budget burns too fast.

Examples:
  bridgekeeper slo                              every integration of the workspace that this key may see
  bridgekeeper slo acme-bolt
  bridgekeeper slo acme-bolt --month 2026-10
  bridgekeeper slo alerts                       what burns or burned, and who looks at it`,
    )
    .argument('[integration]')
    .option('--month <month>', 'calendar month, such as 2026-10; left out: this one, up to today')
    .action(async (integration: string | undefined, { month }: { month?: string }) => {
      const api = await connectApi(io)
      const names = integration === undefined ? await visibleNames(api) : [integration]
      const reports: ServiceLevelReport[] = []
      for (const name of names) reports.push(await api.get(`/integrations/${encodeURIComponent(name)}/service-levels${queryOf({ month })}`))
      if (reports.some(isBadNews)) io.exitCode = 1
      if (io.json) return io.printJson(integration === undefined ? { reports } : reports[0])
      for (const report of reports) printReport(io, report)
    })
  registerAlerts(slo, io)
  registerRecords(slo, io)
}

/** Integrations that this key may see. */
export async function visibleNames(api: { get<T>(path: string): Promise<T> }): Promise<string[]> {
  const { facts } = await api.get<{ facts: Record<string, unknown> }>('/readiness/facts')
  return Object.keys(facts)
}

const isBadNews = ({ objectives }: ServiceLevelReport): boolean =>
  objectives.some(({ windows, burn }) => windows[0]!.state === 'missed' || burn.some(({ state }) => state === 'firing'))

function printReport(io: Io, { integration, objectives, countedAt, measuredSince, maintenance, newest }: ServiceLevelReport): void {
  const counted = countedAt === null ? 'nobody has counted yet' : `counted ${countedAt.slice(0, 16).replace('T', ' ')} UTC`
  io.print(io.bold(`${integration}`) + io.dim(`  ${counted}${measuredSince === null ? '' : `, measured since ${measuredSince}`}`))
  const rows = objectives.flatMap((one) => one.windows.map((measured) => ({ one, measured })))
  io.printTable(
    rows,
    [
      { title: 'OBJECTIVE', value: ({ one }) => one.objective.name },
      { title: 'OF', value: ({ one }) => one.objective.side ?? 'whole bridge' },
      { title: 'WINDOW', value: ({ measured: { window } }) => (window.kind === 'rolling' ? `${window.from}…` : window.from.slice(0, 7)) },
      { title: 'TARGET', value: ({ one }) => target(one) },
      {
        title: 'MEASURED',
        value: ({ measured }) => (measured.attainedPpm === undefined ? '–' : percentOf(measured.attainedPpm)),
        align: 'right',
      },
      { title: 'EVENTS', value: ({ measured }) => measured.events, align: 'right' },
      { title: 'BAD', value: ({ measured }) => measured.bad, align: 'right' },
      { title: 'BUDGET LEFT', value: ({ measured: { budget } }) => (budget ? percentOf(budget.leftPpm) : '–'), align: 'right' },
      { title: 'STATE', value: ({ measured }) => stateOf(io, measured) },
    ],
    'No objective: nothing is promised, and the stage expects none.',
  )
  for (const one of objectives) for (const line of detailsOf(one)) io.print(`  ${line}`)
  for (const line of newest.map(ageLine)) io.print(`  ${line}`)
  for (const window of maintenance) io.print(`  maintenance of ${window.platform} ${spanOf(window)}: ${window.says}`)
  io.print('')
}

function target({ objective }: ObjectiveReport): string {
  const { targetPpm, thresholdMs } = objective
  return thresholdMs === undefined ? percentOf(targetPpm) : `${percentOf(targetPpm)} in ${duration(thresholdMs)}`
}

function stateOf(io: Io, { state, events, neededEvents }: Measured): string {
  if (state === 'met') return io.green('met')
  return state === 'missed' ? io.red('missed') : io.yellow(`insufficient data (${events} of ${neededEvents} events)`)
}

/** Who spent the budget and on what grounds, and whether it burns now. */
function detailsOf({ objective, windows, burn }: ObjectiveReport): string[] {
  const [rolling] = windows
  const from = `${objective.name}:`
  const causes = rolling!.causes.map(({ cause, events, evidence }) => {
    const grounds = evidence.map(({ reason, platform, events: count, example }) =>
      [`${count} ${platform && `${platform} `}${reason}`, example && `e.g. ${example}`].filter(Boolean).join(', '),
    )
    return `${from} ${events} by ${cause} (${grounds.join('; ')})`
  })
  const excluded =
    rolling!.excluded > 0 ? [`${from} ${rolling!.excluded} excluded (${rolling!.excludedCauses.map(({ cause }) => cause).join(', ')})`] : []
  const p95 =
    rolling!.p95Ms === undefined
      ? []
      : [`${from} 95 of 100 within ${rolling!.p95Ms === 'beyond' ? 'more than a week' : duration(rolling!.p95Ms)}`]
  return [...causes, ...excluded, ...p95, ...burn.flatMap((state) => burnLine(from, state))]
}

function burnLine(from: string, { tier, state, burn }: BurnState): string[] {
  const name = `${tier.burn}× over ${duration(tier.longMs)} and ${duration(tier.shortMs)} (${tier.severity})`
  if (state === 'firing') return [`${from} BURNING ${burn!.toFixed(1)}×: ${name}`]
  return state === 'can-not-fire' ? [`${from} an alert at ${name} can never fire at this target`] : []
}

function ageLine({ side, event, call }: ServiceLevelReport['newest'][number]): string {
  const age = (one: typeof event, words: string) =>
    one === null ? `no ${words} in two weeks` : `newest ${words} ${duration(one.ageMs)} ago`
  return `${side}: ${age(event, 'event')}, ${age(call, 'answered call')}`
}

export const percentOf = (ppm: number): string => `${(Math.floor(ppm / 100) / 100).toFixed(2)} %`

function duration(ms: number): string {
  const [size, unit] =
    ms >= 86_400_000
      ? [86_400_000, 'd']
      : ms >= 3_600_000
        ? [3_600_000, 'h']
        : ms >= 60_000
          ? [60_000, 'min']
          : ms >= 1000
            ? [1000, 's']
            : [1, 'ms']
  return `${Math.round((ms / (size as number)) * 10) / 10} ${unit}`
}
