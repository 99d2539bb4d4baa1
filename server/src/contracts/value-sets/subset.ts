import { isObject, type Json, own, ownObject, sameJson } from '../json.ts'
import { isAnnotation, type SchemaSide, subSide } from '../schema-side.ts'
import { elementAt, type Facts, factsOf, patternsOf, prefixLength } from './facts.ts'
import { fitsWord } from './fits-word.ts'

/** Questions within questions. What is deeper is not shown, and the stack stays small. */
const maxDepth = 150

/**
 * Proves that every value of one schema is a value of another. `false` means "not shown", never "shown to be false".
 *
 * Properties that a schema does not name are taken as not sent: an open object does not make every addition a conflict.
 * `oneOf` counts as proven only when the other branches are shown to exclude the value. Recursion is assumed to hold while
 * it is being shown (coinduction), and the work of one question is bounded.
 */
export class SubsetProver {
  readonly #answers = new Map<string, boolean>()
  readonly #assumed: string[] = []
  readonly #ids = new Map<object, number>()
  #steps = 0
  #depth = 0
  readonly #maxSteps: number

  constructor(maxSteps = 20_000) {
    this.#maxSteps = maxSteps
  }

  /** Is every value that fits all of `smaller` also a value of `larger`? */
  isSubset(smaller: SchemaSide | readonly SchemaSide[], larger: SchemaSide): boolean {
    this.#steps = 0
    return this.#subset(Array.isArray(smaller) ? smaller : [smaller as SchemaSide], larger)
  }

  /** Is it shown that no value fits both? */
  isDisjoint(a: readonly SchemaSide[], b: readonly SchemaSide[]): boolean {
    this.#steps = 0
    return this.#disjoint(factsOf(a), factsOf(b), 3)
  }

