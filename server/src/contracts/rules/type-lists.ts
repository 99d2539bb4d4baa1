import { own, ownArray } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { allowsNull, branchesOf, isAnnotation, isMarkedNullable, type SchemaSide, typesOf } from '../schema-side.ts'
import { directionOf } from './family.ts'
import { formatChange, show, suffixFor, type Types, width, wordsOf } from './types.ts'

/** A union whose branches are told apart by their types alone: keyword, and the branch of each type. */
interface TypeList {
  keyword: 'oneOf' | 'anyOf'
  branches: ReadonlyMap<string, SchemaSide>
  types: readonly string[]
  all: readonly SchemaSide[]
  /** No branch says anything but its type. */
  isPlain: boolean
}

/**
 * A choice of types on one side at least. Members that came and members that went are told as the worse half: whoever sends a type that is gone is
 * refused, whoever reads meets one that is new. What changed inside a member that stayed is told there.
 *
 * @returns false when the pair is no such choice
 */
export function checkListOfTypes(
  pair: SchemaPair,
  report: Report,
  descend: (keyword: string, type: string, before: SchemaSide, after: SchemaSide) => void,
): boolean {
  if (!isListOfTypes(pair)) return false
  const [left, right] = [typeList(pair.before), typeList(pair.after)]
  const [old, now] = [membersOf(pair.before, left), membersOf(pair.after, right)]
  const [before, after] = tellNull(pair, report) ? [old, now] : [withNull(pair.before, old), withNull(pair.after, now)]
  const type = width(before, after)
  const narrowed = type === 'narrows' || (type === 'changes' && directionOf(pair) === 'request')
  if (type !== 'same') report(`list-of-types-${narrowed ? 'narrowed' : 'widened'}`, { before: show(before), after: show(after) })
  if (left && right) {
    for (const [name, branch] of left.branches) {
      const other = right.branches.get(name)
      if (other) descend(right.keyword, name, branch, other)
    }
    return true
  }
  const format = formatChange(pair, old, now)
  if (type === 'same' && format !== 'same') report(suffixFor(pair, format, old, now, false), wordsOf(pair, 'format'))
  return true
}

/** Told by {@link checkListOfTypes}. A type with bounds and a choice of types are compared as schema and union. */
export function isListOfTypes(pair: SchemaPair): boolean {
  const [left, right] = [typeList(pair.before), typeList(pair.after)]
  if (left && right) return true
  const isSingle = (side: SchemaSide) =>
    typesOf(side.node) !== undefined && ownArray(side.node, 'oneOf').length === 0 && ownArray(side.node, 'anyOf').length === 0
  return (left?.isPlain === true && isSingle(pair.after)) || (right?.isPlain === true && isSingle(pair.before))
}

/** Null as a mark on one of the schemas, and not as a member of the choice, is told as a mark. */
function tellNull(pair: SchemaPair, report: Report): boolean {
  if (!isMarkedNullable(pair.before) && !isMarkedNullable(pair.after)) return false
  const [had, has] = [pair.before, pair.after].map((side) => isMarkedNullable(side) || takesNull(side))
  if (had !== has) report(has ? 'became-nullable' : 'became-not-nullable')
  return true
}

/** By the union around its branches, or by one of them. */
function takesNull(side: SchemaSide): boolean {
  return side.wrappedNull || [...(typeList(side)?.all ?? [])].some(allowsNull)
}

const composing = ['oneOf', 'anyOf', 'allOf', 'not', 'if', 'properties', '$ref']
const known = new WeakMap<object, TypeList | null>()

function typeList(side: SchemaSide): TypeList | undefined {
  if (!Object.hasOwn(side.node, 'oneOf') && !Object.hasOwn(side.node, 'anyOf')) return undefined
  let found = known.get(side.node)
  if (found === undefined) {
    found = readTypeList(side) ?? null
    known.set(side.node, found)
  }
  return found ?? undefined
}

function readTypeList(side: SchemaSide): TypeList | undefined {
  const keyword = (['oneOf', 'anyOf'] as const).find((word) => ownArray(side.node, word).length > 0)
  if (keyword === undefined || typesOf(side.node) !== undefined) return undefined
  const branches = branchesOf(side, keyword)
  const isPlain = branches.every((branch) => Object.keys(branch.node).every((word) => word === 'type' || isAnnotation(word)))
  const types = branches.flatMap((branch) => typesOf(branch.node) ?? [])
  const isOneEach = branches.every((branch) => typesOf(branch.node)?.length === 1 && !allowsNull(branch))
  const isApart = isOneEach && new Set(types).size === types.length && !(types.includes('number') && types.includes('integer'))
  const isSimple = branches.every((branch) => !branch.undetermined && composing.every((word) => own(branch.node, word) === undefined))
  if (isPlain ? !branches.every((branch) => typesOf(branch.node)?.length) : !(isApart && isSimple)) return undefined
  return {
    keyword,
    branches: new Map(isOneEach ? branches.map((branch) => [typesOf(branch.node)![0]!, branch]) : []),
    isPlain,
    types,
    all: branches,
  }
}

function membersOf(side: SchemaSide, list: TypeList | undefined): Types {
  return list?.types ?? typesOf(side.node)
}

function withNull(side: SchemaSide, types: Types): Types {
  return takesNull(side) && types !== undefined ? [...types, 'null'] : types
}
