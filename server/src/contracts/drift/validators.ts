import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Contract, Spot } from '../contract.ts'
import { jsonSchemaOf } from '../impact/json-schema.ts'
import type { Json } from '../json.ts'

/** Why a message could not be held against its schema. */
export type Unchecked = 'too large' | 'unusable'

export interface Validators {
  /** Everything that is wrong with a payload, in Ajv's words. Reading of a schema and compiling happen once, while there is room. */
  check(contract: Contract, spot: Spot, payload: Json): readonly ErrorObject[] | Unchecked
  /** What a contract that is gone has left. */
  forget(contract: Contract): void
  readonly characters: number
}

interface Kept {
  contract: Contract
  characters: number
  check: ValidateFunction | Unchecked
}

/** A schema with all it refers to; compiled code takes about ten times as much. */
const maxCharacters = 2_000_000
const maxKept = 8_000_000

/** Compiled validators of answers, the least used of them dropped when their schemas take more than {@link maxKept} characters. */
export function createValidators({ kept: limit = maxKept, one = maxCharacters }: { kept?: number; one?: number } = {}): Validators {
  const known = new Map<object, Kept>()
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    logger: false,
    validateFormats: true,
    addUsedSchema: false,
    // Schemas of partners are big and not ours: what is wrong with them shows in compiling.
    validateSchema: false,
  })
  ;(addFormats as unknown as (target: unknown) => void)(ajv)
  let characters = 0

  const drop = (node: object, { characters: size }: Kept): void => {
    known.delete(node)
    characters -= size
  }
  const compile = (contract: Contract, spot: Spot): Kept => {
    try {
      const schema = jsonSchemaOf(contract, spot, 'response')
      const size = JSON.stringify(schema).length
      if (size > one) return { contract, characters: 0, check: 'too large' }
      const check = ajv.compile(schema)
      ajv.removeSchema(schema)
      return { contract, characters: size, check }
    } catch {
      return { contract, characters: 0, check: 'unusable' }
    }
  }
  const find = (contract: Contract, spot: Spot): Kept => {
    const node = spot.node as object
    const before = known.get(node)
    const kept = before ?? compile(contract, spot)
    // A map keeps the order of insertion: what is used moves to its end.
    known.delete(node)
    known.set(node, kept)
    if (!before) characters += kept.characters
    for (const [key, oldest] of known) {
      if (characters <= limit || oldest === kept) break
      drop(key, oldest)
    }
    return kept
  }
  return {
    check(contract, spot, payload) {
      if (typeof spot.node !== 'object' || spot.node === null) return spot.node === false ? 'unusable' : []
      const { check } = find(contract, spot)
      if (typeof check === 'string') return check
      if (check(payload)) return []
      const errors = check.errors ?? []
      check.errors = null
      return errors
    },
    forget(contract) {
      for (const [node, kept] of known) if (kept.contract === contract) drop(node, kept)
    },
    get characters() {
      return characters
    },
  }
}
