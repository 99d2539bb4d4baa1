import { describe, expect, it } from 'vitest'
import { readContract } from '../read-contract.ts'
import { createMessageCheck, type Message } from './check-message.ts'
import { createValidators } from './validators.ts'

type Schema = object
const document = (schema: Schema, { openapi = '3.0.3', responses = {} as object, schemas = {} as object } = {}) =>
  JSON.stringify({
    openapi,
    info: { title: 't', version: '1' },
    paths: {
      '/items/{id}': {
        get: { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } }, ...responses } },
      },
    },
    webhooks: { 'item-sold': { post: { requestBody: { content: { 'application/json': { schema } } } } } },
    components: { schemas },
  })

async function check(schema: Schema, payload: unknown, more: Partial<Message> = {}, how: Parameters<typeof document>[1] = {}) {
  const contract = await readContract({ name: 'c', text: document(schema, how) })
  const message = { surface: 'operation' as const, method: 'GET', path: '/items/{itemId}', status: '200', mediaType: 'application/json' }
  return createMessageCheck(contract, createValidators()).check({ ...message, json: JSON.stringify(payload), hasBody: true, ...more })
}
const brief = async (...parameters: Parameters<typeof check>) =>
  (await check(...parameters)).deviations.map(({ kind, field, keyword, detail }) =>
    [kind, field, keyword, detail].filter(Boolean).join(' '),
  )
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const text = { type: 'string' }

