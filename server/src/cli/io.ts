import { styleText } from 'node:util'
import { tableLines, wrapText } from '../terminal/index.ts'
import { printable, printableJson } from './printable.ts'

/** Exit codes that every command keeps; printed in docs/cli.md. */
export const exitCodes = {
  0: 'Done; what was asked about is in order.',
  1: 'Done, and the answer is bad news: problems found, a gate not passed, a change that breaks somebody.',
  2: 'Not done: wrong usage, unreadable input, or a refusal; the message says how to mend it.',
  3: 'Not done: the server or its database cannot be reached.',
  4: 'Done: somebody breaks, and the notice that was agreed has been given to everybody (contracts check --against-partners).',
  5: 'Done, and nobody can tell: too little was seen, or a person must look (contracts check --against-partners).',
} as const
export type ExitCode = keyof typeof exitCodes

export interface Column<Row> {
  title: string
  value(row: Row): string | number | null | undefined
  align?: 'left' | 'right'
  /** Cut with … beyond so many characters. */
  maxWidth?: number
}

export interface Progress {
  update(done: number, total?: number): void
  /** Leaves a last line, when there is something to say. */
  end(message: string): void
}

/** What a command talks to: results to standard output, everything about the way there to standard error. */
export interface Io {
  /** `--json`: print machine-readable results and nothing else on standard output. */
  json: boolean
  /** A person sits at the terminal and may be asked. */
  readonly interactive: boolean
  readonly cwd: string
  /** Width of the terminal that results go to; undefined when they go to a file or a program. */
  readonly columns: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  exitCode: ExitCode
  /** Nobody reads the results any more: `| head` has enough, or the terminal is gone. Ends the process; what stays up ends in order instead. */
  onReaderGone: () => void
  print(text: string): void
  printJson(value: unknown): void
  /** As they are into a file or a program; on a terminal, what it would obey is shown instead. */
  printBytes(bytes: Uint8Array): void
  /** To standard error: hints, what happens next. Silent with `--json`. */
  note(text: string): void
  /** To standard error, also with `--json`: why something failed. */
  complain(text: string): void
  /** An empty list prints `empty`, which should say what to do to fill it. */
  printTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): void
  progress(label: string): Progress
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
}

export interface Streams {
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
  stderr: NodeJS.WritableStream & { isTTY?: boolean }
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
}

export function createIo(streams: Streams = process, environment: Io['env'] = process.env, cwd: string = process.cwd()): Io {
  // `DATABASE_URL=` is how files of settings leave something out.
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const { stdout, stderr, stdin } = streams
  const colours = Boolean(stdout.isTTY) && !env.NO_COLOR
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text
  // `| head` closes the pipe, a closed window takes its terminal along: the reader has enough, which is no failure.
  const readerGone = (error: NodeJS.ErrnoException): boolean => error.code === 'EPIPE' || error.code === 'EIO'
  stdout.on('error', (error) => {
    if (!readerGone(error)) throw error
    io.onReaderGone()
  })
  stderr.on('error', (error) => {
    if (!readerGone(error)) throw error
  })
  const io: Io = {
    json: false,
    interactive: Boolean(stdin.isTTY && stdout.isTTY) && !env.CI,
    cwd,
    columns: stdout.isTTY ? stdout.columns : undefined,
    env,
    exitCode: 0,
    onReaderGone: () => process.exit(0),
    print: (text) => void stdout.write(`${printable(text)}\n`),
    printJson: (value) => void stdout.write(`${printableJson(JSON.stringify(value, null, 2))}\n`),
    printBytes: (bytes) => void stdout.write(stdout.isTTY ? `${printable(Buffer.from(bytes).toString())}\n` : bytes),
    note: (text) => {
      if (!io.json) stderr.write(`${printable(text)}\n`)
    },
    complain: (text) => void stderr.write(`${printable(text)}\n`),
    printTable(rows, columns, empty) {
      if (rows.length === 0) io.note(empty)
      else io.print(formatTable(rows, columns, io))
    },
    progress: (label) => progressOn(stderr, label, io),
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
  }
  return io
}

function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], io: Io): string {
  const cells = rows.map((row) => columns.map((column) => cut(String(column.value(row) ?? '–'), column.maxWidth)))
  const right = columns.flatMap(({ align }, at) => (align === 'right' ? [at] : []))
  const titles = columns.map(({ title }) => title)
  const [head = '', ...body] = tableLines([titles, ...cells], right, io.columns, '')
  const isTable = body.length === rows.length
  return isTable ? [io.bold(head), ...body].join('\n') : wrapText([head, ...body].join('\n'), io.columns)
}

function cut(text: string, maxWidth: number | undefined): string {
  const oneLine = printable(text.replace(/\s+/g, ' '))
  return maxWidth !== undefined && oneLine.length > maxWidth ? `${oneLine.slice(0, maxWidth - 1)}…` : oneLine
}

/** One line that is written over on a terminal; elsewhere only the end is written, so logs stay readable. */
function progressOn(stderr: Streams['stderr'], label: string, io: Io): Progress {
  const live = Boolean(stderr.isTTY) && !io.json
  return {
    update(done, total) {
      if (live) stderr.write(`\r\u001b[2K${label}: ${done}${total === undefined ? '' : ` of ${total}`}`)
    },
    end(message) {
      if (live) stderr.write('\r\u001b[2K')
      if (message) io.note(message)
    },
  }
}
