import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { activities, type Calibration, type HoursSum, maintenanceInWords, type RecordedHours, readHoursCsv } from '../planning/index.ts'
import { currencyExponent, loadWorkspace, type Workspace } from '../workspace/index.ts'
import { connectApi, queryOf, tellMore } from './api-client.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'

/** `bridgekeeper hours`: what bridges really cost. */
export function registerHours(program: Command, io: Io): void {
  const hours = program
    .command('hours')
    .summary('record hours worked on bridges, and learn from them')
    .description(
      'The cost meter: hours per bridge, activity, change and incident, own and outsourced alike. Quick questions are borrowed time: record them as question.',
    )
  registerAdd(hours, io)
  registerImport(hours, io)
  registerList(hours, io)
  registerSum(hours, io)
  registerCalibration(hours, io)
}

const folderOf = (command: Command, io: Io): string => command.optsWithGlobals().workspace ?? io.cwd
const today = (): string => new Date().toISOString().slice(0, 10)

interface AddOptions {
  organization: string
  plan?: string
  integration?: string
  outsourced?: boolean
  on?: string
  change?: string
  incident?: string
  person?: string
  note?: string
}

function registerAdd(parent: Command, io: Io): void {
  parent
    .command('add')
    .summary('record one entry')
    .description(
      `Records hours of one organization. A mistake is corrected by an entry of negative hours; nothing is changed or deleted.

Examples:
  bridgekeeper hours add --organization acme --plan acme-hooli -- -2 build   takes back two hours
  bridgekeeper hours add 6.5 build --organization acme --plan acme-hooli
  bridgekeeper hours add 0.5 question --organization hooli --integration crm-sync --note "how do webhooks retry?"
  bridgekeeper hours add 12 maintenance --organization acme --integration crm-sync --change 2026-11-api --outsourced`,
    )
    .argument('<hours>', 'for example 1.5')
    .argument('<activity>', activities.join(', '))
    .requiredOption('--organization <name>', 'who worked')
    .option('--plan <name>', 'the plan that the work belongs to')
    .option('--integration <name>', 'the integration, once there is one')
    .option('--outsourced', 'the work was invoiced')
    .option('--on <day>', 'YYYY-MM-DD; left out: today')
    .option('--change <name>', 'the contract change that caused it')
    .option('--incident <id>', 'the incident that caused it')
    .option('--person <name>')
    .option('--note <text>')
    .action(async (hours: string, activity: string, options: AddOptions, command: Command) => {
      const { outsourced, on, ...rest } = options
      const known = ['organization', 'plan', 'integration', 'change', 'incident', 'person', 'note'] as const
      const fields = Object.fromEntries(known.flatMap((name) => (rest[name] === undefined ? [] : [[name, rest[name]]])))
      const entry = { ...fields, hours: Number(hours), activity, sourcing: outsourced ? 'outsourced' : 'internal', workedOn: on ?? today() }
      const api = await connectApi(io, folderOf(command, io))
      const answer = await api.post<{ added: number }>('/hours', { entries: [entry] })
      if (io.json) io.printJson(answer)
      else io.print(`Recorded ${hours} h of ${activity} by ${options.organization} on ${entry.workedOn}.`)
    })
}

function registerImport(parent: Command, io: Io): void {
  parent
    .command('import')
    .summary('take over hours from a CSV file')
    .description(
      `The first line names the columns: organization, activity, hours, date, and as needed plan, integration, sourcing, change, incident,
person, note. Comma, semicolon or tab. All lines or none, and every wrong line is told; a file that is imported again adds only what is new in it.

Example:
  bridgekeeper hours import timesheet-november.csv`,
    )
    .argument('<file>', 'CSV file')
    .action(async (file: string, _: unknown, command: Command) => {
      const { entries, unknownColumns } = readHoursCsv(
        await readFile(resolve(io.cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
          throw errors.file_unreadable({ path: file, reason: error.code ?? error.message })
        }),
      )
      if (unknownColumns.length > 0) io.note(`Columns that were not taken over: ${unknownColumns.join(', ')}.`)
      if (entries.length === 0) io.note(`${file} has no line below its header.`)
      const answer =
        entries.length === 0
          ? { added: 0, known: 0 }
          : await (await connectApi(io, folderOf(command, io))).post<{ added: number; known: number }>('/hours', { entries })
      if (io.json) io.printJson(answer)
      else io.print(`${answer.added} ${answer.added === 1 ? 'entry' : 'entries'} added, ${answer.known} known already.`)
    })
}

const withFilter = (command: Command): Command => command.option('--plan <name>').option('--integration <name>')

function registerList(parent: Command, io: Io): void {
  withFilter(
    parent
      .command('list')
      .summary('show entries, newest first')
      .description('Newest work first. A key of an organization sees its own entries only.'),
  )
    .option('--limit <n>', 'how many', '50')
    .option('--before <entry>', 'only what comes after this one in the list, by its id')
    .action(async (options: { plan?: string; integration?: string; limit: string; before?: string }, command: Command) => {
      const api = await connectApi(io, folderOf(command, io))
      const { entries, next } = await api.get<{ entries: RecordedHours[]; next: string | null }>(`/hours${queryOf(options)}`)
      if (io.json) return io.printJson(entries)
      io.printTable(
        entries,
        [
          { title: 'DAY', value: (row) => row.workedOn },
          { title: 'HOURS', value: (row) => row.hours, align: 'right' },
          { title: 'ACTIVITY', value: (row) => row.activity },
          { title: 'BY', value: (row) => `${row.organization}${row.sourcing === 'outsourced' ? ' (outsourced)' : ''}` },
          { title: 'FOR', value: (row) => row.integration ?? row.plan },
          { title: 'BECAUSE OF', value: (row) => row.change ?? row.incident },
          { title: 'NOTE', value: (row) => row.note, maxWidth: 60 },
        ],
        'No hours recorded yet. Record some with: bridgekeeper hours add 2 build --organization … --plan …',
      )
      tellMore(io, '--before', next)
    })
}

