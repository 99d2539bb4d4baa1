import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateKey, parseKeyRing } from '../src/connections/index.ts'
import { recordNotice } from '../src/contracts/notices/queries.ts'
import { addSubscription } from '../src/notifications/subscription.ts'
import { startTestReceiver, type TestReceiver } from '../src/notifications/test-receiver.ts'
import { tellingFailPoints } from '../src/observation/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let receiver: TestReceiver
const key = generateKey(new Date())
beforeAll(async () => {
  ;[database, receiver] = [await createTestDatabase(), await startTestReceiver()]
  const wanted = { organization: 'quill', name: 'hook', url: receiver.url, kinds: [], createdBy: 'test' }
  await addSubscription(database, parseKeyRing(key, 'test'), wanted)
})
afterAll(async () => {
  await receiver.close()
  await database.drop()
})

const days = ['2026-01-05', '2026-09-03', '2026-11-02', '2026-11-18', '2026-11-25', '2026-11-30', '2026-12-01']

/** @returns the signal that ended it; null: it came to its end */
function run(failPoint: string): Promise<string | null> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'notices-child.ts')], {
    env: {
      ...process.env,
      CHILD_DATABASE_URL: database.url,
      CHILD_DAYS: days.join(','),
      CHILD_KEY_RING: key,
      CHILD_RECEIVER: receiver.host,
      BRIDGEKEEPER_FAIL_POINT: failPoint,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
}

async function findings() {
  const { rows } = await sql<{ kind: string; notices: number; told: number }>`
    select kind, count(distinct data->>'notice')::int as notices, count(*)::int as told
    from notification where organization = 'quill' group by kind order by kind`.execute(database.executor)
  return Object.fromEntries(rows.map(({ kind, notices, told }) => [kind, [notices, told]]))
}

it('what is killed at every named point, in its first and its fifth batch, loses no telling and doubles none, and every copy arrives', async () => {
  const count = 250
  for (let n = 0; n < count; n += 1)
    await database.transaction((tx) =>
      recordNotice(tx, {
        platform: 'meridian-erp',
        identity: `n${n}`,
        rule: 'operation-end-announced',
        place: `GET /n${n}`,
        words: 'Its end is announced.',
        source: 'contract',
        kind: 'removal',
        announcedAt: new Date('2026-01-05T07:00:00Z'),
        effectiveOn: '2026-12-01',
        silent: false,
        evidence: {},
        saidBy: 'the contract',
      }),
    )
  const ended: (string | null)[] = []
  for (const point of tellingFailPoints) for (const nth of [1, 5]) ended.push(await run(`${point}:${nth}`))
  expect(ended).toEqual(ended.map(() => 'SIGKILL'))
  expect(await run('')).toBeNull()
  const { rows: all } = await sql<{ id: string }>`select id from notification where organization = 'quill'`.execute(database.executor)
  const arrived = new Set(receiver.received.map(({ headers }) => headers['webhook-id']))
  expect(all.filter(({ id }) => !arrived.has(id))).toEqual([])
  expect(arrived.size).toBe(all.length)
  // A batch that was sent before its process died is sent again, and says so by its ids.
  expect(receiver.received.length).toBeGreaterThan(all.length)
  expect(receiver.received.length - all.length).toBeLessThanOrEqual(40 * ended.length)
  const found = await findings()
  expect(found['notice.announced']).toEqual([count, count])
  expect(found['notice.effective']).toEqual([count, count])
  expect(found['notice.reminder']![0]).toBe(count)
  const { rows } = await sql<{ doubled: number; stuck: number }>`
    select (select count(*)::int from (select notice_id, step, organization, evidence from contract_notice_step
        where step <> 'reminded' group by 1, 2, 3, 4 having count(*) > 1) d) as doubled,
      (select count(*)::int from contract_notice where state not in ('effective', 'closed')) as stuck`.execute(database.executor)
  expect(rows[0]).toEqual({ doubled: 0, stuck: 0 })
}, 180_000)
