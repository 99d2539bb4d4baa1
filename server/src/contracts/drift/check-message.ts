import { type Contract, child, childObject, type Spot } from '../contract.ts'
import { bodySchemas } from '../impact/find-field.ts'
import { type Json, ownObject } from '../json.ts'
import { type Operation, operationKey, operationsOf, pathItems, webhookItems } from '../operations.ts'
import { type SchemaSide, subSide } from '../schema-side.ts'
import { describedBy } from './described.ts'
import type { Deviation, DriftPlace } from './deviation.ts'
import { explainErrors } from './explain-errors.ts'
import { undeclaredProperties } from './undeclared.ts'
import type { Unchecked, Validators } from './validators.ts'

/** One answer or webhook, as far as it is checked. */
export interface Message extends Omit<DriftPlace, 'platform'> {
  /** Without parameters, lower case; empty where the message names none. */
  mediaType: string
  /** JSON text; undefined for an empty message and for one that is no JSON. */
  json: string | undefined
  /** Whether anything came. */
  hasBody: boolean
}

export interface Checked {
  /** False: the contract does not have this operation or webhook, so nothing can be said. */
  described: boolean
  /** Why the body was not held against its schema although there is one. */
  unchecked?: Unchecked
  deviations: readonly Deviation[]
}

/** The messages of one contract, found by operation. Schemas are only read for what is really sent. */
export interface MessageCheck {
  check(message: Message): Checked
  operationOf(message: Pick<Message, 'surface' | 'method' | 'path'>): Operation | undefined
  /** The schema that describes the body of a message; undefined where none does, or the body is no JSON. */
  bodyOf(operation: Operation, message: Pick<Message, 'surface' | 'status' | 'mediaType'>): DescribedBody | undefined
}

/** The schema of a body, and where it stands. */
export interface DescribedBody {
  mediaType: string
  spot: Spot
  side: SchemaSide
}

const unknown: Checked = { described: false, deviations: [] }
const clean: Checked = { described: true, deviations: [] }

/** Holds messages against a contract as its reader understands it; nothing is dereferenced, and nothing compiled before it is needed. */
export function createMessageCheck(contract: Contract, validators: Validators): MessageCheck {
  const operations = new Map(
    [...pathItems(contract)].flatMap(([path, item]) =>
      operationsOf(contract, path, item, 'operation').map((operation) => [operationKey(operation), operation] as const),
    ),
  )
  const webhooks = new Map(
    [...webhookItems(contract)].flatMap(([name, item]) =>
      operationsOf(contract, name, item, 'webhook').map((operation) => [eventKey(name), operation] as const),
    ),
  )
  const schema = (spot: Spot, sides: readonly SchemaSide[], payload: Json, mediaType: string): Checked => {
    const errors = validators.check(contract, spot, payload)
    const weaker = undeclaredProperties(payload, sides).map(
      ({ field, what, shape }): Deviation => ({
        kind: what === 'writeOnly' ? 'violation' : 'undeclared-property',
        mediaType,
        field,
        keyword: what === 'writeOnly' ? 'writeOnly' : 'property',
        detail: '',
        expected: null,
        example: { at: field, found: shape },
      }),
    )
    if (typeof errors === 'string') return { described: true, unchecked: errors, deviations: weaker }
    return { described: true, deviations: [...explainErrors(errors, payload, sides, mediaType), ...weaker] }
  }
  const operationOf: MessageCheck['operationOf'] = ({ surface, method, path }) =>
    surface === 'webhook' ? webhooks.get(eventKey(path)) : operations.get(operationKey({ method, path }))
  return {
    operationOf,
    bodyOf: (operation, { surface, status, mediaType }) =>
      surface === 'webhook' ? webhookBody(operation) : isJson(mediaType) ? answerBody(operation, status, mediaType) : undefined,
    check(message) {
      const operation = operationOf(message)
      if (!operation) return unknown
      return message.surface === 'webhook' ? checkWebhook(operation, message, schema) : checkAnswer(operation, message, schema)
    },
  }
}

type CheckSchema = (spot: Spot, sides: readonly SchemaSide[], payload: Json, mediaType: string) => Checked

