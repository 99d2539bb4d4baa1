import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFaults } from './faults.ts'
import { type FaultInput, type RunningSandbox, startSandbox } from './index.ts'
import { clientOf, helpdeskContract, ticket } from './test-client.ts'

let sandbox: RunningSandbox
let call: ReturnType<typeof clientOf>

beforeAll(async () => {
  sandbox = await startSandbox({ contract: helpdeskContract })
  call = clientOf(sandbox.url)
})
afterAll(() => sandbox.stop())
beforeEach(() => {
  sandbox.faults.clear()
  sandbox.state.reset()
})

const key = (name: string) => ({ 'idempotency-key': name })
const count = () => sandbox.state.counts()['/tickets'] ?? 0

describe('faults before the effect', () => {
  it('answers a status, so often as the rule says, and changes nothing', async () => {
    sandbox.faults.add({ kind: 'status', status: 503, retryAfterSec: 7, operation: 'createTicket', times: 2, skip: 1 })
    const answers = []
    for (let i = 0; i < 5; i++) answers.push(await call('POST', '/tickets', ticket()))
    expect(answers.map((answer) => answer.status)).toEqual([201, 503, 503, 201, 201])
    expect(answers[1]!.headers.get('retry-after')).toBe('7')
    expect(answers[1]!.body.code).toBe('sandbox.fault_played')
    expect(count()).toBe(3)
    expect(sandbox.faults.list()[0]).toMatchObject({ matched: 3, hits: 2 })
  })

  it('throttles with 429, Retry-After and the declared rate headers, in the contract’s error shape', async () => {
    sandbox.faults.add({ kind: 'throttle', retryAfterSec: 3 })
    const { status, headers, body } = await call('GET', '/tickets')
    expect([status, headers.get('retry-after'), headers.get('ratelimit-remaining'), headers.get('ratelimit-reset')]).toEqual([
      429,
      '3',
      '0',
      '3',
    ])
    expect(body).toMatchObject({ title: 'Too Many Requests', status: 429 })
  })

  it('limits the rate of a window and tells what is left', async () => {
    sandbox.faults.add({ kind: 'rate-limit', limit: 2, windowSec: 60 })
    const answers = [await call('GET', '/tickets'), await call('GET', '/tickets'), await call('GET', '/tickets')]
    expect(answers.map((answer) => [answer.status, answer.headers.get('ratelimit-remaining')])).toEqual([
      [200, '1'],
      [200, '0'],
      [429, '0'],
    ])
  })

  it('drops the connection', async () => {
    sandbox.faults.add({ kind: 'drop-connection', method: 'post', times: 1 })
    await expect(call('POST', '/tickets', ticket(), key('d'))).rejects.toThrow('fetch failed')
    expect(count()).toBe(0)
    expect(sandbox.effects.of('d')).toEqual({ attempts: 1, effects: 0 })
    expect(sandbox.effects.report().withoutEffect).toEqual({ count: 1, keys: ['d'] })
    expect((await call('POST', '/tickets', ticket(), key('d'))).status).toBe(201)
  })

  it('lets a client wait until it gives up', async () => {
    sandbox.faults.add({ kind: 'timeout', path: '/tickets', times: 1 })
    await expect(fetch(`${sandbox.url}/tickets`, { headers: { 'x-api-key': 'k' }, signal: AbortSignal.timeout(200) })).rejects.toThrow(
      /aborted/,
    )
    expect((await call('GET', '/tickets')).status).toBe(200)
  })

  it('expires one token and lets its successor pass', async () => {
    sandbox.faults.add({ kind: 'token-expired' })
    const refused = await call('GET', '/tickets', undefined, { 'x-api-key': 'old' })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('invalid_token')])
    expect((await call('GET', '/tickets', undefined, { 'x-api-key': 'new' })).status).toBe(200)
    expect((await call('GET', '/tickets', undefined, { 'x-api-key': 'old' })).status).toBe(401)
  })

  it('delays', async () => {
    sandbox.faults.add({ kind: 'latency', ms: 150 })
    const startedAt = performance.now()
    await call('GET', '/tickets')
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145)
  })
})

describe('faults after the effect', () => {
  it.each([{ kind: 'lost-answer' }, { kind: 'timeout', after: 'effect', ms: 50 }] satisfies FaultInput[])(
    '$kind keeps the effect, and the same key then gives its answer without a second one',
    async (fault) => {
      sandbox.faults.add({ ...fault, times: 1 } as FaultInput)
      await expect(call('POST', '/tickets', ticket(), key('l'))).rejects.toThrow('fetch failed')
      expect(count()).toBe(1)
      const again = await call('POST', '/tickets', ticket(), key('l'))
      expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
      expect(count()).toBe(1)
      expect(sandbox.effects.of('l')).toEqual({ attempts: 2, effects: 1 })
    },
  )

  it('malformed JSON breaks the answer and keeps the effect', async () => {
    sandbox.faults.add({ kind: 'malformed-json', times: 1 })
    const broken = await call('POST', '/tickets', ticket())
    expect(broken.status).toBe(201)
    expect(() => JSON.parse(broken.text)).toThrow()
    expect(count()).toBe(1)
  })
})

