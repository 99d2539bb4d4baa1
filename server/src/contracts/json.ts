/** What a parsed document is made of. Objects may carry any key, `__proto__` and `constructor` included: read them with {@link own}. */
export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads a member without the prototype: a schema property called `toString` is a property, and a missing one is `undefined`. */
export function own(node: Json | undefined, key: string): Json | undefined {
  return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined
}

/** The member as an object with own keys, or an empty one. */
export function ownObject(node: Json | undefined, key: string): JsonObject {
  const value = own(node, key)
  return isObject(value) ? value : {}
}

export function ownArray(node: Json | undefined, key: string): Json[] {
  const value = own(node, key)
  return Array.isArray(value) ? value : []
}

export function ownString(node: Json | undefined, key: string): string | undefined {
  const value = own(node, key)
  return typeof value === 'string' ? value : undefined
}

export function ownStrings(node: Json | undefined, key: string): string[] {
  return ownArray(node, key).filter((item) => typeof item === 'string')
}

/** Same value, same text: keys sorted by code unit, no spaces. The base of comparison, identity and order. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return 'undefined'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
  return `{${members.join(',')}}`
}

/** Equal as JSON values: order of keys does not count, order of array elements does. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]))
  if (Array.isArray(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
}

/** Order by code unit, the same on every machine and in every locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
