import type { Spot } from './contract.ts'
import { canonical, type Json, own, ownArray, ownObject, ownString } from './json.ts'
import { matchBranches } from './match-branches.ts'
import { directionOf } from './rules/family.ts'
import { nullMember, type Report, type SchemaPair, type Segment } from './schema-pair.ts'
import { branchesOf, isAnnotation, type SchemaSide, subSide } from './schema-side.ts'
import { isSameSchema } from './value-sets/same-schema.ts'
import { type SubsetProver, withPropertyValue } from './value-sets/subset.ts'

export interface UnionWalk {
  prover: SubsetProver
  report: Report
  descend: (segment: Segment, before: SchemaSide, after: SchemaSide, movedByProperty?: Map<string, Set<string>>) => void
}

const idNames: Record<string, string> = { allOf: 'all-of', anyOf: 'any-of', oneOf: 'one-of' }

/**
 * Compares the branches under `allOf`, `anyOf` or `oneOf` as sets of values: a branch or a value that another branch takes
 * is no loss.
 *
 * @returns 'reshaped' when the schema turned into a union or out of one, so that nothing below can be compared
 */
export function compareUnion(pair: SchemaPair, keyword: string, walk: UnionWalk): 'reshaped' | undefined {
  const [before, after] = [branchesOf(pair.before, keyword), branchesOf(pair.after, keyword)]
  if (before.length === 0 && after.length === 0) return undefined
  if (keyword !== 'allOf') {
    if (before.length === 0 || after.length === 0) return comparePresence(pair, keyword, after.length > 0, walk)
  }
  const { matched, removed, added } = matchBranches(before, after)
  for (const [old, now] of matched)
    walk.descend(branchSegment(keyword, now, after), old, now, keyword === 'allOf' ? undefined : movedValues(pair, old, now, walk.prover))
  tellMembers(membersOf(pair, keyword, 'removed', removed, walk.prover), 'removed', walk.report)
  tellMembers(membersOf(pair, keyword, 'added', added, walk.prover), 'added', walk.report)
  if (keyword === 'allOf' && removed.length > 0) tellLostProperties(pair, removed, walk.report)
  if (keyword === 'oneOf' && directionOf(pair) === 'request') checkOverlap(before, matched, added, walk)
  return undefined
}

interface Member {
  name: string
  rule: string
  isHarmless: boolean
  spot: Spot
}

/** What came or went together is one change, as bad as its worst branch. */
function tellMembers(members: readonly Member[], what: 'added' | 'removed', report: Report): void {
  for (const [rule, group] of Map.groupBy(members, (member) => member.rule)) {
    const [loud, quiet] = [group.filter((member) => !member.isHarmless), group.filter((member) => member.isHarmless)]
    const names = [...loud, ...quiet].map((member) => member.name)
    const { spot } = (loud[0] ?? quiet[0])!
    const value = names.length === 1 ? names[0]! : names
    const partly = quiet.length > 0 ? { note: `${quiet.map((member) => member.name).join(', ')}: ${harmless.note}` } : {}
    report(rule, {
      ...(what === 'added' ? { after: value, afterSpot: spot } : { before: value, beforeSpot: spot }),
      ...(loud.length > 0 ? partly : harmless),
    })
  }
}

/** Branches on one side only, null among them. */
function membersOf(
  pair: SchemaPair,
  keyword: string,
  what: 'added' | 'removed',
  branches: readonly SchemaSide[],
  prover: SubsetProver,
): Member[] {
  const holder = what === 'added' ? pair.after : pair.before
  const all = branchesOf(holder, keyword)
  const members = branches.map((branch) => ({
    name: branchName(branch, all),
    rule: membershipRule(keyword, branch, what),
    isHarmless: isHarmless(pair, keyword, branch, what, prover),
    spot: branch.spot,
  }))
  const isNull = nullMember(pair, keyword) === what
  return isNull ? [...members, { name: 'null', rule: `${idNames[keyword]}-${what}`, isHarmless: false, spot: holder.spot }] : members
}

/**
 * `oneOf` takes a value that fits one branch only, so a branch that grows can take values away from its neighbours. Told once
 * per union, unless the values were in two branches before and never valid.
 */
function checkOverlap(
  before: readonly SchemaSide[],
  matched: readonly (readonly [SchemaSide, SchemaSide])[],
  added: readonly SchemaSide[],
  walk: UnionWalk,
): void {
  const { prover } = walk
  const grown = [...added, ...matched.filter(([old, now]) => !isSameSchema(old, now) && !prover.isSubset(now, old)).map(([, now]) => now)]
  for (const branch of grown) {
    for (const [old, now] of matched) {
      if (now === branch || prover.isDisjoint([now], [branch])) continue
      const neverValid = before.some((other) => other !== old && prover.isSubset([old, now, branch], other))
      if (neverValid) continue
      walk.report('one-of-overlap', { after: branch.name ?? null, afterSpot: branch.spot })
      return
    }
  }
}

function membershipRule(keyword: string, branch: SchemaSide, what: 'added' | 'removed'): string {
  const onlyWords = keyword === 'allOf' && !branch.undetermined && Object.keys(branch.node).every(isAnnotation)
  return `${idNames[keyword]}-${what}${onlyWords ? '-annotation-only' : ''}`
}

export const harmless = { level: 'INFO' as const, note: 'every value that was possible still is' }

