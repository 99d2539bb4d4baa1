import type { ErrorObject } from 'ajv/dist/2020.js'
import { unescapePointer } from '../contract.ts'
import { isObject, type Json, own } from '../json.ts'
import type { SchemaSide } from '../schema-side.ts'
import { describedBy, itemSides, memberSides } from './described.ts'
import type { Deviation } from './deviation.ts'
import { safeName, shapeOf } from './shape.ts'
import { joinField } from './undeclared.ts'

const maxDeviations = 25
const maxListed = 20
const unions = new Set(['oneOf', 'anyOf'])
/** Says of another error only that it stands in a branch. */
const framing = new Set(['if', 'not'])

/**
 * Turns what the validator says into deviations: each field and word once, with the contract's demand and the shape of what came. Values of the
 * payload never get into them.
 *
 * @param errors all errors; those of the branches of a union come before the one of the union
 * @param sides schemas of the whole payload
 */
export function explainErrors(errors: readonly ErrorObject[], payload: Json, sides: readonly SchemaSide[], mediaType: string): Deviation[] {
  const found = new Map<string, Deviation>()
  for (const error of outermost(errors)) {
    const deviation = deviationOf(error, payload, sides, mediaType)
    const key = `${deviation.field}\n${deviation.keyword}\n${deviation.detail}`
    if (!found.has(key)) found.set(key, unions.has(error.keyword) ? withNearest(deviation, error, errors, payload, sides) : deviation)
    if (found.size >= maxDeviations) break
  }
  return [...found.values()]
}

/** Inside a union that fits nowhere every branch complains; only the union is a fact. */
function outermost(errors: readonly ErrorObject[]): ErrorObject[] {
  const failed = errors.filter(({ keyword }) => unions.has(keyword)).map(({ instancePath }) => instancePath)
  const isInside = (path: string, union: string) => path.startsWith(`${union}/`)
  return errors.filter(({ keyword, instancePath }) => {
    if (framing.has(keyword)) return keyword === 'not' && !failed.some((union) => union === instancePath || isInside(instancePath, union))
    if (unions.has(keyword)) return !failed.some((union) => isInside(instancePath, union))
    return !failed.some((union) => union === instancePath || isInside(instancePath, union))
  })
}

/** The complaint that stands deepest comes from the branch that was meant most likely. */
function withNearest(
  deviation: Deviation,
  union: ErrorObject,
  errors: readonly ErrorObject[],
  payload: Json,
  sides: readonly SchemaSide[],
): Deviation {
  const inner = errors.filter(
    ({ keyword, instancePath }) => !unions.has(keyword) && !framing.has(keyword) && `${instancePath}/`.startsWith(`${union.instancePath}/`),
  )
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length
  const [nearest] = inner.sort((a, b) => depth(b) - depth(a))
  if (!nearest) return deviation
  const { field, keyword, expected, example } = deviationOf(nearest, payload, sides, deviation.mediaType)
  return {
    ...deviation,
    expected: { branches: deviation.expected, nearest: { field, keyword, expected, found: own(example, 'found') ?? null } },
  }
}

function deviationOf(error: ErrorObject, payload: Json, sides: readonly SchemaSide[], mediaType: string): Deviation {
  const place = locate(payload, sides, error.instancePath)
  const missing = missingName(error)
  const surplus = surplusName(error)
  // What is missing is named by the contract; what is too much, by the payload.
  const member = missing ?? (surplus === undefined ? undefined : nameAt(place, surplus))
  const value = surplus === undefined ? place.value : (own(place.value, surplus) ?? null)
  const isListed = error.keyword !== 'enum' && error.keyword !== 'const' && surplus === undefined
  const found = missing === undefined ? shapeOf(value, isListed ? place.sides : []) : null
  return {
    kind: 'violation',
    mediaType,
    field: member === undefined ? place.field : joinField(place.field, member),
    keyword: error.keyword,
    detail: error.keyword === 'type' ? typeOf(place.value) : '',
    expected: expectedOf(error),
    example: {
      at: place.at,
      found,
      ...(missing === undefined ? {} : { missing, within: shapeOf(place.value, place.sides) }),
    },
  }
}

function missingName({ keyword, params }: ErrorObject): string | undefined {
  return keyword === 'required' || keyword === 'dependentRequired' ? String(params.missingProperty) : undefined
}

function surplusName({ keyword, params }: ErrorObject): string | undefined {
  const named: Record<string, unknown> = {
    additionalProperties: params.additionalProperty,
    unevaluatedProperties: params.unevaluatedProperty,
    propertyNames: params.propertyName,
  }
  return named[keyword] === undefined ? undefined : String(named[keyword])
}

/** What the contract demands, and nothing of the payload: parameters of an error are taken by name. */
function expectedOf({ keyword, params }: ErrorObject): Json {
  const { type, allowedValues, allowedValue, limit, format, pattern, multipleOf } = params as Record<string, Json>
  if (keyword === 'type') return type ?? null
  if (keyword === 'enum') return Array.isArray(allowedValues) ? allowedValues.slice(0, maxListed) : null
  if (keyword === 'const') return allowedValue ?? null
  if (keyword === 'format') return format ?? null
  if (keyword === 'pattern') return pattern ?? null
  if (keyword === 'multipleOf') return multipleOf ?? null
  return limit ?? null
}

interface Located {
  value: Json
  sides: readonly SchemaSide[]
  /** As in findings. */
  field: string
  /** For people: with numbers of items; keys of maps are left out. */
  at: string
}

function locate(payload: Json, sides: readonly SchemaSide[], pointer: string): Located {
  let place: Located = { value: payload, sides, field: '', at: '' }
  for (const part of pointer.split('/').slice(1).map(unescapePointer)) {
    const { value } = place
    if (Array.isArray(value))
      place = {
        value: value[Number(part)] ?? null,
        sides: itemSides(place.sides),
        field: `${place.field}[]`,
        at: `${place.at}[${Number(part)}]`,
      }
    else {
      const name = nameAt(place, part)
      place = {
        value: isObject(value) ? (own(value, part) ?? null) : null,
        sides: memberSides(place.sides, part),
        field: joinField(place.field, name),
        at: joinField(place.at, name),
      }
    }
  }
  return place
}

function nameAt({ sides }: Located, name: string): string {
  const { declared, open } = describedBy(sides)
  return declared.has(name) ? name : open || declared.size === 0 ? '{}' : (safeName(name) ?? '{}')
}

export function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value
}
