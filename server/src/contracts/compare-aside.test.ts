import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { compareAside } from './compare-aside.ts'
import { compareContracts } from './compare-contracts.ts'
import type { Contract } from './contract.ts'
import { type Finding, sourceOf } from './finding.ts'
import { readContract } from './read-contract.ts'
import { sourceLines } from './report/source-lines.ts'

const today = new Date('2026-05-04')
const padding = 'x'.repeat(400_000)

/** Findings with their places: the very nodes of the contracts that this thread has read. */
function expectSame(found: readonly Finding[], expected: readonly Finding[]): void {
  expect(found).toEqual(expected)
  expect([...sourceLines(found).values()]).toEqual([...sourceLines(expected).values()])
  found.forEach((finding, index) => {
    expect(sourceOf(finding)?.before?.node).toBe(sourceOf(expected[index]!)?.before?.node)
    expect(sourceOf(finding)?.after?.node).toBe(sourceOf(expected[index]!)?.after?.node)
  })
}

it('says the same of GitHub’s description as a comparison in this thread, which stays free meanwhile', async () => {
  const text = await readFile(createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8')
  const changed = text.replaceAll('"maximum": 100', '"maximum": 90').replaceAll('"/zen"', '"/zenith"')
  const [before, after] = [await readContract({ text, name: 'before' }), await readContract({ text: changed, name: 'after' })]
  await compareAside(before, after, { today })
  let longestMs = 0
  let last = performance.now()
  const turn = (): void => {
    longestMs = Math.max(longestMs, performance.now() - last)
    last = performance.now()
  }
  const turning = setInterval(turn, 5)
  const start = performance.now()
  const found = await compareAside(before, after, { today })
  const tookMs = performance.now() - start
  turn()
  clearInterval(turning)
  expect(longestMs).toBeLessThan(tookMs / 2)
  expect(found.length).toBeGreaterThan(2)
  expectSame(found, compareContracts(before, after, { today }))
}, 120_000)

async function filesOf(type: string): Promise<Contract> {
  const folder = await mkdtemp(join(tmpdir(), 'compare-aside-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const schema = { $ref: './parts.json#/Thing' }
  const path = { get: { responses: { 200: { description: padding, content: { 'application/json': { schema } } } } } }
  const parts = { Thing: { type: 'object', required: ['id'], properties: { id: { type } } } }
  await writeFile(
    join(folder, 'openapi.json'),
    JSON.stringify({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths: { '/a': path } }),
  )
  await writeFile(join(folder, 'parts.json'), JSON.stringify(parts))
  return readContract({ path: join(folder, 'openapi.json') })
}

it('says the same of contracts of several files, and of Swagger 2', async () => {
  const [before, after] = [await filesOf('string'), await filesOf('integer')]
  const found = await compareAside(before, after, { today })
  expect(found.length).toBeGreaterThan(0)
  expectSame(found, compareContracts(before, after, { today }))
  const swagger = (type: string) =>
    readContract({
      name: `swagger ${type}`,
      text: JSON.stringify({
        swagger: '2.0',
        info: { title: 't', version: '1', description: padding },
        paths: {
          '/a': { get: { parameters: [{ in: 'query', name: 'q', type, required: true }], responses: { 200: { description: 'ok' } } } },
        },
      }),
    })
  const [old, now] = [await swagger('string'), await swagger('integer')]
  expectSame(await compareAside(old, now, { today }), compareContracts(old, now, { today }))
})

it('many at once are each answered with their own', async () => {
  const contracts = await Promise.all(['string', 'integer', 'boolean', 'number'].map(filesOf))
  const pairs = contracts.flatMap((before) => contracts.map((after) => [before, after] as const))
  const found = await Promise.all(pairs.map(([before, after]) => compareAside(before, after, { today })))
  expect(found).toEqual(pairs.map(([before, after]) => compareContracts(before, after, { today })))
})
