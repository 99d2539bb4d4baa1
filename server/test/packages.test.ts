import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pageProgram } from '../src/planning/report/bundle.ts'
import { buildPackages } from '../tools/build-packages.ts'
import { freePort } from './free-port.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const home = mkdtempSync(join(tmpdir(), 'bridgekeeper-packages-'))
/** A stranger's folder: what it finds, it finds because it was installed. */
const folder = join(home, 'work')
const workspace = join(folder, 'my-bridge')
const installed = join(folder, 'node_modules/bridgekeeper')
const env = { PATH: `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`, HOME: process.env.HOME, NO_COLOR: '1' }
const version = (JSON.parse(readFileSync(join(root, 'server/package.json'), 'utf8')) as { version: string }).version

beforeAll(async () => {
  // Root starts PostgreSQL as another user, who must be able to enter; else its data would go elsewhere and stay there.
  chmodSync(home, 0o755)
  const built = buildPackages(join(home, 'dist'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', home, built.sdk, built.server], { env })
  const tarballs = tarballsOf(JSON.parse(stdout)).map((file) => join(home, file))
  expect(tarballs).toHaveLength(2)
  // npm runs install scripts only of what a project allows by name, as the workspaces that `init` writes do.
  const allowScripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { allowScripts: object }).allowScripts
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts }))
  const { scaffold, dependencies } = JSON.parse(readFileSync(join(built.server, 'package.json'), 'utf8'))
  const tools = [`typescript@${scaffold.typescript}`, `@types/node@${scaffold['@types/node']}`, `zod@${dependencies.zod}`]
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs, ...tools], { cwd: folder, env })
}, 400_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** npm 11 prints a list, npm 12 a table by name. */
const tarballsOf = (packed: Record<string, { filename: string }>) => Object.values(packed).map(({ filename }) => filename)

it('a stranger installs both packages, and makes, checks, tests and starts a workspace with them', { timeout: 400_000 }, async () => {
  const { stdout: created } = await run('bridgekeeper', ['init', 'my-bridge'], { cwd: folder, env })
  expect(created).toContain('Wrote the workspace my-bridge')
  const manifest = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8'))
  expect(manifest.dependencies).toMatchObject({ '@bridgekeeper/sdk': `^${version}`, bridgekeeper: `^${version}` })
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const [name, wanted] of Object.entries(manifest.devDependencies)) expect(wanted, name).toBe(devDependencies[name])

  // Entity files, types from contracts, and the compiler over the author's code with the published declarations.
  await run('npm', ['run', 'check'], { cwd: workspace, env })
  const wrong = join(workspace, 'wrong.ts')
  writeFileSync(wrong, `import { shop } from './generated/shop.ts'\nexport const nothing = shop.webhook('order.payed')\n`)
  await expect(run('tsc', ['--noEmit', '-p', '.'], { cwd: workspace, env })).rejects.toMatchObject({
    stdout: expect.stringContaining('order.payed'),
  })
  rmSync(wrong)

  const words = ['--test', '--test-reporter=spec', '--test-name-pattern=has effects|everything is replayed', 'integration.test.ts']
  const { stdout: tested } = await run(process.execPath, words, { cwd: workspace, env })
  expect(tested).toContain('keeps every effect, once, when everything is replayed')
  expect(tested).toMatch(/fail 0/)

  const { stdout: played } = await run('bridgekeeper', ['start', '--demo', '--once', '--port', String(await freePort())], {
    cwd: workspace,
    env,
  })
  expect(played).toContain('Runs: 5 succeeded, 0 stopped')

  // `dev` starts the server as a process of its own, by its path.
  const port = await freePort()
  const dev = spawn('bridgekeeper', ['dev', '--port', String(port)], { cwd: workspace, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [dev.stdout, dev.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  try {
    await expect.poll(() => said, { timeout: 60_000 }).toContain(`is up at http://localhost:${port}`)
    const portal = await fetch(`http://localhost:${port}/`)
    expect([portal.status, await portal.text()]).toEqual([200, readFileSync(join(root, 'portal/index.html'), 'utf8')])
  } finally {
    dev.kill('SIGINT')
    await once(dev, 'exit')
  }
  const { stdout: processes } = await run('ps', ['-eo', 'args'])
  expect(processes.split('\n').filter((line) => line.includes(home))).toEqual([])
})

it('the package makes pages and threads from its JavaScript as the checkout does from its source', { timeout: 60_000 }, async () => {
  const module = (path: string) => JSON.stringify(pathToFileURL(join(installed, 'lib', path)).href)
  const program = `
    const { pageProgram } = await import(${module('planning/report/bundle.js')})
    const { createChecker } = await import(${module('contracts/drift/checker.js')})
    const problems = []
    // The thread alone keeps no process alive.
    const alive = setInterval(() => {}, 1_000)
    const checker = createChecker({ onProblem: (error) => problems.push(error.message) })
    const contract = { text: JSON.stringify({ openapi: '3.1.0', info: { title: 'a', version: '1' }, paths: {} }), name: 'a.json' }
    await checker.load('shop', 'a', contract)
    const checked = checker.stateOf('shop')
    await checker.stop()
    clearInterval(alive)
    process.stdout.write(JSON.stringify({ page: await pageProgram(), checked, problems }))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { env, maxBuffer: 16 * 1024 * 1024 })
  const { page, ...threads } = JSON.parse(stdout)
  expect(threads).toEqual({ checked: 'ready', problems: [] })
  // The names of files are all that differs.
  expect(page.replaceAll(/([._])js(_1|")/g, '$1ts$2')).toBe(await pageProgram())
})

it('the packages hold no tests, no fixtures and no source', () => {
  const sdk = join(folder, 'node_modules/@bridgekeeper/sdk')
  const files = [installed, sdk].flatMap((one) => globSync('lib/**/*.*', { cwd: one })).filter((file) => !file.includes('/templates/'))
  expect(files.length).toBeGreaterThan(1_000)
  expect(files.filter((file) => !/\.(js|d\.ts|sql)$/.test(file) || /\.(test|fixture|crash)\.|fixtures\./.test(file))).toEqual([])
  expect(existsSync(join(installed, 'docs/sandbox.md'))).toBe(true)
  const manifest = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'))
  expect([manifest.dependencies, manifest.private]).toEqual([undefined, undefined])
})
