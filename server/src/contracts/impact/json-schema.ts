import { type Contract, follow, pointerOf, referenceOf, type Spot } from '../contract.ts'
import { isObject, type Json, type JsonObject, own } from '../json.ts'

/**
 * Says a schema of a contract as one self-contained JSON Schema (2020-12) for a validator. References become `$defs`; only
 * what is reachable is written. Words of OpenAPI 3.0 that JSON Schema lacks are said in its terms, formats that
 * constrain nothing are left out.
 *
 * @param direction read-only properties are not demanded in requests, write-only ones not in answers
 */
export function jsonSchemaOf(contract: Contract, spot: Spot, direction: 'request' | 'response'): JsonObject {
  return new Writer(contract, direction).write(spot)
}

const schemaWords = new Set([
  'items',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'additionalItems',
])
const listWords = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const mapWords = new Set(['properties', 'patternProperties', 'dependentSchemas'])
const assertions = new Set([
  'type',
  'enum',
  'const',
  'maximum',
  'minimum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'multipleOf',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxProperties',
  'minProperties',
  'required',
  'dependentRequired',
  'maxContains',
  'minContains',
  'format',
])

class Writer {
  readonly #contract: Contract
  readonly #direction: 'request' | 'response'
  readonly #names = new Map<Json, string>()
  readonly #definitions: Record<string, Json> = {}

  constructor(contract: Contract, direction: 'request' | 'response') {
    this.#contract = contract
    this.#direction = direction
  }

  write(spot: Spot): JsonObject {
    const root = this.#schema(spot.node, spot)
    return { $defs: this.#definitions, allOf: [root] }
  }

  #schema(node: Json | undefined, at: Spot): Json {
    if (typeof node === 'boolean') return node
    if (!isObject(node)) return true
    if (referenceOf(node) !== undefined) return this.#reference(node, at)
    const written: JsonObject = {}
    for (const [word, value] of Object.entries(node)) this.#word(written, word, value, at)
    this.#bounds(written, node)
    this.#ignored(written, node, at)
    const nullable = own(node, 'nullable') === true || own(node, 'x-nullable') === true
    // No union: what is wrong with a value that is not null is then said of itself, not of a union that has no fitting branch.
    return nullable ? { if: { type: 'null' }, else: written } : written
  }

  #word(written: JsonObject, word: string, value: Json, at: Spot): void {
    if (assertions.has(word)) written[word] = value
    else if (schemaWords.has(word)) written[word] = this.#schema(value, at)
    else if (listWords.has(word) && Array.isArray(value)) written[word] = value.map((item) => this.#schema(item, at))
    else if (mapWords.has(word) && isObject(value))
      written[word] = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#schema(item, at)]))
  }

  #bounds(written: JsonObject, node: JsonObject): void {
    for (const [flag, bound] of [
      ['exclusiveMaximum', 'maximum'],
      ['exclusiveMinimum', 'minimum'],
    ] as const) {
      if (typeof own(node, flag) !== 'boolean') continue
      delete written[flag]
      if (node[flag] === true && typeof own(node, bound) === 'number') {
        written[flag] = node[bound]!
        delete written[bound]
      }
    }
  }

  /** What the direction never carries can't be demanded. */
  #ignored(written: JsonObject, node: JsonObject, at: Spot): void {
    const mark = this.#direction === 'request' ? 'readOnly' : 'writeOnly'
    if (!Array.isArray(written.required)) return
    const properties = own(node, 'properties')
    written.required = written.required.filter((name) => {
      const schema = typeof name === 'string' ? own(properties, name) : undefined
      const found = schema === undefined ? undefined : follow(this.#contract, { file: at.file, node: schema, parent: at, key: '' })
      return own(found?.node, mark) !== true
    })
  }

  #reference(node: JsonObject, at: Spot): Json {
    const target = follow(this.#contract, { file: at.file, node, parent: at, key: '' })
    if (!target) return true
    let name = this.#names.get(target.node)
    if (name === undefined) {
      name = `${this.#names.size} ${pointerOf(target).split('/').at(-1) ?? ''}`.replace(/[^A-Za-z0-9]+/g, '_')
      this.#names.set(target.node, name)
      this.#definitions[name] = this.#schema(target.node, target)
    }
    const reference = { $ref: `#/$defs/${name}` }
    const siblings = Object.fromEntries(Object.entries(node).filter(([word]) => word !== '$ref' && word !== '$dynamicRef'))
    if (this.#contract.dialect !== '3.1' || Object.keys(siblings).length === 0) return reference
    return { allOf: [reference, this.#schema(siblings, at)] }
  }
}
