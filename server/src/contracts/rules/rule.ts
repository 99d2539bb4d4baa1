import type { Json, JsonObject } from '../json.ts'

/** `ERR` breaks a correct client or server, `WARN` may break one, `INFO` is a change to know about. */
export type Level = 'ERR' | 'WARN' | 'INFO'
export type Direction = 'request' | 'response' | 'none'

/** One row of the rule table. Ids never change their meaning: acknowledgements and other people's scripts hang on them. */
export interface Rule {
  readonly id: string
  /** Level unless a finding shows that this case is harmless (then INFO) or worse. */
  readonly level: Level
  readonly direction: Direction
  readonly family: string
  readonly meaning: string
  readonly example: RuleExample
  /** For rules about schemas: where the schema stands and what happened, `read-only` and `write-only` variants included. */
  readonly slot?: string
}

/** Two whole documents between which the rule fires, and the part of them that differs, for the printed table. */
export interface RuleExample {
  readonly before: Json
  readonly after: Json
  readonly documents: { before: JsonObject; after: JsonObject }
  readonly options?: { minNoticeDays?: { stable: number; beta: number }; minStability?: 'draft' | 'alpha' | 'beta' | 'stable' }
}

/** Where a schema stands. It decides the direction, the rule ids, and who is hurt. */
export const places = {
  'request-body': { direction: 'request', noun: 'the request body', prefix: 'request-body', inner: 'request-property' },
  'request-property': { direction: 'request', noun: 'a request property', prefix: 'request-property', inner: 'request-property' },
  'request-parameter': {
    direction: 'request',
    noun: 'a request parameter',
    prefix: 'request-parameter',
    inner: 'request-parameter-property',
  },
  // The field names the elements of a list in a parameter like properties of it, as it does in bodies.
  'request-parameter-element': {
    direction: 'request',
    noun: 'an element of a request parameter',
    prefix: 'request-parameter-property',
    inner: 'request-parameter-property',
  },
  'request-parameter-property': {
    direction: 'request',
    noun: 'a property inside a request parameter',
    prefix: 'request-parameter-property',
    inner: 'request-parameter-property',
  },
  'request-header': { direction: 'request', noun: 'a request header', prefix: 'request-parameter', inner: 'request-header-property' },
  'request-header-property': {
    direction: 'request',
    noun: 'a property inside a request header',
    prefix: 'request-parameter-property',
    inner: 'request-header-property',
  },
  'response-body': { direction: 'response', noun: 'the response body', prefix: 'response-body', inner: 'response-property' },
  'response-property': { direction: 'response', noun: 'a response property', prefix: 'response-property', inner: 'response-property' },
  'response-header': { direction: 'response', noun: 'a response header', prefix: 'response-header', inner: 'response-header-property' },
  'response-header-property': {
    direction: 'response',
    noun: 'a property inside a response header',
    prefix: 'response-header',
    inner: 'response-header-property',
  },
} as const

export type Place = keyof typeof places
export const placeNames = Object.keys(places) as Place[]

/** Places that bring their own ids; what lies inside headers shares those of its surroundings. */
export const idPlaces = placeNames.filter((place) => place === places[place].prefix)

/** What a change does to the set of values that are valid. */
export type Effect = 'narrows' | 'widens' | 'changes' | 'neutral'

/** A narrowed request and a widened response hurt the client; a change that is both is taken as the worse half. */
export function levelFor(direction: Direction, effect: Effect): Level {
  if (effect === 'neutral') return 'INFO'
  if (effect === 'changes') return 'ERR'
  return (effect === 'narrows') === (direction === 'request') ? 'ERR' : 'INFO'
}
