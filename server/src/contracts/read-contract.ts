import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import ipaddr from 'ipaddr.js'
import { BridgekeeperError } from '../errors/index.ts'
import { type Contract, type Dialect, joinUri, type SourceFile, splitReference } from './contract.ts'
import { decodeText } from './decode-text.ts'
import { embeddedNames, ownBase } from './embedded.ts'
import { errors } from './errors.ts'
import { isObject, type Json, type JsonObject, own, ownString } from './json.ts'
import { defaultLimits, type ParsedDocument, parseDocument, type ReadLimits } from './parse-document.ts'
import { openapiFromSwagger } from './swagger2.ts'

/** Where a contract comes from: a file with its neighbours, or a text that somebody sent or that was kept with the files it refers to. */
export type ContractSource =
  | { path: string /** Folder that references may not leave. Default: the folder of `path`. */; root?: string }
  | { text: string; name: string /** By the name that references resolve to, seen from `name`. */; parts?: ReadonlyMap<string, string> }

export interface ReadOptions {
  limits?: Partial<ReadLimits>
  /**
   * Fetches a remote reference. Without it nothing is fetched, and what such a reference stands for is undetermined. The caller guards against private addresses
   * behind public names; literal private addresses never get this far.
   */
  fetchRemote?: (url: URL) => Promise<string>
  /** How texts are parsed. Default: at once. */
  parse?: (name: string, text: string, limits: ReadLimits) => Promise<ParsedDocument>
}

/**
 * Reads an API description with every file it refers to, in bounded time and memory. References stay references.
 *
 * @throws contracts.document_unreadable, contracts.document_too_large, contracts.document_too_complex,
 *         contracts.file_unreadable, contracts.not_an_api_description, contracts.reference_unreadable, contracts.reference_outside,
 *         contracts.remote_reference_refused, contracts.too_many_files
 */
export async function readContract(source: ContractSource, options: ReadOptions = {}): Promise<Contract> {
  const limits = { ...defaultLimits, ...options.limits }
  const parse = options.parse ?? parseDocument
  const entry = 'path' in source ? await readEntry(source.path, limits, parse) : await sourceFile(source.name, source.text, limits, parse)
  const dialect = dialectOf(entry)
  const files = new Map([[entry.uri, entry]])
  const folder = 'path' in source ? resolve(source.root ?? dirname(source.path)) : undefined
  const parts = 'text' in source ? source.parts : undefined
  await readReferences(entry, files, {
    ...options,
    entry: entry.uri,
    folder,
    limits,
    parts,
    charactersLeft: limits.maxBytes - entry.text.length,
  })
  const document = dialect === '2.0' ? openapiFromSwagger(entry.root as JsonObject) : (entry.root as JsonObject)
  return { name: entry.uri, dialect, entry, files, document }
}

type Parse = (name: string, text: string, limits: ReadLimits) => ParsedDocument | Promise<ParsedDocument>

async function readEntry(path: string, limits: ReadLimits, parse: Parse): Promise<SourceFile> {
  const uri = resolve(path)
  try {
    const { size: bytes } = await stat(uri)
    if (bytes > limits.maxBytes) throw errors.document_too_large({ name: uri, bytes, maxBytes: limits.maxBytes })
    return await sourceFile(uri, decodeText(await readFile(uri)), limits, parse)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (cause instanceof BridgekeeperError || code === undefined) throw cause
    throw errors.file_unreadable({ path, reason: code }, cause)
  }
}

async function sourceFile(uri: string, text: string, limits: ReadLimits, parse: Parse): Promise<SourceFile> {
  return { uri, text, ...(await parse(uri, text, limits)), resolved: new Map() }
}

function dialectOf(entry: SourceFile): Dialect {
  const { root, uri: name } = entry
  if (!isObject(root))
    throw errors.not_an_api_description({ name, found: root === null ? 'nothing' : Array.isArray(root) ? 'a list' : 'a single value' })
  const version = String(own(root, 'openapi') ?? own(root, 'swagger') ?? '')
  if (/^3\.[12]/.test(version)) return '3.1'
  if (/^3(\.0|$)/.test(version)) return '3.0'
  if (/^2(\.0|$)/.test(version) && own(root, 'swagger') !== undefined) return '2.0'
  throw errors.not_an_api_description({ name, found: version === '' ? 'neither `openapi` nor `swagger`' : `version ${version}` })
}

interface ReferenceContext extends Omit<ReadOptions, 'limits'> {
  /** Address or name of the document. */
  entry: string
  folder: string | undefined
  limits: ReadLimits
  parts: ReadonlyMap<string, string> | undefined
  /** Of all files together. */
  charactersLeft: number
}

