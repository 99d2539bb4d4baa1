import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { registerInit } from './init.ts'
import { createIo, type Io } from './io.ts'
import { registerTypes } from './types.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Runs one command as a person would type it. */
async function run(words: string[], { cwd = folder, json = false } = {}): Promise<{ out: string; err: string; io: Io }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const io = createIo({ stdout, stderr, stdin: new PassThrough() }, {}, cwd)
  io.json = json
  const program = new Command('bridgekeeper').exitOverride()
  registerInit(program, io)
  registerTypes(program, io)
  await program.parseAsync(words, { from: 'user' })
  return { out: String(stdout.read() ?? ''), err: String(stderr.read() ?? ''), io }
}

describe('bridgekeeper init', () => {
  it('writes a workspace and says what to type next', async () => {
    const { out, err, io } = await run(['init', 'my-bridge'])
    expect(out).toMatch(/^Wrote the workspace my-bridge: \d+ files in /)
    expect(err).toContain('cd my-bridge\n  npm install')
    expect(io.exitCode).toBe(0)
    expect(await readFile(join(folder, 'my-bridge', 'bridgekeeper.yaml'), 'utf8')).toContain('name: my-bridge')
  })

  it('tells a program the files and nothing else', async () => {
    const { out, err } = await run(['init', 'x', '--name', 'other'], { json: true })
    expect(JSON.parse(out)).toMatchObject({ name: 'other', folder: join(folder, 'x'), files: expect.arrayContaining(['integration.ts']) })
    expect(err).toBe('')
  })
})

describe('bridgekeeper types', () => {
  it('answers CI with an exit code, and mends what it found', async () => {
    await run(['init', 'w'])
    const workspace = join(folder, 'w')
    expect((await run(['types', '--check'], { cwd: workspace })).io.exitCode).toBe(0)
    const contract = join(workspace, 'platforms/shop/openapi.yaml')
    await writeFile(contract, (await readFile(contract, 'utf8')).replace('paid_since', 'paid_after'))
    const stale = await run(['types', '--check', '--workspace', workspace])
    expect(stale.io.exitCode).toBe(1)
    expect(stale.out).toMatch(/^shop +generated\/shop\.ts +not up to date$/m)
    expect(stale.err).toContain('Run `bridgekeeper types`')
    const written = await run(['types', 'shop'], { cwd: workspace, json: true })
    expect(JSON.parse(written.out)).toEqual([{ platform: 'shop', file: 'generated/shop.ts', state: 'written' }])
    expect((await run(['types', '--check'], { cwd: workspace })).io.exitCode).toBe(0)
  })

  it('says where a workspace begins when there is none', async () => {
    await expect(run(['types'])).rejects.toMatchObject({ code: 'workspace.root_missing' })
  })
})
