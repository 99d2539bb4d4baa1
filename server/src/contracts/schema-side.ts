import { type Contract, child, follow, referenceOf, type Spot } from './contract.ts'
import { isObject, type Json, type JsonObject, own, ownArray, ownStrings } from './json.ts'

/**
 * A schema as one side of a comparison sees it: references followed one step, a `null` branch taken out of its union,
 * words beside `$ref` applied where the dialect says so. The same node always gives the same side, so sides can be keys.
 */
export interface SchemaSide {
  readonly contract: Contract
  /** Where the schema stands, after references. Its node is as written; `node` is what the rules look at. */
  readonly spot: Spot
  readonly node: JsonObject
  /** `null` is valid because a union around the schema says so. */
  readonly wrappedNull: boolean
  /** The reference leads nowhere or in a circle: nothing can be said about this schema. */
  readonly undetermined: boolean
  /** Last part of the reference that led here, for names in paths. */
  readonly name: string | undefined
}

const annotations = new Set([
  'description',
  'title',
  'example',
  'examples',
  'default',
  'deprecated',
  'readOnly',
  'writeOnly',
  'summary',
  'externalDocs',
  'xml',
  '$comment',
  'nullable',
])

export function isAnnotation(key: string): boolean {
  return annotations.has(key) || key.startsWith('x-')
}

const sides = new WeakMap<object, SchemaSide>()
const impossible: JsonObject = { not: {} }
const anything: JsonObject = {}

/** Resolves the schema at a spot. */
export function sideOf(contract: Contract, spot: Spot): SchemaSide {
  if (!isObject(spot.node)) return plain(contract, spot, spot.node === false ? impossible : anything)
  const known = sides.get(spot.node)
  if (known) return known
  const side = unwrapNull(followed(contract, spot))
  sides.set(spot.node, side)
  return side
}

function plain(contract: Contract, spot: Spot, node: JsonObject, name?: string): SchemaSide {
  return { contract, spot, node, wrappedNull: false, undetermined: false, name }
}

function followed(contract: Contract, spot: Spot): SchemaSide {
  const ref = referenceOf(spot.node)
  if (ref === undefined) return plain(contract, spot, spot.node as JsonObject)
  const target = follow(contract, spot)
  const name = ref.slice(ref.lastIndexOf('/') + 1)
  if (!target) return { ...plain(contract, spot, anything, name), undetermined: true }
  const base = isObject(target.node) ? target.node : target.node === false ? impossible : anything
  return plain(contract, target, contract.dialect === '3.1' ? withSiblings(base, spot.node as JsonObject) : base, name)
}

/** OpenAPI 3.1 applies words beside `$ref`; before, they were to be ignored. */
function withSiblings(target: JsonObject, holder: JsonObject): JsonObject {
  const siblings = Object.entries(holder).filter(([key]) => key !== '$ref' && key !== '$dynamicRef')
  if (siblings.length === 0) return target
  const clash = siblings.some(([key]) => !isAnnotation(key) && Object.hasOwn(target, key))
  return clash
    ? { ...Object.fromEntries(siblings), allOf: [{ $ref: referenceOf(holder)! }, ...ownArray(holder, 'allOf')] }
    : { ...target, ...Object.fromEntries(siblings) }
}

function unwrapNull(side: SchemaSide): SchemaSide {
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = ownArray(side.node, keyword)
    const rest = branches.filter((branch) => !isNullSchema(branch))
    if (rest.length === branches.length || rest.length === 0) continue
    // `oneOf` takes what fits one branch: null beside a branch that takes null is refused.
    if (keyword === 'oneOf' && rest.some((branch) => takesNull(side, branch))) continue
    const outer = Object.fromEntries(Object.entries(side.node).filter(([key]) => key !== keyword))
    if (rest.length > 1 || Object.keys(outer).some((key) => !isAnnotation(key) && key !== 'type')) {
      return { ...side, node: { ...outer, [keyword]: rest }, wrappedNull: true }
    }
    const only = child(side.spot, keyword)
    const inner = only && child(only, branches.indexOf(rest[0]!))
    if (!inner) continue
    const found = sideOf(side.contract, inner)
    const kept = Object.fromEntries(Object.entries(outer).filter(([key]) => key !== 'type'))
    return { ...found, node: Object.keys(kept).length > 0 ? { ...found.node, ...kept } : found.node, wrappedNull: true }
  }
  return side
}

