import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pollFailPoints } from '../src/observation/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'

/** Longer than any of this takes: who waits for its end ends it. */
const leaseMs = 600_000
let database: TestDatabase
let partner: TestPartner
let paths: string[]

const document = () =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Shop', version: String(paths.length) },
    paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: { 200: { description: 'ok' } } } }])),
  })

beforeAll(async () => {
  ;[database, partner] = [await createTestDatabase(), await startTestPartner()]
  partner.answer = () => ({ body: document() })
})
afterAll(async () => {
  await partner.close()
  await database.drop()
})

/** @returns the signal that ended it */
function poll(failPoint = ''): Promise<string | null> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'poll-crash-child.ts')], {
    env: {
      ...process.env,
      CHILD_DATABASE_URL: database.url,
      CHILD_PARTNER_HOST: partner.host,
      CHILD_LEASE_MS: String(leaseMs),
      BRIDGEKEEPER_FAIL_POINT: failPoint,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
}

const endLease = () => sql`update contract_source set leased_until = now() where lease is not null`.execute(database.executor)
const isDue = () => sql`update contract_source set next_read_at = now()`.execute(database.executor)

async function state() {
  const { rows } = await sql<{ versions: string[]; notices: string[]; leased: number; failures: number; outcome: string }>`
    select (select array_agg(label || ' ' || state order by id) from contract_version) as versions,
      (select array_agg(place order by place) from contract_notice) as notices,
      (select count(*)::int from contract_source where lease is not null and leased_until > now()) as leased,
      (select failures from contract_source) as failures, (select last_outcome from contract_source) as outcome`.execute(database.executor)
  return rows[0]!
}

describe('a poll that is killed', () => {
  it('at every named point loses nothing and tells nothing twice, and the next process reads when the lease is over', async () => {
    await sql`insert into contract_source (platform, url) values ('shop', ${`${partner.url}/openapi.json`})`.execute(database.executor)
    paths = Array.from({ length: 20 }, (_, n) => `/p${n}`)
    expect(await poll()).toBeNull()
    const versions = ['20 published']
    const notices: string[] = []
    for (const point of pollFailPoints) {
      const [gone] = paths.splice(0, 1)
      versions.push(`${paths.length} published`)
      notices.push(`GET ${gone}`)
      await isDue()
      expect(await poll(point), point).toBe('SIGKILL')
      // What a dead process holds nobody reads; what it has committed stays.
      const kept = point === 'poll.after-commit'
      expect(await state(), point).toMatchObject({
        versions: kept ? versions : versions.slice(0, -1),
        leased: kept ? 0 : 1,
      })
      if (!kept) expect(await poll()).toBeNull()
      expect((await state()).versions, `${point}, while the lease holds`).toEqual(kept ? versions : versions.slice(0, -1))
      await endLease()
      await isDue()
      expect(await poll()).toBeNull()
      expect(await state(), point).toEqual({
        versions,
        notices: [...notices].sort(),
        leased: 0,
        failures: 0,
        outcome: kept ? 'unchanged' : 'published',
      })
    }
  }, 300_000)

  it('at random moments, many at a time, keeps the same promise', async () => {
    for (let round = 0; round < 4; round += 1) {
      paths.splice(0, 1)
      await endLease()
      await isDue()
      const points = ['', ...pollFailPoints]
      await Promise.all([0, 1, 2].map((n) => poll(points[(round + n) % points.length])))
    }
    await endLease()
    await isDue()
    await poll()
    const { versions, notices } = await state()
    expect(new Set(versions).size).toBe(versions.length)
    expect(versions.at(-1)).toBe(`${paths.length} published`)
    expect(notices).toHaveLength(20 - paths.length)
  }, 300_000)
})
