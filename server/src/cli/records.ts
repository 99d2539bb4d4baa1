import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { parse } from 'csv-parse/sync'
import { connectApi, queryOf, tellMore } from './api-client.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'

interface Shown {
  id: string
  organization: string
  platform: string
  kind: string
  from: string
  until: string
  theirs: number
  ours: number
  agreed: number
  differing: number
  uncertain: number
  differences?: { day: string; operation: string; status: number | null; key: string | null; theirs: number; ours: number; says: string }[]
}

interface HandedIn {
  day: string
  operation: string
  status: number | null
  count: number
  key?: string
}

/** `bridgekeeper slo records` and `slo reconcile`: both sides' records held against each other. */
export function registerRecords(slo: Command, io: Io): void {
  slo
    .command('reconcile')
    .summary('hand in your own records, and see where they differ from the bridge’s')
    .description(
      `Holds your platform's own log against what the bridge recorded, for whole days (UTC) that are over: calls that it received, or webhooks that it
sent. A CSV file with a header (day, operation, and as needed status, count, key; comma or semicolon), or JSON: a list of objects with these
fields. Operations are named as the contract names them (POST /orders/{id}), webhooks by their event. With a key (the idempotency key of a call,
the id of a webhook) each is compared by itself. The other side learns how many agree and differ, never which. Exit code 1 when something differs.

Examples:
  bridgekeeper slo reconcile acme-bolt bolt calls-november-20.csv
  bridgekeeper slo reconcile acme-bolt bolt sent.json --kind webhooks --from 2026-11-20 --until 2026-11-20`,
    )
    .argument('<integration>')
    .argument('<platform>')
    .argument('<file>', 'CSV or JSON')
    .addOption(new Option('--kind <kind>').choices(['calls', 'webhooks']).default('calls'))
    .option('--from <day>', 'left out: the first day in the file')
    .option('--until <day>', 'left out: the last day in the file')
    .action(async (integration: string, platform: string, file: string, options: { kind: string; from?: string; until?: string }) => {
      const records = readRecords(file, await readFile(resolve(io.cwd, file), 'utf8'))
      const days = records.map(({ day }) => day).sort()
      const [from, until] = [options.from ?? days[0], options.until ?? days.at(-1)]
      if (from === undefined || until === undefined)
        throw errors.records_unreadable({ file, problem: 'it is empty: say which days it covers with --from and --until' })
      const api = await connectApi(io)
      const wanted = { platform, kind: options.kind, from, until, records }
      const found = await api.post<Shown>(`/integrations/${encodeURIComponent(integration)}/reconciliations`, wanted)
      if (found.differing > 0) io.exitCode = 1
      if (io.json) return io.printJson(found)
      printReconciliations(io, [found])
      printDifferences(io, found.differences ?? [])
    })
  slo
    .command('records')
    .summary('where both sides’ records agree and differ')
    .argument('<integration>')
    .argument('[reconciliation]', 'its id: with what differs, for the side whose records they are')
    .option('--limit <n>', 'how many', '50')
    .option('--before <reconciliation>', 'only what comes after this one in the list, by its id')
    .action(async (integration: string, id: string | undefined, options: { limit: string; before?: string }) => {
      const api = await connectApi(io)
      const path = `/integrations/${encodeURIComponent(integration)}/reconciliations`
      if (id === undefined) {
        const answer = await api.get<{ reconciliations: Shown[]; next: string | null }>(`${path}${queryOf(options)}`)
        if (io.json) return io.printJson(answer)
        printReconciliations(io, answer.reconciliations)
        return tellMore(io, '--before', answer.next)
      }
      const found = await api.get<Shown>(`${path}/${encodeURIComponent(id)}`)
      if (io.json) return io.printJson(found)
      printReconciliations(io, [found])
      if (found.differences) printDifferences(io, found.differences)
    })
}

function printReconciliations(io: Io, rows: readonly Shown[]): void {
  io.printTable(
    rows,
    [
      { title: 'DAYS', value: (row) => (row.from === row.until ? row.from : `${row.from} to ${row.until}`) },
      { title: 'WHAT', value: (row) => `${row.kind} ${row.kind === 'calls' ? 'to' : 'from'} ${row.platform}` },
      { title: 'BY', value: (row) => row.organization },
      { title: 'THEIRS', value: (row) => row.theirs, align: 'right' },
      { title: 'BRIDGE', value: (row) => row.ours, align: 'right' },
      { title: 'AGREE', value: (row) => row.agreed, align: 'right' },
      { title: 'DIFFER', value: (row) => (row.differing > 0 ? io.red(String(row.differing)) : '0'), align: 'right' },
      { title: 'UNCERTAIN', value: (row) => row.uncertain, align: 'right' },
      { title: 'ID', value: (row) => row.id },
    ],
    'Nobody has handed in records yet: what was accepted and is wrong is not seen.',
  )
}

function printDifferences(io: Io, rows: NonNullable<Shown['differences']>): void {
  if (rows.length > 0) io.print('')
  io.printTable(
    rows,
    [
      { title: 'DAY', value: (row) => row.day },
      { title: 'OPERATION', value: (row) => row.operation },
      { title: 'STATUS', value: (row) => row.status },
      { title: 'KEY', value: (row) => row.key },
      { title: 'THEIRS', value: (row) => row.theirs, align: 'right' },
      { title: 'BRIDGE', value: (row) => row.ours, align: 'right' },
      { title: 'WHAT', value: (row) => row.says, maxWidth: 80 },
    ],
    'Nothing differs.',
  )
}

/** @throws cli.records_unreadable */
function readRecords(file: string, text: string): HandedIn[] {
  const complain = (problem: string): never => {
    throw errors.records_unreadable({ file, problem })
  }
  let rows: unknown
  try {
    rows = text.trimStart().startsWith('[') ? JSON.parse(text) : parseCsv(text)
  } catch (error) {
    return complain((error as Error).message)
  }
  if (!Array.isArray(rows)) return complain('it is no list')
  return rows.map((row: Record<string, unknown>, index) => {
    const { day, operation, status, count, key } = row
    const where = `record ${index + 1}`
    if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return complain(`${where}: day must be a day as YYYY-MM-DD`)
    if (typeof operation !== 'string' || operation === '') return complain(`${where}: operation is empty`)
    const [statusNumber, countNumber] = [
      status === undefined || status === '' || status === null ? null : Number(status),
      Number(count || 1),
    ]
    if (statusNumber !== null && !Number.isInteger(statusNumber))
      return complain(`${where}: status must be a number; here it is “${status}”`)
    if (!Number.isInteger(countNumber)) return complain(`${where}: count must be a whole number; here it is “${count}”`)
    const read = { day, operation, status: statusNumber, count: count === 0 || count === '0' ? 0 : countNumber }
    return key === undefined || key === null || key === '' ? read : { ...read, key: String(key) }
  })
}

function parseCsv(text: string): unknown {
  const delimiter = (text.split('\n', 1)[0] ?? '').includes(';') ? ';' : ','
  const columns = (names: string[]) => names.map((name) => name.trim().toLowerCase())
  return parse(text, { bom: true, columns, delimiter, skip_empty_lines: true, trim: true })
}
