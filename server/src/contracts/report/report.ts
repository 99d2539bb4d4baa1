import { type Finding, identityOf, sourceOf } from '../finding.ts'
import { canonical } from '../json.ts'
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
    return { name, verdict: breaks ? 'failed' : 'passed', entries: entriesOf(found, lines) }
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

/** A shared schema is met on many ways through one operation: what changed in it is one entry, on the first of them. The facts name all. */
function entriesOf(findings: readonly Finding[], lines: ReadonlyMap<Finding, SourceLine>): ReportEntry[] {
  const ids = new Map<unknown, number>()
  const idOf = (thing: unknown) => {
    const id = ids.get(thing) ?? ids.size
    ids.set(thing, id)
    return id
  }
  const sameChange = (finding: Finding) => {
    const { rule, level, status, mediaType, parameter, field, before, after, note } = finding
    const source = sourceOf(finding)
    const spots = [source?.before?.node ?? finding, source?.after?.node ?? finding].map(idOf)
    return canonical(
      [rule, level, status, mediaType, parameter, before, after, note, field.split('.').at(-1), spots].map((part) => part ?? null),
    )
  }
  return [...Map.groupBy(findings, sameChange).values()].map((same) => {
    const entry = entryOf(same[0]!, lines.get(same[0]!))
    return same.length === 1
      ? entry
      : { ...entry, message: `${entry.message} The same change is met in ${same.length - 1} more places of it.` }
  })
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
