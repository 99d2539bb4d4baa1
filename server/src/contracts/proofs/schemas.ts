import fc from 'fast-check'
import { isObject, type Json, type JsonObject } from '../json.ts'

/** Schemas for property tests, with values that fit them. */

const words = ['a', 'b', 'c', 'dd', 'eee', 'ffff']
const names = ['id', 'name', 'kind', 'size']

const text = fc
  .record({
    minLength: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    maxLength: fc.option(fc.integer({ min: 2, max: 6 }), { nil: undefined }),
  })
  .map((bounds): JsonObject => ({ type: 'string', ...defined(bounds) }))
const choice = fc.subarray(words, { minLength: 1 }).map((values): JsonObject => ({ type: 'string', enum: values }))
const constant = fc.constantFrom(...words).map((value): JsonObject => ({ const: value }))
const whole = fc
  .record({
    minimum: fc.option(fc.integer({ min: -5, max: 0 }), { nil: undefined }),
    maximum: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    multipleOf: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
  })
  .map((bounds): JsonObject => ({ type: 'integer', ...defined(bounds) }))
const fraction = fc
  .record({ exclusiveMaximum: fc.option(fc.integer({ min: 5, max: 20 }), { nil: undefined }) })
  .map((bounds): JsonObject => ({ type: 'number', ...defined(bounds) }))
const flag = fc.constant<JsonObject>({ type: 'boolean' })
const scalar = fc.oneof(text, choice, constant, whole, fraction, flag)
const maybeNull = scalar.chain((schema) =>
  fc.constantFrom<JsonObject>(
    schema,
    schema.enum || schema.const ? { anyOf: [schema, { type: 'null' }] } : { ...schema, type: [schema.type as string, 'null'] },
  ),
)

function list(items: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      items,
      minItems: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
      maxItems: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    })
    .map((parts): JsonObject => ({ type: 'array', ...defined(parts) }))
}

function object(member: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      chosen: fc.subarray(names, { minLength: 1 }),
      members: fc.array(member, { minLength: 4, maxLength: 4 }),
      needed: fc.subarray(names),
      closed: fc.boolean(),
    })
    .map(
      ({ chosen, members, needed, closed }): JsonObject => ({
        type: 'object',
        properties: Object.fromEntries(chosen.map((name, index) => [name, members[index]!])),
        required: needed.filter((name) => chosen.includes(name)),
        ...(closed ? { additionalProperties: false } : {}),
      }),
    )
}

/** Branches told apart by the value of `kind`, which each may have several of. */
function union(member: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      keyword: fc.constantFrom('oneOf', 'anyOf'),
      cut: fc.integer({ min: 1, max: 5 }),
      rest: fc.tuple(member, member),
      closed: fc.boolean(),
      demanding: fc.boolean(),
    })
    .map(
      ({ keyword, cut, rest, closed, demanding }): JsonObject => ({
        [keyword]: [words.slice(0, cut), words.slice(cut)].map((values, index) => ({
          type: 'object',
          properties: { kind: { type: 'string', enum: values }, [index === 0 ? 'id' : 'name']: rest[index]! },
          required: demanding && index === 1 ? ['kind', 'name'] : ['kind'],
          ...(closed ? { additionalProperties: false } : {}),
        })),
      }),
    )
}

const flat = fc.oneof(maybeNull, list(scalar))
export const schemas: fc.Arbitrary<JsonObject> = fc.oneof(
  maybeNull,
  list(flat),
  object(fc.oneof(flat, object(flat))),
  union(scalar),
  object(union(scalar)),
)

/** A version after: another schema, or the same with one part replaced, dropped, demanded, loosened or moved. */
export function laterVersion(schema: JsonObject): fc.Arbitrary<JsonObject> {
  return fc.oneof({ weight: 1, arbitrary: schemas }, { weight: 8, arbitrary: edits(schema) })
}

