import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { testKeys } from './whole-bridge.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
let database: TestDatabase
let folder: string
const children: ChildProcess[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  mkdirSync(join(root, '.bridgekeeper'), { recursive: true })
  // Inside the checkout, where the packages that its code imports are found.
  folder = mkdtempSync(join(root, '.bridgekeeper', 'start-test-'))
  cpSync(join(root, 'server/test/two-tenants'), folder, { recursive: true })
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

/** As a service manager starts it: nobody sits at a terminal. */
async function start(options: string[] = [], until = 'portal ') {
  const env = { ...process.env, NO_COLOR: '1', DATABASE_URL: database.url, BRIDGEKEEPER_KEYS: testKeys }
  delete (env as NodeJS.ProcessEnv).LOG_LEVEL
  const child = spawn(process.execPath, [join(root, 'server/src/main.ts'), 'start', '--port', '0', ...options], { cwd: folder, env })
  children.push(child)
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said.text += chunk.toString()))
  await expect.poll(() => said.text, { timeout: 60_000 }).toContain(until)
  return { child, said, url: /is up at (\S+)/.exec(said.text)![1]! }
}

const serverFile = () => JSON.parse(readFileSync(join(folder, '.bridgekeeper', 'server.json'), 'utf8')) as { key: string }
const statusOf = async (url: string, key?: string) => (await fetch(url, { headers: key ? { authorization: `Bearer ${key}` } : {} })).status

it('started as a service, prints no key, opens metrics to whoever reaches the address for them only, and leaves no key behind when it is killed', async () => {
  const first = await start(['--metrics-listen', '0'])
  expect(first.said.text).not.toContain('bk_')
  const metrics = new URL(/metrics {5}(\S+)/.exec(first.said.text)![1]!)
  expect(metrics.origin).not.toBe(first.url)
  const text = await (await fetch(metrics)).text()
  expect(text).toContain('# TYPE bridgekeeper_deliveries_total counter')
  expect(await statusOf(`${first.url}/metrics`)).toBe(401)
  const { key } = serverFile()
  expect(await statusOf(`${first.url}/metrics`, key)).toBe(200)
  expect(await statusOf(`${metrics.origin}/readyz`)).toBe(200)
  expect(await statusOf(`${metrics.origin}/healthz`)).toBe(200)
  for (const path of ['/api/instances', '/api/openapi.json', '/', '/webhooks/shop']) expect(await statusOf(metrics.origin + path)).toBe(404)

  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const second = await start()
  expect(serverFile().key).not.toBe(key)
  expect(await statusOf(`${second.url}/api/instances`, key)).toBe(401)
  expect(await statusOf(`${second.url}/api/instances`, serverFile().key)).toBe(200)
  second.child.kill('SIGTERM')
  expect(await once(second.child, 'exit')).toEqual([0, null])
}, 120_000)

it('commands find the process that serves the API, whichever others of the workspace start and end', async () => {
  const list = () =>
    run(process.execPath, [join(root, 'server/src/main.ts'), 'instances', 'list'], { cwd: folder, env: { ...process.env, NO_COLOR: '1' } })
  const api = await start(['--roles', 'ingress,api'])
  expect(api.said.text).toContain(`webhooks    ${api.url}/webhooks/`)
  const worker = await start(['--roles', 'worker'], 'roles ')
  expect(worker.said.text).not.toMatch(/API|webhooks|portal/)
  const second = await start(['--roles', 'api'])
  for (const { child } of [worker, second]) {
    await list()
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  expect((await list()).stderr).toContain('No instances yet')
  api.child.kill('SIGTERM')
  await once(api.child, 'exit')
  await expect(list()).rejects.toMatchObject({ code: 3, stderr: expect.stringContaining('cli.server_not_running') })
}, 120_000)
