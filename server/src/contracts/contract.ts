import { type EmbeddedNames, embeddedNames, resourceOf } from './embedded.ts'
import { isObject, type Json, type JsonObject, own } from './json.ts'

export type Dialect = '2.0' | '3.0' | '3.1'

/** One file of a contract as it was read. `root` is never changed after reading. */
export interface SourceFile {
  /** Path or URL, with `/` as separator; references between files are resolved against it. */
  readonly uri: string
  readonly text: string
  readonly format: 'json' | 'yaml'
  readonly root: Json
  /** Answers of {@link follow} by reference text. */
  readonly resolved: Map<string, Spot | undefined>
}

/** One version of a platform's API description, with every file it refers to. Nothing is dereferenced. */
export interface Contract {
  readonly name: string
  readonly dialect: Dialect
  readonly entry: SourceFile
  readonly files: ReadonlyMap<string, SourceFile>
  /** OpenAPI 3 form of the entry document: the document itself, or what a Swagger 2 document means in version 3 terms. */
  readonly document: JsonObject
}

/** A place in a document: the node, and the way to it. Cheap to make, since pointers are only written when somebody asks. */
export interface Spot {
  readonly file: SourceFile
  readonly node: Json
  readonly parent: Spot | undefined
  readonly key: string | number
}

export function rootSpot(contract: Contract): Spot {
  return { file: contract.entry, node: contract.document, parent: undefined, key: '' }
}

export function child(spot: Spot, key: string | number): Spot | undefined {
  const node = Array.isArray(spot.node) ? spot.node[key as number] : own(spot.node, String(key))
  return node === undefined ? undefined : { file: spot.file, node, parent: spot, key }
}

/** The member, or undefined when it is missing or no object; references are followed. */
export function childObject(contract: Contract, spot: Spot | undefined, key: string | number): Spot | undefined {
  const found = spot && child(spot, key)
  const target = found && follow(contract, found)
  return target && isObject(target.node) ? target : undefined
}

/** JSON pointer (RFC 6901) of the spot in its file; for Swagger 2 in the converted document. */
export function pointerOf(spot: Spot): string {
  return wayTo(spot)
    .map((key) => `/${escapePointer(String(key))}`)
    .join('')
}

/** Keys from the root of its file to the spot. */
export function wayTo(spot: Spot): (string | number)[] {
  const way: (string | number)[] = []
  for (let at: Spot = spot; at.parent; at = at.parent) way.push(at.key)
  return way.reverse()
}

export function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}

export function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** A dynamic reference is read as a plain one: what another schema puts in its place is known only to a validator. */
export function referenceOf(node: Json): string | undefined {
  const ref = own(node, '$ref') ?? own(node, '$dynamicRef')
  return typeof ref === 'string' ? ref : undefined
}

/**
 * Follows `$ref` until a node that is no reference. A loop of references, a pointer to nothing and a file that was not
 * read give `undefined`: the caller reports "undetermined" instead of guessing.
 */
export function follow(contract: Contract, spot: Spot): Spot | undefined {
  let at: Spot | undefined = spot
  const seen = new Set<Json>()
  while (at) {
    const ref = referenceOf(at.node)
    if (ref === undefined) return at
    if (seen.has(at.node)) return undefined
    seen.add(at.node)
    at = lookUp(contract, at, ref)
  }
  return undefined
}

/** The spot one reference points at, without following further. */
function lookUp(contract: Contract, from: Spot, ref: string): Spot | undefined {
  const { file } = from
  const names = embeddedNames(file, rootOf(contract, file))
  if (names && names.resources.size > 0) return lookUpNamed(contract, from, ref, names)
  if (file.resolved.has(ref)) return file.resolved.get(ref)
  const [location = '', fragment = ''] = splitReference(ref)
  const target = location === '' ? file : contract.files.get(joinUri(file.uri, location))
  const found = target && walkPointer(contract, target, fragment)
  file.resolved.set(ref, found)
  return found
}

/** Where schemas have addresses of their own, a reference is resolved against the nearest one, and may lead to another in the same file. */
function lookUpNamed(contract: Contract, from: Spot, ref: string, names: EmbeddedNames): Spot | undefined {
  const { base, resource } = resourceOf(from)
  const [location = '', fragment = ''] = splitReference(ref)
  const address = location === '' ? base : joinUri(base, location)
  const root = location === '' || address === base ? resource : names.resources.get(address)
  if (root) return fragment === '' || fragment.startsWith('/') ? walk(root, fragment) : names.anchors.get(`${address}#${fragment}`)
  const file = address === from.file.uri ? from.file : (contract.files.get(address) ?? contract.files.get(joinUri(from.file.uri, location)))
  return file && walkPointer(contract, file, fragment)
}

export function splitReference(ref: string): [location: string, fragment: string] {
  const hash = ref.indexOf('#')
  return hash < 0 ? [ref, ''] : [ref.slice(0, hash), ref.slice(hash + 1)]
}

/** Resolves a relative file or URL against the one that names it, without touching disk or network. */
export function joinUri(base: string, location: string): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(base)) return new URL(location, base).href
  if (/^[a-z][a-z0-9+.-]+:/i.test(location)) return location
  const path = decode(location)
  const parts = path.startsWith('/') ? [] : base.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

function rootOf(contract: Contract, file: SourceFile): Json {
  return file === contract.entry ? contract.document : file.root
}

function walkPointer(contract: Contract, file: SourceFile, fragment: string): Spot | undefined {
  const node = rootOf(contract, file)
  if (fragment !== '' && !fragment.startsWith('/')) return embeddedNames(file, node)?.anchors.get(`${file.uri}#${decode(fragment)}`)
  return walk({ file, node, parent: undefined, key: '' }, fragment)
}

function walk(from: Spot, fragment: string): Spot | undefined {
  if (fragment === '') return from
  let at: Spot | undefined = from
  for (const part of decode(fragment).slice(1).split('/')) at = at && child(at, unescapePointer(part))
  return at
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
