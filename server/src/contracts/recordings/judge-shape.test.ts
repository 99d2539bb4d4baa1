import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processorMs } from '../../../test/processor-time.ts'
import { type Contract, rootSpot } from '../contract.ts'
import { jsonSchemaOf } from '../impact/json-schema.ts'
import type { Json, JsonObject } from '../json.ts'
import { laterVersion, schemas, valuesFor } from '../proofs/schemas.ts'
import { readContract } from '../read-contract.ts'
import { sideOf } from '../schema-side.ts'
import { judgeShape } from './judge-shape.ts'
import { meetsDemand, recordShape } from './recorded-shape.ts'

// One seed unless another is asked for: a counterexample of one run in fifty would be nobody's, and a repetition would hide it.
const runs = { numRuns: Number(process.env.FC_NUM_RUNS ?? 400), seed: Number(process.env.FC_SEED ?? 20_261_129) }
const ajv = new Ajv2020({ strict: false, logger: false })
;(addFormats as unknown as (target: unknown) => void)(ajv)
const empty = await readContract({ name: 'c', text: '{"openapi":"3.1.0","paths":{}}' })
const spotOf = (contract: Contract, node: Json) => ({ ...rootSpot(contract), node })

function judged(recordedUnder: JsonObject, judgedBy: JsonObject, value: Json) {
  const shape = JSON.parse(JSON.stringify(recordShape(value, [sideOf(empty, spotOf(empty, recordedUnder))])))
  const schema = jsonSchemaOf(empty, spotOf(empty, judgedBy), 'request')
  return { shape, fit: judgeShape(schema, shape), valid: ajv.validate(judgedBy, value) }
}

const conditionals = [
  '{"if":{"type":"string","minLength":3},"then":{"pattern":"e"},"else":{"enum":["a","b",3]}}',
  '{"if":{"minLength":3},"then":false}',
  '{"if":{"minLength":3},"else":false}',
].map((text) => JSON.parse(text) as JsonObject)

/** Patterns, formats and the words that turn a verdict round: what depends on values that are not kept. */
const tricky: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constantFrom<JsonObject>(
    { type: 'string', pattern: '^[a-c]+$' },
    { type: 'string', format: 'email' },
    { not: { type: 'string', pattern: '^a' } },
    { not: { const: 'a' } },
    {
      oneOf: [
        { type: 'string', pattern: '^a' },
        { type: 'string', pattern: 'b$' },
      ],
    },
    ...conditionals,
    { type: 'array', uniqueItems: true },
    { type: 'object', properties: { 31415926: { type: 'string' }, 'mara@example.com': { type: 'integer' } }, additionalProperties: true },
    { type: 'object', required: ['31415926'] },
    { type: 'object', additionalProperties: false, properties: { id: {}, name: {} } },
    { type: 'number', exclusiveMinimum: 3, multipleOf: 0.5 },
    { type: 'integer', format: 'int32', not: { minimum: 5 } },
    { type: 'object', propertyNames: { maxLength: 3 }, minProperties: 2 },
    { type: 'object', additionalProperties: { type: 'integer' }, properties: { id: { type: 'string' } } },
    { type: 'object', patternProperties: { '^x': { type: 'string' } }, additionalProperties: false },
    { type: 'object', dependentRequired: { id: ['name'] }, required: ['kind'] },
    { type: 'array', contains: { const: 'a' } },
    { type: 'array', uniqueItems: true, prefixItems: [{ type: 'string' }] },
    { enum: ['a', 'dd', 1, null] },
    { minLength: 2, maximum: 4, maxItems: 1 },
  ),
  schemas,
)
/** Without words that turn round or depend on the rest of the payload, of which a shape leaves more open. */
const common = schemas.filter(
  (schema) => !/"(not|if|contains|patternProperties|prefixItems|dependentRequired)":/.test(JSON.stringify(schema)),
)
const wild: fc.Arbitrary<Json> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(
    'a',
    'abc',
    'ab',
    'e@x.example',
    5,
    3.5,
    1_000_000,
    -2,
    null,
    true,
    ['a', 'a'],
    { id: 'x' },
    { x1: 'y', '1234567890': 1 },
  ),
  fc.dictionary(fc.constantFrom('id', 'name', 'kind', 'x1', 'mara@example.com', '31415926'), fc.constantFrom<Json>('a', 'ffff', 7, null)),
)

