import fc from 'fast-check'
import { isObject, type Json, type JsonObject } from '../json.ts'

/** Schemas for property tests, with values that fit them. */

const words = ['a', 'b', 'c', 'dd', 'eee', 'ffff']
const names = ['id', 'name', 'kind', 'size']

const formats = ['date', 'uuid', 'email', 'ipv4']
const numberFormats = ['int32', 'int64', 'float', 'double']
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const text = fc
  .record({
    minLength: maybe(fc.integer({ min: 0, max: 2 })),
    maxLength: maybe(fc.integer({ min: 2, max: 6 })),
    pattern: maybe(fc.constantFrom('^a', 'f$')),
  })
  .map((bounds): JsonObject => ({ type: 'string', ...defined(bounds) }))
const formatted = fc.constantFrom(...formats).map((format): JsonObject => ({ type: 'string', format }))
const choice = fc.subarray(words, { minLength: 1 }).map((values): JsonObject => ({ type: 'string', enum: values }))
const mixed: Json[] = [1, 2, 2.5, 'a', true, false, null]
const anyChoice = fc.subarray(mixed, { minLength: 1 }).map((values): JsonObject => ({ enum: values }))
const constant = fc.constantFrom<Json>(...words, 1, 2.5, true).map((value): JsonObject => ({ const: value }))
const whole = fc
  .record({
    minimum: maybe(fc.integer({ min: -5, max: 0 })),
    exclusiveMinimum: fc.option(fc.integer({ min: -6, max: 0 }), { nil: undefined, freq: 4 }),
    maximum: maybe(fc.integer({ min: 1, max: 9 })),
    multipleOf: maybe(fc.constantFrom(1, 2, 4)),
    format: maybe(fc.constantFrom('int32', 'int64')),
  })
  .map((bounds): JsonObject => ({ type: 'integer', ...defined(bounds) }))
const fraction = fc
  .record({
    exclusiveMaximum: maybe(fc.integer({ min: 5, max: 20 })),
    minimum: maybe(fc.integer({ min: -5, max: 5 })),
    multipleOf: maybe(fc.constantFrom(0.5, 1, 3)),
    format: maybe(fc.constantFrom('float', 'double')),
  })
  .map((bounds): JsonObject => ({ type: 'number', ...defined(bounds) }))
const flag = fc.constantFrom<JsonObject>({ type: 'boolean' }, { type: 'boolean', enum: [true, false] }, { type: 'boolean', enum: [true] })
const severalTypes = fc
  .subarray(['string', 'integer', 'number', 'boolean', 'null'], { minLength: 2 })
  .chain((type) => fc.constantFrom<JsonObject>({ type }, { anyOf: type.map((one) => ({ type: one })) }, { type, format: 'date' }))
const scalar = fc.oneof(text, formatted, choice, anyChoice, constant, whole, fraction, flag, severalTypes)
/** A plain demand beside a scalar: an exclusion, a condition. */
const demanding = fc
  .tuple(scalar, fc.constantFrom<JsonObject>({ const: 'a' }, { enum: ['a', 'b', 1] }, { type: 'string', maxLength: 1 }))
  .chain(([schema, part]) =>
    fc.constantFrom<JsonObject>(
      { ...schema, not: part },
      { allOf: [schema, { not: part }] },
      conditional(schema, part, { enum: ['a', 1] }),
      { ...conditional(schema, part, { enum: ['a', 1] }), [conditionalWords[1]]: { enum: ['b', 'c', 2] } },
    ),
  )
const maybeNull = fc
  .oneof({ weight: 5, arbitrary: scalar }, { weight: 1, arbitrary: demanding })
  .chain((schema) =>
    fc.constantFrom<JsonObject>(
      schema,
      schema,
      typeof schema.type !== 'string' || schema.enum ? { anyOf: [schema, { type: 'null' }] } : { ...schema, type: [schema.type, 'null'] },
    ),
  )

function conditional(schema: JsonObject, condition: Json, consequence: Json): JsonObject {
  return { ...schema, if: condition, [conditionalWords[0]]: consequence }
}
const conditionalWords = ['then', 'else'] as const

