import { sample as sampleLeaf } from 'openapi-sampler'
import RandExp from 'randexp'
import type { Content, Contract, Schema } from './contract.ts'
import { flatten, isNullable, typeOf } from './flatten.ts'
import { type Direction, patternOf, type SchemaCompiler } from './schemas.ts'
import { seededRandom } from './seeded.ts'

/**
 * `full`: everything the schema describes, as documentation shows it.
 * `blank`: a record that was just created and whose other fields nobody has filled: null, empty lists, no optional objects.
 */
export type SampleMode = 'full' | 'blank'

export interface Sample {
  value: unknown
  /** What Ajv says against the value; empty when it is valid. The sandbox reports operations where it is not. */
  problems: string[]
}

export interface Sampler {
  /** Kept per schema object and mode: the same sandbox always gives the same value. Callers must not change it. */
  sample(schema: Schema, mode: SampleMode, direction?: Direction): Sample
  /** As `sample` in mode `full`, and prefers the vendor's own examples where they fit their schema (many do not). */
  sampleContent(content: Content): Sample
}

interface Attempt {
  mode: SampleMode
  branch: number
  useExamples: boolean
  onlyRequired: boolean
}

const attempts = (mode: SampleMode): Attempt[] => [
  { mode, branch: 0, useExamples: true, onlyRequired: false },
  ...[0, 1, 2, 3].map((branch) => ({ mode, branch, useExamples: false, onlyRequired: false })),
  ...Array.from({ length: 24 }, (_, branch) => ({ mode: 'blank' as const, branch, useExamples: false, onlyRequired: true })),
]

/** Makes values that fit their schemas, proven by Ajv before they are used. Deterministic for one seed. */
export function createSampler(contract: Contract, compiler: SchemaCompiler, seed: string): Sampler {
  const kept = { full: new WeakMap<Schema, Sample>(), blank: new WeakMap<Schema, Sample>() }
  const check = (schema: Schema, direction: Direction, value: unknown): string[] => {
    const validate = compiler.validator(schema, direction)
    return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
  }

  const make = (schema: Schema, mode: SampleMode, direction: Direction): Sample => {
    let first: Sample | undefined
    for (const attempt of attempts(mode)) {
      const value = build({ contract, attempt, seed, direction }, schema, 'value', [])
      const found = { value, problems: check(schema, direction, value) }
      if (found.problems.length === 0) return found
      first ??= found
    }
    return first!
  }

  const sample: Sampler['sample'] = (schema, mode, direction = 'answer') => {
    const found = kept[mode].get(schema)
    if (found) return found
    const made = make(schema, mode, direction)
    kept[mode].set(schema, made)
    return made
  }

  return {
    sample,
    sampleContent(content) {
      const example = content.examples.find((each) => each !== undefined && check(content.schema, 'answer', each).length === 0)
      return example === undefined ? sample(content.schema, 'full') : { value: example, problems: [] }
    },
  }
}

interface Building {
  contract: Contract
  attempt: Attempt
  seed: string
  direction: Direction
}

const deepestLevel = 7
/** A schema that requires itself has no finite value; what is built of it must end all the same. */
const deepestRequired = 40

/** @param trail names of the properties above, to end recursive schemas and to name texts after their field */
function build(building: Building, schema: Schema | boolean, name: string, trail: string[]): unknown {
  const { attempt, contract } = building
  if (trail.length > deepestRequired) return null
  const flat = flatten(contract, schema, attempt.branch)
  const blank = attempt.mode === 'blank'
  if ('const' in flat) return flat.const
  // Some vendors give a default that their own format forbids; the last attempts do without.
  if (blank && 'default' in flat && attempt.branch < 4) return flat.default
  if (blank && trail.length > 0 && isNullable(flat)) return null
  const example = attempt.useExamples ? exampleOf(flat) : undefined
  // Lists and objects of a blank record stay empty; a required text such as a state is best known from its example.
  if (example !== undefined && !(blank && typeof example === 'object')) return example
  if (Array.isArray(flat.enum)) return flat.enum.find((each) => each !== null) ?? null
  const type = typeOf(flat)
  if (type === 'object') return buildObject(building, flat, trail)
  if (type === 'array') return buildArray(building, flat, name, trail)
  if (type === undefined) return isNullable(flat) ? null : trail.length === 0 ? {} : text(flat, name)
  if (type === 'string') return buildString(building, flat, name)
  if (type === 'boolean') return false
  if (type === 'null') return null
  return buildNumber(flat, type, blank)
}

function exampleOf(flat: Schema): unknown {
  return flat.example ?? flat.examples?.[0]
}

function buildObject(building: Building, flat: Schema, trail: string[]): Record<string, unknown> {
  const required = new Set<string>(flat.required ?? [])
  const value: Record<string, unknown> = {}
  for (const [name, property] of Object.entries((flat.properties ?? {}) as Record<string, Schema>)) {
    if (required.has(name) || isOptionalWanted(building, property, name, trail))
      value[name] = build(building, property, name, [...trail, name])
  }
  // Required names without a description of their own fall under additionalProperties.
  for (const name of required) if (!(name in value)) value[name] = build(building, extraSchema(flat), name, [...trail, name])
  for (let i = Object.keys(value).length; i < (flat.minProperties ?? 0); i++)
    value[`key_${i + 1}`] = build(building, extraSchema(flat), 'value', [...trail, 'value'])
  return value
}