function registerSum(parent: Command, io: Io): void {
  withFilter(
    parent
      .command('sum')
      .summary('add up hours and their cost')
      .description(
        'Hours by bridge, activity and organization, with their cost at the loaded rate and the opportunity cost of the organization’s file. Borrowed time is what went into questions.',
      ),
  ).action(async (options: { plan?: string; integration?: string }, command: Command) => {
    const folder = folderOf(command, io)
    const api = await connectApi(io, folder)
    const [{ sums }, { workspace }] = await Promise.all([
      api.get<{ sums: HoursSum[] }>(`/hours/sums${queryOf(options as never)}`),
      loadWorkspace(folder),
    ])
    const rows = sums.map((sum) => ({ ...sum, cost: costOf(workspace, sum) }))
    if (io.json) return io.printJson(rows)
    io.printTable(
      rows,
      [
        { title: 'FOR', value: (row) => row.integration ?? row.plan },
        { title: 'ACTIVITY', value: (row) => (row.activity === 'question' ? 'question (borrowed time)' : row.activity) },
        { title: 'BY', value: (row) => `${row.organization}${row.sourcing === 'outsourced' ? ' (outsourced)' : ''}` },
        { title: 'HOURS', value: (row) => row.hours, align: 'right' },
        { title: 'COST', value: (row) => row.cost ?? 'unknown: no rate', align: 'right' },
        { title: 'FROM', value: (row) => row.firstOn },
        { title: 'TO', value: (row) => row.lastOn },
      ],
      'No hours recorded yet.',
    )
  })
}

/** Hours at the organization's newest rate that had begun; null when its file names none. */
function costOf(workspace: Workspace, { organization, hours, lastOn, sourcing }: HoursSum): string | null {
  const rates =
    workspace.organizations
      .get(organization)
      ?.spec.rates.filter((rate) => rate.from <= lastOn && (rate.role === 'engineering' || rate.role === 'any')) ?? []
  const rate = rates.toSorted((x, y) => (x.from < y.from ? 1 : -1))[0]
  if (!rate) return null
  const perHour = (price: typeof rate.loadedPerHour | undefined): number =>
    price ? price.minorPerUnit.numerator / price.minorPerUnit.denominator : 0
  const minor = hours * (perHour(rate.loadedPerHour) + (sourcing === 'internal' ? perHour(rate.opportunityPerHour) : 0))
  const { currency } = rate.loadedPerHour
  return `${Math.round(minor / 10 ** (currencyExponent(currency) ?? 0))} ${currency}`
}

function registerCalibration(parent: Command, io: Io): void {
  parent
    .command('calibration')
    .summary('show how wrong estimates usually are here')
    .description(
      'Estimate beside hours worked for every launched plan (decision.launchedOn), and the factors that follow. `bridgekeeper plan calibrate` writes them into a plan.',
    )
    .action(async (_: unknown, command: Command) => {
      const api = await connectApi(io, folderOf(command, io))
      const learned = await api.get<Calibration>('/calibration')
      if (io.json) return io.printJson(learned)
      io.printTable(
        learned.outcomes,
        [
          { title: 'PLAN', value: (row) => row.plan },
          { title: 'ESTIMATE', value: (row) => row.estimatedHours, align: 'right' },
          { title: 'WORKED', value: (row) => row.actualHours, align: 'right' },
          { title: 'FACTOR', value: (row) => (row.actualHours / row.estimatedHours).toFixed(2), align: 'right' },
          { title: 'LAUNCHED', value: (row) => row.launchedOn },
        ],
        'No launched plan has recorded build hours yet.',
      )
      for (const { plan, reason } of learned.leftOut) io.note(`left out  ${plan}: ${reason}`)
      io.print(
        `Half of the builds within ${learned.p50Factor.toFixed(2)} times the estimate, nine of ten within ${learned.p90Factor.toFixed(2)} times; ${learned.source}.`,
      )
      const { maintenance } = learned
      if (maintenance.outcomes.length > 0) io.print('')
      io.printTable(
        maintenance.outcomes,
        [
          { title: 'PLAN', value: (row) => row.plan },
          { title: 'BUILD', value: (row) => row.buildHours, align: 'right' },
          { title: 'MAINTENANCE', value: (row) => row.maintenanceHours, align: 'right' },
          { title: 'MONTHS', value: (row) => row.months.toFixed(1), align: 'right' },
          { title: '% OF BUILD A YEAR', value: (row) => row.perYearPercent.toFixed(0), align: 'right' },
        ],
        'No launched plan has recorded half a year of maintenance yet.',
      )
      for (const { plan, reason } of maintenance.leftOut) io.note(`left out of maintenance  ${plan}: ${reason}`)
      if (maintenance.perYearPercent) io.print(`${maintenanceInWords(maintenance.perYearPercent)}; ${maintenance.source}.`)
    })
}
