/**
 * Makes the two packages that strangers install: JavaScript with declarations, and every file that is read at run time. Development runs from
 * source and needs none of this. `npm run build` writes them to dist/; `npm pack ./dist/server` and `npm publish ./dist/server` take it from there.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
/** Where compiled files stand in a package: as deep as `src` in the checkout, so that paths to files beside it are the same in both. */
const compiled = 'lib'

interface Manifest {
  name: string
  version: string
  private?: boolean
  bin?: Record<string, string>
  exports: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

export interface BuiltPackages {
  /** Folders, each with the package.json that is published. */
  sdk: string
  server: string
}

/**
 * Builds both packages into a folder; what was there goes.
 *
 * @param to absolute
 * @throws Error when a type is wrong, or a file that the program starts by its path would be missing
 */
export function buildPackages(to: string): BuiltPackages {
  const [sdk, server] = [join(to, 'sdk'), join(to, 'server')]
  for (const folder of [sdk, server]) rmSync(folder, { recursive: true, force: true })
  compile(join(root, 'sdk'), sdk, {})
  compile(join(root, 'server'), server, {
    '@bridgekeeper/sdk': [join(sdk, compiled, 'index.d.ts')],
    '@bridgekeeper/sdk/testing': [join(sdk, compiled, 'testing/index.d.ts')],
  })
  copyAssets(server)
  for (const [name, folder] of Object.entries({ sdk, server })) {
    for (const file of [join(root, 'LICENSE'), join(root, name, 'README.md')]) cpSync(file, join(folder, relative(dirname(file), file)))
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(name), undefined, 2)}\n`)
  }
  return { sdk, server }
}

/** What the package offers, what is started by its path, and all that these import: tests and fixtures stay behind. */
function compile(from: string, to: string, paths: Record<string, string[]>): void {
  const { bin = {}, exports } = manifestOf(from)
  const entries = [...Object.values(bin), ...Object.values(exports)].filter((file) => extname(file) === '.ts')
  const settings = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: join(from, 'src'),
      outDir: join(to, compiled),
      typeRoots: [join(root, 'node_modules/@types')],
      paths,
    },
    include: [],
    files: [...entries.map((file) => join(from, file)), ...startedByPath(from)],
  }
  const folder = mkdtempSync(join(tmpdir(), 'bridgekeeper-build-'))
  try {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  refuseSourcePaths(join(to, compiled))
}

/** Threads and processes begin with a file that nobody imports. They name it without its extension, which differs between source and package. */
function startedByPath(from: string): string[] {
  const started = globSync('src/**/*.ts', { cwd: from }).flatMap((file) =>
    [...readFileSync(join(from, file), 'utf8').matchAll(/`(\.{1,2}\/[\w./-]+)\$\{extname\(import\.meta\.filename\)\}`/g)].map(([, name]) =>
      join(from, dirname(file), `${name}.ts`),
    ),
  )
  return started.filter((file) => !file.endsWith('.test.ts'))
}

/** `new URL('./x.ts', import.meta.url)` and `join(import.meta.dirname, 'x.ts')` work from source and nowhere else. */
function refuseSourcePaths(folder: string): void {
  const wrong = globSync('**/*.js', { cwd: folder }).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => /import\.meta\.(url|dirname|filename|resolve)/.test(line) && /\.ts['"`]/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  )
  if (wrong.length > 0)
    throw new Error(
      `A package holds JavaScript only, and these lines name TypeScript:\n  ${wrong.join('\n  ')}\nWrite \`./name\${extname(import.meta.filename)}\` instead.`,
    )
}

/** What the server reads at run time, where it looks for it. */
function copyAssets(to: string): void {
  const copy = (from: string, target: string): void => {
    mkdirSync(dirname(join(to, target)), { recursive: true })
    cpSync(join(root, from), join(to, target), { recursive: true })
  }
  for (const file of globSync('server/src/database/migrations/*.sql', { cwd: root })) copy(file, file.replace('server/src', compiled))
  copy('server/src/cli/templates', `${compiled}/cli/templates`)
  for (const file of globSync('portal/**/*.{html,css,js,svg}', { cwd: root })) copy(file, file)
  for (const file of globSync('docs/*.{md,svg}', { cwd: root })) copy(file, file)
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** The package.json of the source with the compiled files in it. npm takes `exports` and `bin` from nowhere else. */
function publishedManifest(name: string): object {
  const { private: _, devDependencies: __, ...manifest } = manifestOf(join(root, name))
  const { bin, exports, dependencies = {} } = manifest
  const sdk = manifestOf(join(root, 'sdk'))
  if (dependencies[sdk.name] !== undefined && dependencies[sdk.name] !== sdk.version)
    throw new Error(`${name}/package.json wants ${sdk.name} ${dependencies[sdk.name]}, but sdk/package.json is version ${sdk.version}.`)
  const built = (file: string, extension: string) => file.replace('./src/', `./${compiled}/`).replace(/\.ts$/, extension)
  return {
    ...manifest,
    ...(bin ? { bin: Object.fromEntries(Object.entries(bin).map(([command, file]) => [command, built(file, '.js')])) } : {}),
    exports: Object.fromEntries(
      Object.entries(exports).map(([door, file]) => [
        door,
        extname(file) === '.ts' ? { types: built(file, '.d.ts'), default: built(file, '.js') } : file,
      ]),
    ),
    // Only these: a program that was run where it was built leaves a cache beside them.
    files: name === 'server' ? [compiled, 'docs', 'portal'] : [compiled],
    ...(name === 'server' ? { scaffold: toolVersions() } : {}),
  }
}

/** What `bridgekeeper init` gives a new workspace to develop with: the versions that this release was tested with. */
function toolVersions(): Record<string, string | undefined> {
  const { devDependencies = {} } = manifestOf(root)
  return Object.fromEntries(['@types/node', 'node', 'typescript'].map((name) => [name, devDependencies[name]]))
}

if (import.meta.main) {
  const { sdk, server } = buildPackages(join(root, 'dist'))
  for (const folder of [sdk, server]) console.log(`built ${relative(root, folder)}`)
}
