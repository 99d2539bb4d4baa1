import yaml from 'js-yaml'
import { errors } from './errors.ts'
import type { Json } from './json.ts'

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

/**
 * Parses JSON or YAML with bounded time and memory: size first, then depth, then the number of nodes that aliases stand for.
 *
 * @throws contracts.document_too_large, contracts.document_too_complex, contracts.document_unreadable
 */
export function parseDocument(name: string, text: string, limits: ReadLimits = defaultLimits): { root: Json; format: 'json' | 'yaml' } {
  if (text.length > limits.maxBytes) throw errors.document_too_large({ name, bytes: text.length, maxBytes: limits.maxBytes })
  const format = /^\uFEFF?\s*[[{]/.test(text) ? 'json' : 'yaml'
  if (format === 'json') {
    boundNesting(name, text, limits)
    const root = tryJson(text)
    if (root !== undefined) return { root, format }
  }
  return { root: parseYaml(name, text, limits), format: 'yaml' }
}

function tryJson(text: string): Json | undefined {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch {
    return undefined
  }
}

function parseYaml(name: string, text: string, limits: ReadLimits): Json {
  boundIndentation(name, text, limits)
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

/** Counts brackets outside strings before JSON.parse allocates anything. */
function boundNesting(name: string, text: string, limits: ReadLimits): void {
  let depth = 0
  let containers = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 34) i = endOfString(text, i)
    else if (code === 123 || code === 91) {
      containers++
      if (++depth > limits.maxDepth) throw tooDeep(name, limits)
    } else if (code === 125 || code === 93) depth--
  }
  if (containers > limits.maxNodes) {
    throw errors.document_too_complex({ name, found: `has ${containers} objects and arrays`, limit: limits.maxNodes })
  }
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && escaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

function escaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === 92) backslashes++
  return backslashes % 2 === 1
}

/** js-yaml recurses per level; a line like `- - - - …` or brackets without end would cost minutes before the stack is full. */
function boundIndentation(name: string, text: string, limits: ReadLimits): void {
  const runaway = new RegExp(`(?:^|\\n)[ ]*(?:[-?:] +){${limits.maxDepth}}|[[{]{${limits.maxDepth}}`)
  if (runaway.test(text)) throw tooDeep(name, limits)
}

/** Aliases share one object, so a small text can stand for billions of nodes: count what a walk would meet. */
function boundExpansion(name: string, root: Json, limits: ReadLimits): void {
  const sizes = new Map<object, number>()
  const open = new Set<object>()
  const measure = (node: Json, depth: number): number => {
    if (typeof node !== 'object' || node === null) return 1
    const known = sizes.get(node)
    if (known !== undefined) return known
    if (open.has(node)) throw errors.document_too_complex({ name, found: 'contains itself through a YAML alias', limit: limits.maxDepth })
    if (depth > limits.maxDepth) throw tooDeep(name, limits)
    open.add(node)
    let size = 1
    for (const item of Array.isArray(node) ? node : Object.values(node)) size += measure(item, depth + 1)
    open.delete(node)
    sizes.set(node, size)
    return size
  }
  const total = measure(root, 0)
  if (total > limits.maxNodes) {
    throw errors.document_too_complex({ name, found: `stands for ${total} nodes once its aliases are written out`, limit: limits.maxNodes })
  }
}

function tooDeep(name: string, limits: ReadLimits) {
  return errors.document_too_complex({ name, found: 'is nested deeper than a reader can follow', limit: limits.maxDepth })
}