describe('contract changes', () => {
  const change = (contract: object) => sandbox.faults.add({ kind: 'contract-change', contract } as FaultInput)

  it('remove, rename and retype fields in single answers and in lists, and leave the state alone', async () => {
    const { id } = (await call('POST', '/tickets', ticket())).body
    change({ change: 'remove-field', field: 'priority' })
    change({ change: 'rename-field', field: 'subject', to: 'title' })
    change({ change: 'change-type', field: 'number', to: 'string' })
    change({ change: 'remove-field', field: 'requester.email' })
    const expected = { title: 'Widget creation fails', number: '1', requester: { name: 'Mona' } }
    const one = (await call('GET', `/tickets/${id}`)).body
    const [listed] = (await call('GET', '/tickets')).body.data
    for (const found of [one, listed]) {
      expect(found).toMatchObject(expected)
      expect(Object.keys(found)).not.toContain('priority')
      expect(Object.keys(found)).not.toContain('subject')
    }
    sandbox.faults.clear()
    expect((await call('GET', `/tickets/${id}`)).body).toMatchObject({ priority: 'normal', subject: 'Widget creation fails', number: 1 })
  })

  it('answer a value nobody knew, by pointer too, and refuse one that is gone', async () => {
    change({ change: 'add-enum-value', field: '/data/*/status', to: 'archived' })
    change({ change: 'remove-enum-value', field: 'priority', value: 'urgent', to: 'high' })
    const refused = await call('POST', '/tickets', ticket({ priority: 'urgent' }))
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/priority'])
    expect((await call('POST', '/tickets', ticket({ priority: 'low' }))).body.status).toBe('open')
    expect((await call('GET', '/tickets')).body.data[0].status).toBe('archived')
  })
})

describe('a change of the contract that finds nothing to change', () => {
  it('counts no hit and uses up none of its times, in lists without records, other fields and other values', async () => {
    const rule = { kind: 'contract-change' } as const
    sandbox.faults.add({ ...rule, contract: { change: 'remove-field', field: 'nonsense' } })
    sandbox.faults.add({ ...rule, contract: { change: 'remove-enum-value', field: 'priority', value: 'urgent' } })
    sandbox.faults.add({ ...rule, times: 1, contract: { change: 'remove-field', field: 'priority' } })
    expect((await call('GET', '/tickets')).body.data).toEqual([])
    expect((await call('GET', '/tickets/unknown')).status).toBe(404)
    expect(sandbox.faults.list().map(({ hits }) => hits)).toEqual([0, 0, 0])
    expect((await call('POST', '/tickets', ticket({ priority: 'low' }))).body.priority).toBeUndefined()
    expect((await call('GET', '/tickets')).body.data[0].priority).toBe('low')
    expect((await call('POST', '/tickets', ticket({ priority: 'urgent' }))).status).toBe(422)
    expect(sandbox.faults.list().map(({ hits }) => hits)).toEqual([0, 1, 1])
  })
})

describe('rules', () => {
  it('decide by the seed: the same requests meet the same faults, another seed others', async () => {
    const pattern = (seed: string) => {
      const faults = createFaults(seed)
      faults.add({ kind: 'drop-connection', probability: 0.3 })
      const operation = sandbox.contract.operations[0]!
      return Array.from({ length: 200 }, () => faults.strike({ operation, path: '/x', credential: undefined }).length).join('')
    }
    expect(pattern('a')).toBe(pattern('a'))
    expect(pattern('a')).not.toBe(pattern('b'))
    const hits = [...pattern('a')].filter((each) => each === '1').length
    expect(hits).toBeGreaterThan(35)
    expect(hits).toBeLessThan(85)
  })

  it.each([
    [{ path: '/tickets/{id}' }, [false, true, false]],
    [{ path: '/tickets/*' }, [false, true, false]],
    [{ path: '/tickets/**' }, [false, true, true]],
    [{ operation: 'listTickets' }, [true, false, false]],
    [{ method: 'POST' }, [false, false, false]],
  ])('strike where %j says', async (where, expected) => {
    sandbox.faults.add({ kind: 'status', status: 500, ...where })
    const { id } = { id: 'tkt_1' }
    const found = []
    for (const path of ['/tickets', `/tickets/${id}`, `/tickets/${id}/comments`]) found.push((await call('GET', path)).status === 500)
    expect(found).toEqual(expected)
  })

  it.each([
    [{ kind: 'explode' }, /kind must be one of latency, status.*found explode/],
    [{ kind: 'status' }, /: status is missing\.$/],
    [{ kind: 'status', status: 200 }, /status must be at least 400; found 200/],
    [{ kind: 'latency', ms: 'soon' }, /ms must be of type number; found "soon"/],
    [{ kind: 'latency', ms: 5, colour: 'red' }, /colour is no setting of this kind/],
    [{ kind: 'contract-change', contract: { change: 'add-enum-value', field: 'status' } }, /: contract\.to is missing\.$/],
    [{ kind: 'contract-change', contract: { change: 'vanish' } }, /contract\.change must be one of remove-field, .*found vanish/],
    // Nothing would ever go wrong, and a test would pass because of it.
    [{ kind: 'lost-answer', operation: 'createTickett' }, /no operation createTickett; did you mean createTicket\.$/],
    [{ kind: 'lost-answer', path: '/tickest' }, /no path \/tickest; did you mean \/tickets\.$/],
    [
      { kind: 'lost-answer', method: 'PURGE', path: '/tickets' },
      /no operation of the contract has this operation, method and path together/,
    ],
    [{ kind: 'webhook-drop', event: 'ticket.lost' }, /no event ticket\.lost/],
  ])('refuse %j with the reason', (rule, reason) => {
    expect(() => sandbox.faults.add(rule as never)).toThrow(reason)
  })
})
