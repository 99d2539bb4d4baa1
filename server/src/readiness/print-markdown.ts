import { sumsInWords } from '../agreements/index.ts'
import { checkGroups } from './check.ts'
import type { CheckResult } from './judge-check.ts'
import { type UnattendedSide, unattendedSides } from './one-sided.ts'
import type { GateReport, ReadinessReport, SideReport } from './readiness-report.ts'

/**
 * One line of text inside a table cell or list item: nothing that a file says can break out of it.
 *
 * What stands between two backticks stays code, so that a command can be read and copied as it is: inside code a backslash would be shown.
 * A bar ends a table cell even there, and HTML is the only way to write it that is right in a cell and in a list item alike.
 */
export function markdownCell(text: string): string {
  const parts = text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<!`)`([^`]+)`(?!`)/)
  return parts.map((part, index) => (index % 2 === 0 ? plain(part) : code(part))).join('')
}

const plain = (text: string): string => text.replace(/&(?=#?\w+;)/g, '&amp;').replace(/[\\`*_{}[\]<>#|~]/g, '\\$&')

function code(text: string): string {
  if (!text.includes('|')) return `\`${text}\``
  return `<code>${text.replace(/[&<>|]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</code>`
}

const cell = markdownCell
const signs: Readonly<Record<CheckResult['status'], string>> = {
  passed: '✅',
  waived: '🟦 waived',
  'not-applicable': '—',
  failed: '❌',
  stale: '🟠 stale',
  unproven: '🟠 only declared',
  'insufficient-data': '❔ insufficient data',
}

/** A comment for a pull request: the verdict first, then what blocks, then each side, then everything that stands. */
export function readinessMarkdown(reports: readonly ReadinessReport[]): string {
  return `${[...reports.map(reportMarkdown), unattendedMarkdown(unattendedSides(reports))].filter(Boolean).join('\n\n')}\n`
}

function reportMarkdown(report: ReadinessReport): string {
  const { title, stage, declaredStage, stay, next, oneSided, sides, results, asOf } = report
  const heading = `## ${cell(title)}: ${stage}${declaredStage === stage ? '' : ` (its file says ${declaredStage})`}`
  const verdict = [
    gateSentence('Staying in', stay),
    ...(next ? [gateSentence('The gate to', next)] : []),
    ...(oneSided ? ['**One-sided.**'] : []),
  ]
  const blockers = (next ?? stay).blockers
  return [
    heading,
    `${verdict.join(' ')} As of ${asOf}.`,
    ...(blockers.length > 0 ? [blockersMarkdown(blockers)] : []),
    sidesMarkdown(sides),
    ...(report.waivers.length > 0
      ? [report.waivers.map(({ waiver, says }) => `- Waiver of \`${waiver.check}\`: ${cell(says)}`).join('\n')]
      : []),
    `<details><summary>All ${results.length} answers</summary>\n\n${answersMarkdown(results)}\n\n</details>`,
  ].join('\n\n')
}

function gateSentence(words: string, { stage, open, met, asked }: GateReport): string {
  return `${words} **${stage}**: ${open ? 'open' : 'closed'}, ${met} of ${asked} met.`
}

function blockersMarkdown(blockers: readonly CheckResult[]): string {
  const rows = blockers.map(
    ({ check, side, status, says, todo }) => `| \`${check}\` | ${side ?? 'both'} | ${signs[status]} | ${cell(says)} | ${cell(todo)} |`,
  )
  return ['| check | side | state | found | do |', '|---|---|---|---|---|', ...rows].join('\n')
}

function sidesMarkdown(sides: readonly SideReport[]): string {
  const rows = sides.map(
    (side) =>
      `| ${side.organization} | ${side.missingAnchors.join(', ') || 'none'} | ${side.vacancies.join(', ') || 'none'} | ${side.busFactor ?? '—'} | ${side.pushes} | ${standingWords(side)} |`,
  )
  return ['| side | duties nobody holds | vacant roles | bus factor | pushes | ownership |', '|---|---|---|---|---|---|', ...rows].join(
    '\n',
  )
}

/** `attested by meridian/mara on 2026-10-20`, `at-risk since the attestation of 2026-01-10 ran out`. */
export function standingWords({ standing }: SideReport): string {
  if (standing.state === 'never-attested') return 'never attested'
  if (standing.state === 'attested') return `attested by ${standing.by} on ${standing.lastOn}`
  return `${standing.state}: last attested on ${standing.lastOn}${standing.until ? `, worse after ${standing.until}` : ''}`
}

function answersMarkdown(results: readonly CheckResult[]): string {
  return checkGroups
    .flatMap((group) => {
      const own = results.filter((result) => result.group === group)
      const lines = own.map(
        ({ check, side, status, evidence, says }) =>
          `- ${signs[status]} \`${check}\`${side ? ` ${side}` : ''}${evidence ? ` (${evidence})` : ''}: ${cell(says)}`,
      )
      return own.length === 0 ? [] : [`**${group}**\n\n${lines.join('\n')}`]
    })
    .join('\n\n')
}

function unattendedMarkdown(sides: readonly UnattendedSide[]): string {
  if (sides.length === 0) return ''
  const rows = sides.map(({ organization, integrations, payingCustomers, revenue, uncounted }) => {
    const bridges = integrations.map(({ integration, missing }) => `${integration} (${missing.join(', ')})`).join('; ')
    const known = uncounted.length === integrations.length ? 'unknown' : `${payingCustomers} paying, ${sumsInWords(revenue)} a year`
    return `| ${organization} | ${bridges} | ${known}${uncounted.length > 0 && known !== 'unknown' ? `, not counted: ${uncounted.join(', ')}` : ''} |`
  })
  return ['## Bridges that stand on one end', '', '| not held by | bridges (duties) | exposed |', '|---|---|---|', ...rows].join('\n')
}
