import { answerWithin, uuidv7 } from '../database/index.ts'
import { traceparentNow } from '../observation/index.ts'
import { errors } from './errors.ts'
import type { GroupCommit } from './group-commit.ts'
import { mediaTypeOf } from './parse-payload.ts'
import { readSenderId } from './read-envelope.ts'
import type { Arrival, Recorded } from './record-deliveries.ts'
import { redactHeaders, redactQuery, traceHeader } from './redact-request.ts'
import type { RefusalSample } from './refusal-sample.ts'
import type { Answer, HeaderValues, SecretKey, SignedRequest } from './schemes/scheme.ts'
import { takesContentType, type WebhookSource } from './webhook-source.ts'

/** One request to a webhook address, its body read. */
export interface ReceivedRequest extends SignedRequest {
  readonly instanceKey: string | null
  readonly remoteAddress: string | null
}

export interface Acceptance {
  /** Stores and answers when it is durable. */
  readonly group: GroupCommit<Arrival, Recorded>
  readonly refusals: RefusalSample
}

export interface Accepted {
  readonly outcome: 'recorded' | 'already recorded' | 'already recorded with other bytes' | 'handshake'
  readonly answer: Answer
}

/**
 * Verifies a request and stores it. Resolves only after its bytes are committed; a repeat gets the first one's answer.
 *
 * @throws webhooks.not_verified (sampled), webhooks.store_away when the secrets cannot be read, and what `GroupCommit.add` throws: then nothing is acknowledged
 */
export async function acceptDelivery(source: WebhookSource, request: ReceivedRequest, { group, refusals }: Acceptance): Promise<Accepted> {
  const { instanceKey, remoteAddress } = request
  const secrets = source.secrets(source.name, instanceKey)
  const verdict = source.scheme.verify(request, secrets instanceof Promise ? await inTime(secrets) : secrets)
  if (!verdict.verified) {
    refusals.add({ source, instanceKey, request, remoteAddress, refusal: verdict })
    throw errors.not_verified({ source: source.name, detail: verdict.detail })
  }
  const handshake = source.scheme.handshake?.(request) ?? null
  if (handshake !== null) return { outcome: 'handshake', answer: handshake }
  const { outcome, deliveryId, sameBytes } = await group.add(arrivalOf(source, request, verdict.secretId))
  return {
    outcome: outcome === 'recorded' || sameBytes ? outcome : 'already recorded with other bytes',
    answer: acknowledge(source, deliveryId),
  }
}

/** A sender gives up after a while, and should hear before that it must try again. GitHub and Shopify wait 10 and 5 s. */
const secretsWithinMs = 4_000

/** Not being able to look is no refusal: the sender must try again, not give up. */
async function inTime(secrets: Promise<readonly SecretKey[]>): Promise<readonly SecretKey[]> {
  try {
    return await answerWithin(secrets, secretsWithinMs)
  } catch (error) {
    throw errors.store_away({ reason: 'the secrets of this source cannot be read' }, error)
  }
}

/**
 * What can be judged before the body is read.
 * @throws webhooks.content_encoding_unsupported, webhooks.content_type_unsupported
 */
export function checkContentHeaders(source: WebhookSource, headers: HeaderValues): void {
  const encoding = headers['content-encoding']?.join(', ') ?? 'identity'
  if (encoding !== 'identity') throw errors.content_encoding_unsupported({ found: encoding.slice(0, 100) })
  const mediaType = mediaTypeOf(headers)
  if (takesContentType(source, mediaType)) return
  throw errors.content_type_unsupported({ source: source.name, found: mediaType.slice(0, 100), expected: source.contentTypes })
}

function arrivalOf(source: WebhookSource, request: ReceivedRequest, secretId: string | null): Arrival {
  const { headers, body, receivedAt, instanceKey, url } = request
  const start = url.indexOf('?')
  const stored = redactHeaders(headers, source)
  const traceparent = traceparentNow()
  if (traceparent) stored[traceHeader] = [traceparent]
  const senderId = readSenderId(source, { headers, query: start === -1 ? null : url.slice(start + 1), body })
  return {
    id: uuidv7(),
    source: source.name,
    instanceKey,
    senderId: senderId.text,
    repeatsUntil: senderId.given ? null : new Date(receivedAt.getTime() + source.repeatWindowMs),
    assurance: source.scheme.assurance,
    secretId,
    contentType: headers['content-type']?.[0]?.slice(0, 255) ?? null,
    headers: stored,
    query: redactQuery(url, source),
    body,
    receivedAt,
  }
}

function acknowledge(source: WebhookSource, deliveryId: string): Answer {
  const own = source.scheme.acknowledge?.(deliveryId)
  const answer = own ?? { status: 202, headers: { 'content-type': 'application/json' }, body: `{"delivery":"${deliveryId}"}` }
  return { ...answer, headers: { ...answer.headers, 'bridgekeeper-delivery': deliveryId } }
}
