import type { Json, JsonObject } from '../json.ts'
import { isWriteOnly, type SchemaSide } from '../schema-side.ts'
import { describedBy, itemSides, memberSides } from './described.ts'
import { safeName, shapeOf } from './shape.ts'

export interface UndeclaredProperty {
  field: string
  /** undeclared: the contract does not tell of it. writeOnly: the contract says that it is never sent back. */
  what: 'undeclared' | 'writeOnly'
  shape: Json
}

const maxFound = 25
const maxVisits = 20_000
const maxDepth = 40

/**
 * Members that the contract neither tells of nor forbids nor announces as open. Objects without a single declared property are free-form, and
 * what is forbidden (`additionalProperties: false`) is a violation that the validator finds.
 */
export function undeclaredProperties(payload: Json, sides: readonly SchemaSide[]): UndeclaredProperty[] {
  const found = new Map<string, UndeclaredProperty>()
  let visits = 0
  const visit = (value: Json, at: readonly SchemaSide[], field: string, depth: number): void => {
    if (typeof value !== 'object' || value === null || at.length === 0 || depth > maxDepth) return
    if (found.size >= maxFound || visits++ > maxVisits) return
    if (Array.isArray(value)) {
      const items = itemSides(at)
      for (const item of value) visit(item, items, `${field}[]`, depth + 1)
    } else visitObject(value, at, field, depth)
  }
  const visitObject = (value: JsonObject, at: readonly SchemaSide[], field: string, depth: number): void => {
    const { declared, open, closed, undetermined } = describedBy(at)
    for (const [name, member] of Object.entries(value)) {
      const sidesOfMember = memberSides(at, name)
      if (declared.has(name)) {
        const path = joinField(field, name)
        if (sidesOfMember.length > 0 && sidesOfMember.every(({ node }) => isWriteOnly(node)) && member !== null)
          found.set(path, { field: path, what: 'writeOnly', shape: shapeOf(member, []) })
        visit(member, sidesOfMember, path, depth + 1)
      } else if (open || closed || undetermined || declared.size === 0) visit(member, sidesOfMember, joinField(field, '{}'), depth + 1)
      else {
        const path = joinField(field, safeName(name) ?? '{}')
        if (!found.has(path)) found.set(path, { field: path, what: 'undeclared', shape: shapeOf(member, []) })
      }
    }
  }
  visit(payload, sides, '', 0)
  return [...found.values()]
}

export function joinField(field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`
}
