import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'

vi.setConfig({ testTimeout: 90_000 })

let database: TestDatabase
const children: ChildProcess[] = []
beforeAll(async () => {
  database = await createTestDatabase()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => database.drop())

const program = join(import.meta.dirname, '../../test/ingress-process.ts')

async function startIngress(env: Record<string, string> = {}): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [program, database.url, 'secret'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  children.push(child)
  const [port] = await once(child.stdout!, 'data')
  return { child, url: `http://127.0.0.1:${String(port).trim()}/webhooks/github` }
}

interface Sent {
  senderId: string
  body: Buffer
}

/** Random bytes, or JSON with repeated keys, odd order and odd spacing. */
function oddBody(): Buffer {
  const noise = randomBytes(Math.floor(Math.random() * 2000))
  return Math.random() < 0.5 ? noise : Buffer.from(`{ "z":1,"a" :"${noise.toString('base64')}",\t"z":${Math.random()} }\n`)
}

async function deliver(agent: Agent, url: string, { senderId, body }: Sent): Promise<{ status: number; deliveryId: string }> {
  const signature = `sha256=${createHmac('sha256', 'secret').update(body).digest('hex')}`
  const headers = {
    'content-type': 'application/json',
    'x-github-delivery': senderId,
    'x-github-event': 'push',
    'x-hub-signature-256': signature,
  }
  const response = await request(url, { method: 'POST', headers, body, dispatcher: agent })
  const answer = (await response.body.json()) as { delivery: string }
  return { status: response.statusCode, deliveryId: answer.delivery }
}

async function storedBodies(): Promise<Map<string, Buffer>> {
  const { rows } = await database.pool.query<{ id: string; body: Buffer }>('select id, body from delivery')
  return new Map(rows.map((row) => [row.id, row.body]))
}

/** Sends from 40 connections until the process is dead; what was acknowledged, and what was not. */
async function loadUntilKilled(url: string, child: ChildProcess, killAfter: number | null) {
  const agent = new Agent({ connections: 40 })
  const acknowledged = new Map<string, Sent>()
  const unanswered: Sent[] = []
  let alive = true
  child.once('exit', () => {
    alive = false
  })
  const client = async () => {
    while (alive) {
      const sent = { senderId: randomUUID(), body: oddBody() }
      try {
        const { status, deliveryId } = await deliver(agent, url, sent)
        if (status === 202) acknowledged.set(deliveryId, sent)
        // Counted in acknowledgements, so that a slow machine has them too; the rest of the moment is left to chance.
        if (acknowledged.size === killAfter) setTimeout(() => child.kill('SIGKILL'), Math.random() * 30)
      } catch {
        unanswered.push(sent)
      }
    }
  }
  await Promise.all(Array.from({ length: 40 }, client))
  await agent.destroy()
  return { acknowledged, unanswered }
}

it.each([
  ['at a random moment', {}, 300],
  ['before the 40th commit', { BRIDGEKEEPER_FAIL_POINT: 'accept.before-commit:40' }, null],
  ['after the 40th commit, before its answers', { BRIDGEKEEPER_FAIL_POINT: 'accept.after-commit:40' }, null],
])('a process killed under load %s loses nothing it acknowledged, byte for byte', async (_, env, killAfter) => {
  const { child, url } = await startIngress(env)
  const { acknowledged, unanswered } = await loadUntilKilled(url, child, killAfter)
  expect(acknowledged.size).toBeGreaterThanOrEqual(39)
  const bodies = await storedBodies()
  for (const [deliveryId, { body }] of acknowledged) expect(bodies.get(deliveryId)).toEqual(body)

  // The senders try again what was not answered: each is stored once, whether its commit had been in time or not.
  const next = await startIngress()
  const agent = new Agent({ connections: 10 })
  for (const sent of unanswered) expect((await deliver(agent, next.url, sent)).status).toBe(202)
  await agent.destroy()
  const all = [...acknowledged.values(), ...unanswered].map(({ senderId }) => senderId)
  const { rows } = await database.pool.query('select count(*), count(distinct sender_id) as ids from delivery where sender_id = any($1)', [
    all,
  ])
  expect(rows[0]).toEqual({ count: String(all.length), ids: String(all.length) })
})

it('the same delivery at once on two processes is stored once, and every sender gets the same answer', async () => {
  const [one, two] = await Promise.all([startIngress(), startIngress()])
  const agent = new Agent({ connections: 60 })
  const deliveries = Array.from({ length: 300 }, () => ({ senderId: randomUUID(), body: oddBody() }))
  const answers = await Promise.all(
    deliveries.map((sent) => Promise.all([deliver(agent, one.url, sent), deliver(agent, two.url, sent), deliver(agent, one.url, sent)])),
  )
  for (const same of answers) {
    expect(same.map(({ status }) => status)).toEqual([202, 202, 202])
    expect(new Set(same.map(({ deliveryId }) => deliveryId)).size).toBe(1)
  }
  const { rows } = await database.pool.query('select count(*) from delivery where sender_id = any($1)', [
    deliveries.map(({ senderId }) => senderId),
  ])
  expect(rows[0].count).toBe('300')
  await agent.destroy()
})

it('ids are in order of arrival and stored in that order by one process', async () => {
  const { url } = await startIngress()
  const agent = new Agent({ connections: 1, pipelining: 1 })
  const ids: string[] = []
  for (let index = 0; index < 50; index += 1)
    ids.push((await deliver(agent, url, { senderId: randomUUID(), body: Buffer.from('{}') })).deliveryId)
  expect([...ids].sort()).toEqual(ids)
  await agent.destroy()
})
