import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonOf, type Operation, readContract } from './contract.ts'
import type { RawRequest } from './requests.ts'
import { createSampler } from './sample.ts'
import { createSandbox, type Sandbox } from './sandbox.ts'
import { schemaCompiler } from './schemas.ts'
import { serve } from './serve.ts'
import { githubContract, helpdeskContract } from './test-client.ts'

const order = ['post', 'get', 'put', 'patch', 'delete']

/** Calls every operation once with a request made from its own schema and says which answers do not fit theirs. */
async function callEverything(sandbox: Sandbox): Promise<{ answered: number; wrong: string[] }> {
  const { engine } = sandbox.serving
  const sampler = createSampler(sandbox.contract, engine.compiler, 'requests')
  const isBasic = Object.values(sandbox.contract.securitySchemes).some((scheme) => scheme.scheme === 'basic')
  const authorization = isBasic ? 'Basic eDp5' : 'Bearer token'
  const result = { answered: 0, wrong: [] as string[] }
  const operations = withoutShadowed(sandbox.contract.operations).filter(
    (_, i) => i % (sandbox.contract.operations.length > 100 ? share : 1) === 0,
  )
  for (const operation of operations.sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method))) {
    const { ending } = await serve(sandbox.serving, await requestFor(operation, sampler, authorization))
    if (ending.kind !== 'answer') throw new Error(`${operation.id} gave no answer`)
    const { status, body } = ending.answer
    if (status >= 400 && status !== 404 && status !== 409) result.wrong.push(`${operation.id} answered ${status}: ${body.slice(0, 300)}`)
    const declared = jsonOf(operation.answers.find((each) => each.status === status)?.content ?? [])
    if (status >= 300 || !declared || body === '') continue
    result.answered++
    const validate = engine.compiler.validator(declared.schema, 'answer')
    if (!validate(JSON.parse(body)))
      result.wrong.push(`${operation.id}: ${validate.errors?.map((error) => `${error.instancePath} ${error.message}`).slice(0, 3)}`)
  }
  return result
}

/** Xero has pairs such as `/Contacts/{ContactID}` and `/Contacts/{ContactNumber}`, which OpenAPI forbids; the first one counts. */
function withoutShadowed(operations: Operation[]): Operation[] {
  const shape = (operation: Operation) => `${operation.method} ${operation.path.replace(/\{[^}]+\}/g, '{}')}`
  return operations.filter((each, i) => operations.findIndex((other) => shape(other) === shape(each)) === i)
}

async function requestFor(operation: Operation, sampler: ReturnType<typeof createSampler>, authorization: string): Promise<RawRequest> {
  const value = (schema: object) => String(sampler.sample(schema, 'full', 'request').value)
  const inPlace = (place: string) => operation.parameters.filter((each) => each.in === place && (each.required || place === 'path'))
  const path = inPlace('path').reduce(
    (text, each) => text.replace(new RegExp(`\\{\\+?${each.name}\\}`), encodeURIComponent(value(each.schema))),
    operation.path,
  )
  const query = new URLSearchParams(inPlace('query').map((each) => [each.name, value(each.schema)])).toString()
  const headers: Record<string, string> = { host: 'x', 'x-api-key': 'k', authorization }
  for (const each of inPlace('header')) headers[each.name.toLowerCase()] = value(each.schema)
  const content = jsonOf(operation.body?.content ?? []) ?? operation.body?.content[0]
  if (!content) return { method: operation.method.toUpperCase(), path, query, headers, body: Buffer.alloc(0) }
  const sent = sampler.sample(content.schema, 'full', 'request').value
  const isForm = content.mediaType.includes('urlencoded')
  headers['content-type'] = content.mediaType
  if (content.mediaType.startsWith('multipart'))
    return { method: operation.method.toUpperCase(), path, query, headers, body: await multipart(headers, sent) }
  const text = isForm ? new URLSearchParams(sent as Record<string, string>).toString() : JSON.stringify(sent)
  return { method: operation.method.toUpperCase(), path, query, headers, body: Buffer.from(text ?? '') }
}

async function multipart(headers: Record<string, string>, sent: unknown): Promise<Buffer> {
  const form = new FormData()
  for (const [name, value] of Object.entries({ ...(sent as object) }))
    form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  if ([...form].length === 0) form.set('anything', 'x')
  const encoded = new Response(form)
  headers['content-type'] = encoded.headers.get('content-type')!
  return Buffer.from(await encoded.arrayBuffer())
}

