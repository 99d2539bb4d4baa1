import { Ajv, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { atPointer, type Contract, type Schema } from './contract.ts'

/** In requests nobody must send what is `readOnly`; in answers nobody returns what is `writeOnly`. */
export type Direction = 'request' | 'answer'

export interface SchemaCompiler {
  /** Compiled on first use and kept; asking again for the same schema object costs one look-up. */
  validator(schema: Schema, direction: Direction): ValidateFunction
}

const single = [
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
]
const several = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const named = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
/** Annotations: Ajv has no use for them, and examples and descriptions are most of the bytes. */
const dropped = new Set([
  'description',
  'title',
  'example',
  'examples',
  'externalDocs',
  'xml',
  'discriminator',
  'deprecated',
  'default',
  'readOnly',
  'writeOnly',
  '$comment',
])

/**
 * Compiles schemas of one contract lazily. Components are registered one by one when something refers to them, so a
 * validator of the largest contract costs what it reaches and not the whole document.
 */
export function schemaCompiler(contract: Contract): SchemaCompiler {
  const ajv = new (contract.dialect === '3.0' ? Ajv : Ajv2020)({
    strict: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
    logger: false,
    // Vendors write formats that nobody knows; unknown ones are ignored.
    validateFormats: true,
    code: { regExp: Object.assign(patternOf, { code: 'patternOf' }) },
  })
  addFormats.default(ajv)
  const registered = new Set<string>()
  const compiled = { request: new WeakMap<Schema, ValidateFunction>(), answer: new WeakMap<Schema, ValidateFunction>() }

  const register = (reference: string, direction: Direction): string => {
    const id = `sandbox://${direction}/${encodeURIComponent(reference)}`
    if (!registered.has(id)) {
      registered.add(id)
      ajv.addSchema(convert(atPointer(contract.document, reference) as Schema, direction) as object, id)
    }
    return id
  }

  const convert = (schema: Schema | boolean, direction: Direction): Schema | boolean => {
    if (typeof schema !== 'object' || schema === null) return schema
    if (typeof schema.$ref === 'string' && schema.$ref.startsWith('#')) {
      const reference = { $ref: register(schema.$ref, direction) }
      // In 3.0 keywords beside a reference mean nothing; since 3.1 they add to it.
      if (contract.dialect === '3.0') return reference
      const { $ref: _, ...rest } = schema
      return Object.keys(rest).every((key) => dropped.has(key)) ? reference : { allOf: [reference, convert(rest, direction)] }
    }
    const out: Schema = {}
    for (const [keyword, value] of Object.entries(schema)) {
      if (dropped.has(keyword) || keyword.startsWith('x-')) continue
      out[keyword] = convertKeyword(keyword, value, (each) => convert(each, direction))
    }
    relaxRequired(out, schema, direction, contract)
    if (schema.discriminator?.propertyName) chooseByDiscriminator(out, schema, (each) => convert(each, direction))
    // Documents that were moved to 3.1 by changing one line keep `nullable` and boolean bounds, and mean what they meant.
    return withDraft4Meaning(out)
  }

  return {
    validator(schema, direction) {
      const found = compiled[direction].get(schema)
      if (found) return found
      const made = compileOrAccept(ajv, convert(schema, direction) as object)
      compiled[direction].set(schema, made)
      return made
    },
  }
}

function convertKeyword(keyword: string, value: unknown, convert: (schema: Schema) => unknown): unknown {
  if (single.includes(keyword)) return Array.isArray(value) ? value.map(convert) : convert(value as Schema)
  if (several.includes(keyword) && Array.isArray(value)) return value.map(convert)
  if (named.includes(keyword)) return Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, convert(each)]))
  return value
}

function relaxRequired(out: Schema, schema: Schema, direction: Direction, contract: Contract): void {
  if (!Array.isArray(schema.required)) return
  const mark = direction === 'request' ? 'readOnly' : 'writeOnly'
  out.required = schema.required.filter((name) => {
    const property = schema.properties?.[name]
    return !(property && (property[mark] || contract.resolve(property)[mark]))
  })
}

/**
 * The pattern of a contract. Many are written for engines without the flag `u`, where `\\-` and `\\:` may be escaped; what no engine here reads
 * (another language's syntax) stops nothing, since refusing every request for it would make the operation useless.
 */
export function patternOf(pattern: string): RegExp {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags)
    } catch {
      // Tried without the flag next.
    }
  }
  return /(?:)/
}

/** A schema that is itself against its specification accepts everything: a sandbox that answers 500 instead helps nobody. */
function compileOrAccept(ajv: Ajv | Ajv2020, schema: object): ValidateFunction {
  try {
    return ajv.compile(schema)
  } catch {
    return ajv.compile({})
  }
}

/**
 * With a discriminator, the alternative that it names is the one that must fit. Vendors write `oneOf` beside it although other alternatives fit
 * as well, and their platforms take such a request.
 */
function chooseByDiscriminator(out: Schema, schema: Schema, convert: (schema: Schema) => unknown): void {
  const alternatives: Schema[] = schema.oneOf ?? schema.anyOf ?? []
  const references = alternatives.flatMap((each) => (typeof each?.$ref === 'string' ? [each.$ref] : []))
  if (alternatives.length === 0 || references.length < alternatives.length) return
  const { propertyName, mapping = {} } = schema.discriminator
  const explicit = Object.entries(mapping as Record<string, string>).map(([value, to]) => [
    value,
    references.find((reference) => reference === to || reference.endsWith(`/${to}`)),
  ])
  const implicit = references
    .filter((reference) => !explicit.some(([, to]) => to === reference))
    .map((reference) => [reference.split('/').at(-1), reference])
  delete out.oneOf
  out.anyOf = alternatives.map(convert)
  const chosen = [...explicit, ...implicit].flatMap(([value, reference]) =>
    reference === undefined
      ? []
      : // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema.
        [{ if: { properties: { [propertyName]: { const: value } }, required: [propertyName] }, then: convert({ $ref: reference }) }],
  )
  out.allOf = [...(out.allOf ?? []), ...chosen]
}

/** OpenAPI 3.0 stands on draft 4 with `nullable`; Ajv speaks draft 7. */
function withDraft4Meaning(schema: Schema): Schema {
  const { nullable, ...out } = schema
  for (const [exclusive, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof out[exclusive] !== 'boolean') continue
    if (out[exclusive]) {
      out[exclusive] = out[bound]
      delete out[bound]
    } else delete out[exclusive]
  }
  if (!nullable) return out
  if (Array.isArray(out.enum) && !out.enum.includes(null)) out.enum = [...out.enum, null]
  if (typeof out.type === 'string' && !several.some((keyword) => out[keyword])) return { ...out, type: [out.type, 'null'] }
  return { anyOf: [{ type: 'null' }, out] }
}
