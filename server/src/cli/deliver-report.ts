import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { type Report, type ReportFormat, reportFormats, writeReport } from '../contracts/index.ts'
import type { Io } from './io.ts'

export interface ReportOptions {
  format: ReportFormat
  output?: string
}

/** The options that every command with a report has. */
export function reportOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'how to write the result').choices([...reportFormats]).default('text'))
    .option('--output <file>', 'write to a file instead of standard output')
}

/** Prints a report, or writes it to a file; `--json` is the format of that name. */
export async function deliverReport(io: Io, { format, output }: ReportOptions, report: Report): Promise<void> {
  const text = writeReport(report, io.json ? 'json' : format)
  if (output === undefined) return io.print(text)
  await writeFile(resolve(io.cwd, output), `${text}\n`)
  io.note(`${report.headline} Written to ${output}.`)
}
