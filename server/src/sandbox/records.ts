import type { Contract, Schema } from './contract.ts'
import { createFitter } from './fit-fields.ts'
import { flatten, isNullable, typeOf } from './flatten.ts'
import { identityMaker, type NextIdentity, numberPerParent } from './identities.ts'
import { keyFields, planRecords, type RecordPlan } from './record-plan.ts'
import type { PathPlan, ResourceType } from './resources.ts'
import type { Sampler } from './sample.ts'
import type { SchemaCompiler } from './schemas.ts'
import type { Clock } from './seeded.ts'
import type { RecordValue } from './state.ts'

export interface RecordMaker {
  /** A new record: blank, with what the client sent, and what the platform adds (ids, times, address, author). */
  create(type: ResourceType, sent: RecordValue, scope: Record<string, string>): RecordValue
  /** A record as an example shows it, with fresh identities; for data that was not written by a client. */
  invent(type: ResourceType, scope: Record<string, string>, known: RecordValue): RecordValue
  /** RFC 7396 on the fields that the record has; moves `updated_at`, and `closed_at` with the status `closed`. */
  patch(type: ResourceType, before: RecordValue, sent: RecordValue): RecordValue
  /** Like `create` with the identities and the time of creation of the record that was there. */
  replace(type: ResourceType, before: RecordValue, sent: RecordValue): RecordValue
  /** The fields that the path of a record fixes, for records that are made by asking for them. */
  fieldsFromPath(plan: PathPlan, values: string[]): RecordValue
}

interface Maker {
  plan: RecordPlan
  blank: RecordValue
  full: RecordValue
  identities: { name: string; next: (parent: string) => string | number }[]
  actors: RecordValue
  fields: Set<string>
  isOpen: boolean
  isAddressed: boolean
}

export function createRecordMaker(contract: Contract, compiler: SchemaCompiler, sampler: Sampler, seed: string, clock: Clock): RecordMaker {
  const makers = new Map<ResourceType, Maker>()
  const pageHost = new URL(contract.serverUrl).origin.replace('://api.', '://')
  const fitter = createFitter(contract, compiler, sampler)
  const makerOf = (type: ResourceType): Maker => {
    const found = makers.get(type) ?? prepare(contract, sampler, type, seed)
    makers.set(type, found)
    return found
  }
  const accept = (type: ResourceType, maker: Maker, sent: RecordValue): RecordValue => {
    const accepted: RecordValue = {}
    for (const name in sent) {
      if (maker.fields.has(name)) fitter.fit(type.flat.properties[name], sent[name], (value) => (accepted[name] = value))
      else if (maker.isOpen) accepted[name] = sent[name]
    }
    return accepted
  }
  const stamp = (fields: { name: string; write: (timeMs: number) => unknown }[], value: RecordValue, timeMs: number) => {
    for (const field of fields) if (field.name in value) value[field.name] = field.write(timeMs)
  }
  const finish = (type: ResourceType, base: RecordValue, sent: RecordValue, scope: Record<string, string>): RecordValue => {
    const maker = makerOf(type)
    const value: RecordValue = { ...base, ...maker.actors }
    const now = clock()
    stamp(maker.plan.created, value, now)
    stamp(maker.plan.updated, value, now)
    addParentKeys(value, scope)
    const parent = Object.values(scope).join('\u0000')
    for (const { name, next } of maker.identities) value[name] = next(parent)
    Object.assign(value, accept(type, maker, sent))
    const path = maker.isAddressed ? recordPath(contract, type, value, scope) : undefined
    if (path) for (const name of maker.plan.addresses) value[name] = contract.serverUrl + path
    if (path) for (const name of maker.plan.pages) if (name in value) value[name] = pageHost + path
    return value
  }
  return {
    create: (type, sent, scope) => finish(type, makerOf(type).blank, sent, scope),
    invent: (type, scope, known) => {
      const maker = makerOf(type)
      return merge(finish(type, maker.full, {}, scope), known)
    },
    patch(type, before, sent) {
      const maker = makerOf(type)
      const value = merge(before, accept(type, maker, sent))
      const now = clock()
      stamp(maker.plan.updated, value, now)
      for (const name of maker.plan.states)
        if (before[name] !== value[name]) stampState(contract, sampler, type, value, before[name], value[name], now)
      return value
    },
    replace(type, before, sent) {
      const maker = makerOf(type)
      const value: RecordValue = { ...maker.blank, ...accept(type, maker, sent) }
      for (const name of [...maker.plan.identities, ...maker.plan.created, ...maker.plan.actors].map((field) => field.name))
        value[name] = before[name]
      for (const name of [
        ...maker.plan.addresses,
        ...maker.plan.pages,
        ...Object.keys(before).filter((each) => /_id$|Id$/.test(each) && !(each in sent)),
      ])
        value[name] = before[name]
      stamp(maker.plan.updated, value, clock())
      return value
    },
    fieldsFromPath(plan, values) {
      const known: RecordValue = {}
      keyFields(contract, plan).forEach(([name, inner], i) => {
        if (name === undefined || plan.role.kind !== 'item') return
        const text = values[values.length - plan.ownKeys + i]!
        const flat = flatten(contract, plan.role.type.flat.properties[name])
        const value = ['integer', 'number'].includes(typeOf(flat) ?? '') && !Number.isNaN(Number(text)) ? Number(text) : text
        known[name] = inner === undefined ? value : { [inner]: value }
      })
      const own = values.slice(-plan.ownKeys)
      if (plan.role.kind === 'item' && plan.ownKeys > 1 && plan.role.type.flat.properties?.full_name) known.full_name = own.join('/')
      return known
    },
  }
}

