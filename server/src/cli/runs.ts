import type { Command } from 'commander'
import type { DryRun, LanePlace, Outage, ParkedGroup, RunSummary, StepSummary } from '../runtime/index.ts'
import { connectApi, queryOf, tellMore } from './api-client.ts'
import { errors } from './errors.ts'
import type { Column, Io } from './io.ts'
import { printDryRun } from './print-dry-run.ts'

type Shown<T> = { [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] }
type Run = Shown<RunSummary> & { outage: Shown<Outage> | null }
type Call = {
  startedAt: string
  method: string
  path: string
  status: number | null
  durationMs: number
  outcome: string
  error: string | null
}

interface FilterOptions {
  status?: string
  integration?: string
  instance?: string
  customer?: string
  flow?: string
  fingerprint?: string
  delivery?: string
  error?: string
  from?: string
  to?: string
}

/** The conditions that all commands about many runs share. */
function withFilter(command: Command): Command {
  return command
    .option(
      '--status <status>',
      'waiting, queued, running, retrying, throttled, partner-down, sleeping, parked, blocked, succeeded, skipped or discarded',
    )
    .option('--integration <name>')
    .option('--instance <id or name>')
    .option('--customer <name>')
    .option('--flow <name>')
    .option('--fingerprint <fingerprint>', 'runs that failed for the same reason')
    .option('--delivery <id>')
    .option('--error <text>', "text in the failure's message")
    .option('--from <time>', 'received at or after, RFC 3339')
    .option('--to <time>', 'received before, RFC 3339')
}

const filterNames = ['status', 'integration', 'instance', 'customer', 'flow', 'fingerprint', 'delivery', 'error', 'from', 'to'] as const

function filterOf(options: FilterOptions): Record<string, string> {
  return Object.fromEntries(filterNames.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])))
}

const moment = (time: string): string => time.slice(0, 19).replace('T', ' ')
const instanceOf = (run: Run): string => `${run.customer}/${run.instance}${run.instanceRemoved ? ' (removed)' : ''}`

const runColumns: Column<Run>[] = [
  { title: 'RUN', value: (run) => run.id },
  { title: 'STATUS', value: (run) => run.status },
  { title: 'FLOW', value: (run) => `${run.integration}/${run.flow}` },
  { title: 'INSTANCE', value: instanceOf },
  { title: 'RECEIVED', value: (run) => moment(run.receivedAt) },
  { title: 'TRIES', value: (run) => run.attempt, align: 'right' },
  { title: 'WHY', value: whyOf, maxWidth: 70 },
]

/** Of a partner that is away first what everybody asks: since when, and when it is tried again. */
function whyOf({ status, failure, outage }: Run): string {
  if (!failure || status === 'succeeded') return ''
  if (!outage) return failure.message
  return `${failure.platform ?? 'the partner'} has been down since ${moment(outage.since)}, next try ${moment(outage.nextTryAt)}: ${outage.reason}`
}

export function registerRuns(program: Command, io: Io): void {
  const runs = program
    .command('runs')
    .summary('look at executions of flows, with steps and calls')
    .description('Look at the executions of flows.')
  withFilter(runs.command('list', { isDefault: true }).description('Newest first, unfinished and finished alike.'))
    .option('--before <run>', 'only older than this one')
    .option('--limit <n>', 'how many', '20')
    .action(async (options: FilterOptions & { before?: string; limit: string }) => {
      const api = await connectApi(io)
      const { before, limit } = options
      const answer = await api.get<{ runs: Run[]; next: string | null }>(`/runs${queryOf({ ...filterOf(options), before, limit })}`)
      if (io.json) return io.printJson(answer)
      io.printTable(answer.runs, runColumns, 'No runs match. Runs appear when deliveries reach an instance: bridgekeeper deliveries list.')
      tellMore(io, '--before', answer.next)
    })
  runs
    .command('show')
    .description('One run with its steps and calls.')
    .argument('<run>')
    .action(async (id: string) => {
      const api = await connectApi(io)
      const shown = await api.get<ShownRun>(`/runs/${encodeURIComponent(id)}`)
      if (io.json) return io.printJson(shown)
      printRun(io, shown)
    })
}

interface ShownRun {
  run: Run
  lane: LanePlace
  steps: Shown<StepSummary>[]
  calls: Call[]
}

