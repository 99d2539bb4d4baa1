import { createHash } from 'node:crypto'
import { canonical, type Json } from '../json.ts'
import { templateOf } from '../operations.ts'

/** One kind of message of a platform that is checked: the answers of an operation with one status, or one webhook. */
export interface DriftPlace {
  platform: string
  surface: 'operation' | 'webhook'
  /** `GET`; for webhooks `POST`. */
  method: string
  /** Templated path, or the webhook's name. */
  path: string
  /** `200`; empty for webhooks. */
  status: string
}

/**
 * violation: the contract says otherwise. undeclared-status, undeclared-media-type: the contract doesn't know such an answer.
 * undeclared-property: the contract doesn't forbid it and doesn't tell of it; weaker, since most contracts let providers add fields.
 */
export type DriftKind = 'violation' | 'undeclared-status' | 'undeclared-media-type' | 'undeclared-property'

/** One way in which one message differs from the contract. Says nothing of what was in it beyond shapes. */
export interface Deviation {
  kind: DriftKind
  mediaType: string
  /** `items[].owner.name`; keys of maps are `{}`. Empty for the whole message. */
  field: string
  /** The word of JSON Schema that was not met, or what is missing in the contract: `status`, `media-type`, `property`. */
  keyword: string
  /** What tells two deviations of one keyword at one field apart: the type that was found. */
  detail: string
  /** Out of the contract. */
  expected: Json
  /** Shapes instead of values; see `shapeOf`. */
  example: Json
}

/**
 * Identity of a finding: where and what, never words, values or versions. The same deviation is one finding, in all processes and for all
 * instances. Names of path parameters don't count.
 */
export function identityOfDeviation(place: DriftPlace, deviation: Deviation): string {
  const { kind, mediaType, field, keyword, detail } = deviation
  const parts = [place.surface, place.method, templateOf(place.path), place.status, kind, mediaType, field, keyword, detail]
  return createHash('sha256').update(canonical(parts)).digest('hex')
}
