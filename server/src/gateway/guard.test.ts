import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseAllowedHosts } from './allowed-hosts.ts'
import { exchange } from './exchange.ts'
import type { ResolvedAddress } from './guarded-connector.ts'
import { createPools } from './pools.ts'

let server: Server
let port: number
let connections = 0

/** Stands for a service in the operator's network: a single connection to it is a success of the attack. */
beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\ninternal')
    socket.on('error', () => {})
  })
  server.listen({ port: 0, host: '::', ipv6Only: false })
  await once(server, 'listening')
  port = (server.address() as { port: number }).port
})
afterAll(() => server?.close())
beforeEach(() => {
  connections = 0
})

const v4 = (address: string): ResolvedAddress => ({ address, family: 4 })
const v6 = (address: string): ResolvedAddress => ({ address, family: 6 })

async function attempt(url: string, options: { allowedHosts?: string[]; answers?: ResolvedAddress[][] } = {}) {
  const answers = options.answers ?? []
  let asked = 0
  const pools = createPools({
    connectTimeoutMs: 1_000,
    allowedHosts: options.allowedHosts ?? [],
    ...(options.answers ? { resolve: async () => answers[Math.min(asked++, answers.length - 1)]! } : {}),
  })
  const { origin, pathname } = new URL(url)
  const request = { origin, path: pathname, method: 'GET', headers: {}, body: null }
  const result = await exchange(pools.dispatcher, request, { timeoutMs: 2_000, maxResponseBytes: 1_000 })
  await pools.close()
  return { result, asked }
}
const codeOf = async (url: string, options?: Parameters<typeof attempt>[1]) => {
  const { result } = await attempt(url, options)
  return result.answered ? 'answered' : (result.error as { code?: string }).code
}

describe('the guard', () => {
  it.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://2130706433',
    'http://0177.0.0.1',
    'http://0x7f.0.0.1',
    'http://0x7f000001',
    'http://127.0.0.1.',
    'http://0',
    'http://0.0.0.0',
    'http://[::1]',
    'http://[::]',
    'http://[0:0:0:0:0:0:0:1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[::127.0.0.1]',
    'http://[64:ff9b::7f00:1]',
    'http://[2002:7f00:1::]',
    'http://①②⑦.⓪.⓪.①',
    'http://127。0。0。1',
    'http://localhost',
    'http://LOCALHOST',
    'http://169.254.169.254',
    'http://[fd00:ec2::254]',
    'http://10.0.0.1',
    'http://192.168.0.1',
  ])('refuses %s before a socket is opened', async (host) => {
    expect(await codeOf(`${host}:${port}/latest/meta-data/`)).toBe('gateway.address_refused')
    expect(connections).toBe(0)
  })

  it.each([
    ['loopback', [v4('127.0.0.1')]],
    ['a private address among public ones', [v4('93.184.215.14'), v4('10.0.0.1')]],
    ['IPv4 in IPv6', [v6('::ffff:127.0.0.1')]],
    ['cloud metadata', [v4('169.254.169.254')]],
  ])('refuses a name that stands for %s, and does not tell the address', async (_, addresses) => {
    const { result } = await attempt(`http://crm.example:${port}/`, { answers: [addresses] })
    expect(result).toMatchObject({ answered: false, sent: false, error: { code: 'gateway.address_refused' } })
    expect((result as { error: Error }).error.message).toContain('crm.example')
    for (const { address } of addresses) expect(JSON.stringify((result as { error: Error }).error)).not.toContain(address)
    expect(connections).toBe(0)
  })

  it('asks the resolver once per connection, so that a second, different answer gains nothing', async () => {
    const allowed = { allowedHosts: [`crm.example:${port}`] }
    const rebinding = [[v4('127.0.0.1')], [v4('169.254.169.254')]]
    const { result, asked } = await attempt(`http://crm.example:${port}/`, { ...allowed, answers: rebinding })
    expect([result.answered, asked]).toEqual([true, 1])
    expect(await codeOf(`http://crm.example:${port}/`, { ...allowed, answers: [rebinding[1]!] })).toBe('gateway.address_refused')
  })

  it('lets the operator allow private hosts by name, address and port, and nothing beside them', async () => {
    expect(await codeOf(`http://127.0.0.1:${port}/`, { allowedHosts: ['127.0.0.1'] })).toBe('answered')
    expect(await codeOf(`http://127.0.0.1:${port}/`, { allowedHosts: [`127.0.0.1:${port}`] })).toBe('answered')
    expect(await codeOf(`http://[::1]:${port}/`, { allowedHosts: [`[::1]:${port}`] })).toBe('answered')
    expect(await codeOf(`http://localhost:${port}/`, { allowedHosts: ['LocalHost'] })).toBe('answered')
    expect(await codeOf(`http://crm.internal:${port}/`, { allowedHosts: ['crm.internal'], answers: [[v4('127.0.0.1')]] })).toBe('answered')
    connections = 0
    expect(await codeOf(`http://127.0.0.1:${port}/`, { allowedHosts: ['127.0.0.1:1', 'localhost'] })).toBe('gateway.address_refused')
    expect(await codeOf(`http://sub.crm.internal:${port}/`, { allowedHosts: ['crm.internal'], answers: [[v4('127.0.0.1')]] })).toBe(
      'gateway.address_refused',
    )
    expect(connections).toBe(0)
  })

  it('keeps cloud metadata closed even behind an allowed name', async () => {
    expect(await codeOf('http://crm.internal/', { allowedHosts: ['crm.internal'], answers: [[v4('169.254.169.254')]] })).toBe(
      'gateway.address_refused',
    )
  })

  it('gains an attacker nothing by a final dot', async () => {
    // Some resolvers know "localhost.", others do not; none may lead to a socket.
    expect(await codeOf(`http://localhost.:${port}/`)).toMatch(/^(gateway.address_refused|ENOTFOUND)$/)
    expect(await codeOf(`http://crm.example.:${port}/`, { answers: [[v4('127.0.0.1')]] })).toBe('gateway.address_refused')
    expect(connections).toBe(0)
  })

  it('says that a name without addresses is the partner that can not be found', async () => {
    expect(await codeOf('http://gone.example/', { answers: [[]] })).toBe('ENOTFOUND')
  })
})

describe('the list of allowed hosts', () => {
  it.each(['', 'http://a', 'a/b', 'a b', 'user@a', 'a:99999', '::1'])('refuses %j', (host) => {
    expect(() => parseAllowedHosts([host])).toThrow(expect.objectContaining({ code: 'gateway.allowed_host_malformed' }))
  })

  it('knows the default ports', () => {
    const allows = parseAllowedHosts(['a:80', 'b:443'])
    expect([allows('a', '', 'http:'), allows('a', '', 'https:'), allows('b', '', 'https:'), allows('b', '80', 'http:')]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })
})
