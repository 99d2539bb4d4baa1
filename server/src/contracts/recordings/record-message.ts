import { createHash } from 'node:crypto'
import { child, childObject } from '../contract.ts'
import type { MessageCheck } from '../drift/check-message.ts'
import { type HiddenPlace, hideShape } from '../hidden-places.ts'
import { bodySchemas } from '../impact/find-field.ts'
import { canonical, isObject, type Json, type JsonObject } from '../json.ts'
import { type Operation, parametersOf } from '../operations.ts'
import { sideOf } from '../schema-side.ts'
import { type RecordedShape, recordShape } from './recorded-shape.ts'

/** What was sent, as text. */
export interface SentRequest {
  /** Without parameters, lower case; empty without a body. */
  mediaType: string
  /** JSON text; undefined when there is no body, or none that is JSON or a form. */
  json: string | undefined
  hasBody: boolean
  /** JSON text of an object. */
  query: string
}

export interface RecordedRequest {
  query: Readonly<Record<string, RecordedShape>>
  body?: RecordedShape
  /** A body that is no JSON, or too large. */
  opaque?: 1
}

export interface RecordedAnswer {
  body: RecordedShape
}

export interface Recording {
  direction: 'request' | 'answer'
  mediaType: string
  digest: string
  shape: RecordedRequest | RecordedAnswer
}

const maxCharacters = 32_768

/** Recordings of one exchange, redacted by the contract in force and by what the platform hides. A request that was refused proves nothing about accepted ones and is not recorded. */
export function recordExchange(
  check: MessageCheck,
  message: Parameters<MessageCheck['check']>[0],
  request: SentRequest | undefined,
  hidden: HiddenPlace,
): Recording[] {
  const operation = check.operationOf(message)
  if (!operation || (message.surface === 'operation' && !/^2/.test(message.status))) return []
  const body = check.bodyOf(operation, message)
  const answer =
    body && message.json !== undefined
      ? [recording('answer', body.mediaType, { body: hideShape(recordShape(JSON.parse(message.json), [body.side]), hidden) })]
      : []
  return [...(request ? [recording('request', request.mediaType, shapeOfRequest(operation, request, hidden))] : []), ...answer].filter(
    ({ shape }) => JSON.stringify(shape).length <= maxCharacters,
  )
}

function recording(direction: Recording['direction'], mediaType: string, shape: Recording['shape']): Recording {
  const digest = createHash('sha256')
    .update(canonical([mediaType, shape as unknown as Json]))
    .digest('hex')
  return { direction, mediaType, digest, shape }
}

function shapeOfRequest(operation: Operation, { mediaType, json, hasBody, query }: SentRequest, hidden: HiddenPlace): RecordedRequest {
  const { contract, spot } = operation
  const declared = new Map(
    parametersOf(operation)
      .filter((parameter) => parameter.in === 'query')
      .map((parameter) => [parameter.name, child(parameter.spot, 'schema')] as const),
  )
  const sent: unknown = JSON.parse(query)
  const shapes = Object.entries(isObject(sent as Json) ? (sent as JsonObject) : {})
    // A name that the contract does not know may be data, and can't be refused.
    .filter(([name]) => declared.has(name))
    .map(([name, value]): [string, RecordedShape] => {
      const schema = declared.get(name)
      return [name, hideShape(recordShape(value, schema ? [sideOf(contract, schema)] : []), hidden.member(name))]
    })
  const kept: RecordedRequest = { query: Object.fromEntries(shapes.sort(([a], [b]) => (a < b ? -1 : 1))) }
  if (!hasBody) return kept
  if (json === undefined) return { ...kept, opaque: 1 }
  const bodies = bodySchemas(contract, childObject(contract, spot, 'requestBody'))
  const body = bodies.find((candidate) => candidate.mediaType.split(';')[0]!.trim().toLowerCase() === mediaType) ?? bodies[0]
  return { ...kept, body: hideShape(recordShape(JSON.parse(json), body ? [body.side] : []), hidden) }
}
