import { isObject, type Json, type JsonObject } from '../json.ts'

/** Words that OpenAPI 3.0 has for schemas and that mean the same there. */
const shared = new Set([
  'type',
  'format',
  'enum',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'required',
])
const composing = new Set(['allOf', 'anyOf', 'oneOf'])

/** A schema of OpenAPI 3.1 in the words of 3.0: a flag beside the bound, `nullable`, lists of one. Undefined when those words can't say it. */
export function inVersion30(schema: Json): Json | undefined {
  if (!isObject(schema)) return schema === true ? {} : undefined
  const result: Record<string, Json> = {}
  for (const [word, value] of Object.entries(schema)) {
    const translated = translate(word, value, schema)
    if (translated === undefined) return undefined
    Object.assign(result, translated)
  }
  return result
}

function translate(word: string, value: Json, schema: JsonObject): JsonObject | undefined {
  if (word === 'type' && Array.isArray(value)) return nullableType(value, schema)
  if (word === 'type' && value === 'null') return undefined
  if (word === 'const') return value === null || schema.enum !== undefined ? undefined : { enum: [value] }
  if (word === 'exclusiveMinimum' || word === 'exclusiveMaximum') {
    const inclusive = word === 'exclusiveMinimum' ? 'minimum' : 'maximum'
    return schema[inclusive] === undefined ? { [inclusive]: value, [word]: true } : undefined
  }
  if (word === 'enum' && Array.isArray(value) && value.includes(null)) return undefined
  if (shared.has(word)) return { [word]: value }
  if (word === 'properties' && isObject(value)) return members(word, Object.entries(value))
  if (composing.has(word) && Array.isArray(value)) {
    const parts = value.map(inVersion30)
    return parts.some((part) => part === undefined) ? undefined : { [word]: parts as Json[] }
  }
  if (word === 'additionalProperties' && typeof value === 'boolean') return { [word]: value }
  if (word === 'items' || word === 'not' || word === 'additionalProperties') {
    const part = inVersion30(value)
    return part === undefined ? undefined : { [word]: part }
  }
  return undefined
}

function nullableType(types: readonly Json[], schema: JsonObject): JsonObject | undefined {
  const others = types.filter((type) => type !== 'null')
  // What `nullable` does beside lists of values and unions, nobody agrees on.
  const isClear = !['enum', 'const', 'allOf', 'anyOf', 'oneOf', 'not'].some((word) => schema[word] !== undefined)
  return others.length === 1 && others.length < types.length && isClear ? { type: others[0]!, nullable: true } : undefined
}

function members(word: string, entries: [string, Json][]): JsonObject | undefined {
  const translated = entries.map(([name, part]) => [name, inVersion30(part)] as const)
  return translated.some(([, part]) => part === undefined) ? undefined : { [word]: Object.fromEntries(translated) as JsonObject }
}
