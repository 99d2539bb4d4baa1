import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { serve } from '@hono/node-server'
import { Command } from 'commander'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { startTestGateway, type TestGateway, testKeyRing } from '../../test/test-gateway.ts'
import { startTestPartner, type TestPartner } from '../../test/test-partner.ts'
import { connectionRoutes, generateKey, parseKeyRing, secretRoutes } from '../connections/index.ts'
import { gatewayRoutes } from '../gateway/index.ts'
import { createApp } from '../http/index.ts'
import { addApiKey, apiKeyRoutes } from '../identity/index.ts'
import { createLog, createMetrics } from '../observation/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { registerApiKeys } from './api-keys.ts'
import { registerCircuits } from './circuits.ts'
import { registerConnections } from './connections.ts'
import { createIo } from './io.ts'
import { registerKeys } from './keys.ts'
import { registerWebhookSecrets } from './webhook-secrets.ts'

let database: TestDatabase
let partner: TestPartner
let process_: TestGateway
let server: ReturnType<typeof serve>
let folder: string
let url: string
const keys: Record<string, string> = {}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridgekeeper-cli-'))
  database = await createTestDatabase()
  partner = await startTestPartner()
  process_ = startTestGateway(database, { helpdesk: { baseUrl: partner.url } }, { allowedHosts: [partner.host] })
  const { connections, gateway } = process_
  const workspace = () =>
    ({ organizations: new Map([['acme', {}]]), integrations: new Map(), platforms: new Map() }) as unknown as Workspace
  const authenticationOf = (platform: string) => (platform === 'helpdesk' ? ({ kind: 'basic' } as const) : undefined)
  const app = createApp({
    database,
    workspace,
    metrics: createMetrics(),
    log: createLog('silent'),
    status: () => ({ roles: [], stopping: false }),
    apis: [
      apiKeyRoutes(database, workspace),
      connectionRoutes({ connections, authenticationOf, leadsInside: () => false, goOn: (_, end) => end().then(() => 0) }),
      secretRoutes({
        database,
        keyRing: testKeyRing,
        connections,
        secretForm: (platform) =>
          platform === 'open' ? null : { words: 'hexadecimal', holds: (text) => platform !== 'payments' || /^[0-9a-f]+$/.test(text) },
      }),
      gatewayRoutes({ gateway, connections }),
    ],
  })
  server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const key = async (
    name: string,
    organization: string | null,
    customer: string | null,
    scopes: readonly ('read' | 'write' | 'admin')[],
  ) => {
    keys[name] = (await addApiKey(database.executor, { name, organization, customer, scopes, createdBy: 'test' })).secret
  }
  await key('operator', null, null, ['admin'])
  await key('reader', null, null, ['read'])
  await key('other company', 'globex', null, ['read', 'write'])
  await key('other customer', 'acme', 'hooli', ['read', 'write'])
})
afterAll(async () => {
  server?.close()
  await process_?.close()
  await partner?.close()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  partner.answer = () => ({})
})

/** Runs a command line as a person types it; the exit code is that of the command, or the code and message of the error it ended in. */
async function run(line: string, as = 'operator'): Promise<{ exit: number | string; out: string; error: string }> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const io = createIo({ stdout, stderr, stdin }, { BRIDGEKEEPER_URL: url, BRIDGEKEEPER_KEY: keys[as] }, folder)
  io.json = line.endsWith('--json')
  const program = new Command().exitOverride().option('--json')
  registerCircuits(program, io)
  registerConnections(program, io)
  registerApiKeys(program, io)
  registerKeys(program, io)
  registerWebhookSecrets(program, io)
  const failure = await program.parseAsync(line.split(' '), { from: 'user' }).then(
    () => undefined,
    (error) => error,
  )
  stdout.end()
  stderr.end()
  const [out, error] = await Promise.all([stdout.toArray(), stderr.toArray()])
  return { exit: failure ? `${failure.code} ${failure.message}` : io.exitCode, out: out.join(''), error: error.join('') }
}
const json = async (line: string) => JSON.parse((await run(`${line} --json`)).out)
const add = (customer: string, more = '') =>
  run(
    `connections add --platform helpdesk --organization acme --customer ${customer} --secret username=anna --secret-file password=${folder}/password${more}`,
  )

