import { type Contract, jsonOf, type Operation, type Schema } from './contract.ts'
import { flatten, typeOf } from './flatten.ts'
import type { Route } from './router.ts'
import { type ListShape, listShape, recordShape, schemaName, singularOf, successOf } from './shapes.ts'

/**
 * One kind of record: tickets, comments. Several paths can lead to it (`/tickets/{id}/comments`, `/comments/{id}`).
 */
export interface ResourceType {
  name: string
  singular: string
  /** The richest description of one record. */
  schema: Schema
  flat: Schema
  /** Paths that name one record. */
  itemPaths: PathPlan[]
  /** Paths that name a list. */
  listPaths: PathPlan[]
  /** List paths below another record, the longest first: the nearest parent is the one that counts. */
  nestedPaths: PathPlan[]
  /** Whether any operation makes records; when none does, records are made when first asked for. */
  isCreatable: boolean
}

export type PathRole =
  | { kind: 'list'; type: ResourceType }
  | { kind: 'item'; type: ResourceType }
  /** A set that is a field of its parent, such as the labels of an issue; `memberParameter` names one of the set. */
  | { kind: 'field'; field: string; memberParameter: boolean }
  /** A verb on a record, such as `/tickets/{id}/close`. */
  | { kind: 'action'; verb: string }
  /** Anything else: kept as one document per concrete path. */
  | { kind: 'document' }

/** What the sandbox knows of one path before the first request. */
export interface PathPlan {
  route: Route
  template: string
  /** For each parameter the fixed text before it and its name (`tickets.id`): unique where several are called `id`. */
  scopeNames: string[]
  /** How many of the last parameters stand directly behind the last fixed text; they name the record itself. */
  ownKeys: number
  /** The last fixed text. */
  noun: string
  role: PathRole
  /** The nearest record that the path goes through. */
  parent: PathPlan | undefined
}

export interface Resources {
  types: ResourceType[]
  plan(route: Route): PathPlan
}

/** Learns from paths and answers which records the contract has, where they stand and what belongs to what. */
export function learnResources(contract: Contract, routes: Route[]): Resources {
  const plans = new Map(routes.map((route) => [route.template, outline(route)]))
  const all = [...plans.values()]
  for (const plan of all) plan.parent = nearestItem(plan, plans, contract)
  const groups = new Groups()
  const facts = new Map(all.map((plan) => [plan, factsOf(contract, plan, plans)]))
  for (const [plan, fact] of facts) {
    if (!fact) continue
    groups.join(plan.template, fact.kind === 'item' ? parentTemplate(plan) : plan.template)
    for (const name of fact.schemaNames) groups.join(plan.template, `${plan.noun}#${name}`)
  }
  const types = new Map<string, ResourceType>()
  for (const [plan, fact] of facts) {
    if (!fact) continue
    const root = groups.find(plan.template)
    const type = types.get(root) ?? emptyType(plan.noun)
    types.set(root, type)
    enrich(contract, type, plan, fact)
  }
  for (const type of types.values())
    type.nestedPaths = type.listPaths.filter((plan) => plan.parent).sort((a, b) => b.scopeNames.length - a.scopeNames.length)
  for (const plan of all) if (!facts.get(plan)) plan.role = lesserRole(contract, plan, plans)
  return { types: [...types.values()], plan: (route) => plans.get(route.template)! }
}

function outline(route: Route): PathPlan {
  const scopeNames: string[] = []
  let noun = ''
  let ownKeys = 0
  for (const segment of route.template.split('/').slice(1)) {
    const names = [...segment.matchAll(/\{\+?([^}]+)\}/g)].map((match) => match[1]!)
    if (names.length === 0) {
      noun = segment
      ownKeys = 0
    }
    scopeNames.push(...names.map((name) => `${noun}.${name}`))
    ownKeys += names.length
  }
  return { route, template: route.template, scopeNames, ownKeys, noun, role: { kind: 'document' }, parent: undefined }
}

const parentTemplate = (plan: PathPlan) => plan.template.split('/').slice(0, -plan.ownKeys).join('/') || '/'
const endsInParameter = (plan: PathPlan) => plan.template.endsWith('}')

function nearestItem(plan: PathPlan, plans: Map<string, PathPlan>, contract: Contract): PathPlan | undefined {
  const segments = plan.template.split('/')
  for (let length = segments.length - 1; length > 1; length--) {
    const found = plans.get(segments.slice(0, length).join('/'))
    if (found && endsInParameter(found) && describesRecord(contract, found)) return found
  }
  return undefined
}

function describesRecord(contract: Contract, plan: PathPlan): boolean {
  const { get, patch, put } = plan.route.operations
  const operation = get ?? patch ?? put
  return operation !== undefined && typeOf(flatten(contract, successOf(operation).content?.schema)) === 'object'
}

interface Fact {
  kind: 'list' | 'item'
  schemas: Schema[]
  schemaNames: string[]
  creates: boolean
}

function factsOf(contract: Contract, plan: PathPlan, plans: Map<string, PathPlan>): Fact | undefined {
  if (endsInParameter(plan)) return itemFact(contract, plan, plans)
  if (fieldOf(contract, plan)) return undefined
  const { get, post } = plan.route.operations
  const list = get && listShape(contract, successOf(get).content?.schema, plan.noun)
  const hasItems = itemBelow(plan, plans)
  if (!list && !(post && hasItems)) return undefined
  const posted = post && createdSchema(contract, plan, post)
  const creates = posted !== undefined || (post !== undefined && successOf(post).content === undefined && hasItems !== undefined)
  const schemas = [...(posted ? [posted] : []), ...(list ? [list.item] : [])]
  return schemas.length > 0
    ? { kind: 'list', schemas, schemaNames: schemas.flatMap((schema) => schemaName(schema) ?? []), creates }
    : undefined
}

