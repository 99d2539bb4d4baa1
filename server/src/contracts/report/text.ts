import type { Report, ReportEntry } from './report.ts'
import { placeInFile } from './source-lines.ts'

const labelWidth = 9

/** For a terminal: most of them open `file:line:column` on a click. */
export function text({ groups, headline }: Report): string {
  const blocks = groups.map(({ name, summary, entries }) => [summary ? `${name}: ${summary}` : name, ...entries.map(lineOf)].join('\n'))
  return [...blocks, headline].join('\n\n')
}

function lineOf({ label, position, message, rule, source }: ReportEntry): string {
  const where = source ? `  (${placeInFile(source)})` : ''
  return `  ${label.padEnd(labelWidth)} ${position === '' ? '' : `${position}: `}${message} [${rule}]${where}`
}
