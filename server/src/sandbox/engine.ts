import type { Upload } from './bodies.ts'
import type { Contract } from './contract.ts'
import { errors } from './errors.ts'
import { createFitter, type Fitter } from './fit-fields.ts'
import { readKeyValues } from './record-plan.ts'
import { createRecordMaker, type RecordMaker } from './records.ts'
import type { CheckedRequest } from './requests.ts'
import { learnResources, type PathPlan, type Resources, type ResourceType } from './resources.ts'
import { buildRouter, type Match } from './router.ts'
import { createSampler, type Sampler } from './sample.ts'
import { type SchemaCompiler, schemaCompiler } from './schemas.ts'
import type { Clock } from './seeded.ts'
import { createStore, type Item, type KeyReader, pathValues, type RecordValue, type Store } from './state.ts'

/** Everything that operations work on. One per sandbox and seed. */
export interface Engine extends LearnedContract {
  sampler: Sampler
  fitter: Fitter
  records: RecordMaker
  store: Store
  readKeys: KeyReader
  /** Single records without an id, such as `/account`, by concrete path; null once deleted. */
  documents: Map<string, RecordValue | null>
  autoCreateParents: boolean
}

export interface OperationRequest extends CheckedRequest {
  path: string
  upload: Upload | undefined
  /** `http://host:port` as the client wrote it, for links to other pages. */
  origin: string
  queryText: string
}

/** What happened to one record; webhooks are made from it. */
export interface Change {
  kind: 'created' | 'updated' | 'deleted'
  type: ResourceType
  value: RecordValue
  before: RecordValue | undefined
  item: Item
  /** The verb of an action path or of a set, such as `closed` or `labeled`, where there was one. */
  verb?: string
  /** What joined or left the set, with the set's field: one change per member. */
  member?: { field: string; value: unknown }
}

export interface Outcome {
  status: number
  /** Undefined: no body. */
  body: unknown
  mediaType?: string
  headers?: Record<string, string>
  changes: Change[]
}

export type Handler = (request: OperationRequest) => Outcome

/** What is learned from the contract alone; a reset keeps it. */
export interface LearnedContract {
  contract: Contract
  compiler: SchemaCompiler
  resources: Resources
  match(path: string): Match | undefined
  templates: string[]
}

export interface EngineOptions {
  seed: string
  clock: Clock
  itemLimit: number
  autoCreateParents: boolean
}

export function learnContract(contract: Contract): LearnedContract {
  const router = buildRouter(contract.operations)
  return {
    contract,
    compiler: schemaCompiler(contract),
    resources: learnResources(contract, router.routes),
    match: router.match,
    templates: router.routes.map((route) => route.template),
  }
}

export function createEngine(learned: LearnedContract, options: EngineOptions): Engine {
  const { contract, compiler, resources } = learned
  const sampler = createSampler(contract, compiler, options.seed)
  const readKeys: KeyReader = (plan, item) => readKeyValues(contract, plan, item)
  return {
    ...learned,
    sampler,
    fitter: createFitter(contract, compiler, sampler),
    records: createRecordMaker(contract, compiler, sampler, options.seed, options.clock),
    store: createStore(resources.types, readKeys, options.itemLimit),
    readKeys,
    documents: new Map(),
    autoCreateParents: options.autoCreateParents,
  }
}

export function scopeOf(plan: PathPlan, values: string[]): Record<string, string> {
  return Object.fromEntries(plan.scopeNames.map((name, i) => [name, values[i]!]))
}

/**
 * Finds the record that a path goes through. Records nobody can create by the contract (users, organizations) come into
 * being when they are first named; others only with `autoCreateParents`.
 *
 * @throws sandbox.record_unknown
 */
export function requireParent(engine: Engine, plan: PathPlan, values: string[]): Item | undefined {
  const { parent } = plan
  if (!parent) return undefined
  const own = values.slice(0, parent.scopeNames.length)
  const found = engine.store.find(parent, own)
  if (found) return found
  if (parent.role.kind !== 'item') {
    requireParent(engine, parent, own)
    return undefined
  }
  const mayAppear = engine.autoCreateParents || !parent.role.type.isCreatable
  if (!mayAppear) throw errors.record_unknown({ type: parent.role.type.name, path: fillTemplate(parent.template, own) })
  requireParent(engine, parent, own)
  return inventAt(engine, parent, own)
}

/** The record that a path names; made on the spot where nobody could have created it. @throws sandbox.record_unknown */
export function requireItem(engine: Engine, plan: PathPlan, values: string[]): Item {
  const found = engine.store.find(plan, values)
  if (found) return found
  requireParent(engine, plan, values)
  const type = plan.role.kind === 'item' ? plan.role.type : undefined
  if (!type || (type.isCreatable && !(engine.autoCreateParents && !hasCollection(type, plan)))) {
    throw errors.record_unknown({ type: type?.name ?? plan.noun, path: fillTemplate(plan.template, values) })
  }
  return inventAt(engine, plan, values)
}

/** Whether clients create such records right above this path; `/repos/{owner}/{repo}` has no such place. */
function hasCollection(type: ResourceType, plan: PathPlan): boolean {
  const above = plan.template.split('/').slice(0, -plan.ownKeys).join('/')
  return plan.ownKeys === 1 && type.listPaths.some((list) => list.template === above && list.route.operations.post !== undefined)
}

function inventAt(engine: Engine, plan: PathPlan, values: string[]): Item {
  if (plan.role.kind !== 'item') throw errors.record_unknown({ type: plan.noun, path: fillTemplate(plan.template, values) })
  const { type } = plan.role
  const scope = scopeOf(plan, values)
  const known = engine.records.fieldsFromPath(plan, values)
  // A path whose id the record's own schema forbids can name nothing.
  const isPossible = Object.entries(known).every(
    ([name, value]) => typeof value === 'object' || engine.compiler.validator(type.flat.properties[name], 'answer')(value),
  )
  if (!isPossible) throw errors.record_unknown({ type: type.name, path: fillTemplate(plan.template, values) })
  const value = engine.records.invent(type, scope, known)
  return engine.store.insert(plan.role.type, value, scope)
}

export function fillTemplate(template: string, values: string[]): string {
  let i = 0
  return template.replace(/\{[^}]+\}/g, () => encodeURIComponent(values[i++] ?? ''))
}

/** The record under which another stands, if it still exists. */
export function parentOfItem(engine: Engine, item: Item): Item | undefined {
  for (const plan of item.type.nestedPaths) {
    const values = plan.parent?.scopeNames.map((name) => item.scope[name])
    if (!plan.parent || !values || values.includes(undefined)) continue
    const found = engine.store.find(plan.parent, values as string[])
    if (found) return found
  }
  return undefined
}

/** What clients put behind `starting_after`, and people read in a state dump. */
export function idOfItem(engine: Engine, item: Item): string {
  const plan = item.type.itemPaths[0]
  return String(item.value.id ?? (plan && pathValues(plan, item, engine.readKeys)?.at(-1)) ?? item.seq)
}
