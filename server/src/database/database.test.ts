import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import {
  migrate,
  openDatabase,
  readMigrations,
  startEmbeddedServer,
  uuidv7,
  uuidv7Floor,
  uuidv7Timestamp,
  withoutPassword,
} from './index.ts'

describe('uuidv7', () => {
  it('sorts in the order in which ids were made, also within a millisecond and when the clock steps back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_050 }), { minLength: 2, maxLength: 5_000 }), (clock) => {
        const ids = clock.map((nowMs) => uuidv7(nowMs))
        expect([...ids].sort()).toEqual(ids)
        expect(new Set(ids).size).toBe(ids.length)
      }),
      { numRuns: 30 },
    )
  })

  it('is not below the floor of its moment and carries its timestamp', () => {
    const now = Date.now() + 1_000_000
    const id = uuidv7(now)
    expect(id >= uuidv7Floor(now)).toBe(true)
    expect(id < uuidv7Floor(now + 1)).toBe(true)
    expect(uuidv7Timestamp(id)).toBe(now)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('migrate', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  it('finds nothing to do on a migrated database', async () => {
    expect(await migrate(database)).toEqual([])
  })

  it('refuses a migration whose text was changed after it had been applied', async () => {
    const extra = { name: '9998-extra', text: 'create table extra (id int)' }
    expect(await migrate(database, [...readMigrations(), extra])).toEqual(['9998-extra'])
    await expect(migrate(database, [...readMigrations(), { ...extra, text: 'create table extra (id bigint)' }])).rejects.toMatchObject({
      code: 'database.migration_changed',
    })
    await expect(migrate(database)).rejects.toMatchObject({ code: 'database.schema_newer' })
  })

  it('applies nothing of a run in which one migration fails', async () => {
    const other = await createTestDatabase()
    const good = { name: '9998-good', text: 'create table good (id int)' }
    const bad = { name: '9999-bad', text: 'create table bad (id nonsense)' }
    await expect(migrate(other, [...readMigrations(), good, bad])).rejects.toThrow('nonsense')
    const { rows } = await other.pool.query("select to_regclass('good') as good")
    expect(rows[0].good).toBeNull()
    await other.drop()
  })
})

describe('the embedded server', () => {
  const root = process.getuid?.() === 0
  const made: string[] = []
  afterAll(() => {
    for (const dir of made) rmSync(dir, { recursive: true, force: true })
  })
  const newFolder = () => {
    const dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-embedded-'))
    made.push(dir)
    return dir
  }

  it('keeps its data over a restart, and clears the lock of a killed server', async () => {
    const dir = newFolder()
    const first = await startEmbeddedServer({ dir })
    const before = openDatabase(first.url)
    await before.pool.query('create table kept as select 42 as answer')
    const pid = Number(readFileSync(join(first.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
    await before.close()
    process.kill(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 300))
    writeFileSync(join(first.dataDir, 'postmaster.pid'), `${process.pid}\n${first.dataDir}\n`)

    const second = await startEmbeddedServer({ dir })
    expect(second.adopted).toBe(false)
    const after = openDatabase(second.url)
    expect((await after.pool.query('select answer from kept')).rows).toEqual([{ answer: 42 }])
    await after.close()
    await second.stop()
  }, 60_000)

  it('takes over a server that a killed program left running', async () => {
    const dir = newFolder()
    const orphan = await startEmbeddedServer({ dir })
    const adopting = await startEmbeddedServer({ dir })
    expect(adopting.adopted).toBe(true)
    await adopting.stop()
    await orphan.stop()
  }, 60_000)

  it.skipIf(!root)(
    'runs as another user when started by root, also from a folder that others cannot enter',
    async () => {
      const closed = newFolder()
      chmodSync(closed, 0o700)
      const dir = join(closed, 'inside')
      mkdirSync(dir)
      const server = await startEmbeddedServer({ dir })
      const pid = readFileSync(join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]!
      const owner = execFileSync('ps', ['-o', 'user=', '-p', pid], { encoding: 'utf8' }).trim()
      expect(owner).not.toBe('root')
      expect(server.dataDir.startsWith(closed)).toBe(false)
      await server.stop()
      rmSync(join(server.dataDir, '..'), { recursive: true, force: true })
    },
    60_000,
  )
})

it('shows connection strings without their password', () => {
  expect(withoutPassword('postgresql://ada:secret@db.example:5432/x')).toBe('postgresql://ada@db.example:5432/x')
})
