import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { uuidv7 } from '../../database/index.ts'
import type { Observation } from '../../gateway/index.ts'
import { compareContracts } from '../compare-contracts.ts'
import { readConsumerContract } from '../impact/consumer-contract.ts'
import { judgeImpact } from '../impact/judge-impact.ts'
import { readContract } from '../read-contract.ts'
import { enumeratedFields } from './enumerated-fields.ts'
import { dropUsageBefore } from './queries.ts'
import { createUsageRecorder, type UsageRecorderOptions } from './recorder.ts'
import { consumerContractOf, usageOf } from './usage-of.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const day0 = Date.parse('2026-10-01T12:00:00Z')
const window = { from: '2026-09-01', until: '2026-12-31' }
const contractText = (types: string[], answer: Record<string, object>) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'pay', version: '1' },
    paths: {
      '/payments': {
        post: {
          requestBody: {
            content: {
              'application/json': {
                schema: { type: 'object', properties: { type: { type: 'string', enum: types }, note: { type: 'string' } } },
              },
            },
          },
          responses: {
            200: { description: 'ok', content: { 'application/json': { schema: { type: 'object', properties: answer } } } },
          },
        },
      },
    },
  })
const fields = { id: { type: 'string' }, link: { type: 'string' }, unused: { type: 'string' } }
const before = () => readContract({ name: 'before', text: contractText(['card', 'neteller'], fields) })

async function recorderOf(options: Partial<UsageRecorderOptions> = {}) {
  const listed = enumeratedFields(await before())
  return createUsageRecorder({
    database,
    enumerated: (_, method, path) => listed(method, path),
    onProblem: (error) => {
      throw error
    },
    now: () => day0,
    ...options,
  })
}

function observed(instanceId: string | undefined, more: Partial<Observation> = {}): Observation {
  return {
    callId: uuidv7(),
    platform: 'pay',
    connectionId: uuidv7(),
    organization: 'acme',
    customer: 'c',
    method: 'POST',
    path: '/payments',
    pathParameters: {},
    query: {},
    requestHeaders: { 'content-type': 'application/json' },
    requestBody: { type: 'card', note: 'for Mara' },
    status: 200,
    responseHeaders: { 'content-type': 'application/json; charset=utf-8' },
    responseBody: {},
    startedMs: day0,
    durationMs: 1,
    outcome: 'ok',
    sent: true,
    run: instanceId === undefined ? undefined : { id: uuidv7(), instanceId, integration: 'sync' },
    stepName: undefined,
    ...more,
  }
}

