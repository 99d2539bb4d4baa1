import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../test/free-port.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { testKeys } from '../../test/whole-bridge.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const slow = 60_000
let database: TestDatabase
let folder: string
let child: ChildProcess
let output = ''
let url: string

beforeAll(async () => {
  database = await createTestDatabase()
  // Inside the checkout, where the packages that its code imports are found.
  mkdirSync(join(root, '.bridgekeeper'), { recursive: true })
  folder = mkdtempSync(join(root, '.bridgekeeper', 'dev-test-'))
  cpSync(join(root, 'server/test/two-tenants'), folder, { recursive: true })
  const port = await freePort()
  url = `http://localhost:${port}`
  child = spawn(
    process.execPath,
    [join(root, 'server/src/main.ts'), 'dev', '--workspace', folder, '--port', String(port), '--log-level', 'warn'],
    {
      cwd: folder,
      env: { ...process.env, DATABASE_URL: database.url, BRIDGEKEEPER_KEYS: testKeys, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
}, slow)
afterAll(async () => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
  await database?.drop()
})

/** What is said from now on must come to match. */
async function says(words: RegExp, change: () => void = () => {}): Promise<void> {
  output = ''
  change()
  await expect.poll(() => output, { timeout: slow, interval: 50 }).toMatch(words)
}

function edit(file: string, from: string, to: string): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} holds no ${from}`)
  writeFileSync(path, text.replace(from, to))
}

const key = () => JSON.parse(readFileSync(join(folder, '.bridgekeeper/server.json'), 'utf8')).key as string
const versions = async () => {
  const response = await fetch(`${url}/api/instances`, { headers: { authorization: `Bearer ${key()}` } })
  return (await response.json()) as { instances: { version: string }[] }
}
const alive = async () => (await fetch(`${url}/healthz`)).status

it(
  'starts, takes changes of code and files, and keeps the last good version while they are broken',
  async () => {
    await expect.poll(() => output, { timeout: slow }).toMatch(/is up at/)
    // Printed line by line: the next one may come a moment later.
    await expect.poll(() => output).toContain(`${url}/#key=bk_`)
    expect(await alive()).toBe(200)

    await says(/can't be loaded[\s\S]*\norder-bridge\.ts:\d+\n[\s\S]*The last good version keeps running/, () =>
      edit('order-bridge.ts', 'return {', 'return {{'),
    )
    expect(output).toContain('Changed order-bridge.ts')
    expect(await alive()).toBe(200)
    await says(/Running the new version after/, () => edit('order-bridge.ts', 'return {{', 'return {'))

    await says(/integrations\.yaml[\s\S]*The last good version keeps running/, () =>
      edit('integrations.yaml', 'organization: acme', 'organization: nobody'),
    )
    expect(await alive()).toBe(200)
    await says(/Running the new version after/, () => edit('integrations.yaml', 'organization: nobody', 'organization: acme'))

    await says(/Running the new version after/, () => edit('order-bridge.ts', "version: '1.0.0'", "version: '1.1.0'"))
    const created = await fetch(`${url}/api/instances`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ integration: 'shop-crm', organization: 'acme', customer: 'umbrella', name: 'main' }),
    })
    expect(created.status, await created.clone().text()).toBe(201)
    expect((await versions()).instances.map((instance) => instance.version)).toEqual(['1.1.0'])
  },
  4 * slow,
)

it(
  'shows what becomes of each webhook, and where the code of the author broke',
  async () => {
    const post = (path: string, body: object) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key()}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await post('/api/webhook-sources/shop/secrets', { secret: 's'.repeat(32) })).status).toBe(201)
    let sent = 0
    const send = (event: string, account: string) => {
      sent += 1
      const body = JSON.stringify({ account, order: `o-${sent}` })
      const signature = createHmac('sha256', 's'.repeat(32)).update(body).digest('hex')
      return fetch(`${url}/webhooks/shop`, {
        method: 'POST',
        headers: {
          'x-event': event,
          'x-delivery': `d-${sent}`,
          'x-hub-signature-256': `sha256=${signature}`,
          'content-type': 'application/json',
        },
        body,
      })
    }
    await says(/ – shop +order\.created +account-unknown: no instance has account umb-1\n/, () => void send('order.created', 'umb-1'))
    const { instances } = (await (await fetch(`${url}/api/instances`, { headers: { authorization: `Bearer ${key()}` } })).json()) as {
      instances: { id: string }[]
    }
    await fetch(`${url}/api/instances/${instances[0]!.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${key()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ accounts: { shop: ['umb-1'] }, reason: 'test' }),
    })
    await says(/ – shop +order\.lost +no flow listens to order\.lost of shop\n/, () => void send('order.lost', 'umb-1'))
    const again = async () => {
      await send('order.lost', 'umb-1')
      sent -= 1
      await send('order.lost', 'umb-1')
    }
    await says(/ – shop +a webhook +a repeat: the first one counts, and nothing happens twice\n/, () => void again())
    const unsigned = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    await says(
      / ✗ shop +a webhook +refused with 401: The header x-hub-signature-256 is missing\.\n/,
      () => void fetch(`${url}/webhooks/shop`, unsigned),
    )
    await says(
      / ✗ unknown +a webhook +refused: no platform of the workspace receives webhooks at this address\n/,
      () => void fetch(`${url}/webhooks/shp`, unsigned),
    )
    await says(/Running the new version after/, () => edit('order-bridge.ts', 'await tools[to]!', 'await tools[to + 1]!'))
    await says(/ ✗ umbrella +sync +parked: TypeError: /, () => void send('order.created', 'umb-1'))
    const { runs } = (await (await fetch(`${url}/api/runs?status=parked`, { headers: { authorization: `Bearer ${key()}` } })).json()) as {
      runs: { id: string }[]
    }
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'server/src/main.ts'), 'runs', 'show', runs[0]!.id], {
      cwd: folder,
    })
    expect(stdout).toMatch(/^bug in step “write”: TypeError: .+\n {2}at .*order-bridge\.ts:27:\d+\n/m)
    expect(stdout).not.toContain('server/src')
  },
  4 * slow,
)

it(
  'ends with everything it started when it is interrupted',
  async () => {
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    await expect(alive()).rejects.toThrow()
    const { rows } = await database.pool.query("select revoked_at from api_key where name like 'local command line%'")
    expect(rows.every((row) => row.revoked_at !== null)).toBe(true)
  },
  slow,
)