describe('a shape', () => {
  it('never fits or misfits where the payload behind it does not', () => {
    let decided = 0
    fc.assert(
      fc.property(
        schemas.chain((before) => fc.tuple(fc.constant(before), laterVersion(before), valuesFor(before))),
        ([before, after, value]) => {
          const { fit, valid, shape } = judged(before, after, value)
          if (fit.is === 'unknown') return
          decided += 1
          expect(fit.is, JSON.stringify({ after, value, shape, fit })).toBe(valid ? 'yes' : 'no')
        },
      ),
      runs,
    )
    expect(decided).toBeGreaterThan(runs.numRuns / 3)
  })

  it('nor below patterns, formats, `not`, `oneOf`, `if` and names that were data', () => {
    fc.assert(
      fc.property(tricky, tricky, fc.oneof(wild, tricky.chain(valuesFor)), (before, after, value) => {
        const { fit, valid, shape } = judged(before, after, value)
        if (fit.is !== 'unknown') expect(fit.is, JSON.stringify({ after, value, shape, fit })).toBe(valid ? 'yes' : 'no')
      }),
      { numRuns: runs.numRuns * 5 },
    )
  })

  it('that met what the contract asked is known to meet it still: the same version never refuses and is mostly certain', () => {
    let certain = 0
    let all = 0
    fc.assert(
      fc.property(
        common.chain((schema) => fc.tuple(fc.constant(schema), valuesFor(schema))),
        ([schema, value]) => {
          if (!ajv.validate(schema, value)) return
          const { fit } = judged(schema, schema, value)
          expect(fit.is).not.toBe('no')
          all += 1
          if (fit.is === 'yes') certain += 1
        },
      ),
      runs,
    )
    expect(certain / all).toBeGreaterThan(0.8)
  })
})

describe('what a shape says', () => {
  const payment = {
    type: 'object',
    properties: {
      type: { type: 'string', enum: ['card', 'neteller'] },
      mail: { type: 'string', format: 'email' },
      reference: { type: 'string', maxLength: 20 },
    },
  }
  const sent = {
    type: 'neteller',
    mail: 'mara@example.com',
    reference: 'CANARY-1',
    amount: 31_415_926,
    tags: ['CANARY'],
    map: { 'mara@example.com': 1 },
  }

  it('holds no value but those that the contract lists, and no name that is data', () => {
    const shape = JSON.stringify(recordShape(sent, [sideOf(empty, spotOf(empty, payment))]))
    expect(shape).toContain('neteller')
    expect(shape).not.toMatch(/CANARY|mara|example\.com|31415926/)
  })

  it('proves what a removed value, a new demand or a shorter limit refuses, and leaves open what depends on the value', () => {
    const properties = payment.properties
    const by = (changes: object, more: object = {}) =>
      judged(payment, { ...payment, properties: { ...properties, ...changes }, ...more } as never, sent).fit
    expect(by({})).toEqual({ is: 'yes' })
    expect(by({ type: { type: 'string', enum: ['card'] } })).toEqual({
      is: 'no',
      why: { field: 'type', keyword: 'enum', expected: ['card'] },
    })
    expect(by({}, { required: ['id'] })).toEqual({ is: 'no', why: { field: 'id', keyword: 'required', expected: null } })
    expect(by({ reference: { type: 'string', maxLength: 3 } })).toEqual({
      is: 'no',
      why: { field: 'reference', keyword: 'maxLength', expected: 3 },
    })
    expect(by({ reference: { type: 'string', maxLength: 7 } })).toEqual({ is: 'unknown' })
    expect(by({ reference: { type: 'string', pattern: '^[0-9]+$' } })).toEqual({ is: 'unknown' })
    expect(by({ reference: { type: 'string', enum: ['CANARY-1', 'other'] } })).toEqual({ is: 'unknown' })
    expect(by({ amount: { type: 'string' } })).toMatchObject({ is: 'no', why: { keyword: 'type' } })
  })

  it('of a text form never takes a spelling for a type', () => {
    const schema = { type: 'object', properties: { page: { type: 'integer' }, word: { type: 'string' }, on: { type: 'boolean' } } }
    const shape = recordShape({ page: '5', word: 7, on: 'true' }, [])
    expect(judgeShape(schema, shape, true)).toEqual({ is: 'unknown' })
    expect(judgeShape(schema, recordShape({ word: 7 }, []), true)).toEqual({ is: 'yes' })
    expect(judgeShape(schema, recordShape({ page: { a: 1 } }, []), true).is).toBe('no')
  })

  it('that never ends is given up as unknown', () => {
    const loop = { $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } }, allOf: [{ $ref: '#/$defs/a' }] }
    expect(judgeShape(loop, { b: 1 })).toEqual({ is: 'unknown' })
  })
})

it('a pattern that would take for ever on a value that is kept stops nobody: it is not understood, at once from then on', () => {
  const value = `${'a'.repeat(40)}!`
  const startedAt = processorMs()
  for (let time = 0; time < 20; time += 1) expect(meetsDemand(value, 'pattern', '^(a+)+$')).toBeUndefined()
  expect(processorMs() - startedAt).toBeLessThan(10_000)
  expect(meetsDemand(value, 'pattern', '^a+!$')).toBe(true)
  expect(meetsDemand(value, 'pattern', '^(b|c)+$')).toBe(false)
})