describe('connections', () => {
  beforeAll(() => writeFileSync(join(folder, 'password'), 'planted-password\n'))

  it('are added with the fields that the platform asks for, shown without them, tried, paused, resumed and removed', async () => {
    expect(await add('umbrella')).toMatchObject({ exit: 0, out: expect.stringContaining('umbrella/helpdesk/default: healthy') })
    partner.answer = ({ headers }) => ({ status: headers.authorization === `Basic ${btoa('anna:planted-password')}` ? 200 : 401 })
    expect(await run('connections test umbrella/helpdesk --path /me')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('It works: 200'),
    })
    await process_.gateway.flush()
    const shown = await run('connections show umbrella/helpdesk')
    expect(shown.out).toMatch(/credential: basic \(username, password\), version 1[\s\S]*GET \/me +.* +200 /)
    expect(shown.out + (await run('connections list')).out + JSON.stringify(await json('connections list'))).not.toMatch(/planted|bk1:/)
    expect((await run('connections pause umbrella/helpdesk --reason audit')).out).toContain('paused until it is resumed')
    expect((await run('connections list')).out).toContain('audit (operator)')
    expect((await run('connections resume umbrella/helpdesk')).out).toContain('is healthy')
    expect((await run('connections remove umbrella/helpdesk')).exit).toContain('with its credential')
    expect(await run('connections remove umbrella/helpdesk --yes')).toMatchObject({ exit: 0 })
    expect((await run('connections show umbrella/helpdesk')).exit).toContain('connections.connection_unknown')
  })

  it('are told of the circuit of their platform where they go to its address, also when they name it themselves, and not elsewhere', async () => {
    const names = { platform: null, named: partner.url, elsewhere: `http://localhost:${partner.host.split(':')[1]}` }
    for (const [name, address] of Object.entries(names))
      await add('stark', ` --name ${name}${address === null ? '' : ` --base-url ${address}`}`)
    await database.pool.query(
      "insert into circuit (key, reason, retry_at) values ('platform:helpdesk', 'all down', now() + interval '5 minutes')",
    )
    const told = async (name: string) =>
      (await run(`connections show stark/helpdesk/${name}`)).out.includes('circuit: platform:helpdesk is open')
    expect([await told('platform'), await told('named'), await told('elsewhere')]).toEqual([true, true, false])
    await run('circuits close platform:helpdesk')
  })

  it('whose partner can not be reached are told with their open circuit, which the operator may close', async () => {
    await add('hooli')
    const { id } = (await json('connections show hooli/helpdesk')).connection as { id: string }
    expect((await run('circuits')).error).toContain('No circuit is open.')
    await database.pool.query("insert into circuit (key, reason, retry_at) values ($1, 'nobody there', now() + interval '5 minutes')", [
      `connection:${id}`,
    ])
    expect((await run('circuits list')).out).toMatch(new RegExp(`connection:${id} .* nobody there`))
    expect((await run('connections show hooli/helpdesk')).out).toMatch(/circuit: connection:\S+ is open since .*: nobody there/)
    // Circuits are of all customers: who is none of the operator's is not told, and reads its own connection all the same.
    expect(await run('connections show hooli/helpdesk', 'other customer')).toMatchObject({
      exit: 0,
      out: expect.not.stringContaining('circuit:'),
    })
    expect((await run('circuits', 'other customer')).exit).toContain('identity.')
    expect(await run(`circuits close connection:${id}`)).toMatchObject({
      exit: 0,
      out: `connection:${id} is closed; runs that waited go on.\n`,
    })
    expect((await run('circuits')).error).toContain('No circuit is open.')
  })

  it('that do not work make the test exit with 1; a new credential makes them healthy', async () => {
    await add('initech')
    partner.answer = ({ headers }) => ({ status: headers.authorization === `Basic ${btoa('anna:better')}` ? 200 : 401 })
    for (let attempt = 0; attempt < 3; attempt += 1) expect((await run('connections test initech/helpdesk')).exit).toBe(1)
    await expect.poll(async () => (await json('connections show initech/helpdesk')).connection.state).toBe('needs-reauth')
    expect((await run('connections reconnect initech/helpdesk --secret username=anna --secret password=better')).out).toContain('healthy')
    expect((await run('connections test initech/helpdesk')).exit).toBe(0)
  })

  it('say what is missing when nobody can be asked, and never repeat a value', async () => {
    const missing = await run('connections add --platform helpdesk --organization acme --customer stark --secret username=anna')
    expect(missing.exit).toContain('password is missing')
    const malformed = await run('connections add --platform helpdesk --organization acme --customer stark --secret planted-value')
    expect(malformed.exit).not.toContain('planted-value')
    expect((await run('connections add --platform none --organization acme --customer stark')).exit).toContain('There is no platform none')
    expect((await run('connections pause initech/helpdesk --reason x --until yesterday')).exit).toContain('not a moment in the future')
  })

  it('are shown to nobody else: not to another company, not to another customer, not changed by readers', async () => {
    for (const other of ['other company', 'other customer']) {
      expect((await run('connections list', other)).out).not.toContain('initech')
      expect((await run('connections show initech/helpdesk', other)).exit).toContain('There is no connection')
      const { id } = (await json('connections show initech/helpdesk')).connection
      expect((await run(`connections pause ${id} --reason x`, other)).exit).toContain('There is no connection')
      expect((await run(`connections remove ${id} --yes`, other)).exit).toContain('There is no connection')
    }
    expect((await run('connections pause initech/helpdesk --reason x', 'reader')).exit).toContain('identity.scope_missing')
    expect((await run('keys list', 'reader')).exit).toContain('identity.scope_missing')
    expect((await run('webhook-secrets list helpdesk', 'other company')).exit).toContain('identity.not_visible')
  })
})

