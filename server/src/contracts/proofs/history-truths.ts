import { type Case, object, parameter, reads, request, response, sends, text, two, V3, V31 } from './truths.ts'

const thing = object({ a: text, b: text }, { required: ['a'] })
const shorter = { ...text, maxLength: 5 }
const swagger = (schema: object) => ({
  swagger: '2.0',
  info: { title: 't', version: '1' },
  paths: { '/x': { get: { parameters: [{ name: 'p', in: 'query', ...schema }], responses: { 200: { description: 'ok' } } } } },
})

/** What versions of a thousand public descriptions, held side by side, were first judged wrongly. */
export const historyTruths: Record<string, Case[]> = {
  'a choice of one': [
    { because: 'one branch is what it is', ...two(thing, { anyOf: [thing] }, response), truth: 'silent' },
    { because: 'one branch is what it is, also when it is unwrapped', ...two({ oneOf: [thing] }, thing, request), truth: 'silent' },
    {
      because: 'null comes with the choice',
      before: reads(object({ f: { $ref: '#/components/schemas/T' } }), V3, { T: thing }),
      after: reads(object({ f: { anyOf: [{ $ref: '#/components/schemas/T' }], nullable: true } }), V3, { T: thing }),
      truth: 'breaks',
    },
    {
      because: 'what changed inside is found',
      ...two(thing, { anyOf: [object({ b: text })] }, response),
      truth: 'breaks',
    },
    {
      because: 'what stands beside the choice still holds',
      ...two({ type: 'object', properties: { c: text }, required: ['c'], anyOf: [thing] }, thing, request),
      truth: 'look or breaks',
    },
  ],
  'parts that describe one property twice': [
    {
      because: 'written as one, the property still has to fit both',
      ...two({ allOf: [object({ a: text }), object({ a: shorter })] }, object({ a: shorter }), sends),
      truth: 'silent',
    },
    {
      because: 'a reader of both meets what fits both',
      ...two({ allOf: [object({ a: text }), object({ a: shorter })] }, object({ a: shorter }), reads),
      truth: 'silent',
    },
    {
      because: 'a reader loses one of two properties',
      ...two({ allOf: [object({ a: text, b: text }), object({ a: shorter })] }, object({ a: shorter }), reads),
      truth: 'look or breaks',
    },
    {
      because: 'a text of six letters was accepted',
      ...two(object({ a: text }), { allOf: [object({ a: text }), object({ a: shorter })] }, sends),
      truth: 'look or breaks',
    },
  ],
  'properties that go with what described them': [
    {
      because: 'a part is gone, and what it described with it',
      ...two({ allOf: [object({ a: text }), object({ b: text })] }, { allOf: [object({ a: text })] }, reads),
      truth: 'look or breaks',
    },
    {
      because: 'a part is gone, and another describes the same',
      ...two({ allOf: [object({ a: text }), object({ b: text })] }, { allOf: [object({ a: text }), object({ b: text, c: text })] }, reads),
      truth: 'silent',
    },
    {
      because: 'no branch describes what the plain schema did',
      ...two(object({ a: text, b: text }), { anyOf: [object({ a: text }), object({ a: { const: 'x' } })] }, reads),
      truth: 'look or breaks',
    },
    {
      because: 'one of the branches describes it',
      ...two(object({ a: text, b: text }), { anyOf: [object({ a: text }), object({ a: text, b: { const: 'x' } })] }, reads),
      truth: 'silent',
    },
    {
      because: 'the plain schema describes less than the branches did',
      ...two({ anyOf: [object({ a: text }), object({ a: text, b: text })] }, object({ a: text }), reads),
      truth: 'look or breaks',
    },
  ],
  'parameters written as text': [
    {
      because: 'twenty is written alike as a number and as a text',
      before: parameter({ schema: { type: 'integer', default: 20 } }),
      after: parameter({ schema: { type: 'string', default: '20' } }),
      truth: 'silent',
    },
    {
      because: 'another default is another meaning',
      before: parameter({ schema: { type: 'integer', default: 20 } }),
      after: parameter({ schema: { type: 'integer', default: 10 } }),
      truth: 'breaks',
    },
    {
      because: 'commas in what was one text divide it now',
      before: swagger({ type: 'string' }),
      after: swagger({ type: 'array', items: text, collectionFormat: 'csv' }),
      truth: 'breaks',
    },
  ],
  'a base that says nothing': [
    { because: 'a list may come where a text came', ...two(text, { type: ['string', 'array'], items: text }, request), truth: 'silent' },
    {
      because: 'a document without addresses and one with them can be the same API',
      before: { ...V31, paths: {} },
      after: { ...V31, servers: [{ url: '/v1' }], paths: {} },
      truth: 'silent',
    },
  ],
}
