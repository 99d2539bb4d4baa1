import { canonical, type Json, own, ownObject, ownStrings } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { typesOf } from '../schema-side.ts'
import { directionOf, type SchemaFamily } from './family.ts'
import { type Level, places } from './rule.ts'
import { type SchemaRule, schemaRules } from './schema-rules.ts'

const family = 'conditions'
const text = { type: 'string' }

/** Words whose schema is either there or not; what changes inside is compared like any schema. */
const single: readonly { name: string; word: string; noun: string; base: Json; schema: Json }[] = [
  { name: 'if', word: 'if', noun: 'condition (`if`)', base: {}, schema: { required: ['a'] } },
  { name: 'then', word: 'then', noun: 'consequence (`then`)', base: { if: { required: ['a'] } }, schema: { required: ['b'] } },
  { name: 'else', word: 'else', noun: 'alternative (`else`)', base: { if: { required: ['a'] } }, schema: { required: ['b'] } },
  { name: 'contains', word: 'contains', noun: 'demand on some element (`contains`)', base: { type: 'array' }, schema: text },
  {
    name: 'property-names',
    word: 'propertyNames',
    noun: 'demand on names (`propertyNames`)',
    base: { type: 'object' },
    schema: { maxLength: 3 },
  },
  {
    name: 'unevaluated-items',
    word: 'unevaluatedItems',
    noun: 'demand on all other elements (`unevaluatedItems`)',
    base: { type: 'array' },
    schema: text,
  },
  {
    name: 'unevaluated-properties',
    word: 'unevaluatedProperties',
    noun: 'demand on all other properties (`unevaluatedProperties`)',
    base: { type: 'object' },
    schema: text,
  },
  { name: 'items', word: 'items', noun: 'schema of the elements', base: { type: 'array' }, schema: text },
  { name: 'not', word: 'not', noun: 'exclusion (`not`)', base: {}, schema: text },
]

export const conditions: SchemaFamily = {
  name: family,
  words: [...single.map((entry) => entry.word), 'dependentRequired', 'dependentSchemas', 'patternProperties', 'multipleOf', 'uniqueItems'],
  rules: schemaRules(family, [
    ...single.flatMap(({ name, word, noun, base, schema }) => presence(name, noun, base, { ...(base as object), [word]: schema } as Json)),
    ...presence(
      'dependent-required',
      'list of properties that need others (`dependentRequired`)',
      { type: 'object' },
      { type: 'object', dependentRequired: { a: ['b'] } },
    ),
    {
      suffix: 'dependent-required-changed',
      effect: 'changes',
      clause: 'the list of properties that need others (`dependentRequired`) changed',
      before: { type: 'object', dependentRequired: { a: ['b'] } },
      after: { type: 'object', dependentRequired: { a: ['c'] } },
    },
    ...presence(
      'dependent-schema',
      'schema that applies when a property is there (`dependentSchemas`)',
      { type: 'object' },
      { type: 'object', dependentSchemas: { a: { required: ['b'] } } },
    ),
    ...presence(
      'pattern-property',
      'schema for properties by pattern of their name',
      { type: 'object' },
      { type: 'object', patternProperties: { '^x': text } },
    ),
    ...setting('multiple-of', 'step between allowed numbers', { type: 'number' }, { type: 'number', multipleOf: 5 }),
    {
      suffix: 'multiple-of-changed',
      effect: 'changes',
      clause: 'the step between allowed numbers changed',
      before: { type: 'number', multipleOf: 5 },
      after: { type: 'number', multipleOf: 7 },
    },
    {
      suffix: 'multiple-of-generalized',
      effect: 'widens',
      clause: 'the step between allowed numbers got finer, and every number of before is among those of now',
      before: { type: 'number', multipleOf: 10 },
      after: { type: 'number', multipleOf: 5 },
      only: (place) => places[place].direction === 'request',
    },
    {
      suffix: 'multiple-of-specialized',
      effect: 'narrows',
      clause: 'the step between allowed numbers got coarser, and every number of now is among those of before',
      before: { type: 'number', multipleOf: 5 },
      after: { type: 'number', multipleOf: 10 },
      only: (place) => places[place].direction === 'response',
    },
    ...setting('unique-items', 'demand that elements differ', { type: 'array' }, { type: 'array', uniqueItems: true }),
    {
      suffix: 'if-changed',
      effect: 'changes',
      clause: 'the condition (`if`) changed, so its demands hold for other values',
      before: { if: { required: ['a'] }, else: { required: ['b'] } },
      after: { if: { required: ['c'] }, else: { required: ['b'] } },
    },
    {
      suffix: 'contains-changed',
      effect: 'changes',
      clause: 'other elements are counted (`contains`), and there may be only so many (`maxContains`)',
      before: { type: 'array', contains: { type: 'integer' }, maxContains: 1 },
      after: { type: 'array', contains: { type: 'number' }, maxContains: 1 },
    },
    {
      suffix: 'unevaluated-reach-changed',
      effect: 'changes',
      clause:
        'a demand on all that is left over (`unevaluatedItems`, `unevaluatedProperties`) holds for more, or no longer for what it held for',
      before: { type: 'array', items: text, unevaluatedItems: { type: 'integer' } },
      after: { type: 'array', unevaluatedItems: { type: 'integer' } },
      only: (place) => places[place].direction === 'request',
    },
    {
      suffix: 'unevaluated-reach-changed',
      effect: 'changes',
      clause: 'a demand on all that is left over (`unevaluatedItems`, `unevaluatedProperties`) holds for less, so other values can come',
      before: { type: 'array', unevaluatedItems: { type: 'integer' } },
      after: { type: 'array', items: text, unevaluatedItems: { type: 'integer' } },
      only: (place) => places[place].direction === 'response',
    },
    {
      suffix: 'not-changed',
      effect: 'changes',
      clause: 'the exclusion (`not`) changed',
      before: { not: text },
      after: { not: { type: 'number' } },
    },
  ]),
  check: (pair, report) => {
    for (const entry of single) {
      // Where one side has no lists, its other type says all there is to say.
      if (entry.word === 'items' && [pair.before, pair.after].some(({ node }) => typesOf(node)?.includes('array') === false)) continue
      if (pair.changed.has(entry.word)) checkPresence(pair, entry.name, entry.word, report)
    }
    if (pair.changed.has('dependentRequired')) checkDependentRequired(pair, report)
    if (pair.changed.has('dependentSchemas')) checkKeys(pair, 'dependentSchemas', 'dependent-schema', report)
    if (pair.changed.has('patternProperties')) checkKeys(pair, 'patternProperties', 'pattern-property', report)
    if (pair.changed.has('multipleOf')) checkMultiple(pair, report)
    if (pair.changed.has('uniqueItems')) checkUnique(pair, report)
  },
}

