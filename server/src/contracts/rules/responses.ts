import { child, childObject, type Spot } from '../contract.ts'
import { isObject, type Json, type JsonObject, own, ownObject } from '../json.ts'
import { parametersOf } from '../operations.ts'
import { sideOf } from '../schema-side.ts'
import { operationExample } from './example.ts'
import type { OperationPair } from './operation-report.ts'
import { schemaSpot } from './parameters.ts'
import { compareContent } from './request-bodies.ts'
import type { Level, Rule } from './rule.ts'

const family = 'responses'
const answers = (responses: JsonObject): JsonObject => ({ responses })
const done: JsonObject = { description: 'Done' }
const content = (media: JsonObject): JsonObject => answers({ 200: { ...done, content: media } })
const schema = { schema: { type: 'object' } }
const headers = (more: JsonObject): JsonObject =>
  answers({ 200: { ...done, headers: { 'X-Value': { schema: { type: 'string' }, ...more } } } })

function rule(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject): Rule {
  return { id, level, direction: 'response', family, meaning, example: operationExample(before, after) }
}

export const responseRules: Rule[] = [
  rule(
    'response-success-status-removed',
    'ERR',
    'A success status is gone. A client that waits for it takes success for failure.',
    answers({ 200: done, 201: done }),
    answers({ 200: done }),
  ),
  rule(
    'response-success-status-added',
    'INFO',
    'Success can have one more status.',
    answers({ 200: done }),
    answers({ 200: done, 201: done }),
  ),
  rule(
    'response-non-success-status-removed',
    'INFO',
    'A failure status is no longer described.',
    answers({ 200: done, 409: done }),
    answers({ 200: done }),
  ),
  rule(
    'response-non-success-status-added',
    'INFO',
    'A failure has a status that was not described.',
    answers({ 200: done }),
    answers({ 200: done, 409: done }),
  ),
  rule(
    'response-media-type-removed',
    'ERR',
    'The answer no longer comes as this media type.',
    content({ 'application/json': schema, 'application/xml': schema }),
    content({ 'application/json': schema }),
  ),
  rule(
    'response-media-type-added',
    'INFO',
    'The answer can come as one more media type.',
    content({ 'application/json': schema }),
    content({ 'application/json': schema, 'application/xml': schema }),
  ),
  rule(
    'response-media-type-name-changed',
    'INFO',
    'The name of the media type changed, and what the payload is written in did not.',
    content({ 'application/json': schema }),
    content({ 'application/json; charset=utf-8': schema }),
  ),
  rule(
    'response-media-type-name-generalized',
    'ERR',
    'The media type became a more general one. A client that asks for the special one gets none.',
    content({ 'application/problem+json': schema }),
    content({ 'application/json': schema }),
  ),
  rule(
    'response-media-type-name-specialized',
    'INFO',
    'The media type became a more special one.',
    content({ 'application/json': schema }),
    content({ 'application/problem+json': schema }),
  ),
  rule(
    'response-body-media-type-schema-added',
    'INFO',
    'The answer, which could be anything, now fits a schema.',
    content({ 'application/json': {} }),
    content({ 'application/json': schema }),
  ),
  rule(
    'response-body-media-type-schema-removed',
    'WARN',
    'The answer can be anything now.',
    content({ 'application/json': schema }),
    content({ 'application/json': {} }),
  ),
  rule(
    'response-body-media-type-item-schema-added',
    'INFO',
    'Each element of an answer that comes as a sequence, which could be anything, now fits a schema (`itemSchema`).',
    content({ 'text/event-stream': {} }),
    content({ 'text/event-stream': { itemSchema: { type: 'object' } } }),
  ),
  rule(
    'response-body-media-type-item-schema-removed',
    'ERR',
    'Each element of an answer that comes as a sequence can be anything now.',
    content({ 'text/event-stream': { itemSchema: { type: 'object' } } }),
    content({ 'text/event-stream': {} }),
  ),
  rule(
    'required-response-header-removed',
    'ERR',
    'A header that was always in the answer is gone.',
    headers({ required: true }),
    answers({ 200: done }),
  ),
  rule('optional-response-header-removed', 'WARN', 'A header that could be in the answer is gone.', headers({}), answers({ 200: done })),
  rule('response-header-added', 'INFO', 'The answer can carry one more header.', answers({ 200: done }), headers({})),
  rule('response-header-became-optional', 'ERR', 'A header is no longer promised.', headers({ required: true }), headers({})),
  rule('response-header-became-required', 'INFO', 'A header is now promised.', headers({}), headers({ required: true })),
]

/** What a client gets back: statuses, and the headers and content of those that stayed. */
export function checkResponses(pair: OperationPair): void {
  const [before, after] = [
    childObject(pair.before.contract, pair.before.spot, 'responses'),
    childObject(pair.after.contract, pair.after.spot, 'responses'),
  ]
  const [old, now] = [statuses(before), statuses(after)]
  for (const status of old) {
    const others = counterparts(status, old, now)
    if (others.length === 0) told(pair, status, 'removed', before)
    for (const other of others) {
      const [left, right] = [childObject(pair.before.contract, before, status), childObject(pair.after.contract, after, other)]
      if (left && right) compareResponse(pair, left, right, status)
    }
  }
  for (const status of now) if (!old.some((other) => same(other, status) || stands(other, status))) told(pair, status, 'added', after)
}

