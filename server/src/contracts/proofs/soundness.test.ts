import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareContracts } from '../compare-contracts.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { readContract } from '../read-contract.ts'
import { documentWith } from '../rules/example.ts'
import type { Place } from '../rules/rule.ts'
import { sideOf } from '../schema-side.ts'
import { SubsetProver } from '../value-sets/subset.ts'
import { inVersion30 } from './dialects.ts'
import { laterVersion, schemas, valuesFor } from './schemas.ts'

// One seed unless another is asked for: a counterexample of one run in fifty would be nobody's, and a repetition would hide it.
const runs = { numRuns: Number(process.env.FC_NUM_RUNS ?? 400), seed: Number(process.env.FC_SEED ?? 20_261_129) }
const ajv = new Ajv2020({ strict: false, logger: false })
;(addFormats as unknown as (target: unknown) => void)(ajv)

/** A schema, a later version, and values that may fit either. */
const histories = schemas.chain((before) =>
  laterVersion(before).chain((after) =>
    fc.record({
      before: fc.constant(before),
      after: fc.constant(after),
      old: fc.array(valuesFor(before), { minLength: 8, maxLength: 8 }),
      now: fc.array(valuesFor(after), { minLength: 8, maxLength: 8 }),
    }),
  ),
)

/** How a version is written down: with its schema in place or named, in OpenAPI 3.1 or in 3.0 where that can say the same. */
const writings = fc.constantFrom(...(['inline', 'named', 'in 3.0'] as const))
type WrittenAs = 'inline' | 'named' | 'in 3.0'

function written(place: Place, schema: JsonObject, as: WrittenAs): JsonObject {
  const old = as === 'in 3.0' ? inVersion30(schema) : undefined
  if (isObject(old)) return { ...documentWith(place, old), openapi: '3.0.3' }
  if (as !== 'named') return documentWith(place, schema)
  return { ...documentWith(place, { $ref: '#/components/schemas/Thing' }), components: { schemas: { Thing: schema } } }
}

async function isCalledHarmless(place: Place, before: [JsonObject, WrittenAs], after: [JsonObject, WrittenAs]): Promise<boolean> {
  const read = (name: string, version: [JsonObject, WrittenAs]) => readContract({ name, text: JSON.stringify(written(place, ...version)) })
  const findings = compareContracts(await read('before', before), await read('after', after), { today: new Date('2026-01-01') })
  return findings.every((finding) => finding.level === 'INFO')
}

const composing = new Set(['allOf', 'anyOf', 'oneOf', 'then', 'else'])
/** What stands under these says nothing about what is sent, or turns it round. */
const turning = new Set(['not', 'if', 'enum', 'const', 'required', 'dependentRequired'])

function eachPart(schema: JsonObject, change: (part: Json, word: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(schema).map(([word, value]) => [word, turning.has(word) ? value : change(value, word)]))
}

/** A correct sender sends what is described and nothing else. */
function asSenderSends(schema: Json, isPart = false): Json {
  if (Array.isArray(schema)) return schema.map((item) => asSenderSends(item, isPart))
  if (!isObject(schema)) return schema
  const kept = eachPart(schema, (value, word) =>
    isNamed(word) && isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asSenderSends(member)]))
      : asSenderSends(value, composing.has(word)),
  )
  return !isPart && describesProperties(schema) ? { ...kept, unevaluatedProperties: false } : kept
}

const isNamed = (word: string) => word === 'properties' || word === 'patternProperties'

function describesProperties(schema: Json): boolean {
  if (Array.isArray(schema)) return schema.some(describesProperties)
  if (!isObject(schema)) return false
  return isObject(schema.properties) || [...composing].some((word) => describesProperties(schema[word] ?? null))
}

/** Readers pass over what they do not know, so a closed object takes more than it says, and whatever fits a branch is taken for it. */
function asReaderSees(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(asReaderSees)
  if (!isObject(schema)) return schema
  const kept = Object.entries(schema).filter(
    ([word, value]) =>
      !((word === 'additionalProperties' || word === 'unevaluatedProperties') && value === false) && word !== 'propertyNames',
  )
  return eachPart(Object.fromEntries(kept.map(([word, value]) => [word === 'oneOf' ? 'anyOf' : word, value])), (value, word) =>
    isNamed(word) && isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asReaderSees(member)]))
      : asReaderSees(value),
  )
}

describe('non-breaking', () => {
  it('in a request means that every value valid before is valid after', async () => {
    let harmless = 0
    await fc.assert(
      fc.asyncProperty(histories, writings, writings, async ({ before, after, old }, first, second) => {
        if (!(await isCalledHarmless('request-body', [before, first], [after, second]))) return
        harmless++
        const [was, is] = [ajv.compile(asSenderSends(before) as JsonObject), ajv.compile(after)]
        for (const value of old) if (was(value)) expect(is(value), JSON.stringify({ value, before, after })).toBe(true)
      }),
      runs,
    )
    expect(harmless, 'a differ that calls everything breaking proves nothing').toBeGreaterThan(runs.numRuns / 20)
  })

  it('in an answer means that every value valid after was valid before, for a reader who passes over what it does not know', async () => {
    let harmless = 0
    await fc.assert(
      fc.asyncProperty(histories, writings, writings, async ({ before, after, now }, first, second) => {
        if (!(await isCalledHarmless('response-body', [before, first], [after, second]))) return
        harmless++
        const [was, is] = [ajv.compile(asReaderSees(before) as JsonObject), ajv.compile(asSenderSends(after) as JsonObject)]
        for (const value of now) if (is(value)) expect(was(value), JSON.stringify({ value, before, after })).toBe(true)
      }),
      runs,
    )
    expect(harmless).toBeGreaterThan(runs.numRuns / 20)
  })
})

describe('the subset prover', () => {
  it('never claims a subset that a value contradicts', async () => {
    let proven = 0
    await fc.assert(
      fc.asyncProperty(histories, async ({ before, after, old }) => {
        const contract = await readContract({ name: 'x', text: '{"openapi":"3.1.0"}' })
        const side = (node: JsonObject) => sideOf(contract, { file: contract.entry, node, parent: undefined, key: '' })
        if (!new SubsetProver().isSubset(side(before), side(after))) return
        proven++
        const [was, is] = [ajv.compile(asSenderSends(before) as JsonObject), ajv.compile(after)]
        for (const value of old) if (was(value)) expect(is(value), JSON.stringify({ value, before, after })).toBe(true)
      }),
      runs,
    )
    expect(proven).toBeGreaterThan(runs.numRuns / 20)
  })
})
