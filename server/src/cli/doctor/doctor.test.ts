import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { testKeys } from '../../../test/whole-bridge.ts'
import { createConnections, generateKey, parseKeyRing, Secret } from '../../connections/index.ts'
import { openDatabase, uuidv7 } from '../../database/index.ts'
import { createIo } from '../io.ts'
import { runProgram } from '../program.ts'
import { judgeClock, judgeServer } from './check-database.ts'
import { checkLeftOvers, checkNode, judgeDisk } from './check-machine.ts'
import type { Finding } from './finding.ts'

let database: TestDatabase
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridgekeeper-doctor-'))
  cpSync(join(import.meta.dirname, '../../../test/two-tenants'), folder, { recursive: true })
  database = await createTestDatabase()
})
afterAll(async () => {
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function examine(env: Record<string, string> = {}, where = folder): Promise<{ exit: number; findings: Record<string, Finding> }> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const io = createIo({ stdout, stderr, stdin }, { DATABASE_URL: database.url, BRIDGEKEEPER_KEYS: testKeys, ...env }, where)
  const exit = await runProgram(io, ['doctor', '--json'])
  stdout.end()
  const { findings } = JSON.parse((await stdout.toArray()).join('')) as { findings: Finding[] }
  return { exit, findings: Object.fromEntries(findings.map((finding) => [finding.check, finding])) }
}

const states = (findings: Record<string, Finding>) => Object.fromEntries(Object.values(findings).map(({ check, state }) => [check, state]))

it('finds nothing bad where all is in order, and names what it looked at', async () => {
  const { exit, findings } = await examine()
  expect(exit).toBe(0)
  // How full the disk is and what was left over on it is the machine's own.
  const { disk: _, 'left-over data': __, ...others } = states(findings)
  expect(others).toEqual({
    node: 'ok',
    port: expect.stringMatching(/ok|warning/),
    'key ring': 'ok',
    database: 'ok',
    clock: 'ok',
    migrations: 'ok',
    'sealed secrets': 'ok',
    'unfinished work': 'ok',
    workspace: 'ok',
    'code of shop-crm': 'ok',
    'code of desk-erp': 'ok',
    'webhooks of shop': 'ok',
    'webhooks of desk': 'ok',
  })
})

it('names code that can not be imported, with which the program would not start', async () => {
  // A folder of its own: a process imports a file once.
  const other = mkdtempSync(join(tmpdir(), 'bridgekeeper-doctor-'))
  try {
    cpSync(join(import.meta.dirname, '../../../test/two-tenants'), other, { recursive: true })
    writeFileSync(join(other, 'desk-erp.ts'), `import { desk } from './generated/desk.ts'\nexport default desk\n`)
    const { exit, findings } = await examine({}, other)
    expect(exit).toBe(1)
    expect(findings['code of desk-erp']).toMatchObject({ state: 'bad', found: expect.stringContaining('generated/desk.ts') })
    expect(findings['code of desk-erp']!.fix).not.toBe('')
    expect(findings['code of shop-crm']!.state).toBe('ok')
    // Written by hand, so nothing looked at it before: `defineIntegration` would not have let it pass.
    writeFileSync(
      join(other, 'hasty.ts'),
      "import of from './shop-crm.ts'\nexport default { ...of, flows: { hasty: { kind: 'every', interval: 'PT1S', run: async () => {} } } }\n",
    )
    const file = readFileSync(join(other, 'integrations.yaml'), 'utf8')
    writeFileSync(join(other, 'integrations.yaml'), file.replace('./shop-crm.ts', './hasty.ts'))
    const hasty = (await examine({}, other)).findings['code of shop-crm']!
    expect(hasty).toMatchObject({ state: 'bad', found: expect.stringContaining('"PT1S": it comes more often than once a minute') })
    expect(hasty.fix).toContain('at least a minute')
  } finally {
    rmSync(other, { recursive: true, force: true })
  }
})

it('names what was left over on the machine, and how to be rid of it', () => {
  expect(checkLeftOvers([])).toEqual([])
  const [finding] = checkLeftOvers([
    { folder: '/var/lib/bridgekeeper/a', belongedTo: '/tmp/x' },
    { folder: '/var/lib/bridgekeeper/b', belongedTo: '/tmp/y' },
  ])
  expect(finding).toMatchObject({ state: 'warning', fix: expect.stringContaining('rm -r /var/lib/bridgekeeper/a /var/lib/bridgekeeper/b') })
  expect(finding!.found).toContain('/tmp/x and 1 more')
})

it('says bad to work that nothing would pick up, and leaves it as it is', async () => {
  const id = uuidv7()
  await sql`insert into run (id, instance_id, revision, integration, version, flow, origin_id, lane, state, job_id, received_at, created_at)
    values (${id}, ${id}, 1, 'shop-crm', '1.0.0', 'sync', ${id}, 'lane', 'queued', ${uuidv7()}, now(), now() - interval '1 minute')`.execute(
    database.executor,
  )
  const { exit, findings } = await examine()
  expect([exit, findings['unfinished work']!.state]).toEqual([1, 'bad'])
  expect(findings['unfinished work']!.found).toContain('1 of 1 runs')
  const { rows } = await sql<{ id: string }>`delete from run returning id`.execute(database.executor)
  expect(rows).toEqual([{ id }])
})

it('says bad to a webhook source that proves nothing, and to a workspace with problems', async () => {
  const file = join(folder, 'platforms.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text
      .replace('{ scheme: github }', '{ scheme: unverified, reason: "The shop signs nothing." }')
      .replace('owner: initech', 'owner: nobody'),
  )
  const { exit, findings } = await examine()
  writeFileSync(file, text)
  expect(exit).toBe(1)
  expect(findings['webhooks of shop']).toMatchObject({ state: 'bad', found: expect.stringContaining('unverified') })
  expect(findings['webhooks of desk']!.state).toBe('ok')
  expect(findings.workspace).toMatchObject({ state: 'bad', found: expect.stringContaining('nobody') })
})

it('tells a key ring that is missing, wrong, and half rotated from one another', async () => {
  const connections = createConnections({ database, keyRing: parseKeyRing(testKeys, 'test') })
  const owner = { platform: 'crm', organization: 'acme', customer: 'umbrella', authentication: { kind: 'bearer' } as const }
  await connections.add(owner, { token: new Secret('token') })
  await connections.close()
  const other = generateKey(new Date())
  expect(states((await examine({ BRIDGEKEEPER_KEYS: '' })).findings)).toMatchObject({ 'key ring': 'bad', 'sealed secrets': 'unknown' })
  expect(states((await examine({ BRIDGEKEEPER_KEYS: other })).findings)).toMatchObject({ 'key ring': 'ok', 'sealed secrets': 'bad' })
  expect(states((await examine({ BRIDGEKEEPER_KEYS: `${other},${testKeys}` })).findings)['sealed secrets']).toBe('warning')
})

it('warns of a key file that others can read, with the command that closes it', async () => {
  const other = mkdtempSync(join(tmpdir(), "bridgekeeper doctor's "))
  const file = join(other, 'ring')
  writeFileSync(file, testKeys)
  const look = async (mode: number, parent: number) => {
    for (const [path, bits] of [
      [file, mode],
      [other, parent],
    ] as const)
      chmodSync(path, bits)
    const { exit, findings } = await examine({ BRIDGEKEEPER_KEYS: '', BRIDGEKEEPER_KEYS_FILE: file })
    expect([exit, findings['key ring']!.state]).toEqual([0, 'ok'])
    return findings['key file']!
  }
  try {
    expect((await look(0o600, 0o755)).state).toBe('ok')
    expect(await look(0o640, 0o755)).toMatchObject({ state: 'warning', found: expect.stringContaining('everybody in its group can read') })
    const open = await look(0o644, 0o755)
    expect(open).toMatchObject({ state: 'warning', found: expect.stringContaining('every user of this machine can read') })
    execFileSync('sh', ['-c', /^Run: (.+?) {3}/.exec(open.fix)![1]!])
    expect(await look(statSync(file).mode & 0o777, 0o755)).toMatchObject({ state: 'ok', found: expect.stringContaining('(mode 600)') })
    // Nobody else comes as far as this file.
    expect((await look(0o644, 0o700)).state).toBe('ok')
    expect((await examine({ BRIDGEKEEPER_KEYS_FILE: file })).findings).not.toHaveProperty('key file')
  } finally {
    rmSync(other, { recursive: true, force: true })
  }
})

it('says bad to embedded data and keys of a running server that others can read, with the commands that close them', async () => {
  const kept = join(folder, '.bridgekeeper')
  const [data, password, server] = [join(kept, 'postgres', 'data'), join(kept, 'postgres', 'password'), join(kept, 'server.json')]
  chmodSync(folder, 0o755)
  mkdirSync(join(kept, 'postgres'), { recursive: true })
  mkdirSync(data, { mode: 0o700 })
  for (const path of [password, server]) writeFileSync(path, '{}', { mode: 0o600 })
  const privately = async () => (await examine()).findings['private data']!
  expect((await privately()).state).toBe('ok')
  chmodSync(data, 0o755)
  chmodSync(server, 0o644)
  const { exit, findings } = await examine()
  expect(exit).toBe(1)
  expect(findings['private data']).toMatchObject({ state: 'bad', fix: `Run: chmod 700 ${data} && chmod 600 ${server}` })
  execFileSync('sh', ['-c', findings['private data']!.fix.slice('Run: '.length)])
  expect((await privately()).state).toBe('ok')
  rmSync(kept, { recursive: true })
})

it('counts pending migrations without applying them, and does not call unseen things good', async () => {
  const name = `empty_${uuidv7().slice(-8)}`
  await database.pool.query(`create database ${name}`)
  const url = database.url.replace(/\/test_[0-9a-f]+/, `/${name}`)
  const { exit, findings } = await examine({ DATABASE_URL: url })
  expect(exit).toBe(0)
  expect(states(findings)).toMatchObject({ migrations: 'warning', 'sealed secrets': 'unknown', 'unfinished work': 'unknown' })
  const empty = openDatabase(url)
  const { rows } = await empty.pool.query("select 1 from pg_tables where schemaname = 'public'")
  await empty.close()
  expect(rows).toEqual([])
  await database.pool.query(`drop database ${name} with (force)`)
})

it('exits with 3 when the database cannot be reached, and says what it could not look at', async () => {
  const { exit, findings } = await examine({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  expect(exit).toBe(3)
  expect(states(findings)).toMatchObject({ database: 'bad', clock: 'unknown', migrations: 'unknown', 'unfinished work': 'unknown' })
})

it('judges versions, disks, clocks and settings by stated limits, and every finding that is not ok says what to do', () => {
  expect([checkNode('24.0.0').state, checkNode('23.11.1').state]).toEqual(['ok', 'bad'])
  expect([judgeDisk(5, '/'), judgeDisk(4.9, '/'), judgeDisk(0.9, '/')].map((finding) => finding.state)).toEqual(['ok', 'warning', 'bad'])
  expect([2000, -2001, 60_001].map((skewMs) => judgeClock(skewMs).state)).toEqual(['ok', 'warning', 'bad'])
  const facts = { version: '15.0', encoding: 'SQL_ASCII', maxConnections: 20, synchronousCommit: 'off', autovacuum: 'off' }
  const findings = judgeServer(facts)
  expect(findings.map((finding) => finding.state)).toEqual(['ok', 'bad', 'warning', 'bad', 'warning'])
  for (const { state, fix } of findings) expect(fix === '').toBe(state === 'ok')
})
