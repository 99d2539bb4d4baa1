import { ownArray } from './json.ts'
import { branchesOf, isAnnotation, type SchemaSide } from './schema-side.ts'

const known = new WeakMap<object, SchemaSide | null>()

/**
 * A choice of one branch is that branch: what one side writes so is compared with what the other says without a choice. Undefined when something
 * stands beside the choice that says more than words.
 */
export function withoutSingleChoice(side: SchemaSide): SchemaSide | undefined {
  const found = known.get(side.node)
  if (found !== undefined) return found ?? undefined
  const result = unwrap(side)
  known.set(side.node, result ?? null)
  return result
}

function unwrap(side: SchemaSide): SchemaSide | undefined {
  const [keyword, other] = ['anyOf', 'oneOf'].filter((word) => ownArray(side.node, word).length > 0)
  if (keyword === undefined || other !== undefined || ownArray(side.node, keyword).length !== 1) return undefined
  const branch = branchesOf(side, keyword)[0]!
  const beside = Object.entries(side.node).filter(([word]) => word !== keyword)
  const saysMore = beside.some(([word, value]) => !isAnnotation(word) && !(word === 'type' && value === branch.node.type))
  if (saysMore || branch.undetermined) return undefined
  return { ...branch, node: { ...branch.node, ...Object.fromEntries(beside) }, wrappedNull: side.wrappedNull || branch.wrappedNull }
}

/** Sides of a pair of which one writes a choice of one branch, and the other none. */
export function alignSingleChoice(before: SchemaSide, after: SchemaSide): [SchemaSide, SchemaSide] {
  const [left, right] = [hasChoice(before), hasChoice(after)]
  if (left === right) return [before, after]
  return left ? [withoutSingleChoice(before) ?? before, after] : [before, withoutSingleChoice(after) ?? after]
}

function hasChoice(side: SchemaSide): boolean {
  return Object.hasOwn(side.node, 'anyOf') || Object.hasOwn(side.node, 'oneOf')
}
