import { safeName } from '../drift/shape.ts'
import { joinField } from '../drift/undeclared.ts'
import { isObject, type Json, type JsonObject, own, ownArray, ownObject } from '../json.ts'
import { demandsOfText, factOf, meetsDemand, type Range, type RecordedShape } from './recorded-shape.ts'

/** Why a payload does not fit. */
export interface Misfit {
  field: string
  keyword: string
  /** Out of the contract. */
  expected: Json
}

/** Whether the payload that was recorded fits. unknown: it depends on a value that was not kept. */
export type Fit = { is: 'yes' } | { is: 'unknown' } | { is: 'no'; why: Misfit }

const yes: Fit = { is: 'yes' }
const unknown: Fit = { is: 'unknown' }
const maxVisits = 20_000

/**
 * Judges the payload behind a shape by a JSON Schema as `jsonSchemaOf` writes it. Sound: `yes` and `no` hold for every payload with this shape that met and missed what the
 * shape says it did; whatever depends on a value that was not kept is `unknown`, also below `not`, `oneOf` and `if`.
 *
 * @param asText values came as text (forms, query), so that `"5"` is a number where one is asked for
 */
export function judgeShape(schema: Json, shape: RecordedShape, asText = false): Fit {
  return new Judge(schema, asText).fit(schema, shape, '')
}

class Judge {
  readonly #definitions: JsonObject
  readonly #asText: boolean
  readonly #open = new Map<Json, Set<RecordedShape>>()
  #visits = 0

  constructor(root: Json, asText: boolean) {
    this.#definitions = ownObject(root, '$defs')
    this.#asText = asText
  }

