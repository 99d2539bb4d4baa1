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

const entityKey = /^["']?(?:apiVersion|kind|metadata|spec)["']?[ \t]*:/im
const apiDescription = /^["']?(?:openapi|swagger|asyncapi)["']?[ \t]*:/m

/** Contracts and other YAML live in the same folders. A file is ours when a field of the envelope stands at the start of a line. */
export function looksLikeEntities(text: string): boolean {
  return entityKey.test(text) && !apiDescription.test(text)
}

export async function readText(root: string, file: string): Promise<string> {
  const text = await readFile(join(root, file), 'utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