function printRun(io: Io, { run, lane, steps, calls }: ShownRun): void {
  io.print(`${io.bold(`${run.integration}/${run.flow}`)} ${run.version} for ${instanceOf(run)}: ${run.status}`)
  if (run.outage) {
    const { circuit, since, failedTries, nextTryAt } = run.outage
    const tried = failedTries === 0 ? '' : `, tried ${failedTries === 1 ? 'once' : `${failedTries} times`} in vain`
    io.print(`${run.failure?.platform ?? 'the partner'} has been down since ${moment(since)}${tried}; next try ${moment(nextTryAt)} (UTC)`)
    io.print(`goes on at once when a call gets through; the operator can let all try now: bridgekeeper circuits close ${circuit}`)
  } else if (run.dueAt) {
    const isShut = run.status === 'throttled' && run.failure?.waitsFor !== undefined
    io.print(isShut ? `goes on at once when what it waits for is over; looks again at ${run.dueAt}` : `goes on by itself at ${run.dueAt}`)
  }
  if (lane.behind) io.print(`waits in its lane behind ${lane.behind}: bridgekeeper runs show ${lane.behind}`)
  if (lane.holds > 0) io.print(`${lane.holds === 1 ? '1 run waits' : `${lane.holds} runs wait`} behind it in its lane`)
  io.print(`received ${run.receivedAt}, delivery ${run.deliveryId ?? 'none (scheduled)'}, lane ${run.lane}`)
  if (run.failure && run.status !== 'succeeded') {
    const { kind, step, message, stack } = run.failure
    io.print(`\n${io.red(kind)}${step === undefined ? '' : ` in step “${step}”`}: ${message}`)
    for (const frame of placesIn(stack)) io.print(io.dim(`  ${frame}`))
    if (run.failure.body) io.print(io.dim(run.failure.body))
    io.print(`${io.bold('Fix')} ${run.failure.fix}`)
  }
  if (steps.length > 0) io.print('')
  io.printTable(
    steps,
    [
      { title: 'STEP', value: (step) => step.name },
      { title: 'MS', value: (step) => step.durationMs, align: 'right' },
      { title: 'RESULT', value: (step) => (step.kind === 'sleep' ? `until ${step.wakeAt}` : JSON.stringify(step.result)), maxWidth: 90 },
    ],
    '\nNo steps are remembered yet.',
  )
  if (calls.length > 0) io.print('')
  io.printTable(
    [...calls].reverse(),
    [
      { title: 'CALL', value: (call) => `${call.method} ${call.path}`, maxWidth: 80 },
      { title: 'STATUS', value: (call) => call.status ?? 'no answer' },
      { title: 'MS', value: (call) => Math.round(call.durationMs), align: 'right' },
      { title: 'OUTCOME', value: (call) => call.outcome },
    ],
    '\nNo calls are recorded.',
  )
  if (run.status === 'parked' || run.status === 'blocked')
    io.note(`\nTry it without effect: bridgekeeper replay ${run.id} --dry-run\nLet it go on:          bridgekeeper replay ${run.id}`)
}

/** Where an author looks first: their own lines, without the program that called them. */
function placesIn(stack: string | undefined): string[] {
  const frames = (stack ?? '').split('\n').map((line) => line.trim())
  return frames.filter((line) => line.startsWith('at ') && !/node:|\/node_modules\/|\/(server\/src|lib)\/runtime\//.test(line)).slice(0, 3)
}

export function registerParked(program: Command, io: Io): void {
  const parked = program
    .command('parked')
    .summary('runs that wait for a person or an event')
    .description('Look at runs that wait for a person or an event, and decide about them.')
  withFilter(parked.command('list', { isDefault: true }).description('Grouped by reason, largest group first.')).action(
    async (options: FilterOptions) => {
      const api = await connectApi(io)
      const answer = await api.get<{ groups: Shown<ParkedGroup>[] }>(`/parked${queryOf(filterOf(options))}`)
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.groups,
        [
          { title: 'FINGERPRINT', value: (group) => group.fingerprint },
          { title: 'RUNS', value: (group) => group.runs, align: 'right' },
          { title: 'BEHIND', value: (group) => group.holds, align: 'right' },
          { title: 'STATE', value: (group) => group.state },
          { title: 'FLOW', value: (group) => `${group.integration}/${group.flow}` },
          { title: 'CUSTOMERS', value: (group) => group.customers.join(', '), maxWidth: 30 },
          { title: 'KIND', value: (group) => group.failure.kind },
          { title: 'WHY', value: (group) => group.failure.message, maxWidth: 70 },
        ],
        'Nothing is parked.',
      )
      const [first] = answer.groups
      if (!first) return
      io.note(`\nBEHIND counts runs that wait in the same lanes. Look at the first group, try it without effect, and let it go on:`)
      for (const command of ['runs list', 'replay --dry-run', 'replay'])
        io.note(`  bridgekeeper ${command} --fingerprint ${first.fingerprint}`)
    },
  )
  withFilter(parked.command('discard').description('Give parked runs up for good; their lanes go on.'))
    .argument('[run]')
    .option('--yes', 'really do it')
    .action(async (run: string | undefined, options: FilterOptions & { yes?: boolean }) => {
      if (!options.yes) throw errors.confirmation_needed({ what: 'give runs up for good' })
      const api = await connectApi(io)
      const answer = await api.post<{ runs: number }>('/parked/discard', { ...filterOf(options), ...(run ? { ids: [run] } : {}) })
      if (io.json) io.printJson(answer)
      else io.print(`${answer.runs === 1 ? '1 run is' : `${answer.runs} runs are`} given up.`)
    })
}