describe('what deviates', () => {
  it('an answer that agrees has no deviation, in each dialect; null where 3.0 says nullable', async () => {
    const schema = object({ id: text, size: { type: 'integer', nullable: true }, kind: { type: 'string', enum: ['a'], nullable: true } })
    expect(await brief(schema, { id: '1', size: null, kind: null })).toEqual([])
    expect(await brief(schema, { id: '1', size: 'big' })).toEqual(['violation size type string'])
    const modern = object({ id: text, size: { type: ['integer', 'null'] } })
    expect(await brief(modern, { id: null, size: null }, {}, { openapi: '3.1.0' })).toEqual(['violation id type null'])
    const swagger = {
      swagger: '2.0',
      info: { title: 't', version: '1' },
      produces: ['application/json'],
      paths: { '/a': { get: { responses: { 200: { description: '', schema: { $ref: '#/definitions/A' } } } } } },
      definitions: { A: object({ id: text, note: { type: 'string', 'x-nullable': true } }, { required: ['id'] }) },
    }
    const checks = createMessageCheck(await readContract({ name: 's', text: JSON.stringify(swagger) }), createValidators())
    const message = {
      surface: 'operation' as const,
      method: 'GET',
      path: '/a',
      status: '200',
      mediaType: 'application/json',
      hasBody: true,
    }
    expect(checks.check({ ...message, json: '{"id":"1","note":null}' }).deviations).toEqual([])
    expect(checks.check({ ...message, json: '{"note":1}' }).deviations.map(({ field, keyword }) => `${field} ${keyword}`)).toEqual([
      'id required',
      'note type',
    ])
  })

  it('several deviations of one answer are all told, each once, however many items show it', async () => {
    const schema = object({ items: { type: 'array', items: object({ id: { type: 'integer' }, name: text }, { required: ['id'] }) } })
    expect(await brief(schema, { items: [{ name: 1 }, { name: 2 }, { id: 'x' }] })).toEqual([
      'violation items[].id required',
      'violation items[].name type integer',
      'violation items[].id type string',
    ])
  })

  it('what is read-only may be demanded of answers, what is write-only may not, and must not come back', async () => {
    const schema = object({ id: { ...text, readOnly: true }, password: { ...text, writeOnly: true } }, { required: ['id', 'password'] })
    expect(await brief(schema, {})).toEqual(['violation id required'])
    expect(await brief(schema, { id: '1', password: 'hunter2' })).toEqual(['violation password writeOnly'])
  })

  it('a property that the contract does not tell of is weaker; maps, open and free-form objects have none', async () => {
    expect(await brief(object({ id: text }), { id: '1', loyalty_tier: 'gold' })).toEqual(['undeclared-property loyalty_tier property'])
    expect(await brief(object({ id: text }, { additionalProperties: text }), { id: '1', x: 'y' })).toEqual([])
    expect(await brief(object({ id: text }, { additionalProperties: true }), { id: '1', x: 'y' })).toEqual([])
    expect(await brief(object({ free: { type: 'object' } }), { free: { x: 1 } })).toEqual([])
    expect(await brief(object({ id: text }, { additionalProperties: false }), { id: '1', x: 'y' })).toEqual([
      'violation x additionalProperties',
    ])
    const parts = { allOf: [object({ id: text }), object({ name: text })] }
    expect(await brief(parts, { id: '1', name: 'n', x: 1 })).toEqual(['undeclared-property x property'])
  })

  it('a union that fits nowhere is one finding, with the branch that was meant most likely', async () => {
    const cat = object({ kind: { type: 'string', enum: ['cat'] }, lives: { type: 'integer' } }, { required: ['kind'] })
    const dog = object({ kind: { type: 'string', enum: ['dog'] }, tail: object({ length: { type: 'integer' } }) }, { required: ['kind'] })
    const schema = object({ pet: { oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }] } })
    const how = { schemas: { Cat: cat, Dog: dog } }
    expect(await brief(schema, { pet: { kind: 'dog', tail: { length: 3 } } }, {}, how)).toEqual([])
    const { deviations } = await check(schema, { pet: { kind: 'dog', tail: { length: 'long' } } }, {}, how)
    expect(deviations.map(({ field, keyword }) => `${field} ${keyword}`)).toEqual(['pet oneOf'])
    expect(deviations[0]!.expected).toMatchObject({ nearest: { field: 'pet.tail.length', keyword: 'type', expected: 'integer' } })
  })

  it('a recursive schema is followed as deep as the answer goes', async () => {
    const how = { schemas: { Node: object({ name: text, children: { type: 'array', items: { $ref: '#/components/schemas/Node' } } }) } }
    const schema = { $ref: '#/components/schemas/Node' }
    expect(await brief(schema, { name: 'a', children: [{ name: 'b', children: [{ name: 3 }] }] }, {}, how)).toEqual([
      'violation children[].children[].name type integer',
    ])
  })

  it('an unknown status and an unknown media type are findings, a range and a default are known', async () => {
    expect(await brief(text, 'x', { status: '418' })).toEqual(['undeclared-status status'])
    expect(await brief(text, 'x', { status: '204' }, { responses: { '2XX': { description: '' } } })).toEqual([
      'undeclared-media-type media-type',
    ])
    expect(await brief(text, 'x', { status: '500' }, { responses: { default: { description: '' } } })).toEqual([])
    expect(await brief(text, 'x', { mediaType: 'text/html', json: undefined as never })).toEqual(['undeclared-media-type media-type'])
    expect(await brief(text, undefined, { json: undefined, hasBody: false })).toEqual(['violation body'])
    expect(await brief(text, undefined, { json: undefined, hasBody: false, status: '304' })).toEqual([])
  })

  it('a webhook is checked against the webhooks of the contract, whatever separators its event has', async () => {
    const webhook = { surface: 'webhook' as const, method: 'POST', status: '' }
    expect(await brief(object({ id: text }), { id: 1 }, { ...webhook, path: 'item.sold' })).toEqual(['violation id type integer'])
    expect((await check(object({ id: text }), { id: 1 }, { ...webhook, path: 'item.lost' })).described).toBe(false)
  })

  it('an operation that the contract does not have is not described, which is not the same as clean', async () => {
    expect(await check(text, 'x', { path: '/other' })).toEqual({ described: false, deviations: [] })
  })
})

