import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { uuidv7 } from '../../database/index.ts'
import type { Observation } from '../../gateway/index.ts'
import { driftReport, type Viewer } from './drift-report.ts'
import { leastChecked } from './flush.ts'
import { closeDrift, dropDriftBefore, listDriftCoverage, listDriftFindings } from './queries.ts'
import { createDriftRecorder, type DriftRecorderOptions } from './recorder.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const day0 = Date.parse('2026-10-01T12:00:00Z')
const dayMs = 86_400_000
const contractText = (amount: object, more: object = {}) =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'pay', version: '1' },
    paths: {
      '/payments/{id}': {
        get: {
          responses: {
            200: {
              description: 'ok',
              content: { 'application/json': { schema: { type: 'object', properties: { id: { type: 'string' }, amount, ...more } } } },
            },
          },
        },
      },
    },
    webhooks: {
      'payment.settled': {
        post: { requestBody: { content: { 'application/json': { schema: { type: 'object', properties: { id: { type: 'string' } } } } } } },
      },
    },
  })
const integer = { type: 'integer' }

async function recorderOf(texts: Record<string, string>, options: Partial<DriftRecorderOptions> = {}) {
  const outcomes: string[] = []
  const problems: unknown[] = []
  const recorder = createDriftRecorder({
    database,
    contractOf: async (platform) => {
      const text = texts[platform]
      return text === undefined ? undefined : { key: `key of ${text.length}`, source: async () => ({ text, name: platform }) }
    },
    onSample: (outcome) => outcomes.push(outcome),
    onProblem: (error) => problems.push(error),
    share: 1,
    eager: 1_000,
    lookMs: 0,
    now: () => day0,
    ...options,
  })
  // The first message has the contract read; it is not a sample yet.
  for (const platform of Object.keys(texts)) recorder.observer(observed(platform, {}))
  await recorder.flush()
  return { recorder, outcomes, problems }
}

const runOf = (instanceId: string) => ({ id: uuidv7(), instanceId, integration: 'sync' })

function observed(platform: string, responseBody: unknown, more: Partial<Observation> = {}): Observation {
  return {
    callId: uuidv7(),
    platform,
    connectionId: uuidv7(),
    organization: 'acme',
    customer: 'c',
    method: 'GET',
    path: '/payments/{id}',
    pathParameters: {},
    query: {},
    requestHeaders: {},
    requestBody: undefined,
    status: 200,
    responseHeaders: { 'content-type': 'application/json; charset=utf-8' },
    responseBody,
    startedMs: day0,
    durationMs: 1,
    outcome: 'ok',
    sent: true,
    run: undefined,
    stepName: undefined,
    ...more,
  }
}

const everything: Viewer = { instances: new Map(), sees: 'everything' }
async function reportOf(platform: string, viewer = everything, closed = true) {
  return driftReport(
    await listDriftCoverage(database.executor, platform),
    await listDriftFindings(database.executor, platform, closed),
    viewer,
  )
}

