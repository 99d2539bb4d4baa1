import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { freePort } from './free-port.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const parent = mkdtempSync(join(tmpdir(), 'bridgekeeper-outside-'))
const folder = join(parent, 'my-bridge')
// Root starts PostgreSQL as another user, who must be able to enter; else its data would go elsewhere and stay there.
chmodSync(parent, 0o755)
/** As in a new terminal: nothing of this run but where programs are. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' }

afterAll(() => rmSync(parent, { recursive: true, force: true }))

it('a workspace made outside of the checkout installs, checks, runs, and leaves nothing running', async () => {
  await run(process.execPath, [join(root, 'server/src/main.ts'), 'init', folder], { env })
  const { stderr } = await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder, env })
  expect(stderr).not.toContain('allowScripts')

  const checked = await run('npm', ['run', 'check'], { cwd: folder, env })
  expect(checked.stdout).toContain('No problems.')
  expect(checked.stdout).toMatch(/shop +generated\/shop\.ts +up to date/)

  const port = await freePort()
  const dev = spawn(join(folder, 'node_modules/.bin/bridgekeeper'), ['dev', '--port', String(port), '--log-level', 'warn'], {
    cwd: folder,
    env: { ...env, PATH: `${join(folder, 'node_modules/.bin')}:${env.PATH}` },
  })
  let said = ''
  for (const stream of [dev.stdout, dev.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  try {
    await expect.poll(() => said, { timeout: 120_000 }).toContain(`is up at http://localhost:${port}`)
    const key = JSON.parse(readFileSync(join(folder, '.bridgekeeper/server.json'), 'utf8')).key as string
    const answer = await fetch(`http://localhost:${port}/api/instances`, { headers: { authorization: `Bearer ${key}` } })
    expect(answer.status).toBe(200)
  } finally {
    dev.kill('SIGINT')
    await once(dev, 'exit')
  }
  expect(existsSync(join(folder, '.bridgekeeper/server.json'))).toBe(false)
  const { stdout } = await run('ps', ['-eo', 'args'])
  expect(stdout.split('\n').filter((line) => line.includes(folder))).toEqual([])
}, 400_000)
