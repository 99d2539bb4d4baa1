import { compareSubtypes } from './compare-subtypes.ts'
import { checkTurned } from './compare-turned.ts'
import { compareUnion, harmless, type UnionWalk } from './compare-unions.ts'
import { child, type Spot } from './contract.ts'
import { flattened } from './flatten.ts'
import { isObject, type Json, own, ownArray, ownObject } from './json.ts'
import { isIgnoredHere } from './rules/family.ts'
import { checkMutability } from './rules/mutability.ts'
import { judgePropertyLifecycle } from './rules/property-lifecycle.ts'
import { type Place, placeNames, places } from './rules/rule.ts'
import { familiesFor } from './rules/schema-families.ts'
import { levelOf, ruleIdFor } from './rules/table.ts'
import { checkListOfTypes } from './rules/type-lists.ts'
import { types } from './rules/types.ts'
import { changedWords, type LocalFinding, type Report, type SchemaPair, type Segment } from './schema-pair.ts'
import { branchesOf, isAnnotation, type SchemaSide, sideOf, subSide } from './schema-side.ts'
import { alignSingleChoice } from './single-choice.ts'
import { type NoticePolicy, stabilityOf, stabilityRank } from './stability.ts'
import { concerns } from './value-sets/fits-word.ts'
import { SubsetProver } from './value-sets/subset.ts'

/** A compared pair of schemas with what was found in it and where it leads. Pairs behind references are shared. */
export interface PairNode {
  readonly local: LocalFinding[]
  readonly edges: { readonly segment: Segment; readonly node: PairNode }[]
  /** Something was found here or below. Known after {@link SchemaComparer.finish}. */
  dirty: boolean
}

interface PairContext {
  /** A part of an `allOf`: what else builds on it is no matter of the whole. */
  isPart?: boolean
  movedValues?: ReadonlySet<string>
  /** Property name → its values that another branch takes. */
  movedByProperty?: ReadonlyMap<string, ReadonlySet<string>>
}

const nothing: ReadonlySet<string> = new Set()
/** Families whose findings say something about the values of one schema, and of that alone. */
const aboutValues = new Set(['types', 'enums', 'constants', 'conditions'])
const schemaWords = [
  'items',
  'additionalProperties',
  'contains',
  'propertyNames',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contentSchema',
]

/**
 * Walks two versions of schemas side by side. A pair of referenced schemas is compared once per place and remembered, so
 * recursion ends and shared schemas cost nothing: the work grows with the size of the documents, not with their paths.
 */
export class SchemaComparer {
  readonly policy: NoticePolicy
  readonly prover = new SubsetProver()
  readonly #nodes = new Map<number, PairNode>()
  readonly #ids = new Map<object, number>()
  readonly #waiting: { node: PairNode; before: SchemaSide; after: SchemaSide; place: Place; loose: boolean; context: PairContext }[] = []
  readonly #all: PairNode[] = []

  constructor(policy: NoticePolicy) {
    this.policy = policy
  }