describe('keys', () => {
  it('of the ring are generated, listed and rotated', async () => {
    const line = (await run('keys generate')).out.trim()
    expect(parseKeyRing(line, 'test').keys).toHaveLength(1)
    expect((await run('keys list')).out).toContain(testKeyRing.newest.fingerprint)
    expect((await run('keys rotate')).out).toContain('already')
    expect(await json('keys rotate')).toEqual({ rotated: 0 })
    expect(generateKey(new Date())).not.toBe(line)
  })

  it('of the API are added, listed and revoked', async () => {
    const added = await run('api-keys add --name ci --scope read replay')
    expect(added.out).toMatch(/^bk_/)
    expect((await run('api-keys list')).out).toMatch(/ci +bk_.* operator +read,replay +never +valid/)
    expect((await run('api-keys revoke ci')).out).toContain('ci is revoked')
    keys.ci = added.out.trim()
    expect((await run('connections list', 'ci')).exit).toContain('identity.key_unknown')
  })
})

describe('webhook secrets', () => {
  it('are added, rotated with an overlap, and ended', async () => {
    expect((await run('webhook-secrets list helpdesk')).error).toContain('are refused')
    await run('webhook-secrets add helpdesk --secret secret=planted-one')
    await run('webhook-secrets add helpdesk --secret secret=planted-two --overlap 24')
    const { secrets } = await json('webhook-secrets list helpdesk')
    expect(secrets).toEqual([expect.objectContaining({ expiresAt: null }), expect.objectContaining({ expiresAt: expect.any(String) })])
    expect(JSON.stringify(secrets)).not.toContain('planted')
    await run(`webhook-secrets end helpdesk ${secrets[1].id}`)
    expect((await json('webhook-secrets list helpdesk')).secrets).toHaveLength(1)
    expect((await run(`webhook-secrets end helpdesk ${secrets[1].id}`)).exit).toContain('webhook_secret_unknown')
  })

  it('are refused when they have not the form of their scheme, or prove nothing', async () => {
    const { exit } = await run('webhook-secrets add payments --secret secret=planted')
    expect(exit).toMatch(/^connections\.webhook_secret_malformed .* it must be hexadecimal\.$/)
    expect(exit).not.toContain('planted')
    expect((await run('webhook-secrets add payments --secret secret=c0ffee')).exit).toBe(0)
    expect((await run('webhook-secrets add open --secret secret=planted')).exit).toContain('connections.webhook_secret_needless')
  })
})
