import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compareContracts, type Finding, identityOf, readContract } from './index.ts'
import { sourceLines } from './report/source-lines.ts'

const suite = fileURLToPath(new URL('../../../../shared/conformance/openapi-changes/data', import.meta.url))
const today = new Date('2026-01-01')
const read = (text: string, name = 'api') => readContract({ name, text })
const rules = (findings: readonly Finding[]) => findings.map((finding) => finding.rule)

const swagger = (limit: number, more = '') => `swagger: "2.0"
info: { title: Pets, version: "1" }
host: api.example
basePath: /v1
consumes: [application/json]
produces: [application/json]
parameters:
  Body: { name: body, in: body, required: true, schema: { $ref: "#/definitions/Pet" } }
definitions:
  Pet: { type: object, required: [name], properties: { name: { type: string, maxLength: ${limit} } } }
paths:
  /pets:
    post:
      parameters: [{ $ref: "#/parameters/Body" }]
      responses: { "200": { description: Made, schema: { $ref: "#/definitions/Pet" } } }
    get:
      parameters: [{ name: limit, in: query, type: integer, maximum: ${limit} }${more}]
      responses: { "200": { description: All } }
  /photos:
    post:
      consumes: [multipart/form-data]
      parameters: [{ name: caption, in: formData, type: string, maxLength: ${limit} }]
      responses: { "200": { description: Made } }
`

describe('readContract', () => {
  it('reads Swagger 2 as what it means in OpenAPI 3', async () => {
    const found = compareContracts(await read(swagger(20)), await read(swagger(10)), { today })
    expect(
      found.map(({ rule, method, path, parameter, mediaType, field }) => [rule, `${method} ${path}`, parameter ?? mediaType, field]),
    ).toEqual([
      ['request-parameter-max-decreased', 'GET /pets', 'query limit', ''],
      ['request-property-max-length-decreased', 'POST /pets', 'application/json', 'name'],
      ['response-property-max-length-decreased', 'POST /pets', 'application/json', 'name'],
      ['request-property-max-length-decreased', 'POST /photos', 'multipart/form-data', 'caption'],
    ])
  })

  it('finds no difference between a Swagger 2 document and its OpenAPI 3 form, but where its schemas stand', async () => {
    const three = `openapi: 3.0.3
info: { title: Pets, version: "1" }
servers: [{ url: "https://api.example/v1" }]
components: { schemas: { Pet: { type: object, required: [name], properties: { name: { type: string, maxLength: 20 } } } } }
paths:
  /pets:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
      responses: { "200": { description: Made, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } } }
    get:
      parameters: [{ name: limit, in: query, schema: { type: integer, maximum: 20 } }]
      responses: { "200": { description: All } }
  /photos:
    post:
      requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { caption: { type: string, maxLength: 20 } } } } } }
      responses: { "200": { description: Made } }
`
    expect(compareContracts(await read(swagger(20)), await read(three), { today })).toEqual([])
    expect(compareContracts(await read(three), await read(swagger(20)), { today })).toEqual([])
  })

  it('follows references through several files, relative to the file that names them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contract-'))
    await mkdir(join(folder, 'schemas'))
    const api = 'openapi: 3.0.0\npaths:\n  /a:\n    $ref: "paths.yaml#/~1a"\n'
    const paths =
      '/a:\n  get:\n    responses:\n      "200":\n        description: ok\n        content:\n          application/json:\n            schema: { $ref: "schemas/thing.json" }\n'
    const thing = (type: string) => JSON.stringify({ type: 'object', properties: { owner: { $ref: 'owner.json#/Owner' }, size: { type } } })
    await writeFile(join(folder, 'api.yaml'), api)
    await writeFile(join(folder, 'paths.yaml'), paths)
    await writeFile(join(folder, 'schemas', 'owner.json'), '{"Owner":{"type":"object","properties":{"thing":{"$ref":"thing.json"}}}}')
    await writeFile(join(folder, 'schemas', 'thing.json'), thing('integer'))
    const before = await readContract({ path: join(folder, 'api.yaml') })
    await writeFile(join(folder, 'schemas', 'thing.json'), thing('string'))
    const after = await readContract({ path: join(folder, 'api.yaml') })
    const found = compareContracts(before, after, { today })
    expect(found.map((finding) => [finding.rule, finding.field])).toEqual([
      ['response-property-type-changed', 'owner.thing.size'],
      ['response-property-type-changed', 'size'],
    ])
    expect([...sourceLines(found).values()][0]?.file).toBe(join(folder, 'schemas', 'thing.json'))
  })

  it('takes a remote reference that nobody may fetch for undetermined, and the same one on both sides for no change', async () => {
    const text = (ref: string) =>
      `openapi: 3.0.0\npaths: { /a: { get: { responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "${ref}" } } } } } } } }`
    const [one, other] = ['https://schemas.example.com/a.json#/A', 'https://schemas.example.com/b.json#/B']
    expect(compareContracts(await read(text(one)), await read(text(one)), { today })).toEqual([])
    expect(rules(compareContracts(await read(text(one)), await read(text(other)), { today }))).toEqual(['response-body-undetermined'])
  })
})

