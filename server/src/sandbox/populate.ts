import { countChild, countNames } from './collections.ts'
import type { Schema } from './contract.ts'
import { type Engine, requireParent, scopeOf } from './engine.ts'
import { errors } from './errors.ts'
import { flatten, isNullable, typeOf } from './flatten.ts'
import type { PathPlan, ResourceType } from './resources.ts'
import { type Random, seededRandom } from './seeded.ts'
import { type Item, labelOf, pathValues, type RecordValue } from './state.ts'

/** Puts given records where their paths say. Fields that are missing are filled as for a created record. @throws sandbox.fixture_unknown */
export function loadFixtures(engine: Engine, fixtures: Record<string, RecordValue | RecordValue[]>): void {
  for (const [path, given] of Object.entries(fixtures)) {
    const match = engine.match(path)
    const plan = match && engine.resources.plan(match.route)
    if (!plan || (plan.role.kind === 'list') !== Array.isArray(given)) throw errors.fixture_unknown({ path })
    if (plan.role.kind === 'list' || plan.role.kind === 'item') {
      for (const record of [given].flat()) insertFixture(engine, plan, plan.role.type, match.values, record)
    } else engine.documents.set(path, given as RecordValue)
  }
}

function insertFixture(engine: Engine, plan: PathPlan, type: ResourceType, values: string[], record: RecordValue): void {
  const parent = requireParent({ ...engine, autoCreateParents: true }, plan, values)
  const scope = scopeOf(plan, values)
  const known = plan.role.kind === 'item' ? engine.records.fieldsFromPath(plan, values) : {}
  const made = plan.role.kind === 'item' ? engine.records.invent(type, scope, known) : engine.records.create(type, record, scope)
  engine.store.insert(type, { ...made, ...record }, scope)
  if (parent && plan.role.kind === 'list') countChild(engine, parent, type, 1)
}

/**
 * Fills every list that clients can write to: `count` records in each top-level list, and as many under each of them.
 * The same seed gives the same records.
 *
 * @returns how many were made
 */
export function populate(engine: Engine, count: number, seed: string): number {
  const random = seededRandom(`${seed} populate`)
  let made = 0
  const fill = (plan: PathPlan, type: ResourceType, values: string[], depth: number) => {
    const parent = requireParent(engine, plan, values)
    for (let i = 0; i < count; i++) {
      const scope = scopeOf(plan, values)
      const item = engine.store.insert(type, varied(engine, type, engine.records.invent(type, scope, {}), ++made, random), scope)
      if (parent) countChild(engine, parent, type, 1)
      if (depth < 2) fillBelow(item, depth + 1)
    }
  }
  const fillBelow = (item: Item, depth: number) => {
    for (const { plan, type } of lists) {
      const values = plan.parent && item.type.itemPaths.includes(plan.parent) ? pathValues(plan.parent, item, engine.readKeys) : undefined
      if (values && plan.scopeNames.length === values.length) fill(plan, type, values, depth)
    }
  }
  const lists = engine.resources.types
    .filter((type) => type.isCreatable)
    .flatMap((type) => type.listPaths.filter((plan) => plan.route.operations.post).map((plan) => ({ plan, type })))
  for (const { plan, type } of lists) if (plan.scopeNames.length === 0) fill(plan, type, [], 0)
  return made
}

/** Gives one record other words, choices and addresses than its neighbour, as far as their schemas allow. */
function varied(engine: Engine, type: ResourceType, value: RecordValue, ordinal: number, random: Random): RecordValue {
  const result = { ...value }
  const children = engine.resources.types.filter((each) => each.nestedPaths.some((plan) => type.itemPaths.includes(plan.parent!)))
  for (const name of children.flatMap(countNames)) if (typeof result[name] === 'number') result[name] = 0
  for (const name of Object.keys(value)) {
    const schema = type.flat.properties?.[name]
    if (!schema) continue
    const flat = flatten(engine.contract, schema)
    const candidate = variant(name, flat, value[name], ordinal, random)
    if (candidate !== undefined && engine.compiler.validator(schema, 'answer')(candidate)) result[name] = candidate
  }
  for (const name of Object.keys(value)) leaveOtherStates(engine, type, result, name)
  return result
}

/** What is open was closed by nobody and at no time. */
function leaveOtherStates({ contract }: Engine, type: ResourceType, value: RecordValue, name: string): void {
  const properties = type.flat.properties as Record<string, Schema> | undefined
  const choices = properties?.[name] ? flatten(contract, properties[name]).enum : undefined
  for (const other of Array.isArray(choices) ? choices.filter((choice) => choice !== null && choice !== value[name]) : [])
    for (const stamp of [`${other}_at`, `${other}At`, `${other}_by`, `${other}By`])
      if (properties![stamp] && isNullable(flatten(contract, properties![stamp]))) value[stamp] = null
}

function variant(name: string, flat: Record<string, unknown>, value: unknown, ordinal: number, random: Random): unknown {
  const choices = Array.isArray(flat.enum) ? flat.enum.filter((each) => each !== null) : []
  if (choices.length > 0) return choices[Math.floor(random() * choices.length)]
  if (typeOf(flat) !== 'string' || typeof value !== 'string') return undefined
  if (flat.format === 'email') return `person${ordinal}@example.com`
  return flat.format === undefined && /^(name|title|subject|summary|description|body|label|first_?name|last_?name)$/i.test(name)
    ? `${value} ${ordinal}`
    : undefined
}

/** Everything that is kept, by the path of its list, for people and tests. */
export function dumpState(engine: Engine, only?: string): Record<string, unknown[]> {
  const dump: Record<string, unknown[]> = {}
  for (const type of engine.resources.types) {
    const items = [...engine.store.all(type).values()]
    const label = labelOf(type)
    const isWanted = only === undefined || label === only || type.name === only || type.listPaths.some((plan) => plan.template === only)
    if (items.length > 0 && isWanted) dump[label] = items.map((item) => item.value)
  }
  if (only === undefined && engine.documents.size > 0) dump.documents = [...engine.documents].map(([path, value]) => ({ path, value }))
  return dump
}
