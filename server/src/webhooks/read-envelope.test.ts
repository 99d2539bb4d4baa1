import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEnvelope, readEnvelopeAgain, readMoment, readSenderId, type StoredRequest } from './read-envelope.ts'
import { unverifiedScheme } from './schemes/unverified.ts'
import type { WebhookSource } from './webhook-source.ts'

const source: WebhookSource = {
  name: 'acme',
  scheme: unverifiedScheme(),
  secrets: () => [],
  deliveryId: [{ body: '/id' }],
  event: [{ header: 'X-Acme-Event' }, { body: '/action' }],
  account: { body: '/installation/id' },
  occurredAt: { body: '/at' },
  maxBodyBytes: 1000,
  contentTypes: ['application/json'],
  repeatWindowMs: 1000,
}
const stored = (body: string | Uint8Array, headers: Record<string, string> = {}, query: string | null = null): StoredRequest => ({
  headers: Object.fromEntries(Object.entries({ 'content-type': 'application/json', ...headers }).map(([name, value]) => [name, [value]])),
  query,
  body: Buffer.from(body),
})

describe('readEnvelope', () => {
  it('reads event, account and time where the source declares them', () => {
    const body = '{"id":"e1","action":"closed","installation":{"id":42},"at":"2026-06-01T12:00:00+02:00"}'
    expect(readEnvelope(source, stored(body, { 'x-acme-event': 'issues' }))).toEqual({
      event: 'issues.closed',
      account: '42',
      occurredAt: new Date('2026-06-01T10:00:00Z'),
      payload: JSON.parse(body),
      problem: null,
    })
  })

  it('leaves absent parts of the event out and gives null for what is not there', () => {
    expect(readEnvelope(source, stored('{}', { 'x-acme-event': 'push' }))).toMatchObject({ event: 'push', account: null, occurredAt: null })
    expect(readEnvelope(source, stored('{"action":{"a":1},"installation":[]}'))).toMatchObject({ event: null, account: null })
  })

  it('reads from the query, from forms and from the JSON in a form’s payload field', () => {
    const byQuery = { ...source, account: { query: 'shop' } }
    expect(readEnvelope(byQuery, stored('{}', {}, 'shop=a%20b')).account).toBe('a b')
    const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    expect(readEnvelope({ ...source, account: { body: '/team_id' } }, stored('team_id=T1&text=', form)).account).toBe('T1')
    const payload = `payload=${encodeURIComponent('{"action":"opened","installation":{"id":7}}')}`
    expect(readEnvelope(source, stored(payload, form))).toMatchObject({ event: 'opened', account: '7' })
  })

  it('says what is wrong with a body that cannot be read, without quoting it, and still reads the headers', () => {
    const broken = readEnvelope(source, stored('{"secret":"hunter2",}', { 'x-acme-event': 'push' }))
    expect(broken).toMatchObject({ event: 'push', payload: undefined, problem: expect.stringContaining('character') })
    expect(broken.problem).not.toContain('hunter2')
    expect(readEnvelope(source, stored(Uint8Array.of(0xff, 0xfe)))).toMatchObject({ problem: 'The body is not UTF-8.' })
    expect(readEnvelope(source, stored('')).problem).toContain('not JSON')
  })

  it('never reads inherited properties', () => {
    const sneaky = { ...source, account: { body: '/constructor/name' }, event: [{ body: '/__proto__/x' }] }
    expect(readEnvelope(sneaky, stored('{"__proto__":{"x":"own"}}'))).toMatchObject({ account: null, event: 'own' })
  })

  it('gives only text that PostgreSQL can store', () => {
    const { account, event } = readEnvelope(source, stored('{"action":"a\\u0000b","installation":{"id":"\\ud800"}}'))
    expect([account, event]).toEqual(['\ufffd', 'a\ufffdb'])
    expect(readEnvelope(source, stored(`{"action":"${'x'.repeat(10_000)}"}`)).event).toHaveLength(512)
  })

  it('never throws, whatever arrives (property)', () => {
    const anything = fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from), fc.string().map(Buffer.from))
    const types = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'application/cloudevents+json', 'text/xml', '')
    fc.assert(
      fc.property(anything, types, fc.string(), (body, type, query) => {
        const request = stored(body, { 'content-type': type, 'ce-specversion': '1.0' }, query)
        readEnvelope(source, request)
        expect(readSenderId(source, request).text.length).toBeLessThanOrEqual(255)
      }),
      { numRuns: 500 },
    )
  })
})

