import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createIo } from './io.ts'
import { createProgram } from './program.ts'

const example = new URL('../../../examples/github-helpdesk', import.meta.url).pathname
const root = 'apiVersion: bridgekeeper.dev/v1\nkind: Workspace\nmetadata: { name: test }\nspec: {}\n'

async function run(cwd: string, ...args: string[]): Promise<{ out: string; notes: string; exitCode: number }> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const io = createIo({ stdout, stderr, stdin }, {}, cwd)
  await (await createProgram(io)).parseAsync(['workspace', ...args], { from: 'user' })
  stdout.end()
  stderr.end()
  return { out: await text(stdout), notes: await text(stderr), exitCode: io.exitCode }
}

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'workspace-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [file, content] of Object.entries({ 'bridgekeeper.yaml': root, ...files })) await writeFile(join(folder, file), content)
  return folder
}

const broken =
  'apiVersion: bridgekeeper.dev/v1\nkind: Organization\nmetadata: { name: acme }\nspec:\n  business: Product # ours\n  website: acme\n'

describe('workspace check', () => {
  it('of the example finds nothing wrong, counts what it found, and does not wonder at the contracts that its entities name', async () => {
    expect(await run(example, 'check')).toEqual({
      out: 'No problems. 3 organizations, 2 platforms, 1 integration, 1 agreement, 0 plans.\n',
      notes: '',
      exitCode: 0,
    })
  })

  it('shows each problem with its line, what to do and its code, and answers 1', async () => {
    const { out, exitCode } = await run(await folderWith({ 'a.yaml': broken }), 'check')
    expect(exitCode).toBe(1)
    expect(out).toBe(`a.yaml:5:13  business can't be “Product”
    5 |   business: Product # ours
      |             ^
  where  Organization acme › spec › business
  mend   Did you mean product? --fix does it for you.
  code   workspace.word

a.yaml:6:12  website must be a web address with http:// or https://; here it is “acme”
    6 |   website: acme
      |            ^
  where  Organization acme › spec › website
  mend   Write it in full, for example https://example.com/docs.
  code   workspace.value

2 problems in 1 file; --fix mends 1 of them.
`)
  })

  it('--fix mends the files, says what it mended, and shows what is left', async () => {
    const folder = await folderWith({ 'a.yaml': broken })
    const { out, exitCode } = await run(folder, 'check', '--fix')
    expect(exitCode).toBe(1)
    expect(out).toContain("mended a.yaml:5  business can't be “Product”\n")
    expect(out).toContain('1 problem in 1 file.\n')
    expect(await readFile(join(folder, 'a.yaml'), 'utf8')).toBe(broken.replace('Product', 'product'))
  })

  it('--json prints the problems and nothing else', async () => {
    const { out, notes } = await run(await folderWith({ 'a.yaml': broken, 'openapi.yaml': 'openapi: 3.1.0\n' }), 'check', '--json')
    const { problems, ignored } = JSON.parse(out) as { problems: { code: string; line: number; path: string[] }[]; ignored: string[] }
    expect(problems.map(({ code, line, path }) => [code, line, path.join('.')])).toEqual([
      ['workspace.word', 5, 'spec.business'],
      ['workspace.value', 6, 'spec.website'],
    ])
    expect([ignored, notes]).toEqual([['openapi.yaml'], ''])
  })

  it('of another folder is asked for with --workspace', async () => {
    expect((await run('/', 'check', '--workspace', example)).out).toMatch(/^No problems\. 3 organizations/)
  })

  it('outside of a workspace says where it looked and what to do', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nowhere-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await expect(run(folder, 'check')).rejects.toMatchObject({ code: 'workspace.root_missing', message: expect.stringContaining(folder) })
  })
})

describe('workspace schemas', () => {
  it('are written once, and --check answers 1 when one has changed', async () => {
    const folder = await folderWith({})
    expect((await run(folder, 'schemas')).out).toContain('schemas/integration.schema.json   written')
    expect((await run(folder, 'schemas', '--check')).exitCode).toBe(0)
    await writeFile(join(folder, 'schemas/plan.schema.json'), '{}')
    const { out, exitCode } = await run(folder, 'schemas', '--check')
    expect([exitCode, out.includes('schemas/plan.schema.json          stale')]).toEqual([1, true])
    expect(await readFile(join(folder, 'schemas/plan.schema.json'), 'utf8')).toBe('{}')
  })
})

describe('workspace import and export', () => {
  it('shows what it would write, and writes it with --write', async () => {
    const catalog =
      'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: globex }\nspec: { type: organization, children: [] }\n'
    const folder = await folderWith({ 'catalog.yaml': catalog })
    const shown = await run(folder, 'import', 'backstage', 'catalog.yaml')
    expect(shown.out).toContain('new  organizations/globex.yaml\n# Imported from catalog.yaml, Group globex.')
    expect(shown.notes).toContain('Nothing is written yet. Add --write to write these files.')
    expect((await run(folder, 'check')).out).toContain('0 organizations')
    await run(folder, 'import', 'backstage', 'catalog.yaml', '--write')
    expect((await run(folder, 'check')).out).toContain('No problems. 1 organization,')
  })

  it('prints YAML for Backstage and OpenSLO, and writes it with --out', async () => {
    expect((await run(example, 'export', 'backstage')).out).toMatch(/^apiVersion: backstage.io\/v1alpha1\nkind: Group\n/)
    expect((await run(example, 'export', 'openslo')).out).toContain('kind: SLO')
    const folder = await folderWith({})
    expect((await run(folder, 'export', 'backstage', '--out', 'catalog-info.yaml')).out).toBe('')
    expect(await readFile(join(folder, 'catalog-info.yaml'), 'utf8')).toBe('')
  })

  it('prints the fields of Common Paper for one agreement', async () => {
    const { out } = await run(example, 'export', 'common-paper', 'helpdesk-bridgeworks-2026')
    expect((JSON.parse(out) as { fields: { company_name: string } }).fields.company_name).toBe('Helpdesk GmbH')
    await expect(run(example, 'export', 'common-paper')).rejects.toMatchObject({ code: 'workspace.agreement_unknown' })
  })

  it('of a format that nobody has names those that there are', async () => {
    await expect(run(example, 'export', 'excel')).rejects.toThrow('there is no format excel; there are backstage, openslo, common-paper')
    await expect(run(example, 'import', 'excel', 'a.xlsx')).rejects.toThrow('there is no format excel; there are backstage, openslo')
  })
})
