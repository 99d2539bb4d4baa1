import { expect, it } from 'vitest'
import { hiddenPlaces, hideExample, hideShape, placeOfField } from './hidden-places.ts'
import { sentFields, tellingHeaders } from './usage/sent-fields.ts'

const root = hiddenPlaces(['IBAN', '/customer/kind', '/items/*/code', '/a~1b'])
const hides = (field: string) => placeOfField(root, field).hides

it('hides a name anywhere in any case, a pointer in its place only, and everything below', () => {
  expect(['iban', 'customer.iban', 'items[].Iban', 'iban.country', 'customer.kind', 'items[].code', 'a/b'].map(hides)).toEqual(
    Array(7).fill(true),
  )
  expect(['kind', 'other.kind', 'customer', 'items[].kind', 'code', 'items', 'a'].map(hides)).toEqual(Array(7).fill(false))
})

it('leaves nothing of a recorded payload but the type', () => {
  const shape = {
    o: {
      iban: { s: [9, 32] as const, y: ['format iban'] },
      customer: { o: { kind: { v: 'vip' }, age: { i: [10, 99] as const } } },
      items: { a: [{ o: { code: { v: 7 }, qty: { v: 1 } } }], len: [1, 1] as const },
    },
  }
  expect(hideShape(shape, root)).toEqual({
    o: {
      iban: { s: [0, null] },
      customer: { o: { kind: { s: [0, null] }, age: { i: [10, 99] } } },
      items: { a: [{ o: { code: { i: [null, null] }, qty: { v: 1 } } }], len: [1, 1] },
    },
  })
})

it('leaves nothing of an example of drift', () => {
  const deviation = { kind: 'violation', mediaType: '', field: 'customer.id', keyword: 'required', detail: '', expected: null } as const
  const example = { at: 'customer', found: null, missing: 'id', within: { kind: 'vip', name: '<string of 2 to 4 characters>' } }
  expect(hideExample({ ...deviation, example }, root).example).toEqual({
    ...example,
    within: { kind: '<hidden>', name: '<string of 2 to 4 characters>' },
  })
  const found = hideExample({ ...deviation, field: 'customer.kind', keyword: 'type', example: { at: 'customer.kind', found: 'vip' } }, root)
  expect(found.example).toEqual({ at: 'customer.kind', found: '<hidden>' })
})

it('keeps no value of it in usage, and names of headers without values', () => {
  const listed = new Set(['customer.kind', 'kind', 'query iban'])
  expect(
    sentFields(
      { iban: 'x' },
      { kind: 'a', customer: { kind: 'vip' } },
      listed,
      (field) => placeOfField(root, field.replace(/^query /, '')).hides,
    ),
  ).toEqual([
    ['query iban', ''],
    ['kind', '"a"'],
    ['customer', ''],
    ['customer.kind', ''],
  ])
  const headers = {
    Authorization: 'x',
    'Idempotency-Key': 'secret',
    'X-Api-Key': 'secret',
    'Api-Version': '2026-01-01',
    'Iban-Version': 'y',
    'key-version': 'secret',
    Accept: 'x',
  }
  expect(tellingHeaders(headers, hides)).toEqual([
    ['idempotency-key', ''],
    ['x-api-key', ''],
    ['api-version', '2026-01-01'],
    ['iban-version', 'y'],
    ['key-version', ''],
  ])
  expect(tellingHeaders({ 'Api-Version': '1' }, () => true)).toEqual([['api-version', '']])
})
