import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http'
import { type Span, SpanKind, trace } from '@opentelemetry/api'
import type { Database } from '../database/index.ts'
import { BridgekeeperError, problemDetails } from '../errors/index.ts'
import { contextOf, failSpan, type Log, type Metrics } from '../observation/index.ts'
import { type Acceptance, acceptDelivery, checkContentHeaders } from './accept-delivery.ts'
import { errors } from './errors.ts'
import { createGroupCommit } from './group-commit.ts'
import { createByteBudget, discardRest, readBody } from './read-body.ts'
import type { RecentDeliveries } from './recent-deliveries.ts'
import { type Arrival, type OnAccepted, type Recorded, recordDeliveries } from './record-deliveries.ts'
import { createRefusalSample } from './refusal-sample.ts'
import type { Answer } from './schemes/scheme.ts'
import type { WebhookSource } from './webhook-source.ts'

export interface IngressOptions {
  database: Database
  /** By the name in the URL; asked for every request, so that a reloaded workspace counts at once. */
  source(name: string): WebhookSource | undefined
  onAccepted: OnAccepted
  /** After a commit that stored something: the work it brought can begin. */
  onCommitted?: (() => void) | undefined
  /** Told what was stored, so that it need not be read back when this process works on it, too. */
  recent?: RecentDeliveries | undefined
  metrics: Pick<Metrics, 'deliveries' | 'acceptSeconds' | 'acceptBatchSize'>
  log: Pick<Log, 'warn' | 'error'>
  /** Origin under which senders reach this server, for schemes that sign the URL; else what the Host header says. */
  publicOrigin?: string | undefined
  maxBatchItems?: number | undefined
  /** Deliveries that may wait for their commit; more get 503. Default 10,000. */
  maxWaiting?: number | undefined
  /** Bytes of bodies in memory; more get 503. Default 128 MiB. */
  maxBytesInFlight?: number | undefined
  commitTimeoutMs?: number | undefined
}

export interface Ingress {
  /** Answers requests below `/webhooks/`; false, and nothing touched, for every other path. */
  handle(request: IncomingMessage, response: ServerResponse): boolean
  readonly waiting: number
  /** Refuses what comes from now on with 503 and resolves when everything before is answered. */
  stop(): Promise<void>
}

/** Limits of the HTTP server that ingress needs: a sender that dribbles its body must not hold a connection for ever. */
export const ingressServerOptions: ServerOptions = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
}

const path = /^\/webhooks\/([A-Za-z0-9-]{1,63})(?:\/([A-Za-z0-9._~-]{1,200}))?\/?(?:\?|$)/
const retryAfterSeconds = 5

