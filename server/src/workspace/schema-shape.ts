import type { z } from 'zod'

type Schema = z.core.$ZodType
type Path = readonly PropertyKey[]
type Registry<Meta> = { get: (schema: never) => Meta | undefined }

// The definitions of Zod's own classes; `def.type` tells them apart.
interface Def {
  type: string
  innerType?: Schema
  in?: Schema
  shape?: Record<string, Schema>
  element?: Schema
  options?: readonly Schema[]
  discriminator?: string
  keyType?: Schema
  valueType?: Schema
  entries?: Record<string, string>
  values?: readonly unknown[]
  format?: string
}

export const definition = (schema: Schema): Def => schema._zod.def as unknown as Def

const wrapped = (schema: Schema): Schema | undefined => {
  const def = definition(schema)
  return def.innerType ?? (def.type === 'pipe' ? def.in : undefined)
}

/** Takes off what only says *optional*, *default* or *then transform*. */
export function innermost(schema: Schema): Schema {
  const inner = wrapped(schema)
  return inner ? innermost(inner) : schema
}

/** What a registry says about a schema or about what it wraps; the outer word counts. */
export function registered<Meta>(registry: Registry<Meta>, schema: Schema): Meta | undefined {
  const inner = wrapped(schema)
  return registry.get(schema as never) ?? (inner && registered(registry, inner))
}

/** The words that a schema accepts, when it accepts only words. */
export function wordsOf(schema: Schema): string[] {
  const def = definition(innermost(schema))
  if (def.type === 'enum') return Object.values(def.entries ?? {})
  if (def.type === 'literal') return (def.values ?? []).map(String)
  return []
}

/** Of a union, the members that a value can be meant as: by its discriminator when it has one. */
export function membersFor(schema: Schema, value: unknown): Schema[] {
  const { options = [], discriminator } = definition(schema)
  if (!discriminator || typeof value !== 'object' || value === null) return [...options]
  const word = (value as Record<string, unknown>)[discriminator]
  return options.filter((option) => {
    const tag = definition(innermost(option)).shape?.[discriminator]
    return tag !== undefined && wordsOf(tag).includes(String(word))
  })
}

/** The schema that judges what stands at `path` of `value`; `undefined` below fields that no schema knows. */
export function schemaAt(schema: Schema, path: Path, value: unknown): Schema | undefined {
  const [step, ...rest] = path
  if (step === undefined) return schema
  const inner = innermost(schema)
  const def = definition(inner)
  const below = (value as Record<PropertyKey, unknown> | undefined)?.[step]
  if (def.type === 'object') return def.shape?.[String(step)] && schemaAt(def.shape[String(step)]!, rest, below)
  if (def.type === 'array') return def.element && schemaAt(def.element, rest, below)
  if (def.type === 'record') return def.valueType && schemaAt(def.valueType, rest, below)
  if (def.type !== 'union') return undefined
  return membersFor(inner, value)
    .map((member) => schemaAt(member, path, value))
    .find((found) => found !== undefined)
}

/** The fields that an object may have, in the order of the schema. */
export function fieldsOf(schema: Schema | undefined, value: unknown): string[] {
  if (!schema) return []
  const inner = innermost(schema)
  const def = definition(inner)
  if (def.type === 'union') return membersFor(inner, value).flatMap((member) => fieldsOf(member, value))
  return Object.keys(def.shape ?? {})
}

/** The words of a union's discriminator. */
export function discriminatorWords(schema: Schema, discriminator: string): string[] {
  return (definition(innermost(schema)).options ?? []).flatMap((option) => {
    const tag = definition(innermost(option)).shape?.[discriminator]
    return tag ? wordsOf(tag) : []
  })
}

/** The fields of a group that must be written. */
export function neededFields(shape: Readonly<Record<string, Schema>>): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => ((schema as z.ZodType).safeParse(undefined).success ? [] : [name]))
}
