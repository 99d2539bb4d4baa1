import yaml from 'js-yaml'
import { errors } from './errors.ts'
import type { Json } from './json.ts'
import { finish, finishInTurns, parseInSlices, scanBrackets } from './json-in-slices.ts'

/** What a reader may spend on one document. The defaults are about three times the largest public API description. */
export interface ReadLimits {
  /** Of a document, and of all its files together. */
  maxBytes: number
  maxDepth: number
  /** Objects, arrays and scalars after YAML aliases are written out. */
  maxNodes: number
  maxFiles: number
}

export const defaultLimits: ReadLimits = { maxBytes: 32 * 1024 * 1024, maxDepth: 200, maxNodes: 4_000_000, maxFiles: 2_000 }

const mergeType = (yaml as unknown as { types: { merge: yaml.Type } }).types.merge
// Dates stay text: a contract's `x-sunset: 2026-04-28` means the words, and JSON has no dates.
const yamlSchema = yaml.CORE_SCHEMA.extend({ implicit: [mergeType] })

export interface ParsedDocument {
  root: Json
  format: 'json' | 'yaml'
}

/**
 * Parses JSON or YAML with bounded time and memory: size first, then depth, then what aliases stand for.
 *
 * @throws contracts.document_too_large, contracts.document_too_complex, contracts.document_unreadable
 */
export function parseDocument(name: string, text: string, limits: ReadLimits = defaultLimits): ParsedDocument {
  boundSize(name, text, limits)
  if (looksLikeJson(text)) {
    finish(scanBrackets(text, boundsOf(name, limits)))
    const root = tryJson(() => JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text))
    if (root !== undefined) return { root, format: 'json' }
  }
  return { root: parseYaml(name, text, limits), format: 'yaml' }
}

/**
 * The same in turns of a few milliseconds, so that a server goes on answering.
 *
 * @param yamlAsJson parses YAML elsewhere with the limits of {@link parseYaml}, and writes it as JSON: a parser of YAML can't be interrupted
 */
export async function parseInTurns(
  name: string,
  text: string,
  limits: ReadLimits,
  yamlAsJson: () => Promise<string>,
): Promise<ParsedDocument> {
  boundSize(name, text, limits)
  if (looksLikeJson(text)) {
    const large = await finishInTurns(scanBrackets(text, boundsOf(name, limits)))
    const root = await finishInTurns(parseInSlices(text, large)).catch(noJson)
    if (root !== undefined) return { root, format: 'json' }
  }
  const json = await yamlAsJson()
  const large = await finishInTurns(scanBrackets(json, () => {}))
  return { root: await finishInTurns(parseInSlices(json, large)), format: 'yaml' }
}

const looksLikeJson = (text: string): boolean => /^\uFEFF?\s*[[{]/.test(text)

function boundSize(name: string, text: string, { maxBytes }: ReadLimits): void {
  if (text.length > maxBytes) throw errors.document_too_large({ name, bytes: text.length, maxBytes })
}

function tryJson(parse: () => Json): Json | undefined {
  try {
    return parse()
  } catch (error) {
    return noJson(error)
  }
}

function noJson(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error
}

/** @throws contracts.document_too_complex, contracts.document_unreadable */
export function parseYaml(name: string, text: string, limits: ReadLimits): Json {
  boundIndentation(name, text, limits)
  boundParts(name, text, limits)
  let root: Json
  try {
    root = yaml.load(text, { schema: yamlSchema, json: true }) as Json
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep(name, limits)
    const reason = cause instanceof yaml.YAMLException ? `${cause.reason} in line ${(cause.mark?.line ?? 0) + 1}` : String(cause)
    throw errors.document_unreadable({ name, reason }, cause)
  }
  boundExpansion(name, root, limits)
  return root
}

/** Before JSON.parse allocates anything. */
function boundsOf(name: string, limits: ReadLimits): (depth: number, parts: number) => void {
  return (depth, parts) => {
    if (depth > limits.maxDepth) throw tooDeep(name, limits)
    if (parts > limits.maxNodes) throw tooManyParts(name, limits)
  }
}

function tooManyParts(name: string, { maxNodes }: ReadLimits) {
  return errors.document_too_complex({ name, found: `has more than ${maxNodes} members and items`, limit: maxNodes })
}

/** js-yaml recurses per level; a line like `- - - - …` or brackets without end would cost minutes before the stack is full. */
function boundIndentation(name: string, text: string, limits: ReadLimits): void {
  const runaway = new RegExp(`(?:^|\\n)[ ]*(?:[-?:] +){${limits.maxDepth}}|[[{]{${limits.maxDepth}}`)
  if (runaway.test(text)) throw tooDeep(name, limits)
}

/** A parser of YAML takes a hundred times the size of small parts in memory. Each stands on a line of its own or behind a comma; prose has far fewer. */
function boundParts(name: string, text: string, limits: ReadLimits): void {
  let parts = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 10 || code === 44) parts += 1
  }
  if (parts > limits.maxNodes) throw tooManyParts(name, limits)
}

/** Aliases share one object, so a small text can stand for billions of nodes and of characters: count what a walk would meet. */
function boundExpansion(name: string, root: Json, limits: ReadLimits): void {
  const sizes = new Map<object, { nodes: number; characters: number }>()
  const open = new Set<object>()
  const measure = (node: Json, depth: number): { nodes: number; characters: number } => {
    if (typeof node === 'string') return { nodes: 1, characters: node.length }
    if (typeof node !== 'object' || node === null) return { nodes: 1, characters: 0 }
    const known = sizes.get(node)
    if (known !== undefined) return known
    if (open.has(node)) throw errors.document_too_complex({ name, found: 'contains itself through a YAML alias', limit: limits.maxDepth })
    if (depth > limits.maxDepth) throw tooDeep(name, limits)
    open.add(node)
    const size = { nodes: 1, characters: 0 }
    for (const [key, item] of Object.entries(node)) {
      const { nodes, characters } = measure(item, depth + 1)
      size.nodes += nodes
      size.characters += characters + (Array.isArray(node) ? 0 : key.length)
    }
    open.delete(node)
    sizes.set(node, size)
    return size
  }
  const { nodes, characters } = measure(root, 0)
  const expanded = 'once its aliases are written out'
  if (nodes > limits.maxNodes)
    throw errors.document_too_complex({ name, found: `stands for ${nodes} nodes ${expanded}`, limit: limits.maxNodes })
  if (characters > limits.maxBytes)
    throw errors.document_too_complex({ name, found: `stands for ${characters} characters ${expanded}`, limit: limits.maxBytes })
}

function tooDeep(name: string, limits: ReadLimits) {
  return errors.document_too_complex({ name, found: 'is nested deeper than a reader can follow', limit: limits.maxDepth })
}
