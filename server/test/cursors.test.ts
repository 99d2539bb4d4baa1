import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type FeedItem, feedIntegration, lookBackMs } from './feed-integration.ts'
import type { PartnerServer } from './partner-server.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { auditBridge, installInstance, send, startWholeBridge, tickEachSecond, untilIdle, type WholeBridge } from './whole-bridge.ts'

/** A list of three per page, oldest first, and a place to write what was read; a delivery of its own for the same item would have another key. */
async function startFeed() {
  const items: FeedItem[] = []
  const copied: string[] = []
  const asked: string[] = []
  const keys = new Set<string>()
  const feed = { items, copied, asked, broken: false }
  const server = createServer(async (request, response) => {
    const answer = (body: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (feed.broken) return void answer({ error: 'no list today' }, 422)
    if (request.method === 'GET') {
      const since = new URL(request.url!, 'http://feed').searchParams.get('since')!
      asked.push(since)
      const later = items.filter(({ at }) => Date.parse(at) > Date.parse(since)).sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
      return void answer(later.slice(0, 3))
    }
    let text = ''
    for await (const chunk of request) text += chunk
    const key = request.headers['idempotency-key'] as string
    if (!keys.has(key)) copied.push((JSON.parse(text) as { id: string }).id)
    keys.add(key)
    answer({})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const partner: PartnerServer = {
    url: `http://${host}`,
    host,
    requests: [],
    effects: [],
    fault: () => undefined,
    stop: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return Object.assign(feed, { partner })
}

let database: TestDatabase
let feed: Awaited<ReturnType<typeof startFeed>>
let bridge: WholeBridge | undefined

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
const work = async () => {
  bridge = await startWholeBridge({ database, partner: feed.partner, integrations: [feedIntegration] })
}

async function cursor(): Promise<string | undefined> {
  const { rows } = await sql<{ value: string }>`select value from poll_cursor`.execute(database.executor)
  return rows[0]?.value
}

/** What a cursor has passed without its having been stored. Read in one statement, as a crash at this moment would leave it. */
async function passedButNotStored(): Promise<string[]> {
  const { rows } = await sql<{ value: string; stored: string[] }>`
    select value #>> '{}' as value, array(select sender_id from delivery) as stored from poll_cursor`.execute(database.executor)
  const [found] = rows
  if (!found) return []
  return feed.items.filter(({ id, at }) => Date.parse(at) <= Date.parse(found.value) && !found.stored.includes(id)).map(({ id }) => id)
}

async function startChild(failPoint: string): Promise<{ process: ChildProcess; died: Promise<string | null> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts')], {
    env: {
      ...process.env,
      CHILD_DATABASE_URL: database.url,
      CHILD_PARTNER_HOST: feed.partner.host,
      CHILD_INTEGRATION: 'feed',
      BRIDGEKEEPER_FAIL_POINT: failPoint,
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { process: child, died: new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal))) }
}

beforeAll(async () => {
  database = await createTestDatabase()
  feed = await startFeed()
  const first = await startWholeBridge({ database, partner: feed.partner, integrations: [feedIntegration], runtime: { work: false } })
  await installInstance(first, feed.partner, 'feed', 'ada')
  await first.close()
  // As if it had been installed an hour ago, and no poll had come through since.
  await tickEachSecond(database)
  await sql`update flow_schedule set planned_at = now() - interval '1 hour'`.execute(database.executor)
})
afterEach(async () => {
  await bridge?.close()
  bridge = undefined
})
afterAll(async () => {
  await feed?.partner.stop()
  await database?.drop()
})

describe('a cursor', () => {
  it('starts where its instance was installed, however late the first poll comes through', async () => {
    feed.items.push({ id: 'before', at: minutesAgo(90) }, { id: 'after', at: minutesAgo(50) })
    feed.broken = true
    await work()
    await expect
      .poll(async () => (await sql`select from run where flow = 'poll' and state = 'parked'`.execute(database.executor)).rows.length)
      .toBeGreaterThan(0)
    expect(await cursor()).toBeUndefined()
    feed.broken = false
    await expect.poll(() => feed.copied).toEqual(['after'])
    feed.items.shift()
    expect(Date.parse(feed.asked[0]!)).toBeCloseTo(Date.now() - 60 * 60_000 - lookBackMs, -5)
  })

  it('never passes what is not durably stored, wherever the process dies between a page and its commit', async () => {
    for (const [round, point] of [
      'poll.before-advance:2',
      'journal.before-commit:2',
      'journal.after-commit:2',
      'poll.before-advance',
    ].entries()) {
      for (let n = 0; n < 7; n += 1) feed.items.push({ id: `item-${round}-${n}`, at: minutesAgo(40 - round * 5 - n / 10) })
      const child = await startChild(point)
      const passed: string[] = []
      const watching = (async () => {
        for (; child.process.signalCode === null && child.process.exitCode === null; await delay(5))
          passed.push(...(await passedButNotStored()))
      })()
      const survived = setTimeout(() => child.process.kill('SIGTERM'), 60_000)
      expect(await child.died, point).toBe('SIGKILL')
      clearTimeout(survived)
      await watching
      expect([...passed, ...(await passedButNotStored())], point).toEqual([])
    }
    await work()
    await expect.poll(() => [...feed.copied].sort(), { timeout: 40_000 }).toEqual(feed.items.map(({ id }) => id).sort())
    expect(await auditBridge(database)).toEqual({ duplicateMeters: 0, stuck: 0 })
  }, 300_000)

  it('looks back: what the list shows late is found, what was seen before is dropped, and the cursor does not walk backwards', async () => {
    await work()
    feed.items.push({ id: 'newest', at: minutesAgo(1) })
    await expect.poll(() => feed.copied.at(-1)).toBe('newest')
    const before = await cursor()
    const copiedBefore = feed.copied.length
    feed.items.push({ id: 'late', at: minutesAgo(4) })
    // The newest is gone from the list: a poll sees nothing but older ones.
    feed.items.splice(
      feed.items.findIndex(({ id }) => id === 'newest'),
      1,
    )
    await expect.poll(() => feed.copied.at(-1)).toBe('late')
    const polls = feed.asked.length
    await expect.poll(() => feed.asked.length).toBeGreaterThan(polls + 4)
    await untilIdleOfEvents()
    expect(feed.copied.slice(copiedBefore)).toEqual(['late'])
    expect(await cursor()).toBe(before)
  })

  it('drops from a poll what has come by webhook', async () => {
    await work()
    expect(await send(bridge!.url, 'order.created', { id: 'hooked', account: 'ada', order: 'hooked' }, 'hooked')).toMatchObject({
      status: 202,
    })
    feed.items.push({ id: 'hooked', at: minutesAgo(0.5) }, { id: 'polled', at: minutesAgo(0.4) })
    await expect.poll(() => feed.copied.at(-1)).toBe('polled')
    expect(feed.copied.filter((id) => id === 'hooked')).toHaveLength(1)
  })
})

/** The poll itself comes again each second. */
async function untilIdleOfEvents(): Promise<void> {
  await sql`update flow_schedule set next_at = now() + interval '1 hour'`.execute(database.executor)
  await untilIdle(database)
  await sql`update flow_schedule set next_at = now()`.execute(database.executor)
}