describe('CloudEvents', () => {
  const event = {
    specversion: '1.0',
    id: 'A1',
    source: '/shop/7',
    type: 'com.acme.order.paid',
    time: '2026-06-01T12:00:00Z',
    data: { installation: { id: 9 } },
  }
  const structured = { 'content-type': 'application/cloudevents+json; charset=utf-8' }

  it('reads a structured event: its attributes where nothing is declared, pointers into document or data, data as payload', () => {
    expect(readEnvelope(source, stored(JSON.stringify(event), structured))).toEqual({
      event: 'com.acme.order.paid',
      account: '9',
      occurredAt: new Date('2026-06-01T12:00:00Z'),
      payload: event.data,
      problem: null,
    })
    expect(readEnvelope({ ...source, account: { body: '/source' } }, stored(JSON.stringify(event), structured)).account).toBe('/shop/7')
    const encoded = { ...event, data: undefined, data_base64: Buffer.from('{"installation":{"id":"b"}}').toString('base64') }
    expect(readEnvelope(source, stored(JSON.stringify(encoded), structured))).toMatchObject({
      account: 'b',
      payload: { installation: { id: 'b' } },
    })
  })

  it('reads a binary event', () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': 'A1',
      'ce-source': '/shop/7',
      'ce-type': 'order.paid',
      'ce-time': '2026-06-01T12:00:00Z',
    }
    expect(readEnvelope(source, stored('{"installation":{"id":9}}', headers))).toMatchObject({ event: 'order.paid', account: '9' })
    expect(readSenderId(source, stored('{}', headers))).toEqual({ text: '/shop/7 A1', given: true })
  })

  it('knows an event by source and id together, as the specification says', () => {
    const noPlace = { ...source, deliveryId: [{ header: 'x-none' }] }
    expect(readSenderId(noPlace, stored(JSON.stringify(event), structured))).toEqual({ text: '/shop/7 A1', given: true })
  })
})

describe('an id in several parts', () => {
  const parts = { ...source, deliveryId: [{ body: '/psp' }, { body: '/event' }] }
  const idOf = (body: object) => readSenderId(parts, stored(JSON.stringify(body)))

  it('is another one when any part is', () => {
    expect(idOf({ psp: 'P1', event: 'CAPTURE', at: 1 })).toEqual({ text: 'P1 CAPTURE', given: true })
    expect(idOf({ psp: 'P1', event: 'CAPTURE_FAILED' })).toEqual({ text: 'P1 CAPTURE_FAILED', given: true })
    expect(idOf({ psp: 'a b', event: 'c%' }).text).not.toBe(idOf({ psp: 'a', event: 'b c%' }).text)
  })

  it('is none when a part is missing, so that two events are not taken for one', () => {
    expect(idOf({ psp: 'P1' }).given).toBe(false)
    expect(idOf({ psp: 'P1' }).text).not.toBe(idOf({ psp: 'P1', other: 1 }).text)
  })
})

describe('readEnvelopeAgain', () => {
  const again = (request: StoredRequest, from = source) => {
    const { payload } = readEnvelopeAgain(from, request)
    // What the author's code does to one payload must not be seen in the next.
    for (const name of Object.keys(payload as object)) delete (payload as Record<string, unknown>)[name]
    return readEnvelopeAgain(from, request)
  }

  it('finds the same facts each time, and a payload of its own', () => {
    const request = stored('{"action":"opened","installation":{"id":7}}', { 'x-acme-event': 'issues' })
    expect(again(request)).toEqual(readEnvelope(source, request))
    expect(again(request, { ...source, account: { body: '/action' } })).toMatchObject({ account: 'opened' })
  })

  it('finds what a CloudEvent is about', () => {
    const event = { specversion: '1.0', id: 'A1', source: '/shop/7', type: 'order.paid', data: { total: 3 } }
    const request = stored(JSON.stringify(event), { 'content-type': 'application/cloudevents+json' })
    expect(again(request).payload).toEqual({ total: 3 })
  })
})

describe('readSenderId', () => {
  it('keeps ids of 64 bits apart that a double would round to the same number', () => {
    const ids = ['12345678901234567890', '12345678901234567891'].map((id) => readSenderId(source, stored(`{"id":${id}}`)).text)
    expect(ids).toEqual(['12345678901234567890', '12345678901234567891'])
  })

  it('falls back to the digest of event header and bytes when the sender gave no id', () => {
    const one = readSenderId(source, stored('{"a":1}', { 'x-acme-event': 'a' }))
    expect(one).toMatchObject({ given: false, text: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) })
    expect(readSenderId(source, stored('{"a":1}', { 'x-acme-event': 'a' }))).toEqual(one)
    expect(readSenderId(source, stored('{"a":1}', { 'x-acme-event': 'b' }))).not.toEqual(one)
    expect(readSenderId(source, stored('{"a": 1}', { 'x-acme-event': 'a' }))).not.toEqual(one)
  })

  it('knows ids that are too long or not storable by their digest, and keeps them apart', () => {
    const ids = ['x'.repeat(300), `${'x'.repeat(299)}y`, 'a\u0000b', 'a\u0000c', '\ud800', '\udbff'].map(
      (id) => readSenderId(source, stored(JSON.stringify({ id }))).text,
    )
    for (const id of ids) expect(id).toMatch(/^long:[0-9a-f]{64}$/)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

it.each([
  ['2026-06-01T12:00:00Z', '2026-06-01T12:00:00.000Z'],
  ['2026-06-01T12:00:00', '2026-06-01T12:00:00.000Z'],
  ['2019-05-06T17:15:34.121+02:00', '2019-05-06T15:15:34.121Z'],
  ['1532361', '1970-01-18T17:39:21.000Z'],
  ['1780315200', '2026-06-01T12:00:00.000Z'],
  ['1780315200.25', '2026-06-01T12:00:00.250Z'],
  ['1780315200000', '2026-06-01T12:00:00.000Z'],
  ['yesterday', null],
  ['', null],
  ['9999999999999999', null],
  ['2026-13-45T00:00:00Z', null],
])('reads the moment %j as %j', (text, expected) => {
  expect(readMoment(text)?.toISOString() ?? null).toBe(expected)
})
