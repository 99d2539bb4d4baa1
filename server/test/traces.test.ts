import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { trace } from '@opentelemetry/api'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLog, startTraces, type Traces } from '../src/observation/index.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestPartner, type TestPartner } from './test-partner.ts'
import { ask, makeKey, sendWebhook, startTenantServer, type TenantServer } from './two-tenants-server.ts'
import { untilIdle } from './whole-bridge.ts'

interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  status?: { code?: number }
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[]
}

const sender = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const spans: OtlpSpan[] = []
const services = new Set<string | undefined>()
let collector: Server
let traces: Traces | undefined
let database: TestDatabase
let partner: TestPartner
let server: TenantServer

beforeAll(async () => {
  collector = await startCollector()
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
  // The exporter reads the address from the process, as OpenTelemetry defines it.
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint
  process.env.OTEL_BSP_SCHEDULE_DELAY = '200'
  traces = await startTraces(process.env, '0.0.0')
  database = await createTestDatabase()
  partner = await startTestPartner()
  server = await startTenantServer(database, partner)
  const key = await makeKey(server, ['admin'])
  const facts = { organization: 'acme', customer: 'umbrella', name: 'main' }
  const connection = await ask(server, key, 'POST', '/connections', { ...facts, platform: 'crm', secrets: { token: 'token' } })
  const connections = { crm: connection.json.id }
  await ask(server, key, 'POST', '/instances', { ...facts, integration: 'shop-crm', connections, accounts: { shop: ['umbrella'] } })
  await ask(server, key, 'POST', '/webhook-sources/shop/secrets', { secret: 'secret of the shop' })
})
afterAll(async () => {
  await server?.stop()
  await traces?.stop()
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT
  trace.disable()
  collector?.close()
  await partner?.close()
  await database?.drop()
})

/** What a collector does: takes OTLP as JSON over HTTP. */
async function startCollector(): Promise<Server> {
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    for (const { resource, scopeSpans } of JSON.parse(Buffer.concat(chunks).toString()).resourceSpans) {
      const name = resource.attributes.find((attribute: { key: string }) => attribute.key === 'service.name')
      services.add(name?.value.stringValue)
      for (const scope of scopeSpans) spans.push(...scope.spans)
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  return receiver
}

async function spansOf(order: string, headers: Record<string, string>, wanted: number): Promise<OtlpSpan[]> {
  const before = spans.length
  const sent = await sendWebhook(server, 'shop', 'secret of the shop', { account: 'umbrella', order }, headers)
  expect(sent.status).toBe(202)
  await untilIdle(database)
  await expect.poll(() => spans.length - before, { timeout: 15_000 }).toBeGreaterThanOrEqual(wanted)
  return spans.slice(before)
}

const named = (list: readonly OtlpSpan[], name: string) => list.find((span) => span.name === name)!
const kinds = { server: 2, client: 3, consumer: 5 }

it('one trace reaches from the sender through webhook and run to the partner', async () => {
  const traceparent = `00-${sender.traceId}-${sender.spanId}-01`
  const seen = await spansOf('o-1', { traceparent, 'bridgekeeper-traceparent': `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` }, 3)
  const [webhook, run, call] = ['webhook shop', 'run shop-crm/sync', 'POST /orders'].map((name) => named(seen, name))
  expect([webhook!.kind, run!.kind, call!.kind]).toEqual([kinds.server, kinds.consumer, kinds.client])
  expect(new Set([webhook, run, call].map((span) => span!.traceId))).toEqual(new Set([sender.traceId]))
  expect([webhook!.parentSpanId, run!.parentSpanId, call!.parentSpanId]).toEqual([sender.spanId, webhook!.spanId, run!.spanId])
  // And on at the partner.
  expect(partner.seen.at(-1)!.headers.traceparent).toBe(`00-${sender.traceId}-${call!.spanId}-01`)
  expect([...services]).toEqual(['bridgekeeper'])
})

it('a webhook without a trace begins one of its own, and a failed call marks its span and that of its run', async () => {
  partner.answer = () => ({ status: 422 })
  const seen = await spansOf('o-2', {}, 3)
  const [webhook, run, call] = ['webhook shop', 'run shop-crm/sync', 'POST /orders'].map((name) => named(seen, name))
  expect(webhook!.traceId).not.toBe(sender.traceId)
  expect(webhook!.parentSpanId ?? '').toBe('')
  expect(call!.traceId).toBe(webhook!.traceId)
  expect([webhook, run, call].map((span) => span!.status?.code ?? 0)).toEqual([0, 2, 2])
  const type = run!.attributes.find((attribute) => attribute.key === 'error.type')
  expect(type?.value.stringValue).toBe('customer-data')
})

it('a sender that is not sampled is not, and a nonsense header does no harm', async () => {
  const before = spans.length
  for (const traceparent of [`00-${sender.traceId}-${sender.spanId}-00`, 'nonsense']) {
    const sent = await sendWebhook(server, 'shop', 'secret of the shop', { account: 'nobody', order: 'o-3' }, { traceparent })
    expect(sent.status).toBe(202)
  }
  await expect.poll(() => spans.length - before, { timeout: 15_000 }).toBe(1)
  expect(spans.at(-1)!.traceId).not.toBe(sender.traceId)
  const { rows } = await sql<{ own: number }>`
    select count(*)::int as own from delivery where headers ? 'bridgekeeper-traceparent'`.execute(database.executor)
  expect(rows[0]!.own).toBeGreaterThanOrEqual(3)
})

it('a log line carries the ids of the span it was written in', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line: string) => void lines.push(line) })
  log.info('outside')
  trace.getTracer('test').startActiveSpan('inside', (span) => {
    log.info('inside')
    span.end()
    const { traceId, spanId } = span.spanContext()
    expect(JSON.parse(lines[1]!)).toMatchObject({ msg: 'inside', trace_id: traceId, span_id: spanId })
  })
  expect(JSON.parse(lines[0]!)).not.toHaveProperty('trace_id')
})

it('nothing is loaded and nothing is sent where no collector is named', async () => {
  expect(await startTraces({}, '0.0.0')).toBeUndefined()
})
