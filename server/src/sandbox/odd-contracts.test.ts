import { afterEach, describe, expect, it } from 'vitest'
import { startSandbox } from './index.ts'
import { clientOf } from './test-client.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

interface Odd {
  openapi?: string
  body?: object
  answer?: object
  query?: object
  schemas?: object
  security?: object[]
}

/** One operation of a contract with what real documents have and specifications forbid. */
async function start({ openapi = '3.1.0', body, answer = { type: 'object' }, query, schemas = {}, security }: Odd) {
  const json = (schema: object) => ({ content: { 'application/json': { schema } } })
  const contract = {
    openapi,
    info: { title: 'Odd', version: '1' },
    components: { schemas },
    ...(security ? { security } : {}),
    paths: {
      '/things': {
        [body ? 'post' : 'get']: {
          ...(query ? { parameters: [{ name: 'q', in: 'query', schema: query }] } : {}),
          ...(body ? { requestBody: { required: true, ...json(body) } } : {}),
          responses: { 200: { description: 'ok', ...json(answer) } },
        },
      },
    },
  }
  const sandbox = await startSandbox({ contract })
  cleanups.push(sandbox.stop)
  const call = clientOf(sandbox.url)
  return (sent?: unknown, search = '') => call(body ? 'POST' : 'GET', `/things${search}`, sent)
}

const text = { type: 'string' }

describe('a contract that is odd as real ones are', () => {
  it('may escape what needs no escape in a pattern (DigitalOcean, SendGrid), and the pattern still counts', async () => {
    const call = await start({ body: { type: 'object', properties: { tag: { type: 'string', pattern: '^[a-zA-Z0-9_\\-\\:]+$' } } } })
    expect((await call({ tag: 'web:eu-1' })).status).toBe(200)
    expect((await call({ tag: 'no blanks' })).status).toBe(422)
  })

  it('may write a pattern of another language', async () => {
    const call = await start({ body: { type: 'object', properties: { name: { type: 'string', pattern: '^(?<!x)(?i)abc\\Z(' } } } })
    expect((await call({ name: 'anything' })).status).toBe(200)
  })

  it('may keep `nullable` and boolean bounds when its first line says 3.1 (ReadMe)', async () => {
    const properties = { note: { nullable: true, anyOf: [text] }, share: { type: 'number', maximum: 10, exclusiveMaximum: true } }
    const call = await start({ body: { type: 'object', properties } })
    expect((await call({ note: null, share: 9 })).status).toBe(200)
    expect((await call({ share: 10 })).status).toBe(422)
  })

  it('may require a schema inside itself: nothing fits, and the sandbox says so and lives', async () => {
    const schemas = { Node: { type: 'object', required: ['parent'], properties: { parent: { $ref: '#/components/schemas/Node' } } } }
    const call = await start({ answer: { $ref: '#/components/schemas/Node' }, schemas })
    expect((await call()).text).not.toContain('The sandbox itself failed')
  })

  it('may tell alternatives apart by a discriminator alone', async () => {
    const kind = { type: 'object', required: ['kind'], properties: { kind: text, size: { type: 'integer' } } }
    const schemas = { Cat: kind, Dog: { ...kind, required: ['kind', 'size'] } }
    const oneOf = [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }]
    const mapping = { cat: '#/components/schemas/Cat', dog: 'Dog' }
    const call = await start({ body: { oneOf, discriminator: { propertyName: 'kind', mapping } }, schemas })
    expect((await call({ kind: 'cat', size: 3 })).status).toBe(200)
    expect((await call({ kind: 'dog', size: 3 })).status).toBe(200)
    const refused = await call({ kind: 'dog' })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('size')
  })

  it('may write a default of another type or an empty one: nobody is refused for what they did not send', async () => {
    const numbers = await start({ query: { type: 'integer', default: 'many' } })
    expect((await numbers()).status).toBe(200)
    const dates = await start({ query: { type: 'string', format: 'date', default: '' } })
    expect((await dates()).status).toBe(200)
    expect((await dates(undefined, '?q=tomorrow')).status).toBe(400)
  })

  it('may ask for a security scheme that it does not describe', async () => {
    const call = await start({ security: [{ missing: [] }] })
    expect((await call()).status).toBe(200)
  })
})
