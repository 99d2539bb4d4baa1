import { ownStrings } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { isReadOnly, isWriteOnly, type SchemaSide } from '../schema-side.ts'
import { directionOf } from './family.ts'
import { objectExample, propertyRule } from './property-rules.ts'
import type { Rule } from './rule.ts'

const family = 'mutability'
const object = (need: string, marks: Record<string, boolean>) => ({
  type: 'object',
  properties: { name: { type: 'string', ...marks } },
  ...(need === 'required' ? { required: ['name'] } : {}),
})

const changes = [
  ['became-read-only', 'became read-only: answers carry it, requests do not', {}, { readOnly: true }],
  ['became-not-read-only', 'is no longer read-only', { readOnly: true }, {}],
  ['became-write-only', 'became write-only: requests carry it, answers do not', {}, { writeOnly: true }],
  ['became-not-write-only', 'is no longer write-only', { writeOnly: true }, {}],
] as const

export const mutabilityRules: Rule[] = (['request', 'response'] as const).flatMap((direction) =>
  (['required', 'optional'] as const).flatMap((need) =>
    changes.map(([what, clause, before, after]) =>
      propertyRule(
        family,
        `${direction}-${need}-property-${what}`,
        direction === 'response' && need === 'required' && what === 'became-not-write-only' ? 'WARN' : 'INFO',
        `In a ${direction}, the ${need} property ${clause}.`,
        objectExample(`${direction}-body`, object(need, before), object(need, after)),
      ),
    ),
  ),
)

/** Asked for every property that both versions have, since the mark stands in the property and the requirement outside. */
export function checkMutability(pair: SchemaPair, name: string, before: SchemaSide, after: SchemaSide, report: Report): void {
  if (
    pair.place !== 'request-body' &&
    pair.place !== 'request-property' &&
    pair.place !== 'response-body' &&
    pair.place !== 'response-property'
  )
    return
  const need = ownStrings(pair.before.node, 'required').includes(name) ? 'required' : 'optional'
  const details = { at: [{ kind: 'field' as const, name }], beforeSpot: before.spot, afterSpot: after.spot }
  const tell = (what: string) => report(`${directionOf(pair)}-${need}-property-${what}`, details)
  if (isReadOnly(before.node) !== isReadOnly(after.node)) tell(isReadOnly(after.node) ? 'became-read-only' : 'became-not-read-only')
  if (isWriteOnly(before.node) !== isWriteOnly(after.node)) tell(isWriteOnly(after.node) ? 'became-write-only' : 'became-not-write-only')
}
