import { createHash } from 'node:crypto'
import { storableText } from '../database/index.ts'
import type { Place } from '../workspace/index.ts'
import { type CloudEvent, isCloudEvent, readCloudEvent } from './cloud-event.ts'
import { parsePayload, withExactIntegers } from './parse-payload.ts'
import { type ReadableRequest, readPlace } from './read-place.ts'
import type { HeaderValues } from './schemes/scheme.ts'
import type { WebhookSource } from './webhook-source.ts'

/** What was understood of a delivery. Every field is null where the sender did not give it or it could not be read. */
export interface Envelope {
  /** Such as `issues.closed`. */
  readonly event: string | null
  /** The sender's id of the customer's account. */
  readonly account: string | null
  /** The sender's clock. */
  readonly occurredAt: Date | null
  /** The body as a value; for a CloudEvent its data. Undefined when unreadable. */
  readonly payload: unknown
  /** Why the body could not be read; such a delivery is kept and routed as unparsable. */
  readonly problem: string | null
}

/** What of a delivery is stored and can be read again at any time. */
export interface StoredRequest {
  readonly headers: HeaderValues
  /** Without the question mark. */
  readonly query: string | null
  readonly body: Uint8Array
}

/** Reads event, account and time where the source declares them, else from CloudEvent attributes. Never throws. */
export function readEnvelope(source: WebhookSource, stored: StoredRequest): Envelope {
  const parsed = parsePayload(stored.headers, stored.body)
  const reading = readingOf(stored, () => parsed)
  const { cloudEvent } = reading
  const event = source.event.map(reading.read).filter((text) => text !== null)
  return {
    event: storable(event.length > 0 ? event.join('.') : (cloudEvent?.type ?? null)),
    account: storable(source.account && reading.read(source.account)),
    occurredAt: readMoment((source.occurredAt && reading.read(source.occurredAt)) ?? cloudEvent?.time ?? null),
    payload: cloudEvent === null ? parsed.value : cloudEvent.data,
    problem: parsed.problem,
  }
}

type Facts = Omit<Envelope, 'payload' | 'problem'>
/** What was read of a request that is still in memory, and by whose declaration; a reloaded workspace brings new sources. */
const factsOf = new WeakMap<StoredRequest, { source: WebhookSource; facts: Facts }>()

/**
 * As `readEnvelope`, for a request that is read twice, to route it and to run it: each time with a payload of its own, which the author's code
 * may change, and with the other facts from the first time.
 */
export function readEnvelopeAgain(source: WebhookSource, stored: StoredRequest): Envelope {
  const known = factsOf.get(stored)
  if (known?.source === source) {
    const { value, problem } = parsePayload(stored.headers, stored.body)
    return { ...known.facts, payload: value, problem }
  }
  const envelope = readEnvelope(source, stored)
  const { event, account, occurredAt } = envelope
  // What a CloudEvent is about has to be found in it.
  if (!isCloudEvent(stored.headers)) factsOf.set(stored, { source, facts: { event, account, occurredAt } })
  return envelope
}

export interface SenderId {
  readonly text: string
  /** Whether the sender gave it; else it is the digest of the content. */
  readonly given: boolean
}

/** The id by which repeats are known (see `WebhookSource.deliveryId`). Reads the body only when the id stands there. */
export function readSenderId(source: WebhookSource, stored: StoredRequest): SenderId {
  const reading = readingOf(stored, () => parsePayload(stored.headers, stored.body))
  const given = declaredId(source.deliveryId, reading) ?? cloudEventId(reading.cloudEvent)
  if (given !== null) return { text: shortened(given), given: true }
  // The same content under another event header is another event.
  const headerEvent = source.event.map((place) => ('header' in place ? reading.read(place) : null)).join('.')
  return { text: `sha256:${createHash('sha256').update(`${headerEvent}\n`).update(stored.body).digest('hex')}`, given: false }
}

/** All parts or none: without one of them, several events would have one id. */
function declaredId(places: readonly Place[], { read }: Reading): string | null {
  if (places.length === 1) return read(places[0]!)
  const parts = places.map(read)
  return places.length === 0 || parts.includes(null) ? null : parts.map((part) => part!.replace(/[% ]/g, encodeURIComponent)).join(' ')
}

function cloudEventId(event: CloudEvent | null): string | null {
  return event?.id == null ? null : `${event.source ?? ''} ${event.id}`
}

interface Reading {
  read(this: void, place: Place): string | null
  readonly cloudEvent: CloudEvent | null
}

/** Parses at most once, and only when somebody asks for something in the body. */
function readingOf(stored: StoredRequest, parse: () => ReturnType<typeof parsePayload>): Reading {
  const request: ReadableRequest = { ...stored, url: `/?${stored.query ?? ''}` }
  let document: { value: unknown } | undefined
  const body = () => {
    document ??= { value: withExactIntegers(stored.headers, parse()) }
    return document.value
  }
  return {
    get cloudEvent() {
      return readCloudEvent(stored.headers, body)
    },
    read(place) {
      const found = readPlace(place, request, body)
      if (found !== null || !('body' in place)) return found
      // In structured mode the author's pointers may mean the document or what it is about.
      const event = readCloudEvent(stored.headers, body)
      return event === null ? null : readPlace(place, request, () => event.data)
    },
  }
}

/** RFC 3339 (without a zone: UTC), or seconds or milliseconds since 1970, with or without a fraction; else null. */
export function readMoment(text: string | null): Date | null {
  if (text === null) return null
  const number = /^\d{1,16}(\.\d+)?$/.test(text) ? Number(text) : null
  const zoned = /^\d{4}-\d\d-\d\dT[\d:.,]+$/.test(text) ? `${text}Z` : text
  const moment = new Date(number === null ? (/^\d{4}-\d\d-\d\d/.test(text) ? zoned : Number.NaN) : number >= 1e11 ? number : number * 1000)
  return Number.isNaN(moment.getTime()) || moment.getUTCFullYear() > 9999 ? null : moment
}

function storable(text: string | null): string | null {
  return text === null ? null : storableText(text).slice(0, 512)
}

/** An id that cannot be stored as it is, or is too long for an index, is known by its digest. */
export function shortened(id: string): string {
  return id.length <= 255 && id.isWellFormed() && !id.includes('\0')
    ? id
    : `long:${createHash('sha256').update(JSON.stringify(id)).digest('hex')}`
}