  fit(schema: Json, shape: RecordedShape, field: string): Fit {
    if (schema === true) return yes
    if (schema === false) return no(field, 'not', null)
    if (!isObject(schema) || ++this.#visits > maxVisits) return unknown
    const open = this.#open.get(schema) ?? new Set<RecordedShape>()
    // A schema that refers to itself without going deeper says nothing about a payload.
    if (open.has(shape)) return unknown
    this.#open.set(schema, open.add(shape))
    const verdict = all([
      () => this.#reference(schema, shape, field),
      () => this.#type(schema, shape, field),
      () => this.#listed(schema, shape, field),
      () => this.#scalar(schema, shape, field),
      () => this.#list(schema, shape, field),
      () => this.#object(schema, shape, field),
      () => this.#combined(schema, shape, field),
    ])
    open.delete(shape)
    return verdict
  }

  #reference(schema: JsonObject, shape: RecordedShape, field: string): Fit {
    const ref = own(schema, '$ref')
    if (typeof ref !== 'string') return yes
    const target = own(this.#definitions, ref.replace('#/$defs/', ''))
    return target === undefined ? unknown : this.fit(target, shape, field)
  }

  #type(schema: JsonObject, shape: RecordedShape, field: string): Fit {
    const type = own(schema, 'type')
    if (type === undefined) return yes
    const types = Array.isArray(type) ? type : [type]
    const found = typeOf(shape)
    if (types.includes(found) || (found === 'integer' && types.includes('number'))) return yes
    // JSON has no whole numbers of its own: 1.0 and 1 are one value, and both were recorded as whole.
    if (!this.#asText || found === 'object' || found === 'null') return no(field, 'type', type)
    if (types.includes('array')) return unknown
    if (found === 'array') return unknown
    return types.includes('string') ? yes : isKept(shape) || found === 'string' ? unknown : no(field, 'type', type)
  }

  #listed(schema: JsonObject, shape: RecordedShape, field: string): Fit {
    const lists = [own(schema, 'enum'), ...(own(schema, 'const') === undefined ? [] : [[own(schema, 'const')!]])].filter(
      Array.isArray,
    ) as Json[][]
    return all(lists.map((values) => () => this.#oneOf(values, shape, field)))
  }

  #oneOf(values: Json[], shape: RecordedShape, field: string): Fit {
    const misfit = no(field, 'enum', values.slice(0, 20))
    if (shape === null) return values.includes(null) ? yes : misfit
    if ('v' in shape) {
      const same = (value: Json) => value === shape.v || (this.#asText && String(value) === String(shape.v))
      return values.some(same) ? yes : misfit
    }
    return values.some((value) => this.#mayBe(shape, value)) ? unknown : misfit
  }

  #mayBe(shape: Exclude<RecordedShape, null | { v: unknown }>, value: Json): boolean {
    if (this.#asText) return true
    if ('s' in shape) return typeof value === 'string' && within(shape.s, [...value].length) && !missed(shape.n, value)
    if ('i' in shape) return Number.isInteger(value) && within(shape.i, value as number) && !missed(shape.n, value)
    if ('d' in shape) return typeof value === 'number' && !Number.isInteger(value) && within(shape.d, value) && !missed(shape.n, value)
    if ('b' in shape) return typeof value === 'boolean'
    return typeOf(shape) === 'array' ? Array.isArray(value) : isObject(value)
  }

  #scalar(schema: JsonObject, shape: RecordedShape, field: string): Fit {
    if (shape === null || 'b' in shape || 'a' in shape || 'o' in shape || 't' in shape) return yes
    const text = 's' in shape || ('v' in shape && typeof shape.v === 'string')
    const range: Range = 's' in shape ? shape.s : 'i' in shape ? shape.i : 'd' in shape ? shape.d : exactly(shape.v)
    const bounds = text ? (['minLength', 'maxLength'] as const) : (['minimum', 'maximum'] as const)
    const demands = ['pattern', 'format', 'multipleOf', 'exclusiveMinimum', 'exclusiveMaximum'].filter(
      (word) => own(schema, word) !== undefined,
    )
    const bounding = ['minLength', 'maxLength', 'minimum', 'maximum'].some((word) => own(schema, word) !== undefined)
    return all([
      // What came as text may have been meant as either.
      () => (this.#asText ? (bounding ? unknown : yes) : bounded(schema, range, bounds[0], bounds[1], field)),
      ...demands.map((word) => () => this.#demand(word, own(schema, word)!, shape, range, field)),
    ])
  }

  #demand(keyword: string, demand: Json, shape: Exclude<RecordedShape, null>, range: Range, field: string): Fit {
    const misfit = no(field, keyword, demand)
    if ('v' in shape && this.#asText) return unknown
    if ('v' in shape) {
      const meets = meetsDemand(shape.v, keyword, demand)
      return meets === false ? misfit : meets === undefined && keyword === 'pattern' && typeof shape.v === 'string' ? unknown : yes
    }
    const { y = [], n = [] } = shape as { y?: readonly string[]; n?: readonly string[] }
    const fact = factOf(keyword, demand)
    if (y.includes(fact)) return yes
    if (n.includes(fact)) return misfit
    if (this.#asText) return unknown
    if ('s' in shape) return keyword === 'pattern' || (keyword === 'format' && demandsOfText(demand)) ? unknown : yes
    if (keyword === 'pattern') return yes
    const [low, high] = range
    if (keyword === 'format') {
      if (demand !== 'int32' && demand !== 'int64') return yes
      if (!('i' in shape)) return misfit
      return demand === 'int64' || (low !== null && high !== null && low >= -(2 ** 31) && high < 2 ** 31) ? yes : unknown
    }
    if (typeof demand !== 'number') return unknown
    if (keyword === 'exclusiveMinimum') return low !== null && low > demand ? yes : high !== null && high <= demand ? misfit : unknown
    if (keyword === 'exclusiveMaximum') return high !== null && high < demand ? yes : low !== null && low >= demand ? misfit : unknown
    return keyword === 'multipleOf' && demand === 1 ? ('i' in shape ? yes : misfit) : unknown
  }

  #list(schema: JsonObject, shape: RecordedShape, field: string): Fit {
    if (typeOf(shape) !== 'array' || shape === null) return yes
    const words = ['minItems', 'maxItems', 'items', 'prefixItems', 'contains', 'uniqueItems', 'unevaluatedItems', 'additionalItems']
    if (!('a' in shape)) return words.some((word) => own(schema, word) !== undefined) ? unknown : yes
    const items = own(schema, 'items')
    const empty = shape.len[1] === 0
    const several = shape.len[1] === null || shape.len[1] > 1
    const positions = own(schema, 'prefixItems') !== undefined || own(schema, 'unevaluatedItems') !== undefined
    return all([
      () => bounded(schema, shape.len, 'minItems', 'maxItems', field),
      () => (own(schema, 'uniqueItems') === true && several ? unknown : yes),
      () => (own(schema, 'contains') !== undefined || (positions && !empty) ? unknown : yes),
      () =>
        items === undefined || positions
          ? yes
          : all([
              ...shape.a.map((item) => () => this.fit(items, item, `${field}[]`)),
              () => (shape.more && items !== true ? unknown : yes),
            ]),
    ])
  }

  #object(schema: JsonObject, shape: RecordedShape, field: string): Fit {
    if (typeOf(shape) !== 'object' || shape === null) return yes
    const words = ['required', 'properties', 'additionalProperties', 'patternProperties', 'propertyNames', 'minProperties', 'maxProperties']
    const others = ['dependentRequired', 'dependentSchemas', 'unevaluatedProperties']
    if (!('o' in shape)) return [...words, ...others].some((word) => own(schema, word) !== undefined) ? unknown : yes
    const { o: members, x: masked = [], more } = shape
    const hidden = masked.length > 0 || more !== undefined
    const count = Object.keys(members).length
    const range: Range = hidden ? [count + masked.length, null] : [count, count]
    const properties = ownObject(schema, 'properties')
    const missing = (name: Json): Fit =>
      typeof name !== 'string' || Object.hasOwn(members, name)
        ? yes
        : more || (hidden && safeName(name) === undefined)
          ? unknown
          : no(joinField(field, name), 'required', null)
    return all([
      ...ownArray(schema, 'required').map((name) => () => missing(name)),
      () => bounded(schema, range, 'minProperties', 'maxProperties', field),
      ...Object.entries(members).map(
        ([name, member]) =>
          () =>
            this.#member(schema, name, member, field),
      ),
      () => (hidden ? this.#masked(schema, properties, masked, more !== undefined) : yes),
      () => (own(schema, 'propertyNames') !== undefined && (count > 0 || hidden) ? unknown : yes),
      () => (own(schema, 'unevaluatedProperties') !== undefined && own(schema, 'unevaluatedProperties') !== true ? unknown : yes),
      ...Object.entries(ownObject(schema, 'dependentRequired')).map(
        ([name, needed]) =>
          () =>
            Object.hasOwn(members, name) && Array.isArray(needed) ? all(needed.map((one) => () => missing(one))) : hidden ? unknown : yes,
      ),
      ...Object.entries(ownObject(schema, 'dependentSchemas')).map(
        ([name, then]) =>
          () =>
            Object.hasOwn(members, name) ? this.fit(then, shape, field) : hidden ? unknown : yes,
      ),
    ])
  }

  #member(schema: JsonObject, name: string, member: RecordedShape, field: string): Fit {
    const path = joinField(field, name)
    const named = own(own(schema, 'properties'), name)
    const patterns = Object.entries(ownObject(schema, 'patternProperties')).map(([pattern, then]) => ({
      then,
      matches: meetsDemand(name, 'pattern', pattern),
    }))
    const matching = patterns.filter(({ matches }) => matches !== false)
    const rest = own(schema, 'additionalProperties')
    const fits = matching.map(
      ({ then, matches }) =>
        () =>
          matches === undefined ? unknown : this.fit(then, member, path),
    )
    if (named !== undefined) return all([() => this.fit(named, member, path), ...fits])
    if (fits.length > 0 || rest === undefined) return all(fits)
    return rest === false ? no(path, 'additionalProperties', false) : this.fit(rest, member, path)
  }

  /** Members whose names were data, and were no names that the contract in force knows. */
  #masked(schema: JsonObject, properties: JsonObject, masked: readonly RecordedShape[], more: boolean): Fit {
    if (own(schema, 'patternProperties') !== undefined) return unknown
    const rest = own(schema, 'additionalProperties')
    if ((rest === undefined || rest === true) && Object.keys(properties).length === 0) return yes
    if (more || Object.keys(properties).some((name) => safeName(name) === undefined)) return unknown
    if (rest === undefined) return yes
    return all(masked.map((member) => () => (rest === false ? no('{}', 'additionalProperties', false) : this.fit(rest, member, '{}'))))
  }

  #combined(schema: JsonObject, shape: RecordedShape, field: string): Fit {
    const branches = (word: string) => ownArray(schema, word).map((branch) => this.fit(branch, shape, field))
    return all([
      ...ownArray(schema, 'allOf').map((part) => () => this.fit(part, shape, field)),
      () => (Array.isArray(own(schema, 'anyOf')) ? any(branches('anyOf'), field, 'anyOf') : yes),
      () => (Array.isArray(own(schema, 'oneOf')) ? exactlyOne(branches('oneOf'), field) : yes),
      () => (own(schema, 'not') === undefined ? yes : opposite(this.fit(own(schema, 'not')!, shape, field), field)),
      () => this.#conditional(schema, shape, field),
    ])
  }

  #conditional(schema: JsonObject, shape: RecordedShape, field: string): Fit {
    const condition = own(schema, 'if')
    if (condition === undefined) return yes
    const branch = (word: 'then' | 'else') => this.fit(own(schema, word) ?? true, shape, field)
    const holds = this.fit(condition, shape, field).is
    if (holds !== 'unknown') return branch(holds === 'yes' ? 'then' : 'else')
    const [then, otherwise] = [branch('then'), branch('else')]
    return then.is === otherwise.is ? then : unknown
  }
}

