import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const mebibyte = 1024 * 1024
let folder: string

const json = (bytes: number) => {
  const path = (n: number) => `"/p${n}":{"get":{"responses":{"200":{"description":"${'x'.repeat(100)}"}}}}`
  return `{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{${Array.from({ length: Math.ceil(bytes / 160) }, (_, n) => path(n)).join()}}}`
}
const yaml = (bytes: number) => {
  const path = (n: number) => `  /p${n}:\n    get:\n      responses:\n        '200':\n          description: ${'x'.repeat(100)}\n`
  return `openapi: 3.0.3\ninfo: { title: t, version: '1' }\npaths:\n${Array.from({ length: Math.ceil(bytes / 190) }, (_, n) => path(n)).join('')}`
}
/** Measured on 2026-11-28 with two busy cores; the limits below are about a third higher, since garbage is collected when it is collected. */
const documents = {
  '50 MB of JSON': { text: () => json(50 * mebibyte), code: 'contracts.document_too_large', memoryMb: 190, cpuS: 0.3 },
  '50 MB of YAML': { text: () => yaml(56 * mebibyte), code: 'contracts.document_too_large', memoryMb: 190, cpuS: 0.3 },
  'the largest JSON that is read': { text: () => json(30 * mebibyte), code: 'read', memoryMb: 290, cpuS: 0.9 },
  'the largest YAML that is read': { text: () => yaml(30 * mebibyte), code: 'read', memoryMb: 1_290, cpuS: 6.7 },
  'JSON of many small parts': {
    text: () => `{"openapi":"3.0.3","a":[${'1,'.repeat(15 * mebibyte)}1]}`,
    code: 'contracts.document_too_complex',
    memoryMb: 150,
    cpuS: 0.4,
  },
  // 2.5 GB and 14 s before parts were counted first.
  'YAML of many small parts': {
    text: () => `openapi: 3.0.3\na: [${'1,'.repeat(14 * mebibyte)}1]`,
    code: 'contracts.document_too_complex',
    memoryMb: 245,
    cpuS: 1,
  },
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-sizes-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each(Object.entries(documents))('%s', (_, { text, code, memoryMb, cpuS }) => {
  it('ends in bounded time and memory where the server reads it', async () => {
    const file = join(folder, 'document')
    await writeFile(file, text())
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'hostile-child.ts'), file])
    const cost = JSON.parse(stdout) as { code: string; memoryMb: number; cpuS: number }
    expect(cost.code).toBe(code)
    expect(cost.memoryMb).toBeLessThan(memoryMb * 1.35 + 50)
    expect(cost.cpuS).toBeLessThan(cpuS * 3 + 2)
  }, 180_000)
})

const peakMemory = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'peak-memory.ts')).href)
const telling = `data:text/javascript,import{peakKibibytes}from${peakMemory};process.on("exit",()=>process.stderr.write("rss="+peakKibibytes()))`

it.each(['50 MB of JSON', '50 MB of YAML'] as const)(
  '%s ends in a clear error from the command line, before it is read',
  async (name) => {
    const file = join(folder, 'openapi')
    await writeFile(file, documents[name].text())
    const main = join(import.meta.dirname, '../../main.ts')
    const failed = (await run(process.execPath, ['--import', telling, main, 'contracts', 'diff', file, file]).catch((error) => error)) as {
      code: number
      stderr: string
    }
    expect(failed.code).toBe(2)
    expect(failed.stderr).toMatch(/has \d+ bytes; at most 33554432 are read/)
    expect(failed.stderr).toMatch(/Fix/)
    expect(Number(/rss=(\d+)/.exec(failed.stderr)![1]) / 1024).toBeLessThan(350)
  },
  60_000,
)
