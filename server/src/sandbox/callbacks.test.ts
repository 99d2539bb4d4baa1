import { afterEach, describe, expect, it } from 'vitest'
import { startSandbox } from './index.ts'
import { clientOf, startReceiver } from './test-client.ts'

const schema = (properties: object) => ({ content: { 'application/json': { schema: { type: 'object', properties } } } })
const planet = { $ref: '#/components/schemas/Planet' }

/** As the OpenAPI specification's own examples write callbacks: one per record made, one per subscription. */
const contract = {
  openapi: '3.1.0',
  info: { title: 'Galaxy', version: '1' },
  components: {
    schemas: {
      Planet: {
        type: 'object',
        required: ['id', 'name'],
        properties: { id: { type: 'integer' }, name: { type: 'string' }, successCallbackUrl: { type: 'string', format: 'uri' } },
      },
    },
  },
  paths: {
    '/planets': {
      get: {
        responses: { 200: { description: 'all', content: { 'application/json': { schema: { type: 'array', items: planet } } } } },
      },
      post: {
        requestBody: schema({ name: { type: 'string' }, successCallbackUrl: { type: 'string' } }),
        responses: { 201: { description: 'made', content: { 'application/json': { schema: planet } } } },
        callbacks: {
          planetCreated: {
            '{$request.body#/successCallbackUrl}': { post: { requestBody: { content: { 'application/json': { schema: planet } } } } },
          },
        },
      },
    },
    '/planets/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
      get: { responses: { 200: { description: 'one', content: { 'application/json': { schema: planet } } } } },
    },
    '/streams': {
      post: {
        parameters: [{ name: 'callbackUrl', in: 'query', required: true, schema: { type: 'string', format: 'uri' } }],
        responses: { 201: { description: 'subscribed', ...schema({ subscriptionId: { type: 'string' } }) } },
        callbacks: {
          onData: {
            '{$request.query.callbackUrl}/data': {
              post: { requestBody: schema({ userData: { type: 'string' } }) },
            },
          },
        },
      },
    },
  },
}

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function start() {
  const [common, own] = [await startReceiver(), await startReceiver()]
  const sign = () => ({ headers: { 'x-signature': 'signed' } })
  const sandbox = await startSandbox({ contract, webhooks: { url: common.url, sign, attempts: 1 } })
  cleanups.push(sandbox.stop, common.stop, own.stop)
  return { sandbox, common, own, call: clientOf(sandbox.url) }
}

describe('callbacks', () => {
  it('go to the address that the call named, signed, with the record that it made', async () => {
    const { sandbox, common, own, call } = await start()
    const made = (await call('POST', '/planets', { name: 'Mars', successCallbackUrl: own.url })).body
    await sandbox.webhooks.settle()
    expect(own.received.map(({ payload, headers }) => [payload, headers['x-signature']])).toEqual([[made, 'signed']])
    expect(common.received).toEqual([])
  })

  it('are not sent by a call that names no address', async () => {
    const { sandbox, call } = await start()
    await call('POST', '/planets', { name: 'Venus' })
    await sandbox.webhooks.settle()
    expect(sandbox.webhooks.deliveries()).toEqual([])
  })

  it('are events that can be sent later, to where the newest subscription said', async () => {
    const { sandbox, own, call } = await start()
    expect(sandbox.webhooks.events).toEqual(['planetCreated', 'onData'])
    await call('POST', `/streams?callbackUrl=${encodeURIComponent(own.url)}`)
    sandbox.webhooks.emit('onData', { userData: 'hello' })
    await sandbox.webhooks.settle()
    expect(own.received.at(-1)!.payload).toMatchObject({ userData: 'hello' })
    expect(own.received).toHaveLength(2)
  })

  it('never reach a stranger that an example names', async () => {
    const { sandbox, call } = await start()
    await call('POST', '/streams?callbackUrl=https%3A%2F%2Fstranger.example')
    await sandbox.webhooks.settle()
    expect(sandbox.webhooks.deliveries()).toMatchObject([{ event: 'onData', state: 'dropped', attempts: 0 }])
    expect(String(sandbox.webhooks.deliveries()[0]!.last)).toContain('https://stranger.example/data is neither on this machine')
  })
})