function list(items: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      items,
      minItems: maybe(fc.integer({ min: 0, max: 1 })),
      maxItems: maybe(fc.integer({ min: 1, max: 3 })),
      uniqueItems: maybe(fc.boolean()),
      prefixItems: fc.option(fc.array(items, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 4 }),
      contains: fc.option(scalar, { nil: undefined, freq: 4 }),
      maxContains: fc.option(fc.constant(1), { nil: undefined, freq: 4 }),
      minContains: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined, freq: 4 }),
      unevaluatedItems: fc.option(fc.oneof(fc.constant(false), scalar), { nil: undefined, freq: 6 }),
    })
    .map(
      ({ contains, maxContains, minContains, ...parts }): JsonObject => ({
        type: 'array',
        ...defined(parts as Record<string, Json | undefined>),
        ...(contains ? { contains, ...defined({ maxContains, minContains }) } : {}),
      }),
    )
}

function object(member: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      chosen: fc.subarray(names, { minLength: 1 }),
      members: fc.array(member, { minLength: 4, maxLength: 4 }),
      needed: fc.subarray(names),
      rest: fc.option(fc.oneof(fc.constant(false), scalar), { nil: undefined, freq: 2 }),
      dependent: fc.option(fc.tuple(fc.constantFrom(...names), fc.subarray(names)), { nil: undefined, freq: 5 }),
      most: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 6 }),
      least: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined, freq: 6 }),
      other: fc.option(fc.oneof(fc.constant(false), scalar), { nil: undefined, freq: 8 }),
      called: fc.option(fc.integer({ min: 2, max: 4 }), { nil: undefined, freq: 8 }),
      following: fc.option(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names), scalar), { nil: undefined, freq: 8 }),
      patterned: fc.option(scalar, { nil: undefined, freq: 6 }),
    })
    .map(
      ({ chosen, members, needed, rest, dependent, most, least, other, called, following, patterned }): JsonObject => ({
        type: 'object',
        properties: Object.fromEntries(chosen.map((name, index) => [name, members[index]!])),
        required: needed.filter((name) => chosen.includes(name)),
        ...defined({
          additionalProperties: rest as Json | undefined,
          maxProperties: most,
          minProperties: least,
          // Beside schemas that depend on a property the judge is not to be trusted with what they leave over.
          unevaluatedProperties: following || rest !== undefined ? undefined : (other as Json | undefined),
          propertyNames: called === undefined ? undefined : { maxLength: called },
          dependentSchemas: following && { [following[0]]: { properties: { [following[1]]: following[2] } } },
          dependentRequired: dependent && { [dependent[0]]: dependent[1] },
          patternProperties: patterned && { '^e': patterned },
        }),
      }),
    )
}

