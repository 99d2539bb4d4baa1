import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadWorkspace } from '../src/workspace/index.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { installUmbrella, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'

const root = join(import.meta.dirname, '..', '..')
let folder: string
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let env: Record<string, string>

beforeAll(async () => {
  // Inside the checkout, where the packages that its code imports are found.
  mkdirSync(join(root, '.bridgekeeper'), { recursive: true })
  folder = mkdtempSync(join(root, '.bridgekeeper', 'replay-test-'))
  cpSync(join(import.meta.dirname, 'two-tenants'), folder, { recursive: true })
  const code = join(folder, 'order-bridge.ts')
  writeFileSync(code, readFileSync(code, 'utf8').replace("onPoison: 'park'", "onPoison: 'block'"))
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  const { workspace } = await loadWorkspace(folder)
  server = await startTenantServer(database, partner, { workspace })
  const key = await makeKey(server, ['admin'])
  env = { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: key }
  await installUmbrella(server, key, 's'.repeat(32))
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

const run = (...words: string[]) => runCommand(words, { folder: import.meta.dirname, env })
const idsOf = async (status: string) =>
  (JSON.parse((await run('runs', 'list', '--status', status, '--json')).out) as { runs: { id: string }[] }).runs.map(({ id }) => id)

it('a dry run of a group shows the runs that its replay would take, those that block their lane as well', async () => {
  partner.answer = () => ({ status: 422 })
  for (const order of ['o-1', 'o-2', 'o-2']) await sendWebhook(server, 'shop', 's'.repeat(32), { account: 'umbrella', order })
  await expect.poll(() => idsOf('blocked'), { timeout: 10_000 }).toHaveLength(2)
  const [newer, older] = await idsOf('blocked')
  const shown = await run('runs', 'show', older!)
  expect(shown.out).toContain('customer-data in step “write”: crm answered 422 to POST /orders')
  expect(shown.out).not.toContain('in its lane')
  expect((await run('runs', 'show', newer!)).out).toContain('1 run waits behind it in its lane')
  const [waiting] = await idsOf('waiting')
  expect((await run('runs', 'show', waiting!)).out).toContain(`waits in its lane behind ${newer}: bridgekeeper runs show ${newer}`)
  const parked = await run('parked', 'list')
  expect(parked.out).toMatch(/^FINGERPRINT +RUNS +BEHIND +STATE .+\n\S+ +2 +1 +blocked /)

  partner.answer = () => ({})
  const { groups } = JSON.parse((await run('parked', 'list', '--json')).out) as { groups: { fingerprint: string }[] }
  const group = ['--fingerprint', groups[0]!.fingerprint]
  const dry = await run('replay', ...group, '--dry-run')
  for (const id of [newer, older]) expect(dry.out).toContain(`run ${id} with version 1.0.0: would succeed`)
  expect((await run('replay', ...group, '--status', 'parked', '--dry-run')).err).toContain('No runs match.')

  expect((await run('replay', older!)).out).toBe(`1 run goes on. Watch: bridgekeeper runs show ${older}\n`)
  await expect.poll(() => idsOf('succeeded'), { timeout: 10_000 }).toEqual([older])
  expect((await run('replay', ...group)).out).toBe('1 run goes on. Watch: bridgekeeper runs list\n')
  await expect.poll(() => idsOf('succeeded'), { timeout: 10_000 }).toHaveLength(3)
  expect((await run('replay', older!)).out).toMatch(/^1 run is made anew\. Watch: bridgekeeper runs list --delivery \S+\n$/)
  await expect.poll(() => idsOf('succeeded'), { timeout: 10_000 }).toHaveLength(4)
})