export function registerReplay(program: Command, io: Io): void {
  withFilter(
    program
      .command('replay')
      .summary('let parked runs go on, or run finished ones again')
      .description(
        'Let parked runs go on, or run finished ones again. Effects keep their idempotency keys, so nothing happens twice where the partner honours them.',
      ),
  )
    .argument('[run]', 'one run; without it, all parked runs that match the filter')
    .option('--dry-run', 'show the calls it would make, and call nothing')
    .option('--latest', "with the instance's present version, settings and mappings instead of those the run was made with")
    .option('--finished', 'finished runs that match the filter, instead of parked ones')
    .option('--all', 'really everything, with no filter')
    .addHelpText(
      'after',
      '\nExamples:\n  bridgekeeper replay 0198…                          one run\n  bridgekeeper replay --fingerprint 41d0… --dry-run  what a group would do\n  bridgekeeper replay --finished --delivery 0198…    a finished run once more',
    )
    .action(
      async (
        run: string | undefined,
        options: FilterOptions & { dryRun?: boolean; latest?: boolean; finished?: boolean; all?: boolean },
      ) => {
        const api = await connectApi(io)
        const version = options.latest ? 'latest' : 'same'
        if (options.dryRun) return dryRuns(io, api, run, options, version)
        const one = run ? (await api.get<{ run: Run }>(`/runs/${encodeURIComponent(run)}`)).run : undefined
        const finished = one ? ['succeeded', 'skipped', 'discarded'].includes(one.status) : options.finished
        const filter = { ...filterOf(options), ...(run ? { ids: [run] } : {}), ...(options.all ? { all: true } : {}), version }
        const answer = await api.post<{ runs: number }>(finished ? '/runs/replay' : '/parked/resume', filter)
        if (io.json) return io.printJson(answer)
        if (answer.runs === 0) io.note(one ? `The run is ${one.status}: there is nothing to replay.` : 'No runs match.')
        else io.print(`${goOn(answer.runs, Boolean(finished))} Watch: ${watchOf(one, Boolean(finished))}`)
      },
    )
}

async function dryRuns(
  io: Io,
  api: Awaited<ReturnType<typeof connectApi>>,
  run: string | undefined,
  options: FilterOptions & { finished?: boolean },
  version: string,
): Promise<void> {
  const ids = run ? [run] : (await newestOf(api, options)).map((one) => one.id)
  const results: (DryRun & { made: unknown[] })[] = []
  for (const id of ids) results.push(await api.post(`/runs/${encodeURIComponent(id)}/dry-run`, { version }))
  if (io.json) return io.printJson({ runs: results })
  if (results.length === 0) io.note('No runs match.')
  for (const result of results) printDryRun(io, result as never)
  if (ids.length === dryRunsShown) io.note('Only the newest 20 are shown; the replay itself takes all that match.')
}

const dryRunsShown = 20

/** The newest of the runs that the replay itself would take: of those that stopped, also the ones that block their lane. */
async function newestOf(api: Awaited<ReturnType<typeof connectApi>>, options: FilterOptions & { finished?: boolean }): Promise<Run[]> {
  const { status, ...filter } = filterOf(options)
  const statuses = status ? [status] : options.finished ? ['succeeded', 'skipped', 'discarded'] : ['parked', 'blocked']
  const found = await Promise.all(
    statuses.map((one) => api.get<{ runs: Run[] }>(`/runs${queryOf({ ...filter, status: one, limit: dryRunsShown })}`)),
  )
  // Ids are in the order in which runs were made.
  return found
    .flatMap(({ runs }) => runs)
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, dryRunsShown)
}

function goOn(runs: number, finished: boolean): string {
  if (finished) return runs === 1 ? '1 run is made anew.' : `${runs} runs are made anew.`
  return runs === 1 ? '1 run goes on.' : `${runs} runs go on.`
}

/** A finished run that is made anew has another id, and the same delivery. */
function watchOf(one: Run | undefined, finished: boolean): string {
  if (one && !finished) return `bridgekeeper runs show ${one.id}`
  return one?.deliveryId ? `bridgekeeper runs list --delivery ${one.deliveryId}` : 'bridgekeeper runs list'
}
