import { type Finding, identityOf } from '../finding.ts'
import type { Level } from '../rules/rule.ts'
import { describeFinding, placeOf, positionOf } from './describe-finding.ts'
import type { SourceLine } from './source-lines.ts'

/** One line of a report: what it says, how bad it is, and where in the documents it stands. */
export interface ReportEntry {
  severity: 'error' | 'warning' | 'note'
  /** One or two words for people: `breaking`, `look at`. */
  label: string
  rule: string
  /** Inside the group: `answer 200, items[].name`; empty for all of it. */
  position: string
  message: string
  source: SourceLine | undefined
  /** The same for the same thing in every run, whatever words and lines become. */
  identity: string
}

/** What belongs together: an operation, or a client. */
export interface ReportGroup {
  name: string
  /** As a test would end; skipped: nobody can tell. */
  verdict: 'passed' | 'failed' | 'skipped'
  /** Said once about all of it, such as `breaks`. */
  summary?: string
  entries: readonly ReportEntry[]
}

/** Something to be written in any of the formats. Plain data: the same report gives the same bytes. */
export interface Report {
  title: string
  before: string
  after: string
  headline: string
  /** What a group is: `contract` for operations, `client` for clients. */
  about: 'contract' | 'client'
  groups: readonly ReportGroup[]
  /** What is written as JSON. */
  facts: unknown
}

const severities: Record<Level, ReportEntry['severity']> = { ERR: 'error', WARN: 'warning', INFO: 'note' }
const labels: Record<Level, string> = { ERR: 'breaking', WARN: 'look at', INFO: 'info' }

/**
 * A comparison of two versions, by operation.
 *
 * @param findings in report order, already filtered
 */
export function comparisonReport(comparison: {
  before: string
  after: string
  findings: readonly Finding[]
  lines: ReadonlyMap<Finding, SourceLine>
}): Report {
  const { before, after, findings, lines } = comparison
  const groups = [...Map.groupBy(findings, placeOf)].map(([name, found]): ReportGroup => {
    const breaks = found.some((finding) => finding.level === 'ERR')
    return { name, verdict: breaks ? 'failed' : 'passed', entries: found.map((finding) => entryOf(finding, lines.get(finding))) }
  })
  const items = findings.map((finding) => ({
    identity: identityOf(finding),
    ...finding,
    message: describeFinding(finding),
    source: lines.get(finding) ?? null,
  }))
  const facts = { before, after, counts: countLevels(findings), findings: items }
  return { title: 'Contract changes', before, after, headline: headline(findings), about: 'contract', groups, facts }
}

function entryOf(finding: Finding, source: SourceLine | undefined): ReportEntry {
  return {
    severity: severities[finding.level],
    label: labels[finding.level],
    rule: finding.rule,
    position: positionOf(finding),
    message: describeFinding(finding),
    source,
    identity: identityOf(finding),
  }
}

export function countLevels(findings: readonly Finding[]): Record<Level, number> {
  const count: Record<Level, number> = { ERR: 0, WARN: 0, INFO: 0 }
  for (const finding of findings) count[finding.level]++
  return count
}

function headline(findings: readonly Finding[]): string {
  const { ERR, WARN, INFO } = countLevels(findings)
  if (findings.length === 0) return 'No differences that a client could notice.'
  return `${ERR} breaking, ${WARN} to look at, ${INFO} for information.`
}
