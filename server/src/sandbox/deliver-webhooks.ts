import { Agent, request } from 'undici'
import type { Faults } from './faults.ts'
import type { WebhookMessage } from './webhook-events.ts'

/** What a signer is told beside the bytes; `SignOptions` of the webhook schemes are part of it. */
export interface SigningContext {
  id: string
  at: Date
  method: 'POST'
  url: string
  headers: Record<string, string>
}

/** Signs as the platform does. Returns further headers, and other bytes where the signature stands in the body. */
export type SignWebhook = (body: Uint8Array, context: SigningContext) => { headers: Record<string, string>; body?: Uint8Array }

export interface WebhookDelivery {
  id: string
  event: string
  state: 'waiting' | 'delivered' | 'failed' | 'dropped'
  attempts: number
  /** The receiver's last status, or why there was none. */
  last: number | string | undefined
  payload: unknown
}

export interface DeliveryOptions {
  url: string
  sign: SignWebhook
  /** Attempts per message; between them 250 ms, 500 ms, 1 s … up to 30 s. */
  attempts?: number
  /** Messages under way at once. */
  concurrency?: number
  timeoutMs?: number
}

export interface WebhookSender {
  /** @param to a callback's own address; left out: where webhooks go */
  send(message: WebhookMessage, to?: string): void
  /** Keeps a message that must not be sent, with the reason. */
  withhold(message: WebhookMessage, reason: string): void
  /** The newest last. */
  list(): WebhookDelivery[]
  /** Resolves when nothing is waiting or under way. */
  settle(): Promise<void>
  stop(): Promise<void>
}

const kept = 1000

/** Delivers messages as platforms do: at least once, several at a time, repeated with the same id until a 2xx. */
export function createWebhookSender(options: DeliveryOptions, faults: Faults): WebhookSender {
  const { sign, attempts = 6, concurrency = 8, timeoutMs = 15_000 } = options
  const agent = new Agent({ connections: concurrency, keepAliveTimeout: 10_000 })
  const stopped = new AbortController()
  const queue: (() => Promise<void>)[] = []
  const timers = new Set<NodeJS.Timeout>()
  let deliveries: WebhookDelivery[] = []
  let underWay = 0
  let idle: (() => void)[] = []

  const checkIdle = () => {
    if (underWay > 0 || queue.length > 0 || timers.size > 0) return
    for (const resolve of idle) resolve()
    idle = []
  }
  const pump = () => {
    while (underWay < concurrency && queue.length > 0) {
      underWay++
      void queue.shift()!().finally(() => {
        underWay--
        pump()
        checkIdle()
      })
    }
  }
  const enqueue = (work: () => Promise<void>, afterMs: number) => {
    if (stopped.signal.aborted) return
    const begin = () => {
      queue.push(work)
      pump()
    }
    if (afterMs === 0) return begin()
    const timer = setTimeout(() => {
      timers.delete(timer)
      begin()
    }, afterMs)
    timers.add(timer)
  }

  const attempt = async (message: WebhookMessage, delivery: WebhookDelivery, body: Buffer, url: string): Promise<void> => {
    delivery.attempts++
    const headers = { 'content-type': 'application/json', ...message.headers }
    try {
      const signed = sign(body, { id: message.id, at: new Date(), method: 'POST', url, headers })
      const answer = await request(url, {
        method: 'POST',
        headers: { ...headers, ...signed.headers },
        body: signed.body ?? body,
        dispatcher: agent,
        signal: stopped.signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      })
      await answer.body.dump()
      delivery.last = answer.statusCode
    } catch (cause) {
      delivery.last = (cause as Error).message
    }
    if (typeof delivery.last === 'number' && delivery.last >= 200 && delivery.last < 300) delivery.state = 'delivered'
    else if (delivery.attempts >= attempts || stopped.signal.aborted) delivery.state = 'failed'
    else enqueue(() => attempt(message, delivery, body, url), Math.min(30_000, 250 * 2 ** (delivery.attempts - 1)))
  }

  const keep = (message: WebhookMessage, state: WebhookDelivery['state'], last?: string): WebhookDelivery => {
    const { id, event, payload } = message
    const delivery: WebhookDelivery = { id, event, state, attempts: 0, last, payload }
    deliveries.push(delivery)
    if (deliveries.length > 2 * kept) deliveries = deliveries.slice(-kept)
    return delivery
  }

  return {
    send(message, to = options.url) {
      const struck = faults.isQuiet ? [] : faults.strikeWebhook(message.event)
      const dropped = struck.some((fault) => fault.kind === 'webhook-drop')
      const copies = 1 + struck.filter((fault) => fault.kind === 'webhook-duplicate').length
      const delayMs = struck.reduce((sum, fault) => sum + (fault.kind === 'webhook-delay' ? fault.ms : 0), 0)
      const body = Buffer.from(JSON.stringify(message.payload))
      for (let i = 0; i < copies; i++) {
        const delivery = keep(message, dropped ? 'dropped' : 'waiting')
        if (!dropped) enqueue(() => attempt(message, delivery, body, to), delayMs)
      }
    },
    withhold: (message, reason) => void keep(message, 'dropped', reason),
    list: () => deliveries.slice(-kept),
    settle: () =>
      new Promise((resolve) => {
        idle.push(resolve)
        checkIdle()
      }),
    async stop() {
      stopped.abort(new Error('the sandbox was stopped'))
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      queue.length = 0
      await agent.destroy()
      checkIdle()
    },
  }
}
