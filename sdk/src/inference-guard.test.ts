import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const source = dirname(fileURLToPath(import.meta.url))
const root = join(source, '..', '..')
let copy: string

/** Compiles inference.test.ts against a copy of the SDK in which one line was changed. */
function compile(change?: { file: string; from: string; to: string }): string {
  cpSync(source, join(copy, 'src'), { recursive: true })
  if (change) {
    const file = join(copy, 'src', change.file)
    const text = readFileSync(file, 'utf8')
    expect(text, `${change.file} was expected to hold: ${change.from}`).toContain(change.from)
    writeFileSync(file, text.replace(change.from, change.to))
  }
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', copy], { encoding: 'utf8' })
  return stdout + stderr
}

describe('the type tests would fail', () => {
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'sdk-types-'))
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
    writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['src/inference.test.ts'] }))
    writeFileSync(join(copy, 'package.json'), '{"type":"module"}')
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  it('not as long as inference works', () => expect(compile()).toBe(''))

  it.each([
    [
      'events',
      'platform.ts',
      'webhook<E extends keyof Webhooks & string>(event: E)',
      'webhook<E extends keyof Webhooks & string>(event: any)',
    ],
    ['payloads', 'platform.ts', '? Content<NonNullable<Body>> : unknown', '? any : unknown'],
    ['meters', 'context.ts', "meter(name: F['meters'],", 'meter(name: string,'],
    [
      'mappings',
      'context.ts',
      "map<K extends keyof F['mappings'] & string>(name: K, input: MappingInput",
      "map<K extends keyof F['mappings'] & string>(name: string, input: MappingInput",
    ],
    ['the input of mappings', 'context.ts', "input: MappingInput<F['mappings'][K]>", 'input: unknown'],
    ['settings', 'context.ts', "settings: Readonly<F['settings']>", 'settings: any'],
    ['parameters', 'client.ts', "Part<'query', ParametersIn<Operation, 'query'>>", '{ query?: Record<string, unknown> }'],
    ['bodies', 'client.ts', '{ body: BodyOf<Operation> }', '{ body: any }'],
    ['answers', 'client.ts', '? undefined : Content<Response>', '? undefined : any'],
    ['paths', 'client.ts', '<P extends PathsFor<Paths, M>>(', '<P extends string>('],
    [
      'clients',
      'context.ts',
      'Clients<Platforms extends Record<string, Platform>> = {',
      'Clients<Platforms extends Record<string, Platform>> = any & {',
    ],
    ['cursors', 'context.ts', 'advance(next: Value)', 'advance(next: unknown)'],
    ['emissions', 'context.ts', 'item: Emission<NoInfer<Event>>', 'item: Emission<any>'],
  ])('if %s were no longer inferred', (_what, file, from, to) => {
    expect(compile({ file, from, to })).toContain('inference.test.ts')
  })
})
