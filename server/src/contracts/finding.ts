import { createHash } from 'node:crypto'
import type { Spot } from './contract.ts'
import { byText, canonical, type Json } from './json.ts'
import { type Surface, templateOf } from './operations.ts'
import type { Direction, Level } from './rules/rule.ts'
import { contractRules } from './rules/table.ts'
import type { Segment } from './schema-pair.ts'

/** One change between two versions of a contract, at one place. Plain data: the same inputs give the same bytes. */
export interface Finding {
  readonly rule: string
  readonly level: Level
  readonly direction: Direction
  /** In webhooks and callbacks the provider calls, and its payload is what the client reads. */
  readonly surface: Surface
  /** Upper case; null when the finding is about no operation. */
  readonly method: string | null
  /** Path as the newer version writes it (the older one for removals and where only `servers` and paths divide the address anew), or the webhook's name. */
  readonly path: string | null
  readonly operationId?: string
  readonly component?: string
  readonly status?: string
  readonly mediaType?: string
  /** `query status`, `header X-Total`. */
  readonly parameter?: string
  /** Field as usage names it: `items[].owner.name`, `{}` for the values of a map; empty for the whole. */
  readonly field: string
  /** The same with the branches of unions: `paymentMethod|oneOf[CardDetails]|.brand`. */
  readonly schemaPath: string
  readonly before?: Json
  readonly after?: Json
  /** Why the level is not the rule's. */
  readonly note?: string
}

const sources = new WeakMap<Finding, { before: Spot | undefined; after: Spot | undefined }>()

/** Remembers where in the documents a finding comes from, outside its data. */
export function withSource(finding: Finding, before: Spot | undefined, after: Spot | undefined): Finding {
  sources.set(finding, { before, after })
  return finding
}

/** Places of a finding that was made in this process; undefined for one that was stored and read back. */
export function sourceOf(finding: Finding): { before: Spot | undefined; after: Spot | undefined } | undefined {
  return sources.get(finding)
}

/**
 * What stays the same when the same change is found again, in another run or after rewording: rule family, direction,
 * operation, status, media type, schema path and the two values. Acknowledgements hang on it.
 *
 * @returns 32 hexadecimal digits
 */
export function identityOf(finding: Finding): string {
  const { direction, surface, method, path, status, mediaType, parameter, component, schemaPath, before, after } = finding
  const family = contractRules.get(finding.rule)?.family ?? finding.rule
  const parts = [
    family,
    direction,
    surface,
    method,
    path === null ? null : templateOf(path),
    status,
    mediaType,
    parameter,
    component,
    schemaPath,
    before,
    after,
  ]
  return createHash('sha256')
    .update(canonical(parts.map((part) => part ?? null)))
    .digest('hex')
    .slice(0, 32)
}

/** The order of every report: by place first, so that what belongs together stands together. */
export function orderFindings(findings: Finding[]): Finding[] {
  const keys = new Map(findings.map((finding) => [finding, sortKey(finding)]))
  return findings.sort((a, b) => byText(keys.get(a)!, keys.get(b)!))
}

function sortKey(finding: Finding): string {
  const { path, method, surface, status, mediaType, parameter, component, schemaPath, rule, before, after } = finding
  const parts = [path ?? '', method ?? '', surface, component ?? '', status ?? '', parameter ?? '', mediaType ?? '', schemaPath, rule]
  return `${parts.join('\u0000')}\u0000${canonical(before)}\u0000${canonical(after)}`
}

/** Writes a path of segments the way usage does, and with branches. */
export function pathTexts(segments: readonly Segment[]): { field: string; schemaPath: string } {
  let field = ''
  let schemaPath = ''
  for (const segment of segments) {
    if (segment.kind === 'branch') {
      schemaPath += `|${segment.name}|`
      continue
    }
    const text = segment.kind === 'items' ? '[]' : segment.kind === 'values' ? '{}' : segment.name
    const dot = segment.kind === 'field'
    field += dot && field !== '' ? `.${text}` : text
    schemaPath += dot && schemaPath !== '' ? `.${text}` : text
  }
  return { field, schemaPath }
}
