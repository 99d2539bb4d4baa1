import { isObject, type Json, own, ownArray, sameJson } from './json.ts'
import { directionOf } from './rules/family.ts'
import type { Report, SchemaPair } from './schema-pair.ts'
import { type SchemaSide, subSide } from './schema-side.ts'
import { isSameSchema } from './value-sets/same-schema.ts'
import type { SubsetProver } from './value-sets/subset.ts'

const anywhere = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', '$ref']
/** Words that decide what is left over. */
const reaching = {
  unevaluatedItems: ['items', 'prefixItems', 'contains', ...anywhere],
  unevaluatedProperties: ['properties', 'additionalProperties', 'patternProperties', 'dependentSchemas', ...anywhere],
}
const turning = ['not', 'if', 'contains', 'prefixItems']

/**
 * Words under which more values do not mean more: what a schema excludes, the condition of another demand, the elements that may be counted only so
 * often, and positions, whose demands take elements away from `items`. What changed inside them can't be judged as if it stood in the open.
 */
export function checkTurned(pair: SchemaPair, prover: SubsetProver, report: Report): void {
  for (const word of ['unevaluatedItems', 'unevaluatedProperties'] as const) checkReach(word, pair, prover, report)
  if (!turning.some((word) => Object.hasOwn(pair.before.node, word) || Object.hasOwn(pair.after.node, word))) return
  checkExclusion(pair, prover, report)
  if (changedUnder('if', pair, prover)) report('if-changed', both('if', pair))
  const isCounted = [pair.before, pair.after].some(({ node }) => own(node, 'maxContains') !== undefined)
  if (isCounted && changedUnder('contains', pair, prover)) report('contains-changed', both('contains', pair))
  checkPositions(pair, prover, report)
}

/** A demand on what is left over holds for more when less stands beside it: whoever takes another demand away may bring this one. */
function checkReach(word: keyof typeof reaching, pair: SchemaPair, prover: SubsetProver, report: Report): void {
  const [from, to] = directionOf(pair) === 'request' ? [pair.before, pair.after] : [pair.after, pair.before]
  if (!isDemand(own(to.node, word)) || reaching[word].every((beside) => sameJson(own(from.node, beside), own(to.node, beside)))) return
  if (!prover.isSubset(from, to)) report('unevaluated-reach-changed', both(word, pair))
}

function isDemand(schema: Json | undefined): boolean {
  return schema !== undefined && schema !== true && !(isObject(schema) && Object.keys(schema).length === 0)
}

function checkExclusion(pair: SchemaPair, prover: SubsetProver, report: Report): void {
  if (!changedUnder('not', pair, prover)) return
  const sides = sidesUnder('not', pair)!
  const [more, fewer] = directionOf(pair) === 'request' ? sides : ([sides[1], sides[0]] as const)
  const harmless = prover.isSubset(fewer, more)
  report('not-changed', {
    ...both('not', pair),
    ...(harmless ? { level: 'INFO' as const, note: 'every value that was possible still is' } : {}),
  })
}

function both(word: string, pair: SchemaPair) {
  return { before: own(pair.before.node, word), after: own(pair.after.node, word) }
}

function sidesUnder(word: string, pair: SchemaPair): readonly [SchemaSide, SchemaSide] | undefined {
  if (!isObject(own(pair.before.node, word)) || !isObject(own(pair.after.node, word))) return undefined
  return [subSide(pair.before, word)!, subSide(pair.after, word)!]
}

/** Any difference that is not shown to be none. */
function changedUnder(word: string, pair: SchemaPair, prover: SubsetProver): boolean {
  const sides = sidesUnder(word, pair)
  if (!sides || isSameSchema(...sides)) return false
  return !prover.isSubset(sides[0], sides[1]) || !prover.isSubset(sides[1], sides[0])
}

/** The field reads a longer tuple as room for more; without an end of the list it is a demand on elements that were free before. */
function checkPositions(pair: SchemaPair, prover: SubsetProver, report: Report): void {
  const [before, after] = [pair.before, pair.after].map(({ node }) => ownArray(node, 'prefixItems').length) as [number, number]
  if (after > before && directionOf(pair) === 'request' && !prover.isSubset(pair.before, pair.after)) report('positions-narrowed')
  if (after < before && directionOf(pair) === 'response' && !prover.isSubset(pair.after, pair.before)) report('positions-widened')
}
