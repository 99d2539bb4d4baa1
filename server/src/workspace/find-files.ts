import { isUtf8 } from 'node:buffer'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errors } from './errors.ts'

export const rootFile = 'bridgekeeper.yaml'

/**
 * The folder with `bridgekeeper.yaml` at or above `folder`.
 *
 * @throws workspace.root_missing
 */
export async function findRoot(folder: string): Promise<string> {
  for (let candidate = resolve(folder); ; candidate = dirname(candidate)) {
    const names: string[] = await readdir(candidate).catch(() => [])
    if (names.includes(rootFile)) return candidate
    if (dirname(candidate) === candidate) throw errors.root_missing({ folder })
  }
}

/** All YAML files below a folder, A to Z, as paths with forward slashes. Hidden folders and installed packages are left out. */
export async function findYamlFiles(root: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true })
  const found = entries
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .map(async (entry) => {
      const path = below ? `${below}/${entry.name}` : entry.name
      if (entry.isDirectory()) return findYamlFiles(root, path)
      return /\.ya?ml$/i.test(entry.name) ? [path] : []
    })
  return (await Promise.all(found)).flat().sort()
}

const entityKey = /^\{?[ \t]*["']?(?:apiVersion|kind|metadata|spec)["']?[ \t]*:|^\s*["']?apiVersion["']?[ \t]*:[ \t]*["']?bridgekeeper/im
const apiDescription = /^["']?(?:openapi|swagger|asyncapi)["']?[ \t]*:/m

/** Contracts and other YAML live in the same folders. A file is ours when a field of the envelope stands at the start of a line, or our `apiVersion` anywhere. */
export function looksLikeEntities(text: string): boolean {
  return entityKey.test(text) && !apiDescription.test(text)
}

export interface FileText {
  /** Without a byte order mark. */
  text: string
  bytes: number
  /** UTF-16 is recognised so that it can be told; bytes that are no UTF-8 are U+FFFD in the text. */
  encoding: 'UTF-8' | 'UTF-16' | 'unknown'
}

export async function readText(root: string, file: string): Promise<FileText> {
  const bytes = await readFile(join(root, file))
  const marks: Readonly<Record<string, string>> = { fffe: 'utf-16le', feff: 'utf-16be' }
  const wide = marks[bytes.toString('hex', 0, 2)]
  // The decoder takes a byte order mark away; line ends of old Macs become others of the same length, so offsets stay.
  const text = new TextDecoder(wide ?? 'utf-8').decode(bytes).replace(/\r(?!\n)/g, '\n')
  return { text, bytes: bytes.length, encoding: wide ? 'UTF-16' : isUtf8(bytes) ? 'UTF-8' : 'unknown' }
}
