import { type Finding, identityOf } from '../finding.ts'
import { byText } from '../json.ts'
import type { Level } from '../rules/rule.ts'
import { contractRules } from '../rules/table.ts'
import { describeFinding, placeOf, positionOf } from './describe-finding.ts'
import { htmlReport } from './html.ts'
import type { SourceLine } from './source-lines.ts'

/** A comparison as somebody wants to read it. */
export interface Report {
  before: string
  after: string
  /** In report order, already filtered. */
  findings: readonly Finding[]
  lines: ReadonlyMap<Finding, SourceLine>
}

export const reportFormats = ['text', 'json', 'markdown', 'html', 'sarif', 'junit', 'github'] as const
export type ReportFormat = (typeof reportFormats)[number]

const writers: Record<ReportFormat, (report: Report) => string> = { text, json, markdown, html: htmlReport, sarif, junit, github }

/** Writes a report; the same report gives the same bytes. Ends without a line break. */
export function writeReport(report: Report, format: ReportFormat): string {
  return writers[format](report)
}

export function countLevels(findings: readonly Finding[]): Record<Level, number> {
  const count: Record<Level, number> = { ERR: 0, WARN: 0, INFO: 0 }
  for (const finding of findings) count[finding.level]++
  return count
}

export function headline(findings: readonly Finding[]): string {
  const { ERR, WARN, INFO } = countLevels(findings)
  if (findings.length === 0) return 'No differences that a client could notice.'
  return `${ERR} breaking, ${WARN} to look at, ${INFO} for information.`
}

export function byPlace(findings: readonly Finding[]): Map<string, Finding[]> {
  const places = new Map<string, Finding[]>()
  for (const finding of findings) places.set(placeOf(finding), [...(places.get(placeOf(finding)) ?? []), finding])
  return places
}

function text({ findings, lines }: Report): string {
  const blocks = [...byPlace(findings)].map(([place, found]) =>
    [place, ...found.map((finding) => textLine(finding, lines.get(finding)))].join('\n'),
  )
  return [...blocks, headline(findings)].join('\n\n')
}

const marks: Record<Level, string> = { ERR: 'breaking', WARN: 'look at ', INFO: 'info    ' }

function textLine(finding: Finding, line: SourceLine | undefined): string {
  const position = positionOf(finding)
  const where = line ? `  (line ${line.line})` : ''
  return `  ${marks[finding.level]}  ${position === '' ? '' : `${position}: `}${describeFinding(finding)} [${finding.rule}]${where}`
}

function json({ before, after, findings, lines }: Report): string {
  const items = findings.map((finding) => ({
    identity: identityOf(finding),
    ...finding,
    message: describeFinding(finding),
    source: lines.get(finding) ?? null,
  }))
  return JSON.stringify({ before, after, counts: countLevels(findings), findings: items }, null, 2)
}

function markdown({ before, after, findings }: Report): string {
  const sections = [...byPlace(findings)].map(([place, found]) => {
    const rows = found.map(
      (finding) =>
        `| ${marks[finding.level].trim()} | ${cell(positionOf(finding)) || '–'} | ${cell(describeFinding(finding))} | \`${finding.rule}\` |`,
    )
    return `### ${cell(place)}\n\n| | where | what | rule |\n|---|---|---|---|\n${rows.join('\n')}`
  })
  return [`## Contract changes\n\n${cell(before)} → ${cell(after)}: **${headline(findings)}**`, ...sections].join('\n\n')
}

/** Markdown and HTML of a partner's document must not become ours. */
function cell(value: string): string {
  return value
    .replace(/[\\|<>`*_[\]]/g, (character) => (character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`))
    .replace(/\s+/g, ' ')
}

const sarifLevels: Record<Level, string> = { ERR: 'error', WARN: 'warning', INFO: 'note' }

/** SARIF 2.1.0, as code-scanning pages read it. */
function sarif({ findings, lines }: Report): string {
  const ids = [...new Set(findings.map((finding) => finding.rule))].sort(byText)
  const rules = ids.map((id) => ({
    id,
    shortDescription: { text: contractRules.get(id)?.meaning ?? id },
    defaultConfiguration: { level: sarifLevels[contractRules.get(id)?.level ?? 'INFO'] },
  }))
  const results = findings.map((finding) => {
    const line = lines.get(finding)
    const region = line ? { region: { startLine: line.line, startColumn: line.column } } : {}
    const locations = line ? [{ physicalLocation: { artifactLocation: { uri: line.file }, ...region } }] : []
    return {
      ruleId: finding.rule,
      ruleIndex: ids.indexOf(finding.rule),
      level: sarifLevels[finding.level],
      message: { text: `${sentenceStart(finding)}${describeFinding(finding)}` },
      locations,
      partialFingerprints: { 'bridgekeeper/v1': identityOf(finding) },
    }
  })
  const driver = { name: 'bridgekeeper contracts', rules }
  return JSON.stringify(
    { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [{ tool: { driver }, results }] },
    null,
    2,
  )
}

function sentenceStart(finding: Finding): string {
  const position = positionOf(finding)
  return `${placeOf(finding)}${position === '' ? '' : `, ${position}`}: `
}

/** One test case per place; it fails when something there breaks. */
function junit({ findings }: Report): string {
  const places = [...byPlace(findings)]
  const failed = places.filter(([, found]) => found.some((finding) => finding.level === 'ERR')).length
  const cases = places.map(([place, found]) => {
    const lines = found
      .map((finding) => `${marks[finding.level].trim()}: ${positionOf(finding)} ${describeFinding(finding)} [${finding.rule}]`)
      .join('\n')
    const breaking = found.filter((finding) => finding.level === 'ERR').length
    const body =
      breaking > 0 ? `<failure message="${xml(`${breaking} breaking`)}">${xml(lines)}</failure>` : `<system-out>${xml(lines)}</system-out>`
    return `    <testcase classname="contract" name="${xml(place)}">${body}</testcase>`
  })
  const suite = `  <testsuite name="contract changes" tests="${places.length}" failures="${failed}">`
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', suite, ...cases, '  </testsuite>', '</testsuites>'].join('\n')
}

export function xml(value: string): string {
  const escaped = value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  // XML 1.0 has no place for other control characters, not even escaped.
  return [...escaped].filter((character) => character >= ' ' || character === '\n' || character === '\t').join('')
}

const annotationLevels: Record<Level, string> = { ERR: 'error', WARN: 'warning', INFO: 'notice' }

/** Workflow commands of GitHub Actions: they show beside the line in a pull request. */
function github({ findings, lines }: Report): string {
  const commands = findings.map((finding) => {
    const line = lines.get(finding)
    const place = line ? `file=${property(line.file)},line=${line.line},col=${line.column},` : ''
    return `::${annotationLevels[finding.level]} ${place}title=${property(finding.rule)}::${data(`${sentenceStart(finding)}${describeFinding(finding)}`)}`
  })
  return [...commands, headline(findings)].join('\n')
}

function data(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
