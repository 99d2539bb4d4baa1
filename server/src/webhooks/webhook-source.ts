import { Temporal } from 'temporal-polyfill'
import type { Place, Platform, Webhooks } from '../workspace/index.ts'
import { errors } from './errors.ts'
import type { Scheme, SecretKey } from './schemes/scheme.ts'
import { schemeOf } from './schemes/scheme-of.ts'

/** Secrets in force for a source, or for one instance's own address of it; asked for every request, so it should answer from memory. */
export type SecretProvider = (source: string, instanceKey: string | null) => readonly SecretKey[] | Promise<readonly SecretKey[]>

/** A platform as a sender of webhooks. */
export interface WebhookSource {
  /** Stands in the URL: the platform's name. */
  readonly name: string
  readonly scheme: Scheme
  readonly secrets: SecretProvider
  /** Where the sender's id stands, in parts; empty: it gives none, and equal contents within `repeatWindowMs` are repeats. */
  readonly deliveryId: readonly Place[]
  /** Joined by a point, absent ones left out. */
  readonly event: readonly Place[]
  readonly account: Place | null
  readonly occurredAt: Place | null
  readonly maxBodyBytes: number
  /** Media types; `+json` stands for every type with that suffix. */
  readonly contentTypes: readonly string[]
  readonly repeatWindowMs: number
}

// GitHub sends up to 25 MB, everybody else far less; the platform's file may say otherwise.
const defaultMaxBodyBytes = 5 * 1024 * 1024
const defaultContentTypes = ['application/json', '+json', 'application/x-www-form-urlencoded', 'application/xml', '+xml', 'text/*']
// Long enough for a sender that did not see our answer and tries again, short enough that tomorrow's equal event is a new one.
const defaultRepeatWindow = 'PT1H'

/**
 * The source that a platform's entity describes; null when it sends no webhooks.
 *
 * @throws webhooks.configuration_invalid for declarations that would verify less than they seem to
 */
export function webhookSourceOf(platform: Platform, secrets: SecretProvider): WebhookSource | null {
  const declared = platform.spec.webhooks
  if (declared === undefined) return null
  const { name } = platform.metadata
  const problems = problemsOf(declared)
  if (problems.length > 0) throw errors.configuration_invalid({ platform: name, problems })
  const { verification, deliveryId, event, account, occurredAt, contentTypes, maxBodyBytes, repeatWindow } = declared
  return {
    name,
    scheme: schemeOf(verification),
    secrets,
    deliveryId: idPlacesOf(deliveryId),
    event,
    account: account ?? null,
    occurredAt: occurredAt ?? null,
    maxBodyBytes: maxBodyBytes ?? (verification.scheme === 'github' ? 25 * 1024 * 1024 : defaultMaxBodyBytes),
    contentTypes: contentTypes ?? defaultContentTypes,
    repeatWindowMs: Temporal.Duration.from(repeatWindow ?? defaultRepeatWindow).total({ unit: 'milliseconds', relativeTo: '1970-01-01' }),
  }
}

export function idPlacesOf(deliveryId: Webhooks['deliveryId']): readonly Place[] {
  if (Array.isArray(deliveryId)) return deliveryId
  return 'digest' in deliveryId ? [] : [deliveryId]
}

/** What a schema cannot see: a time that the signature does not cover lets an old request pass as a new one. */
function problemsOf({ verification: declared }: Webhooks): string[] {
  if (declared.scheme !== 'hmac' || declared.timestamp === undefined || 'body' in declared.timestamp) return []
  const { timestamp, parts } = declared
  const signed = parts.some(
    (part) => part === 'timestamp' || ('query' in timestamp && (part === 'url' || part === 'path')) || isHeader(part, timestamp),
  )
  return signed ? [] : ['verification.timestamp is not among verification.parts, so a replay could bring a fresh one']
}

function isHeader(part: unknown, timestamp: Place): boolean {
  const name = (part as { header?: string }).header
  return name !== undefined && 'header' in timestamp && name.toLowerCase() === timestamp.header.toLowerCase()
}

/** Whether a source takes this media type; an absent one is taken, because senders forget it and the bytes are kept as they are. */
export function takesContentType({ contentTypes }: WebhookSource, mediaType: string): boolean {
  return mediaType === '' || contentTypes.some((type) => matchesType(type, mediaType))
}

function matchesType(type: string, mediaType: string): boolean {
  if (type.startsWith('+')) return mediaType.endsWith(type)
  return type.endsWith('/*') ? mediaType.startsWith(type.slice(0, -1)) : mediaType === type
}
