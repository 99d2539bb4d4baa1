import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { startTestGateway, type TestGateway } from '../../test/test-gateway.ts'
import type { GatewayOptions } from './index.ts'

let database: TestDatabase
let server: Server
let certificate: string
let port: number
const seen: { host: string | undefined; traceparent: string | string[] | undefined }[] = []
const started: TestGateway[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  const made = await generate([{ name: 'commonName', value: 'partner.example' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'partner.example' }] },
    ],
  })
  certificate = made.cert
  server = createServer({ key: made.private, cert: made.cert }, (request, response) => {
    seen.push({ host: request.headers.host, traceparent: request.headers.traceparent })
    response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  await Promise.all(started.map((gateway) => gateway.close()))
  server?.close()
  await database?.drop()
})

async function callOver(host: string, options: Partial<GatewayOptions>) {
  const platforms = { helpdesk: { baseUrl: `https://${host}:${port}` } }
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
  const process = startTestGateway(database, platforms, { allowedHosts: [host], resolve, ...options })
  started.push(process)
  const { id } = await process.connect()
  return process.gateway.call({ platform: 'helpdesk', connectionId: id, method: 'GET', path: '/tickets/{id}', pathParameters: { id: 1 } })
}

describe('TLS', () => {
  it('with a certificate that nobody vouches for is a partner that can not be reached', async () => {
    await expect(callOver('partner.example', {})).rejects.toMatchObject({
      kind: 'partner-down',
      message: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/),
    })
  })

  it('is checked against the name, not against the pinned address', async () => {
    const certificateAuthorities = [certificate]
    expect((await callOver('partner.example', { certificateAuthorities })).status).toBe(200)
    expect(seen.at(-1)!.host).toBe(`partner.example:${port}`)
    await expect(callOver('impostor.example', { certificateAuthorities })).rejects.toMatchObject({
      kind: 'partner-down',
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    })
  })
})

describe('traces', () => {
  it('have a client span for each call, whose context travels to the partner', async () => {
    const exporter = new InMemorySpanExporter()
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    provider.register()
    await callOver('partner.example', { certificateAuthorities: [certificate] })
    const [span] = exporter.getFinishedSpans()
    expect(span).toMatchObject({
      name: 'GET /tickets/{id}',
      attributes: {
        'http.request.method': 'GET',
        'url.template': '/tickets/{id}',
        'server.address': 'partner.example',
        'http.response.status_code': 200,
      },
    })
    const { traceId, spanId } = span!.spanContext()
    expect(seen.at(-1)!.traceparent).toBe(`00-${traceId}-${spanId}-01`)
    await provider.shutdown()
  })
})
