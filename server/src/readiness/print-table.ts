import { sumsInWords } from '../agreements/index.ts'
import { displayWidth } from '../terminal/index.ts'
import type { CheckResult } from './judge-check.ts'
import { type UnattendedSide, unattendedSides } from './one-sided.ts'
import { standingWords } from './print-markdown.ts'
import type { ReadinessReport } from './readiness-report.ts'

/** Columns as wide as their widest cell, two spaces apart; the last column is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))))
  return rows
    .map((row) =>
      row.map((text, column) => (column === row.length - 1 ? text : text + ' '.repeat(widths[column]! - displayWidth(text)))).join('  '),
    )
    .join('\n')
}

/** One line per integration: where it stands, how far it is, what stands on one end. */
export function readinessTable(reports: readonly ReadinessReport[]): string {
  const rows = reports.map(({ integration, stage, stay, next, oneSided, exposure }) => [
    integration,
    stage,
    `${stay.met}/${stay.asked}`,
    stay.open ? 'may stay' : `${stay.blockers.length} open`,
    next ? `${next.stage}: ${next.open ? 'gate open' : `${next.blockers.length} to do`}` : '—',
    oneSided ? 'ONE-SIDED' : 'two anchors',
    exposure ? `${exposure.payingCustomers} paying, ${sumsInWords(exposure.revenue)} a year` : 'customers unknown',
  ])
  return [
    alignColumns([['integration', 'stage', 'met', 'stage is', 'next', 'ends', 'exposed'], ...rows]),
    ...unattendedLines(reports),
  ].join('\n')
}

function unattendedLines(reports: readonly ReadinessReport[]): string[] {
  return unattendedSides(reports).flatMap((side) => [
    '',
    `${side.organization} leaves ${side.integrations.length} bridge(s) unattended: ${exposedInWords(side)}`,
    ...side.integrations.map(({ integration, missing }) => `  ${integration}: nobody answers for ${missing.join(', ')}`),
  ])
}

/** `2 paying customer(s) and 15000.00 EUR a year exposed`; what nobody has counted is never told as none. */
export function exposedInWords({ integrations, payingCustomers, revenue, uncounted }: UnattendedSide): string {
  if (uncounted.length === integrations.length) return 'exposed customers and revenue are unknown'
  const rest = uncounted.length > 0 ? `, and those of ${uncounted.join(', ')}, which nobody has counted` : ''
  return `${payingCustomers} paying customer(s) and ${sumsInWords(revenue)} a year exposed${rest}`
}

/** Everything about one integration that somebody must know or do. */
export function readinessDetail(report: ReadinessReport): string {
  const { title, integration, stage, declaredStage, admitted, asOf, sides, stay, next } = report
  const told = declaredStage === stage ? '' : `, its file says ${declaredStage}`
  const heading = `${title} (${integration}): ${stage}${told}, ${admitted === 'never' ? 'not admitted by any gate' : `admitted by ${admitted}`}, as of ${asOf}`
  const sideRows = sides.map((side) => [
    side.organization,
    side.missingAnchors.join(', ') || 'none',
    side.vacancies.join(', ') || 'none',
    String(side.busFactor ?? '—'),
    String(side.pushes),
    standingWords(side),
  ])
  return [
    heading,
    '',
    alignColumns([['side', 'duties nobody holds', 'vacant roles', 'bus factor', 'pushes', 'ownership'], ...sideRows]),
    ...gateLines(`to stay in ${stage}`, stay.blockers, stay.met, stay.asked),
    ...(next
      ? gateLines(
          `for ${next.stage}`,
          next.blockers.filter((blocker) => !stay.blockers.includes(blocker)),
          next.met,
          next.asked,
        )
      : []),
    ...(report.knownGaps.length > 0 ? ['', 'Known gaps:'] : []),
    ...report.knownGaps.map(
      ({ gap, reviewOn, overdue }) => `  ${gap.id}: ${gap.title} (${gap.owner}, review ${reviewOn}${overdue ? ', OVERDUE' : ''})`,
    ),
  ].join('\n')
}

function gateLines(words: string, blockers: readonly CheckResult[], met: number, asked: number): string[] {
  if (blockers.length === 0) return ['', `Nothing is open ${words}: ${met} of ${asked} met.`]
  const lines = blockers.map(
    ({ check, side, status, says, todo }) =>
      `  ${status.padEnd(17)} ${check}${side ? ` (${side})` : ''}: ${says}\n${' '.repeat(20)}→ ${todo}`,
  )
  return ['', `Open ${words}: ${met} of ${asked} met.`, ...lines]
}
