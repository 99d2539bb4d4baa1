import { mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { errors } from '../errors.ts'
import type { Workspace } from '../workspace.ts'
import { addServiceLevels } from './add-service-levels.ts'
import { type Imported, importBackstage } from './backstage-import.ts'
import { isBelow, readCatalog } from './backstage-locations.ts'
import { importOpenSlo } from './openslo.ts'
import type { LeftOut } from './yaml-documents.ts'

/** What an import writes, or would write, into the workspace. */
export interface ImportPlan {
  files: { path: string; text: string; state: 'new' | 'changed' }[]
  leftOut: LeftOut[]
}

const read = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: Error) => {
    throw errors.import_unreadable({ file, reason: error.message }, error)
  })

/**
 * Plans the import of a Backstage catalogue: a file, and the files to which its Locations lead. Files that exist are never written over.
 *
 * @param organization owner of everything that no group in the file owns
 * @throws workspace.import_unreadable
 */
export async function planBackstageImport(workspace: Workspace, file: string, organization?: string): Promise<ImportPlan> {
  const existing = new Set([
    ...[...workspace.organizations.keys()].map((name) => `Organization ${name}`),
    ...[...workspace.platforms.keys()].map((name) => `Platform ${name}`),
    ...[...workspace.integrations.keys()].map((name) => `Integration ${name}`),
  ])
  const catalog = await readCatalog(file)
  const { files, contracts, leftOut } = importBackstage(catalog.sources, existing, organization)
  const plan: ImportPlan = { files: [], leftOut: [...catalog.leftOut, ...leftOut] }
  const documents = await Promise.all(contracts.map((contract) => contractText(contract, catalog.root)))
  for (const document of documents) if ('why' in document) plan.leftOut.push(document)
  for (const { path, text } of [...files, ...documents.flatMap((document) => ('text' in document ? [document] : []))]) {
    const taken = await stat(join(workspace.root, path)).then(
      () => true,
      () => false,
    )
    if (taken) plan.leftOut.push({ what: path, why: 'there is a file of that name' })
    else plan.files.push({ path, text, state: 'new' })
  }
  return plan
}

/**
 * The document of a platform's contract. Only files in the catalogue's own folder or below it are copied: a catalogue from somebody else
 * must not bring a private file of this machine into a workspace that two companies read.
 */
async function contractText(
  { path, api, text, from = '', folder }: Imported['contracts'][number],
  root: string,
): Promise<{ path: string; text: string } | LeftOut> {
  if (text !== undefined) return { path, text }
  const what = `contract of ${api}`
  if (/^https?:/.test(from)) return { what, why: `it is at ${from}; save it as ${path}` }
  // A link of a checkout may lead anywhere.
  const source = await realpath(resolve(folder, from)).catch(() => resolve(folder, from))
  if (!isBelow(root, source)) return { what, why: `${from} is outside of the catalogue’s folder; copy it to ${path} yourself` }
  return readFile(source, 'utf8').then(
    (found) => ({ path, text: found }),
    () => ({ what, why: `${from} can’t be read; save it as ${path}` }),
  )
}

/**
 * Plans the import of OpenSLO objects as service levels of integrations that exist.
 *
 * @param integration takes all of them; left out: the integration named by each SLO's service
 * @throws workspace.import_unreadable, workspace.integration_unknown
 */
export async function planOpenSloImport(workspace: Workspace, file: string, integration?: string): Promise<ImportPlan> {
  if (integration !== undefined && !workspace.integrations.has(integration))
    throw errors.integration_unknown({ name: integration, known: [...workspace.integrations.keys()].join(', ') || 'none' })
  const { levels, leftOut } = importOpenSlo(basename(file), await read(file), integration)
  const texts = new Map<string, string>()
  for (const [name, found] of levels) {
    const entity = workspace.integrations.get(name)
    const path = entity && workspace.placeOf(entity)?.file
    if (!path) {
      leftOut.push({
        what: `${found.length} SLOs of the service ${name || '(none)'}`,
        why: 'no integration has that name; choose one with --integration',
      })
      continue
    }
    const added = addServiceLevels(texts.get(path) ?? (await read(join(workspace.root, path))), name, found)
    texts.set(path, added.text)
    for (const level of added.present) leftOut.push({ what: `service level ${level}`, why: `${name} already has one of that name` })
  }
  const files = [...texts].map(([path, text]) => ({ path, text, state: 'changed' as const }))
  const changed = await Promise.all(
    files.map(async (planned) => ({ ...planned, same: (await read(join(workspace.root, planned.path))) === planned.text })),
  )
  return { files: changed.filter(({ same }) => !same).map(({ same: _, ...planned }) => planned), leftOut }
}

/** Writes what an import has planned. */
export async function writeImport({ root }: Workspace, { files }: ImportPlan): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(resolve(root, path)), { recursive: true })
    await writeFile(resolve(root, path), text)
  }
}