function no(field: string, keyword: string, expected: Json): Fit {
  return { is: 'no', why: { field, keyword, expected } }
}

/** All must fit; the first that does not decides. */
function all(parts: readonly (() => Fit)[]): Fit {
  let found: Fit = yes
  for (const part of parts) {
    const fit = part()
    if (fit.is === 'no') return fit
    if (fit.is === 'unknown') found = fit
  }
  return found
}

function any(fits: readonly Fit[], field: string, keyword: string): Fit {
  if (fits.some(({ is }) => is === 'yes')) return yes
  return fits.some(({ is }) => is === 'unknown') ? unknown : nearest(fits, field, keyword)
}

function exactlyOne(fits: readonly Fit[], field: string): Fit {
  const fitting = fits.filter(({ is }) => is === 'yes').length
  if (fitting > 1) return no(field, 'oneOf', null)
  if (fits.some(({ is }) => is === 'unknown')) return unknown
  return fitting === 1 ? yes : nearest(fits, field, 'oneOf')
}

/** The misfit that stands deepest comes from the branch that was meant most likely. */
function nearest(fits: readonly Fit[], field: string, keyword: string): Fit {
  const whys = fits
    .flatMap((fit) => (fit.is === 'no' ? [fit.why] : []))
    .sort((a, b) => b.field.split('.').length - a.field.split('.').length)
  const [deepest] = whys
  return deepest && deepest.field.length > field.length ? { is: 'no', why: deepest } : no(field, keyword, null)
}

