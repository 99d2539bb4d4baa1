import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedServer, startEmbeddedServer, watchOutages } from '../src/database/index.ts'
import { createLog } from '../src/observation/index.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

/** A server of its own, because it is stopped. */
let postgres: EmbeddedServer
let dir: string
let partner: TestPartner
let server: TenantServer
const secret = 'outage-log-secret'

const startPostgres = () => startEmbeddedServer({ dir, settings: { fsync: 'off', log_min_messages: 'fatal' } })

interface Line {
  level: string
  msg: string
  reason?: string
  err?: { stack: string }
  awayMs?: number
}

const seen = (): Line[] =>
  server.lines.map((line) => JSON.parse(line) as Line).filter(({ level }) => level === 'warn' || level === 'error' || level === 'fatal')
const answers = (line: Line) => line.msg.startsWith('the database answers again')

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-outage-'))
  chmodSync(dir, 0o755)
  postgres = await startPostgres()
  partner = await startTestPartner()
  server = await startTenantServer({ url: postgres.url } as Parameters<typeof startTenantServer>[0], partner)
  const key = await makeKey(server, ['admin'])
  await ask(server, key, 'POST', '/webhook-sources/shop/secrets', { secret })
})
afterAll(async () => {
  await server?.stop()
  await partner?.close()
  await postgres?.stop()
  rmSync(dir, { recursive: true, force: true })
})

describe('the log of an outage of the database', () => {
  it('has one line when it begins, one per component without a stack, one when it is over, and the same again at the next one', async () => {
    for (const order of ['first', 'second']) {
      server.lines.length = 0
      expect((await sendWebhook(server, 'shop', secret, { account: 'umbrella', order })).status).toBe(202)
      await untilIdle(server.database)
      await postgres.stop()
      const until = Date.now() + 6_000
      while (Date.now() < until) {
        expect((await sendWebhook(server, 'shop', secret, { account: 'umbrella', order: 'refused' })).status).toBe(503)
        await delay(100)
      }
      postgres = await startPostgres()
      await expect.poll(() => seen().some(answers), { timeout: 10_000 }).toBe(true)
      await delay(1_500)
      const lines = seen()
      expect(lines.filter(({ err }) => err !== undefined)).toEqual([])
      const messages = lines.map(({ msg }) => msg)
      expect(messages.filter((msg) => msg.startsWith('the database does not answer'))).toHaveLength(1)
      expect(lines.filter(answers)).toHaveLength(1)
      expect(lines.find(answers)!.awayMs).toBeGreaterThan(4_000)
      // Either stands for the webhooks: right after a change of a secret all are read again, and then it is this that fails first.
      expect(messages.filter((msg) => ['deliveries could not be stored', 'a webhook could not be taken'].includes(msg))).not.toEqual([])
      expect(messages).toContain('routing failed; trying again')
      expect([...new Set(messages)].toSorted()).toEqual(messages.toSorted())
      expect(lines.filter((line) => !answers(line)).every(({ reason }) => (reason ?? '') !== '')).toBe(true)
    }
    expect((await sendWebhook(server, 'shop', secret, { account: 'umbrella', order: 'after' })).status).toBe(202)
  }, 90_000)

  it('writes what only looks like one whole: a partner that refuses connections while the database answers', async () => {
    const lines: string[] = []
    const { log } = watchOutages(createLog('info', { write: (line: string) => void lines.push(line) }), async () => 1)
    for (let n = 0; n < 2; n += 1)
      log.warn({ err: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), n }, 'a partner could not be asked')
    log.child({ run: 'r' }).info('a child writes as ever')
    await delay(20)
    expect(lines.map((line) => JSON.parse(line) as Line).filter(({ err }) => err?.stack.includes('ECONNREFUSED'))).toHaveLength(2)
    expect(lines).toHaveLength(3)
  })
})
