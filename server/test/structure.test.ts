import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/**
 * Features, lowest first. Each may import those before it, through `index.ts`. Planning stands above identity because its routes ask who
 * may see a plan; sandbox stands above webhooks because a sandbox signs with the same schemes that the ingress verifies.
 */
const features = [
  'errors',
  'terminal',
  'observation',
  'database',
  'workspace',
  'agreements',
  'readiness',
  'enablement',
  'identity',
  'planning',
  'connections',
  'gateway',
  'notifications',
  'contracts',
  'runtime',
  'webhooks',
  'sandbox',
  'service-levels',
  'lifecycle',
  'http',
]

/** What stands on top of the features, lowest first. `testing` starts whole bridges inside an author's test; nothing of the program needs it. */
const top = ['bridge.ts', 'observed-facts.ts', 'retention.ts', 'server.ts', 'testing', 'cli', 'main.ts']
const order = [...features, ...top]

/** Packages outside the server: what of this repository each may import besides itself. `tests` counts for its test files alone. */
const outside: Record<string, { packages: readonly string[]; server: 'none' | 'doors'; inTests: 'none' | 'doors' }> = {
  sdk: { packages: [], server: 'none', inTests: 'none' },
  portal: { packages: [], server: 'none', inTests: 'none' },
  // Tests of examples ask the program whether the workspace is sound; what authors copy does not.
  examples: { packages: ['@bridgekeeper/sdk'], server: 'none', inTests: 'doors' },
  bench: { packages: ['@bridgekeeper/sdk', 'bridgekeeper'], server: 'doors', inTests: 'doors' },
}

const forbiddenFolders = ['types', 'models', 'services', 'utils', 'shared', 'helpers', 'common', 'lib']
const maxLines = 400

interface Import {
  from: string
  /** Path from the root for our own files; else the name of the package. */
  to: string
}

const own = /^(sdk|server|portal|examples|bench)\//
const isTest = (file: string) =>
  /\.(test|crash|fixture)\.ts$|(^|\/)(fixtures?|test-[\w-]+)\.ts$/.test(file) || /^server\/(test|tools)\//.test(file)
const isFixture = (file: string) => /(^|\/)(fixtures?|[\w-]+\.fixture)\.ts$/.test(file)

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 16 * 1024 * 1024,
})
  .split('\n')
  // A file that was removed but not yet committed is still listed.
  .filter((file) => file && existsSync(join(root, file)))
// Written by programs, or copied into another place before they run.
const written = files.filter((file) => !/(^|\/)generated\/|\.generated\.ts$|\/templates\//.test(file))

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = text.matchAll(/^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+'([^'\n]+)'|^import\s+'([^'\n]+)'|\bimport\(\s*'([^'\n]+)'/gm)
  return [...found].map(([, named, bare, dynamic]) => {
    const specifier = (named ?? bare ?? dynamic)!
    return { from: file, to: specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier }
  })
}

/** Which line of the order a file of the server belongs to. */
function placeOf(file: string): string | undefined {
  const [first, second, ...rest] = file.split('/')
  if (first !== 'server' || second !== 'src') return undefined
  return rest[0]
}

/** @returns a sentence that says what to do; undefined when the import is as it should be */
function judge(one: Import): string | undefined {
  const [area] = one.from.split('/')
  if (area === 'server') return judgeServer(one)
  const rule = outside[area!]
  return rule && judgeOutside(one, area!, rule)
}

function judgeServer({ from, to }: Import): string | undefined {
  const [mine, theirs] = [placeOf(from), placeOf(to)]
  if (to.startsWith('server/test/') && !isTest(from)) return `${from} imports ${to}: the program can't use tests. Move it into a feature.`
  if (own.test(to) && !to.startsWith('server/'))
    return isTest(from) ? undefined : `${from} imports ${to}: use the package @bridgekeeper/sdk, not its files.`
  if (!theirs || mine === theirs) return undefined
  if (!order.includes(theirs)) return `${theirs} has no place in the table of ${basename(import.meta.filename)}: put it where it belongs.`
  // server/test and server/tools stand above everything.
  if (mine !== undefined) {
    if (!order.includes(mine)) return `${mine} has no place in the table of ${basename(import.meta.filename)}: put it where it belongs.`
    if (order.indexOf(theirs) > order.indexOf(mine))
      return `${from} imports ${to}: ${theirs} stands above ${mine}. Take a function instead and hand it over in server/src/bridge.ts or server.ts, or move what both need down.`
  }
  return judgeDoor(from, to, theirs)
}

