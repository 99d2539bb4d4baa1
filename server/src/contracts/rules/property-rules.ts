import type { Json } from '../json.ts'
import { documentWith } from './example.ts'
import type { Level, Place, Rule, RuleExample } from './rule.ts'

/** A rule whose id is no place and suffix, because the field named it otherwise. */
export function propertyRule(family: string, id: string, level: Level, meaning: string, example: RuleExample): Rule {
  return { id, level, direction: id.includes('request') ? 'request' : 'response', family, meaning, example }
}

/** An example with a whole object in a place. */
export function objectExample(place: Place, before: Json, after: Json): RuleExample {
  return { before, after, documents: { before: documentWith(place, before), after: documentWith(place, after) } }
}
