import { fieldInWords, valueInWords } from './value-in-words.ts'

export interface AgreementChange {
  /** Where in the agreement: `term`, `notice`, `commitments` … */
  section: string
  /** One sentence. */
  says: string
  /** Seen by who is promised something: is more or less promised than before? */
  effect: 'stronger' | 'weaker' | 'neutral'
  /** Whose promise or share it is, where it is one party's. */
  party?: string
}

export type Fields = Record<string, unknown>

/** Values that are equal in the files are equal as JSON: entities hold plain data only, in schema order. */
export const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)

/** The names of fields whose values differ, in the order of the newer one, then what it lost. */
export function changedFields(before: Fields, after: Fields): string[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].filter((name) => !same(before[name], after[name]))
}

/** One neutral sentence per field that differs: `Settlement: pay within changes from 15 days to 30 days`. */
export function describeFields(
  section: string,
  subject: string,
  before: Fields,
  after: Fields,
  except: readonly string[] = [],
): AgreementChange[] {
  return changedFields(before, after)
    .filter((name) => !except.includes(name))
    .map((name) => ({ section, says: `${subject}: ${changeInWords(fieldInWords(name), before[name], after[name])}`, effect: 'neutral' }))
}

/** `… changes from X to Y`, `… is new: Y`, `… is gone (was X)`. */
export function changeInWords(name: string, before: unknown, after: unknown): string {
  if (before === undefined) return `${name} is new: ${valueInWords(after)}`
  if (after === undefined) return `${name} is gone (was ${valueInWords(before)})`
  return `${name} changes from ${valueInWords(before)} to ${valueInWords(after)}`
}

export interface ListPairs<Item> {
  added: Item[]
  removed: Item[]
  kept: { before: Item; after: Item }[]
}

/** Pairs the items of two lists by their key. Order plays no part. */
export function pairUp<Item>(before: readonly Item[], after: readonly Item[], keyOf: (item: Item) => string): ListPairs<Item> {
  const old = new Map(before.map((item) => [keyOf(item), item]))
  const young = new Set(after.map(keyOf))
  return {
    added: after.filter((item) => !old.has(keyOf(item))),
    removed: before.filter((item) => !young.has(keyOf(item))),
    kept: after.flatMap((item) => (old.has(keyOf(item)) ? [{ before: old.get(keyOf(item))!, after: item }] : [])),
  }
}