/** The webhook addresses `/webhooks/<source>` and `/webhooks/<source>/<instance key>` on Node's own HTTP layer. */
export function createIngress(options: IngressOptions): Ingress {
  const { database, metrics, log } = options
  const complain = sparsely(log)
  const group = createGroupCommit<Arrival, Recorded>({
    commit: async (arrivals) => {
      metrics.acceptBatchSize.observe(arrivals.length)
      const recorded = await recordDeliveries(database, arrivals, options.onAccepted)
      options.recent?.add(arrivals.filter((_, at) => recorded[at]!.outcome === 'recorded'))
      options.onCommitted?.()
      return recorded
    },
    isItemsFault,
    onFailure: (error, items) => complain('error', { err: error, items }, 'deliveries could not be stored'),
    bytesOf: ({ body }) => body.byteLength,
    maxBatchItems: options.maxBatchItems,
    maxWaiting: options.maxWaiting,
    commitTimeoutMs: options.commitTimeoutMs,
  })
  const refusals = createRefusalSample(database, (err) => log.warn({ err }, 'a refused delivery could not be sampled'))
  const acceptance = { group, refusals }
  const budget = createByteBudget(options.maxBytesInFlight ?? 128 * 1024 * 1024)

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const startedAt = performance.now()
    const [, name = '', instanceKey = null] = path.exec(request.url ?? '') ?? []
    const source = options.source(name)
    const { outcome, answer } = await traced(request, source, () => receive(request, source, name, instanceKey))
    metrics.deliveries.inc({ source: source?.name ?? 'unknown', outcome })
    metrics.acceptSeconds.observe({ source: source?.name ?? 'unknown' }, (performance.now() - startedAt) / 1000)
    return answer
  }

  async function receive(request: IncomingMessage, source: WebhookSource | undefined, name: string, instanceKey: string | null) {
    let bytes = 0
    try {
      if (source === undefined) throw errors.source_unknown({ source: name })
      if (request.method !== 'POST') throw errors.method_not_allowed({ method: request.method ?? '' })
      checkContentHeaders(source, request.headersDistinct)
      const body = await readBody(request, { source: source.name, maxBytes: source.maxBodyBytes, budget })
      bytes = body.byteLength
      return await accept(request, source, instanceKey, body, acceptance)
    } catch (error) {
      const known = error instanceof BridgekeeperError && error.code.startsWith('webhooks.')
      if (!known || error.code === 'webhooks.store_away') complain('error', { err: error, source: name }, 'a webhook could not be taken')
      return refusal(known ? error : errors.store_away({ reason: 'an unexpected failure' }, error), source)
    } finally {
      budget.give(bytes)
    }
  }

  async function accept(request: IncomingMessage, source: WebhookSource, instanceKey: string | null, body: Buffer, to: Acceptance) {
    const { headersDistinct: headers, method = '', url = '', socket } = request
    const origin = options.publicOrigin ?? `http://${headers.host?.[0] ?? 'localhost'}`
    const received = {
      method,
      url: origin + url,
      headers,
      body,
      receivedAt: new Date(),
      instanceKey,
      remoteAddress: socket.remoteAddress ?? null,
    }
    const { outcome, answer } = await acceptDelivery(source, received, to)
    if (outcome === 'already recorded with other bytes') {
      complain(
        'warn',
        { source: source.name, code: 'webhooks.repeat_differs' },
        "a repeat has other bytes than the first: check where the platform's delivery id stands",
      )
    }
    return { outcome: outcome.replaceAll(' ', '-'), answer }
  }

  return {
    handle(request, response) {
      if (!request.url?.startsWith('/webhooks/')) return false
      const respond = ({ status, headers, body }: Answer) => {
        response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
        discardRest(request)
      }
      answerTo(request)
        .then(respond)
        .catch((err) => {
          log.error({ err }, 'a webhook could not be answered')
          response.destroy()
        })
      return true
    },
    get waiting() {
      return group.waiting
    },
    async stop() {
      await group.stop()
      await refusals.drain()
    },
  }
}

const tracer = trace.getTracer('bridgekeeper.webhooks')

/** Continues the trace of a sender that sends one, so that it can follow its webhook to the other platform. */
function traced<Result extends { outcome: string; answer: Answer }>(
  request: IncomingMessage,
  source: WebhookSource | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  const { traceparent } = request.headers
  const attributes = { 'http.request.method': request.method ?? '', 'bridgekeeper.source': source?.name ?? 'unknown' }
  const parent = contextOf(typeof traceparent === 'string' ? traceparent : undefined)
  return tracer.startActiveSpan(
    `webhook ${source?.name ?? 'unknown'}`,
    { kind: SpanKind.SERVER, attributes },
    parent,
    async (span: Span) => {
      try {
        const result = await work()
        span.setAttributes({ 'http.response.status_code': result.answer.status, 'bridgekeeper.outcome': result.outcome })
        if (result.answer.status >= 500) failSpan(span, result.outcome)
        return result
      } finally {
        span.end()
      }
    },
  )
}

/** At most one line a second: while the database is away every request would write one. */
function sparsely(log: IngressOptions['log']) {
  let quietUntilMs = 0
  return (level: 'warn' | 'error', facts: object, words: string) => {
    if (Date.now() < quietUntilMs) return
    quietUntilMs = Date.now() + 1000
    log[level](facts, words)
  }
}

/** The address that was asked is left out: it may hold the key of an instance. */
function refusal(error: BridgekeeperError, source: WebhookSource | undefined): { outcome: string; answer: Answer } {
  const { code, status } = error
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (status === 503) headers['retry-after'] = String(retryAfterSeconds)
  if (status === 401 && source?.scheme.challenge) headers['www-authenticate'] = source.scheme.challenge
  if (status === 405) headers.allow = 'POST'
  const body = JSON.stringify(problemDetails(error))
  return { outcome: code.slice('webhooks.'.length).replaceAll('_', '-'), answer: { status, headers, body } }
}

/** Data that PostgreSQL cannot take: data exception, integrity violation, program limit exceeded (SQLSTATE classes). */
function isItemsFault(error: unknown): boolean {
  return /^(22|23|54)/.test(String((error as { code?: unknown } | null)?.code ?? ''))
}
