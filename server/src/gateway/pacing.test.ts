import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { startTestGateway, type TestGateway } from '../../test/test-gateway.ts'
import { type Reply, startTestPartner, type TestPartner } from '../../test/test-partner.ts'
import { Secret } from '../connections/index.ts'

let database: TestDatabase
let partner: TestPartner
let here: TestGateway
let there: TestGateway
let connectionId: string
let platform: string
let tests = 0
const changes: string[] = []

/** Longer than any machine takes for a test: what ends a wait is said, as {@link probeIsDue} does, and never time alone. */
const longMs = 600_000
const circuit = { minimumCalls: 4, windowMs: longMs, firstWaitMs: longMs, longestWaitMs: 2 * longMs, minimumConnections: 2 }

beforeAll(async () => {
  database = await createTestDatabase()
  partner = await startTestPartner()
  // A platform for each test: its circuit remembers the failures of the test before.
  const platforms = Object.fromEntries(Array.from({ length: 50 }, (_, number) => [`platform-${number}`, { baseUrl: partner.url }]))
  const options = { allowedHosts: [partner.host, '127.0.0.1:1'], circuit }
  here = startTestGateway(database, platforms, { ...options, onCircuitChange: ({ key }, state) => changes.push(`${key} ${state}`) })
  there = startTestGateway(database, platforms, options)
})
afterAll(async () => {
  await Promise.all([here?.close(), there?.close()])
  await partner?.close()
  await database?.drop()
})
beforeEach(async () => {
  partner.answer = () => ({})
  partner.seen.length = 0
  changes.length = 0
  platform = `platform-${tests++}`
  connectionId = (await here.connect({ platform })).id
  // Both processes know the connection, as they would under traffic.
  await Promise.all([call(here), call(there)])
  partner.seen.length = 0
})

const call = (process: TestGateway, id = connectionId, evenIfBlocked = false) =>
  process.gateway.call({ platform, connectionId: id, method: 'GET', path: '/x', evenIfBlocked })
const outcome = (process: TestGateway, id = connectionId, evenIfBlocked = false): Promise<string> =>
  call(process, id, evenIfBlocked).then(
    () => 'ok',
    (failure) => failure.kind,
  )
/** What the other process learns, it learns within a poll; on a loaded machine that takes a while. */
const soon = (claim: () => unknown) => vi.waitFor(claim, { timeout: 30_000, interval: 20 })
/** Lets the wait of what is open end, and both processes know. */
const probeIsDue = async () => {
  await database.pool.query('update circuit set retry_at = clock_timestamp()')
  await soon(() => expect([here, there].map((process) => process.gateway.blocked(connectionId))).toEqual([undefined, undefined]))
}

