import type { Content, Operation, Schema } from './contract.ts'
import type { Change, Engine, Outcome } from './engine.ts'
import { flatten } from './flatten.ts'
import type { ResourceType } from './resources.ts'
import { type RecordShape, recordShape, schemaName, successOf } from './shapes.ts'
import type { RecordValue } from './state.ts'

/** Writes records in the form that one operation declares for its success. */
export interface Presenter {
  status: number
  record(value: RecordValue, changes?: Change[]): Outcome
  /** An answer that says nothing about a record: the vendor's example, or one made from the schema. */
  generated(changes?: Change[], known?: RecordValue): Outcome
  /** Whether the declared answer is a record of the type. */
  answersRecord: boolean
}

export function presenter(engine: Engine, operation: Operation, type: ResourceType | undefined): Presenter {
  const success = successOf(operation)
  const shape = type && isJsonContent(success.content) ? recordShape(engine.contract, success.content?.schema, [type.singular]) : undefined
  const limit = shape && type ? limiter(engine, type, shape.schema) : undefined
  const answersRecord = shape !== undefined && type !== undefined && resembles(engine, type, shape.schema)
  const mediaType = success.content?.mediaType
  const answer = (body: unknown, changes: Change[]): Outcome => ({
    status: success.status,
    body,
    changes,
    ...(mediaType && body !== undefined ? { mediaType } : {}),
  })
  return {
    status: success.status,
    answersRecord,
    record(value, changes = []) {
      if (!shape || !limit) return this.generated(changes)
      return answer(wrap(engine, shape, success.content!.schema, limit(value)), changes)
    },
    generated(changes = [], known = {}) {
      if (!success.content || success.status === 204) return answer(undefined, changes)
      const { value } = engine.sampler.sampleContent(success.content)
      return answer(overlay(engine, success.content.schema, value, known), changes)
    },
  }
}

const isJsonContent = (content: Content | undefined) => content !== undefined && /json|\*/.test(content.mediaType)

function wrap(engine: Engine, shape: RecordShape, schema: Schema, value: unknown): unknown {
  if (shape.property === undefined) return value
  return { ...(engine.sampler.sample(schema, 'blank').value as object), [shape.property]: value }
}

/**
 * Cuts, completes and mends a record for answers that describe it otherwise than the richest one (a summary in a list, a
 * field that may be null here and not there).
 */
export function limiter(engine: Engine, type: ResourceType, schema: Schema): (value: RecordValue) => RecordValue {
  if (schema === type.schema || isSameName(schema, type.schema)) return (value) => value
  const flat = flatten(engine.contract, schema)
  const properties = (flat.properties ?? {}) as Record<string, Schema>
  const template = engine.sampler.sample(schema, 'full').value as RecordValue
  const validate = engine.compiler.validator(schema, 'answer')
  return (value) => {
    const shown: RecordValue = {}
    for (const name in value) if (flat.additionalProperties !== false || name in properties) shown[name] = value[name]
    for (const name of flat.required ?? []) if (!(name in shown)) shown[name] = template[name]
    // As a value of its own: Ajv's type guard would narrow the record away.
    const isValid: boolean = validate(shown)
    if (isValid) return shown
    for (const name in shown) {
      if (!properties[name] || engine.compiler.validator(properties[name], 'answer')(shown[name])) continue
      if (name in template) shown[name] = template[name]
      else delete shown[name]
    }
    return shown
  }
}

const isSameName = (a: Schema, b: Schema) => schemaName(a) !== undefined && schemaName(a) === schemaName(b)

/** Two descriptions are of one kind of record when they share a name or most of their fields. */
function resembles(engine: Engine, type: ResourceType, schema: Schema): boolean {
  if (isSameName(schema, type.schema)) return true
  const names = Object.keys(flatten(engine.contract, schema).properties ?? {})
  const known = names.filter((name) => name in (type.flat.properties ?? {}))
  return names.length > 0 && known.length >= names.length * 0.6
}

/** Puts what is known into a generated answer, where it has such fields and they accept it. */
function overlay(engine: Engine, schema: Schema, value: unknown, known: RecordValue): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const properties = flatten(engine.contract, schema).properties ?? {}
  const result: RecordValue = { ...value }
  for (const name in known)
    if (properties[name] && engine.compiler.validator(properties[name], 'answer')(known[name])) result[name] = known[name]
  return result
}