function judgeDoor(from: string, to: string, theirs: string): string | undefined {
  if (theirs.endsWith('.ts') || to === `server/src/${theirs}/index.ts`) return undefined
  if (isTest(from) && (isFixture(to) || from.startsWith('server/t'))) return undefined
  return `${from} imports ${to}: come in by the door, server/src/${theirs}/index.ts, and export it there if ${theirs} promises it to others.`
}

function judgeOutside({ from, to }: Import, area: string, rule: (typeof outside)[string]): string | undefined {
  if (/^(@bridgekeeper\/sdk|bridgekeeper)(\/|$)/.test(to)) {
    const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : to.split('/')[0]!
    return rule.packages.includes(name) ? undefined : `${from} imports ${to}: ${area} may not use ${name}.`
  }
  if (!own.test(to))
    return area === 'sdk' && !isTest(from) && !to.startsWith('node:')
      ? `${from} imports ${to}: the SDK has no dependencies, so that authors inherit none.`
      : undefined
  if (to.startsWith(`${area}/`)) return undefined
  const allowed = isTest(from) ? rule.inTests : rule.server
  if (!to.startsWith('server/') || allowed === 'none') return `${from} imports ${to}: ${area} may not import files of ${to.split('/')[0]}.`
  const theirs = placeOf(to)
  return theirs ? judgeDoor(from, to, theirs) : undefined
}

const imports = written.flatMap(importsOf)

describe('the structure', () => {
  it('is judged by imports that were really seen', () => {
    const ours = imports.filter(({ to }) => own.test(to))
    expect(ours.length).toBeGreaterThan(1_000)
    const crossing = ours.filter(({ from, to }) => placeOf(from) && placeOf(to) && placeOf(from) !== placeOf(to))
    expect(crossing.length).toBeGreaterThan(200)
    // Every feature is seen importing or being imported: a folder that was renamed would else be judged by nothing.
    const seen = new Set(crossing.flatMap(({ from, to }) => [placeOf(from), placeOf(to)]))
    expect(order.filter((place) => !seen.has(place) && place !== 'testing')).toEqual([])
    const lost = ours.filter(({ to }) => !existsSync(join(root, to))).map(({ from, to }) => `${from} imports ${to}, which does not exist`)
    expect(lost).toEqual([])
  })

  it('has imports only from above to below, and through doors', () => {
    expect(imports.map(judge).filter(Boolean)).toEqual([])
  })

  it.each([
    ['server/src/gateway/a.ts', 'server/src/runtime/index.ts', 'runtime stands above gateway'],
    ['server/src/runtime/a.ts', 'server/src/gateway/send.ts', 'come in by the door'],
    ['server/src/runtime/a.ts', 'server/src/bridge.ts', 'bridge.ts stands above runtime'],
    ['server/src/runtime/a.ts', 'server/test/test-database.ts', "can't use tests"],
    ['server/src/runtime/a.ts', 'sdk/src/flow.ts', 'use the package'],
    ['server/src/runtime/a.ts', 'server/src/newcomer/index.ts', 'has no place in the table'],
    ['server/src/newcomer/a.ts', 'server/src/runtime/index.ts', 'has no place in the table'],
    ['sdk/src/flow.ts', 'zod', 'has no dependencies'],
    ['sdk/src/flow.ts', 'server/src/runtime/index.ts', 'sdk may not import files of server'],
    ['examples/x/integration.ts', 'server/src/runtime/index.ts', 'examples may not import files of server'],
    ['examples/x/integration.ts', 'bridgekeeper/testing', 'examples may not use bridgekeeper'],
    ['bench/src/a.ts', 'server/src/runtime/pace.ts', 'come in by the door'],
  ])('refuses that %s imports %s', (from, to, sentence) => {
    expect(judge({ from, to })).toContain(sentence)
  })

  it(`has no file above ${maxLines} lines`, () => {
    const long = written
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > maxLines)
      .map(({ file, lines }) => `${file} has ${lines} lines: split it by what it talks about`)
    expect(long).toEqual([])
  })

  it('has no folder for a kind of code', () => {
    const folders = new Set(
      files.flatMap((file) =>
        dirname(file)
          .split('/')
          .map((_, at, parts) => parts.slice(0, at + 1).join('/')),
      ),
    )
    const wrong = [...folders].filter((folder) => forbiddenFolders.includes(basename(folder)))
    expect(wrong.map((folder) => `${folder}: name it after the thing it holds, or put its files beside what they serve`)).toEqual([])
  })

  it('has a door and half a page in every feature', () => {
    const missing = features.flatMap((feature) =>
      ['index.ts', 'README.md'].filter((file) => !existsSync(join(root, 'server/src', feature, file))).map((file) => `${feature}/${file}`),
    )
    expect(missing).toEqual([])
  })
})
