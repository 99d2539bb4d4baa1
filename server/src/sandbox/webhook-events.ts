import type { Callback, Contract, Parameter, Schema, WebhookOperation } from './contract.ts'
import { type Change, type Engine, parentOfItem } from './engine.ts'
import { flatten, typeOf } from './flatten.ts'
import { type Random, seededRandom, seededUuid, textsLike } from './seeded.ts'
import { schemaName, singularOf } from './shapes.ts'
import type { Item, RecordValue } from './state.ts'

export interface WebhookMessage {
  event: string
  /** The sender's id of this message; the same in every repetition. */
  id: string
  payload: RecordValue
  /** As the contract declares them, without signature. */
  headers: Record<string, string>
}

export interface WebhookEvents {
  /** The message that the platform sends for a change; undefined when the contract declares none. */
  forChange(change: Change): WebhookMessage | undefined
  /** The message of a callback, about the record that the call has changed where it has. */
  forCallback(callback: Callback, change: Change | undefined): WebhookMessage
  /** A message of any declared event, with fields of the caller's choice. */
  forEvent(event: string, fields: RecordValue): WebhookMessage | undefined
  readonly names: string[]
}

const verbs = {
  created: ['created', 'opened', 'added', 'new', 'submitted', 'create'],
  updated: ['updated', 'edited', 'changed', 'modified', 'update'],
  deleted: ['deleted', 'removed', 'destroyed', 'delete'],
}

/** @param envelope fields that every payload carries, such as the account: `{account_id: 'acc_1'}` */
export function createWebhookEvents(engine: Engine, seed: string, envelope: RecordValue): WebhookEvents {
  const { contract } = engine
  const byWords = new Map(contract.webhooks.map((webhook) => [wordsOf(webhook.name), webhook]))
  const chosen = new Map<string, WebhookOperation | undefined>()
  const random = seededRandom(`${seed} webhooks`)

  const choose = (change: Change): WebhookOperation | undefined => {
    const parent = parentOfItem(engine, change.item)?.type.singular
    const nouns = [...(parent ? [`${parent} ${change.type.singular}`] : []), change.type.singular]
    for (const verb of verbsOf(change)) {
      const key = `${nouns[0]}#${verb}`
      if (!chosen.has(key)) chosen.set(key, nouns.map((noun) => byWords.get(wordsOf(`${noun} ${verb}`))).find(Boolean))
      const found = chosen.get(key)
      if (found) return found
    }
    return undefined
  }

  const message = (webhook: WebhookOperation, known: Map<string, Item | RecordValue>, fields: RecordValue): WebhookMessage => {
    const id = messageId(contract, webhook, random)
    const schema = webhook.body?.schema ?? {}
    const base = engine.sampler.sample(schema, 'blank').value as RecordValue
    const about = { id, ...envelope, ...fields }
    const payload = fillPayload(engine, schema, base, known, { event: webhook.name, about, depth: 0 })
    return { event: webhook.name, id, payload, headers: headersOf(contract, webhook, id) }
  }

  const about = (webhook: WebhookOperation, change: Change): WebhookMessage => {
    const time = timeOf(change.value)
    const times: RecordValue = time === undefined ? {} : { timestamp: time, created_at: time, occurred_at: time, created: time }
    return message(webhook, recordsAround(engine, change), times)
  }
  const callbacks = contract.operations.flatMap((operation) => operation.callbacks)
  const declared = [...contract.webhooks, ...callbacks]

  return {
    names: [...new Set(declared.map((each) => each.name))],
    forChange(change) {
      const webhook = choose(change)
      return webhook && about(webhook, change)
    },
    forCallback(callback, change) {
      if (!change) return message(callback, new Map(), {})
      const made = about(callback, change)
      const name = schemaName(callback.body?.schema ?? {})
      return name !== undefined && name === schemaName(change.type.schema) ? { ...made, payload: change.value } : made
    },
    forEvent(event, fields) {
      // Platforms write `issues.labeled` in one place and `issues-labeled` in another.
      const webhook = declared.find((each) => each.name === event) ?? declared.find((each) => wordsOf(each.name) === wordsOf(event))
      if (!webhook) return undefined
      const records = Object.entries(fields).filter(
        (pair): pair is [string, RecordValue] => typeof pair[1] === 'object' && pair[1] !== null,
      )
      const made = message(webhook, new Map(records), fields)
      return { ...made, payload: mergeDeep(made.payload, fields) }
    },
  }
}