/** The change is shown to hurt nobody, although it goes in the direction that could. */
function isHarmless(pair: SchemaPair, keyword: string, branch: SchemaSide, what: 'added' | 'removed', prover: SubsetProver): boolean {
  const [from, to] = directionOf(pair) === 'request' ? [pair.before, pair.after] : [pair.after, pair.before]
  const narrows = keyword === 'allOf' ? what === 'added' : what === 'removed'
  if (narrows !== (directionOf(pair) === 'request')) return false
  if (keyword !== 'allOf' && isNamedOnlyByBranch(pair, branch)) return false
  return prover.isSubset(keyword === 'allOf' ? from : branch, to)
}

/**
 * Whether only a discriminator tells this branch from its neighbours, by a name that its own schema does not fix. Then schemas that look alike
 * are different things, and whoever sends or reads this one is not served by another.
 */
function isNamedOnlyByBranch(pair: SchemaPair, branch: SchemaSide): boolean {
  const [old, now] = [pair.before, pair.after].map(({ node }) => own(node, 'discriminator'))
  const property = ownString(now ?? old, 'propertyName')
  if (property === undefined || old === undefined || now === undefined) return false
  const named = subSide(branch, 'properties', property)
  return named !== undefined && !Object.hasOwn(named.node, 'enum') && !Object.hasOwn(named.node, 'const')
}

function comparePresence(pair: SchemaPair, keyword: string, appeared: boolean, walk: UnionWalk): 'reshaped' | undefined {
  const [from, to] = directionOf(pair) === 'request' ? [pair.before, pair.after] : [pair.after, pair.before]
  const level = walk.prover.isSubset(from, to) ? harmless : {}
  const other = keyword === 'anyOf' ? 'oneOf' : 'anyOf'
  if (ownArray(appeared ? pair.before.node : pair.after.node, other).length > 0) {
    if (appeared) walk.report('union-kind-changed', { before: other, after: keyword, ...level })
    return 'reshaped'
  }
  if (keepsShape(pair)) {
    walk.report(`${idNames[keyword]}-${appeared ? 'demanded' : 'dropped'}`, level)
    return undefined
  }
  walk.report(appeared ? `wrapped-in-${idNames[keyword]}` : `unwrapped-from-${idNames[keyword]}`, level)
  tellLostProperties(pair, [pair.before], walk.report)
  return 'reshaped'
}

/** Values that fit as before can lack for ever what readers read: a property that nothing describes any more. */
function tellLostProperties(pair: SchemaPair, gone: readonly SchemaSide[], report: Report): void {
  if (directionOf(pair) === 'request') return
  const left = describedProperties([pair.after])
  if (left.size === 0) return
  for (const [name, spot] of describedProperties(gone))
    if (!left.has(name)) report('part-property-removed', { before: name, at: [{ kind: 'field', name }], beforeSpot: spot })
}

const maxDescribing = 200

/** Names that schemas describe, themselves or in parts and branches, with where. */
function describedProperties(sides: readonly SchemaSide[]): Map<string, Spot> {
  const found = new Map<string, Spot>()
  const queue = [...sides]
  const seen = new Set<object>()
  for (let side = queue.pop(); side && seen.size < maxDescribing; side = queue.pop()) {
    if (seen.has(side.node)) continue
    seen.add(side.node)
    for (const name of Object.keys(ownObject(side.node, 'properties'))) found.set(name, side.spot)
    for (const word of ['allOf', 'anyOf', 'oneOf']) queue.push(...branchesOf(side, word))
  }
  return found
}

/** Type and properties stand where they stood: the union is one more demand, not another way to say the same. */
function keepsShape(pair: SchemaPair): boolean {
  const has = (side: SchemaSide) => Object.hasOwn(side.node, 'properties') || Object.hasOwn(side.node, 'items')
  return has(pair.before) && has(pair.after)
}

/** Values that a property of this branch lost but that the union as a whole still takes, by property. */
function movedValues(pair: SchemaPair, before: SchemaSide, after: SchemaSide, prover: SubsetProver): Map<string, Set<string>> | undefined {
  const [from, to, union] = directionOf(pair) === 'request' ? [before, after, pair.after] : [after, before, pair.before]
  const moved = new Map<string, Set<string>>()
  for (const name of Object.keys(ownObject(from.node, 'properties'))) {
    const lost = lostValues(subSide(from, 'properties', name), subSide(to, 'properties', name))
    const taken = lost.filter((value) => prover.isSubset(withPropertyValue(from, name, value), union))
    if (taken.length > 0) moved.set(name, new Set(taken.map(canonical)))
  }
  return moved.size > 0 ? moved : undefined
}

function lostValues(from: SchemaSide | undefined, to: SchemaSide | undefined): Json[] {
  const [had, has] = [own(from?.node, 'enum'), own(to?.node, 'enum')]
  if (!Array.isArray(had) || !Array.isArray(has)) return []
  const kept = new Set(has.map(canonical))
  return had.filter((value) => !kept.has(canonical(value)))
}

function branchSegment(keyword: string, branch: SchemaSide, all: readonly SchemaSide[]): Segment {
  return { kind: 'branch', name: `${keyword}[${branchName(branch, all)}]` }
}

function branchName(branch: SchemaSide, all: readonly SchemaSide[]): string {
  const title = own(branch.node, 'title')
  return branch.name ?? (typeof title === 'string' ? title : `#${all.indexOf(branch) + 1}`)
}
