import { createHash } from 'node:crypto'
import type { RunFailure } from './decide.ts'

/**
 * Groups runs that failed for the same reason: 16 hex digits over flow, kind, code, status, step and message, the last two without what
 * differs from run to run (numbers, ids, addresses, quoted values).
 *
 * @param identity integration and flow
 */
export function fingerprintOf(identity: string, failure: RunFailure): string {
  const parts = [
    identity,
    failure.kind,
    failure.code ?? '',
    failure.platform ?? '',
    failure.status ?? '',
    withoutParticulars(failure.step ?? ''),
    withoutParticulars(failure.message),
  ]
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)
}

function withoutParticulars(text: string): string {
  return text
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '"…"')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, 'ID')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{7,}\b/gi, 'ID')
    .replace(/\d+/g, 'N')
    .slice(0, 500)
}