/** `ticket.closed`, `issues-closed`, `IssueClosed` → `issue closed`. */
function wordsOf(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  return words.map((word, i) => (i < words.length - 1 ? singularOf(word) : word)).join(' ')
}

/** The most telling verb first: what an action was called, what state was reached, then created, updated or deleted. */
function verbsOf(change: Change): string[] {
  if (change.kind !== 'updated') return verbs[change.kind]
  const reached = ['status', 'state'].flatMap((name) => {
    const [before, now] = [change.before?.[name], change.value[name]]
    if (before === now || typeof now !== 'string') return []
    return now === 'open' ? ['reopened', 'opened'] : [now, `${now}d`, `${now}ed`]
  })
  return [...(change.verb ? [change.verb] : []), ...reached, ...verbs.updated]
}

/** The record, those above it, and the member that joined or left, by the names that payloads use. */
function recordsAround(engine: Engine, change: Change): Map<string, Item | RecordValue> {
  const around = new Map<string, Item | RecordValue>([[change.type.singular, { ...change.item, value: change.value }]])
  for (let above = parentOfItem(engine, change.item); above; above = parentOfItem(engine, above)) around.set(above.type.singular, above)
  // A removed record has no parent in the state any more, but its path still names it.
  if (change.member && typeof change.member.value === 'object')
    around.set(singularOf(change.member.field), change.member.value as RecordValue)
  return around
}

interface Filling {
  event: string
  about: RecordValue
  depth: number
}

function fillPayload(
  engine: Engine,
  schema: Schema,
  base: RecordValue,
  known: Map<string, Item | RecordValue>,
  filling: Filling,
): RecordValue {
  const flat = flatten(engine.contract, schema)
  const value: RecordValue = { ...base }
  for (const [name, property] of Object.entries((flat.properties ?? {}) as Record<string, Schema>)) {
    const record = recordNamed(name, property, known, filling)
    const inner = flatten(engine.contract, property)
    const isGiven = filling.depth === 0 && typeof filling.about[name] === 'object'
    if (record && typeOf(inner) === 'object') value[name] = recordAs(engine, property, record, base[name])
    else if (filling.depth < 2 && typeOf(inner) === 'object' && name in base && !isGiven) {
      value[name] = fillPayload(engine, property, base[name] as RecordValue, known, { ...filling, depth: filling.depth + 1 })
    } else if (filling.depth === 0) fillPlain(engine, value, name, property, inner, filling)
  }
  return value
}

/** `data` and `object` hold the record itself where the contract describes it there. */
function recordNamed(
  name: string,
  property: Schema,
  known: Map<string, Item | RecordValue>,
  filling: Filling,
): Item | RecordValue | undefined {
  const longer = ([singular]: [string, unknown]) =>
    singular.length >= 4 && name.startsWith(singular) && !/[_A-Z]/.test(name.slice(singular.length))
  const direct = known.get(name) ?? [...known].find(longer)?.[1]
  if (direct) return direct
  const [first] = known.values()
  if (!/^(data|object|resource|record|payload)$/.test(name) || !first || !isItem(first)) return undefined
  return schemaName(property) !== undefined && schemaName(property) === schemaName(first.type.schema)
    ? first
    : filling.depth > 0 && name === 'object'
      ? first
      : undefined
}

const isItem = (record: Item | RecordValue): record is Item => 'seq' in record && 'scope' in record