async function readReferences(entry: SourceFile, files: Map<string, SourceFile>, context: ReferenceContext): Promise<void> {
  const queue = [entry]
  for (let from = queue.shift(); from; from = queue.shift()) {
    for (const location of externalLocations(from)) {
      const uri = joinUri(from.uri, location)
      if (files.has(uri)) continue
      if (files.size >= context.limits.maxFiles) throw errors.too_many_files({ name: entry.uri, limit: context.limits.maxFiles })
      const text = await readReferenced(uri, location, from.uri, context)
      if (text === undefined) continue
      context.charactersLeft -= text.length
      if (context.charactersLeft < 0) throw tooMuch(entry, context.limits.maxBytes - context.charactersLeft, context)
      const file = await sourceFile(uri, text, context.limits, context.parse ?? parseDocument)
      files.set(uri, file)
      queue.push(file)
    }
  }
}

function tooMuch({ uri }: { uri: string }, bytes: number, { limits: { maxBytes } }: ReferenceContext) {
  return errors.document_too_large({ name: `${uri} with the files that it refers to`, bytes, maxBytes })
}

async function readReferenced(uri: string, ref: string, from: string, context: ReferenceContext): Promise<string | undefined> {
  const kept = context.parts?.get(uri)
  if (kept !== undefined) return kept
  if (/^[a-z][a-z0-9+.-]+:/i.test(uri)) return fetchReferenced(new URL(uri), ref, from, context)
  const root = context.folder
  if (root === undefined) throw errors.reference_unreadable({ ref, from, reason: 'it was not sent with the document' })
  if (!isInside(root, uri)) throw errors.reference_outside({ ref, from, root })
  return readText(uri, ref, from, root, context)
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function fetchReferenced(url: URL, ref: string, from: string, context: ReferenceContext): Promise<string | undefined> {
  // Whoever gave us the document has been reached already, and the operator allowed it by name.
  const sameOrigin = URL.parse(context.entry)?.origin === url.origin
  const reason = sameOrigin ? undefined : refusal(url)
  if (reason !== undefined) throw errors.remote_reference_refused({ ref, from, reason })
  if (!context.fetchRemote) return undefined
  try {
    return await context.fetchRemote(url)
  } catch (cause) {
    throw errors.reference_unreadable({ ref, from, reason: cause instanceof Error ? cause.message : String(cause) }, cause)
  }
}

/** Why a URL may never be fetched for a contract: another scheme, or an address that is not public. */
function refusal(url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `the scheme ${url.protocol} is not http or https`
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || /\.(localhost|local|internal)$/.test(host)) return `${host} is a private name`
  if (ipaddr.isValid(host) && ipaddr.process(host).range() !== 'unicast') return `${host} is a private address`
  return undefined
}

async function readText(uri: string, ref: string, from: string, root: string, context: ReferenceContext): Promise<string> {
  try {
    // A link in the folder may point anywhere: what counts is where it ends.
    if (!isInside(await realpath(root), await realpath(uri))) throw errors.reference_outside({ ref, from, root })
    const found = await stat(uri)
    // A pipe or a device would never end.
    if (!found.isFile()) throw errors.reference_unreadable({ ref, from, reason: 'it is no file' })
    if (found.size > context.limits.maxBytes) throw tooMuch({ uri: context.entry }, found.size, context)
    return decodeText(await readFile(uri))
  } catch (cause) {
    if (cause instanceof BridgekeeperError) throw cause
    throw errors.reference_unreadable({ ref, from, reason: (cause as NodeJS.ErrnoException).code ?? String(cause) }, cause)
  }
}

/** Files named by references. The text is searched first: most contracts are one file, and a walk of 12 MB would cost more than parsing. */
function externalLocations(file: SourceFile): string[] {
  if (!/\$ref["']?\s*:\s*(?:["']\s*)?[^#"'\s]/.test(file.text)) return []
  const found = new Set<string>()
  const here = embeddedNames(file, file.root)?.resources
  const stack: { node: Json; base: string }[] = [{ node: file.root, base: file.uri }]
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node } = next
    if (Array.isArray(node)) for (const item of node) stack.push({ node: item, base: next.base })
    else if (isObject(node)) {
      const base = here ? ownBase(node, next.base) : next.base
      const location = splitReference(ownString(node, '$ref') ?? '')[0]
      // A schema with an address of its own (`$id`) is found there, in whichever file it stands.
      if (location !== '' && !here?.has(joinUri(base, location))) found.add(location)
      for (const item of Object.values(node)) stack.push({ node: item, base })
    }
  }
  return [...found].sort()
}
