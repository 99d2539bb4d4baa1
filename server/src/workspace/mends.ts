import { isMap, isScalar, stringify } from 'yaml'
import type { z } from 'zod'
import type { Mend } from './problem.ts'
import type { RawDocument } from './read-documents.ts'
import { folded, repairs } from './repairs.ts'
import { definition, innermost, neededFields, wordsOf } from './schema-shape.ts'
import { locate, rangeOf } from './source-file.ts'

type Schema = z.core.$ZodType
type Path = readonly (string | number)[]

const accepts = (schema: Schema, value: unknown): boolean => (schema as z.ZodType).safeParse(value).success

/** How a value is written in YAML, on one line. */
export const written = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${written(inner)}`)
      .join(', ')} }`
  return stringify(value, { lineWidth: 0 }).trim()
}

/** Puts a line before the first field of a document. */
export function insertFirst(document: RawDocument, line: string): Mend | undefined {
  const { contents } = document.source.documents()[document.index] ?? {}
  const start = rangeOf(contents)?.start
  return isMap(contents) && !contents.flow && start !== undefined ? { start, end: start, text: `${line}\n` } : undefined
}

/** Writes a key as the schema spells it, when only capitals and hyphens differ. */
export function renameKey(document: RawDocument, path: Path, name: string): Mend | undefined {
  return folded(String(path.at(-1))) === folded(name) ? rewriteKey(document, path, name) : undefined
}

/** Puts other characters where a key stands. */
export function rewriteKey(document: RawDocument, path: Path, text: string): Mend | undefined {
  const { pair, depth, alias } = locate(document.source, document.index, path)
  const range = depth === path.length && alias === undefined ? rangeOf(pair?.key) : undefined
  return range && { ...range, text }
}

/** Writes a word as the schema spells it, when only capitals and hyphens differ. */
export function replaceValue(document: RawDocument, path: Path, word: string, meant: string): Mend | undefined {
  return folded(meant) === folded(word) ? replaceScalar(document, path, word) : undefined
}

/** Puts another value where one stands, in quotes when it needs them; comments and everything else stay. */
export function replaceScalar(document: RawDocument, path: Path, value: unknown): Mend | undefined {
  const { node, depth, alias } = locate(document.source, document.index, path)
  const range = depth === path.length && alias === undefined && isScalar(node) && !node.anchor && !node.tag ? rangeOf(node) : undefined
  return range && { ...range, text: written(value) }
}

/** The same value in the type or the form that the schema wants: text in quotes, numbers without, one item as a list, dates with zeros. */
export function retypeValue(document: RawDocument, path: Path, schema: Schema): Mend | undefined {
  const { node } = locate(document.source, document.index, path)
  if (!isScalar(node) || node.value === null) return undefined
  const candidate = candidates(node.value, node.source ?? String(node.value), schema).find(
    (value) => value !== node.value && accepts(schema, value),
  )
  return candidate === undefined ? undefined : replaceScalar(document, path, candidate)
}

function candidates(value: unknown, source: string, schema: Schema): unknown[] {
  const { type } = definition(innermost(schema))
  if (type === 'array') return [[value]]
  if (type === 'object') return onlyField(schema, value) ?? []
  if (typeof value !== 'string') return type === 'string' ? [source, ...formsOf(source)] : []
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(value) ? [Number(value)] : []
  if (type === 'boolean') return /^(yes|true|on)$/i.test(value) ? [true] : /^(no|false|off)$/i.test(value) ? [false] : []
  return formsOf(value)
}

/** `webhooks: yes` where a group belongs whose one needed field takes that word. */
export function onlyField(schema: Schema, value: unknown): [Record<string, unknown>] | undefined {
  const { shape = {} } = definition(innermost(schema))
  const [field = '', ...more] = neededFields(shape)
  const isWord = more.length === 0 && shape[field] !== undefined && wordsOf(shape[field]).length > 0
  return isWord && accepts(schema, { [field]: value }) ? [{ [field]: value }] : undefined
}

const formsOf = (text: string): string[] => repairs.flatMap((repair) => repair(text.trim()) ?? [])
