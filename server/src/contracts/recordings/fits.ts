import { type Contract, child, childObject, type Spot } from '../contract.ts'
import { answerBody, responseOf, webhookBody } from '../drift/check-message.ts'
import { bodySchemas } from '../impact/find-field.ts'
import { jsonSchemaOf } from '../impact/json-schema.ts'
import { type JsonObject, own, ownObject } from '../json.ts'
import { type Operation, parametersOf } from '../operations.ts'
import { type Fit, judgeShape } from './judge-shape.ts'
import type { RecordedAnswer, RecordedRequest, Recording } from './record-message.ts'

const yes: Fit = { is: 'yes' }
const unknown: Fit = { is: 'unknown' }
const schemas = new WeakMap<object, Map<string, JsonObject | undefined>>()

/** Judges a recorded request or answer by one version of its operation. */
export function fitsRecording(operation: Operation, { direction, mediaType, shape }: Recording, status: string): Fit {
  return direction === 'request'
    ? fitsRequest(operation, mediaType, shape as RecordedRequest)
    : fitsAnswer(operation, mediaType, shape as RecordedAnswer, status)
}

function fitsRequest(operation: Operation, mediaType: string, request: RecordedRequest): Fit {
  return worst([...queryFits(operation, request), bodyFit(operation, mediaType, request)])
}

function queryFits(operation: Operation, { query }: RecordedRequest): Fit[] {
  return parametersOf(operation)
    .filter((parameter) => parameter.in === 'query')
    .map((parameter): Fit => {
      if (!Object.hasOwn(query, parameter.name))
        return own(parameter.spot.node, 'required') === true
          ? { is: 'no', why: { field: `query ${parameter.name}`, keyword: 'required', expected: null } }
          : yes
      const schema = child(parameter.spot, 'schema')
      const fit = schema ? fitsSchema(operation.contract, schema, 'request', query[parameter.name]!, true) : unknown
      return fit.is === 'no' ? { is: 'no', why: { ...fit.why, field: `query ${parameter.name}` } } : fit
    })
}

function bodyFit(operation: Operation, mediaType: string, { body, opaque }: RecordedRequest): Fit {
  const { contract, spot } = operation
  const holder = childObject(contract, spot, 'requestBody')
  if (body === undefined)
    return opaque
      ? unknown
      : own(holder?.node, 'required') === true
        ? { is: 'no', why: { field: '', keyword: 'body', expected: Object.keys(ownObject(holder?.node, 'content')) } }
        : yes
  // What a contract does not describe it does not refuse.
  if (!holder) return unknown
  const bodies = bodySchemas(contract, holder)
  const essence = (name: string) => name.split(';')[0]!.trim().toLowerCase()
  const wanted = bodies.find((candidate) => essence(candidate.mediaType) === mediaType)
  const range = bodies.some((candidate) => essence(candidate.mediaType).includes('*'))
  if (!wanted)
    return range || bodies.length === 0
      ? unknown
      : { is: 'no', why: { field: '', keyword: 'media-type', expected: bodies.map((candidate) => candidate.mediaType) } }
  return fitsSchema(contract, wanted.spot, 'request', body, mediaType.includes('form'))
}

function fitsAnswer(operation: Operation, mediaType: string, { body }: RecordedAnswer, status: string): Fit {
  if (operation.surface === 'webhook') {
    const described = webhookBody(operation)
    return described ? fitsSchema(operation.contract, described.spot, 'response', body, false) : unknown
  }
  if (!responseOf(operation, status))
    return { is: 'no', why: { field: '', keyword: 'status', expected: Object.keys(ownObject(operation.spot.node, 'responses')) } }
  const described = answerBody(operation, status, mediaType)
  return described ? fitsSchema(operation.contract, described.spot, 'response', body, false) : unknown
}

function fitsSchema(
  contract: Contract,
  spot: Spot,
  direction: 'request' | 'response',
  shape: RecordedAnswer['body'],
  asText: boolean,
): Fit {
  const schema = schemaOf(contract, spot, direction)
  return schema ? judgeShape(schema, shape, asText) : unknown
}

function schemaOf(contract: Contract, spot: Spot, direction: 'request' | 'response'): JsonObject | undefined {
  if (typeof spot.node !== 'object' || spot.node === null) return undefined
  const known = schemas.get(spot.node) ?? new Map<string, JsonObject | undefined>()
  schemas.set(spot.node, known)
  if (!known.has(direction)) known.set(direction, written(contract, spot, direction))
  return known.get(direction)
}

/** A schema nested deeper than the stack can't be judged. */
function written(contract: Contract, spot: Spot, direction: 'request' | 'response'): JsonObject | undefined {
  try {
    return jsonSchemaOf(contract, spot, direction)
  } catch {
    return undefined
  }
}

function worst(fits: readonly Fit[]): Fit {
  return fits.find(({ is }) => is === 'no') ?? fits.find(({ is }) => is === 'unknown') ?? yes
}
