import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { checkKeyRing, generateKey, type KeyRing, parseKeyRing, rotateKeys } from '../connections/index.ts'
import { createLog } from '../observation/index.ts'
import { type NewNotification, tell } from './notification.ts'
import { createNotifier, type Notifier, retryDelaysMs } from './notifier.ts'
import { claimDue, listDeliveries, settle } from './outbox.ts'
import { addSubscription, findSubscription, listSubscriptions, removeSubscription, retryDead } from './subscription.ts'
import { startTestReceiver, type TestReceiver } from './test-receiver.ts'
import { readWebhookUrl } from './webhook-url.ts'

let database: TestDatabase
let receiver: TestReceiver
let clockMs = Date.parse('2026-03-02T08:00:00Z')
const firstKey = generateKey(new Date('2026-01-01'))
const ring = parseKeyRing(firstKey, 'test')
const notifiers: Notifier[] = []
const now = () => new Date(clockMs)
const lines: string[] = []

function notifier(keyRing: KeyRing = ring, allowedHosts = [receiver.host]): Notifier {
  const log = createLog('trace', { write: (line: string) => void lines.push(line) })
  const made = createNotifier({ database, keyRing, log, pools: { allowedHosts }, now })
  notifiers.push(made)
  return made
}

beforeAll(async () => {
  ;[database, receiver] = [await createTestDatabase(), await startTestReceiver()]
})
afterAll(async () => {
  await Promise.all(notifiers.map((one) => one.close()))
  await receiver.close()
  await database.drop()
})
beforeEach(async () => {
  await sql`truncate notification, notification_subscription cascade`.execute(database.executor)
  receiver.received.length = 0
  receiver.answer = () => 204
})

const subscribe = (more: { organization?: string; kinds?: 'notice.announced'[]; url?: string } = {}) =>
  addSubscription(database, ring, { organization: 'acme', name: 'chat', url: receiver.url, kinds: [], createdBy: 'test', ...more })
const say = (key: string, more: Partial<NewNotification> = {}) =>
  tell(
    database.executor,
    [{ organization: 'acme', kind: 'notice.announced', key, title: `Told ${key}.`, data: { n: key }, ...more }],
    now(),
  )

describe('what is sent', () => {
  it('is a webhook as Standard Webhooks signs it, checked by the library of its authors', async () => {
    const { secret } = await subscribe()
    await say('a')
    expect(await notifier().deliverDue()).toBe(1)
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[number]]
    const { Webhook } = await import('standardwebhooks')
    // Its clock is the machine's, ours is the test's.
    const realNow = Date.now
    Date.now = () => clockMs
    try {
      const verified = new Webhook(secret).verify(body, headers as Record<string, string>)
      expect(verified).toMatchObject({ type: 'notice.announced', data: { organization: 'acme', title: 'Told a.', n: 'a' } })
      expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow()
    } finally {
      Date.now = realNow
    }
    const { rows } = await sql<{ id: string }>`select id from notification`.execute(database.executor)
    expect(headers['webhook-id']).toBe(rows[0]!.id)
  })

  it('goes to the subscriptions of its organization that want its kind, to nobody else', async () => {
    await subscribe({ kinds: ['notice.announced'] })
    await subscribe({ organization: 'globex' })
    await say('a')
    await say('b', { kind: 'notice.reminder' })
    await notifier().deliverDue()
    expect(receiver.received.map(({ body }) => JSON.parse(body).data.n)).toEqual(['a'])
  })

  it('is told once however often it is said, and rolls back with what it is about', async () => {
    await subscribe()
    expect([await say('a'), await say('a')]).toEqual([1, 0])
    await database
      .transaction(async (tx) => {
        await tell(tx, [{ organization: 'acme', kind: 'notice.announced', key: 'never', title: 'x', data: {} }], now())
        throw new Error('rolled back')
      })
      .catch(() => {})
    await notifier().deliverDue()
    expect(receiver.received).toHaveLength(1)
  })

  it('comes once from many notifiers at the same time', async () => {
    await subscribe()
    for (let n = 0; n < 60; n += 1) await say(`k${n}`)
    await Promise.all(Array.from({ length: 4 }, () => notifier().deliverDue()))
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(60)
    expect(receiver.received).toHaveLength(60)
  })
})

