import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { beforeAll, describe, expect, it } from 'vitest'
import { createIo } from './io.ts'
import { runProgram } from './program.ts'

let folder = ''

const contract = (properties: object) =>
  JSON.stringify({
    openapi: '3.1.0',
    paths: {
      '/things': {
        get: { responses: { 200: { description: 'ok', content: { 'application/json': { schema: { type: 'object', properties } } } } } },
      },
    },
  })
const text = { type: 'string' }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contracts-'))
  await writeFile(join(folder, 'old.json'), contract({ id: text, name: text }))
  await writeFile(join(folder, 'gone.json'), contract({ id: text }))
  await writeFile(join(folder, 'number.json'), contract({ id: { type: 'integer' }, name: text }))
  const usage = (reads: string[]) =>
    JSON.stringify({
      kind: 'ConsumerContract',
      client: `reads ${reads}`,
      usage: { operations: [{ method: 'get', path: '/things', reads, sends: [] }] },
    })
  await writeFile(join(folder, 'reads-id.json'), usage(['id']))
  await writeFile(join(folder, 'reads-name.json'), usage(['name']))
  await writeFile(join(folder, 'broken.json'), '{"kind":"ConsumerContract","client":"x","usage":{"operations":[{"method":"GET"}]}}')
})

async function run(...parameters: string[]): Promise<{ code: number; out: string }> {
  let out = ''
  const take = (chunk: unknown, _: string, done: () => void) => {
    out += String(chunk)
    done()
  }
  const stream = () => new Writable({ write: take })
  const io = createIo({ stdout: stream(), stderr: stream(), stdin: process.stdin }, { NO_COLOR: '1' }, folder)
  return { code: await runProgram(io, ['contracts', ...parameters]), out }
}

describe('contracts diff', () => {
  it('ends with 0 when nothing breaks, 1 when something does, 2 when a version can not be read', async () => {
    expect((await run('diff', 'old.json', 'old.json')).code).toBe(0)
    expect((await run('diff', 'old.json', 'number.json')).code).toBe(1)
    expect((await run('diff', 'old.json', 'missing.json')).code).toBe(2)
  })

  it('lists by level, and counts breaks whatever is listed', async () => {
    expect((await run('diff', 'old.json', 'gone.json', '--level', 'breaking')).out).not.toContain('response-optional-property-removed')
    expect((await run('diff', 'old.json', 'gone.json')).out).toContain('response-optional-property-removed')
  })

  it('writes a file with paths as the repository names them', async () => {
    await run('diff', 'old.json', 'number.json', '--format', 'sarif', '--output', 'out.sarif')
    const sarif = JSON.parse(await readFile(join(folder, 'out.sarif'), 'utf8'))
    expect(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('number.json')
  })
})

describe('contracts check', () => {
  it('tells each client what a proposed version means for it', async () => {
    const { code, out } = await run('check', 'gone.json', '--published', 'old.json', '--usage', 'reads-id.json', 'reads-name.json')
    expect(code).toBe(1)
    expect(out).toContain('reads id: not touched')
    expect(out).toContain('reads name: breaks')
    expect((await run('check', 'gone.json', '--published', 'old.json', '--usage', 'reads-id.json')).code).toBe(0)
  })

  it('says what is wrong with a consumer contract', async () => {
    const { code, out } = await run('check', 'gone.json', '--published', 'old.json', '--usage', 'broken.json', '--json')
    expect(code).toBe(2)
    expect(out).toContain('usage.operations.0.path')
  })
})
