import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type Contract, childObject, type Spot } from '../contract.ts'
import { canonical, type Json, own } from '../json.ts'
import { type Operation, parametersOf } from '../operations.ts'
import { schemaSpot } from '../rules/parameters.ts'
import { bodySchemas } from './find-field.ts'
import { jsonSchemaOf } from './json-schema.ts'
import type { RecordedRequest } from './usage.ts'

/** What a validator says about one payload; `undetermined` when the schema can't be used. */
export type Validity = { valid: boolean; errors: readonly string[] } | 'undetermined'

const validators = new WeakMap<object, Map<string, ValidateFunction | 'undetermined'>>()

/**
 * Checks one payload against one schema of a contract.
 *
 * @param asText values come as text (forms, query): `"5"` is a number where a number is asked for
 */
export function validate(contract: Contract, spot: Spot, direction: 'request' | 'response', payload: Json, asText = false): Validity {
  const check = validatorFor(contract, spot, direction, asText)
  if (check === 'undetermined') return 'undetermined'
  const valid = check(structuredClone(payload)) as boolean
  return { valid, errors: (check.errors ?? []).map(errorText) }
}

function validatorFor(
  contract: Contract,
  spot: Spot,
  direction: 'request' | 'response',
  asText: boolean,
): ValidateFunction | 'undetermined' {
  if (typeof spot.node !== 'object' || spot.node === null) return 'undetermined'
  const known = validators.get(spot.node) ?? new Map<string, ValidateFunction | 'undetermined'>()
  validators.set(spot.node, known)
  const key = `${direction} ${asText}`
  let check = known.get(key)
  if (check === undefined) {
    check = compile(contract, spot, direction, asText)
    known.set(key, check)
  }
  return check
}

function compile(contract: Contract, spot: Spot, direction: 'request' | 'response', asText: boolean): ValidateFunction | 'undetermined' {
  // `allErrors` would let a partner's schema make a payload cost much more than its size.
  const ajv = new Ajv2020({ strict: false, allErrors: false, coerceTypes: asText ? 'array' : false, logger: false, validateFormats: true })
  ;(addFormats as unknown as (target: unknown) => void)(ajv)
  try {
    return ajv.compile(jsonSchemaOf(contract, spot, direction))
  } catch {
    return 'undetermined'
  }
}

function errorText(error: ErrorObject): string {
  return `${error.instancePath || '/'} ${error.keyword} ${canonical(error.params as Json)}`
}

export interface Replay {
  before: Validity
  after: Validity
}

/** A recorded request checked against both versions: body and query. `undetermined` on a side where nothing can be checked. */
export function replayRequest(before: Operation, after: Operation, request: RecordedRequest): Replay {
  return { before: checkRequest(before, request), after: checkRequest(after, request) }
}

function checkRequest(operation: Operation, request: RecordedRequest): Validity {
  const results = [...checkBody(operation, request), ...checkQuery(operation, request)]
  const determined = results.filter((result) => result !== 'undetermined')
  if (determined.length === 0) return 'undetermined'
  return { valid: determined.every((result) => result.valid), errors: determined.flatMap((result) => result.errors) }
}

function checkBody(operation: Operation, request: RecordedRequest): Validity[] {
  const holder = childObject(operation.contract, operation.spot, 'requestBody')
  if (request.body === undefined)
    return own(holder?.node, 'required') === true && request.query === undefined ? [{ valid: false, errors: ['/ body required'] }] : []
  const bodies = bodySchemas(operation.contract, holder)
  const wanted =
    bodies.find((body) => body.mediaType === request.mediaType) ?? bodies.find((body) => body.mediaType.includes('json')) ?? bodies[0]
  if (!wanted) return holder ? ['undetermined'] : []
  return [validate(operation.contract, wanted.spot, 'request', request.body, wanted.mediaType.includes('form'))]
}

function checkQuery(operation: Operation, request: RecordedRequest): Validity[] {
  const sent = request.query
  if (sent === undefined) return []
  return parametersOf(operation)
    .filter((parameter) => parameter.in === 'query')
    .map((parameter): Validity => {
      const value = Object.hasOwn(sent, parameter.name) ? sent[parameter.name] : undefined
      if (value === undefined)
        return own(parameter.spot.node, 'required') === true
          ? { valid: false, errors: [`/${parameter.name} required`] }
          : { valid: true, errors: [] }
      const spot = schemaSpot(operation, parameter.spot)
      return spot ? validate(operation.contract, spot, 'request', value, true) : 'undetermined'
    })
}