function prepare(contract: Contract, sampler: Sampler, type: ResourceType, seed: string): Maker {
  const plan = planRecords(contract, type)
  const label = type.listPaths[0]?.template ?? type.itemPaths[0]?.template ?? type.name
  const shaped = (mode: 'blank' | 'full') => sampler.sample(type.schema, mode).value as RecordValue
  const blank = shaped('blank')
  const identities = plan.identities.map(({ name, schema, perParent }) => {
    if (perParent) return { name, next: numberPerParent() }
    const next: NextIdentity = identityMaker(contract, sampler, schema, `${label} ${name}`, type.singular, seed)
    return { name, next: () => next() }
  })
  return {
    plan,
    blank,
    full: shaped('full'),
    identities,
    actors: Object.fromEntries(
      plan.actors
        .filter(({ name }) => (blank[name] ?? null) === null)
        .map(({ name, schema }) => [name, sampler.sample(schema, 'full').value]),
    ),
    isAddressed: plan.addresses.length + plan.pages.length > 0,
    fields: new Set(Object.keys(type.flat.properties ?? {})),
    isOpen: type.flat.additionalProperties !== undefined && type.flat.additionalProperties !== false,
  }
}

/** `tickets.id` of the path becomes `ticket_id` of the record, where it has such a field. */
function addParentKeys(value: RecordValue, scope: Record<string, string>): void {
  for (const scopeName in scope) {
    const dot = scopeName.lastIndexOf('.')
    const parent = scopeName.slice(0, dot).replace(/ies$/, 'y').replace(/s$/, '')
    const parameter = scopeName.slice(dot + 1)
    for (const name of [`${parent}_id`, `${parent}Id`, parameter]) {
      if (name === 'id' || !(name in value) || (value[name] !== null && typeof value[name] !== 'string')) continue
      value[name] = scope[scopeName]
    }
  }
}

function recordPath(contract: Contract, type: ResourceType, value: RecordValue, scope: Record<string, string>): string | undefined {
  for (const plan of type.itemPaths) {
    const own = keyFields(contract, plan).map(([name, inner]) => (inner ? (value[name!] as RecordValue | null)?.[inner] : value[name!]))
    const inherited = plan.scopeNames.length - plan.ownKeys
    const values = plan.scopeNames.map((name, i) => (i < inherited ? scope[name] : (own[i - inherited] ?? scope[name])))
    if (values.some((each) => each === undefined || each === null)) continue
    let i = 0
    return plan.template.replace(/\{[^}]+\}/g, () => encodeURIComponent(String(values[i++])))
  }
  return undefined
}

/** `status: closed` sets `closed_at` and `closed_by`; leaving it takes them back where they may be null. */
function stampState(
  contract: Contract,
  sampler: Sampler,
  type: ResourceType,
  value: RecordValue,
  from: unknown,
  to: unknown,
  now: number,
): void {
  const properties = type.flat.properties as Record<string, Schema>
  for (const suffix of ['_at', 'At', '_by', 'By']) {
    const isTime = /at$/i.test(suffix)
    const [left, entered] = [`${from}${suffix}`, `${to}${suffix}`]
    if (properties[left] && isNullable(flatten(contract, properties[left]))) value[left] = null
    if (properties[entered]) value[entered] = isTime ? new Date(now).toISOString() : sampler.sample(properties[entered]!, 'full').value
  }
}

function merge(before: RecordValue, sent: RecordValue): RecordValue {
  const value = { ...before }
  for (const name in sent) {
    const [old, fresh] = [before[name], sent[name]]
    value[name] = isObject(old) && isObject(fresh) ? merge(old, fresh) : fresh
  }
  return value
}

const isObject = (value: unknown): value is RecordValue => typeof value === 'object' && value !== null && !Array.isArray(value)
