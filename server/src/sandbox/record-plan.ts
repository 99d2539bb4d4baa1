import type { Contract, Parameter, Schema } from './contract.ts'
import { flatten, typeOf } from './flatten.ts'
import type { PathPlan, ResourceType } from './resources.ts'
import { singularOf } from './shapes.ts'
import type { Item } from './state.ts'

/** Where a record says what a path parameter says; one or two property names (`number`, `owner.login`). */
export type FieldPath = string[]

export interface TimeField {
  name: string
  /** How the contract writes a time. */
  write: (timeMs: number) => unknown
}

/** What the fields of one type mean, read once from their names and schemas. */
export interface RecordPlan {
  /** Fields that the platform fills with something unique. */
  identities: { name: string; schema: Schema; perParent: boolean }[]
  created: TimeField[]
  updated: TimeField[]
  /** Absolute addresses of the record itself. */
  addresses: string[]
  /** Addresses of its page for people. */
  pages: string[]
  /** Who wrote the record. */
  actors: { name: string; schema: Schema }[]
  /** `status`, `state`: words that change through the life of the record. */
  states: string[]
}

const squash = (name: string) => name.replace(/[_-]/g, '').toLowerCase()
const identityNames = /^(id|uuid|guid|gid|sid|node_?id|number|iid)$/i
const createdNames = /^(created|date_?created|creation_?(date|time)|created_?(at|on|time|date)|started_at|submitted_at|timestamp)$/i
const updatedNames = /^(updated|date_?updated|(updated|modified|last_?modified|last_?updated)(_?(at|on|time|date))?)$/i
const actorNames = /^(user|author|creator|created_?by|sender|submitter)$/i
export const stateNames = /^(status|state)$/i

export function planRecords(contract: Contract, type: ResourceType): RecordPlan {
  const properties = Object.entries((type.flat.properties ?? {}) as Record<string, Schema>).map(([name, schema]) => ({
    name,
    schema,
    flat: flatten(contract, schema),
  }))
  const keyNames = new Set(type.itemPaths.map((plan) => keyFields(contract, plan).at(-1)?.join('.')))
  const times = properties.filter(({ flat }) => flat.format === 'date-time' || flat.format === 'date' || typeOf(flat) === 'integer')
  return {
    identities: properties
      .filter(
        ({ name, flat }) =>
          (identityNames.test(name) || keyNames.has(name)) && ['string', 'integer', 'number'].includes(typeOf(flat) ?? ''),
      )
      // A name that clients choose is no identity that the platform makes.
      .filter(({ name, flat }) => identityNames.test(name) || typeOf(flat) !== 'string' || flat.readOnly || /id$/i.test(name))
      .map(({ name, schema }) => ({ name, schema, perParent: /^(number|iid)$/i.test(name) })),
    created: times.filter(({ name }) => createdNames.test(name)).map(timeField),
    updated: times.filter(({ name }) => updatedNames.test(name)).map(timeField),
    pages: properties
      .filter(({ name, flat }) => /^(html_?url|web_?url|permalink(_?url)?)$/i.test(name) && flat.format === 'uri')
      .map(({ name }) => name),
    addresses: properties.filter(({ name, flat }) => /^(url|self|href)$/i.test(name) && flat.format === 'uri').map(({ name }) => name),
    actors: properties
      .filter(({ name, flat }) => actorNames.test(name) && typeOf(flat) === 'object')
      .map(({ name, schema }) => ({ name, schema })),
    states: properties.filter(({ name, flat }) => stateNames.test(name) && typeOf(flat) === 'string').map(({ name }) => name),
  }
}

function timeField({ name, flat }: { name: string; flat: Schema }): TimeField {
  if (flat.format === 'date') return { name, write: (timeMs) => new Date(timeMs).toISOString().slice(0, 10) }
  if (typeOf(flat) === 'integer') return { name, write: (timeMs) => Math.floor(/ms$|millis/i.test(name) ? timeMs : timeMs / 1000) }
  return { name, write: isoTime }
}

const dayMs = 86_400_000
const twoDigits = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'))
let lastDay = { startMs: Number.NaN, text: '' }

/** As `Date.toISOString`, whose cost was a tenth of a whole created record: the text of the day is kept. */
export function isoTime(timeMs: number): string {
  const inDay = ((timeMs % dayMs) + dayMs) % dayMs
  if (lastDay.startMs !== timeMs - inDay) lastDay = { startMs: timeMs - inDay, text: new Date(timeMs).toISOString().slice(0, 11) }
  const seconds = Math.floor(inDay / 1000)
  const clock = `${twoDigits[Math.floor(seconds / 3600)]}:${twoDigits[Math.floor(seconds / 60) % 60]}:${twoDigits[seconds % 60]}`
  return `${lastDay.text}${clock}.${String(inDay % 1000).padStart(3, '0')}Z`
}

const generalKeys = ['id', 'slug', 'login', 'username', 'name', 'code', 'key', 'number', 'iid', 'sid', 'uuid', 'guid', 'gid']

const keyFieldCache = new WeakMap<PathPlan, FieldPath[]>()

/** For each own parameter of a record's path the field that it names; an empty path where the record shows none. */
export function keyFields(contract: Contract, plan: PathPlan): FieldPath[] {
  const found = keyFieldCache.get(plan)
  if (found) return found
  const made = plan.scopeNames
    .slice(plan.scopeNames.length - plan.ownKeys)
    .map((scopeName) => keyField(contract, plan, scopeName.slice(scopeName.lastIndexOf('.') + 1)))
  keyFieldCache.set(plan, made)
  return made
}

function keyField(contract: Contract, plan: PathPlan, parameterName: string): FieldPath {
  if (plan.role.kind !== 'item') return []
  const properties = (plan.role.type.flat.properties ?? {}) as Record<string, Schema>
  const parameter = Object.values(plan.route.operations)[0]?.parameters.find((each) => each.in === 'path' && each.name === parameterName)
  const wanted = squash(parameterName)
  const noun = squash(singularOf(plan.noun))
  const stripped =
    wanted.startsWith(noun) && wanted !== noun ? wanted.slice(noun.length) : wanted.replace(/^.*(id|number|slug|name|key|sid)$/, '$1')
  const isSelf = wanted === noun || wanted === squash(plan.noun) || plan.ownKeys > 1
  const names =
    wanted === 'username' ? ['username', 'login', 'slug'] : [wanted, stripped, ...(isSelf || stripped === wanted ? generalKeys : [])]
  for (const name of names) {
    const property = Object.keys(properties).find((each) => squash(each) === squash(name))
    if (!property) continue
    const flat = flatten(contract, properties[property])
    if (typeOf(flat) === 'object') {
      const inner = ['login', 'slug', 'name', 'id'].find((each) => flat.properties?.[each])
      if (inner) return [property, inner]
    } else if (fits(contract, parameter, flat)) return [property]
  }
  return []
}

function fits(contract: Contract, parameter: Parameter | undefined, field: Schema): boolean {
  if (!parameter) return true
  const sent = typeOf(flatten(contract, parameter.schema))
  const kept = typeOf(field)
  return sent === undefined || kept === undefined || sent === kept || (sent !== 'string' && ['integer', 'number', 'string'].includes(kept))
}

/** Reads what a record's fields say for the own parameters of a path. */
export function readKeyValues(contract: Contract, plan: PathPlan, item: Item): (string | undefined)[] {
  return keyFields(contract, plan).map((path) => {
    let found: unknown = path.length === 0 ? undefined : item.value
    for (const name of path) found = (found as Record<string, unknown> | null | undefined)?.[name]
    return found === undefined || found === null ? undefined : String(found)
  })
}
