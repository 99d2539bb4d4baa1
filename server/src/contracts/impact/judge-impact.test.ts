import { describe, expect, it } from 'vitest'
import { compareContracts, type ImpactProfile, judgeImpact, type OperationUsage, readContract } from '../index.ts'
import type { Json, JsonObject } from '../json.ts'

const thing = (properties: JsonObject, required: string[] = []): JsonObject => ({ type: 'object', properties, required })
const text: Json = { type: 'string' }

interface Parts {
  answer?: JsonObject
  body?: JsonObject
  operation?: JsonObject
  root?: JsonObject
}

function document({ answer = thing({}), body, operation = {}, root = {} }: Parts): string {
  const content = (schema: JsonObject) => ({ content: { 'application/json': { schema } } })
  const post = {
    ...(body ? { requestBody: content(body) } : {}),
    responses: { 200: { description: 'ok', ...content(answer) } },
    ...operation,
  }
  return JSON.stringify({ openapi: '3.1.0', info: { title: 'x', version: '1' }, paths: { '/things/{id}': { post } }, ...root })
}

async function judge(before: Parts | string, after: Parts | string, usage: Partial<OperationUsage>, profile?: ImpactProfile) {
  const read = (parts: Parts | string) => readContract({ name: 'api', text: typeof parts === 'string' ? parts : document(parts) })
  const [old, now] = [await read(before), await read(after)]
  const findings = compareContracts(old, now, { today: new Date('2026-01-01') })
  const operation = { method: 'POST', path: '/things/{thing}', reads: [], sends: [], ...usage } as OperationUsage
  return judgeImpact({ before: old, after: now, findings }, { operations: [operation], webhooks: [] }, profile)
}

const removed = [{ answer: thing({ a: text, b: text }) }, { answer: thing({ a: text }) }] as const

