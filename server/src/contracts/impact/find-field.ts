import { type Contract, child, childObject, type Spot } from '../contract.ts'
import { ownObject } from '../json.ts'
import type { Operation } from '../operations.ts'
import { branchesOf, type SchemaSide, sideOf, subSide } from '../schema-side.ts'
import { fieldSegments } from './field-paths.ts'

/** The schemas of a body, one per media type, under `requestBody` or a response. */
export function bodySchemas(
  contract: Contract,
  holder: Spot | undefined,
): { mediaType: string; side: SchemaSide; spot: Spot; media: Spot }[] {
  if (!holder) return []
  return Object.keys(ownObject(holder.node, 'content')).flatMap((mediaType) => {
    const media = childObject(contract, childObject(contract, holder, 'content'), mediaType)
    const spot = media && child(media, 'schema')
    return media && spot ? [{ mediaType, side: sideOf(contract, spot), spot, media }] : []
  })
}

/** Bodies that a client reads: successful answers, or what the provider sends in a webhook. */
export function readBodies(operation: Operation): ReturnType<typeof bodySchemas> {
  const { contract, spot } = operation
  if (operation.surface !== 'operation') return bodySchemas(contract, childObject(contract, spot, 'requestBody'))
  const responses = childObject(contract, spot, 'responses')
  const statuses = responses ? Object.keys(ownObject(spot.node, 'responses')) : []
  const success = statuses.filter((status) => /^2/.test(status))
  return (success.length > 0 ? success : ['default']).flatMap((status) => bodySchemas(contract, childObject(contract, responses, status)))
}

/** Whether a schema describes a field, in any branch of its unions. Open maps describe every name below them. */
export function describes(side: SchemaSide, field: string): boolean {
  return walk([side], fieldSegments(field.replace(/\.?\*\*$/, '')))
}

function walk(sides: readonly SchemaSide[], segments: readonly string[]): boolean {
  const [segment, ...rest] = segments
  if (segment === undefined) return sides.length > 0
  const next = spread(sides).flatMap((side) => step(side, segment))
  return next.length > 0 && walk(next, rest)
}

function step(side: SchemaSide, segment: string): SchemaSide[] {
  if (segment === '[]') return subSide(side, 'items') ? [subSide(side, 'items')!] : []
  const named = segment === '{}' ? undefined : subSide(side, 'properties', segment)
  const other = named ?? subSide(side, 'additionalProperties')
  return other && !('not' in other.node) ? [other] : []
}

/** A schema with all branches that could describe a part of it; recursion through unions ends. */
function spread(sides: readonly SchemaSide[]): SchemaSide[] {
  const found = new Set<SchemaSide>()
  const queue = [...sides]
  for (let side = queue.pop(); side; side = queue.pop()) {
    if (found.has(side) || found.size > 2_000) continue
    found.add(side)
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) queue.push(...branchesOf(side, keyword))
  }
  return [...found]
}
