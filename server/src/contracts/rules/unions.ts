import type { Json } from '../json.ts'
import type { SchemaFamily } from './family.ts'
import { places } from './rule.ts'
import { type SchemaRule, schemaRules } from './schema-rules.ts'

const cat: Json = {
  title: 'Cat',
  type: 'object',
  required: ['purrs'],
  properties: { purrs: { type: 'boolean' } },
  additionalProperties: false,
}
const dog: Json = {
  title: 'Dog',
  type: 'object',
  required: ['barks'],
  properties: { barks: { type: 'boolean' } },
  additionalProperties: false,
}
const bird: Json = {
  title: 'Bird',
  type: 'object',
  required: ['sings'],
  properties: { sings: { type: 'boolean' } },
  additionalProperties: false,
}
const part = (name: string): Json => ({ title: name, type: 'object', required: [name], properties: { [name]: { type: 'boolean' } } })
const note: Json = { title: 'Note', description: 'Only words.' }

function membership(name: string, keyword: string): SchemaRule[] {
  const [two, three] = [{ [keyword]: [cat, dog] }, { [keyword]: [cat, dog, bird] }]
  return [
    { suffix: `${name}-added`, effect: 'widens', clause: `\`${keyword}\` got a branch`, before: two, after: three },
    { suffix: `${name}-removed`, effect: 'narrows', clause: `\`${keyword}\` lost a branch`, before: three, after: two },
  ]
}

function reshaping(name: string, keyword: string): SchemaRule[] {
  const choice = { [keyword]: [cat, dog] }
  const demanding = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } }
  const demand = {
    ...demanding,
    [keyword]: [
      { title: 'A', required: ['a'] },
      { title: 'B', required: ['b'] },
    ],
  }
  return [
    {
      suffix: `wrapped-in-${name}`,
      effect: 'changes',
      clause: `a plain schema became \`${keyword}\` of several, and not every old value fits one of them`,
      before: part('plays'),
      after: choice,
    },
    {
      suffix: `unwrapped-from-${name}`,
      effect: 'changes',
      clause: `\`${keyword}\` of several became a plain schema, and not every old value fits it`,
      before: choice,
      after: part('plays'),
    },
    { suffix: `${name}-demanded`, effect: 'narrows', clause: `values must now also fit \`${keyword}\``, before: demanding, after: demand },
    {
      suffix: `${name}-dropped`,
      effect: 'widens',
      clause: `values need not fit \`${keyword}\` any more`,
      before: demand,
      after: demanding,
    },
  ]
}

/** Unions are judged as sets of values while schemas are walked (compare-unions.ts); here stands what can be said about them. */
export const unions: SchemaFamily = {
  name: 'unions',
  words: [],
  rules: schemaRules('unions', [
    {
      suffix: 'all-of-added',
      effect: 'narrows',
      clause: 'values must fit one more part (`allOf`)',
      before: { allOf: [part('eats')] },
      after: { allOf: [part('eats'), part('sleeps')] },
    },
    {
      suffix: 'all-of-removed',
      effect: 'widens',
      clause: 'values need not fit one of the parts (`allOf`) any more',
      before: { allOf: [part('eats'), part('sleeps')] },
      after: { allOf: [part('eats')] },
      levels: { request: 'WARN' },
    },
    {
      suffix: 'all-of-added-annotation-only',
      effect: 'neutral',
      clause: 'a part that only describes was added',
      before: { allOf: [part('eats')] },
      after: { allOf: [part('eats'), note] },
    },
    {
      suffix: 'all-of-removed-annotation-only',
      effect: 'neutral',
      clause: 'a part that only describes was taken away',
      before: { allOf: [part('eats'), note] },
      after: { allOf: [part('eats')] },
    },
    ...membership('any-of', 'anyOf'),
    ...membership('one-of', 'oneOf'),
    ...reshaping('any-of', 'anyOf'),
    ...reshaping('one-of', 'oneOf'),
    {
      suffix: 'union-kind-changed',
      effect: 'changes',
      clause: 'the union changed between `anyOf` and `oneOf`, and not every old value is shown to fit',
      before: { anyOf: [cat, part('sleeps')] },
      after: { oneOf: [dog, part('eats')] },
    },
    {
      suffix: 'one-of-overlap',
      effect: 'narrows',
      clause: 'a value that fitted one branch of `oneOf` can now fit two, and is then not valid',
      before: { oneOf: [part('eats'), cat] },
      after: { oneOf: [part('eats'), cat, part('sleeps')] },
      levels: { request: 'WARN' },
      only: (place) => places[place].direction === 'request',
    },
    {
      suffix: 'part-property-removed',
      effect: 'widens',
      clause: 'a property is gone with the part or the plain schema that described it',
      before: { allOf: [part('eats'), { properties: { sleeps: { type: 'boolean' } } }] },
      after: { allOf: [part('eats')] },
      levels: { response: 'WARN' },
      only: (place) => places[place].direction === 'response',
    },
    {
      suffix: 'undetermined',
      effect: 'changes',
      clause: 'a reference leads nowhere, so nothing can be shown',
      before: { type: 'string' },
      after: { $ref: '#/components/schemas/Missing' },
      levels: { request: 'WARN', response: 'WARN' },
    },
  ]),
  check: () => {},
}
