import { createHash } from 'node:crypto'
import { CsvError, parse } from 'csv-parse/sync'
import { errors } from './errors.ts'
import { activities, type WorkHours, workHours } from './work-hours.ts'

/** Column of the file → field of the entry. */
const columns: Readonly<Record<string, keyof WorkHours>> = {
  organization: 'organization',
  plan: 'plan',
  integration: 'integration',
  activity: 'activity',
  sourcing: 'sourcing',
  hours: 'hours',
  date: 'workedOn',
  change: 'change',
  incident: 'incident',
  person: 'person',
  note: 'note',
}
const needed = ['organization', 'activity', 'hours', 'date'] as const

export interface ImportedHours extends WorkHours {
  /** The same line of the same file has the same key each time it is read; two equal lines of one file have different ones. */
  importKey: string
}

/**
 * Reads hours from a CSV file with a header line: organization, activity, hours, date, and as needed plan, integration,
 * sourcing, change, incident, person, note. Comma or semicolon; `7,5` and `7.5` are the same with semicolons.
 *
 * @throws planning.hours_unreadable with every wrong line, planning.hours_columns_missing
 */
export function readHoursCsv(text: string): ImportedHours[] {
  const rows = parseRows(text)
  const missing = needed.filter((column) => rows.length > 0 && !(column in rows[0]!.record))
  if (missing.length > 0) throw errors.hours_columns_missing({ missing: missing.join(', '), known: Object.keys(columns).join(', ') })
  const seen = new Map<string, number>()
  const problems: string[] = []
  const wrong = new Set<number>()
  const entries = rows.flatMap(({ record, line }) => {
    const read = workHours.safeParse(entryOf(record))
    if (!read.success) {
      wrong.add(line)
      const fields = new Set(read.error.issues.map((issue) => columnOf(issue.path[0])))
      problems.push(...[...fields].map((column) => `line ${line}: ${complaintOf(column, record)}`))
    }
    return read.success ? [{ ...read.data, importKey: importKeyOf(read.data, seen) }] : []
  })
  if (problems.length > 0) throw errors.hours_unreadable({ count: wrong.size, problems: problems.join('\n') })
  return entries
}

/** What is wrong with a cell, in the words of whoever keeps the sheet. */
function complaintOf(column: string | undefined, record: Readonly<Record<string, string>>): string {
  if (column === undefined) return 'it names neither a plan nor an integration; one of the two is needed'
  const written = record[column] ?? ''
  if (written === '') return `${column} is empty`
  const found = `here it is “${written}”`
  if (column === 'date') return `date must be a day that exists, as YYYY-MM-DD; ${found}`
  if (column === 'hours') return `hours must be a number between -1000 and 1000, and not 0; ${found}`
  if (column === 'activity') return `activity must be one of ${activities.join(', ')}; ${found}`
  if (column === 'sourcing') return `sourcing must be internal or outsourced; ${found}`
  return `${column} must be at most 200 characters long; it has ${written.length}`
}

interface Row {
  record: Record<string, string>
  line: number
}

function parseRows(text: string): Row[] {
  const header = text.split('\n', 1)[0] ?? ''
  const delimiter = header.includes(';') ? ';' : ','
  try {
    const parsed = parse(text, {
      bom: true,
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      delimiter,
      info: true,
      skip_empty_lines: true,
      trim: true,
    })
    return (parsed as unknown as { record: Record<string, string>; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      line: info.lines,
    }))
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw errors.hours_unreadable({ count: 1, problems: cause.message })
  }
}

/** Empty cells are as if their column were not there; columns that we don't know are left alone. */
function entryOf(record: Readonly<Record<string, string>>): Record<string, unknown> {
  const filled = Object.entries(record).filter(([column, value]) => column in columns && value !== '')
  return Object.fromEntries(
    filled.map(([column, value]) => [columns[column]!, column === 'hours' ? Number(value.replace(',', '.')) : value]),
  )
}

const columnOf = (field: PropertyKey | undefined): string | undefined => Object.entries(columns).find(([, name]) => name === field)?.[0]

function importKeyOf(entry: WorkHours, seen: Map<string, number>): string {
  const content = JSON.stringify(Object.entries(entry).toSorted(([x], [y]) => (x < y ? -1 : 1)))
  const place = seen.get(content) ?? 0
  seen.set(content, place + 1)
  return createHash('sha256').update(`${content}\n${place}`).digest('hex')
}