describe('usage, from call to verdict', () => {
  it('fields, listed values, statuses, media types and read fields are learned per instance; other values never', async () => {
    const [instanceId, platform] = [uuidv7(), 'learned']
    const recorder = await recorderOf()
    const run = recorder.begin(instanceId)
    for (let n = 0; n < 41; n++) {
      recorder.observer(observed(instanceId, { platform, requestBody: { type: 'neteller', note: `for Mara ${n}` } }))
      run.answer(platform, 'POST', '/payments', { id: '1', link: 'l', unused: 'u' }).link
    }
    run.event(platform, 'payment.settled', { id: '1', amount: { value: 3, currency: 'EUR' } }).amount.value
    run.end(false)
    recorder.observer(observed(undefined, { platform }))
    await recorder.stop()
    const [seen, ...others] = await usageOf(database.executor, platform, window, { now: new Date(day0) })
    expect(others).toEqual([])
    expect(seen!.usage).toEqual({
      operations: [
        {
          method: 'POST',
          path: '/payments',
          requestHeaders: {},
          sends: [{ field: 'note' }, { field: 'type', values: ['neteller'] }],
          sendsAs: ['application/json'],
          accepts: ['application/json'],
          statuses: { 200: 41 },
          reads: ['link'],
        },
      ],
      webhooks: [{ name: 'payment.settled', reads: ['amount.value'] }],
    })
    expect(seen!.counts[0]).toMatchObject({ calls: 41, statuses: { 200: 41 }, accepts: ['application/json'] })
    expect(seen!.counts[0]!.sent).toContainEqual({ field: 'type', value: '"neteller"', seen: 41 })
    expect(JSON.stringify(seen)).not.toContain('Mara')
  })

  it('of a field that some calls leave out the share is learned, and calls whose contract was still being read count for none', async () => {
    const [instanceId, platform] = [uuidv7(), 'partly']
    let isRead = false
    const recorder = await recorderOf({ enumerated: () => (isRead ? new Set<string>() : undefined) })
    const run = recorder.begin(instanceId)
    const send = (requestBody: object, query: Record<string, string> = {}) =>
      recorder.observer(observed(instanceId, { platform, requestBody, query }))
    for (let n = 0; n < 5; n++) send({ a: 1 })
    isRead = true
    for (let n = 0; n < 10; n++) send({ a: { x: 1, ...(n < 4 ? { y: 1 } : {}) }, ...(n < 7 ? { b: 1 } : {}) }, n < 5 ? { q: '1' } : {})
    run.end(false)
    await recorder.stop()
    const [seen] = await usageOf(database.executor, platform, window, { now: new Date(day0) })
    expect(seen!.counts[0]).toMatchObject({ calls: 15, noted: 10 })
    expect(seen!.usage.operations[0]!.sends).toEqual([
      { field: 'a' },
      { field: 'a.x' },
      { field: 'a.y', share: 0.4 },
      { field: 'b', share: 0.7 },
      { field: 'query q', share: 0.5 },
    ])
  })

  it('a removed value breaks only the instance that sends it, a removed field only the one that reads it', async () => {
    const platform = 'judged'
    const ids = [uuidv7(), uuidv7()].sort()
    const recorder = await recorderOf()
    for (const [index, instanceId] of ids.entries()) {
      const run = recorder.begin(instanceId)
      recorder.observer(observed(instanceId, { platform, requestBody: { type: index === 0 ? 'neteller' : 'card' } }))
      const answer = run.answer(platform, 'POST', '/payments', { id: '1', link: 'l', unused: 'u' })
      if (index === 1) answer.link
      run.end(false)
    }
    await recorder.stop()
    const old = await before()
    const { link: _, ...kept } = fields
    const judge = async (types: string[], answer: object) => {
      const after = await readContract({ name: 'after', text: contractText(types, answer as never) })
      const change = { before: old, after, findings: compareContracts(old, after) }
      return (await usageOf(database.executor, platform, window)).map(({ usage }) => judgeImpact(change, usage).outcome)
    }
    expect(await judge(['card'], fields)).toEqual(['break', 'none'])
    expect(await judge(['card', 'neteller'], kept)).toEqual(['none', 'break'])
  })

  it('zero traffic is unknown, little traffic is insufficient data, and only a month with calls is observed', async () => {
    const [silent, rare, busy] = [uuidv7(), uuidv7(), uuidv7()]
    for (const [instanceId, calls, at] of [
      [rare, 3, day0],
      [busy, 25, day0 - 35 * 86_400_000],
    ] as const) {
      const recorder = await recorderOf({ now: () => at })
      for (let n = 0; n < calls; n++) recorder.observer(observed(instanceId, { platform: 'states' }))
      await recorder.stop()
    }
    const found = await usageOf(
      database.executor,
      'states',
      { from: '2026-08-01', until: '2026-12-31' },
      { instanceIds: [silent, rare, busy], now: new Date(day0) },
    )
    const states = Object.fromEntries(found.map(({ instanceId, state }) => [instanceId, state]))
    expect(states).toEqual({ [silent]: 'unknown', [rare]: 'insufficient-data', [busy]: 'observed' })
    expect(found.find(({ instanceId }) => instanceId === busy)!.usage.operations[0]!.lastUsedDaysAgo).toBe(35)
  })

  it('counts of several processes and days add up, and old days can be forgotten', async () => {
    const instanceId = uuidv7()
    const recorders = await Promise.all([0, 1, 2, 3].map((n) => recorderOf({ now: () => day0 + (n % 2) * 86_400_000 })))
    for (const recorder of recorders) {
      for (let n = 0; n < 50; n++) recorder.observer(observed(instanceId, { platform: 'summed', query: { page: n } }))
    }
    await Promise.all(recorders.map((recorder) => recorder.stop()))
    const sum = async () => (await usageOf(database.executor, 'summed', window)).map(({ calls }) => calls)
    expect(await sum()).toEqual([200])
    await dropUsageBefore(database.executor, '2026-10-02')
    expect(await sum()).toEqual([100])
  })

  it('memory is bounded: what comes above is dropped and counted, and nothing throws', async () => {
    const recorder = await recorderOf({ maxFacts: 10, maxPlaces: 2 })
    const instanceId = uuidv7()
    const run = recorder.begin(instanceId)
    for (let n = 0; n < 100; n++) {
      recorder.observer(observed(instanceId, { platform: 'bounded', path: `/p${n}`, requestBody: { [`f${n}`]: 1 } }))
      run.answer('bounded', 'GET', `/p${n}`, { a: 1 })
    }
    expect(recorder.dropped).toBeGreaterThan(80)
    await recorder.stop()
    const found = await usageOf(database.executor, 'bounded', window)
    expect(found[0]!.counts.length).toBeLessThanOrEqual(2)
  })

  it('what a database refuses is kept and written later', async () => {
    const problems: unknown[] = []
    let failing = true
    const flaky = {
      get executor() {
        return failing ? undefined : database.executor
      },
    }
    const recorder = await recorderOf({ database: flaky as never, onProblem: (error) => problems.push(error) })
    const instanceId = uuidv7()
    recorder.observer(observed(instanceId, { platform: 'later' }))
    await recorder.flush()
    expect(problems).toHaveLength(1)
    expect(await usageOf(database.executor, 'later', window)).toEqual([])
    failing = false
    await recorder.stop()
    expect((await usageOf(database.executor, 'later', window))[0]!.calls).toBe(1)
  })

  it('remembered results that are used after a sleep count as read whole', async () => {
    const recorder = await recorderOf()
    const run = recorder.begin(uuidv7())
    run.unwrap(run.answer('asleep', 'GET', '/a', { a: 1 }))
    run.end(true)
    await recorder.stop()
    expect((await usageOf(database.executor, 'asleep', window))[0]!.counts[0]!.reads).toEqual(['**'])
  })

  it('a consumer contract that is exported is read by the provider’s check', async () => {
    const recorder = await recorderOf()
    const instanceId = uuidv7()
    const run = recorder.begin(instanceId)
    recorder.observer(observed(instanceId, { platform: 'exported', requestHeaders: { 'X-Api-Version': '2026-01-01' } }))
    run.answer('exported', 'POST', '/payments', { id: 1 }).id
    await recorder.stop()
    const used = (await usageOf(database.executor, 'exported', window, { now: new Date(day0) }))[0]!
    const read = readConsumerContract('x.json', consumerContractOf('shop sync', used))
    expect(read.usage).toEqual(used.usage)
    expect(read.observed).toEqual({ state: used.state, ...used.window, calls: used.calls, deliveries: 0 })
    expect(read.usage.operations[0]!.requestHeaders).toEqual({ 'x-api-version': '2026-01-01' })
  })

  it('headers that a version comes to demand are known by name, and no value of what the platform hides is kept', async () => {
    const recorder = await recorderOf({ redact: (platform) => (platform === 'hiding' ? ['type'] : []) })
    const instanceId = uuidv7()
    const requestHeaders = { 'Idempotency-Key': 'secret-1' }
    for (const platform of ['hiding', 'open'])
      recorder.observer(observed(instanceId, { platform, requestHeaders, requestBody: { type: 'card' } }))
    await recorder.stop()
    const [hiding, open] = [
      (await usageOf(database.executor, 'hiding', window))[0]!,
      (await usageOf(database.executor, 'open', window))[0]!,
    ]
    expect([hiding, open].map(({ counts }) => counts[0]!.sent.find(({ field }) => field === 'type')!.value)).toEqual(['', '"card"'])
    expect(open.usage.operations[0]!.requestHeaders).toEqual({ 'idempotency-key': '' })
    const demanding = (name: string) => {
      const document = JSON.parse(contractText(['card', 'neteller'], fields))
      document.paths['/payments'].post.parameters = [{ name, in: 'header', required: true, schema: { type: 'string' } }]
      return readContract({ name: 'after', text: JSON.stringify(document) })
    }
    const judge = async (name: string) => {
      const [old, after] = [await before(), await demanding(name)]
      return judgeImpact({ before: old, after, findings: compareContracts(old, after) }, open.usage).outcome
    }
    // Who sends it is not refused for lack of it; whether its values are right was not seen.
    expect([await judge('Idempotency-Key'), await judge('X-Tenant')]).toEqual(['warn', 'break'])
  })
})