/** Compiling a thousand schemas takes half a minute: every fourth operation by default, all with SANDBOX_SWEEP=all. */
const share = process.env.SANDBOX_SWEEP === 'all' ? 1 : 4

const sharedSpecs = join(import.meta.dirname, '../../../../shared/specs')

describe('every answer fits its schema', () => {
  it('of the helpdesk', async () => {
    const { answered, wrong } = await callEverything(createSandbox({ contract: helpdeskContract, autoCreateParents: true }, undefined))
    expect(wrong).toEqual([])
    expect(answered).toBeGreaterThan(10)
  })

  it('of GitHub’s real contract, over its operations', async () => {
    const { answered, wrong } = await callEverything(createSandbox({ contract: githubContract, autoCreateParents: true }, undefined))
    expect(wrong).toEqual([])
    expect(answered).toBeGreaterThan(800 / share)
  }, 240_000)

  it.skipIf(!existsSync(sharedSpecs))(
    'of Adyen, Square, Twilio and Xero (skipped where ../shared/specs is absent)',
    async () => {
      for (const { name } of readdirSync(sharedSpecs, { withFileTypes: true }).filter((each) => each.isDirectory())) {
        const file = readdirSync(join(sharedSpecs, name)).find((each) => each.startsWith('before.'))
        if (!file) continue
        const { wrong } = await callEverything(
          createSandbox({ contract: join(sharedSpecs, name, file), autoCreateParents: true }, undefined),
        )
        expect({ name, wrong }).toEqual({ name, wrong: [] })
      }
    },
    240_000,
  )
})

describe('the sampler', () => {
  const leaf = fc.oneof(
    fc.record({ type: fc.constant('string'), minLength: fc.nat(5), maxLength: fc.integer({ min: 5, max: 9 }) }),
    fc.record({ type: fc.constant('string'), pattern: fc.constantFrom('^[a-z]{3}-\\d{2}$', '^(tkt|cus)_[0-9A-F]{8}$', '^\\S+$') }),
    fc.record({ type: fc.constant('string'), format: fc.constantFrom('date-time', 'date', 'email', 'uuid', 'uri', 'ipv4') }),
    fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: -50, max: 50 }), multipleOf: fc.constantFrom(1, 5, 7) }),
    fc.record({ type: fc.constant('number'), exclusiveMinimum: fc.integer({ min: -5, max: 5 }), maximum: fc.integer({ min: 6, max: 9 }) }),
    fc.record({ enum: fc.uniqueArray(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 3 }) }),
    fc.record({ const: fc.jsonValue({ maxDepth: 1 }) }),
    fc.constant({ type: ['boolean', 'null'] }),
  )
  const { schema } = fc.letrec<{ schema: object }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(2) }),
      fc
        .record({
          type: fc.constant('object'),
          properties: fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie('schema'), { maxKeys: 4 }),
          additionalProperties: fc.boolean(),
        })
        .map((each) => ({ ...each, required: Object.keys(each.properties).slice(0, 2) })),
      fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      fc.record({
        allOf: fc.tuple(
          fc.record({ type: fc.constant('object'), properties: fc.record({ left: tie('schema') }), required: fc.constant(['left']) }),
          fc.record({ type: fc.constant('object'), properties: fc.record({ right: tie('schema') }) }),
        ),
      }),
    ),
  }))

  it('makes a valid value of any satisfiable schema, full and blank, and says so honestly', () => {
    fc.assert(
      fc.property(schema, fc.constantFrom('full' as const, 'blank' as const), (each, mode) => {
        const contract = readContract({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths: {} })
        const compiler = schemaCompiler(contract)
        const { value, problems } = createSampler(contract, compiler, 's').sample(each, mode)
        expect(compiler.validator(each, 'answer')(value)).toBe(true)
        expect(problems).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('reports what no value can satisfy instead of passing it off as valid', () => {
    const contract = readContract({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths: {} })
    const { problems } = createSampler(contract, schemaCompiler(contract), 's').sample({ type: 'integer', minimum: 5, maximum: 3 }, 'full')
    expect(problems).not.toEqual([])
  })
})