const itemsBelow = new WeakMap<Map<string, PathPlan>, Map<string, PathPlan>>()

/** The path of one record right below a list. */
function itemBelow(plan: PathPlan, plans: Map<string, PathPlan>): PathPlan | undefined {
  let below = itemsBelow.get(plans)
  if (!below) {
    below = new Map(
      [...plans.values()].filter((each) => endsInParameter(each) && each.ownKeys === 1).map((each) => [parentOf(each.template), each]),
    )
    itemsBelow.set(plans, below)
  }
  return below.get(plan.template)
}

/** The record that a POST to a collection answers; undefined when the answer is no record of it. */
function createdSchema(contract: Contract, plan: PathPlan, post: Operation): Schema | undefined {
  const schema = successOf(post).content?.schema
  if (listShape(contract, schema, plan.noun)) return undefined
  return recordShape(contract, schema, [singularOf(plan.noun)])?.schema
}

function itemFact(contract: Contract, plan: PathPlan, plans: Map<string, PathPlan>): Fact | undefined {
  const { get, put, patch } = plan.route.operations
  const collection = plans.get(parentTemplate(plan))
  if (collection && fieldOf(contract, collection)) return undefined
  const operation = get ?? patch ?? put
  const schema = operation && successOf(operation).content?.schema
  if (listShape(contract, schema, plan.noun)) return undefined
  const shape = recordShape(contract, schema, [singularOf(plan.noun)])
  if (!shape) return undefined
  const creates = put !== undefined && !collection?.route.operations.post
  return { kind: 'item', schemas: [shape.schema], schemaNames: [schemaName(shape.schema)].filter((name) => name !== undefined), creates }
}

/**
 * A path such as `/issues/{number}/labels` whose writes send the members by name and whose parent shows them as a field is
 * that field, and no collection of its own records.
 */
function fieldOf(contract: Contract, plan: PathPlan): string | undefined {
  if (!plan.parent || parentOf(plan.template) !== plan.parent.template) return undefined
  const field = plan.noun.replace(/-/g, '_')
  const parentSchema = successOf(
    plan.parent.route.operations.get ?? plan.parent.route.operations.patch ?? plan.parent.route.operations.put!,
  ).content?.schema
  const property = flatten(contract, parentSchema).properties?.[field]
  if (!property || typeOf(flatten(contract, property)) !== 'array') return undefined
  const writes = [plan.route.operations.post, plan.route.operations.put].filter((each) => each !== undefined)
  return writes.some((write) => memberBranch(contract, write, field) !== undefined) ? field : undefined
}

/** Where the body of a write carries members: under the field's name, or as the whole body. */
export function memberBranch(contract: Contract, write: Operation, field: string): 'property' | 'body' | undefined {
  const schema = jsonOf(write.body?.content ?? [])?.schema
  if (!schema) return undefined
  const branches = (contract.resolve(schema).oneOf ?? contract.resolve(schema).anyOf ?? [schema]).map((each: Schema) =>
    flatten(contract, each),
  )
  const inProperty = branches.find(
    (flat: Schema) => flat.properties?.[field] && typeOf(flatten(contract, flat.properties[field])) === 'array',
  )
  if (inProperty) return 'property'
  return branches.some((flat: Schema) => typeOf(flat) === 'array') ? 'body' : undefined
}

const parentOf = (template: string) => template.slice(0, template.lastIndexOf('/'))

function lesserRole(contract: Contract, plan: PathPlan, plans: Map<string, PathPlan>): PathRole {
  const field = fieldOf(contract, plan)
  if (field) return { kind: 'field', field, memberParameter: false }
  const above = plans.get(parentOf(plan.template))
  const aboveField = endsInParameter(plan) && above ? fieldOf(contract, above) : undefined
  if (aboveField) {
    plan.parent = above!.parent
    return { kind: 'field', field: aboveField, memberParameter: true }
  }
  const isVerb = !endsInParameter(plan) && plan.parent && parentOf(plan.template) === plan.parent.template && !plan.route.operations.get
  return isVerb ? { kind: 'action', verb: plan.noun } : { kind: 'document' }
}

const emptyType = (noun: string): ResourceType => ({
  name: noun,
  singular: singularOf(noun),
  schema: {},
  flat: {},
  itemPaths: [],
  listPaths: [],
  nestedPaths: [],
  isCreatable: false,
})

function enrich(contract: Contract, type: ResourceType, plan: PathPlan, fact: Fact): void {
  plan.role = { kind: fact.kind, type }
  ;(fact.kind === 'item' ? type.itemPaths : type.listPaths).push(plan)
  type.isCreatable ||= fact.creates
  for (const schema of fact.schemas) {
    const flat = flatten(contract, schema)
    if (Object.keys(flat.properties ?? {}).length <= Object.keys(type.flat.properties ?? {}).length) continue
    type.schema = schema
    type.flat = flat
  }
}

/** Union-find over names. */
class Groups {
  private readonly parents = new Map<string, string>()

  find(name: string): string {
    let root = name
    for (let next = this.parents.get(root); next !== undefined && next !== root; next = this.parents.get(root)) root = next
    return root
  }

  join(a: string, b: string): void {
    const [rootA, rootB] = [this.find(a), this.find(b)]
    if (rootA !== rootB) this.parents.set(rootB, rootA)
  }
}

export type { ListShape }
