import { type Contract, child, childObject, type Spot } from '../contract.ts'
import { type JsonObject, own, ownObject } from '../json.ts'
import { isLoose, matchMediaTypes } from '../media-types.ts'
import { sideOf } from '../schema-side.ts'
import { operationExample } from './example.ts'
import type { OperationPair } from './operation-report.ts'
import type { Level, Place, Rule } from './rule.ts'

const family = 'request-bodies'
const body = (content: JsonObject, required = false): JsonObject => ({ requestBody: { ...(required ? { required } : {}), content } })
const json = { 'application/json': { schema: { type: 'object' } } }
const xml = { 'application/xml': { schema: { type: 'object' } } }

function rule(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject): Rule {
  return { id, level, direction: 'request', family, meaning, example: operationExample(before, after) }
}

export const requestBodyRules: Rule[] = [
  rule('request-body-added-required', 'ERR', 'The operation now needs a body. Requests without one are refused.', {}, body(json, true)),
  rule('request-body-added-optional', 'INFO', 'The operation now takes a body.', {}, body(json)),
  rule(
    'request-body-removed',
    'ERR',
    'The operation takes no body any more. What was sent in it has no effect or is refused.',
    body(json),
    {},
  ),
  rule('request-body-became-required', 'ERR', 'The body can no longer be left out.', body(json), body(json, true)),
  rule('request-body-became-optional', 'INFO', 'The body may now be left out.', body(json, true), body(json)),
  rule('request-body-media-type-added', 'INFO', 'The body may be sent as one more media type.', body(json), body({ ...json, ...xml })),
  rule(
    'request-body-media-type-removed',
    'ERR',
    'The body can no longer be sent as this media type.',
    body({ ...json, ...xml }),
    body(json),
  ),
  rule(
    'request-body-media-type-schema-added',
    'ERR',
    'A body that could be anything must now fit a schema.',
    body({ 'application/json': {} }),
    body(json),
  ),
  rule('request-body-media-type-schema-removed', 'INFO', 'The body can be anything now.', body(json), body({ 'application/json': {} })),
]

/** The body that a client sends. */
export function checkRequestBody(pair: OperationPair): void {
  const [before, after] = [
    childObject(pair.before.contract, pair.before.spot, 'requestBody'),
    childObject(pair.after.contract, pair.after.spot, 'requestBody'),
  ]
  if (!before && !after) return
  if (!before) {
    pair.report(`request-body-added-${own(after!.node, 'required') === true ? 'required' : 'optional'}`, { afterSpot: after })
    return
  }
  if (!after) {
    pair.report('request-body-removed', { beforeSpot: before })
    return
  }
  const [old, now] = [own(before.node, 'required') === true, own(after.node, 'required') === true]
  if (old !== now) pair.report(`request-body-became-${now ? 'required' : 'optional'}`, { beforeSpot: before, afterSpot: after })
  compareContent(pair, before, after, 'request-body', {})
}

/** What the rules about media types are called on each side. */
const contentRules = {
  'request-body': {
    added: 'request-body-media-type-added',
    removed: 'request-body-media-type-removed',
    schema: 'request-body-media-type-schema',
    named: undefined,
  },
  'response-body': {
    added: 'response-media-type-added',
    removed: 'response-media-type-removed',
    schema: 'response-body-media-type-schema',
    named: 'response-media-type-name',
  },
}

/** Compares `content`: media types, and the schema of each. */
export function compareContent(
  pair: OperationPair,
  before: Spot,
  after: Spot,
  place: 'request-body' | 'response-body',
  position: { status?: string },
): void {
  const ids = contentRules[place]
  const [left, right] = [child(before, 'content'), child(after, 'content')]
  const match = matchMediaTypes(Object.keys(ownObject(before.node, 'content')), Object.keys(ownObject(after.node, 'content')))
  for (const name of match.removed) pair.report(ids.removed, { ...position, mediaType: name, before: name, beforeSpot: left })
  for (const name of match.added) pair.report(ids.added, { ...position, mediaType: name, after: name, afterSpot: right })
  for (const { before: old, after: now, change } of match.matched) {
    if (change !== 'same' && ids.named) pair.report(`${ids.named}-${change}`, { ...position, mediaType: old, before: old, after: now })
    compareMedia(pair, child(left!, old)!, child(right!, now)!, place, { ...position, mediaType: old })
  }
}

function compareMedia(
  pair: OperationPair,
  before: Spot,
  after: Spot,
  place: Place & ('request-body' | 'response-body'),
  position: { status?: string; mediaType: string },
): void {
  const [old, now] = [schemaOf(pair.before.contract, before), schemaOf(pair.after.contract, after)]
  if (!old && !now) return
  if (!old || !now) {
    pair.report(`${contentRules[place].schema}-${old ? 'removed' : 'added'}`, { ...position, beforeSpot: before, afterSpot: after })
    return
  }
  pair.compare(old, now, place, isLoose(position.mediaType), position)
}

function schemaOf(contract: Contract, media: Spot) {
  const spot = child(media, 'schema')
  return spot && sideOf(contract, spot)
}
