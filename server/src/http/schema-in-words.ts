/** What of JSON Schema 2020-12 our own document uses. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  additionalProperties?: Schema | boolean
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

export interface SchemaLine {
  name: string
  /** 0 for a property of the schema itself. */
  depth: number
  /** A component is written as `#Name`. */
  type: string
  description: string
}

const deepest = 5

/** The properties of a schema in their order, those inside of others below them. A reference to a component is not followed. */
export function schemaLines(schema: Schema, depth = 0): SchemaLine[] {
  if (depth > deepest) return []
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    {
      name,
      depth,
      type: `${typeInWords(property)}${schema.required?.includes(name) ? '' : ', optional'}`,
      description: property.description ?? '',
    },
    ...schemaLines(property, depth + 1),
  ])
  const inner = [schema.items, typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined]
  const parts = [...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]
  return [...own, ...[...inner, ...parts].flatMap((part) => (part ? schemaLines(part, depth) : []))]
}

/** Such as `list of #Run`, `text (date-time) or null`, `"active" | "paused"`. */
export function typeInWords(schema: Schema): string {
  if (schema.$ref) return `#${schema.$ref.split('/').at(-1)}`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const options = schema.oneOf ?? schema.anyOf ?? schema.allOf
  if (options) return [...new Set(options.map(typeInWords))].join(schema.allOf ? ' and ' : ' or ')
  const types = [schema.type ?? []].flat()
  if (types.length === 0) return 'anything'
  const words = types.map((type) => (type === 'null' ? 'null' : oneType(type, schema)))
  return words.join(' or ') + (schema.default === undefined ? '' : `, default ${JSON.stringify(schema.default)}`)
}

const plain: Readonly<Record<string, string>> = { string: 'text', integer: 'whole number', number: 'number', boolean: 'true or false' }

function oneType(type: string, schema: Schema): string {
  if (type === 'array') return `list of ${typeInWords(schema.items ?? {})}${within(schema.minItems, schema.maxItems)}`
  if (type === 'object') {
    const { additionalProperties } = schema
    return typeof additionalProperties === 'object' && !schema.properties ? `map of ${typeInWords(additionalProperties)}` : 'object'
  }
  const form = schema.format ?? schema.pattern
  const size = type === 'string' ? within(schema.minLength, schema.maxLength, ' characters') : within(schema.minimum, schema.maximum)
  return `${plain[type] ?? type}${type === 'string' && form ? ` (${form})` : ''}${size}`
}

/** Zod writes the largest safe integer where there is no limit. */
function within(from: number | undefined, to: number | undefined, unit = ''): string {
  const least = from !== undefined && from > Number.MIN_SAFE_INTEGER ? from : undefined
  const most = to !== undefined && to < Number.MAX_SAFE_INTEGER ? to : undefined
  if (least === undefined && most === undefined) return ''
  if (most === undefined) return ` (at least ${least}${unit})`
  return least === undefined ? ` (at most ${most}${unit})` : ` (${least} to ${most}${unit})`
}
