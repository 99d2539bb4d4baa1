import { ownStrings } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { isReadOnly, isWriteOnly, type SchemaSide } from '../schema-side.ts'
import { directionOf, isIgnoredHere } from './family.ts'
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

export const mutabilityRules: Rule[] = (['request', 'response'] as const)
  .flatMap((direction) =>
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
  .concat([
    propertyRule(
      family,
      'request-property-withdrawn',
      'WARN',
      'A property became read-only. Whoever sends it is refused or has no effect any more.',
      objectExample('request-body', object('optional', {}), object('optional', { readOnly: true })),
    ),
    propertyRule(
      family,
      'request-property-demanded',
      'ERR',
      'A required property is no longer read-only. Requests that leave it to the server are refused.',
      objectExample('request-body', object('required', { readOnly: true }), object('required', {})),
    ),
    propertyRule(
      family,
      'response-property-withdrawn',
      'ERR',
      'A property became write-only. Whoever reads it finds nothing.',
      objectExample('response-body', object('required', {}), object('required', { writeOnly: true })),
    ),
  ])

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
  tellMeaning(pair, name, before, after, (rule, level) => report(rule, { ...details, ...(level ? { level } : {}) }))
}

/** The field takes the mark for a word of its own; what it does to requests and answers is that the property goes, or comes and is needed. */
function tellMeaning(
  pair: SchemaPair,
  name: string,
  before: SchemaSide,
  after: SchemaSide,
  tell: (rule: string, level?: 'WARN') => void,
): void {
  const isRequest = directionOf(pair) === 'request'
  const [was, is] = [isIgnoredHere(before.node, pair), isIgnoredHere(after.node, pair)]
  const needed = (side: SchemaSide) => ownStrings(side.node, 'required').includes(name)
  if (was === is) return
  if (is) tell(`${isRequest ? 'request' : 'response'}-property-withdrawn`, !isRequest && !needed(pair.before) ? 'WARN' : undefined)
  else if (isRequest && needed(pair.after)) tell('request-property-demanded')
}
