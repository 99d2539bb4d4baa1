import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Demo } from '@bridgekeeper/sdk'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadDemo, prepareDemo, type StartedSandboxes, startSandboxes } from '../src/cli/demo.ts'
import { applyRetention } from '../src/retention.ts'
import { listInstances } from '../src/runtime/index.ts'
import { loadWorkspace, type Workspace } from '../src/workspace/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { startTenantServer, type TenantServer } from './two-tenants-server.ts'

const root = join(import.meta.dirname, '..', '..')
let database: TestDatabase
let partner: TestPartner
let folder: string
let workspace: Workspace
let demo: Demo
let server: TenantServer

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  mkdirSync(join(root, '.bridgekeeper'), { recursive: true })
  // Inside the checkout, where the packages that its code imports are found.
  folder = mkdtempSync(join(root, '.bridgekeeper', 'secrets-test-'))
  cpSync(join(root, 'examples/github-helpdesk'), folder, {
    recursive: true,
    filter: (path) => !path.endsWith('/.bridgekeeper'),
  })
  const { workspace: whole } = await loadWorkspace(folder)
  workspace = { ...whole, platforms: new Map([...whole.platforms].filter(([name]) => name === 'helpdesk')) }
  demo = await loadDemo(workspace)
  server = await startTenantServer(database, partner, { workspace: whole })
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

/** As `start --demo` does, up to the deliveries; then one is sent to the first customer. */
async function start(): Promise<void> {
  const sandboxes = await startSandboxes(workspace, demo, 'http://127.0.0.1:1')
  try {
    await prepareDemo(server, workspace, demo, sandboxes)
    expect(await deliver(sandboxes)).toBe(202)
  } finally {
    await sandboxes.stop()
  }
}

async function deliver({ secrets }: StartedSandboxes): Promise<number> {
  const { key } = (await listInstances(database.executor))[0]!
  const url = `${server.url}/webhooks/helpdesk/${key}`
  const bytes = Buffer.from('{}')
  const signed = server.bridge.source('helpdesk')!.scheme.sign(secrets.helpdesk!, bytes, new Date(), { method: 'POST', url, headers: {} })
  const headers = { 'content-type': 'application/json', ...signed.headers }
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(signed.body) })
  await response.arrayBuffer()
  return response.status
}

async function stored(): Promise<{ id: string; ended: boolean }[]> {
  const { rows } = await sql<{
    id: string
    ended: boolean
  }>`select id, expires_at is not null as ended from webhook_secret order by id`.execute(database.executor)
  return rows
}

it('the sandboxes of a workspace sign with the same secrets at each start; others end, and are erased a day later, and a delivery still names its own', async () => {
  await start()
  const first = await stored()
  const sources = 1 + demo.instances.length
  expect(first).toHaveLength(sources)
  const file = join(folder, '.bridgekeeper', 'sandbox-secrets.json')
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
  await start()
  expect(await stored()).toEqual(first)

  rmSync(file)
  await start()
  const both = await stored()
  expect(both.slice(0, sources)).toEqual(first.map(({ id }) => ({ id, ended: true })))
  expect(both.filter(({ ended }) => !ended)).toHaveLength(sources)
  const verifiedBy = async () => {
    const { rows } = await sql<{ secret_id: string }>`select distinct secret_id from delivery order by 1`.execute(database.executor)
    return rows.map((row) => row.secret_id)
  }
  const before = await verifiedBy()
  expect(before).toHaveLength(2)
  const { retention } = workspace.settings.spec
  const hours = (count: number) => new Date(Date.now() + count * 3_600_000)
  await applyRetention(database, retention, hours(23))
  expect(await stored()).toHaveLength(2 * sources)
  await applyRetention(database, retention, hours(25))
  expect(await stored()).toEqual(both.slice(sources))
  expect(await verifiedBy()).toEqual(before)
})
