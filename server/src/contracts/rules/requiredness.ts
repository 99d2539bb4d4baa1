import { own, ownObject, ownStrings } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { subSide } from '../schema-side.ts'
import { directionOf, isIgnoredHere, type SchemaFamily } from './family.ts'
import { objectExample, propertyRule } from './property-rules.ts'
import type { Rule } from './rule.ts'

const family = 'requiredness'
const object = (required: string[], property = {}) => ({
  type: 'object',
  properties: { name: { type: 'string', ...property } },
  ...(required.length > 0 ? { required } : {}),
})
const [optional, required] = [object([]), object(['name'])]
const hidden = { writeOnly: true }

const rules: Rule[] = [
  propertyRule(
    family,
    'request-property-became-required',
    'ERR',
    'A property that could be left out must now be sent.',
    objectExample('request-body', optional, required),
  ),
  propertyRule(
    family,
    'request-property-became-required-with-default',
    'ERR',
    'A property must now be sent although it has a default; servers differ in whether its absence is refused.',
    objectExample('request-body', object([], { default: 'a' }), object(['name'], { default: 'a' })),
  ),
  propertyRule(
    family,
    'request-name-became-required',
    'ERR',
    'A property that this schema does not describe must now be sent. Other parts of an `allOf` may describe it.',
    objectExample('request-body', { type: 'object' }, { type: 'object', required: ['name'] }),
  ),
  propertyRule(
    family,
    'response-name-became-optional',
    'ERR',
    'A property that this schema does not describe is no longer promised. Other parts of an `allOf` may describe it.',
    objectExample('response-body', { type: 'object', required: ['name'] }, { type: 'object' }),
  ),
  propertyRule(
    family,
    'request-property-became-optional',
    'INFO',
    'A property may now be left out.',
    objectExample('request-body', required, optional),
  ),
  propertyRule(
    family,
    'request-parameter-property-became-required',
    'ERR',
    'A property inside a request parameter must now be sent.',
    objectExample('request-parameter', optional, required),
  ),
  propertyRule(
    family,
    'request-header-property-became-required',
    'ERR',
    'A property inside a request header must now be sent.',
    objectExample('request-header', optional, required),
  ),
  propertyRule(
    family,
    'request-parameter-property-became-optional',
    'INFO',
    'A property inside a request parameter may now be left out.',
    objectExample('request-parameter', required, optional),
  ),
  propertyRule(
    family,
    'response-property-became-optional',
    'ERR',
    'A property is no longer promised. A reader that counts on it fails when it is missing.',
    objectExample('response-body', required, optional),
  ),
  propertyRule(
    family,
    'response-property-became-required',
    'INFO',
    'A property is now promised.',
    objectExample('response-body', optional, required),
  ),
  propertyRule(
    family,
    'response-write-only-property-became-optional',
    'INFO',
    'A write-only property, which is in no answer, became optional.',
    objectExample('response-body', object(['name'], hidden), object([], hidden)),
  ),
  propertyRule(
    family,
    'response-write-only-property-became-required',
    'INFO',
    'A write-only property, which is in no answer, became required.',
    objectExample('response-body', object([], hidden), object(['name'], hidden)),
  ),
  propertyRule(
    family,
    'response-header-property-became-optional',
    'ERR',
    'A property inside a response header is no longer promised.',
    objectExample('response-header', required, optional),
  ),
  propertyRule(
    family,
    'response-header-property-became-required',
    'INFO',
    'A property inside a response header is now promised.',
    objectExample('response-header', optional, required),
  ),
]

/** Demands in requests, promises in answers. */
export const requiredness: SchemaFamily = {
  name: family,
  words: ['required'],
  rules,
  check: (pair, report) => {
    const [before, after] = [new Set(ownStrings(pair.before.node, 'required')), new Set(ownStrings(pair.after.node, 'required'))]
    for (const name of after) if (!before.has(name)) became(pair, name, 'required', report)
    for (const name of before) if (!after.has(name)) became(pair, name, 'optional', report)
  },
}

function became(pair: SchemaPair, name: string, what: 'required' | 'optional', report: Report): void {
  const [was, schema] = [subSide(pair.before, 'properties', name), subSide(pair.after, 'properties', name)]
  // A property that came or went is told as such.
  if ((was === undefined) !== (schema === undefined)) return
  if (!schema) {
    undescribed(pair, name, what, report)
    return
  }
  const ignored = isIgnoredHere(schema.node, pair)
  if (ignored && directionOf(pair) === 'request') return
  const hasDefault = own(schema.node, 'default') !== undefined
  report(ruleFor(pair, what, ignored, hasDefault), {
    at: [{ kind: 'field', name }],
    before: what !== 'required',
    after: what === 'required',
    afterSpot: schema.spot,
  })
}

/** A name that another part of an `allOf` may describe, or nobody: where a schema describes others and not this one, it is most likely a slip. */
function undescribed(pair: SchemaPair, name: string, what: 'required' | 'optional', report: Report): void {
  if ((directionOf(pair) === 'request') !== (what === 'required')) return
  const describesOthers = [pair.before, pair.after].some(({ node }) => Object.keys(ownObject(node, 'properties')).length > 0)
  report(`${directionOf(pair)}-name-became-${what}`, {
    at: [{ kind: 'field', name }],
    before: what !== 'required',
    after: what === 'required',
    ...(describesOthers ? { level: 'WARN', note: 'the schema describes other properties, and not this one' } : {}),
  })
}

function ruleFor(pair: SchemaPair, what: 'required' | 'optional', ignored: boolean, hasDefault: boolean): string {
  if (pair.place.startsWith('response-header')) return `response-header-property-became-${what}`
  if (directionOf(pair) === 'response') return `response-${ignored ? 'write-only-' : ''}property-became-${what}`
  if (pair.place.startsWith('request-header') && what === 'required') return 'request-header-property-became-required'
  if (pair.place.startsWith('request-parameter') || pair.place.startsWith('request-header'))
    return `request-parameter-property-became-${what}`
  return `request-property-became-${what}${what === 'required' && hasDefault ? '-with-default' : ''}`
}
