import { type Json, type JsonObject, own, ownObject, ownString } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { documentWith } from './example.ts'
import { directionOf, type SchemaFamily } from './family.ts'
import { places, type Rule } from './rule.ts'
import { schemaRules } from './schema-rules.ts'

const union = (discriminator?: Json): Json => ({
  oneOf: [
    { type: 'object', title: 'Cat', required: ['kind'], properties: { kind: { const: 'cat' } } },
    { type: 'object', title: 'Dog', required: ['kind'], properties: { kind: { const: 'dog' } } },
  ],
  ...(discriminator === undefined ? {} : { discriminator }),
})
const by = (propertyName: string, mapping?: JsonObject): Json => ({ propertyName, ...(mapping ? { mapping } : {}) })

/** A document in which a schema is built on by others, and met in one direction. */
function inheritance(place: 'request-body' | 'response-body', ...kinds: string[]): JsonObject {
  const part = { $ref: '#/components/schemas/Animal' }
  const subtypes = kinds.map((name): [string, Json] => [
    name,
    { allOf: [part, { type: 'object', properties: { [`is${name}`]: { type: 'boolean' } } }] },
  ])
  const animal: Json = { type: 'object', discriminator: by('kind'), properties: { kind: { type: 'string' } } }
  return { ...documentWith(place, part), components: { schemas: { Animal: animal, ...Object.fromEntries(subtypes) } } }
}

const subtypeRules = (['request', 'response'] as const).flatMap((direction) =>
  (['added', 'removed'] as const).map((what): Rule => {
    const [few, many] = [inheritance(`${direction}-body`, 'Cat'), inheritance(`${direction}-body`, 'Cat', 'Dog')]
    const [before, after] = what === 'added' ? [few, many] : [many, few]
    const level = direction === 'request' ? (what === 'added' ? 'INFO' : 'ERR') : what === 'added' ? 'WARN' : 'INFO'
    const meaning =
      direction === 'request'
        ? { added: 'One more may be sent.', removed: 'Whoever sends it names nothing any more.' }
        : { added: 'Readers can meet a kind that they never met.', removed: 'Readers meet fewer kinds.' }
    return {
      id: `${direction}-subtype-${what}`,
      level,
      direction,
      family: 'discriminators',
      meaning: `A schema that builds on one with a discriminator ${what === 'added' ? 'was added' : 'is gone'}. ${meaning[what]}`,
      example: { before: before.components!, after: after.components!, documents: { before, after } },
    }
  }),
)

/** How readers and servers find the branch of a union. Which values are valid is decided by the branches, judged elsewhere. */
export const discriminators: SchemaFamily = {
  name: 'discriminators',
  words: ['discriminator'],
  rules: schemaRules('discriminators', [
    {
      suffix: 'discriminator-added',
      effect: 'neutral',
      clause: 'a property now names the branch of the union',
      before: union(),
      after: union(by('kind')),
    },
    {
      suffix: 'discriminator-removed',
      effect: 'neutral',
      clause: 'no property names the branch of the union any more',
      before: union(by('kind')),
      after: union(),
    },
    {
      suffix: 'discriminator-property-name-changed',
      effect: 'neutral',
      clause: 'another property names the branch of the union',
      before: union(by('kind')),
      after: union(by('sort')),
    },
    {
      suffix: 'discriminator-mapping-added',
      effect: 'neutral',
      clause: 'a name for a branch of the union was added',
      before: union(by('kind', { cat: '#/a' })),
      after: union(by('kind', { cat: '#/a', dog: '#/b' })),
    },
    {
      suffix: 'discriminator-mapping-deleted',
      effect: 'neutral',
      clause: 'a name for a branch of the union is gone',
      before: union(by('kind', { cat: '#/a', dog: '#/b' })),
      after: union(by('kind', { cat: '#/a' })),
    },
    {
      suffix: 'discriminator-mapping-changed',
      effect: 'neutral',
      clause: 'a name stands for another branch of the union',
      before: union(by('kind', { cat: '#/a' })),
      after: union(by('kind', { cat: '#/b' })),
    },
    {
      suffix: 'discriminator-name-lost',
      effect: 'narrows',
      clause: 'a branch of the union is still there and has another name, so the old one names nothing',
      before: union(by('kind', { puss: '#/components/schemas/Cat' })),
      after: union(by('kind', { kitty: '#/components/schemas/Cat' })),
      levels: { request: 'WARN' },
      only: (place) => places[place].direction === 'request',
    },
  ]).concat(subtypeRules),
  check: (pair, report) => {
    const [before, after] = [own(pair.before.node, 'discriminator'), own(pair.after.node, 'discriminator')]
    if (before === undefined) return report('discriminator-added', { after: propertyNameOf(after) })
    if (after === undefined) return report('discriminator-removed', { before: propertyNameOf(before) })
    const [old, now] = [propertyNameOf(before), propertyNameOf(after)]
    if (old !== now) report('discriminator-property-name-changed', { before: old, after: now })
    checkMapping(pair, ownObject(before, 'mapping'), ownObject(after, 'mapping'), report)
  },
}

function checkMapping(pair: SchemaPair, before: JsonObject, after: JsonObject, report: Report): void {
  const added = Object.keys(after).filter((name) => !Object.hasOwn(before, name))
  const deleted = Object.keys(before).filter((name) => !Object.hasOwn(after, name))
  if (added.length > 0) report('discriminator-mapping-added', { after: added.sort() })
  if (deleted.length > 0) report('discriminator-mapping-deleted', { before: deleted.sort() })
  const lost = directionOf(pair) === 'request' ? lostNames(deleted, before, after) : []
  if (lost.length > 0) report('discriminator-name-lost', { before: lost })
  for (const name of Object.keys(before).sort()) {
    if (Object.hasOwn(after, name) && before[name] !== after[name]) {
      report('discriminator-mapping-changed', { before: `${name}: ${String(before[name])}`, after: `${name}: ${String(after[name])}` })
    }
  }
}

/**
 * A name that is gone while the branch it stood for is still named: whoever sends the old name names nothing any more, unless the branch's own
 * schema lists it, or the name of the schema says the same.
 */
function lostNames(deleted: readonly string[], before: JsonObject, after: JsonObject): string[] {
  const targets = new Set(Object.values(after).map((target) => schemaName(target)))
  return deleted.filter((name) => schemaName(before[name]!) !== name && targets.has(schemaName(before[name]!))).sort()
}

const schemaName = (target: Json): string => String(target).split('/').at(-1)!

/** Swagger 2 writes the name alone. */
function propertyNameOf(discriminator: Json | undefined): string | undefined {
  return typeof discriminator === 'string' ? discriminator : ownString(discriminator, 'propertyName')
}
