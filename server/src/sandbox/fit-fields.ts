import type { Contract, Schema } from './contract.ts'
import { flatten, typeOf } from './flatten.ts'
import type { Sampler } from './sample.ts'
import type { SchemaCompiler } from './schemas.ts'
import { hashText } from './seeded.ts'

/** Turns what a client may send for a field into what the platform answers for it. */
export interface Fitter {
  /** Calls `keep` with the fitting value; does not call it when nothing that fits can be made of it. */
  fit(schema: Schema, sent: unknown, keep: (value: unknown) => void): void
}

/**
 * Clients name things, platforms answer them whole: `labels: ["bug"]` is answered as `[{"name": "bug", …}]`. A value that
 * fits the answer's schema already stays as it is, except where that schema prefers an object.
 */
export function createFitter(contract: Contract, compiler: SchemaCompiler, sampler: Sampler): Fitter {
  const objectSchemas = new WeakMap<Schema, Schema | undefined>()
  const objectSchemaOf = (schema: Schema): Schema | undefined => {
    if (!objectSchemas.has(schema)) objectSchemas.set(schema, objectBranch(contract, schema))
    return objectSchemas.get(schema)
  }
  const listSchemas = new WeakMap<Schema, { items: Schema } | { items: undefined }>()
  const itemsOf = (schema: Schema): Schema | undefined => {
    let found = listSchemas.get(schema)
    if (!found) {
      const flat = flatten(contract, schema)
      found = { items: typeOf(flat) === 'array' ? flat.items : undefined }
      listSchemas.set(schema, found)
    }
    return found.items
  }
  const isValid = (schema: Schema, value: unknown) => compiler.validator(schema, 'answer')(value) as boolean

  const fitOne = (schema: Schema, sent: unknown): unknown => {
    if (typeof sent !== 'string' && typeof sent !== 'number') return sent
    const object = objectSchemaOf(schema)
    return object ? wholeOf(contract, sampler, object, sent) : sent
  }
  return {
    fit(schema, sent, keep) {
      const items = Array.isArray(sent) ? itemsOf(schema) : undefined
      const value = items ? (sent as unknown[]).map((each) => fitOne(items, each)) : fitOne(schema, sent)
      if (isValid(schema, value)) keep(value)
      else if (value !== sent && isValid(schema, sent)) keep(sent)
    },
  }
}

function objectBranch(contract: Contract, schema: Schema): Schema | undefined {
  const resolved = contract.resolve(schema)
  const branches: Schema[] = resolved.oneOf ?? resolved.anyOf ?? [schema]
  return branches.find((branch) => typeOf(flatten(contract, branch)) === 'object')
}

const textNames = ['name', 'login', 'slug', 'key', 'id', 'email', 'value', 'title']

/** Required names first: the optional `name` of a user is not what others call that user by. */
function wholeOf(contract: Contract, sampler: Sampler, schema: Schema, named: string | number): unknown {
  const flat = flatten(contract, schema)
  const kinds = typeof named === 'number' ? ['integer', 'number'] : ['string']
  const candidates = (typeof named === 'number' ? ['number', 'id'] : textNames).filter(
    (name) => flat.properties?.[name] && kinds.includes(typeOf(flatten(contract, flat.properties[name])) ?? ''),
  )
  const field = candidates.find((name) => flat.required?.includes(name)) ?? candidates[0]
  if (!field) return named
  const sample = sampler.sample(schema, 'full').value as Record<string, unknown> | null
  // Two things of different names must not share the id of the example.
  const id = typeof sample?.id === 'number' && field !== 'id' ? { id: 1_000_000 + (hashText(String(named)) % 1_000_000_000) } : {}
  return { ...sample, ...id, [field]: named }
}
