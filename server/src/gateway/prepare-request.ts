import { BugFailure, CustomerDataFailure, type Failure, RetryableFailure } from '@bridgekeeper/sdk'
import { type Authorization, transportHeaders } from '../connections/index.ts'
import { BridgekeeperError } from '../errors/index.ts'
import { encodeBody } from './bodies.ts'
import type { GatewayCall } from './call.ts'
import type { WireRequest } from './exchange.ts'
import { pathTemplate } from './path-template.ts'
import type { GatewayPlatform } from './platform.ts'
import { queryString } from './query-string.ts'
import { type Redactor, redactor } from './redact.ts'

/** What stays the same for all calls under one authorization; built once. */
export interface PreparedConnection {
  platform: GatewayPlatform
  origin: string
  /** Path of the base URL without a slash at the end. */
  basePath: string
  redactor: Redactor
  /** Takes the credential out of a text. */
  clean: (text: string) => string
}

const prepared = new WeakMap<Authorization, PreparedConnection>()

/** By the names of the headers that carry a credential: a platform has few kinds of them, and thousands of connections. */
const redactors = new WeakMap<GatewayPlatform, Map<string, Redactor>>()
const maxKinds = 100

function redactorOf(platform: GatewayPlatform, credentialHeaders: readonly string[]): Redactor {
  const ofPlatform = redactors.get(platform) ?? new Map<string, Redactor>()
  redactors.set(platform, ofPlatform)
  const kind = credentialHeaders.join('\n')
  const known = ofPlatform.get(kind) ?? redactor(platform.redact ?? [], credentialHeaders)
  // Customers may name headers of their own.
  if (ofPlatform.size < maxKinds) ofPlatform.set(kind, known)
  return known
}

/** @throws BugFailure when neither the connection nor the platform names a base URL, or the platforms differ */
export function prepareConnection(authorization: Authorization, platform: GatewayPlatform): PreparedConnection {
  const known = prepared.get(authorization)
  // A workspace that was loaded again brings new platform objects.
  if (known?.platform === platform) return known
  const { connection } = authorization
  if (connection.platform !== platform.name) {
    throw new BugFailure(
      `connection ${connection.id} is one to ${connection.platform}; a call to ${platform.name} must not carry its credential`,
    )
  }
  const url = URL.parse(connection.baseUrl ?? platform.baseUrl ?? '')
  if (!url) throw new BugFailure(`neither platform ${platform.name} nor connection ${connection.id} names a base URL`)
  const fresh = {
    platform,
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    clean: authorization.redact,
    redactor: redactorOf(platform, authorization.headerNames),
  }
  prepared.set(authorization, fresh)
  return fresh
}

const ALWAYS = { accept: 'application/json, */*;q=0.5', 'user-agent': 'bridgekeeper' }

/** The request as it will be sent, still without the credential. @throws Failure (bug or customer-data) when it can't be built */
export function prepareRequest(call: GatewayCall, connection: PreparedConnection): WireRequest {
  try {
    const { platform, origin, basePath } = connection
    const headers: Record<string, string> = { ...ALWAYS, ...platform.headers }
    for (const name in call.headers) {
      const lower = name.toLowerCase()
      if (!transportHeaders.has(lower)) headers[lower] = String(call.headers[name])
    }
    const body = withIdempotencyKey(call, platform, headers)
    const { wire, contentType } = encodeBody(body, headers['content-type'])
    if (contentType) headers['content-type'] = contentType
    const path = basePath + pathTemplate(call.path)(call.pathParameters)
    const query = queryString(call.query, platform.query)
    return { origin, path: query === '' ? path : `${path}?${query}`, method: call.method, headers, body: wire }
  } catch (error) {
    throw readable(error, call)
  }
}

function withIdempotencyKey(call: GatewayCall, platform: GatewayPlatform, headers: Record<string, string>): unknown {
  const { body, idempotencyKey: key } = call
  const place = platform.idempotency
  if (key === undefined || place === undefined || call.method === 'GET' || call.method === 'HEAD') return body
  if ('header' in place) {
    headers[place.header.toLowerCase()] ??= key
    return body
  }
  return setOnce(body, place.field.startsWith('/') ? place.field.slice(1).split('/') : [place.field], key)
}

/** A copy with the value at that place, made where it is absent; what the flow has put there stays. */
function setOnce(body: unknown, [name, ...rest]: readonly string[], value: string): unknown {
  const isObject = typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === Object.prototype
  if (!isObject || name === undefined) return body
  const before = (body as Record<string, unknown>)[name]
  if (rest.length === 0) return before === undefined ? { ...body, [name]: value } : body
  return { ...body, [name]: setOnce(before ?? {}, rest, value) }
}

function readable(error: unknown, call: GatewayCall): Failure {
  const place = `${call.method} ${call.path}`
  if (error instanceof BridgekeeperError) {
    const { code, message, fix } = error
    const text = `${place}: ${message} ${fix}`
    return code === 'gateway.path_parameter_refused'
      ? new CustomerDataFailure(text, { cause: error })
      : new BugFailure(text, { cause: error })
  }
  return new BugFailure(`${place} can't be written: ${(error as Error).message}`, { cause: error })
}

/** An error from before the call, such as a credential that can't be opened now. */
export function failureBeforeCall(error: unknown): unknown {
  if (error instanceof BridgekeeperError && !error.retry) return error
  const reason =
    error instanceof BridgekeeperError ? `${error.message} ${error.fix}` : `the connection could not be read (${(error as Error).message})`
  return new RetryableFailure(reason, { cause: error })
}