describe('judgeImpact', () => {
  it('a field that is gone breaks who reads it, below it or passes the whole on, and nobody else', async () => {
    const outcomes = async (reads: string[]) => (await judge(...removed, { reads })).outcome
    expect([await outcomes(['b']), await outcomes(['b.c']), await outcomes(['**']), await outcomes(['a']), await outcomes([])]).toEqual([
      'break',
      'break',
      'break',
      'none',
      'none',
    ])
  })

  it('what is not known is shown to a person, never taken for unused', async () => {
    const { reads: _, ...unknown } = { reads: undefined, method: 'POST', path: '/things/{id}' }
    const [old, now] = [
      await readContract({ name: 'a', text: document(removed[0]) }),
      await readContract({ name: 'b', text: document(removed[1]) }),
    ]
    const impact = judgeImpact({ before: old, after: now, findings: compareContracts(old, now) }, { operations: [unknown], webhooks: [] })
    expect(impact.outcome).toBe('warn')
  })

  it('a field that a reader knows by a path the contract forgets is matched by likeness, as a risk', async () => {
    const level = (type: string) => ({ answer: thing({ items: { type: 'array', items: thing({ success: { type } }) } }) })
    expect((await judge(level('boolean'), level('string'), { reads: ['items[].Wrapper.success'] })).outcome).toBe('warn')
    expect((await judge(level('boolean'), level('string'), { reads: ['items[].Wrapper.other'] })).outcome).toBe('none')
  })

  it('a format is no type: recorded payloads weaken no break of one', async () => {
    const read = (format: string) => {
      const schema = thing({ at: { type: 'string', format } }, ['at'])
      const post = { requestBody: { content: { 'application/json': { schema } } }, responses: { 200: { description: 'ok' } } }
      return readContract({
        name: format,
        text: JSON.stringify({ openapi: '3.1.0', info: { title: 'x', version: '1' }, webhooks: { made: { post } } }),
      })
    }
    const [before, after] = [await read('date'), await read('date-time')]
    const used = { operations: [], webhooks: [{ name: 'made', reads: ['at'], deliveries: [{ at: '2026-01-01' }] }] }
    expect(judgeImpact({ before, after, findings: compareContracts(before, after) }, used).outcome).toBe('break')
  })

  it('an operation whose address is divided anew between server and path is the same one, and no version of it looks like a mistake', async () => {
    const read = (url: string, base: string, schema: JsonObject) => {
      const get = { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } } }
      const paths = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [`${base}/${name}`, { get }]))
      return readContract({
        name: url,
        text: JSON.stringify({ openapi: '3.1.0', info: { title: 'x', version: '1' }, servers: [{ url }], paths }),
      })
    }
    const before = await read('https://a.example/v1', '', thing({ id: text }))
    const outcome = async (schema: JsonObject) => {
      const after = await read('https://a.example', '/v1', schema)
      const used = { operations: [{ method: 'GET', path: '/a', reads: ['id'], sends: [] }], webhooks: [] }
      return judgeImpact({ before, after, findings: compareContracts(before, after) }, used).outcome
    }
    expect([await outcome(thing({ id: text })), await outcome(thing({}))]).toEqual(['none', 'break'])
  })

  it('recorded requests are proof: only what is newly refused breaks', async () => {
    const [before, after] = [{ body: thing({ key: text }) }, { body: thing({ key: { ...(text as JsonObject), maxLength: 3 } }) }]
    expect((await judge(before, after, { requests: [{ body: { key: 'abc' } }] })).outcome).toBe('none')
    const impact = await judge(before, after, { requests: [{ body: { key: 'abc' } }, { body: { key: 'abcd' } }] })
    expect(impact.outcome).toBe('break')
    expect(impact.reasons[0]?.finding?.rule).toBe('request-property-max-length-set')
  })

  it('without recorded requests the rule decides by the fields sent', async () => {
    const [before, after] = [{ body: thing({ a: thing({ x: text }) }) }, { body: thing({ a: thing({ x: text, y: text }, ['y']) }) }]
    expect((await judge(before, after, { sends: [{ field: 'a' }, { field: 'a.x' }] })).outcome).toBe('break')
    expect((await judge(before, after, { sends: [{ field: 'b' }] })).outcome).toBe('none')
    const values = [
      { body: thing({ kind: { type: 'string', enum: ['p', 'q'] } }) },
      { body: thing({ kind: { type: 'string', enum: ['p'] } }) },
    ] as const
    expect((await judge(...values, { sends: [{ field: 'kind', values: ['p'] }] })).outcome).toBe('none')
    expect((await judge(...values, { sends: [{ field: 'kind', values: ['p', 'q'] }] })).outcome).toBe('break')
  })

  it('an announced end is a notice with its date, a use long ago a risk', async () => {
    const gone = { operation: { deprecated: true, description: 'Makes things. Will be removed on 28 April 2027.' } }
    const notice = await judge({}, gone, {})
    expect(notice.outcome).toBe('notice')
    expect(notice.reasons[0]?.announced).toMatchObject({ date: '2027-04-28', confidence: 'read' })
    expect((await judge(gone, gone, {})).outcome).toBe('none')
    const empty = '{"openapi":"3.1.0","paths":{}}'
    expect((await judge(gone, empty, {})).outcome).toBe('break')
    expect((await judge(gone, empty, { lastUsedDaysAgo: 400 })).outcome).toBe('warn')
  })

  it('a client that asks for an older version is told at which one it will break', async () => {
    const versioned = (version: string, parts: Parts) => ({ ...parts, root: { info: { title: 'x', version } } })
    const change = [versioned('2026-01-01', removed[0]), versioned('2026-06-01', removed[1])] as const
    expect((await judge(...change, { reads: ['b'], requestHeaders: { 'Api-Version': '2026-01-01' } })).outcome).toBe('notice')
    expect((await judge(...change, { reads: ['b'], requestHeaders: { 'Api-Version': '2026-06-01' } })).outcome).toBe('break')
  })

  it('the agreement decides what a change means between two parties', async () => {
    const [before, after] = [
      { answer: thing({ state: { type: 'string', enum: ['on'] } }) },
      { answer: thing({ state: { type: 'string', enum: ['on', 'off'] } }) },
    ]
    const rule = 'response-property-enum-value-added'
    expect((await judge(before, after, { reads: ['state'] })).outcome).toBe('warn')
    expect((await judge(before, after, { reads: ['state'] }, { outcomes: { [rule]: 'break' } })).outcome).toBe('break')
    expect((await judge(before, after, { reads: ['state'] }, { outcomes: { [rule]: 'none' } })).outcome).toBe('none')
  })

  it('a version that lost most of its operations is held, and told to nobody who uses none of them', async () => {
    const many = (count: number) =>
      JSON.stringify({
        openapi: '3.1.0',
        paths: Object.fromEntries(Array.from({ length: count }, (_, at) => [`/p${at}`, { get: { responses: {} } }])),
      })
    expect((await judge(many(10), many(2), { method: 'GET', path: '/p7' })).outcome).toBe('hold')
    expect((await judge(many(10), many(2), { method: 'GET', path: '/p1' })).outcome).toBe('none')
    expect((await judge(many(10), many(8), { method: 'GET', path: '/p9' })).outcome).toBe('break')
  })
})