function opposite(fit: Fit, field: string): Fit {
  return fit.is === 'unknown' ? fit : fit.is === 'no' ? yes : no(field, 'not', null)
}

function typeOf(shape: RecordedShape): string {
  if (shape === null) return 'null'
  if ('v' in shape) return typeof shape.v === 'string' ? 'string' : Number.isInteger(shape.v) ? 'integer' : 'number'
  if ('t' in shape) return shape.t
  return 's' in shape
    ? 'string'
    : 'i' in shape
      ? 'integer'
      : 'd' in shape
        ? 'number'
        : 'b' in shape
          ? 'boolean'
          : 'a' in shape
            ? 'array'
            : 'object'
}

function isKept(shape: RecordedShape): boolean {
  return shape !== null && 'v' in shape
}

function exactly(value: string | number): Range {
  const size = typeof value === 'string' ? [...value].length : value
  return [size, size]
}

function within([low, high]: Range, value: number): boolean {
  return (low === null || value >= low) && (high === null || value <= high)
}

/** Whether the value is in a list that the recorded one was not in. */
function missed(facts: readonly string[] | undefined, value: Json): boolean {
  return (facts ?? []).some((fact) => fact.startsWith('enum ') && (JSON.parse(fact.slice('enum '.length)) as Json[]).includes(value))
}

function bounded(schema: JsonObject, [low, high]: Range, least: string, most: string, field: string): Fit {
  const [minimum, maximum] = [own(schema, least), own(schema, most)]
  const lower =
    typeof minimum !== 'number' || (low !== null && low >= minimum)
      ? yes
      : high !== null && high < minimum
        ? no(field, least, minimum)
        : unknown
  if (lower.is === 'no') return lower
  const upper =
    typeof maximum !== 'number' || (high !== null && high <= maximum)
      ? yes
      : low !== null && low > maximum
        ? no(field, most, maximum)
        : unknown
  return upper.is === 'yes' ? lower : upper
}