  #subset(smaller: readonly SchemaSide[], larger: SchemaSide): boolean {
    if (smaller.some((side) => side.node === larger.node && side.contract === larger.contract && (larger.wrappedNull || !side.wrappedNull)))
      return true
    if (++this.#steps > this.#maxSteps || larger.undetermined || smaller.some((side) => side.undetermined)) return false
    if (this.#depth >= maxDepth) return false
    this.#depth++
    const answer = this.#remembered(smaller, larger)
    this.#depth--
    return answer
  }

  #remembered(smaller: readonly SchemaSide[], larger: SchemaSide): boolean {
    const [only] = smaller
    if (smaller.length > 1 || !only) return this.#prove(smaller, larger)
    const key = `${this.#id(only)} ${this.#id(larger)}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const since = this.#assumed.length
    this.#assumed.push(key)
    this.#answers.set(key, true)
    const answer = this.#prove(smaller, larger)
    if (!answer) this.#forgetSince(since)
    this.#answers.set(key, answer)
    return answer
  }

  /** What was shown while a false assumption stood may lean on it. */
  #forgetSince(since: number): void {
    for (const key of this.#assumed.splice(since)) if (this.#answers.get(key)) this.#answers.delete(key)
  }

  #id(side: SchemaSide): string {
    const known = this.#ids.get(side.node)
    if (known !== undefined) return side.wrappedNull ? `${known}?` : String(known)
    this.#ids.set(side.node, this.#ids.size)
    return this.#id(side)
  }

  #prove(smaller: readonly SchemaSide[], larger: SchemaSide): boolean {
    const facts = factsOf(smaller)
    if (facts.values?.size === 0 && !facts.nullable) return true
    if (this.#fits(facts, smaller, larger)) return true
    const union = facts.unions[0]
    // Null that stands around a union would be lost between its branches.
    if (facts.nullable && union && (union.part.wrappedNull || own(union.part.node, 'nullable') === true)) return false
    return union?.branches.every((branch) => this.#subset(withBranch(facts, union, branch), larger)) ?? false
  }

  #fits(facts: Facts, smaller: readonly SchemaSide[], larger: SchemaSide): boolean {
    const target = factsOf([larger])
    return target.parts.every((part) => this.#fitsPart(facts, smaller, part)) && this.#fitsMembers(facts, target)
  }

  /** Words of one part, unions included; properties are judged for all parts together, since one may close what another names. */
  #fitsPart(facts: Facts, smaller: readonly SchemaSide[], part: SchemaSide): boolean {
    const target = factsOf([{ ...part, node: { ...part.node, allOf: [] } }], 1)
    if (target.types && !fitsTypes(facts, target.types, target.nullable)) return false
    if (target.values && !(facts.values && [...facts.values].every((value) => target.values!.has(value)))) return false
    if (facts.nullable && !target.nullable) return false
    // Null that a union around the smaller one lets through was never held against conditions and exclusions.
    if (
      facts.nullable &&
      smaller.some((side) => side.wrappedNull) &&
      !part.wrappedNull &&
      (Object.hasOwn(part.node, 'not') || Object.hasOwn(part.node, 'if'))
    )
      return false
    for (const union of target.unions) if (!this.#fitsUnion(smaller, facts, union.branches, union.keyword)) return false
    return Object.entries(part.node).every(([word, value]) => fitsWord(facts, word, value, part))
  }

  #fitsMembers(facts: Facts, target: Facts): boolean {
    if (canHold(facts, 'object')) {
      for (const name of target.required) if (!facts.required.has(name)) return false
      if (!target.parts.every((part) => this.#fitsProperties(facts, part))) return false
    }
    return !canHold(facts, 'array') || this.#fitsElements(facts, target)
  }

  /** Named properties, names by pattern, and all others, against one part: what it does not name falls to its patterns, or to its rest. */
  #fitsProperties(facts: Facts, part: SchemaSide): boolean {
    const named = ownObject(part.node, 'properties')
    const patterns = ownObject(part.node, 'patternProperties')
    const [rest, isMap] = [subSide(part, 'additionalProperties'), isObject(own(part.node, 'additionalProperties'))]
    const fitsRest = (schemas: readonly SchemaSide[]) => !rest || this.#subset(schemas, rest)
    // Which names a pattern means is not decided here: each may be meant.
    const fitsPatterns = (schemas: readonly SchemaSide[], but?: string) =>
      Object.keys(patterns).every((pattern) => pattern === but || this.#subset(schemas, subSide(part, 'patternProperties', pattern)!))
    for (const [name, schemas] of facts.properties) {
      if (onlyImpossible(schemas)) continue
      const fits = Object.hasOwn(named, name)
        ? this.#subset(schemas, subSide(part, 'properties', name)!)
        : fitsPatterns(schemas) && fitsRest(schemas)
      if (!fits) return false
    }
    const unnamed = Object.keys(named).filter((name) => !facts.properties.has(name))
    const fitsUnnamed = (schemas: readonly SchemaSide[]) =>
      unnamed.every((name) => this.#subset(schemas, subSide(part, 'properties', name)!))
    for (const [pattern, schema] of patternsOf(facts)) {
      const same = Object.hasOwn(patterns, pattern)
      const fits = same ? this.#subset([schema], subSide(part, 'patternProperties', pattern)!) : fitsRest([schema])
      if (!onlyImpossible([schema]) && !(fits && fitsPatterns([schema], pattern) && fitsUnnamed([schema]))) return false
    }
    if (facts.closed) return true
    if (facts.rest.length > 0 && !onlyImpossible(facts.rest))
      return fitsPatterns(facts.rest) && fitsUnnamed(facts.rest) && fitsRest(facts.rest)
    const known = new Set(patternsOf(facts).map(([pattern]) => pattern))
    if (!Object.keys(patterns).every((pattern) => known.has(pattern))) return false
    return !isMap || isAnything(rest!) || facts.properties.size > 0
  }

  /** Element by element as far as either side tells positions apart, then all others at once. */
  #fitsElements(facts: Facts, target: Facts): boolean {
    const last = Math.max(prefixLength(facts), prefixLength(target))
    for (let index = 0; index <= last; index++) {
      const given = elementAt(facts, index)
      if (!canReach(facts, index) || onlyImpossible(given)) return true
      const fits = elementAt(target, index).every((wanted) => (given.length > 0 ? this.#subset(given, wanted) : isAnything(wanted)))
      if (!fits) return false
    }
    return true
  }

  #fitsUnion(smaller: readonly SchemaSide[], facts: Facts, branches: readonly SchemaSide[], keyword: 'anyOf' | 'oneOf'): boolean {
    if (branches.some((branch) => this.#inBranch(smaller, branch, branches, keyword))) return true
    const split = splittingProperty(facts) ?? splittingValues(facts, smaller)
    if (!split) return false
    return split.pieces.every((piece) => branches.some((branch) => this.#inBranch([...smaller, piece], branch, branches, keyword)))
  }

  #inBranch(smaller: readonly SchemaSide[], branch: SchemaSide, branches: readonly SchemaSide[], keyword: 'anyOf' | 'oneOf'): boolean {
    if (++this.#steps > this.#maxSteps || !this.#subset(smaller, branch)) return false
    if (keyword === 'anyOf') return true
    const facts = factsOf(smaller)
    return branches.every((other) => other === branch || this.#disjoint(facts, factsOf([other]), 3))
  }

  #disjoint(a: Facts, b: Facts, depth: number): boolean {
    if (++this.#steps > this.#maxSteps || depth === 0) return false
    if (a.nullable && b.nullable) return false
    if (a.types && b.types && ![...a.types].some((type) => b.types!.has(type))) return true
    if (a.values && b.values && ![...a.values].some((value) => b.values!.has(value))) return true
    if (outsideTypes(a, b) || outsideTypes(b, a)) return true
    for (const name of new Set([...a.required, ...b.required])) {
      const [left, right] = [a.properties.get(name), b.properties.get(name)]
      if (left && right && this.#disjoint(factsOf(left), factsOf(right), depth - 1)) return true
      if ((a.required.has(name) && b.closed && !right) || (b.required.has(name) && a.closed && !left))
        return onlyObjects(a) || onlyObjects(b)
    }
    return false
  }
}

/** The same schema narrowed to one value of a property: what a union has to take when that value moves. */
export function withPropertyValue(side: SchemaSide, name: string, value: Json): SchemaSide[] {
  return [side, synthetic(side, { type: 'object', required: [name], properties: { [name]: { const: value } } })]
}

function synthetic(like: SchemaSide, node: Record<string, Json>): SchemaSide {
  const spot = { file: like.spot.file, node, parent: undefined, key: '' }
  return { contract: like.contract, spot, node, wrappedNull: false, undetermined: false, name: undefined }
}

function fitsTypes(facts: Facts, allowed: ReadonlySet<string>, nullable: boolean): boolean {
  if (facts.types) return [...facts.types].every((type) => allowed.has(type))
  return (
    facts.values !== undefined &&
    [...facts.values].every((value) => (value === 'null' ? nullable : typesOfValue(value).some((type) => allowed.has(type))))
  )
}

function typesOfValue(text: string): string[] {
  const value = JSON.parse(text) as Json
  if (Array.isArray(value)) return ['array']
  if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'number'] : ['number']
  return [typeof value]
}

function outsideTypes(a: Facts, b: Facts): boolean {
  return (
    a.values !== undefined &&
    b.types !== undefined &&
    [...a.values].every((value) => !typesOfValue(value).some((type) => b.types!.has(type)) && value !== 'null')
  )
}

function canHold(facts: Facts, type: string): boolean {
  return facts.types?.has(type) ?? true
}

/** Whether a list can be so long. */
function canReach(facts: Facts, index: number): boolean {
  return facts.parts.every((part) => {
    const most = own(part.node, 'maxItems')
    return typeof most !== 'number' || most > index
  })
}

function onlyObjects(facts: Facts): boolean {
  // A schema that names properties and no type means an object, whatever the letter says.
  return facts.types ? facts.types.size === 1 && facts.types.has('object') : facts.properties.size > 0
}

function isAnything(side: SchemaSide): boolean {
  return Object.keys(side.node).every(isAnnotation)
}

function onlyImpossible(schemas: readonly SchemaSide[]): boolean {
  return schemas.some((side) => sameJson(side.node, { not: {} }))
}

/** A property with few values by which the set can be taken apart: each value, and its absence. */
function splittingProperty(facts: Facts): { pieces: SchemaSide[] } | undefined {
  for (const [name, schemas] of facts.properties) {
    const values = factsOf(schemas).values
    const like = schemas[0]
    if (!values || values.size === 0 || values.size > 200 || !like) continue
    if (values.size === 1 && facts.required.has(name)) continue
    const pieces = [...values].map((value) =>
      synthetic(like, { required: [name], properties: { [name]: { const: JSON.parse(value) as Json } } }),
    )
    const absent = facts.required.has(name) ? [] : [synthetic(like, { properties: { [name]: false } })]
    return { pieces: [...pieces, ...absent] }
  }
  return undefined
}

/** Few values can be looked at one by one. */
function splittingValues(facts: Facts, smaller: readonly SchemaSide[]): { pieces: SchemaSide[] } | undefined {
  const like = smaller[0]
  if (!like || !facts.values || (facts.nullable && !facts.values.has('null')) || facts.values.size < 2 || facts.values.size > 200)
    return undefined
  return { pieces: [...facts.values].map((value) => synthetic(like, { const: JSON.parse(value) as Json })) }
}

/** One branch of a union together with what stands beside the union, parts of `allOf` written out. */
function withBranch(facts: Facts, union: Facts['unions'][number], branch: SchemaSide): SchemaSide[] {
  const rest = facts.parts.map((side) => {
    const left = Object.entries(side.node).filter(([word]) => word !== 'allOf' && !(side === union.part && word === union.keyword))
    return { ...side, node: Object.fromEntries(left) }
  })
  return [...rest, branch]
}
