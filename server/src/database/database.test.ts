import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { notedHome } from './embedded-home.ts'
import {
  hasEmbeddedData,
  leftOverData,
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
    // Else what root starts here would go elsewhere, and stay there.
    chmodSync(dir, 0o755)
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

  it('starts although the lock names a process that is another program now, and leaves that alone', async () => {
    const dir = newFolder()
    const first = await startEmbeddedServer({ dir })
    const lock = join(first.dataDir, 'postmaster.pid')
    const [pid, ...rest] = readFileSync(lock, 'utf8').split('\n')
    process.kill(Number(pid), 'SIGKILL')
    const { uid, gid } = statSync(first.dataDir)
    const stranger = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore', cwd: '/' })
    await once(stranger, 'spawn')
    writeFileSync(lock, [stranger.pid, ...rest].join('\n'))

    const second = await startEmbeddedServer({ dir })
    expect(second.adopted).toBe(false)
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    await second.stop()
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    stranger.kill()
  }, 60_000)

  it('says who uses the data folder when that is a server which is not its own, and does not touch it', async () => {
    const dir = newFolder()
    const own = await startEmbeddedServer({ dir })
    const binary = readlinkSync(`/proc/${readFileSync(join(own.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]}/exe`)
    await own.stop()
    const { uid, gid } = statSync(own.dataDir)
    const foreign = spawn(binary, ['-D', own.dataDir, '-c', 'listen_addresses=', '-c', `unix_socket_directories=${own.dataDir}`], {
      uid,
      gid,
      stdio: 'ignore',
    })
    await expect.poll(() => existsSync(join(own.dataDir, 'postmaster.pid'))).toBe(true)
    await expect(startEmbeddedServer({ dir })).rejects.toMatchObject({
      code: 'database.embedded_in_use',
      message: expect.stringContaining(`process ${foreign.pid}`),
      fix: expect.stringContaining(`kill -INT ${foreign.pid}`),
    })
    expect(foreign.exitCode ?? foreign.signalCode).toBeNull()
    foreign.kill('SIGINT')
    await once(foreign, 'exit')
    const again = await startEmbeddedServer({ dir })
    await again.stop()
  }, 60_000)

  it('is started again with its data when it ends by itself, and not when it was stopped', async () => {
    const heard: string[] = []
    const keepUp = {
      onLost: () => heard.push('lost'),
      onBack: () => heard.push('back'),
      onFailed: () => heard.push('failed'),
      onGivenUp: () => heard.push('given up'),
    }
    const server = await startEmbeddedServer({ dir: newFolder(), keepUp })
    const lock = join(server.dataDir, 'postmaster.pid')
    const database = openDatabase(server.url)
    await database.pool.query('create table kept as select 42 as answer')
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGKILL'] as const) {
      process.kill(Number(readFileSync(lock, 'utf8').split('\n')[0]), signal)
      const before = heard.length
      await expect.poll(() => heard.slice(before), { timeout: 30_000 }).toEqual(['lost', 'back'])
      expect((await database.pool.query('select answer from kept')).rows).toEqual([{ answer: 42 }])
    }
    await database.close()
    await server.stop()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(heard).toHaveLength(6)
    expect(existsSync(lock)).toBe(false)
  }, 90_000)

  it('is given up with the reason when it can not be started again', async () => {
    const heard: string[] = []
    const keepUp = {
      onLost: () => heard.push('lost'),
      onBack: () => heard.push('back'),
      onFailed: (_: unknown, attempt: number, nextMs: number) => heard.push(`failed ${attempt}, next in ${nextMs}`),
      onGivenUp: (error: unknown) => heard.push(`given up: ${(error as { code: string }).code}`),
      attempts: 2,
    }
    const server = await startEmbeddedServer({ dir: newFolder(), keepUp })
    renameSync(join(server.dataDir, 'global'), join(server.dataDir, 'lost'))
    process.kill(Number(readFileSync(join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
    await expect.poll(() => heard, { timeout: 30_000 }).toEqual(['lost', 'failed 1, next in 500', 'given up: database.embedded_failed'])
    await server.stop()
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
      const home = join(server.dataDir, '..')
      expect(hasEmbeddedData(dir)).toBe(true)
      const left = () => leftOverData().filter(({ belongedTo }) => belongedTo === dir)
      expect(left()).toEqual([])
      rmSync(dir, { recursive: true })
      expect(left()).toEqual([{ folder: home, belongedTo: dir }])
      rmSync(home, { recursive: true, force: true })
    },
    60_000,
  )

  it.skipIf(!root)(
    'finds its data again when permissions change, refuses where it would find none, and begins anew in a folder that was removed',
    async () => {
      const outside = newFolder()
      const dir = join(outside, 'inside')
      const homes = new Set<string>()
      const start = async () => {
        const server = await startEmbeddedServer({ dir })
        await server.stop()
        if (!server.dataDir.startsWith(outside)) homes.add(join(server.dataDir, '..'))
        return server.dataDir
      }
      chmodSync(outside, 0o700)
      const elsewhere = await start()
      chmodSync(outside, 0o755)
      expect(await start()).toBe(elsewhere)

      const moved = join(outside, 'moved')
      renameSync(dir, moved)
      expect(notedHome(moved)).toBe(join(elsewhere, '..'))
      renameSync(moved, dir)
      cpSync(dir, join(outside, 'copy'), { recursive: true })
      const copied = await startEmbeddedServer({ dir: join(outside, 'copy') })
      await copied.stop()
      expect(copied.dataDir).toBe(join(outside, 'copy', 'data'))

      rmSync(dir, { recursive: true })
      chmodSync(outside, 0o700)
      expect(await start()).not.toBe(elsewhere)
      expect(leftOverData()).toContainEqual({ folder: join(elsewhere, '..'), belongedTo: dir })

      rmSync(dir, { recursive: true })
      chmodSync(outside, 0o755)
      expect(await start()).toBe(join(dir, 'data'))
      chmodSync(outside, 0o700)
      await expect(start()).rejects.toMatchObject({
        code: 'database.embedded_closed',
        fix: expect.stringContaining(`chmod o+x ${outside}.`),
      })
      for (const home of homes) rmSync(home, { recursive: true, force: true })
    },
    60_000,
  )

  it.skipIf(!root)(
    'runs the data of a user as that user when root starts it, and that user finds it as it was',
    async () => {
      const dir = newFolder()
      const first = await startEmbeddedServer({ dir })
      await first.stop()
      // As if somebody else than root had made it, in a home that the usual user of PostgreSQL can't enter.
      const [uid, gid] = [60_001, 60_001]
      execFileSync('chown', ['-R', `${uid}:${gid}`, dir])
      chmodSync(dir, 0o700)
      const password = readFileSync(join(dir, 'password'), 'utf8')
      const again = await startEmbeddedServer({ dir })
      const pid = readFileSync(join(again.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]!
      expect(statSync(`/proc/${pid}`).uid).toBe(uid)
      await again.stop()
      expect(again.dataDir).toBe(first.dataDir)
      expect(readFileSync(join(dir, 'password'), 'utf8')).toBe(password)
      const rootOwned = execFileSync('find', [dir, '-user', 'root'], { encoding: 'utf8' })
      expect(rootOwned).toBe('')
    },
    60_000,
  )
})

it('shows connection strings without their password', () => {
  expect(withoutPassword('postgresql://ada:secret@db.example:5432/x')).toBe('postgresql://ada@db.example:5432/x')
  expect(withoutPassword('postgres:///x?host=/tmp/pg&port=5433')).toBe('postgres:///x?host=/tmp/pg&port=5433')
  for (const misspelled of [
    'postgres://ada:sec@ret@db.example/x',
    'postgres://ada:sec/ret@db.example/x',
    'postgres://ada:sec#ret@db.example/x',
    'postgres://db.example/x?user=ada&password=secret',
    'host=db.example user=ada password=secret',
    '/tmp/pg x:secret',
    'postgres://ada:secret@[::1:5432/x',
  ])
    expect(withoutPassword(misspelled), misspelled).not.toMatch(/sec|ret/)
})
