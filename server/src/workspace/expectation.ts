import type { z } from 'zod'
import { expectations } from './entities/complain.ts'
import { definition, discriminatorWords, innermost, registered, wordsOf } from './schema-shape.ts'

type Schema = z.core.$ZodType

const listOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

/** What a schema wants, in words: "a day as YYYY-MM-DD", "one of free, included or fixed". */
export function expected(schema: Schema | undefined): string {
  if (!schema) return 'a value'
  const said = registered(expectations, schema)
  if (said) return said.expected
  const words = wordsOf(schema)
  if (words.length > 0) return words.length === 1 ? words[0]! : `one of ${listOf(words)}`
  const def = definition(innermost(schema))
  if (def.type === 'array') return 'a list'
  if (def.type === 'object' || def.type === 'record') return 'a group of fields'
  if (def.type === 'union') return def.discriminator ? 'a group of fields' : listOf((def.options ?? []).map(expected))
  if (def.type === 'boolean') return 'true or false'
  if (def.type === 'number') return 'a number'
  return 'text'
}

/** What to write for a field that is missing: its example, its words, or its first needed fields. */
export function example(schema: Schema | undefined): string {
  if (!schema) return '…'
  const said = registered(expectations, schema)
  if (said) return said.example ? `${said.expected}, for example ${said.example}` : said.expected
  const def = definition(innermost(schema))
  if (def.type === 'array') return `a list; each item is ${expected(def.element)}`
  if (def.discriminator) return `${def.discriminator}: ${listOf(discriminatorWords(schema, def.discriminator))}`
  if (def.type === 'object') return `a group with ${listOf(requiredFields(def.shape ?? {}))}`
  return expected(schema)
}

function requiredFields(shape: Record<string, Schema>): string[] {
  const needed = Object.entries(shape).filter(([, schema]) => schema._zod.optin !== 'optional')
  return (needed.length > 0 ? needed : Object.entries(shape)).map(([name]) => name)
}

/** What stands in the file, in words: "the number 12", "a list of 3", "empty". */
export function found(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (typeof value === 'object') return 'a group of fields'
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'boolean') return String(value)
  const text = String(value)
  return text.length > 60 ? `“${text.slice(0, 59)}…”` : `“${text}”`
}