function checkWebhook(operation: Operation, { json }: Message, check: CheckSchema): Checked {
  const body = webhookBody(operation)
  return !body || json === undefined ? clean : check(body.spot, [body.side], JSON.parse(json), body.mediaType)
}

/** A contract may describe the envelope of CloudEvents, of which a bridge hands on the data. */
export function webhookBody({ contract, spot }: Operation): DescribedBody | undefined {
  const body = bodySchemas(contract, childObject(contract, spot, 'requestBody')).find(({ mediaType }) => isJson(mediaType))
  const data = body && describedBy([body.side]).declared.has('specversion') ? subSide(body.side, 'properties', 'data') : undefined
  return body && data ? { mediaType: body.mediaType, spot: data.spot, side: data } : body
}

export function answerBody(operation: Operation, status: string, mediaType: string): DescribedBody | undefined {
  const holder = responseOf(operation, status)
  const matched = holder && mediaTypeIn(holder, mediaType)
  return matched === undefined ? undefined : bodySchemas(operation.contract, holder).find((candidate) => candidate.mediaType === matched)
}

function mediaTypeIn(holder: Spot, mediaType: string): string | undefined {
  const contents = Object.keys(ownObject(holder.node, 'content'))
  return contents.find((name) => matches(name, mediaType)) ?? contents.find((name) => matchesRange(name, mediaType))
}

function checkAnswer(operation: Operation, message: Message, check: CheckSchema): Checked {
  const { status, mediaType, json, hasBody, method } = message
  const holder = responseOf(operation, status)
  if (!holder) {
    const declared = Object.keys(ownObject(operation.spot.node, 'responses')).filter((name) => !name.startsWith('x-'))
    return only({ kind: 'undeclared-status', keyword: 'status', mediaType: '', expected: declared })
  }
  const success = /^2/.test(status)
  const contents = Object.keys(ownObject(holder.node, 'content'))
  if (!hasBody) {
    const promised = (status === '200' || status === '201') && method !== 'HEAD' && contents.length > 0
    return promised ? only({ kind: 'violation', keyword: 'body', mediaType: '', expected: contents }) : clean
  }
  // Many contracts leave out what errors carry; only an answer that is used is expected to be described.
  if (contents.length === 0 && !success) return clean
  const matched = mediaTypeIn(holder, mediaType)
  if (matched === undefined) return only({ kind: 'undeclared-media-type', keyword: 'media-type', mediaType, expected: contents })
  const body = bodySchemas(operation.contract, holder).find((candidate) => candidate.mediaType === matched)
  return !body || json === undefined || !isJson(mediaType) ? clean : check(body.spot, [body.side], JSON.parse(json), mediaType)
}

/** The response that describes a status: by number, by range, or whatever is left. */
export function responseOf(operation: Operation, status: string): Spot | undefined {
  const responses = child(operation.spot, 'responses')
  const names = [status, `${status[0]}XX`, `${status[0]}xx`, 'default']
  const found = names.map((name) => childObject(operation.contract, responses, name)).find((spot) => spot !== undefined)
  // "Not modified" answers a question that the caller asked in a header; contracts seldom tell of it.
  return found ?? (status === '304' ? operation.spot : undefined)
}

function only(told: Pick<Deviation, 'kind' | 'keyword' | 'mediaType' | 'expected'>): Checked {
  return { described: true, deviations: [{ ...told, field: '', detail: '', example: { at: '', found: null } }] }
}

function essence(mediaType: string): string {
  return mediaType.split(';')[0]!.trim().toLowerCase()
}

function matches(declared: string, mediaType: string): boolean {
  return essence(declared) === mediaType
}

function matchesRange(declared: string, mediaType: string): boolean {
  const name = essence(declared)
  return name === '*/*' || (name.endsWith('/*') && mediaType.startsWith(name.slice(0, -1)))
}

export function isJson(mediaType: string): boolean {
  return /[/+]json$/.test(essence(mediaType))
}

/** Events and the names of webhooks are written with different separators: `issues.closed`, `issues-closed`, `/issues/closed`. */
export function eventKey(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
