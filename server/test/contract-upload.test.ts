import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processorMs } from './processor-time.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, startTenantServer, type TenantServer } from './two-tenants-server.ts'

/** GitHub's own description: 13 MB with its references, 73 MB where every reference is written out. */
const github = dirname(createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json'))
const path = '/platforms/shop/contract-versions'
let database: TestDatabase
let partner: TestPartner
let server: TenantServer
let key: string
let folder: string

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  server = await startTenantServer(database, partner)
  key = await makeKey(server, ['admin'])
  folder = await mkdtemp(join(tmpdir(), 'contract-upload-'))
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const run = (...words: string[]) =>
  runCommand(['contracts', ...words], { folder, env: { BRIDGEKEEPER_URL: server.url, BRIDGEKEEPER_KEY: key } })

/** Sends without a declared length until somebody answers. @returns the status, and how much went out */
function stream(headers: Record<string, string>, target: string, mebibytes: number): Promise<{ status: number; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let answered = false
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    const asking = request(`${server.url}/api${target}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    })
    asking.on('response', (response) => {
      answered = true
      response.resume()
      resolve({ status: response.statusCode!, sent })
      asking.destroy()
    })
    asking.on('error', (error) => answered || reject(error))
    const write = (): void => {
      if (answered) return
      if (sent >= mebibytes) return void asking.end()
      sent += 1
      asking.write(chunk, () => setTimeout(write, 5))
    }
    write()
  })
}

describe('a contract of the size of GitHub’s', () => {
  it('is published by the command line, and its next version is compared with it', async () => {
    const text = await readFile(join(github, 'api.github.com.json'), 'utf8')
    await writeFile(join(folder, 'github.json'), text)
    const next = JSON.parse(text) as { paths: Record<string, unknown>; info: { version: string } }
    delete next.paths['/zen']
    next.info.version = 'next'
    await writeFile(join(folder, 'next.json'), JSON.stringify(next))
    const first = await run('publish', 'shop', 'github.json')
    expect(first.exitCode, first.err).toBe(0)
    expect(first.out).toMatch(/^first/)
    const second = await run('publish', 'shop', 'next.json')
    expect(second.out, second.err).toMatch(/^published/)
    expect((await run('notices', 'shop')).out).toContain('GET /zen')
  }, 120_000)

  it('with every reference written out is refused before it is sent, with what to do', async () => {
    const { exitCode, err } = await run('publish', 'shop', join(github, 'api.github.com.deref.json'))
    expect(exitCode).toBe(2)
    expect(err).toMatch(/has \d+ bytes; at most 33554432 are taken/)
    expect(err).toContain('not one in which every reference is written out')
  })
})

describe('what is too large', () => {
  it('ends in a 413 that says how much is taken: by the declared length, by what has come, and by the text itself', async () => {
    const declared = await ask(server, key, 'POST', path, JSON.stringify({ document: 'x'.repeat(65 * 1024 * 1024) }))
    expect(declared).toMatchObject({ status: 413, json: { code: 'http.body_too_large', fix: expect.stringContaining('32 MiB') } })
    expect((await stream({ authorization: `Bearer ${key}` }, path, 80)).status).toBe(413)
    const text = await ask(server, key, 'POST', path, { document: `{"openapi":"3.0.3"${' '.repeat(33 * 1024 * 1024)}}`, state: 'proposed' })
    expect(text).toMatchObject({ status: 413, json: { code: 'contracts.document_too_large' } })
    for (const document of [`{"openapi":"3.0.3","a":"${'x'.repeat(50_000_000)}"}`, `openapi: 3.0.3\n${'a: 1\n'.repeat(10_000_000)}`]) {
      const start = processorMs()
      for (const operation of [path, '/platforms/shop/contract-check'])
        expect(await ask(server, key, 'POST', operation, { document })).toMatchObject({
          status: expect.toSatisfy((status: number) => status === 413),
          json: { code: 'contracts.document_too_large', fix: expect.stringMatching(/\S/) },
        })
      expect(processorMs() - start).toBeLessThan(20_000)
    }
  }, 120_000)

  it('is not collected for strangers, and no other operation takes more than before', async () => {
    const stranger = await stream({}, path, 64)
    expect(stranger.status).toBe(401)
    expect(stranger.sent).toBeLessThan(16)
    const other = await ask(server, key, 'POST', '/hours', JSON.stringify({ entries: 'x'.repeat(6 * 1024 * 1024) }))
    expect(other).toMatchObject({ status: 413, json: { code: 'http.body_too_large' } })
  })
})

describe('hostile uploads', () => {
  const laughs = [
    'openapi: 3.0.3',
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...[...'bcdefghij'].map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[n]}`).join(',')}]`),
  ].join('\n')
  const loop = JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'x', version: '1' },
    paths: { '/a': { get: { responses: { 200: { $ref: '#/components/responses/A' } } } } },
    components: { responses: { A: { $ref: '#/components/responses/B' }, B: { $ref: '#/components/responses/A' } } },
  })
  it.each([
    ['a billion laughs', laughs, 422],
    ['deep nesting', `${'['.repeat(5_000_000)}`, 422],
    ['a reference to a private address', '{"openapi":"3.0.3","paths":{"/a":{"$ref":"http://169.254.169.254/latest"}}}', 422],
    ['a reference to a file of the server', '{"openapi":"3.0.3","paths":{"/a":{"$ref":"/etc/passwd"}}}', 422],
    ['a reference that leaves the folder', '{"openapi":"3.0.3","paths":{"/a":{"$ref":"../../../../etc/passwd"}}}', 422],
    ['a loop of references', loop, 201],
    [
      'prototype keys',
      '{"openapi":"3.0.3","info":{"title":"x","version":"1"},"paths":{"__proto__":{"get":{}}},"__proto__":{"polluted":1}}',
      201,
    ],
  ])(
    '%s ends within seconds, as a proposal or in a clear error',
    async (_, document, status) => {
      const start = processorMs()
      const answer = await ask(server, key, 'POST', path, { document, state: 'proposed' })
      expect(processorMs() - start).toBeLessThan(10_000)
      expect(answer.status, answer.text).toBe(status)
      if (status === 422) expect(answer.json.fix).toMatch(/\S/)
      expect(({} as { polluted?: number }).polluted).toBeUndefined()
      expect((await ask(server, key, 'GET', '/openapi.json')).status).toBe(200)
    },
    30_000,
  )
})
