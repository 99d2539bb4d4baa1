import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { control } from './control.ts'
import { type RunningSandbox, startSandbox } from './index.ts'
import { createSandbox } from './sandbox.ts'
import { clientOf, helpdeskContract, ticket } from './test-client.ts'

let sandbox: RunningSandbox
let call: ReturnType<typeof clientOf>
const steer = async (method: string, path: string, body?: unknown) => (await call(method, `/__sandbox${path}`, body)).body

beforeAll(async () => {
  sandbox = await startSandbox({ contract: helpdeskContract, logSize: 5 })
  call = clientOf(sandbox.url)
})
afterAll(() => sandbox.stop())

describe('the control API', () => {
  it('shows the state, seeds and resets it', async () => {
    await call('POST', '/tickets', ticket())
    expect((await steer('GET', '/state'))['/tickets']).toHaveLength(1)
    expect(await steer('GET', '/state?path=/customers')).toEqual({})
    expect(await steer('POST', '/seed', { seed: 'a', records: 2 })).toMatchObject({
      made: 12,
      seed: 'a',
      records: { '/tickets': 2, '/customers': 2 },
    })
    expect(await steer('POST', '/reset')).toEqual({ seed: 'a', records: {} })
    expect(await steer('GET', '')).toMatchObject({
      contract: { title: 'Helpdesk API', operations: 21 },
      webhooks: ['ticket.created', 'ticket.updated', 'ticket.closed', 'comment.created'],
    })
  })

  it('switches faults on, shows their hits, and switches them off', async () => {
    const { id } = await steer('POST', '/faults', { kind: 'status', status: 500 })
    expect((await call('GET', '/tickets')).status).toBe(500)
    expect(await steer('GET', '/faults')).toMatchObject([{ id, hits: 1 }])
    expect(await steer('DELETE', `/faults/${id}`)).toEqual({ removed: 1 })
    expect(await steer('DELETE', `/faults/${id}`)).toEqual({ removed: 0 })
    expect((await call('GET', '/tickets')).status).toBe(200)
    expect(await steer('POST', '/faults', { kind: 'nothing' })).toMatchObject({ status: 400, code: 'sandbox.fault_invalid' })
  })

  it('keeps the newest requests, without credentials, and the ledger of effects', async () => {
    for (let i = 0; i < 8; i++)
      await call('POST', '/tickets', ticket({ external_id: `${i}` }), { 'idempotency-key': `k${i}`, 'x-api-key': 'canary-secret' })
    const log = await steer('GET', '/requests')
    expect(log).toHaveLength(5)
    expect(log.at(-1)).toMatchObject({
      method: 'POST',
      operation: 'createTicket',
      status: 201,
      idempotencyKey: 'k7',
      effect: true,
      body: { external_id: '7' },
    })
    expect(JSON.stringify(log)).not.toContain('canary-secret')
    expect(await steer('GET', '/effects')).toMatchObject({ keys: 8, attempts: 8, effects: 8, repeated: { count: 0, keys: [] } })
    expect(await steer('GET', '/effects/k7')).toEqual({ attempts: 1, effects: 1 })
  })

  it('says what it does not know', async () => {
    expect(await steer('GET', '/nonsense')).toMatchObject({ status: 404, code: 'sandbox.control_unknown' })
    expect(await steer('POST', '/seed', { records: -1 })).toMatchObject({ status: 400, code: 'sandbox.control_input_invalid' })
    expect(await steer('POST', '/webhooks', { event: 'ticket.closed' })).toMatchObject({
      status: 409,
      code: 'sandbox.webhooks_not_configured',
    })
  })

  it('refuses web pages, rebound names and other machines', async () => {
    expect((await call('POST', '/__sandbox/reset', undefined, { origin: 'https://evil.example' })).status).toBe(403)
    const rebound = await request(`${sandbox.url}/__sandbox/state`, { headers: { host: 'evil.example' } })
    expect(rebound.statusCode).toBe(403)
    await rebound.body.dump()
    const raw = { method: 'GET', path: '/__sandbox/state', query: '', headers: { host: 'localhost' }, body: Buffer.alloc(0) }
    const away = await control(
      createSandbox({ contract: helpdeskContract }, undefined),
      raw,
      { isLocal: false, token: undefined },
      undefined,
    )
    expect(away.status).toBe(403)
  })

  it('asks for the token when one is set', async () => {
    const guarded = await startSandbox({ contract: helpdeskContract, controlToken: 'sesame' })
    const ask = clientOf(guarded.url)
    expect((await ask('GET', '/__sandbox/state')).status).toBe(403)
    expect((await ask('GET', '/__sandbox/state', undefined, { authorization: 'Bearer wrong!' })).status).toBe(403)
    expect((await ask('GET', '/__sandbox/state', undefined, { authorization: 'Bearer sesame' })).status).toBe(200)
    await guarded.stop()
  })
})

describe('starting', () => {
  it('says when the port is taken, and what is wrong with a contract', async () => {
    await expect(startSandbox({ contract: helpdeskContract, port: sandbox.port })).rejects.toMatchObject({ code: 'sandbox.port_taken' })
    await expect(startSandbox({ contract: '/nowhere/openapi.yaml' })).rejects.toMatchObject({ code: 'sandbox.contract_unreadable' })
    await expect(startSandbox({ contract: { swagger: '2.0' } })).rejects.toMatchObject({
      code: 'sandbox.contract_version_unsupported',
      message: expect.stringContaining('Swagger 2.0'),
    })
  })
})
