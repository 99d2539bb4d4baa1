/** The sender as a process of its own: signed webhooks over keep-alive connections, at a given rate or as fast as they are taken. */
import { createHmac, randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import { webhookSecret } from './bench-integration.ts'

const { URL: url = '', COUNT = '1000', RATE = '0', CONNECTIONS = '64', INSTANCES = '1' } = process.env
const count = Number(COUNT)
const perSecond = Number(RATE)
const instances = Number(INSTANCES)
const pool = new Pool(url, { connections: Number(CONNECTIONS), pipelining: 1 })
const startedAt = performance.now()
let sent = 0
let refused = 0

async function sendOne(at: number): Promise<void> {
  const id = randomUUID()
  const body = JSON.stringify({
    account: `customer-${at % instances}`,
    order: id,
    sentAt: Date.now(),
    lines: [{ sku: 'A-1', quantity: 2 }],
    note: 'x'.repeat(600),
  })
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex')
  const { statusCode, body: answer } = await pool.request({
    method: 'POST',
    path: '/webhooks/shop',
    headers: {
      'content-type': 'application/json',
      'x-event': 'order.created',
      'x-delivery': id,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  })
  await answer.dump()
  if (statusCode !== 202) refused += 1
}

async function lane(): Promise<void> {
  while (sent < count) {
    const at = sent
    sent += 1
    if (perSecond > 0) {
      const dueMs = (at / perSecond) * 1_000 - (performance.now() - startedAt)
      if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs))
    }
    await sendOne(at)
  }
}

await Promise.all(Array.from({ length: Number(CONNECTIONS) }, lane))
console.log(JSON.stringify({ accepted: count - refused, refused, seconds: (performance.now() - startedAt) / 1_000 }))
await pool.close()
