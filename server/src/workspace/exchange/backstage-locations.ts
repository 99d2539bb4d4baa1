import { glob, readFile, realpath } from 'node:fs/promises'
import { basename, dirname, relative, resolve } from 'node:path'
import { errors } from '../errors.ts'
import type { CatalogFile } from './backstage-import.ts'
import { asRecord, asText, asTexts, type LeftOut, readForeign } from './yaml-documents.ts'

/** More files than a catalogue of this kind has; a Location with a pattern may name a whole disk. */
const mostFiles = 2_000

/**
 * A catalogue as it is spread over files: the one that is named, and all that its Locations lead to, each once, also in a circle.
 * Only files in the folder of the first one or below it are read: a catalogue from somebody else must not bring private files of this
 * machine into a workspace that two companies read.
 *
 * @returns with the real path of that folder
 * @throws workspace.import_unreadable  for the first file; others that can’t be read are told
 */
export async function readCatalog(file: string): Promise<{ root: string; sources: CatalogFile[]; leftOut: LeftOut[] }> {
  const first = resolve(file)
  const root = await realpath(dirname(first))
  const text = await readFile(first, 'utf8').catch((error: Error) => {
    throw errors.import_unreadable({ file, reason: error.message }, error)
  })
  const sources: CatalogFile[] = [{ file: basename(first), folder: root, text }]
  const seen = new Set([resolve(root, basename(first))])
  const leftOut: LeftOut[] = []
  // The list grows while it is walked.
  for (const source of sources)
    for (const { what, target } of targetsOf(source)) {
      const found = await filesOf(target, source.folder, root)
      if (typeof found === 'string') leftOut.push({ what, why: found })
      else
        for (const path of found) {
          if (seen.has(path)) continue
          seen.add(path)
          if (sources.length === mostFiles) return { root, sources, leftOut: [...leftOut, { what, why: `more than ${mostFiles} files` }] }
          const name = relative(root, path)
          await readFile(path, 'utf8').then(
            (read) => sources.push({ file: name, folder: dirname(path), text: read }),
            () => leftOut.push({ what, why: `${name} can’t be read` }),
          )
        }
    }
  return { root, sources, leftOut }
}

function targetsOf({ file, text }: CatalogFile): { what: string; target: string }[] {
  return readForeign(file, text)
    .filter(({ apiVersion, kind }) => kind === 'Location' && asText(apiVersion)?.startsWith('backstage.io/'))
    .flatMap(({ metadata, spec }) => {
      const { target, targets } = asRecord(spec)
      const what = `Location ${asText(asRecord(metadata).name) ?? 'without a name'}`
      return [...(asText(target) ? [asText(target)!] : []), ...asTexts(targets)].map((named) => ({ what, target: named }))
    })
}

/** The files that a target names, by their real paths; or why there are none. */
async function filesOf(target: string, folder: string, root: string): Promise<string[] | string> {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return `${target} is no file here; save it below this folder and name that`
  const named: string[] = []
  if (/[*?[{]/.test(target)) for await (const path of glob(target, { cwd: folder })) named.push(path)
  else named.push(target)
  const paths = await Promise.all(
    named.map((path) =>
      realpath(resolve(folder, path)).catch(() => (isBelow(root, resolve(folder, path)) ? undefined : resolve(folder, path))),
    ),
  )
  if (paths.length === 0) return `no file is named by ${target}`
  if (paths.includes(undefined)) return `${target} does not exist`
  const inside = paths.filter((path) => path !== undefined && isBelow(root, path)) as string[]
  return inside.length === paths.length ? inside : `${target} is outside of the catalogue’s folder`
}

export const isBelow = (root: string, path: string): boolean => path.startsWith(`${root}/`)