function edits(schema: JsonObject): fc.Arbitrary<JsonObject> {
  const options: fc.Arbitrary<JsonObject>[] = [fc.constant(schema), fc.constant({ allOf: [schema] }), scalar]
  for (const word of Object.keys(schema)) if (word !== 'type') options.push(fc.constant(without(schema, word)))
  for (const bound of ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'exclusiveMaximum']) {
    const value = schema[bound]
    if (typeof value === 'number')
      options.push(
        fc
          .integer({ min: value - 1, max: value + 1 })
          .map((next) => ({ ...schema, [bound]: Math.max(next, bound.endsWith('imum') ? next : 0) })),
      )
  }
  if (Array.isArray(schema.enum)) options.push(fc.subarray(words, { minLength: 1 }).map((values) => ({ ...schema, enum: values })))
  if (schema.type === 'integer') options.push(fc.constant({ ...schema, type: 'number' }))
  if (isObject(schema.properties)) options.push(...objectEdits(schema, schema.properties))
  if (isObject(schema.items)) options.push(edits(schema.items).map((items) => ({ ...schema, items })))
  for (const keyword of ['oneOf', 'anyOf']) if (Array.isArray(schema[keyword])) options.push(...unionEdits(schema, keyword))
  return fc.oneof(...options)
}

function objectEdits(schema: JsonObject, properties: JsonObject): fc.Arbitrary<JsonObject>[] {
  const present = Object.keys(properties)
  return [
    fc.subarray(present).map((required): JsonObject => ({ ...schema, required })),
    fc.constant({ ...schema, additionalProperties: false }),
    ...present.flatMap((name) => [
      edits(properties[name] as JsonObject).map((next): JsonObject => ({ ...schema, properties: { ...properties, [name]: next } })),
      fc.constant<JsonObject>({ ...schema, properties: without(properties, name) }),
    ]),
    scalar.map((next): JsonObject => ({ ...schema, properties: { ...properties, extra: next } })),
  ]
}

/** Moves values between branches, swaps them, drops one, adds one. */
function unionEdits(schema: JsonObject, keyword: string): fc.Arbitrary<JsonObject>[] {
  const branches = schema[keyword] as JsonObject[]
  const withBranches = (next: Json[]): JsonObject => ({ ...schema, [keyword]: next })
  const recut = fc
    .integer({ min: 0, max: words.length })
    .map((cut) => withBranches(branches.map((branch, index) => recutBranch(branch, index === 0 ? words.slice(0, cut) : words.slice(cut)))))
  return [
    recut,
    fc.constant(withBranches([...branches].reverse())),
    fc.constant(withBranches(branches.slice(1))),
    fc.constant(withBranches([...branches, { type: 'integer' }])),
    fc.constant(withBranches([...branches, { type: 'object', required: ['kind'], properties: { kind: { type: 'string', enum: ['z'] } } }])),
    ...branches.map((branch, index) =>
      edits(branch).map((next) => withBranches(branches.map((other, at) => (at === index ? next : other)))),
    ),
  ]
}

function recutBranch(branch: JsonObject, values: string[]): JsonObject {
  const properties = isObject(branch.properties) ? branch.properties : {}
  return { ...branch, properties: { ...properties, kind: values.length > 0 ? { type: 'string', enum: values } : { const: 'never' } } }
}

/** Values that fit a schema, as a correct client sends them: only described properties. Some do not fit; the judge drops them. */
export function valuesFor(schema: Json): fc.Arbitrary<Json> {
  if (!isObject(schema)) return fc.constant('a')
  if (Array.isArray(schema.allOf)) return valuesFor(schema.allOf[0]!)
  for (const keyword of ['oneOf', 'anyOf'])
    if (Array.isArray(schema[keyword])) return fc.oneof(...(schema[keyword] as Json[]).map(valuesFor))
  if ('const' in schema) return fc.constant(schema.const!)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'string']
  return fc.oneof(...types.map((type) => valuesOfType(String(type), schema)))
}

function valuesOfType(type: string, schema: JsonObject): fc.Arbitrary<Json> {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer') return fc.integer({ min: -6, max: 12 })
  if (type === 'number') return fc.oneof(fc.integer({ min: -6, max: 25 }), fc.constantFrom(0.5, 7.25, 19.75))
  if (type === 'array') return fc.array(valuesFor(schema.items ?? {}), { maxLength: 4 })
  if (type !== 'object') return fc.oneof(fc.constantFrom(...words, ''), fc.string({ maxLength: 7 }))
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : []
  return fc.record(Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, valuesFor(member)])), {
    requiredKeys: required.filter((name) => Object.hasOwn(properties, name)),
  })
}

function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))
}

function defined(bounds: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)) as JsonObject
}
