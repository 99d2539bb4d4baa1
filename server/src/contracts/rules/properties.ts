import { isObject, type Json, type JsonObject, own, ownObject, ownStrings } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { type SchemaSide, subSide } from '../schema-side.ts'
import { SubsetProver } from '../value-sets/subset.ts'
import { directionOf, isIgnoredHere, type SchemaFamily } from './family.ts'
import { objectExample, propertyRule } from './property-rules.ts'
import type { Rule } from './rule.ts'

const family = 'properties'
const none = { type: 'object' }
const optional = { type: 'object', properties: { name: { type: 'string' } } }
const required = { ...optional, required: ['name'] }
const withDefault = { type: 'object', properties: { name: { type: 'string', default: 'a' } }, required: ['name'] }
const ignored = (schema: Json): Json => ({ ...(schema as JsonObject), properties: { name: { type: 'string', writeOnly: true } } })

const rules: Rule[] = [
  propertyRule(
    family,
    'request-property-removed',
    'WARN',
    'A property is no longer part of the request. Sending it is refused or has no effect.',
    objectExample('request-body', optional, none),
  ),
  propertyRule(
    family,
    'new-required-request-property',
    'ERR',
    'A new property must be sent. Requests without it are refused.',
    objectExample('request-body', none, required),
  ),
  propertyRule(
    family,
    'new-required-request-property-with-default',
    'ERR',
    'A new property must be sent although it has a default; servers differ in whether its absence is refused.',
    objectExample('request-body', none, withDefault),
  ),
  propertyRule(
    family,
    'new-optional-request-property',
    'INFO',
    'A property may now be sent.',
    objectExample('request-body', none, optional),
  ),
  propertyRule(
    family,
    'request-parameter-property-removed',
    'WARN',
    'A property inside a request parameter is gone. Sending it is refused or has no effect.',
    objectExample('request-parameter', optional, none),
  ),
  propertyRule(
    family,
    'new-required-request-parameter-property',
    'ERR',
    'A property inside a request parameter must now be sent.',
    objectExample('request-parameter', none, required),
  ),
  propertyRule(
    family,
    'new-optional-request-parameter-property',
    'INFO',
    'A property inside a request parameter may now be sent.',
    objectExample('request-parameter', none, optional),
  ),
  propertyRule(
    family,
    'new-required-request-header-property',
    'ERR',
    'A property inside a request header must now be sent.',
    objectExample('request-header', none, required),
  ),
  ...(['response', 'response-header'] as const).flatMap((prefix) => {
    const place = prefix === 'response' ? ('response-body' as const) : ('response-header' as const)
    const where = prefix === 'response' ? 'an answer' : 'a response header'
    return [
      propertyRule(
        family,
        `${prefix}-required-property-removed`,
        'ERR',
        `A property that was always in ${where} is gone. Whoever reads it finds nothing.`,
        objectExample(place, required, none),
      ),
      propertyRule(
        family,
        `${prefix}-optional-property-removed`,
        'WARN',
        `A property that could be in ${where} is gone. Whoever reads it finds nothing any more.`,
        objectExample(place, optional, none),
      ),
      propertyRule(
        family,
        `${prefix}-required-property-added`,
        'INFO',
        `A property is now always in ${where}.`,
        objectExample(place, none, required),
      ),
      propertyRule(
        family,
        `${prefix}-optional-property-added`,
        'INFO',
        `A property can now be in ${where}.`,
        objectExample(place, none, optional),
      ),
    ]
  }),
  ...(['required', 'optional'] as const).flatMap((need) => {
    const schema = ignored(need === 'required' ? required : optional)
    return [
      propertyRule(
        family,
        `response-${need}-write-only-property-removed`,
        'INFO',
        'A write-only property, which is in no answer, is gone.',
        objectExample('response-body', schema, none),
      ),
      propertyRule(
        family,
        `response-${need}-write-only-property-added`,
        'INFO',
        'A write-only property, which is in no answer, was added.',
        objectExample('response-body', none, schema),
      ),
    ]
  }),
]

/** Properties that came or went. Those that stayed are compared on their own. */
export const properties: SchemaFamily = {
  name: family,
  words: ['properties'],
  rules,
  check: (pair, report) => {
    const [before, after] = [ownObject(pair.before.node, 'properties'), ownObject(pair.after.node, 'properties')]
    for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) removed(pair, name, report)
    for (const name of Object.keys(after)) if (!Object.hasOwn(before, name)) added(pair, name, report)
  },
}

function removed(pair: SchemaPair, name: string, report: Report): void {
  const schema = subSide(pair.before, 'properties', name)
  if (!schema || (directionOf(pair) === 'request' && isIgnoredHere(schema.node, pair))) return
  const rule =
    directionOf(pair) === 'request' ? `${requestPrefix(pair)}-property-removed` : responseRule(pair, schema, pair.before, name, 'removed')
  report(rule, { before: name, at: [{ kind: 'field', name }], beforeSpot: schema.spot })
}

function added(pair: SchemaPair, name: string, report: Report): void {
  const schema = subSide(pair.after, 'properties', name)
  if (!schema || (directionOf(pair) === 'request' && isIgnoredHere(schema.node, pair))) return
  const rule = directionOf(pair) === 'request' ? requestAddition(pair, schema, name) : responseRule(pair, schema, pair.after, name, 'added')
  report(rule, { after: name, at: [{ kind: 'field', name }], afterSpot: schema.spot, ...fromMap(pair, schema) })
}

/** In a map, or where names come by pattern, the name could be there already, with any value of those. */
function fromMap(pair: SchemaPair, schema: SchemaSide): { level?: 'WARN'; note?: string } {
  const names = Object.keys(ownObject(pair.before.node, 'patternProperties'))
  const map = isObject(own(pair.before.node, 'additionalProperties')) ? subSide(pair.before, 'additionalProperties') : undefined
  const values = [...names.flatMap((name) => subSide(pair.before, 'patternProperties', name) ?? []), ...(map ? [map] : [])]
  const prover = new SubsetProver()
  const fits = (side: SchemaSide) => (directionOf(pair) === 'request' ? prover.isSubset(side, schema) : prover.isSubset(schema, side))
  const isFree = (side: SchemaSide) => Object.keys(side.node).length === 0
  return values.every((side) => isFree(side) || fits(side)) ? {} : { level: 'WARN', note: 'other values could stand under the name before' }
}

function requestAddition(pair: SchemaPair, schema: SchemaSide, name: string): string {
  const needed = ownStrings(pair.after.node, 'required').includes(name)
  const prefix = requestPrefix(pair)
  if (!needed) return `new-optional-${prefix}-property`
  if (pair.place.startsWith('request-header')) return 'new-required-request-header-property'
  const hasDefault = prefix === 'request' && own(schema.node, 'default') !== undefined
  return `new-required-${prefix}-property${hasDefault ? '-with-default' : ''}`
}

function requestPrefix(pair: SchemaPair): string {
  return pair.place === 'request-body' || pair.place === 'request-property' ? 'request' : 'request-parameter'
}

function responseRule(pair: SchemaPair, schema: SchemaSide, holder: SchemaSide, name: string, what: 'added' | 'removed'): string {
  const prefix = pair.place.startsWith('response-header') ? 'response-header' : 'response'
  const need = ownStrings(holder.node, 'required').includes(name) ? 'required' : 'optional'
  return `${prefix}-${need}${prefix === 'response' && isIgnoredHere(schema.node, pair) ? '-write-only' : ''}-property-${what}`
}
