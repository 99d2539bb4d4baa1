import { randomBytes } from 'node:crypto'
import type { Place, Platform } from '../workspace/index.ts'
import { schemeOf } from './schemes/scheme-of.ts'
import { idPlacesOf } from './webhook-source.ts'

/** An event that somebody sends in a platform's name. */
export interface EventToCompose {
  event: string
  payload: unknown
  occurredAt?: string
}

export interface ComposedDelivery {
  headers: Record<string, string>
  body: Uint8Array
}

/** A random secret of the form that the platform's scheme asks for. */
export function webhookSecretFor({ spec: { webhooks } }: Platform): string {
  const random = randomBytes(32)
  return (webhooks && schemeOf(webhooks.verification).secretForm?.make(random)) ?? random.toString('hex')
}

/** An event as its platform would send it to `url`: everything where the Platform entity says it stands, signed with the secret. */
export function composeDelivery(
  platform: Platform,
  stimulus: EventToCompose,
  id: string,
  to: { url: string; secret: string },
): ComposedDelivery {
  const { webhooks } = platform.spec
  if (!webhooks) throw new Error(`platform ${platform.metadata.name} sends no webhooks: its file has no spec.webhooks`)
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  const payload = structuredClone(stimulus.payload)
  // Of an id in parts, the others are what the event is about: its name, its time.
  const [idPlace] = idPlacesOf(webhooks.deliveryId)
  if (idPlace) put(idPlace, id)
  if (webhooks.occurredAt && stimulus.occurredAt) put(webhooks.occurredAt, stimulus.occurredAt)
  for (const [place, word] of eventWords(webhooks.event, stimulus.event, payload)) put(place, word)
  const body = new TextEncoder().encode(JSON.stringify(payload))
  const signed = schemeOf(webhooks.verification).sign(to.secret, body, new Date(), { id, method: 'POST', url: to.url, headers })
  return { headers: { ...headers, ...signed.headers }, body: signed.body }

  function put(place: Place, value: string): void {
    if ('header' in place) headers[place.header.toLowerCase()] = value
    else if ('body' in place) setAt(payload, place.body, value)
    else throw new Error(`platform ${platform.metadata.name}: values in the query can't be composed`)
  }
}

/** Which part of `issues.closed` goes where: what the payload says itself is taken off the end, the rest goes to the first place that is a header. */
function eventWords(places: readonly Place[], event: string, payload: unknown): [Place, string][] {
  const said = places
    .flatMap((place) => ('body' in place ? [valueAt(payload, place.body)] : []))
    .filter((value) => typeof value === 'string')
  const suffix = said.length > 0 ? `.${said.join('.')}` : ''
  const header = places.find((place) => 'header' in place)
  if (header) return [[header, suffix !== '' && event.endsWith(suffix) ? event.slice(0, -suffix.length) : event]]
  return places.length === 1 ? [[places[0]!, event]] : []
}

const tokensOf = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

function valueAt(value: unknown, pointer: string): unknown {
  return tokensOf(pointer).reduce<unknown>(
    (part, token) => (typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[token] : undefined),
    value,
  )
}

function setAt(value: unknown, pointer: string, written: string): void {
  const tokens = tokensOf(pointer)
  const last = tokens.pop()
  const parent = tokens.reduce<unknown>(
    (part, token) => (typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[token] : undefined),
    value,
  )
  if (last !== undefined && typeof parent === 'object' && parent !== null) (parent as Record<string, unknown>)[last] = written
}
