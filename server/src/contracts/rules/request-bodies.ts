import { type Contract, child, childObject, type Spot } from '../contract.ts'
import { type JsonObject, own, ownObject } from '../json.ts'
import { contains, hasOtherParameters, isLoose, isRange, type MediaTypeMatch, matchMediaTypes } from '../media-types.ts'
import { sideOf } from '../schema-side.ts'
import { checkEncodings } from './encodings.ts'
import { operationExample } from './example.ts'
import type { OperationDetail, OperationPair } from './operation-report.ts'
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
  rule(
    'request-body-media-type-item-schema-added',
    'ERR',
    'Each element of a body that is sent as a sequence must now fit a schema (`itemSchema`).',
    body({ 'application/jsonl': {} }),
    body({ 'application/jsonl': { itemSchema: { type: 'object' } } }),
  ),
  rule(
    'request-body-media-type-item-schema-removed',
    'INFO',
    'Each element of a body that is sent as a sequence can be anything now.',
    body({ 'application/jsonl': { itemSchema: { type: 'object' } } }),
    body({ 'application/jsonl': {} }),
  ),
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
    renamed: tellSent,
  },
  'response-body': {
    added: 'response-media-type-added',
    removed: 'response-media-type-removed',
    renamed: tellRead,
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
  const [left, right] = [childObject(pair.before.contract, before, 'content'), childObject(pair.after.contract, after, 'content')]
  const match = matchMediaTypes(Object.keys(ownObject(before.node, 'content')), Object.keys(ownObject(after.node, 'content')))
  for (const name of match.removed) pair.report(ids.removed, { ...position, mediaType: name, before: name, beforeSpot: left })
  for (const name of match.added) pair.report(ids.added, { ...position, mediaType: name, after: name, afterSpot: right })
  for (const matched of match.matched) {
    const at = { ...position, mediaType: matched.before }
    if (matched.change !== 'same') ids.renamed(pair, matched, { ...at, before: matched.before, after: matched.after })
    const [old, now] = [childObject(pair.before.contract, left, matched.before), childObject(pair.after.contract, right, matched.after)]
    if (old && now) compareMedia(pair, old, now, place, at)
  }
}

/** A body goes by the name it always had: whatever does not take that name refuses it. */
function tellSent(pair: OperationPair, { before, after, change }: MediaTypeMatch, detail: OperationDetail): void {
  if (change === 'renamed') return
  if (!contains(after, before) || change === 'parameters') pair.report('request-body-media-type-removed', detail)
  pair.report('request-body-media-type-added', detail)
}

function tellRead(pair: OperationPair, { before, after, change }: MediaTypeMatch, detail: OperationDetail): void {
  if (change === 'renamed' || change === 'parameters') {
    const asked = change === 'parameters' && before.includes(';')
    pair.report(
      'response-media-type-name-changed',
      asked ? { ...detail, level: 'WARN', note: 'who asks for the old one by name gets none' } : detail,
    )
    return
  }
  const isOpen = isRange(after) && change === 'generalized'
  const id = hasOtherParameters(before, after) && !isOpen ? 'changed' : change
  pair.report(
    `response-media-type-name-${id}`,
    isOpen ? { ...detail, level: 'WARN', note: 'the range names no media type that will come' } : detail,
  )
}

function compareMedia(
  pair: OperationPair,
  before: Spot,
  after: Spot,
  place: Place & ('request-body' | 'response-body'),
  position: { status?: string; mediaType: string },
): void {
  const loose = isLoose(position.mediaType)
  for (const word of ['schema', 'itemSchema'] as const) {
    const [old, now] = [schemaOf(pair.before.contract, before, word), schemaOf(pair.after.contract, after, word)]
    if (old && now) pair.compare(old, now, place, loose, position)
    else if (old || now) {
      const id = `${place}-media-type-${word === 'schema' ? 'schema' : 'item-schema'}-${old ? 'removed' : 'added'}`
      pair.report(id, { ...position, beforeSpot: before, afterSpot: after })
    }
  }
  const [old, now] = [schemaOf(pair.before.contract, before, 'schema'), schemaOf(pair.after.contract, after, 'schema')]
  if (old && now && place === 'request-body') checkEncodings(pair, { media: before, side: old }, { media: after, side: now }, position)
}

function schemaOf(contract: Contract, media: Spot, word: 'schema' | 'itemSchema') {
  const spot = child(media, word)
  return spot && sideOf(contract, spot)
}
