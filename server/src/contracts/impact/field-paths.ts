import { isObject, type Json } from '../json.ts'

/** How a field that a client uses relates to a field that changed. */
export type FieldRelation = 'at or below' | 'above' | 'whole' | 'similar' | 'apart'

/** `items[].owner.name` → `items`, `[]`, `owner`, `name`. */
export function fieldSegments(field: string): string[] {
  return field.split('.').flatMap((part) => part.split(/(\[\]|\{\})/).filter((piece) => piece !== ''))
}

/**
 * @param used    field as the client names it; may end in `**`
 * @param changed field of a finding
 * @param described whether the contract knows the used field; one it does not know is compared by likeness, since paths learned from
 *   real payloads can have levels that the schema forgets
 */
export function relate(used: string, changed: string, described: boolean): FieldRelation {
  const whole = used === '**' || used.endsWith('.**') || used.endsWith('[]**')
  const path = fieldSegments(whole ? used.replace(/\.?\*\*$/, '') : used)
  const target = fieldSegments(changed)
  if (startsWith(path, target)) return 'at or below'
  if (startsWith(target, path)) return whole ? 'whole' : 'above'
  return !described && isSubsequence(target, path) ? 'similar' : 'apart'
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return (
    start.length <= path.length && start.every((segment, index) => path[index] === segment || (segment === '{}' && path[index] !== '[]'))
  )
}

/** All of `shorter` in order within `longer`, the last segment at its end. */
function isSubsequence(shorter: readonly string[], longer: readonly string[]): boolean {
  if (shorter.length === 0 || shorter.at(-1) !== longer.at(-1)) return false
  let at = 0
  for (const segment of longer) if (segment === shorter[at]) at++
  return at === shorter.length
}

/** Every field of a payload with its values: `items[].sku` → values. Objects and arrays count as present. */
export function fieldsOf(payload: Json, maxFields = 20_000): Map<string, Json[]> {
  const found = new Map<string, Json[]>()
  const visit = (value: Json, path: string): void => {
    if (found.size > maxFields) return
    if (path !== '') found.set(path, [...(found.get(path) ?? []), value])
    if (Array.isArray(value)) for (const item of value) visit(item, `${path}[]`)
    else if (isObject(value)) for (const [name, item] of Object.entries(value)) visit(item, path === '' ? name : `${path}.${name}`)
  }
  visit(payload, '')
  return found
}

/** Values at a field of a payload; a payload with more levels than the field is searched by likeness. */
export function valuesAt(payload: Json, field: string): Json[] {
  const fields = fieldsOf(payload)
  const exact = fields.get(field)
  if (exact) return exact
  return [...fields].filter(([path]) => relate(path, field, false) === 'similar').flatMap(([, values]) => values)
}