  /** The pair for a schema of a body, parameter or header. */
  root(before: SchemaSide, after: SchemaSide, place: Place, loose: boolean): PairNode {
    const node = this.#shared(before, after, place, loose)
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop())
      this.#compare(next.node, next.before, next.after, next.place, next.loose, next.context)
    return node
  }

  /** Marks every pair from which a finding can be reached. Call once, after all roots. */
  finish(): void {
    const above = new Map<PairNode, PairNode[]>()
    for (const node of this.#all) for (const edge of node.edges) above.set(edge.node, [...(above.get(edge.node) ?? []), node])
    const queue = this.#all.filter((node) => node.local.length > 0)
    for (let node = queue.pop(); node; node = queue.pop()) {
      if (node.dirty) continue
      node.dirty = true
      queue.push(...(above.get(node) ?? []))
    }
  }

  #shared(before: SchemaSide, after: SchemaSide, place: Place, loose: boolean, isPart = false): PairNode {
    // One number instead of a text: documents have far fewer than 2^20 schemas, so 48 bits hold all parts.
    const key = ((this.#id(before) * 2 ** 21 + this.#id(after)) * 16 + placeNames.indexOf(place)) * 4 + (loose ? 2 : 0) + (isPart ? 1 : 0)
    const known = this.#nodes.get(key)
    if (known) return known
    const node: PairNode = { local: [], edges: [], dirty: false }
    this.#nodes.set(key, node)
    this.#all.push(node)
    this.#waiting.push({ node, before, after, place, loose, context: { isPart } })
    return node
  }

  #id(side: SchemaSide): number {
    let id = this.#ids.get(side.node)
    if (id === undefined) {
      id = this.#ids.size
      this.#ids.set(side.node, id)
    }
    return id * 2 + (side.wrappedNull ? 1 : 0)
  }

  /** Referenced schemas wait their turn; what is written in place is compared now, and forgotten when nothing is found. */
  #pair(before: SchemaSide, after: SchemaSide, place: Place, loose: boolean, context: PairContext = {}): PairNode | undefined {
    if ((before.name !== undefined || after.name !== undefined) && !context.movedValues && !context.movedByProperty)
      return this.#shared(before, after, place, loose, context.isPart)
    const node: PairNode = { local: [], edges: [], dirty: false }
    this.#compare(node, before, after, place, loose, context)
    if (node.local.length === 0 && node.edges.length === 0) return undefined
    this.#all.push(node)
    return node
  }

  #compare(node: PairNode, before: SchemaSide, after: SchemaSide, place: Place, loose: boolean, context: PairContext): void {
    if (before.node === after.node && before.contract === after.contract) return
    const [chosen, other] = alignSingleChoice(before, after)
    const [left, right] = alignAllOf(chosen, other)
    const changed = changedWords(left, right)
    const pair: SchemaPair = {
      before: left,
      after: right,
      place,
      loose,
      changed,
      movedValues: context.movedValues ?? nothing,
      policy: this.policy,
    }
    const report = reporter(node, pair)
    tellDescribingParts(chosen, left, 'all-of-removed-annotation-only', report)
    tellDescribingParts(other, right, 'all-of-added-annotation-only', report)
    if (changed.has('$ref')) {
      report('undetermined')
      return
    }
    const walk: UnionWalk = {
      prover: this.prover,
      report,
      descend: (segment, b, a, movedByProperty) => this.#descend(node, pair, segment, b, a, movedByProperty ? { movedByProperty } : {}),
    }
    const isTypeList = checkListOfTypes(pair, report, (keyword, type, old, now) =>
      this.#descend(node, pair, { kind: 'branch', name: `${keyword}[${type}]` }, old, now),
    )
    if (!context.isPart) compareSubtypes(pair, walk)
    const unions = (isTypeList ? ['allOf'] : ['allOf', 'anyOf', 'oneOf']).map((keyword) => compareUnion(pair, keyword, walk))
    if (unions.includes('reshaped')) return
    if (changed.size > 0) {
      const weighed = this.#weighed(pair, report)
      for (const family of familiesFor(changed)) {
        if (!(isTypeList && family === types)) family.check(pair, aboutValues.has(family.name) ? weighed : report)
      }
    }
    this.#members(node, pair, report, context)
  }

  /** What is shown to take no value away from a sender, and to show no new one to a reader, is told without alarm. */
  #weighed(pair: SchemaPair, report: Report): Report {
    // A word that says nothing about the schema's type is a slip of the author, who meant something by it: that nobody is hurt is not shown by it.
    const concerned = [pair.before, pair.after].every((side) => [...pair.changed].every((word) => concerns(word, side)))
    let proven: boolean | undefined
    const isProven = () => {
      const [from, to] = places[pair.place].direction === 'request' ? [pair.before, pair.after] : [pair.after, pair.before]
      proven ??= this.prover.isSubset(from, to)
      return proven
    }
    return (rule, detail = {}) => {
      const level = detail.level ?? (typeof rule === 'string' ? levelOf(pair.place, rule) : 'INFO')
      report(rule, level !== 'INFO' && concerned && isProven() ? { ...detail, ...harmless } : detail)
    }
  }

  #members(node: PairNode, pair: SchemaPair, report: Report, context: PairContext): void {
    this.#properties(node, pair, report, context)
    for (const word of schemaWords) {
      const [old, now] = [own(pair.before.node, word), own(pair.after.node, word)]
      if (!isObject(old) || !isObject(now) || sameWithoutReferences(old, now)) continue
      const segment: Segment =
        word === 'items' ? { kind: 'items' } : word.endsWith('Properties') ? { kind: 'values' } : { kind: 'branch', name: word }
      this.#descend(node, pair, segment, subSide(pair.before, word)!, subSide(pair.after, word)!)
    }
    for (const word of ['patternProperties', 'dependentSchemas']) {
      for (const name of Object.keys(ownObject(pair.before.node, word))) {
        const [before, after] = [subSide(pair.before, word, name), subSide(pair.after, word, name)]
        if (before && after)
          this.#descend(
            node,
            pair,
            word === 'patternProperties' ? { kind: 'values' } : { kind: 'branch', name: `${word}[${name}]` },
            before,
            after,
          )
      }
    }
    this.#positions(node, pair)
    checkTurned(pair, this.prover, report)
  }

  #positions(node: PairNode, pair: SchemaPair): void {
    const [before, after] = [elementSpots(pair.before, 'prefixItems'), elementSpots(pair.after, 'prefixItems')]
    before.forEach((spot, index) => {
      const other = after[index]
      if (other) this.#descend(node, pair, { kind: 'items' }, sideOf(pair.before.contract, spot), sideOf(pair.after.contract, other))
    })
  }

  #properties(node: PairNode, pair: SchemaPair, report: Report, context: PairContext): void {
    const [before, after] = [ownObject(pair.before.node, 'properties'), ownObject(pair.after.node, 'properties')]
    for (const name of Object.keys(before)) {
      if (!Object.hasOwn(after, name) || sameWithoutReferences(before[name], after[name])) continue
      const [old, now] = [subSide(pair.before, 'properties', name), subSide(pair.after, 'properties', name)]
      if (!old || !now) continue
      checkMutability(pair, name, old, now, report)
      this.#lifecycle(pair, name, old, now, report)
      if (this.#hidden(now.node)) continue
      const movedValues = context.movedByProperty?.get(name)
      this.#descend(node, pair, { kind: 'field', name }, old, now, movedValues ? { movedValues } : {})
    }
  }

  #lifecycle(pair: SchemaPair, name: string, before: SchemaSide, after: SchemaSide, report: Report): void {
    if (
      pair.place !== 'request-body' &&
      pair.place !== 'request-property' &&
      pair.place !== 'response-body' &&
      pair.place !== 'response-property'
    )
      return
    for (const finding of judgePropertyLifecycle(places[pair.place].direction, before.node, after.node, this.policy)) {
      const about =
        finding.rule === 'api-invalid-stability-level' || String(finding.rule).includes('-stability-') ? before.node : after.node
      if (this.#hidden(about) || isIgnoredHere(after.node, pair)) continue
      report(finding.rule, {
        before: finding.before,
        after: finding.after,
        at: [{ kind: 'field', name }],
        beforeSpot: before.spot,
        afterSpot: after.spot,
      })
    }
  }

  /** Ranks below what the caller wants to hear about. */
  #hidden(node: Json): boolean {
    const level = stabilityOf(node)
    return level !== 'invalid' && stabilityRank(level) < stabilityRank(this.policy.minStability)
  }

  #descend(node: PairNode, pair: SchemaPair, segment: Segment, before: SchemaSide, after: SchemaSide, context: PairContext = {}): void {
    const isElement = segment.kind === 'items' && (pair.place === 'request-parameter' || pair.place === 'request-parameter-element')
    const inner = isElement ? 'request-parameter-element' : places[pair.place].inner
    const isPart = segment.kind === 'branch' && segment.name.startsWith('allOf[')
    const found = this.#pair(before, after, inner, pair.loose, isPart ? { ...context, isPart } : context)
    if (found) node.edges.push({ segment, node: found })
  }
}

