import type { JsonObject } from '../json.ts'
import type { Report, SchemaPair } from '../schema-pair.ts'
import { isReadOnly, isWriteOnly } from '../schema-side.ts'
import { places, type Rule } from './rule.ts'

/** Rules about one kind of word in schemas. `check` is called only for pairs in which one of `words` differs. */
export interface SchemaFamily {
  readonly name: string
  readonly words: readonly string[]
  readonly rules: readonly Rule[]
  readonly check: (pair: SchemaPair, report: Report) => void
}

export function directionOf(pair: SchemaPair): 'request' | 'response' {
  return places[pair.place].direction
}

/** The schema is no part of this direction: read-only in a request, write-only in a response. */
export function isIgnoredHere(node: JsonObject, pair: SchemaPair): boolean {
  return directionOf(pair) === 'request' ? isReadOnly(node) : isWriteOnly(node)
}
