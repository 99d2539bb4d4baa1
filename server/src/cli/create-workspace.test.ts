import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadIntegrationCode, loadWorkspace, writeTypes } from '../workspace/index.ts'
import { createWorkspace } from './create-workspace.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
let parent: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'init-'))
})
afterEach(() => rm(parent, { recursive: true, force: true }))

describe('a new workspace', () => {
  it('is in order: its files, its types, its code', async () => {
    const { folder, files, name } = await createWorkspace(join(parent, 'My Bridge'))
    expect(name).toBe('my-bridge')
    expect(files).toEqual(
      expect.arrayContaining([
        '.gitignore',
        'README.md',
        'bridgekeeper.yaml',
        'generated/shop.ts',
        'integration.test.ts',
        'integration.ts',
        'package.json',
      ]),
    )
    expect(files).not.toContain('gitignore')
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    const { workspace, problems } = await loadWorkspace(folder)
    expect(problems).toEqual([])
    expect(workspace.settings.metadata.name).toBe('my-bridge')
    expect((await writeTypes(workspace, { check: true })).map(({ state }) => state)).toEqual(['unchanged', 'unchanged'])
    expect((await loadIntegrationCode(workspace, 'shop-billing')).flows).toHaveProperty('invoiceOrder')
  })

  it('compiles, and does not when its code leaves its contract', async () => {
    const { folder } = await createWorkspace(join(parent, 'bridge'))
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    const compile = () =>
      spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', folder], { encoding: 'utf8' }).stdout
    expect(compile()).toBe('')
    const file = join(folder, 'integration.ts')
    await writeFile(file, (await readFile(file, 'utf8')).replace("shop.webhook('order.paid')", "shop.webhook('order.payed')"))
    expect(compile()).toContain('order.payed')
  })

  it('uses the checkout that made it, with scripts that name what the server has', async () => {
    const { folder } = await createWorkspace(join(parent, 'bridge'), 'other-name')
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    expect(manifest).toMatchObject({
      name: 'other-name',
      private: true,
      scripts: { start: 'bridgekeeper start --demo', types: 'bridgekeeper types' },
    })
    const { dependencies } = manifest
    expect(resolve(folder, dependencies['@bridgekeeper/sdk'].slice('file:'.length))).toBe(join(root, 'sdk'))
    expect(resolve(folder, dependencies.bridgekeeper.slice('file:'.length))).toBe(join(root, 'server'))
    expect(Object.values({ ...dependencies, ...manifest.devDependencies })).not.toContain('latest')
  })

  it('is written into an empty folder, also one under git', async () => {
    await mkdir(join(parent, 'bridge', '.git'), { recursive: true })
    await expect(createWorkspace(join(parent, 'bridge'))).resolves.toMatchObject({ name: 'bridge' })
  })

  it('never touches what is there', async () => {
    await writeFile(join(parent, 'notes.txt'), 'mine')
    await expect(createWorkspace(parent)).rejects.toMatchObject({
      code: 'init.folder_not_empty',
      message: expect.stringContaining('notes.txt'),
    })
    await expect(createWorkspace(join(parent, 'notes.txt'))).rejects.toMatchObject({ code: 'init.folder_is_file' })
    expect(await readdir(parent)).toEqual(['notes.txt'])
  })

  it.each(['', '-', '7th', 'Ünï', 'a b'])('is not named %j', async (name) => {
    await expect(createWorkspace(join(parent, 'x'), name)).rejects.toMatchObject({ code: 'init.name_unusable' })
    expect(await readdir(parent)).toEqual([])
  })
})
