import type { Contract, Schema } from './contract.ts'

/**
 * Resolves references and merges `allOf` and one branch of `oneOf`/`anyOf` into a schema that can be read at a glance.
 * Only the outermost level is flattened; properties keep their own schemas.
 *
 * @param branch which alternative to take; taken modulo the number of alternatives
 */
export function flatten(contract: Contract, schema: Schema | boolean | undefined, branch = 0): Schema {
  return merge(contract, schema, branch, 0)
}

function merge(contract: Contract, schema: Schema | boolean | undefined, branch: number, depth: number): Schema {
  if (schema === undefined || typeof schema === 'boolean' || depth > 30) return {}
  const { $ref, allOf, oneOf, anyOf, ...own } = schema
  const parts: Schema[] = []
  if (typeof $ref === 'string') {
    const found = merge(contract, contract.resolve({ $ref } as Schema), branch, depth + 1)
    if (contract.dialect === '3.0') return found
    parts.push(found)
  }
  for (const each of allOf ?? []) parts.push(merge(contract, each, branch, depth + 1))
  const alternatives = alternativesOf(oneOf ?? anyOf)
  if (alternatives.length > 0) parts.push(merge(contract, alternatives[branch % alternatives.length], branch, depth + 1))
  // The null alternative is said as a type, so that readers find it where they look for it.
  if (alternatives.length < (oneOf ?? anyOf ?? []).length) parts.push({ nullable: true })
  return [...parts, own].reduce(join, {})
}

const alternativesOf = (list: Schema[] | undefined): Schema[] => (list ?? []).filter((each) => each?.type !== 'null')

function join(left: Schema, right: Schema): Schema {
  const joined: Schema = { ...left, ...right }
  if (left.required && right.required) joined.required = [...new Set([...left.required, ...right.required])]
  if (left.properties && right.properties) joined.properties = joinProperties(left.properties, right.properties)
  if (left.additionalProperties === false || right.additionalProperties === false)
    joined.additionalProperties = right.additionalProperties ?? false
  return joined
}

function joinProperties(left: Schema, right: Schema): Schema {
  const joined: Schema = { ...left }
  for (const [name, schema] of Object.entries(right))
    joined[name] = name in left && left[name] !== schema ? { allOf: [left[name], schema] } : schema
  return joined
}

/** Whether null is a value of the flattened schema. */
export function isNullable(flat: Schema): boolean {
  return (
    flat.nullable === true ||
    (Array.isArray(flat.type) && flat.type.includes('null')) ||
    (Array.isArray(flat.enum) && flat.enum.includes(null))
  )
}

/** The type that is not null; guessed from other keywords where the schema names none. */
export function typeOf(flat: Schema): string | undefined {
  const types = (Array.isArray(flat.type) ? flat.type : [flat.type]).filter((type) => type && type !== 'null')
  if (types.length > 0) return types[0]
  if (flat.properties || flat.additionalProperties) return 'object'
  if (flat.items || flat.prefixItems) return 'array'
  if (flat.pattern || flat.format || flat.minLength !== undefined) return 'string'
  return undefined
}