describe('a receiver that does not take it', () => {
  it('is tried again with the same id after growing pauses, then the copy is dead, and lives again when somebody says so', async () => {
    const { id } = await subscribe()
    await say('a')
    receiver.answer = () => 503
    const one = notifier()
    for (const delayMs of [...retryDelaysMs, 0]) {
      await one.deliverDue()
      await one.deliverDue()
      clockMs += delayMs * 1.11 + 1
    }
    expect(receiver.received).toHaveLength(retryDelaysMs.length + 1)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const query = { organization: 'acme', state: 'dead' as const, limit: 10 }
    expect((await listDeliveries(database.executor, query)).deliveries).toMatchObject([
      { attempts: retryDelaysMs.length + 1, lastStatus: 503, lastError: 'The receiver answered 503.' },
    ])
    expect((await listDeliveries(database.executor, { ...query, organization: 'globex' })).deliveries).toEqual([])
    expect((await listSubscriptions(database.executor, 'acme'))[0]).toMatchObject({ dead: 1, pending: 0 })
    receiver.answer = () => 200
    await expect(retryDead(database.executor, id, 'globex', now())).rejects.toMatchObject({ code: 'notifications.subscription_unknown' })
    expect(await retryDead(database.executor, id, 'acme', now())).toBe(1)
    await one.deliverDue()
    expect((await listDeliveries(database.executor, { ...query, state: 'delivered' })).deliveries).toHaveLength(1)
  })

  it('that is gone for good (410) is given up at once; one that redirects is not followed', async () => {
    await subscribe()
    await say('a')
    receiver.answer = () => 410
    await notifier().deliverDue()
    await say('b')
    receiver.answer = () => 302
    await notifier().deliverDue()
    const { deliveries: found } = await listDeliveries(database.executor, { organization: 'acme', limit: 10 })
    expect(found.map(({ state, lastStatus }) => [state, lastStatus])).toEqual([
      ['pending', 302],
      ['dead', 410],
    ])
    expect(receiver.received).toHaveLength(2)
  })

  it('that hangs up holds up nobody else', async () => {
    await subscribe({ organization: 'globex', url: `http://${receiver.host}/dead` })
    await subscribe()
    for (let n = 0; n < 30; n += 1) await say(`g${n}`, { organization: 'globex' })
    await say('a')
    receiver.answer = ({ body }) => (JSON.parse(body).data.organization === 'globex' ? 0 : 204)
    await notifier().deliverDue()
    const { deliveries: delivered } = await listDeliveries(database.executor, { organization: null, state: 'delivered', limit: 10 })
    expect(delivered).toHaveLength(1)
  })

  it('whoever lost the lease can not say how it ended', async () => {
    const { id } = await subscribe()
    await say('a')
    const share = { each: 5, all: 40 }
    const [first] = await claimDue(database.executor, now(), 1_000, share)
    expect(await claimDue(database.executor, now(), 1_000, share)).toEqual([])
    clockMs += 1_001
    const [second] = await claimDue(database.executor, now(), 1_000, share)
    expect([first!.attempts, second!.attempts, second!.id]).toEqual([1, 2, first!.id])
    const ended = (attempts: number, state: 'dead' | 'delivered') => ({
      notificationId: first!.id,
      subscriptionId: id,
      attempts,
      state,
      nextAttemptAt: now(),
      status: null,
      error: null,
    })
    const states = async () =>
      (await listDeliveries(database.executor, { organization: 'acme', limit: 5 })).deliveries.map(({ state }) => state)
    await settle(database.executor, [ended(1, 'dead')], now())
    expect(await states()).toEqual(['pending'])
    await settle(database.executor, [ended(2, 'delivered')], now())
    expect(await states()).toEqual(['delivered'])
  })
})

describe('an address', () => {
  it('on a private network is never called, whether it is given as a number or by a name', async () => {
    const none = () => false
    for (const url of ['https://127.0.0.1/', 'https://[::1]/', 'https://10.0.0.1', 'https://169.254.169.254/latest', 'https://0x7f.1/'])
      expect(() => readWebhookUrl(url, none), url).toThrow(expect.objectContaining({ code: 'notifications.url_refused' }))
    for (const url of ['http://example.com', 'ftp://example.com', 'https://u:p@example.com', 'nothing'])
      expect(() => readWebhookUrl(url, none), url).toThrow(expect.objectContaining({ code: 'notifications.url_refused' }))
    expect(readWebhookUrl('https://example.com/a?b=1#c', none)).toBe('https://example.com/a?b=1')
    const { id } = await subscribe({ url: receiver.url.replace('127.0.0.1', 'localhost') })
    await say('a')
    const strict = notifier(ring, [])
    await strict.deliverDue()
    expect(receiver.received).toEqual([])
    const sent = await strict.test(await findSubscription(database.executor, id, 'acme'))
    expect(sent).toMatchObject({ delivered: false, status: null })
    expect(sent.error).not.toMatch(/127\.0\.0\.1|::1|\d{4,5}/)
  })

  it('that is removed gets nothing more, and its secret is gone', async () => {
    const { id } = await subscribe()
    await say('a')
    await expect(removeSubscription(database, id, 'globex')).rejects.toMatchObject({ status: 404 })
    await removeSubscription(database, id, 'acme')
    await say('b')
    await notifier().deliverDue()
    expect(receiver.received).toEqual([])
    const { rows } = await sql<{ sealed: string | null }>`select sealed from notification_subscription`.execute(database.executor)
    expect(rows).toEqual([{ sealed: null }])
  })
})

it('secrets are sealed at rest, and go on to sign after the key ring was rotated', async () => {
  const { secret } = await subscribe()
  const { rows } = await sql<{ row: string }>`select t::text as row from notification_subscription t`.execute(database.executor)
  expect(rows[0]!.row).not.toContain(secret.slice(6))
  const both = parseKeyRing(`${generateKey(new Date('2026-02-01'))}\n${firstKey}`, 'test')
  expect((await rotateKeys(database, both)).rotated).toBe(1)
  const onlyNew = { ...both, keys: [both.newest], find: (id: string) => (id === both.newest.id ? both.newest : undefined) }
  await checkKeyRing(database, onlyNew)
  await say('a')
  await notifier(onlyNew).deliverDue()
  expect(receiver.received).toHaveLength(1)
  expect(lines.join()).not.toContain(secret.slice(6))
})