/** Equal as written, and leading nowhere else: nothing to compare. Most of two versions is like this. */
function sameWithoutReferences(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameWithoutReferences(item, b[index]))
  if (Array.isArray(b)) return false
  let count = 0
  for (const key in a) {
    if (key === '$ref' || key === '$dynamicRef' || !Object.hasOwn(b, key) || !sameWithoutReferences(a[key], b[key])) return false
    count++
  }
  for (const _ in b) count--
  return count === 0
}

/** `allOf` on one side only is a way of writing: the other side is compared with what it amounts to. */
function alignAllOf(before: SchemaSide, after: SchemaSide): [SchemaSide, SchemaSide] {
  const [left, right] = [ownArray(before.node, 'allOf').length > 0, ownArray(after.node, 'allOf').length > 0]
  if (left === right) return [before, after]
  return left ? [flattened(before) ?? before, after] : [before, flattened(after) ?? after]
}

/** Parts that only describe leave no trace in what an `allOf` amounts to. */
function tellDescribingParts(written: SchemaSide, aligned: SchemaSide, rule: string, report: Report): void {
  if (written === aligned) return
  for (const part of branchesOf(written, 'allOf')) if (Object.keys(part.node).every(isAnnotation)) report(rule, { at: [] })
}

function elementSpots(side: SchemaSide, word: string): Spot[] {
  const holder = child(side.spot, word)
  return ownArray(side.node, word).flatMap((_, index) => (holder ? (child(holder, index) ?? []) : []))
}

function reporter(node: PairNode, pair: SchemaPair): Report {
  return (rule, detail = {}) => {
    const { ignored, before, after, level, note } = detail
    const id = typeof rule === 'string' ? ruleIdFor(pair.place, rule, ignored ?? false) : rule
    const harmless = ignored || isIgnoredHere(pair.after.node, pair)
    node.local.push({
      rule: id,
      level: level ?? (harmless ? 'INFO' : undefined),
      at: detail.at ?? [],
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...(note === undefined ? {} : { note }),
      beforeSpot: detail.beforeSpot ?? pair.before.spot,
      afterSpot: detail.afterSpot ?? pair.after.spot,
    })
  }
}