describe('drift, from answer to finding', () => {
  it('the same deviation of many answers, instances and processes is one finding with a redacted example', async () => {
    const instances = [uuidv7(), uuidv7()].sort()
    const processes = await Promise.all([0, 1].map(() => recorderOf({ many: contractText(integer) })))
    for (const [index, { recorder }] of processes.entries())
      for (let n = 0; n < 5; n++) recorder.observer(observed('many', { id: '1', amount: 'CANARY' }, { run: runOf(instances[index]!) }))
    for (const { recorder, outcomes, problems } of processes) {
      await recorder.flush().then(() => recorder.stop())
      expect(problems).toEqual([])
      expect(outcomes).not.toContain('failed')
    }
    const report = await reportOf('many')
    expect(report.findings).toHaveLength(1)
    expect(report.findings[0]).toMatchObject({
      field: 'amount',
      keyword: 'type',
      detail: 'string',
      expected: 'integer',
      seen: 10,
      state: 'open',
    })
    expect(report).toMatchObject({ state: 'drifting', checked: 10, received: 10 })
    const stored = await sql`select * from contract_drift_finding, contract_drift_coverage, contract_drift_instance`.execute(
      database.executor,
    )
    expect(JSON.stringify(stored.rows)).not.toContain('CANARY')
  })

  it('too few samples are insufficient data, none are unknown, and only enough of everything agrees', async () => {
    expect((await reportOf('silent')).state).toBe('unknown')
    const { recorder } = await recorderOf({ few: contractText(integer) })
    recorder.observer(observed('few', { id: '1', amount: 1 }))
    await recorder.flush()
    expect(await reportOf('few')).toMatchObject({ state: 'insufficient-data', places: [{ state: 'insufficient-data', checked: 1 }] })
    for (let n = 0; n < leastChecked; n++) recorder.observer(observed('few', { id: '1', amount: 1 }))
    await recorder.flush()
    expect((await reportOf('few')).state).toBe('agrees')
    recorder.observer(observed('few', {}, { path: '/elsewhere' }))
    await recorder.flush()
    expect(await reportOf('few')).toMatchObject({ state: 'insufficient-data' })
    expect((await reportOf('few')).places.map(({ path, state }) => `${path} ${state}`)).toEqual([
      '/elsewhere not-described',
      '/payments/{id} agrees',
    ])
    await recorder.stop()
  })

  it('a webhook is held against the contract for whom it concerns', async () => {
    const instance = uuidv7()
    const { recorder } = await recorderOf({ hooks: contractText(integer) })
    recorder.delivery('hooks', 'payment.settled', { id: 7 }, [instance])
    await recorder.flush()
    expect((await reportOf('hooks')).findings).toMatchObject([{ surface: 'webhook', path: 'payment.settled', field: 'id', status: '' }])
    await recorder.stop()
  })

  it('whoever may not see an instance sees neither its findings nor its traffic; the owner sees findings without instances', async () => {
    const [mine, other] = [uuidv7(), uuidv7()]
    const { recorder } = await recorderOf({ shared: contractText(integer) })
    recorder.observer(observed('shared', { amount: 'x' }, { run: runOf(other) }))
    recorder.observer(observed('shared', { amount: 1, extra: 1 }, { run: runOf(mine) }))
    await recorder.flush().then(() => recorder.stop())
    const instances = new Map([[mine, { name: 'main', integration: 'i', customer: 'north' }]])
    const seen = await reportOf('shared', { instances, sees: 'own instances' })
    expect(seen).toMatchObject({ state: 'insufficient-data', received: 1, checked: 1 })
    expect(seen.findings).toMatchObject([{ keyword: 'property', field: 'extra', instances: [{ customer: 'north' }] }])
    expect(JSON.stringify(seen)).not.toContain(other)
    const owned = await reportOf('shared', { instances, sees: 'own platform' })
    expect(owned.findings.map(({ field, instances: named }) => `${field} ${named.length}`).sort()).toEqual(['amount 0', 'extra 1'])
    expect(JSON.stringify(owned)).not.toContain(other)
    expect((await reportOf('shared', { instances: new Map(), sees: 'own instances' })).state).toBe('unknown')
  })
})

