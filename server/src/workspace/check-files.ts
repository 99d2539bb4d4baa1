import { readdir, stat } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MentionedFile } from './check-references.ts'
import { errors } from './errors.ts'
import { nearest } from './nearest.ts'
import type { Problem } from './problem.ts'
import { at } from './schema-problems.ts'

/**
 * Where a path of an entity file leads: `./` and `../` start at the folder of that file, everything else is a file of an installed
 * package (`@octokit/openapi/generated/api.github.com.json`), found as Node would find it from there.
 */
export function resolvePath(root: string, entityFile: string, path: string): string {
  const folder = dirname(join(root, entityFile))
  if (/^\.{0,2}\//.test(path)) return resolve(folder, path)
  const [scopeOrName = '', second = '', ...rest] = path.split('/')
  const scoped = scopeOrName.startsWith('@')
  const name = scoped ? `${scopeOrName}/${second}` : scopeOrName
  const inside = scoped ? rest : [second, ...rest]
  const manifest = inside.join('') === '' ? undefined : installedPackage(name, join(root, entityFile))
  return manifest ? join(dirname(manifest), ...inside) : resolve(folder, path)
}

function installedPackage(name: string, from: string): string | undefined {
  try {
    return findPackageJSON(name, pathToFileURL(from))
  } catch {
    return undefined
  }
}

/** The mentioned files that do not exist. */
export async function checkFiles(root: string, mentioned: readonly MentionedFile[]): Promise<Problem[]> {
  const problems = mentioned.map(async ({ judged, path, file }) => {
    const target = resolvePath(root, judged.document.source.file, file)
    const there = await stat(target).then(
      (found) => found.isFile(),
      () => false,
    )
    if (there) return []
    const neighbours: string[] = await readdir(dirname(target)).catch(() => [])
    const near = nearest(basename(target), neighbours)
    const field = String(path.at(-1))
    const looked = target.startsWith(`${root}/`) ? target.slice(root.length + 1) : file
    return [
      at(
        judged,
        path,
        errors.file_missing({ field, file, near: near && file.slice(0, file.length - basename(file).length) + near, looked }),
      ),
    ]
  })
  return (await Promise.all(problems)).flat()
}