function isNullSchema(schema: Json): boolean {
  if (!isObject(schema)) return false
  const type = own(schema, 'type')
  return type === 'null' || (Array.isArray(type) && type.length === 1 && type[0] === 'null') || ('const' in schema && schema.const === null)
}

/** By the words of the branch itself, of its own branches, and of the parts it is made of; what lies deeper is not looked at. */
function takesNull(side: SchemaSide, branch: Json, depth = 4): boolean {
  const target = follow(side.contract, { file: side.spot.file, node: branch, parent: side.spot, key: 'oneOf' })
  const node = target && isObject(target.node) ? target.node : anything
  const listed = ['anyOf', 'oneOf'].some((word) => ownArray(node, word).some(isNullSchema))
  const parts = Object.hasOwn(node, 'type') ? [] : ownArray(node, 'allOf').slice(0, 16)
  const isComposed = depth > 0 && parts.length > 0 && parts.every((part) => saysNoType(part) || takesNull(side, part, depth - 1))
  return listed || isComposed || deniesOthersThanNull(side, node) || allowsNull(plain(side.contract, side.spot, node))
}

/** A branch that says only which values it does not take, and null is none of them. */
function deniesOthersThanNull(side: SchemaSide, node: JsonObject): boolean {
  const denied = own(node, 'not')
  const isListed = isObject(denied) && ['type', 'enum', 'const'].some((word) => Object.hasOwn(denied, word))
  return isListed && saysNoType(node) && !allowsNull(plain(side.contract, side.spot, denied))
}

/** Words without a type, a list of values or a reference do not refuse null. */
function saysNoType(schema: Json): boolean {
  return isObject(schema) && !['type', 'enum', 'const', '$ref', 'allOf', 'anyOf', 'oneOf'].some((word) => Object.hasOwn(schema, word))
}

/** The branches of a union, or the parts of an `allOf`, each with its place. */
export function branchesOf(side: SchemaSide, keyword: string): SchemaSide[] {
  const written = ownArray(side.spot.node, keyword)
  const holder = child(side.spot, keyword)
  return ownArray(side.node, keyword).map((branch) => {
    const index = written.indexOf(branch)
    const spot = holder && index >= 0 ? child(holder, index)! : { file: side.spot.file, node: branch, parent: side.spot, key: keyword }
    return sideOf(side.contract, spot)
  })
}

/** The schema under a keyword, or under a name below it. */
export function subSide(side: SchemaSide, keyword: string, name?: string): SchemaSide | undefined {
  const value = name === undefined ? own(side.node, keyword) : own(own(side.node, keyword), name)
  if (value === undefined || Array.isArray(value)) return undefined
  const parent: Spot =
    name === undefined ? side.spot : { file: side.spot.file, node: own(side.node, keyword)!, parent: side.spot, key: keyword }
  return sideOf(side.contract, { file: side.spot.file, node: value, parent, key: name ?? keyword })
}

/** Types without `null`; undefined when every type is allowed. */
export function typesOf(node: JsonObject): string[] | undefined {
  const type = own(node, 'type')
  if (typeof type === 'string') return type === 'null' ? [] : [type]
  if (!Array.isArray(type)) return undefined
  return ownStrings(node, 'type').filter((name) => name !== 'null')
}

export function allowsNull(side: SchemaSide): boolean {
  const { node } = side
  const type = own(node, 'type')
  if (side.wrappedNull || own(node, 'nullable') === true || own(node, 'x-nullable') === true) return true
  return type === undefined ? listsNull(node) : type === 'null' || (Array.isArray(type) && type.includes('null'))
}

/** Whether null is marked on the schema itself, and not taken by a union around it. */
export const isMarkedNullable = (side: SchemaSide): boolean => allowsNull({ ...side, wrappedNull: false })

/** Whether null is among the listed values. */
export function listsNull(node: JsonObject): boolean {
  return own(node, 'const') === null || ownArray(node, 'enum').includes(null)
}

export function isReadOnly(node: JsonObject): boolean {
  return own(node, 'readOnly') === true
}

export function isWriteOnly(node: JsonObject): boolean {
  return own(node, 'writeOnly') === true
}
