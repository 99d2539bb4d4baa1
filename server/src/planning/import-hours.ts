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

export interface HoursFile {
  entries: ImportedHours[]
  /** Columns of the file that say nothing to us; the reader is told that they were left out. */
  unknownColumns: string[]
}

/**
 * Reads hours from a CSV file with a header line: organization, activity, hours, date, and as needed plan, integration,
 * sourcing, change, incident, person, note. Comma, semicolon or tab; `7,5` and `7.5` are the same.
 *
 * @throws planning.hours_unreadable with every wrong line, planning.hours_columns_missing, .hours_columns_twice
 */
export function readHoursCsv(text: string): HoursFile {
  const { names, rows } = parseRows(text)
  const missing = needed.filter((column) => !names.includes(column))
  if (missing.length > 0) throw errors.hours_columns_missing({ missing: missing.join(', '), known: Object.keys(columns).join(', ') })
  const twice = names.filter((name, place) => name in columns && names.indexOf(name) !== place)
  if (twice.length > 0) throw errors.hours_columns_twice({ twice: twice.join(', ') })
  const seen = new Map<string, number>()
  const problems: string[] = []
  const wrong = new Set<number>()
  const entries = rows.flatMap(({ cells, line }) => {
    if (cells.every((cell) => cell === '')) return []
    const complaints: string[] = []
    if (cells.length !== names.length) complaints.push(`it has ${cells.length} cells, and the first line names ${names.length} columns`)
    const record = Object.fromEntries(names.map((name, place) => [name, cells[place] ?? '']))
    const read = workHours.safeParse(entryOf(record))
    const shifted = complaints.length > 0
    if (!read.success && !shifted)
      complaints.push(...new Set(read.error.issues.map((issue) => complaintOf(columnOf(issue.path[0]), record))))
    if (complaints.length > 0) wrong.add(line)
    problems.push(...complaints.map((complaint) => `line ${line}: ${complaint}`))
    return read.success && !shifted ? [{ ...read.data, importKey: importKeyOf(read.data, seen) }] : []
  })
  if (problems.length > 0) throw errors.hours_unreadable({ count: wrong.size, problems: problems.join('\n') })
  return { entries, unknownColumns: names.filter((name) => name !== '' && !(name in columns)) }
}

/** What is wrong with a cell, in the words of whoever keeps the sheet. */
function complaintOf(column: string | undefined, record: Readonly<Record<string, string>>): string {
  if (column === undefined) return 'it names neither a plan nor an integration; one of the two is needed'
  const written = record[column] ?? ''
  if (written === '') return `${column} is empty`
  const found = `here it is “${written}”`
  if (column === 'date') return `date must be a day that has come, as YYYY-MM-DD; ${found}`
  if (column === 'hours') return `hours must be a number like 1.5, with at most two decimal places, from -1000 to 1000 and not 0; ${found}`
  if (column === 'activity') return `activity must be one of ${activities.join(', ')}; ${found}`
  if (column === 'sourcing') return `sourcing must be internal or outsourced; ${found}`
  return `${column} must be at most 200 characters long; it has ${written.length}`
}

interface Row {
  cells: string[]
  line: number
}

function parseRows(text: string): { names: string[]; rows: Row[] } {
  const header = text.split('\n', 1)[0] ?? ''
  const delimiter = [';', '\t'].find((sign) => header.includes(sign)) ?? ','
  try {
    const parsed = parse(text, {
      bom: true,
      delimiter,
      info: true,
      // A line with too many or too few cells is told with all other wrong lines; the parser would stop at the first.
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    const [names, ...rows] = parsed.map(({ record, info }) => ({ cells: record, line: info.lines }))
    return { names: (names?.cells ?? []).map((name) => name.toLowerCase()), rows }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    const unclosed = cause.code === 'CSV_QUOTE_NOT_CLOSED'
    const opened = unclosed ? firstUnclosedLine(text, delimiter) : undefined
    const problem = unclosed ? `line ${opened}: a quotation mark is opened in it and never closed` : cause.message
    throw errors.hours_unreadable({ count: 1, problems: problem })
  }
}

/** The line whose quotation mark swallows the rest of the file: the first with an odd number of them at the start of a cell. */
function firstUnclosedLine(text: string, delimiter: string): number {
  const lines = text.split('\n')
  const odd = lines.findIndex((line) =>
    line.split(delimiter).some((cell) => /^\s*"/.test(cell) && (cell.match(/"/g) ?? []).length % 2 === 1),
  )
  return odd + 1
}

/** Empty cells are as if their column were not there; columns that we don't know are left alone. */
function entryOf(record: Readonly<Record<string, string>>): Record<string, unknown> {
  const filled = Object.entries(record).filter(([column, value]) => column in columns && value !== '')
  return Object.fromEntries(filled.map(([column, value]) => [columns[column]!, readCell(column, value)]))
}

function readCell(column: string, value: string): unknown {
  // `Number` alone would take 0x10 and 1e2 too, which nobody writes into a timesheet on purpose.
  if (column === 'hours') return /^[+-]?\d+(?:[.,]\d+)?$/.test(value) ? Number(value.replace(',', '.')) : value
  return column === 'activity' || column === 'sourcing' ? value.toLowerCase() : value
}

const columnOf = (field: PropertyKey | undefined): string | undefined => Object.entries(columns).find(([, name]) => name === field)?.[0]

function importKeyOf(entry: WorkHours, seen: Map<string, number>): string {
  const content = JSON.stringify(Object.entries(entry).toSorted(([x], [y]) => (x < y ? -1 : 1)))
  const place = seen.get(content) ?? 0
  seen.set(content, place + 1)
  return createHash('sha256').update(`${content}\n${place}`).digest('hex')
}
