import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
let checkout: string

/** A checkout that is set up, so that nothing is installed here. */
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'bridgekeeper-setup-'))
  copyFileSync(join(root, 'setup.mjs'), join(checkout, 'setup.mjs'))
  writeFileSync(join(checkout, 'package-lock.json'), '{}')
  mkdirSync(join(checkout, 'node_modules/node/bin'), { recursive: true })
  symlinkSync(realpathSync(process.execPath), join(checkout, 'node_modules/node/bin/node'))
  writeFileSync(
    join(checkout, 'node_modules/.bridgekeeper-setup'),
    `${createHash('sha256').update('{}').digest('hex')} ${process.platform} ${process.arch}`,
  )
})
afterAll(() => rmSync(checkout, { recursive: true, force: true }))

function setUpAndRun(...program: string[]) {
  const child = spawn(process.execPath, ['setup.mjs', ...program], { cwd: checkout })
  const said = { out: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  return { child, said, ended: once(child, 'exit') as Promise<[number | null, string | null]> }
}

it('what follows setup.mjs runs with the Node of the checkout, whichever Node the machine has', async () => {
  const { said, ended } = setUpAndRun('-p', 'process.argv0')
  expect(await ended).toEqual([0, null])
  expect(said.out.trim()).toBe(join(realpathSync(checkout), 'node_modules/node/bin/node'))
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  // A shell remembers where it found `node`: behind && the machine's own would run, and be too old for TypeScript.
  expect(Object.entries(scripts).filter(([, script]) => /&& *node /.test(script))).toEqual([])
})

it('it hands on the exit code, and a signal so that the program ends in order', async () => {
  expect(await setUpAndRun('-e', 'process.exit(3)').ended).toEqual([3, null])
  const program = `process.on('SIGTERM', () => { console.log('in order'); process.exit(0) }); console.log('up'); setInterval(() => {}, 1000)`
  const { child, said, ended } = setUpAndRun('-e', program)
  await expect.poll(() => said.out).toContain('up')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(said.out).toContain('in order')
})

it('who ends npm ends the program: the shell between them dies of the signal and tells nobody', async () => {
  const program = `process.on('SIGTERM', () => { console.log('in order'); process.exit(0) }); console.log('it runs'); setInterval(() => {}, 1000)`
  writeFileSync(join(checkout, 'program.mjs'), program)
  // A second command keeps the shell from becoming the program.
  writeFileSync(join(checkout, 'package.json'), JSON.stringify({ scripts: { start: 'node setup.mjs program.mjs; true' } }))
  const npm = spawn('npm', ['start'], { cwd: checkout })
  const said = { out: '' }
  npm.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  await expect.poll(() => said.out, { timeout: 20_000 }).toContain('it runs')
  npm.kill('SIGTERM')
  await expect.poll(() => said.out, { timeout: 10_000 }).toContain('in order')
}, 40_000)
