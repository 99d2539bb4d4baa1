import { ownArray } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { presence } from './conditions.ts'
import type { SchemaFamily } from './family.ts'
import { places } from './rule.ts'
import { schemaRules } from './schema-rules.ts'

const text = { type: 'string' }

/** Elements by their position. What longer and shorter tuples do to values is told beside them (compare-turned.ts). */
export const positions: SchemaFamily = {
  name: 'positions',
  words: ['prefixItems'],
  rules: schemaRules('positions', [
    ...presence(
      'prefix-items',
      'schema for an element by its position (`prefixItems`)',
      { type: 'array' },
      { type: 'array', prefixItems: [text] },
    ).map((rule) => ({
      ...rule,
      // The field's vocabulary reads a longer tuple as more room, not as one more demand.
      effect: rule.effect === 'narrows' ? ('widens' as const) : ('narrows' as const),
    })),
    {
      suffix: 'positions-narrowed',
      effect: 'narrows',
      clause: 'an element must now fit by its position (`prefixItems`), and not every old list is shown to',
      before: { type: 'array' },
      after: { type: 'array', prefixItems: [text] },
      only: (place) => places[place].direction === 'request',
    },
    {
      suffix: 'positions-widened',
      effect: 'widens',
      clause: 'an element need not fit by its position (`prefixItems`) any more',
      before: { type: 'array', prefixItems: [text] },
      after: { type: 'array' },
      only: (place) => places[place].direction === 'response',
    },
  ]),
  check: checkPrefix,
}

/** One position stands for itself. */
function positionsFrom(first: number, end: number): number | number[] {
  return end - first === 1 ? first : Array.from({ length: end - first }, (_, offset) => first + offset)
}

function checkPrefix(pair: SchemaPair, report: Report): void {
  const [before, after] = [ownArray(pair.before.node, 'prefixItems').length, ownArray(pair.after.node, 'prefixItems').length]
  if (after > before) report('prefix-items-added', { after: positionsFrom(before, after) })
  if (before > after) report('prefix-items-removed', { before: positionsFrom(after, before) })
}
