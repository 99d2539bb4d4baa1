import { byText } from '../json.ts'
import { contractRules } from '../rules/table.ts'
import type { Report, ReportEntry } from './report.ts'

const tableLevels = { ERR: 'error', WARN: 'warning', INFO: 'note' } as const

/** SARIF 2.1.0, as code-scanning pages read it: those show only results that have a place in a file. */
export function sarif({ after, groups }: Report): string {
  const entries = groups.flatMap(({ name, entries: found }) => found.map((entry) => ({ group: name, entry })))
  const ids = [...new Set(entries.map(({ entry }) => entry.rule))].sort(byText)
  const index = new Map(ids.map((id, at) => [id, at]))
  const results = entries.map(({ group, entry }) => ({
    ruleId: entry.rule,
    ruleIndex: index.get(entry.rule)!,
    level: entry.severity,
    message: { text: `${group}${entry.position === '' ? '' : `, ${entry.position}`}: ${entry.message}` },
    locations: [locationOf(entry, after)],
    partialFingerprints: { 'bridgekeeper/v1': entry.identity },
  }))
  const driver = { name: 'bridgekeeper contracts', rules: ids.map(ruleOf) }
  const run = { tool: { driver }, columnKind: 'utf16CodeUnits', results }
  return JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2)
}

function ruleOf(id: string) {
  const rule = contractRules.get(id)
  return {
    id,
    shortDescription: { text: rule?.meaning ?? otherRules[id] ?? id },
    defaultConfiguration: { level: tableLevels[rule?.level ?? 'WARN'] },
  }
}

const otherRules: Record<string, string> = {
  'usage-unknown': 'Too little was seen of this client to say that nothing breaks.',
  'clients-not-listed': 'There are more clients than a report lists; all are judged.',
  'clients-withheld': 'Clients that the key may not see are counted, not named.',
  'recorded-answer-unfit': 'A recorded answer of the platform does not fit the proposed version.',
  'recorded-request-refused': 'A recorded request that was accepted would be refused by the proposed version.',
  'client-impact': 'The change concerns this client as a whole.',
}

function locationOf({ source }: ReportEntry, document: string) {
  const region = source ? { startLine: source.line, startColumn: source.column } : { startLine: 1 }
  return { physicalLocation: { artifactLocation: { uri: uriOf(source?.file ?? document) }, region } }
}

/** A path as a URI reference: what has a meaning in URIs is escaped, and a first part with a colon is no scheme. */
function uriOf(path: string): string {
  const escaped = path.toWellFormed().split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? `file://${escaped}` : escaped
}
