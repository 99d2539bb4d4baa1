import type { Contract, Schema } from './contract.ts'
import { flatten, typeOf } from './flatten.ts'
import type { Sampler } from './sample.ts'
import { patternOf } from './schemas.ts'
import { hashText, seededRandom, seededUuid, textsLike } from './seeded.ts'

/** Makes the next identity of one field; the same seed gives the same row of them. */
export type NextIdentity = () => string | number

/**
 * A maker of ids in the shape that the contract shows: integers within their bounds, UUIDs, or texts like the example
 * (`tkt_7Kd93mQz1LpB`). Where it shows nothing: the name of the type and 16 characters.
 *
 * @param label names the field within the sandbox, so that two types do not get the same row
 */
export function identityMaker(
  contract: Contract,
  sampler: Sampler,
  schema: Schema,
  label: string,
  singular: string,
  seed: string,
): NextIdentity {
  const flat = flatten(contract, schema)
  const random = seededRandom(`${seed} ${label}`)
  if (typeOf(flat) !== 'string') return countingFrom(flat, `${seed} ${label}`)
  if (flat.format === 'uuid') return () => seededUuid(random)
  const example = flat.example ?? flat.examples?.[0]
  const fitting = flat.pattern ? sampler.sample(schema, 'full').value : example
  const shape = typeof fitting === 'string' && fitting.length >= 6 ? fitting : `${singular.slice(0, 12)}_00a0a0000a0a00a0`
  const next = textsLike(shape, random)
  const pattern = flat.pattern && patternOf(flat.pattern)
  return () => {
    for (let tries = 0; tries < 20; tries++) {
      const text = next()
      if (!pattern || pattern.test(text)) return text
    }
    return shape
  }
}

/** Starts high enough to look like the real thing, and low enough for 32 bits. */
function countingFrom(flat: Schema, seed: string): NextIdentity {
  const most = flat.maximum ?? 2 ** 31 - 1
  const least = flat.minimum ?? 1
  let next = most - least > 10_000_000 ? Math.max(least, 1_000_000 + (hashText(seed) % 8_000_000)) : least
  return () => next++
}

/** Counts 1, 2, 3 … separately under each parent, as issue and ticket numbers do. */
export function numberPerParent(): (parent: string) => number {
  const last = new Map<string, number>()
  return (parent) => {
    const next = (last.get(parent) ?? 0) + 1
    last.set(parent, next)
    return next
  }
}
