import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerAgreements } from './agreements.ts'
import { registerEnablement } from './enablement.ts'
import { createIo } from './io.ts'
import { registerReadiness } from './readiness.ts'

const example = join(import.meta.dirname, '../../../examples/invoice-bridges')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheets-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function run(...parameters: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const io = createIo({ stdout, stderr, stdin: new PassThrough() }, {}, folder)
  const program = new Command()
    .exitOverride()
    .option('--json')
    .hook('preAction', (_, action) => void Object.assign(io, { json: Boolean(action.optsWithGlobals().json) }))
  for (const register of [registerReadiness, registerAgreements, registerEnablement]) register(program, io)
  await program.parseAsync(
    [
      ...parameters,
      ...(parameters.includes('--workspace') || parameters.includes('explain') ? [] : ['--workspace', example]),
      ...(parameters.includes('explain') ? [] : ['--as-of', '2026-11-20']),
    ].filter(Boolean),
    { from: 'user' },
  )
  return { text: String(stdout.read() ?? ''), notes: String(stderr.read() ?? ''), exitCode: io.exitCode }
}

describe('readiness', () => {
  it('shows all in a table, fails when a stage is not kept, and says that nothing was observed', async () => {
    const { text, notes, exitCode } = await run('readiness')
    expect(text).toMatch(/meridian-stockroom\s+beta .* ONE-SIDED\s+customers unknown/)
    expect(notes).toContain('insufficient data')
    expect(exitCode).toBe(1)
  })

  it.each([
    ['table', /^Meridian stock levels in Stockroom \(meridian-stockroom\): beta/],
    ['markdown', /^## Meridian stock levels in Stockroom: beta/],
    ['badge', /^<svg /],
    ['json', /^\{\n {2}"reports": \[/],
  ])('prints one integration as %s', async (format, start) => {
    expect((await run('readiness', 'meridian-stockroom', '--format', format)).text).toMatch(start)
  })

  it('is JSON for who asks for JSON, also where there is nothing, and one picture for who asks for a badge', async () => {
    await writeFile(
      join(folder, 'bridgekeeper.yaml'),
      'apiVersion: bridgekeeper.dev/v1\nkind: Workspace\nmetadata: { name: e }\nspec: {}\n',
    )
    const empty = await run('readiness', '--json', '--offline', '--workspace', folder)
    expect(JSON.parse(empty.text)).toEqual({ reports: [], unattended: [] })
    const { checks } = JSON.parse((await run('readiness', 'explain', '--json')).text)
    expect(checks.find(({ id }: { id: string }) => id === 'product-owner')).toMatchObject({
      group: 'ownership',
      gate: 'pilot',
      critical: true,
    })
    await expect(run('readiness', '--format', 'badge')).rejects.toMatchObject({ code: 'commander.error', exitCode: 2 })
    await expect(run('readiness', '--format', 'toString')).rejects.toMatchObject({ exitCode: 2 })
  })

  it('explains a check, and judges one gate', async () => {
    const { text, exitCode } = await run('readiness', 'gate', 'meridian-stockroom', 'ga')
    expect(text).toContain('The gate from beta to ga is closed.')
    expect(exitCode).toBe(1)
    // That its file says ga opens no gate.
    expect((await run('readiness', 'gate', 'meridian-quill', 'ga')).text).toContain('The gate from experimental to ga is closed.')
    await expect(run('readiness', 'meridian-stockrom')).rejects.toMatchObject({
      code: 'readiness.integration_unknown',
      fix: 'Did you mean meridian-stockroom?',
    })
  })

  it('P11: shows what a partner program asks, and that nobody has said so', async () => {
    const { text, exitCode } = await run('readiness', 'programs', 'meridian-quill')
    expect(text).toContain('meridian-erp: certified of Meridian partners')
    expect(text).toContain('undetermined Security questionnaire: nobody has said')
    expect(exitCode).toBe(0)
    const { programs } = JSON.parse((await run('readiness', 'programs', 'meridian-quill', '--json')).text)
    expect(programs).toMatchObject([{ platform: 'meridian-erp', tier: 'certified', named: false }])
  })

  it('attesting needs the server that keeps the rows', async () => {
    const attempt = run('readiness', 'attest', 'meridian-quill', '--side', 'quill', '--by', 'quill/quentin')
    await expect(attempt).rejects.toMatchObject({ code: 'cli.server_not_running' })
  })
})

describe('agreements', () => {
  it('lint tells best effort and fails', async () => {
    const { text, exitCode } = await run('agreements', 'lint', 'meridian-stockroom-2024')
    expect(text).toContain('says “guarantees” and binds nobody')
    expect(exitCode).toBe(1)
  })

  it('diff compares a version with what it supersedes, with another, or with a file', async () => {
    const alone = await run('agreements', 'diff', 'meridian-quill-2026')
    expect(alone.text).toMatch(/weaker\s+The notice before a breaking change falls from 365 days to 180 days/)
    expect((await run('agreements', 'diff', 'meridian-quill-2025', 'meridian-quill-2026')).text).toBe(alone.text)
    await writeFile(join(folder, 'old.yaml'), await readFile(join(example, 'agreements/meridian-quill-2025.yaml')))
    expect((await run('agreements', 'diff', './old.yaml', 'meridian-quill-2026')).text).toBe(alone.text)
    await expect(run('agreements', 'diff', './none.yaml', 'meridian-quill-2026')).rejects.toMatchObject({
      code: 'agreements.file_unreadable',
    })
    await expect(run('agreements', 'diff', 'meridian-quill-2025')).rejects.toMatchObject({ code: 'agreements.nothing_superseded' })
  })

  it('coverage says what each side could stop tomorrow', async () => {
    const { text } = await run('agreements', 'coverage', 'meridian-stockroom-2024')
    expect(text).toContain('meridian must keep nothing')
    expect(text).toMatch(
      / {2}meridian: 0 of \d critical duties are promised measurably \(0%\)\n( {4}only best effort .*\n)? {4}not promised {8}owner/,
    )
    expect(text).toContain('critical  owner: nobody does it today, no commitment asks for it')
  })

  it('incentives print the matrix with haircuts and the balance', async () => {
    const { text, exitCode } = await run('agreements', 'incentives', 'meridian-quill-2026')
    expect(text).toMatch(/meridian\s+stickiness\s+Fewer customers leave Meridian\s+50000\.00 EUR\s+80%\s+10000\.00 EUR\s+2027-08-31/)
    expect(text).toContain('meridian: 36000.00 EUR hard, duties cost 24120.00 EUR, balance 11880.00 EUR: covered')
    expect(exitCode).toBe(0)
  })
})

describe('enablement', () => {
  it('writes a file for each side', async () => {
    await run('enablement', 'support', 'meridian-quill', '--format', 'html', '--out', 'sheets')
    expect(await readdir(join(folder, 'sheets'))).toEqual(['meridian-quill-support-meridian.html', 'meridian-quill-support-quill.html'])
  })

  it('prints Markdown, and does not sell what no gate has let out', async () => {
    expect((await run('enablement', 'sales', 'meridian-quill', '--side', 'quill')).text).toContain('it must not be sold')
  })
})
