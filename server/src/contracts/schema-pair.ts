import type { Spot } from './contract.ts'
import { type Json, type JsonObject, own, ownArray, sameJson } from './json.ts'
import type { Level, Place } from './rules/rule.ts'
import { allowsNull, isMarkedNullable, type SchemaSide } from './schema-side.ts'
import type { NoticePolicy, Stability } from './stability.ts'

/** The same schema in both versions, in one place. */
export interface SchemaPair {
  readonly before: SchemaSide
  readonly after: SchemaSide
  readonly place: Place
  /** The media type carries text without types (XML, forms): a string can stand for everything. */
  readonly loose: boolean
  /** Words that differ between the two, without what lies deeper. */
  readonly changed: ReadonlySet<string>
  readonly policy: NoticePolicy
  /** Values of this schema that other branches of the union around it take (canonical text). */
  readonly movedValues: ReadonlySet<string>
}

export type Segment = { kind: 'field'; name: string } | { kind: 'items' } | { kind: 'values' } | { kind: 'branch'; name: string }

/** What a rule family says about one pair, before it is known in which operations the pair occurs. */
export interface LocalFinding {
  /** The rule, or how the stability of the operation around decides about it. */
  readonly rule: string | ((stability: Stability) => string)
  /** Instead of the rule's level. */
  readonly level: Level | undefined
  readonly at: readonly Segment[]
  readonly before?: Json
  readonly after?: Json
  readonly note?: string
  readonly beforeSpot: Spot
  readonly afterSpot: Spot
}

export interface ReportDetail {
  before?: Json | undefined
  after?: Json | undefined
  /** Below the schema itself. */
  at?: readonly Segment[]
  /** Instead of the rule's level. */
  level?: Level
  /** Why the level differs. */
  note?: string
  beforeSpot?: Spot
  afterSpot?: Spot
  /** Which variant of the rule: its property is no part of this direction. */
  ignored?: boolean
}

/** Takes the rule by its suffix (the place is known), by its whole id, or by how the operation's stability decides. */
export type Report = (rule: LocalFinding['rule'], detail?: ReportDetail) => void

/** Whether null joined or left a union of several branches that both versions have: then it is one of its members, not a mark on the schema. */
export function nullMember(pair: SchemaPair, keyword: string): 'added' | 'removed' | undefined {
  if (keyword === 'allOf' || pair.before.wrappedNull === pair.after.wrappedNull) return undefined
  const bare = [pair.before, pair.after].map(isMarkedNullable)
  if (bare.includes(true) || [pair.before, pair.after].some(({ node }) => ownArray(node, keyword).length < 2)) return undefined
  return pair.after.wrappedNull ? 'added' : 'removed'
}

/** Words whose value is a schema or holds schemas: only their presence and keys are compared here. */
const structural = new Set([
  'items',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contentSchema',
])
const maps = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'])
const lists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const sets = new Set(['enum', 'required', 'type', 'x-extensible-enum'])
const ignored = new Set([
  'title',
  'example',
  'examples',
  'externalDocs',
  'xml',
  '$comment',
  '$id',
  '$schema',
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
  'id',
  'nullable',
  'x-nullable',
])
const heard = /^x-(extensible-enum|stability-level)$|^x-.*(sunset|deprecat|retire|release-status|removal|end-of-life)/i

/** Names the words that differ. `null` counts as `nullable`, however the dialect writes it. */
export function changedWords(before: SchemaSide, after: SchemaSide): Set<string> {
  const changed = new Set<string>()
  if (before.node !== after.node) {
    for (const word of Object.keys(before.node)) if (differs(word, before.node[word], own(after.node, word))) changed.add(word)
    for (const word of Object.keys(after.node))
      if (!Object.hasOwn(before.node, word) && differs(word, undefined, after.node[word])) changed.add(word)
  }
  if (allowsNull(before) !== allowsNull(after)) changed.add('nullable')
  // The same reference to something nobody read is no change that anybody can name.
  if (before.undetermined !== after.undetermined || (before.undetermined && !sameJson(before.spot.node, after.spot.node)))
    changed.add('$ref')
  return changed
}

function differs(word: string, before: Json | undefined, after: Json | undefined): boolean {
  if (before === after || ignored.has(word)) return false
  if (word.charCodeAt(0) === 120 && word.startsWith('x-') && !heard.test(word)) return false
  if (structural.has(word))
    return before === undefined || after === undefined || typeof before !== typeof after || typeof before === 'boolean'
  if (maps.has(word)) return !sameKeys(before, after)
  if (lists.has(word)) return !Array.isArray(before) || !Array.isArray(after) || before.length !== after.length
  if (sets.has(word)) return !sameSet(before, after)
  return !sameJson(before, after)
}

function sameKeys(a: Json | undefined, b: Json | undefined): boolean {
  const [left, right] = [Object.keys((a ?? {}) as JsonObject), (b ?? {}) as JsonObject]
  return left.length === Object.keys(right).length && left.every((key) => Object.hasOwn(right, key))
}

function sameSet(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return false
  const [left, right] = [Array.isArray(a) ? a : [a], Array.isArray(b) ? b : [b]]
  return left.length === right.length && left.every((item) => right.some((other) => sameJson(item, other)))
}
