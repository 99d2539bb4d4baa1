import { unescapePointer } from './contract.ts'
import type { Deviation } from './drift/deviation.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { RecordedShape } from './recordings/recorded-shape.ts'

/** A place in a payload, and whether nothing of what stands there may be kept but its type. */
export interface HiddenPlace {
  readonly hides: boolean
  member(name: string): HiddenPlace
  item(): HiddenPlace
}

/**
 * What a platform's `redact` hides, as the call log does it. Values are in no shape anyway, but those that the contract lists; of what is hidden
 * these are left out, too, and every class of length and size.
 *
 * @param declared names of fields, parameters and headers, in any case; JSON Pointers (`/customer/iban`, `*` for any item) hide one place. Since the
 *   items of a list are kept as one, a pointer to one item hides all
 */
export function hiddenPlaces(declared: readonly string[]): HiddenPlace {
  const names = new Set(declared.filter((name) => !name.startsWith('/')).map((name) => name.toLowerCase()))
  const pointers = declared.filter((name) => name.startsWith('/')).map((pointer) => pointer.slice(1).split('/').map(unescapePointer))
  const place = (hides: boolean, ways: readonly (readonly string[])[]): HiddenPlace => {
    const next = (fits: (part: string) => boolean, hidden: boolean): HiddenPlace => {
      const left = ways.filter(([part]) => part !== undefined && fits(part)).map((way) => way.slice(1))
      return place(hides || hidden || left.some((way) => way.length === 0), left)
    }
    return {
      hides,
      member: (name) => next((part) => part === name || part === '*', names.has(name.toLowerCase())),
      item: () => next((part) => part === '*' || /^\d+$/.test(part), false),
    }
  }
  return place(false, pointers)
}

/** The place of a field as usage names it: `items[].owner.name`. */
export function placeOfField(root: HiddenPlace, field: string): HiddenPlace {
  return partsOf(field).reduce((at, part) => (part === '[]' ? at.item() : at.member(part)), root)
}

const partsOf = (field: string): string[] => field.split(/\.|(?=\[\])/).filter((part) => part !== '')

/** A recorded payload of which nothing is left where something is hidden, but its type. */
export function hideShape(shape: RecordedShape, at: HiddenPlace): RecordedShape {
  if (shape === null) return null
  if ('o' in shape) {
    if (at.hides) return { t: 'object' }
    const members = Object.entries(shape.o).map(([name, member]): [string, RecordedShape] => [name, hideShape(member, at.member(name))])
    return { ...shape, o: Object.fromEntries(members) }
  }
  if ('a' in shape) return at.hides ? { t: 'array' } : { ...shape, a: shape.a.map((item) => hideShape(item, at.item())) }
  if (!at.hides || 'b' in shape || 't' in shape) return shape
  if ('s' in shape || ('v' in shape && typeof shape.v === 'string')) return { s: [0, null] }
  return 'd' in shape || ('v' in shape && !Number.isInteger(shape.v)) ? { d: [null, null] } : { i: [null, null] }
}

/** The same for the example of a deviation. */
export function hideExample(deviation: Deviation, root: HiddenPlace): Deviation {
  const { example, field } = deviation
  if (!isObject(example)) return deviation
  const at = placeOfField(root, field)
  // What is missing is told within what it is missing from.
  const around = partsOf(field)
    .slice(0, -1)
    .reduce((place, part) => (part === '[]' ? place.item() : place.member(part)), root)
  const shown = Object.entries(example).map(([name, value]): [string, Json] =>
    name === 'found' ? [name, masked(value, at)] : name === 'within' ? [name, masked(value, around)] : [name, value],
  )
  return { ...deviation, example: Object.fromEntries(shown) }
}

function masked(value: Json, at: HiddenPlace): Json {
  if (value === null) return null
  if (at.hides) return '<hidden>'
  if (Array.isArray(value)) return value.map((item) => masked(item, at.item()))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value as JsonObject).map(([name, member]) => [name, masked(member, at.member(name))]))
}
