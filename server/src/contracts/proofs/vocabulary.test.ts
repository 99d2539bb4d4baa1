import { describe, expect, it } from 'vitest'
import { compareContracts } from '../compare-contracts.ts'
import { readContract } from '../read-contract.ts'
import { parameter, reads, request, response, sends, text, two } from './truths.ts'

/**
 * Which words the changes are told in, where the field has a convention that its rule ids alone do not show: how often one change is told, and
 * under which of two ids that would both fit. Whoever moves here from another differ has scripts that count on it.
 */
interface Case {
  because: string
  before: object
  after: object
  told: string[]
}

const kinds = (...names: string[]) => names.map((name) => ({ title: name, type: 'object', required: [name], properties: { [name]: text } }))
const listOf = (items: object) => ({ schema: { type: 'array', items } })
const nullType = { type: 'null' }

const cases: Record<string, Case[]> = {
  'one change, one finding': [
    {
      because: 'branches that came together are told together',
      ...two({ oneOf: kinds('a', 'b') }, { oneOf: kinds('a', 'b', 'c', 'd') }, reads),
      told: ['response-body-one-of-added ERR ["c","d"]'],
    },
    {
      because: 'branches that went together are told together',
      ...two({ anyOf: kinds('a', 'b', 'c') }, { anyOf: kinds('a') }, request),
      told: ['request-property-any-of-removed ERR f ["b","c"]'],
    },
    {
      because: 'one branch stands by its name',
      ...two({ oneOf: kinds('a', 'b') }, { oneOf: kinds('a') }, sends),
      told: ['request-body-one-of-removed ERR "b"'],
    },
    {
      because: 'parts that describe and parts that demand are two things',
      ...two({ allOf: kinds('a') }, { allOf: [...kinds('a', 'b', 'c'), { title: 'd' }, { description: 'e' }] }, sends),
      told: ['request-body-all-of-added ERR ["b","c"]', 'request-body-all-of-added-annotation-only INFO ["d","#5"]'],
    },
    {
      because: 'positions that came together are told together',
      ...two({ type: 'array' }, { type: 'array', prefixItems: [text, text] }, reads),
      told: ['response-body-prefix-items-added ERR [0,1]'],
    },
  ],
  'formats and types': [
    {
      because: 'the field calls a moment the wider of day and moment; that no moment is a day is told beside it',
      ...two({ type: 'string', format: 'date' }, { type: 'string', format: 'date-time' }, request),
      told: ['request-property-format-respelled ERR f "date-time"', 'request-property-type-generalized INFO f "date-time"'],
    },
    {
      because: 'a reader of moments meets days',
      ...two({ type: 'string', format: 'date-time' }, { type: 'string', format: 'date' }, response),
      told: ['response-property-format-respelled ERR f "date"', 'response-property-type-specialized INFO f "date"'],
    },
    {
      because: 'a reader of days meets moments',
      ...two({ type: 'string', format: 'date' }, { type: 'string', format: 'date-time' }, response),
      told: ['response-property-type-changed ERR f "date-time"'],
    },
    {
      because: 'a format that lets through more is no wider type',
      ...two({ type: 'integer', format: 'int32' }, { type: 'integer', format: 'int64' }, response),
      told: ['response-property-type-changed ERR f "int64"'],
    },
    {
      because: 'a format that is gone is no wider type either',
      ...two({ type: 'string', format: 'uuid' }, text, response),
      told: ['response-property-type-changed ERR f "uuid"'],
    },
    {
      because: 'a wider type is one',
      ...two({ type: 'integer' }, { type: 'number' }, response),
      told: ['response-property-type-generalized ERR f "number"'],
    },
  ],
  'elements of parameters': [
    {
      because: 'a value of an element is gone',
      before: parameter(listOf({ type: 'string', enum: ['a', 'b'] })),
      after: parameter(listOf({ type: 'string', enum: ['a'] })),
      told: ['request-parameter-property-enum-value-removed ERR [] "b"'],
    },
    {
      because: 'an element has another type',
      before: parameter(listOf(text)),
      after: parameter(listOf({ type: 'integer' })),
      told: ['request-parameter-property-type-specialized ERR [] "integer"'],
    },
    {
      because: 'every number is a text in an address',
      before: parameter(listOf({ type: 'integer' })),
      after: parameter(listOf(text)),
      told: ['request-parameter-property-type-generalized INFO [] "string"'],
    },
    {
      because: 'the length of an element has no word in the field',
      before: parameter(listOf({ ...text, maxLength: 5 })),
      after: parameter(listOf({ ...text, maxLength: 3 })),
      told: ['request-parameter-property-max-length-decreased ERR [] 3'],
    },
  ],
  'one change, told once': [
    {
      because: 'a text that became a list is another type, and nothing else',
      before: parameter({ schema: text, explode: false }),
      after: parameter({ ...listOf({ ...text, maxLength: 3 }), explode: false }),
      told: ['request-parameter-type-changed ERR "array"'],
    },
    {
      because: 'an object that became a list is another type, and nothing else',
      ...two({ type: 'object' }, { type: 'array', items: { type: 'integer' } }, response),
      told: ['response-property-type-changed ERR f "array"'],
    },
  ],
  'null and lists of types': [
    {
      because: 'null that joins a choice of types is one more type',
      ...two({ oneOf: [text, { type: 'integer' }] }, { oneOf: [text, { type: 'integer' }, nullType] }, response),
      told: ['response-property-list-of-types-widened ERR f ["integer","null","string"]'],
    },
    {
      because: 'null that leaves a choice of types is one type less',
      ...two({ anyOf: [nullType, text, { type: 'integer' }] }, { anyOf: [text, { type: 'integer' }] }, request),
      told: ['request-property-list-of-types-narrowed ERR f ["integer","string"]'],
    },
    {
      because: 'null that joins a choice of objects is one more branch',
      ...two({ oneOf: kinds('a', 'b') }, { oneOf: [...kinds('a', 'b'), nullType] }, response),
      told: ['response-property-one-of-added ERR f "null"'],
    },
    {
      because: 'null around one schema says that it is nullable',
      ...two({ type: 'integer' }, { oneOf: [nullType, { type: 'integer' }] }, response),
      told: ['response-property-became-nullable ERR f'],
    },
    {
      because: 'null inside a branch is a member, too',
      ...two({ anyOf: [text, { type: 'integer' }] }, { anyOf: [text, { type: ['integer', 'null'] }] }, response),
      told: ['response-property-list-of-types-widened ERR f ["integer","null","string"]'],
    },
    {
      because: 'null in the list of types is the same null',
      ...two({ anyOf: [text, { type: ['integer', 'null'] }] }, { type: ['string', 'integer', 'null'] }, response),
      told: [],
    },
    {
      because: 'types with bounds that stayed are a choice of types',
      ...two(
        { oneOf: [{ ...text, maxLength: 5 }, { type: 'integer' }] },
        { oneOf: [{ ...text, maxLength: 5 }, { type: 'integer' }, { type: 'boolean' }] },
        request,
      ),
      told: ['request-property-list-of-types-widened INFO f ["boolean","integer","string"]'],
    },
  ],
}

describe.each(Object.entries(cases))('%s', (_, list) => {
  it.each(list)('$because', async ({ before, after, told }) => {
    const read = (name: string, document: object) => readContract({ name, text: JSON.stringify(document) })
    const findings = compareContracts(await read('before', before), await read('after', after), { today: new Date('2026-01-01') })
    const lines = findings.map(({ rule, level, schemaPath, before, after }) =>
      [rule, level, schemaPath, JSON.stringify(after ?? before)].filter(Boolean).join(' '),
    )
    expect(lines.sort()).toEqual(told)
  })
})