describe('two processes on one database', () => {
  it('both wait when the partner throttles one of them, without a call and until the moment it said', async () => {
    partner.answer = () => ({ status: 429, headers: { 'retry-after': String(longMs / 1_000) } })
    const throttledAt = Date.now()
    expect(await outcome(here)).toBe('throttled')
    const answeredAt = Date.now()
    partner.answer = () => ({})
    await soon(() => expect(there.gateway.blocked(connectionId)).toMatchObject({ kind: 'throttled', key: `connection:${connectionId}` }))
    partner.seen.length = 0
    const thrown = await call(there).catch((failure) => failure)
    expect(thrown).toMatchObject({ kind: 'throttled', key: `connection:${connectionId}` })
    expect(thrown.untilMs).toBeGreaterThanOrEqual(throttledAt + longMs)
    expect(thrown.untilMs).toBeLessThanOrEqual(answeredAt + longMs)
    const { untilMs } = here.gateway.blocked(connectionId)!
    vi.useFakeTimers({ toFake: ['Date'], now: Math.min(untilMs!, thrown.untilMs) - 1 })
    try {
      expect([await outcome(here), await outcome(there)]).toEqual(['throttled', 'throttled'])
      expect(partner.seen).toEqual([])
      vi.setSystemTime(Math.max(untilMs!, thrown.untilMs))
      expect([await outcome(here), await outcome(there)]).toEqual(['ok', 'ok'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('both stop at the last call that a rate limit grants, learned from the answers', async () => {
    let left = 6
    partner.answer = () => {
      left -= 1
      return {
        status: left < 0 ? 429 : 200,
        headers: { 'ratelimit-limit': '6', 'ratelimit-remaining': String(Math.max(0, left)), 'ratelimit-reset': String(longMs / 1_000) },
      }
    }
    const outcomes: string[] = []
    for (let attempt = 0; attempt < 12; attempt += 1) outcomes.push(await outcome(here))
    expect(outcomes).toEqual([...Array(6).fill('ok'), ...Array(6).fill('throttled')])
    await soon(() => expect(there.gateway.blocked(connectionId)).toBeDefined())
    expect(await outcome(there)).toBe('throttled')
    expect(partner.seen).toHaveLength(6)
  })

  it('a person pauses and resumes both; a test call goes out all the same', async () => {
    await here.connections.pause(connectionId, Number.POSITIVE_INFINITY, 'maintenance until further notice')
    await soon(() => expect(there.gateway.blocked(connectionId)).toMatchObject({ untilMs: undefined }))
    for (const process of [here, there]) {
      await expect(call(process)).rejects.toMatchObject({
        kind: 'throttled',
        message: expect.stringContaining('maintenance until further notice'),
      })
    }
    expect(await outcome(there, connectionId, true)).toBe('ok')
    await there.connections.resume(connectionId)
    await soon(async () => expect(await outcome(here)).toBe('ok'))
  })

  it('a resume also forgets a rate limit that was learned', async () => {
    partner.answer = () => ({ status: 429, headers: { 'retry-after': '600' } })
    await outcome(here)
    partner.answer = () => ({})
    await soon(() => expect(here.connections.peek(connectionId)).toMatchObject({ pauseReason: expect.stringContaining('429') }))
    await there.connections.resume(connectionId)
    await soon(async () => expect(await outcome(here)).toBe('ok'))
  })

  it('a credential that is refused three times in a row is no longer tried anywhere, until a new one is entered', async () => {
    partner.answer = ({ headers }) => ({ status: headers.authorization === 'Bearer token-2' ? 200 : 401, body: '{"message":"bad token"}' })
    expect(await outcome(here)).toBe('credential')
    await soon(async () => expect(await there.connections.get(connectionId)).toMatchObject({ state: 'degraded' }))
    await outcome(here)
    await outcome(here)
    await soon(() =>
      expect(there.gateway.blocked(connectionId)).toMatchObject({ kind: 'credential', reason: expect.stringContaining('bad token') }),
    )
    await soon(() => expect(here.gateway.blocked(connectionId)).toMatchObject({ kind: 'credential' }))
    partner.seen.length = 0
    expect([await outcome(here), await outcome(there)]).toEqual(['credential', 'credential'])
    expect(partner.seen).toEqual([])
    await there.connections.replaceSecrets(connectionId, { token: new Secret('token-2') })
    await soon(async () => expect([await outcome(here), await outcome(there)]).toEqual(['ok', 'ok']))
    expect(await here.connections.get(connectionId)).toMatchObject({ state: 'healthy' })
  })

  it('one refusal between successes leaves the connection healthy', async () => {
    for (const status of [401, 200, 401, 200, 401, 200]) {
      partner.answer = () => ({ status })
      await outcome(here)
    }
    await soon(async () => expect(await there.connections.get(connectionId)).toMatchObject({ state: 'healthy' }))
  })
})

describe('the circuit of a connection', () => {
  const break_ = async () => {
    partner.answer = (_, response) => {
      response.socket?.destroy()
      return undefined
    }
    for (let attempt = 0; attempt < circuit.minimumCalls; attempt += 1) expect(await outcome(here)).toBe('retryable')
    await soon(() =>
      expect([here, there].map((process) => process.gateway.blocked(connectionId)?.key)).toEqual(
        Array(2).fill(`circuit:connection:${connectionId}`),
      ),
    )
    partner.seen.length = 0
  }

  it('opens in both processes, lets one caller of both probe, and closes for both', async () => {
    await break_()
    await expect(call(there)).rejects.toMatchObject({
      kind: 'partner-down',
      message: expect.stringContaining('circuit'),
      untilMs: expect.any(Number),
    })
    expect(partner.seen).toEqual([])
    const held = Promise.withResolvers<Reply>()
    partner.answer = () => held.promise
    await probeIsDue()
    const outcomes: string[] = []
    const crowd = Array.from({ length: 20 }, async (_, number) => outcomes.push(await outcome(number % 2 === 0 ? here : there)))
    // Nobody else waits for the one that probes.
    await soon(() => expect(outcomes).toEqual(Array(19).fill('partner-down')))
    expect(partner.seen).toHaveLength(1)
    held.resolve({})
    await Promise.all(crowd)
    expect(outcomes.at(-1)).toBe('ok')
    await soon(async () => expect([await outcome(here), await outcome(there)]).toEqual(['ok', 'ok']))
    expect(changes).toEqual([`connection:${connectionId} open`, `connection:${connectionId} closed`])
  })

  it('waits longer after each probe that fails', async () => {
    await break_()
    await probeIsDue()
    // Who tries for all waits with them: it is no failure of its own.
    await expect(call(there)).rejects.toMatchObject({ kind: 'partner-down', key: `circuit:connection:${connectionId}` })
    await soon(async () => expect(await here.gateway.circuits()).toEqual([expect.objectContaining({ failedProbes: 1 })]))
    const [circuitNow] = await here.gateway.circuits()
    expect(circuitNow!.retryMs - Date.now()).toBeGreaterThan(1.3 * circuit.firstWaitMs)
    await here.gateway.resetCircuit(circuitNow!.key)
    await expect(here.gateway.resetCircuit(circuitNow!.key)).rejects.toMatchObject({ code: 'gateway.circuit_unknown' })
    partner.answer = () => ({})
    await soon(async () => expect(await outcome(there)).toBe('ok'))
  })

  it('survives a caller that dies with its probe: the lease ends and another probes', async () => {
    await break_()
    await database.pool.query(
      "update circuit set probe_id = gen_random_uuid(), probe_until = clock_timestamp() + interval '1 hour', retry_at = clock_timestamp()",
    )
    partner.answer = () => ({})
    expect([await outcome(here), await outcome(there)]).toEqual(['partner-down', 'partner-down'])
    expect(partner.seen).toEqual([])
    await database.pool.query('update circuit set probe_until = clock_timestamp()')
    await soon(async () => expect(await outcome(here)).toBe('ok'))
    await soon(async () => expect(await here.gateway.circuits()).toEqual([]))
  })

  it('does not open for refusals, server errors or throttling: those are answers', async () => {
    for (const status of [400, 404, 500, 500, 500, 500, 500, 500]) {
      partner.answer = () => ({ status })
      await outcome(here)
    }
    expect(await here.gateway.circuits()).toEqual([])
  })
})

describe('the circuit of a platform', () => {
  it('opens when several connections can not reach it, and then stops the healthy ones, too', async () => {
    const others = [await here.connect({ platform }), await here.connect({ platform }), await here.connect({ platform })]
    partner.answer = () => ({ status: 502 })
    for (const other of [...others, ...others]) await outcome(here, other.id)
    await soon(() => expect(there.gateway.blocked(connectionId)).toMatchObject({ key: `circuit:platform:${platform}` }))
    partner.seen.length = 0
    expect(await outcome(there)).toBe('partner-down')
    expect(partner.seen).toEqual([])
    partner.answer = () => ({})
    await probeIsDue()
    expect(await outcome(there)).toBe('ok')
    await soon(async () => expect([await outcome(here), await here.gateway.circuits()]).toEqual(['ok', []]))
  })

  it('stays closed when a customer connects to dead addresses of their own: only these have a circuit', async () => {
    const dead = 'http://127.0.0.1:1'
    const own = await Promise.all([1, 2, 3].map(() => here.connect({ platform, baseUrl: dead })))
    for (let round = 0; round < 2 * circuit.minimumCalls; round += 1) await outcome(here, own[round % own.length]!.id)
    await soon(async () => expect((await here.gateway.circuits()).map(({ key }) => key)).toContain(`platform:${platform}@127.0.0.1:1`))
    expect(here.gateway.blocked(connectionId)).toBeUndefined()
    expect(await outcome(here)).toBe('ok')
    for (const { key } of await here.gateway.circuits()) await here.gateway.resetCircuit(key)
  })
})