/** A word with a value, which the field calls set and unset. */
function setting(name: string, noun: string, before: Json, after: Json): SchemaRule[] {
  return presence(name, noun, before, after).map((rule) => ({
    ...rule,
    suffix: rule.suffix.replace(/added$/, 'set').replace(/removed$/, 'unset'),
  }))
}

export function presence(name: string, noun: string, before: Json, after: Json): SchemaRule[] {
  return [
    { suffix: `${name}-added`, effect: 'narrows', clause: `a ${noun} was added`, before, after },
    {
      suffix: `${name}-removed`,
      effect: 'widens',
      clause: `a ${noun} was taken away`,
      before: after,
      after: before,
    },
  ]
}

function checkPresence(pair: SchemaPair, name: string, word: string, report: Report): void {
  const [before, after] = [own(pair.before.node, word), own(pair.after.node, word)]
  const [old, now] = [tightness(word, before), tightness(word, after)]
  if (old < now) report(`${name}-added`)
  else if (old > now) report(`${name}-removed`)
}

/** 0: everything is allowed, whether that is written down or not; 1: what fits; 2: nothing. To exclude nothing is to allow everything. */
function tightness(word: string, schema: Json | undefined): 0 | 1 | 2 {
  const isOpen = schema === undefined || schema === true || canonical(schema) === '{}'
  if (word === 'not') return schema === undefined || schema === false ? 0 : isOpen ? 2 : 1
  return isOpen ? 0 : schema === false ? 2 : 1
}

function checkDependentRequired(pair: SchemaPair, report: Report): void {
  const [before, after] = [ownObject(pair.before.node, 'dependentRequired'), ownObject(pair.after.node, 'dependentRequired')]
  for (const name of Object.keys(after))
    if (!Object.hasOwn(before, name)) report('dependent-required-added', { after: { [name]: after[name]! } })
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) report('dependent-required-removed', { before: { [name]: before[name]! } })
    else if (canonical(ownStrings(before, name).sort()) !== canonical(ownStrings(after, name).sort()))
      report('dependent-required-changed', {
        before: { [name]: before[name]! },
        after: { [name]: after[name]! },
        ...fewerNames(pair, name),
      })
  }
}

/** Who sends was asked for all of it before. */
function fewerNames(pair: SchemaPair, name: string): { level?: Level; note?: string } {
  if (directionOf(pair) === 'response') return {}
  const [before, after] = [pair.before, pair.after].map(({ node }) => ownStrings(ownObject(node, 'dependentRequired'), name))
  return after!.every((needed) => before!.includes(needed)) ? { level: 'INFO', note: 'no more is asked for' } : {}
}

function checkKeys(pair: SchemaPair, word: string, name: string, report: Report): void {
  const [before, after] = [ownObject(pair.before.node, word), ownObject(pair.after.node, word)]
  for (const key of Object.keys(after)) if (!Object.hasOwn(before, key)) report(`${name}-added`, { after: key })
  for (const key of Object.keys(before))
    if (!Object.hasOwn(after, key)) report(`${name}-removed`, { before: key, ...leftToRest(pair, word) })
}

/** Names that a pattern let through fall to the rest of the object when the pattern goes. */
function leftToRest(pair: SchemaPair, word: string): { level?: Level; note?: string } {
  const rest = own(pair.after.node, 'additionalProperties')
  const isFree = rest === undefined || rest === true || canonical(rest) === '{}'
  if (word !== 'patternProperties' || directionOf(pair) === 'response' || isFree) return {}
  return { level: 'ERR', note: 'other names are not taken, or only with other values' }
}

function checkMultiple(pair: SchemaPair, report: Report): void {
  const [before, after] = [own(pair.before.node, 'multipleOf'), own(pair.after.node, 'multipleOf')]
  if (before === undefined || after === undefined) {
    report(before === undefined ? 'multiple-of-set' : 'multiple-of-unset', { before, after })
    return
  }
  const [coarse, fine] = directionOf(pair) === 'request' ? [before, after] : [after, before]
  const harmless = typeof coarse === 'number' && typeof fine === 'number' && Number.isInteger(coarse / fine)
  const suffix = !harmless ? 'changed' : directionOf(pair) === 'request' ? 'generalized' : 'specialized'
  report(`multiple-of-${suffix}`, { before, after })
}

function checkUnique(pair: SchemaPair, report: Report): void {
  const [before, after] = [own(pair.before.node, 'uniqueItems') === true, own(pair.after.node, 'uniqueItems') === true]
  if (before !== after) report(after ? 'unique-items-set' : 'unique-items-unset')
}
