import { type Json, type JsonObject, own, ownObject, ownString } from '../json.ts'
import { type SchemaSide, subSide, typesOf } from '../schema-side.ts'
import { SubsetProver } from '../value-sets/subset.ts'
import { operationExample } from './example.ts'
import type { OperationDetail, OperationPair } from './operation-report.ts'
import type { Level, Rule } from './rule.ts'

const family = 'serialization'
const withParameter = (more: JsonObject): JsonObject => ({
  parameters: [{ name: 'value', in: 'query', schema: { type: 'array' }, ...more }],
})

function rule(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject): Rule {
  return { id, level, direction: 'request', family, meaning, example: operationExample(withParameter(before), withParameter(after)) }
}

export const serializationRules: Rule[] = [
  rule(
    'request-parameter-style-changed',
    'ERR',
    'The parameter is written differently (`style`, or as a media type): what is sent the old way is misread.',
    {},
    { style: 'pipeDelimited', explode: true },
  ),
  rule(
    'request-parameter-explode-changed',
    'ERR',
    'Lists and objects are written differently (`explode`): those sent the old way are misread.',
    {},
    { explode: false },
  ),
  rule(
    'request-parameter-became-allow-reserved',
    'INFO',
    'Characters that have a meaning in addresses may be sent as they are (`allowReserved`).',
    {},
    { allowReserved: true },
  ),
  rule(
    'request-parameter-became-not-allow-reserved',
    'WARN',
    'Characters that have a meaning in addresses must be escaped now. Those sent as they are can be misread.',
    { allowReserved: true },
    {},
  ),
  rule(
    'request-parameter-became-not-allow-empty',
    'WARN',
    'The parameter may no longer be sent without a value (`allowEmptyValue`).',
    { allowEmptyValue: true },
    {},
  ),
]

/** How a parameter is written into the request. */
export function checkSerialization(
  pair: OperationPair,
  before: Json,
  after: Json,
  schemas: readonly SchemaSide[],
  at: OperationDetail,
): void {
  if (!saysHow(before) && !saysHow(after)) return
  const plain = schemas.some(isPlain)
  const [old, now] = [writingOf(before, plain), writingOf(after, plain)]
  if (old.style !== now.style) pair.report('request-parameter-style-changed', { ...at, before: old.style, after: now.style })
  else if (old.explode !== now.explode) pair.report('request-parameter-explode-changed', { ...at, before: old.explode, after: now.explode })
  const [reserved, mayReserved] = [own(before, 'allowReserved') === true, own(after, 'allowReserved') === true]
  if (reserved !== mayReserved) pair.report(`request-parameter-became-${mayReserved ? '' : 'not-'}allow-reserved`, at)
  if (own(before, 'allowEmptyValue') === true && own(after, 'allowEmptyValue') !== true)
    pair.report('request-parameter-became-not-allow-empty', at)
}

const words = ['style', 'explode', 'content', 'allowReserved', 'allowEmptyValue']

/** Most parameters say nothing, and are written as those of their place are. */
function saysHow(node: Json): boolean {
  return words.some((word) => own(node, word) !== undefined)
}

export interface Writing {
  style: string
  explode: boolean
}

/** @param plain the value was or is no list and no object: in queries and forms every style writes it alike, and what became of it is told as its type */
export function writingOf(node: Json, plain: boolean): Writing {
  const [media] = Object.keys(ownObject(node, 'content'))
  if (media !== undefined) return { style: `as ${media}`, explode: false }
  const place = own(node, 'in')
  const isPair = place === undefined || place === 'query' || place === 'cookie'
  const style = ownString(node, 'style') ?? (isPair ? 'form' : 'simple')
  return {
    style: plain && isPair ? 'form' : style,
    explode: plain ? false : own(node, 'explode') === undefined ? style === 'form' : own(node, 'explode') === true,
  }
}

function isPlain(side: SchemaSide): boolean {
  const types = typesOf(side.node)
  return types !== undefined && types.length > 0 && types.every((type) => type !== 'array' && type !== 'object')
}

/**
 * `?a=1` is a list of one where lists are written as repeated parameters: who sent one value sends a list that has to fit the elements.
 *
 * @returns the schema of the elements; undefined when the parameter did not become such a list
 */
export function elementsOfOne(parameter: Json, before: SchemaSide, after: SchemaSide): SchemaSide | undefined {
  const isList = typesOf(after.node)?.length === 1 && own(after.node, 'type') === 'array'
  const { style, explode } = writingOf(parameter, false)
  if (!isList || !isPlain(before) || style !== 'form' || !explode || Number(own(after.node, 'minItems') ?? 0) > 1) return undefined
  const elements = subSide(after, 'items')
  return elements && new SubsetProver().isSubset(before, elements) ? elements : undefined
}