const extraSchema = (flat: Schema): Schema => (typeof flat.additionalProperties === 'object' ? flat.additionalProperties : {})

/** Fields of a fresh record that are worth having although nobody must send them. */
const identity =
  /^(id|uuid|guid|sid|node_id|number|url|self|href|created|updated|(created|updated|modified)[_-]?(at|on|time|date)?|date[_-]?(created|updated))$/i

function isOptionalWanted(building: Building, property: Schema, name: string, trail: string[]): boolean {
  const { attempt, contract, direction } = building
  if (attempt.onlyRequired || trail.length >= deepestLevel || trail.filter((each) => each === name).length > 0) return false
  const flat = flatten(contract, property, attempt.branch)
  if (flat[direction === 'answer' ? 'writeOnly' : 'readOnly']) return false
  if (attempt.mode === 'full') return true
  if (trail.length > 0) return false
  return isNullable(flat) || typeOf(flat) === 'array' || 'default' in flat || identity.test(name)
}

function buildArray(building: Building, flat: Schema, name: string, trail: string[]): unknown[] {
  const least = flat.minItems ?? 0
  const prefix = (flat.prefixItems ?? []).map((each: Schema) => build(building, each, name, [...trail, name]))
  const wanted =
    building.attempt.mode === 'full' && trail.length < deepestLevel && !building.attempt.onlyRequired ? Math.max(least, 1) : least
  const items = [...prefix]
  for (let i = items.length; i < Math.min(wanted, flat.maxItems ?? wanted); i++) {
    const item = build(building, flat.items ?? {}, singular(name), [...trail, name])
    items.push(flat.uniqueItems && i > 0 ? distinct(building, flat, item, i) : item)
  }
  return items
}

function distinct(building: Building, flat: Schema, item: unknown, i: number): unknown {
  const choices = flatten(building.contract, flat.items).enum
  if (Array.isArray(choices)) return choices[i % choices.length]
  return typeof item === 'string' ? `${item} ${i + 1}` : typeof item === 'number' ? item + i : item
}

const singular = (name: string) => name.replace(/ies$/, 'y').replace(/s$/, '')

function buildString(building: Building, flat: Schema, name: string): string {
  if (flat.pattern) return matching(flat, `${building.seed} ${name}`)
  if (flat.format === 'byte') return 'c2FuZGJveA=='
  if (flat.format === 'uri' || flat.format === 'url') return `https://example.com/${name}`
  if (flat.format === 'duration') return 'PT1H'
  if (flat.format && flat.format !== 'binary') {
    const leaf = String(sampleLeaf({ type: 'string', format: flat.format } as never, { quiet: true }))
    return leaf === 'string' ? text(flat, name) : leaf
  }
  return text(flat, name)
}

function text(flat: Schema, name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase()
  return words.padEnd(flat.minLength ?? 0, 'x').slice(0, flat.maxLength ?? 1000)
}

/** The package's types describe an export that Node does not see; this is what it really gives. */
const PatternText = RandExp as unknown as new (
  pattern: RegExp,
) => {
  max: number
  defaultRange: { subtract(from: number, to: number): { subtract(from: number, to: number): unknown } }
  randInt(from: number, to: number): number
  gen(): string
}

function matching(flat: Schema, seed: string): string {
  const random = seededRandom(`${seed} ${flat.pattern}`)
  const pattern = patternOf(flat.pattern)
  const generator = new PatternText(pattern)
  generator.max = Math.max(8, flat.minLength ?? 0)
  // A dot should give letters and digits rather than punctuation.
  generator.defaultRange.subtract(32, 47).subtract(58, 64)
  generator.randInt = (from, to) => from + Math.floor(random() * (1 + to - from))
  const isUsable = (value: string) =>
    value.length >= (flat.minLength ?? 0) && value.length <= (flat.maxLength ?? Number.POSITIVE_INFINITY) && pattern.test(value)
  for (let i = 0; i < 50; i++) {
    const value = generator.gen()
    if (isUsable(value)) return value
  }
  return generator.gen()
}

function buildNumber(flat: Schema, type: string, blank: boolean): number {
  const step = flat.multipleOf ?? (type === 'integer' ? 1 : undefined)
  const least = bound(flat, 'minimum', 'exclusiveMinimum', step ?? 0.01)
  const most = bound(flat, 'maximum', 'exclusiveMaximum', -(step ?? 0.01))
  const wanted = Math.min(Math.max(blank ? 0 : 1, least ?? Number.NEGATIVE_INFINITY), most ?? Number.POSITIVE_INFINITY)
  return step && step !== 1 ? Math.ceil(wanted / step) * step : wanted
}

function bound(flat: Schema, inclusive: string, exclusive: string, shift: number): number | undefined {
  if (typeof flat[exclusive] === 'number') return flat[exclusive] + shift
  if (flat[exclusive] === true) return flat[inclusive] + shift
  return flat[inclusive]
}
