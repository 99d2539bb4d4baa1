import { randomUUID } from 'node:crypto'
import { type KeyRing, openSigningSecret, type Polling, startPolling } from '../connections/index.ts'
import type { Database } from '../database/index.ts'
import { BridgekeeperError } from '../errors/index.ts'
import { type AllowsPrivate, createPools, exchange, type PoolOptions, parseAllowedHosts } from '../gateway/index.ts'
import { failPoint, type Log } from '../observation/index.ts'
import { type Claimed, claimDue, type Settled, settle } from './outbox.ts'

export interface NotifierOptions {
  database: Database
  keyRing: KeyRing
  log: Log
  /** Hosts that may stand for private addresses, and the rest of how sockets are opened. */
  pools?: PoolOptions
  leaseMs?: number
  now?(): Date
}

/** How one sending ended. */
export interface Sent {
  delivered: boolean
  status: number | null
  /** For people; says nothing of the operator's own network. */
  error: string | null
}

export interface Notifier {
  readonly allowsPrivate: AllowsPrivate
  /** Sends what is due now, until nothing is. @returns copies sent, successfully or not */
  deliverDue(): Promise<number>
  /** Sends a signed test to one subscription, once, and stores nothing. */
  test(subscription: { id: string; organization: string; url: string; sealed: string }): Promise<Sent>
  /** Looks again and again until stopped. */
  start(everyMs?: number): Polling
  close(): Promise<void>
}

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
/** After each failure; about three days in all, as Standard Webhooks recommends. After the last the copy is dead. */
export const retryDelaysMs = [
  10 * secondMs,
  minuteMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  6 * hourMs,
  12 * hourMs,
  24 * hourMs,
  24 * hourMs,
]
const limits = { timeoutMs: 15_000, maxResponseBytes: 64 * 1024 }
const share = { each: 5, all: 40 }

/**
 * Sends the outbox to subscriptions as signed webhooks (Standard Webhooks 1.0): at least once, with the notification's id as `webhook-id`, the
 * same on every attempt. Any number of processes may run one.
 */
export function createNotifier(options: NotifierOptions): Notifier {
  const { database, keyRing, log, leaseMs = 2 * minuteMs, now = () => new Date() } = options
  const pools = createPools({ ...options.pools, connectionsPerOrigin: 5 })

  const send = async (to: { id: string; url: string; sealed: string }, id: string, body: string): Promise<Sent & { gone: boolean }> => {
    const url = new URL(to.url)
    const timestamp = String(Math.floor(now().getTime() / 1000))
    const secret = openSigningSecret(keyRing, to.id, to.sealed)
    const signature = secret.hmac('sha256', [`${id}.${timestamp}.`, body], 'base64').toString('base64')
    const answer = await exchange(
      pools.dispatcher,
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'bridgekeeper',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${signature}`,
        },
        body,
      },
      limits,
    )
    if (!answer.answered) return { delivered: false, status: null, error: wordsOf(answer.error), gone: false }
    const { status } = answer
    const delivered = status >= 200 && status < 300
    return { delivered, status, error: delivered ? null : `The receiver answered ${status}.`, gone: status === 410 }
  }

  const deliver = async (copy: Claimed): Promise<Settled> => {
    const { id, subscriptionId, url, sealed, attempts } = copy
    const body = bodyOf(id, copy.kind, copy.toldAt, { organization: copy.organization, title: copy.title, ...copy.data })
    const sent = await send({ id: subscriptionId, url, sealed }, id, body).catch((error: Error) => ({
      delivered: false,
      status: null,
      error: wordsOf(error),
      gone: false,
    }))
    const delay = retryDelaysMs[attempts - 1]
    const state = sent.delivered ? 'delivered' : sent.gone || delay === undefined ? 'dead' : 'pending'
    if (state === 'dead')
      log.warn({ subscription: subscriptionId, notification: id, attempts, status: sent.status }, 'gave a notification up')
    // Many copies that failed together shall not come back together.
    const nextAttemptAt = new Date(now().getTime() + (delay ?? 0) * (0.9 + Math.random() * 0.2))
    return { notificationId: id, subscriptionId, attempts, state, nextAttemptAt, status: sent.status, error: sent.error }
  }

  const deliverDue = async (): Promise<number> => {
    let sent = 0
    for (;;) {
      const claimed = await claimDue(database.executor, now(), leaseMs, share)
      if (claimed.length === 0) return sent
      failPoint('notify.after-claim')
      const settled = await Promise.all(claimed.map(deliver))
      failPoint('notify.after-send')
      await settle(database.executor, settled, now())
      sent += claimed.length
    }
  }

  return {
    allowsPrivate: parseAllowedHosts(options.pools?.allowedHosts ?? []),
    deliverDue,
    async test({ id, organization, url, sealed }) {
      const data = { organization, title: 'This is a test: nothing has happened.' }
      const { gone: _, ...sent } = await send({ id, url, sealed }, randomUUID(), bodyOf(null, 'test', now(), data))
      return sent
    },
    start: (everyMs = 5_000) =>
      startPolling(
        everyMs,
        (err) => log.warn({ err }, 'notifications could not be sent; trying again later'),
        async () => void (await deliverDue()),
      ),
    close: () => pools.close(),
  }
}

function bodyOf(id: string | null, type: string, at: Date, data: Record<string, unknown>): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data: { ...(id === null ? {} : { notification: id }), ...data } })
}

/** The code alone where the text may hold addresses of the operator's network. */
function wordsOf(error: Error): string {
  if (error instanceof BridgekeeperError) return error.message
  const { code } = error as NodeJS.ErrnoException
  return code === 'TIMEOUT' ? 'No answer came in time.' : `The receiver could not be reached${code ? ` (${code})` : ''}.`
}
