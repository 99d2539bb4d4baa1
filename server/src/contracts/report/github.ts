import type { Report, ReportEntry } from './report.ts'

const commands: Record<ReportEntry['severity'], string> = { error: 'error', warning: 'warning', note: 'notice' }

/** Workflow commands of GitHub Actions: they show beside the line in a pull request. */
export function github({ groups, headline }: Report): string {
  return [...groups.flatMap(({ name, entries }) => entries.map((entry) => commandOf(name, entry))), headline].join('\n')
}

function commandOf(group: string, { severity, rule, position, message, source }: ReportEntry): string {
  const place = source ? `file=${property(source.file)},line=${source.line},col=${source.column},` : ''
  return `::${commands[severity]} ${place}title=${property(rule)}::${data(`${group}${position === '' ? '' : `, ${position}`}: ${message}`)}`
}

function data(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