function recordAs(engine: Engine, schema: Schema, record: Item | RecordValue, base: unknown): unknown {
  const value = isItem(record) ? record.value : record
  if (isItem(record) && schemaName(schema) !== undefined && schemaName(schema) === schemaName(record.type.schema)) return value
  const start = (typeof base === 'object' && base !== null ? base : engine.sampler.sample(schema, 'blank').value) as RecordValue
  const properties = flatten(engine.contract, schema).properties ?? {}
  const whole = { ...start, ...Object.fromEntries(Object.entries(value).filter(([name]) => name in properties)) }
  if (engine.compiler.validator(schema, 'answer')(whole)) return whole
  const result: RecordValue = { ...start }
  for (const name in value) {
    if (!properties[name]) continue
    engine.fitter.fit(properties[name], value[name], (fitting) => {
      result[name] = fitting
    })
  }
  return result
}

function fillPlain(engine: Engine, value: RecordValue, name: string, property: Schema, inner: Schema, filling: Filling): void {
  const isEventName =
    /^(type|event|event_?type|topic|name)$/i.test(name) && typeOf(inner) === 'string' && !('const' in inner) && !inner.enum
  const candidate = isEventName ? filling.event : inner.const === undefined ? filling.about[name] : undefined
  const wanted = typeof candidate === 'string' && typeOf(inner) === 'integer' ? Math.floor(Date.parse(candidate) / 1000) : candidate
  if (wanted !== undefined && engine.compiler.validator(property, 'answer')(wanted)) value[name] = wanted
}

function timeOf(value: RecordValue): string | undefined {
  const found = value.updated_at ?? value.updatedAt ?? value.created_at ?? value.createdAt
  return typeof found === 'string' ? found : undefined
}

function exampleOf(contract: Contract, parameter: Parameter): unknown {
  const flat = flatten(contract, parameter.schema)
  return parameter.example ?? flat.const ?? flat.example ?? flat.examples?.[0] ?? flat.enum?.[0]
}

const isIdHeader = (name: string) => /(^|-)(delivery|message|event|webhook)(-id)?$/i.test(name) && !/^x-[a-z]+-event$/i.test(name)

function messageId(contract: Contract, webhook: WebhookOperation, random: Random): string {
  const parameter = webhook.parameters.find((each) => each.in === 'header' && isIdHeader(each.name))
  const example = String((parameter && exampleOf(contract, parameter)) ?? '')
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(example)) return seededUuid(random)
  return textsLike(example.length >= 6 ? example : 'msg_00a0a0000a0a00a0', random)()
}

function headersOf(contract: Contract, webhook: WebhookOperation, id: string): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const parameter of webhook.parameters) {
    if (parameter.in !== 'header' || /signature|timestamp/i.test(parameter.name)) continue
    const example = exampleOf(contract, parameter)
    const isEventHeader = /event|topic/i.test(parameter.name) && !/id$/i.test(parameter.name)
    const value = isIdHeader(parameter.name) ? id : (example ?? (isEventHeader ? webhook.name : undefined))
    if (value !== undefined) headers[parameter.name.toLowerCase()] = String(value)
  }
  return headers
}

function mergeDeep(base: RecordValue, over: RecordValue): RecordValue {
  const value = { ...base }
  const isBox = (each: unknown): each is RecordValue => typeof each === 'object' && each !== null && !Array.isArray(each)
  for (const name in over) value[name] = isBox(value[name]) && isBox(over[name]) ? mergeDeep(value[name], over[name]) : over[name]
  return value
}

const shownNames = 12

/** For somebody who asked for an event that there is not: the name that shares most words with it, and what there is (GitHub declares 270). */
export function namesNear(event: string, known: readonly string[]): { near?: string; known: string } {
  const words = event
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2)
  const shared = (name: string) => words.filter((word) => name.toLowerCase().includes(word)).length
  const [near] = known.filter((name) => shared(name) > 0).sort((a, b) => shared(b) - shared(a) || a.length - b.length)
  const more = known.length - shownNames
  const listed = more > 0 ? `${known.slice(0, shownNames).join(', ')} and ${more} more` : known.join(', ') || 'none'
  return { ...(near === undefined ? {} : { near }), known: listed }
}
