import { z } from 'zod'
import { expectations } from './entities/complain.ts'
import { entitySchemas } from './entities/kinds.ts'
import { registered } from './schema-shape.ts'

type JsonSchema = Record<string, unknown>

/**
 * JSON Schemas (draft-07, which editors read best) of all entities, by file name; printed to docs/schemas. They judge what the form of a
 * file can show; references, sums and days that do not exist are judged by `workspace check` only.
 */
export function printJsonSchemas(): ReadonlyMap<string, string> {
  const kinds = Object.entries(entitySchemas)
  const files = kinds.map(([kind, schema]): [string, JsonSchema] => [`${kind.toLowerCase()}.schema.json`, jsonSchema(kind, schema)])
  return new Map(
    [...files, ['entity.schema.json', anyEntity(Object.keys(entitySchemas))] as const].map(([name, schema]) => [
      name,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  )
}

function jsonSchema(kind: string, schema: z.ZodType): JsonSchema {
  const { $schema, ...body } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', override: describe }) as JsonSchema
  return { $schema, title: `Bridgekeeper ${kind}`, ...body }
}

/** Editors show the description when the pointer rests on a field, and the example when it is empty. */
function describe({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const said = registered(expectations, zodSchema)
  if (!said || jsonSchema.anyOf) return
  if (said.example && jsonSchema.examples === undefined) jsonSchema.examples = [said.example]
  if (said.expected !== 'text') jsonSchema.description ??= `${said.expected[0]!.toUpperCase()}${said.expected.slice(1)}.`
}

/** One schema for a whole folder: the kind decides which of the others applies. Without `$id`, so that editors find them beside each other. */
function anyEntity(kinds: readonly string[]): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Bridgekeeper entity',
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: { kind: { enum: kinds } },
    allOf: kinds.map((kind) => ({
      if: { properties: { kind: { const: kind } } },
      // biome-ignore lint/suspicious/noThenProperty: `then` is a word of JSON Schema.
      then: { $ref: `${kind.toLowerCase()}.schema.json` },
    })),
  }
}
