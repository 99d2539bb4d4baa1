import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { readContractAside } from './read-aside.ts'
import { readContract } from './read-contract.ts'

const github = await readFile(createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8')

/** Of this thread: what other processes take from it is nobody's fault. */
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** The longest that this thread worked without giving anything else a turn, and how long it worked in all. */
async function watched(work: () => Promise<unknown>): Promise<{ longestMs: number; allMs: number }> {
  const begin = cpuMs()
  let [longestMs, last] = [0, begin]
  const turn = (): void => {
    longestMs = Math.max(longestMs, cpuMs() - last)
    last = cpuMs()
  }
  const turning = setInterval(turn, 1)
  await work()
  turn()
  clearInterval(turning)
  return { longestMs, allMs: cpuMs() - begin }
}

describe('a document of the size of GitHub’s', () => {
  it('is read as JSON while everything else gets its turn, and is the same document', async () => {
    const whole = await readContract({ text: github, name: 'x' })
    let apart = whole
    const read = async () => {
      apart = await readContractAside({ text: github, name: 'x' })
    }
    const longest = [await watched(read), await watched(read), await watched(read)].map(({ longestMs }) => longestMs)
    const atOnce = await watched(() => readContract({ text: github, name: 'x' }))
    expect(Math.min(...longest)).toBeLessThan(atOnce.longestMs / 3)
    expect(JSON.stringify(apart.document)).toBe(JSON.stringify(whole.document))
  }, 60_000)

  it('is read as YAML in another thread', async () => {
    // JSON that is none: YAML allows the comma.
    const text = github.replace(/\}\s*$/, ',}')
    let read: Awaited<ReturnType<typeof readContractAside>> | undefined
    const start = performance.now()
    const { allMs } = await watched(async () => {
      read = await readContractAside({ text, name: 'x' })
    })
    expect(allMs).toBeLessThan((performance.now() - start) / 2)
    expect(read!.entry.format).toBe('yaml')
    expect(JSON.stringify(read!.entry.root)).toBe(JSON.stringify(JSON.parse(github)))
  }, 120_000)
})

it('errors come through from the other thread with their values', async () => {
  const padding = `# ${'x'.repeat(600_000)}\n`
  await expect(readContractAside({ text: `${padding}openapi: [`, name: 'bad.yaml' })).rejects.toMatchObject({
    code: 'contracts.document_unreadable',
    message: expect.stringContaining('bad.yaml'),
  })
  await expect(readContractAside({ text: `${padding}a: &a [*a]`, name: 'loop.yaml' })).rejects.toMatchObject({
    code: expect.stringMatching(/^contracts\./),
  })
})
