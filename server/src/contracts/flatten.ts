import { isObject, type Json, type JsonObject, own, ownObject, ownStrings, sameJson } from './json.ts'
import { branchesOf, isAnnotation, type SchemaSide } from './schema-side.ts'

const known = new WeakMap<object, SchemaSide | null>()

/**
 * Writes an `allOf` as one schema, when its parts do not contradict each other and stand in one file. Undefined when that
 * can't be done without loss; the parts are then compared as parts.
 */
export function flattened(side: SchemaSide): SchemaSide | undefined {
  const before = known.get(side.node)
  if (before !== undefined) return before ?? undefined
  known.set(side.node, null)
  const node = merge(side)
  const result = node ? { ...side, node } : undefined
  known.set(side.node, result ?? null)
  return result
}

function merge(side: SchemaSide): JsonObject | undefined {
  const { allOf: _, ...own } = side.node
  let merged: JsonObject | undefined = own
  for (const part of branchesOf(side, 'allOf')) {
    const flat = Object.hasOwn(part.node, 'allOf') ? flattened(part) : part
    if (!flat || flat.spot.file !== side.spot.file || flat.undetermined) return undefined
    merged = merged && combine(merged, flat.node)
  }
  return merged
}

function combine(left: JsonObject, right: JsonObject): JsonObject | undefined {
  const merged: JsonObject = { ...left }
  for (const [word, value] of Object.entries(right)) {
    const present = own(merged, word)
    if (present === undefined) merged[word] = value
    else if (word === 'properties') {
      merged[word] = combineProperties(ownObject(left, 'properties'), isObject(value) ? value : {})
    } else if (word === 'required') merged[word] = [...new Set([...ownStrings(left, 'required'), ...ownStrings(right, 'required')])]
    else if (!isAnnotation(word) && !sameJson(present, value)) return undefined
  }
  return merged
}

function combineProperties(left: JsonObject, right: JsonObject): JsonObject {
  const both: Record<string, Json> = { ...left }
  for (const [name, schema] of Object.entries(right)) {
    const present = own(both, name)
    // What two parts describe has to fit both.
    both[name] = present === undefined || sameJson(present, schema) ? schema : { allOf: [present, schema] }
  }
  return both
}
