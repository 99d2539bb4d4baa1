import type { Json, JsonObject } from '../json.ts'
import { schemaExample } from './example.ts'
import { type Effect, idPlaces, type Level, levelFor, type Place, places, type Rule } from './rule.ts'

/** One change of a schema, told once and printed as one rule for every place where a schema can stand. */
export interface SchemaRule {
  /** The id is `place-suffix`, for instance `request-property-max-length-decreased`. */
  suffix: string
  effect: Effect
  /** A clause about "it", for instance `its maximum length got smaller`. */
  clause: string
  before: Json
  after: Json
  /** Levels that differ from what effect and direction say, by id prefix or direction. */
  levels?: Partial<Record<Place | 'request' | 'response', Level>>
  /** Places for which the rule does not exist. */
  only?: (place: Place) => boolean
  ids?: Partial<Record<Place, string>>
  /** Header places that have an id of their own for this change; otherwise they use the one of parameters. */
  also?: readonly Place[]
  /** The change of a property that its direction never carries has an id of its own, always INFO. */
  ignoredVariant?: boolean
  mediaType?: string
}

/** Who is hurt, by direction and effect: the sentence after the clause. */
const consequences: Record<'request' | 'response', Record<Effect, string>> = {
  request: {
    narrows: 'A request that was accepted can now be refused.',
    widens: 'Every request that was accepted still is.',
    changes: 'A request that was accepted can now be refused or understood differently.',
    neutral: 'No request becomes invalid.',
  },
  response: {
    narrows: 'Readers meet only values they already had to handle.',
    widens: 'Readers can meet values they never had to handle.',
    changes: 'Readers can meet values they never had to handle.',
    neutral: 'No answer becomes unreadable.',
  },
}

/** Writes out the rules of a family for all places. */
export function schemaRules(family: string, specs: readonly SchemaRule[]): Rule[] {
  return specs.flatMap((spec) => {
    const at = [...idPlaces.filter((place) => spec.only?.(place) ?? true), ...(spec.also ?? [])]
    return [...at.map((place) => ruleAt(family, spec, place)), ...(spec.ignoredVariant ? ignoredRules(family, spec) : [])]
  })
}

function ruleAt(family: string, spec: SchemaRule, place: Place): Rule {
  const { direction, noun } = places[place]
  return {
    id: spec.ids?.[place] ?? `${place}-${spec.suffix}`,
    slot: `${place} ${spec.suffix}`,
    level: spec.levels?.[place] ?? spec.levels?.[direction] ?? levelFor(direction, spec.effect),
    direction,
    family,
    meaning: `In ${noun}, ${spec.clause}. ${consequences[direction][spec.effect]}`,
    example: schemaExample(place, spec.before, spec.after, spec.mediaType),
  }
}

/** A read-only property is not part of requests, a write-only one not part of answers: its changes hurt nobody there. */
function ignoredRules(family: string, spec: SchemaRule): Rule[] {
  const direction = levelFor('request', spec.effect) === 'ERR' ? 'request' : 'response'
  const [variant, keyword] = direction === 'request' ? ['read-only', 'readOnly'] : ['write-only', 'writeOnly']
  const mark = (schema: Json): Json => ({ ...(schema as JsonObject), [keyword!]: true })
  const place = `${direction}-property` as const
  return [
    {
      id: `${direction}-${variant}-property-${spec.suffix}`,
      slot: `${place} ${variant} ${spec.suffix}`,
      level: 'INFO',
      direction,
      family,
      meaning: `In a ${variant} property, which is no part of a ${direction}, ${spec.clause}. Nobody is hurt.`,
      example: schemaExample(place, mark(spec.before), mark(spec.after)),
    },
  ]
}