/**
 * The statuses of the newer version under which an answer of an older one can come: itself, the range around it, all that took the place of a
 * range, or of `default` where nothing else told of success.
 */
function counterparts(status: string, old: readonly string[], now: readonly string[]): string[] {
  const exact = now.filter((other) => same(other, status))
  if (exact.length > 0) return exact
  const wider = now.filter((other) => stands(other, status))
  if (wider.length > 0) return wider
  const fresh = now.filter((other) => !old.some((known) => same(known, other)))
  if (status === 'default') return old.some((other) => other.startsWith('2')) ? [] : fresh.filter((other) => other.startsWith('2'))
  return fresh.filter((other) => stands(status, other))
}

function same(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase()
}

/** `2XX` stands for `201`. */
function stands(range: string, status: string): boolean {
  return /^[1-5]XX$/i.test(range) && range.charAt(0) === status.charAt(0) && /^\d{3}$/.test(status)
}

function statuses(responses: Spot | undefined): string[] {
  return responses ? Object.keys(responses.node as JsonObject).filter((status) => !status.startsWith('x-')) : []
}

function told(pair: OperationPair, status: string, what: 'added' | 'removed', spot: Spot | undefined): void {
  if (!/^[1-5](\d\d|XX)$/i.test(status)) return
  const kind = status.startsWith('2') ? 'success' : 'non-success'
  pair.report(`response-${kind}-status-${what}`, {
    status,
    ...(what === 'added' ? { after: status, afterSpot: spot } : { before: status, beforeSpot: spot }),
  })
}

function compareResponse(pair: OperationPair, before: Spot, after: Spot, status: string): void {
  compareHeaders(pair, headerSpots(pair.before.contract, before), headerSpots(pair.after.contract, after), { status })
  compareContent(pair, before, after, 'response-body', { status })
}

function headerSpots(contract: OperationPair['before']['contract'], response: Spot): Map<string, Spot> {
  const holder = childObject(contract, response, 'headers')
  const names = holder ? Object.keys(holder.node as JsonObject) : []
  return new Map(
    names.flatMap((name) => {
      const spot = childObject(contract, holder, name)
      return spot ? [[name, spot] as const] : []
    }),
  )
}

/** Headers are found by name without regard to case. */
export function compareHeaders(
  pair: OperationPair,
  before: ReadonlyMap<string, Spot>,
  after: ReadonlyMap<string, Spot>,
  position: { status?: string },
): void {
  const [old, now] = [byLowerCase(before), byLowerCase(after)]
  for (const [key, { name, spot }] of old) {
    const at = { ...position, parameter: `header ${name}` }
    const other = now.get(key)
    if (other) compareHeader(pair, spot, other.spot, at)
    else
      pair.report(`${isRequired(spot.node) ? 'required' : 'optional'}-response-header-removed`, { ...at, before: name, beforeSpot: spot })
  }
  for (const [key, { name, spot }] of now)
    if (!old.has(key)) pair.report('response-header-added', { ...position, parameter: `header ${name}`, after: name, afterSpot: spot })
}

function byLowerCase(headers: ReadonlyMap<string, Spot>): Map<string, { name: string; spot: Spot }> {
  return new Map([...headers].map(([name, spot]) => [name.toLowerCase(), { name, spot }]))
}

function compareHeader(pair: OperationPair, before: Spot, after: Spot, at: { status?: string; parameter: string }): void {
  const [old, now] = [isRequired(before.node), isRequired(after.node)]
  if (old !== now) pair.report(`response-header-became-${now ? 'required' : 'optional'}`, { ...at, beforeSpot: before, afterSpot: after })
  const [left, right] = [schemaSpot(pair.before, before), schemaSpot(pair.after, after)]
  if (left && right) pair.compare(sideOf(pair.before.contract, left), sideOf(pair.after.contract, right), 'response-header', true, at)
}

function isRequired(node: Json): boolean {
  return own(node, 'required') === true
}

/** What the provider sends by itself, in a webhook or callback: judged like an answer, since the client is the reader. */
export function checkProviderRequest(pair: OperationPair): void {
  const [before, after] = [
    childObject(pair.before.contract, pair.before.spot, 'requestBody'),
    childObject(pair.after.contract, pair.after.spot, 'requestBody'),
  ]
  if (before && after) compareContent(pair, before, after, 'response-body', {})
  else if (before)
    for (const name of Object.keys(ownObject(before.node, 'content')))
      pair.report('response-media-type-removed', { mediaType: name, before: name, beforeSpot: before })
  compareHeaders(pair, sentHeaders(pair.before), sentHeaders(pair.after), {})
}

function sentHeaders(operation: OperationPair['before']): Map<string, Spot> {
  return new Map(
    parametersOf(operation)
      .filter((item) => item.in === 'header')
      .map((item) => [item.name, item.spot]),
  )
}

/** What the provider expects back from the client in a webhook or callback: judged like a request. */
export function checkClientAnswer(pair: OperationPair): void {
  const [before, after] = [
    childObject(pair.before.contract, pair.before.spot, 'responses'),
    childObject(pair.after.contract, pair.after.spot, 'responses'),
  ]
  for (const status of statuses(before)) {
    const [left, right] = [childObject(pair.before.contract, before, status), childObject(pair.after.contract, after, status)]
    const described = (spot: Spot | undefined) => spot !== undefined && isObject(child(spot, 'content')?.node)
    if (left && right && described(left) && described(right)) compareContent(pair, left, right, 'request-body', { status })
  }
}
