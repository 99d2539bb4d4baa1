import { github } from './github.ts'
import { html } from './html.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import type { Report } from './report.ts'
import { sarif } from './sarif.ts'
import { text } from './text.ts'

export const reportFormats = ['text', 'json', 'markdown', 'html', 'sarif', 'junit', 'github'] as const
export type ReportFormat = (typeof reportFormats)[number]

const json = ({ facts }: Report): string => JSON.stringify(facts, null, 2)
const writers: Record<ReportFormat, (report: Report) => string> = { text, json, markdown, html, sarif, junit, github }

/** Writes a report; the same report gives the same bytes. Ends without a line break. */
export function writeReport(report: Report, format: ReportFormat): string {
  return writers[format](report)
}
