import { bounds } from './bounds.ts'
import { conditions } from './conditions.ts'
import { constants } from './constants.ts'
import { contents } from './contents.ts'
import { defaults } from './defaults.ts'
import { discriminators } from './discriminators.ts'
import { enums } from './enums.ts'
import type { SchemaFamily } from './family.ts'
import { nullability } from './nullability.ts'
import { openObjects } from './open-objects.ts'
import { patterns } from './patterns.ts'
import { positions } from './positions.ts'
import { properties } from './properties.ts'
import { prose } from './prose.ts'
import { requiredness } from './requiredness.ts'
import { types } from './types.ts'
import { unions } from './unions.ts'

/** Every family that looks at one schema at a time, in the order in which findings about the same place are listed. */
export const schemaFamilies: readonly SchemaFamily[] = [
  types,
  nullability,
  enums,
  constants,
  defaults,
  bounds,
  patterns,
  properties,
  requiredness,
  openObjects,
  unions,
  discriminators,
  conditions,
  positions,
  contents,
  prose,
]

const byWord = new Map<string, SchemaFamily[]>()
for (const family of schemaFamilies) for (const word of family.words) byWord.set(word, [...(byWord.get(word) ?? []), family])

/** The families that have something to say about these words, each once. */
export function familiesFor(words: ReadonlySet<string>): Set<SchemaFamily> {
  const found = new Set<SchemaFamily>()
  for (const word of words) {
    const key = /^x-.*(sunset|deprecat|retire|release-status|removal|end-of-life)/i.test(word) ? 'description' : word
    for (const family of byWord.get(key) ?? []) found.add(family)
  }
  return found
}
