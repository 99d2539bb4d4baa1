import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { loadWorkspace } from './load-workspace.ts'
import { writeTypes } from './write-types.ts'

const entity = (kind: string, name: string, spec: object) =>
  stringify({ apiVersion: 'bridgekeeper.dev/v1', kind, metadata: { name }, spec })
const contract = (title: string, webhook = 'note.made') =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title, version: '1' },
    paths: {},
    webhooks: { [webhook]: { post: { requestBody: { content: { 'application/json': { schema: { type: 'string' } } } } } } },
  })

let folder: string
const open = async () => (await loadWorkspace(folder)).workspace

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'types-'))
  await mkdir(join(folder, 'platforms'))
  await writeFile(join(folder, 'bridgekeeper.yaml'), entity('Workspace', 'w', {}))
  await writeFile(
    join(folder, 'platforms', 'shop.yaml'),
    entity('Platform', 'shop', { owner: 'shop', contract: { file: './shop.json', operations: [], webhooks: ['note.made'] } }),
  )
  await writeFile(join(folder, 'platforms', 'desk.yaml'), entity('Platform', 'desk', { owner: 'desk', contract: { file: './desk.yml' } }))
  await writeFile(join(folder, 'platforms', 'closed.yaml'), entity('Platform', 'closed', { owner: 'shop' }))
  await writeFile(join(folder, 'platforms', 'shop.json'), contract('Shop'))
  await writeFile(join(folder, 'platforms', 'desk.yml'), 'openapi: 3.1.0\ninfo: { title: Desk, version: 2026-03-01 }\npaths: {}\n')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the modules of a workspace', () => {
  it('are written for every platform with a contract, and not touched again', async () => {
    const files = ['generated/desk.ts', 'generated/shop.ts']
    expect(await writeTypes(await open())).toEqual(files.map((file) => ({ platform: file.slice(10, 14), file, state: 'written' })))
    expect(await readFile(join(folder, 'generated/shop.ts'), 'utf8')).toMatch(
      /"note.made"[\s\S]*export const shop = definePlatform<paths, webhooks>\('shop'\)/,
    )
    const desk = await readFile(join(folder, 'generated/desk.ts'), 'utf8')
    expect(desk).toContain('from: Desk, 2026-03-01.')
    // A contract without webhooks has no events, not every event.
    expect(desk).toContain('export interface webhooks {}')
    const before = await stat(join(folder, 'generated/shop.ts'))
    expect((await writeTypes(await open())).map(({ state }) => state)).toEqual(['unchanged', 'unchanged'])
    expect((await stat(join(folder, 'generated/shop.ts'))).mtimeMs).toBe(before.mtimeMs)
  })

  it('are stale when the contract moved on, and checking writes nothing', async () => {
    expect((await writeTypes(await open(), { check: true })).map(({ state }) => state)).toEqual(['stale', 'stale'])
    await expect(stat(join(folder, 'generated'))).rejects.toThrow('ENOENT')
    await writeTypes(await open())
    await writeFile(join(folder, 'platforms', 'shop.json'), contract('Shop, revised'))
    expect(await writeTypes(await open(), { check: true })).toEqual([
      { platform: 'desk', file: 'generated/desk.ts', state: 'unchanged' },
      { platform: 'shop', file: 'generated/shop.ts', state: 'stale' },
    ])
    expect(await readFile(join(folder, 'generated/shop.ts'), 'utf8')).not.toContain('revised')
  })

  it.each([
    ['a platform that is not there', { platforms: ['shops'] }, 'types.platform_unknown', 'Did you mean shop?'],
    ['a platform without a contract', { platforms: ['closed'] }, 'types.contract_missing', 'spec.contract.file'],
  ])('refuse %s', async (_what, options, code, fix) => {
    await expect(writeTypes(await open(), options)).rejects.toMatchObject({ code, fix: expect.stringContaining(fix) })
  })

  it.each([
    ['that is missing', undefined],
    ['that is no YAML', 'a: [1'],
    ['that is no contract', '{"a":1}'],
    ['that is Swagger 2', '{"swagger":"2.0"}'],
  ])('refuse a contract %s', async (_what, text) => {
    if (text === undefined) await rm(join(folder, 'platforms', 'shop.json'))
    else await writeFile(join(folder, 'platforms', 'shop.json'), text)
    await expect(writeTypes(await open(), { platforms: ['shop'] })).rejects.toMatchObject({ code: 'types.contract_unreadable' })
  })

  it('name a webhook that the contract lost', async () => {
    await writeFile(join(folder, 'platforms', 'shop.json'), contract('Shop', 'notes.made'))
    await expect(writeTypes(await open())).rejects.toMatchObject({
      code: 'types.webhook_unknown',
      fix: expect.stringContaining('Did you mean notes.made?'),
    })
  })
})
