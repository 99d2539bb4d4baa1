import { canonical, type Json, type JsonObject, own, ownArray } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { listsNull, type SchemaSide } from '../schema-side.ts'
import { directionOf, isIgnoredHere, type SchemaFamily } from './family.ts'
import { places } from './rule.ts'
import { schemaRules } from './schema-rules.ts'

const letters = (...values: string[]): Json => ({ type: 'string', enum: values })

export const enums: SchemaFamily = {
  name: 'enums',
  words: ['enum', 'x-extensible-enum'],
  rules: schemaRules('enums', [
    {
      suffix: 'enum-value-added',
      effect: 'widens',
      clause: 'the list of values got a new one',
      before: letters('a'),
      after: letters('a', 'b'),
      levels: { response: 'WARN' },
    },
    {
      suffix: 'enum-value-removed',
      effect: 'narrows',
      clause: 'the list of values lost one',
      before: letters('a', 'b'),
      after: letters('a'),
      ids: { 'response-body': 'response-mediatype-enum-value-removed' },
    },
    {
      suffix: 'became-enum',
      effect: 'narrows',
      clause: 'only listed values are left',
      before: { type: 'string' },
      after: letters('a'),
      also: ['request-header-property'],
    },
    {
      suffix: 'enum-removed',
      effect: 'widens',
      clause: 'the list of values is gone, every value is possible',
      before: letters('a'),
      after: { type: 'string' },
    },
    {
      suffix: 'x-extensible-enum-value-removed',
      effect: 'narrows',
      clause: 'the extensible list of values (`x-extensible-enum`) lost one',
      before: { type: 'string', 'x-extensible-enum': ['a', 'b'] },
      after: { type: 'string', 'x-extensible-enum': ['a'] },
      only: (place) => places[place].direction === 'request',
    },
  ]).concat(
    schemaRules('enums', [
      {
        suffix: 'enum-value-removed',
        effect: 'narrows',
        clause: 'the list of values lost one',
        before: letters('a', 'b'),
        after: letters('a'),
        only: () => false,
        ignoredVariant: true,
      },
      {
        suffix: 'enum-value-added',
        effect: 'widens',
        clause: 'the list of values got a new one',
        before: letters('a'),
        after: letters('a', 'b'),
        only: () => false,
        ignoredVariant: true,
      },
    ]),
  ),
  check: (pair, report) => {
    if (pair.changed.has('enum')) checkEnum(pair, report)
    if (pair.changed.has('x-extensible-enum') && directionOf(pair) === 'request') checkExtensible(pair, report)
  },
}

function checkEnum(pair: SchemaPair, report: Report): void {
  const [before, after] = [valuesOf(pair.before.node, 'enum'), valuesOf(pair.after.node, 'enum')]
  if (!before) {
    // `const: a` that became `enum: [a, …]` is told by the rules for constants.
    if (constWithin(pair.before.node, after!)) return
    report('became-enum', { after: [...after!.values()] })
    return
  }
  if (!after) {
    constWithin(pair.after.node, before) ? undefined : report('enum-removed', { before: [...before.values()] })
    return
  }
  const ignored = isIgnoredHere(pair.after.node, pair)
  for (const [text, value] of before) if (!after.has(text)) report('enum-value-removed', { before: value, ignored, ...moved(pair, text) })
  for (const [text, value] of after) if (!before.has(text)) report('enum-value-added', { after: value, ignored, ...moved(pair, text) })
  const [had, has] = [listsNull(pair.before.node), listsNull(pair.after.node)]
  if (had === has || !needsNullListed(pair.before) || !needsNullListed(pair.after)) return
  report(had ? 'enum-value-removed' : 'enum-value-added', { [had ? 'before' : 'after']: null, ignored })
}

/** A list of types that names null does not let it through a list of values that lacks it. What `nullable` does there, nobody agrees on. */
function needsNullListed({ node }: SchemaSide): boolean {
  return ownArray(node, 'type').includes('null')
}

/** Another branch of the union around takes the value: nothing was lost. */
function moved(pair: SchemaPair, text: string): { level?: 'INFO'; note?: string } {
  return pair.movedValues.has(text) ? { level: 'INFO', note: 'another branch of the same union takes this value' } : {}
}

function checkExtensible(pair: SchemaPair, report: Report): void {
  const [before, after] = [valuesOf(pair.before.node, 'x-extensible-enum'), valuesOf(pair.after.node, 'x-extensible-enum')]
  if (!before || !after) return
  for (const [text, value] of before) if (!after.has(text)) report('x-extensible-enum-value-removed', { before: value })
}

/** The values of an enum by canonical text; null is told by `nullable`. */
function valuesOf(node: JsonObject, word: string): Map<string, Json> | undefined {
  const list = own(node, word)
  return Array.isArray(list) ? new Map(list.filter((value) => value !== null).map((value) => [canonical(value), value])) : undefined
}

/** `enum: [a, b]` that became `const: a` is told by the rules for constants. */
function constWithin(node: JsonObject, values: ReadonlyMap<string, Json>): boolean {
  return Object.hasOwn(node, 'const') && values.has(canonical(node.const))
}