describe('findings', () => {
  const document = (keyword: string, value: unknown) =>
    JSON.stringify(
      {
        openapi: '3.1.0',
        paths: {
          '/a/{id}': {
            get: {
              responses: {
                200: {
                  description: 'ok',
                  content: {
                    'application/json': { schema: { type: 'object', properties: { size: { type: 'integer', [keyword]: value } } } },
                  },
                },
              },
            },
          },
        },
      },
      null,
      2,
    )

  it('are the same bytes for the same inputs, whatever the order of keys', async () => {
    const shuffled = JSON.stringify({ paths: JSON.parse(document('maximum', 5)).paths, openapi: '3.1.0' })
    const [first, second] = [
      compareContracts(await read(document('maximum', 9)), await read(document('maximum', 5)), { today }),
      compareContracts(await read(document('maximum', 9)), await read(shuffled), { today }),
    ]
    expect(JSON.stringify(second)).toBe(JSON.stringify(first))
  })

  it.skipIf(!existsSync(suite))('are none between a document and itself (needs ../shared/conformance beside the project)', async () => {
    const files = (await readdir(suite, { recursive: true })).filter((file) => /\.(ya?ml|json)$/.test(file))
    for (const file of files) {
      const twice = () => readContract({ path: join(suite, file), root: suite }).catch(() => undefined)
      const [before, after] = [await twice(), await twice()]
      if (before && after)
        expect(
          compareContracts(before, after, { today, minStability: 'draft' }).filter(
            (finding) => finding.rule !== 'api-invalid-stability-level',
          ),
          file,
        ).toEqual([])
    }
  })

  it('keep their identity when a path parameter is renamed and words are rewritten, and not when values differ', async () => {
    const identities = async (before: string, after: string) =>
      compareContracts(await read(before), await read(after), { today })
        .filter((finding) => finding.rule.includes('max-'))
        .map(identityOf)
    const plain = await identities(document('maximum', 9), document('maximum', 12))
    const renamed = await identities(
      document('maximum', 9).replace('{id}', '{key}'),
      document('maximum', 12).replace('{id}', '{thing}').replace('"ok"', '"fine"'),
    )
    expect(renamed).toEqual(plain)
    expect(await identities(document('maximum', 9), document('maximum', 13))).not.toEqual(plain)
  })

  it.each([
    ['JSON', (text: string) => text],
    ['YAML', (text: string) => `# A comment\n${text}`],
  ])('know their line in %s', async (_, write) => {
    const after = write(document('maximum', 12))
    const [finding] = compareContracts(await read(document('maximum', 9)), await read(after), { today })
    const line = sourceLines([finding!]).get(finding!)
    expect(after.split('\n')[line!.line - 1]?.trim()).toBe('"size": {')
    expect(line!.column).toBe(after.split('\n')[line!.line - 1]!.indexOf('"size"') + 1)
  })
})

describe('webhooks and callbacks', () => {
  const hook = (required: string[]) => ({
    post: {
      requestBody: { content: { 'application/json': { schema: { type: 'object', required, properties: { id: { type: 'string' } } } } } },
      responses: { 200: { description: 'seen' } },
    },
  })

  it('are judged like answers: a promise taken back hurts the receiver, a new one nobody', async () => {
    const webhook = (required: string[]) => JSON.stringify({ openapi: '3.1.0', webhooks: { made: hook(required) } })
    const callback = (required: string[]) =>
      JSON.stringify({
        openapi: '3.1.0',
        paths: { '/a': { post: { callbacks: { done: { '{$request.body#/url}': hook(required) } }, responses: {} } } },
      })
    for (const text of [webhook, callback]) {
      const [worse] = compareContracts(await read(text(['id'])), await read(text([])), { today })
      expect(worse).toMatchObject({ rule: 'response-property-became-optional', level: 'ERR', field: 'id' })
      const [better] = compareContracts(await read(text([])), await read(text(['id'])), { today })
      expect(better).toMatchObject({ rule: 'response-property-became-required', level: 'INFO' })
    }
  })
})

describe('unions as sets of values', () => {
  const branch = (name: string, values: string[], more: object = {}) => ({
    title: name,
    type: 'object',
    additionalProperties: false,
    required: ['type'],
    properties: { type: { type: 'string', enum: values }, note: { type: 'string' } },
    ...more,
  })
  const document = (...branches: object[]) =>
    JSON.stringify({
      openapi: '3.1.0',
      paths: {
        '/pay': {
          post: {
            requestBody: { content: { 'application/json': { schema: { type: 'object', properties: { method: { oneOf: branches } } } } } },
            responses: {},
          },
        },
      },
    })
  const bad = (findings: readonly Finding[]) =>
    findings.filter((finding) => finding.level !== 'INFO').map((finding) => [finding.rule, finding.before])

  it('a value that moves to a branch that takes the same is no loss', async () => {
    const before = await read(document(branch('Plain', ['a', 'b']), branch('Other', ['c'])))
    const after = await read(document(branch('Plain', ['a']), branch('Other', ['c']), branch('New', ['b'])))
    expect(bad(compareContracts(before, after, { today }))).toEqual([])
  })

  it('a value that moves to a branch that demands more is lost', async () => {
    const before = await read(document(branch('Plain', ['a', 'b']), branch('Other', ['c'])))
    const after = await read(document(branch('Plain', ['a']), branch('Other', ['c', 'b'], { required: ['type', 'note'] })))
    expect(bad(compareContracts(before, after, { today }))).toContainEqual(['request-property-enum-value-removed', 'b'])
  })

  it('an inline schema that moves into a named one is no change', async () => {
    const before = JSON.parse(document(branch('Plain', ['a']), branch('Other', ['c'])))
    const after = structuredClone(before)
    const union = after.paths['/pay'].post.requestBody.content['application/json'].schema.properties.method
    after.components = { schemas: { Plain: union.oneOf[0] } }
    union.oneOf[0] = { $ref: '#/components/schemas/Plain' }
    expect(compareContracts(await read(JSON.stringify(before)), await read(JSON.stringify(after)), { today })).toEqual([])
  })
})