describe('what is kept of a message', () => {
  const canary = 'CANARY'
  it('no value and no key of data, whatever goes wrong with it; listed values of the contract only', async () => {
    const schema = object(
      {
        type: { type: 'string', enum: ['card', 'bank'] },
        exact: { const: 'x' },
        code: { type: 'string', pattern: '^[A-Z]{3}$' },
        short: { type: 'string', maxLength: 3 },
        mail: { type: 'string', format: 'email' },
        age: { type: 'integer', maximum: 10 },
        list: { type: 'array', uniqueItems: true, items: text },
        map: { type: 'object', additionalProperties: { type: 'integer' }, propertyNames: { maxLength: 3 } },
        union: { oneOf: [object({ a: { type: 'integer' } }, { required: ['a'] }), { type: 'integer' }] },
        closed: object({}, { additionalProperties: false }),
        never: { not: {} },
        secret: { ...text, writeOnly: true },
        nested: object({ deep: text }),
        owner: object({ id: text }, { required: ['id'] }),
      },
      { required: ['gone'] },
    )
    const key = `${canary}.mara@example.com`
    const payload = {
      type: `${canary}-card`,
      exact: canary,
      code: canary.toLowerCase(),
      short: canary,
      mail: `${canary} at home`,
      age: 31_415_926,
      list: [canary, canary],
      map: { [key]: canary, '31415926': 'x' },
      union: { a: canary },
      closed: { [key]: canary },
      never: canary,
      secret: canary,
      nested: { deep: { [key]: canary }, [key]: canary, '31415926': canary },
      owner: { name: canary, type: 'card' },
      [key]: canary,
    }
    const { deviations } = await check(schema, payload, {}, { openapi: '3.1.0' })
    const kept = JSON.stringify(deviations)
    expect(kept.toLowerCase()).not.toContain(canary.toLowerCase())
    expect(kept).not.toMatch(/mara|example\.com|31415926/)
    const keywords = new Set(deviations.map(({ keyword }) => keyword))
    for (const keyword of ['enum', 'const', 'pattern', 'maxLength', 'format', 'maximum', 'uniqueItems', 'type', 'oneOf', 'required'])
      expect(keywords, keyword).toContain(keyword)
    for (const keyword of ['additionalProperties', 'propertyNames', 'not', 'writeOnly', 'property'])
      expect(keywords, keyword).toContain(keyword)
  })

  it('keeps types, classes of length and values that the contract lists', async () => {
    const schema = object({ gone: text, kind: { enum: ['card'] }, mail: text, count: { type: 'integer' } }, { required: ['gone'] })
    const { deviations } = await check(schema, { kind: 'card', mail: 'mara@example.com', count: 31_415 })
    expect(deviations[0]!.example).toEqual({
      at: '',
      found: null,
      missing: 'gone',
      within: { kind: 'card', mail: '<string of 10 to 16 characters, like an e-mail address>', count: '<integer of 5 to 9 digits>' },
    })
  })
})

describe('compiled validators', () => {
  it('take bounded memory, and a schema that is too large or unusable is told as unchecked', async () => {
    const contract = await readContract({
      name: 'many',
      text: JSON.stringify({
        openapi: '3.0.3',
        paths: Object.fromEntries(
          Array.from({ length: 50 }, (_, n) => [
            `/p${n}`,
            { get: { responses: { 200: { content: { 'application/json': { schema: object({ [`f${n}`]: text }) } } } } } },
          ]),
        ),
      }),
    })
    const validators = createValidators({ kept: 500, one: 400 })
    const checks = createMessageCheck(contract, validators)
    for (let n = 0; n < 50; n++) {
      const message = { surface: 'operation' as const, method: 'GET', path: `/p${n}`, status: '200', mediaType: 'application/json' }
      expect(checks.check({ ...message, hasBody: true, json: `{"f${n}":1}` }).deviations).toHaveLength(1)
      expect(validators.characters).toBeLessThanOrEqual(500)
    }
    validators.forget(contract)
    expect(validators.characters).toBe(0)
    const tiny = createMessageCheck(contract, createValidators({ one: 10 }))
    const message = { surface: 'operation' as const, method: 'GET', path: '/p1', status: '200', mediaType: 'application/json' }
    expect(tiny.check({ ...message, hasBody: true, json: '{}' }).unchecked).toBe('too large')
    expect((await check({ type: 'string', pattern: '(' }, 'x')).unchecked).toBe('unusable')
  })
})
