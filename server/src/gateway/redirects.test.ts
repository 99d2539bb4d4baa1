import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { startTestGateway, type TestGateway } from '../../test/test-gateway.ts'
import { startTestPartner, type TestPartner } from '../../test/test-partner.ts'
import type { GatewayCall } from './index.ts'

let database: TestDatabase
let partner: TestPartner
let stranger: TestPartner
let here: TestGateway
let connectionId: string

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  stranger = await startTestPartner()
  const platforms = { helpdesk: { baseUrl: partner.url, maxRedirects: 2 } }
  // "localhost" is not on the list: it leads to the same servers, but through the guard.
  here = startTestGateway(database, platforms, { allowedHosts: [partner.host, stranger.host] })
  connectionId = (await here.connect()).id
})
afterAll(async () => {
  await here?.close()
  await Promise.all([partner?.close(), stranger?.close()])
  await database?.drop()
})
beforeEach(() => {
  partner.seen.length = 0
  stranger.seen.length = 0
})

const get = (input: Partial<GatewayCall> = {}) =>
  here.gateway.call({
    platform: 'helpdesk',
    connectionId,
    method: 'GET',
    path: '/start',
    headers: { 'x-own': 'private', cookie: 'a=b' },
    ...input,
  })
const redirectTo = (location: string, status = 302) => {
  partner.answer = (seen) => (seen.url === '/start' ? { status, headers: { location } } : { body: '{"arrived":true}' })
}

describe('declared redirects', () => {
  it('keep the credential within the origin', async () => {
    redirectTo('/next?a=1')
    expect((await get()).body).toEqual({ arrived: true })
    expect(partner.seen[1]).toMatchObject({ url: '/next?a=1', headers: { authorization: 'Bearer token-1', 'x-own': 'private' } })
  })

  it('leave the credential and the headers of the flow behind at another origin', async () => {
    redirectTo(`${stranger.url}/file`)
    await get()
    expect(stranger.seen[0]!.url).toBe('/file')
    expect(stranger.seen[0]!.headers).not.toHaveProperty('authorization')
    expect(stranger.seen[0]!.headers).not.toHaveProperty('cookie')
    expect(stranger.seen[0]!.headers).not.toHaveProperty('x-own')
  })

  it('do not bring the credential back after a detour', async () => {
    redirectTo(`${stranger.url}/detour`)
    stranger.answer = () => ({ status: 302, headers: { location: `${partner.url}/back` } })
    await get()
    expect(partner.seen[1]).toMatchObject({ url: '/back' })
    expect(partner.seen[1]!.headers).not.toHaveProperty('authorization')
  })

  it.each([
    ['the metadata service', 'http://169.254.169.254/latest/'],
    ['a decimal loopback address of another port', 'http://2130706433:1/'],
    ['a host that is not allowed', 'http://localhost:1/'],
  ])('to %s are refused by the guard', async (_, location) => {
    redirectTo(location)
    await expect(get()).rejects.toMatchObject({ kind: 'customer-data', cause: { code: 'gateway.address_refused' } })
  })

  it.each(['file:///etc/passwd', 'ftp://example.com/', 'gopher://x/', 'http://user:pw@example.com/', 'http://'])(
    'to %s are not followed',
    async (location) => {
      redirectTo(location)
      await expect(get()).rejects.toMatchObject({ kind: 'bug', status: 302 })
    },
  )

  it('end after the declared number', async () => {
    partner.answer = () => ({ status: 301, headers: { location: '/again' } })
    await expect(get()).rejects.toMatchObject({ status: 301 })
    expect(partner.seen).toHaveLength(3)
  })

  it('are for reads: a write is never sent somewhere else', async () => {
    redirectTo('/next', 307)
    await expect(get({ method: 'POST', body: {} })).rejects.toMatchObject({ status: 307 })
    expect(partner.seen).toHaveLength(1)
  })
})
