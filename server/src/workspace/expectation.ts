import type { z } from 'zod'
import { expectations } from './entities/complain.ts'
import { definition, discriminatorWords, innermost, neededFields, registered, wordsOf } from './schema-shape.ts'

type Schema = z.core.$ZodType

const listOf = (words: readonly string[], last: 'and' | 'or'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`

/** What a schema wants, in words: "a day as YYYY-MM-DD", "one of free, included or fixed". */
export function expected(schema: Schema | undefined): string {
  if (!schema) return 'a value'
  const said = registered(expectations, schema)
  if (said) return said.expected
  const words = wordsOf(schema)
  if (words.length > 0) return words.length === 1 ? words[0]! : `one of ${listOf(words, 'or')}`
  const def = definition(innermost(schema))
  if (def.type === 'array') return 'a list'
  if (def.type === 'object' || def.type === 'record') return 'a group of fields'
  if (def.type === 'union') return def.discriminator ? 'a group of fields' : listOf((def.options ?? []).map(expected), 'or')
  if (def.type === 'boolean') return 'true or false'
  if (def.type === 'number') return def.format === 'safeint' ? 'a whole number' : 'a number'
  return 'text'
}

/** What to write for a field: its example, its words, or the fields it needs. */
export function example(schema: Schema | undefined): string {
  if (!schema) return '…'
  const said = registered(expectations, schema)
  if (said) return said.example ? `${said.expected}, for example ${said.example}` : said.expected
  const def = definition(innermost(schema))
  if (def.type === 'array' && def.element) return listExample(def.element)
  if (def.discriminator) return `${def.discriminator}: ${listOf(discriminatorWords(schema, def.discriminator), 'or')}`
  if (def.type === 'object') return `its fields below it, indented: ${listOf(suggestedFields(def.shape ?? {}), 'and')}`
  return expected(schema)
}

function listExample(element: Schema): string {
  const { type, shape } = definition(innermost(element))
  const needed = type === 'object' ? ` and has ${listOf(suggestedFields(shape ?? {}), 'and')}` : ''
  return `a list below it; each item starts with a hyphen${needed}`
}

/** The fields that a group can't do without; all of them when it needs none. */
function suggestedFields(shape: Record<string, Schema>): string[] {
  const needed = neededFields(shape)
  return needed.length > 0 ? needed : Object.keys(shape)
}

const fieldsInWords = (names: string[]): string =>
  names.length === 0 ? 'an empty group' : `a group with ${listOf(names.slice(0, 5), 'and')}`

/** What stands in the file, in words: "the number 12", "a list of 3", "empty". */
export function found(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (typeof value === 'object')
    return Object.keys(value).includes('[object Object]') ? 'in double braces' : fieldsInWords(Object.keys(value))
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'boolean') return String(value)
  const text = String(value)
  return text.length > 60 ? `“${text.slice(0, 59)}…”` : `“${text}”`
}
