import type { Finding } from '../finding.ts'
import { canonical, type Json } from '../json.ts'
import { contractRules } from '../rules/table.ts'

/** `POST /payments`, `webhook orderMade`, or what else the finding is about. */
export function placeOf(finding: Finding): string {
  if (finding.path !== null && finding.surface === 'operation') return `${finding.method} ${finding.path}`
  if (finding.path !== null) return `${finding.surface} ${finding.path}`
  return finding.component ?? 'the whole contract'
}

/** Where inside the operation: `answer 200, application/json, items[].name`. */
export function positionOf(finding: Finding): string {
  const status = finding.status === undefined ? undefined : `answer ${finding.status}`
  return [status, finding.parameter, finding.mediaType, finding.schemaPath === '' ? undefined : finding.schemaPath]
    .filter((part) => part !== undefined)
    .join(', ')
}

/** One sentence with the values: `its maximum length got stricter: 20 → 10`. */
export function describeFinding(finding: Finding): string {
  const meaning = contractRules.get(finding.rule)?.meaning ?? finding.rule
  const values = [finding.before, finding.after]
  const change = values.every((value) => value === undefined) ? '' : ` (${values.map(shown).join(' → ')})`
  return `${meaning.replace(/\.$/, '')}${change}.${finding.note ? ` Here: ${finding.note}.` : ''}`
}

function shown(value: Json | undefined): string {
  if (value === undefined) return '–'
  const text = typeof value === 'string' ? value : canonical(value)
  return text.length > 160 ? `${text.slice(0, 159)}…` : text
}