describe('findings close', () => {
  const policy = { leastClean: leastChecked, quietMs: dayMs }
  const stateOf = async (platform: string) => {
    const [finding] = await listDriftFindings(database.executor, platform, true)
    return `${finding!.state} ${finding!.closedReason ?? ''} ${finding!.reopened}`.replaceAll('  ', ' ')
  }

  it('when no longer seen in enough messages and time, and open again when seen again', async () => {
    const { recorder } = await recorderOf({ over: contractText(integer) })
    const send = async (amount: unknown, times: number) => {
      for (let n = 0; n < times; n++) recorder.observer(observed('over', { amount }))
      await recorder.flush()
    }
    await send('x', 1)
    await closeDrift(database.executor, new Date(day0 + 2 * dayMs), policy)
    expect(await stateOf('over')).toBe('open 0')
    await send(1, leastChecked)
    await closeDrift(database.executor, new Date(day0 + 1_000), policy)
    expect(await stateOf('over')).toBe('open 0')
    await closeDrift(database.executor, new Date(day0 + 2 * dayMs), policy)
    expect(await stateOf('over')).toBe('closed no-longer-seen 0')
    await send('x', 1)
    expect(await stateOf('over')).toBe('open 1')
    await recorder.stop()
  })

  it('what was seen in one of fifty messages needs three times as many without it', async () => {
    const { recorder } = await recorderOf({ rare: contractText(integer) }, { checker: { maxWaiting: 1_000 } })
    const send = async (times: number, amount: unknown) => {
      for (let n = 0; n < times; n++) recorder.observer(observed('rare', { amount }))
      await recorder.flush()
      await closeDrift(database.executor, new Date(day0 + 2 * dayMs), policy)
    }
    await send(49, 1)
    await send(1, 'x')
    await send(149, 1)
    expect(await stateOf('rare')).toBe('open 0')
    await send(1, 1)
    expect(await stateOf('rare')).toBe('closed no-longer-seen 0')
    await recorder.stop()
  })

  it('when a new version of the contract agrees, after enough messages under it', async () => {
    const texts = { moved: contractText(integer) }
    const { recorder } = await recorderOf(texts)
    recorder.observer(observed('moved', { amount: 'x' }))
    await recorder.flush()
    texts.moved = contractText({ type: ['integer', 'string'] })
    recorder.observer(observed('moved', { amount: 'x' }))
    await recorder.flush()
    for (let n = 0; n < leastChecked - 2; n++) recorder.observer(observed('moved', { amount: 'x' }))
    await recorder.flush()
    await closeDrift(database.executor, new Date(day0), policy)
    expect(await stateOf('moved')).toBe('open 0')
    for (let n = 0; n < 3; n++) recorder.observer(observed('moved', { amount: 'x' }))
    await recorder.flush()
    await closeDrift(database.executor, new Date(day0), policy)
    expect(await stateOf('moved')).toBe('closed contract-agrees 0')
    await dropDriftBefore(database.executor, new Date(day0 + dayMs))
    expect(await listDriftFindings(database.executor, 'moved', true)).toEqual([])
    await recorder.stop()
  })
})

describe('what a partner can not do', () => {
  it('a pattern that takes for ever ends the thread, not the program, and the next contract is checked again', async () => {
    const evil = { type: 'string', pattern: '^(a+)+$' }
    const texts: Record<string, string> = { evil: contractText(evil) }
    const { recorder, outcomes, problems } = await recorderOf(texts, { checker: { patienceMs: 300 }, now: Date.now })
    const before = Date.now()
    recorder.observer(observed('evil', { amount: `${'a'.repeat(60)}!` }))
    // Checked here, it would take for ever.
    expect(Date.now() - before).toBeLessThan(2_000)
    await recorder.flush()
    expect(outcomes).toEqual(['failed'])
    expect(problems).toHaveLength(1)
    const wait = async () => {
      recorder.observer(observed('evil', {}, { status: 404 }))
      await recorder.flush()
      await delay(300)
    }
    await wait()
    recorder.observer(observed('evil', { amount: `${'a'.repeat(60)}!` }))
    await recorder.flush()
    expect(outcomes).toEqual(['failed'])
    texts.evil = contractText(integer)
    await wait()
    recorder.observer(observed('evil', { amount: 'x' }))
    await recorder.flush()
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(1)
    expect((await reportOf('evil')).findings).toMatchObject([{ field: 'amount', detail: 'string' }, { keyword: 'status' }])
    await recorder.stop()
  })

  it('what is too large is counted and not kept, what can not be read is a problem told once', async () => {
    const { recorder, outcomes } = await recorderOf({ large: contractText(integer) })
    recorder.observer(observed('large', { id: 'x'.repeat(300_000) }))
    recorder.observer(observed('large', { list: Array.from({ length: 40_000 }, () => 1) }))
    expect(outcomes).toEqual(['too-large', 'too-large'])
    await recorder.stop()
    const bad = await recorderOf({ bad: 'not: [a contract' })
    bad.recorder.observer(observed('bad', {}))
    await bad.recorder.flush()
    expect(bad.problems).toHaveLength(1)
    expect(bad.outcomes).toEqual([])
    await bad.recorder.stop()
  })

  it('more messages than there is room for are dropped and counted', async () => {
    const { recorder, outcomes } = await recorderOf({ flood: contractText(integer) }, { checker: { maxWaiting: 4 } })
    for (let n = 0; n < 10; n++) recorder.observer(observed('flood', { amount: 1 }))
    expect(outcomes.filter((outcome) => outcome === 'dropped')).toHaveLength(6)
    await recorder.flush()
    expect(await reportOf('flood')).toMatchObject({ received: 10, checked: 4 })
    await recorder.stop()
  })
})