/** Parts of one object, each with some of its properties. */
function composed(member: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc.record({ first: member, second: member, needed: fc.subarray(['id', 'name']) }).map(
    ({ first, second, needed }): JsonObject => ({
      allOf: [{ type: 'object', properties: { id: first } }, { type: 'object', properties: { name: second } }, { required: needed }],
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
  list(union(flat)),
  composed(fc.oneof(flat, object(scalar))),
  object(composed(scalar)),
)

/** A version after: another schema, or the same with one part replaced, dropped, demanded, loosened or moved. */
export function laterVersion(schema: JsonObject): fc.Arbitrary<JsonObject> {
  return fc.oneof({ weight: 1, arbitrary: schemas }, { weight: 8, arbitrary: edits(schema) })
}

function edits(schema: JsonObject): fc.Arbitrary<JsonObject> {
  const options: fc.Arbitrary<JsonObject>[] = [
    fc.constant(schema),
    fc.constant({ allOf: [schema] }),
    fc.constant({ anyOf: [schema] }),
    fc.constant({ oneOf: [schema, { type: 'null' }] }),
    scalar,
  ]
  for (const word of Object.keys(schema)) if (word !== 'type') options.push(fc.constant(without(schema, word)))
  for (const bound of bounds) {
    const value = schema[bound]
    if (typeof value === 'number')
      options.push(
        fc
          .integer({ min: Math.floor(value) - 1, max: Math.ceil(value) + 1 })
          .map((next) => ({ ...schema, [bound]: Math.max(next, bound.endsWith('imum') ? next : 0) })),
      )
  }
  if (typeof schema.multipleOf === 'number') options.push(fc.constantFrom(0.5, 1, 2, 3, 4).map((multipleOf) => ({ ...schema, multipleOf })))
  if (typeof schema.format === 'string')
    options.push(fc.constantFrom(...formats, ...numberFormats).map((format) => ({ ...schema, format })))
  if (Array.isArray(schema.enum))
    options.push(fc.subarray([...words, ...mixed], { minLength: 1 }).map((values) => ({ ...schema, enum: values })))
  if (schema.type === 'integer') options.push(fc.constant({ ...schema, type: 'number' }))
  if (typeof schema.type === 'string')
    options.push(
      fc.constantFrom('integer', 'string', 'null').map((more) => ({ ...schema, type: [...new Set([schema.type as string, more])] })),
    )
  for (const word of inner) {
    const part = schema[word]
    if (isObject(part)) options.push(edits(part).map((next) => ({ ...schema, [word]: next })))
  }
  for (const [name, part] of Object.entries(isObject(schema.dependentSchemas) ? schema.dependentSchemas : {}))
    options.push(edits(part as JsonObject).map((next) => ({ ...schema, dependentSchemas: { [name]: next } })))
  if (isObject(schema.properties)) options.push(...objectEdits(schema, schema.properties))
  if (schema.type === 'array')
    options.push(
      scalar.map((items) => ({ ...schema, items })),
      ...positionEdits(schema),
    )
  for (const keyword of ['oneOf', 'anyOf']) if (Array.isArray(schema[keyword])) options.push(...unionEdits(schema, keyword))
  if (Array.isArray(schema.allOf)) options.push(...partEdits(schema, schema.allOf as JsonObject[]))
  return fc.oneof(...options)
}

const bounds = [
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minProperties',
  'maxProperties',
  'minContains',
  'maxContains',
]

/** Words whose schema may change in place. */
const inner = [
  'items',
  'not',
  'if',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
  ...conditionalWords,
]

function positionEdits(schema: JsonObject): fc.Arbitrary<JsonObject>[] {
  const positions = Array.isArray(schema.prefixItems) ? (schema.prefixItems as JsonObject[]) : []
  return [
    scalar.map((next) => ({ ...schema, prefixItems: [...positions, next] })),
    fc.constant({ ...schema, ...(positions.length > 1 ? { prefixItems: positions.slice(0, -1) } : {}) }),
    fc.constant({ ...schema, items: false }),
  ]
}

function partEdits(schema: JsonObject, parts: JsonObject[]): fc.Arbitrary<JsonObject>[] {
  return [
    ...parts.map((part, index) =>
      edits(part).map((next) => ({ ...schema, allOf: parts.map((other, at) => (at === index ? next : other)) })),
    ),
    fc.constant({ ...schema, allOf: parts.slice(1) }),
    fc.subarray(['id', 'name']).map((required) => ({ ...schema, allOf: [...parts, { required }] })),
    fc.constant(mergedParts(schema, parts)),
  ]
}

/** The parts written as one object. */
function mergedParts(schema: JsonObject, parts: readonly JsonObject[]): JsonObject {
  const properties = parts.flatMap((part) => Object.entries(isObject(part.properties) ? part.properties : {}))
  const required = parts.flatMap((part) => (Array.isArray(part.required) ? part.required : []))
  return { ...without(schema, 'allOf'), type: 'object', properties: Object.fromEntries(properties), required: [...new Set(required)] }
}

function objectEdits(schema: JsonObject, properties: JsonObject): fc.Arbitrary<JsonObject>[] {
  const present = Object.keys(properties)
  return [
    fc.subarray(present).map((required): JsonObject => ({ ...schema, required })),
    fc.constant({ ...schema, additionalProperties: false }),
    scalar.map((rest): JsonObject => ({ ...schema, additionalProperties: rest })),
    fc.constantFrom(...names).map((name): JsonObject => ({ ...schema, dependentRequired: { id: [name] } })),
    fc.integer({ min: 1, max: 4 }).map((maxProperties): JsonObject => ({ ...schema, maxProperties })),
    fc.constant({ ...schema, propertyNames: { maxLength: 4 } }),
    fc.constant(schema.dependentSchemas ? schema : { ...schema, unevaluatedProperties: false }),
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
  if (!isObject(schema)) return fc.constantFrom<Json>('a', 1)
  if (Array.isArray(schema.allOf)) return valuesOfParts(schema, schema.allOf)
  for (const keyword of ['oneOf', 'anyOf']) {
    const branches = schema[keyword]
    // What stands beside a union still has to fit.
    if (Array.isArray(branches) && branches.length > 0)
      return fc.oneof(...branches.map((branch) => valuesFor(isObject(branch) ? { ...without(schema, keyword), ...branch } : branch)))
  }
  if ('const' in schema) return fc.constant(schema.const!)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? (isObject(schema.properties) ? 'object' : 'any')]
  return fc.oneof(...types.map((type) => valuesOfType(String(type), schema)))
}

function valuesOfParts(schema: JsonObject, parts: readonly Json[]): fc.Arbitrary<Json> {
  const whole = [without(schema, 'allOf'), ...parts].filter(
    (part) => isObject(part) && (isObject(part.properties) || Array.isArray(part.required)),
  )
  if (whole.length > 1 && whole.some((part) => isObject((part as JsonObject).properties)))
    return valuesFor(mergedParts({}, whole as JsonObject[]))
  return fc.oneof(
    ...[without(schema, 'allOf'), ...parts].filter((part) => isObject(part) && Object.keys(part).length > 0).map(valuesFor),
    fc.constant<Json>('a'),
  )
}

const samples: Record<string, string> = {
  date: '2026-01-31',
  uuid: '123e4567-e89b-12d3-a456-426614174000',
  email: 'a@example.com',
  ipv4: '192.0.2.1',
}

function valuesOfType(type: string, schema: JsonObject): fc.Arbitrary<Json> {
  if (type === 'any') return fc.constantFrom<Json>(...mixed, ...words, {}, [], { id: 1 })
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer') return fc.integer({ min: -6, max: 12 })
  if (type === 'number') return fc.oneof(fc.integer({ min: -6, max: 25 }), fc.constantFrom(0.5, 2.5, 7.25, 19.75))
  if (type === 'array') return valuesOfList(schema)
  if (type !== 'object') return fc.oneof(fc.constantFrom(...words, '', ...Object.values(samples)), fc.string({ maxLength: 7 }))
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : []
  const described = fc.record(Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, valuesFor(member)])), {
    requiredKeys: required.filter((name) => Object.hasOwn(properties, name)),
    noNullPrototype: true,
  })
  // Names of a map and names by pattern are described, too.
  const more = [schema.additionalProperties, isObject(schema.patternProperties) ? schema.patternProperties['^e'] : undefined]
  return more.reduce<fc.Arbitrary<JsonObject>>(
    (all, part, index) =>
      isObject(part)
        ? fc
            .tuple(all, maybe(valuesFor(part)))
            .map(([value, extra]) => (extra === undefined ? value : { ...value, [index === 0 ? 'free' : 'extra']: extra }))
        : all,
    described as fc.Arbitrary<JsonObject>,
  )
}

function valuesOfList(schema: JsonObject): fc.Arbitrary<Json> {
  const positions = Array.isArray(schema.prefixItems) ? schema.prefixItems.map(valuesFor) : []
  const items =
    schema.items === false
      ? fc.constant<Json[]>([])
      : fc.array(fc.oneof(valuesFor(schema.items ?? {}), valuesFor(schema.contains ?? schema.items ?? {})), { maxLength: 4 })
  return fc
    .tuple(fc.tuple(...positions), items, fc.integer({ min: 0, max: 6 }))
    .map(([first, rest, length]) => [...first, ...rest].slice(0, length))
}

function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))
}

function defined(bounds: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)) as JsonObject
}
