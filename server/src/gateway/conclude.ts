import { type AnyFailure, RetryableFailure } from '@bridgekeeper/sdk'
import { type DecodedBody, decodeBody } from './bodies.ts'
import type { GatewayCall, Observation } from './call.ts'
import type { CallRecord } from './call-record.ts'
import type { Verdict } from './circuits.ts'
import type { Exchanged, WireRequest } from './exchange.ts'
import { type CallFacts, failureOfAnswer, failureOfError } from './failure-of.ts'
import type { PreparedConnection } from './prepare-request.ts'
import type { Headers } from './rate-headers.ts'
import type { Redactor } from './redact.ts'

/** What came of a call, before anybody is told. */
export interface Conclusion {
  status: number | undefined
  headers: Headers
  body: DecodedBody
  /** undefined: it succeeded. */
  failure: AnyFailure | undefined
  verdict: Verdict
  sent: boolean
}

const NONE: Headers = {}

/** Reads an exchange: the body by its type and without the credential, the outcome by the error taxonomy. */
export function conclude(exchanged: Exchanged, call: GatewayCall, facts: CallFacts, clean: (text: string) => string): Conclusion {
  if (!exchanged.answered) {
    const failure = failureOfError(exchanged.error, exchanged.sent, facts)
    return { status: undefined, headers: NONE, body: { value: undefined }, failure, verdict: verdictOf(failure), sent: exchanged.sent }
  }
  const { status } = exchanged
  const headers = cleanHeaders(exchanged.headers, clean)
  const body = decodeBody(exchanged.body, headers, clean)
  const failure = judge(status, headers, body, call, facts)
  return { status, headers, body, failure, verdict: verdictOf(failure), sent: true }
}

/** A partner that shows what it was sent does so in headers, too. Mostly it does not: one look at all of them tells. */
function cleanHeaders(headers: Headers, clean: (text: string) => string): Headers {
  const all = Object.values(headers).join('\n')
  if (clean(all) === all) return headers
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, clean(value)]))
}

function judge(status: number, headers: Headers, body: DecodedBody, call: GatewayCall, facts: CallFacts): AnyFailure | undefined {
  const succeeded = (status >= 200 && status < 300) || (status === 304 && isConditional(call))
  if (!succeeded) return failureOfAnswer({ status, headers, body: body.value }, facts)
  if (!body.malformed) return undefined
  const message = `${facts.platform.name} answered ${status} to ${facts.operation} with a body that calls itself JSON and is not`
  return new RetryableFailure(message, { status, body: body.value })
}

/** "Not modified" is an answer only for somebody who has asked. */
function isConditional(call: GatewayCall): boolean {
  return Object.keys(call.headers ?? {}).some((name) => /^if-(none-match|modified-since)$/i.test(name))
}

/** What counts for the circuit breaker: no connection, a connection that broke off, a gateway in front of nothing. */
function verdictOf(failure: AnyFailure | undefined): Verdict {
  if (!failure) return 'reached'
  if (failure.kind === 'partner-down') return 'down'
  if (failure.kind === 'retryable') {
    return failure.status === undefined || failure.status === 502 || failure.status === 503 || failure.status === 504 ? 'down' : 'reached'
  }
  return failure.status === undefined ? 'undecided' : 'reached'
}

/** What call, preparation and conclusion say together. */
export interface Finished {
  call: GatewayCall
  prepared: PreparedConnection
  request: WireRequest
  conclusion: Conclusion
  callId: string
  startedMs: number
  durationMs: number
}

/**
 * The record of a call, redacted here and now: what is not in it can't leak later. The answer has lost the credential when
 * it was read; the request never had it, unless somebody has put it into a setting, too.
 */
export function callRecordOf(finished: Finished, keep: 'bodies' | 'metadata'): CallRecord {
  const { call, prepared, request, conclusion } = finished
  const { redactor, clean } = prepared
  const whole = keep === 'bodies'
  return {
    id: finished.callId,
    runId: call.run?.id ?? null,
    step: call.stepName ?? null,
    connectionId: call.connectionId,
    platform: call.platform,
    method: call.method,
    operation: call.path,
    path: clean(redactor.path(request.path)),
    status: conclusion.status ?? null,
    outcome: conclusion.failure?.kind ?? 'ok',
    error: conclusion.failure?.message ?? null,
    startedAt: new Date(finished.startedMs),
    durationMs: finished.durationMs,
    idempotencyKey: call.idempotencyKey ?? null,
    requestHeaders: whole ? redactor.headers(cleanHeaders(request.headers, clean)) : null,
    requestBody: whole ? requestText(request, clean, redactor) : null,
    responseHeaders: whole ? redactor.headers(conclusion.headers) : null,
    responseBody: whole ? responseText(conclusion, redactor) : null,
  }
}

function requestText({ body }: WireRequest, clean: (text: string) => string, redactor: Redactor): string | null {
  if (body === null) return null
  if (typeof body === 'string') return redactor.body(clean(body))
  return body instanceof Uint8Array ? `[${body.length} bytes]` : `[multipart: ${[...body.keys()].join(', ')}]`
}

function responseText({ body }: Conclusion, redactor: Redactor): string | null {
  if (body.text !== undefined) return redactor.body(body.text, body.value)
  return body.value instanceof Uint8Array ? `[${body.value.length} bytes]` : null
}

export function observationOf(finished: Finished, owner: { organization: string; customer: string }): Observation {
  const { call, request, conclusion } = finished
  return {
    callId: finished.callId,
    platform: call.platform,
    connectionId: call.connectionId,
    organization: owner.organization,
    customer: owner.customer,
    method: call.method,
    path: call.path,
    pathParameters: call.pathParameters ?? {},
    query: call.query ?? {},
    requestHeaders: request.headers,
    requestBody: call.body,
    status: conclusion.status,
    responseHeaders: conclusion.headers,
    responseBody: conclusion.body.value,
    startedMs: finished.startedMs,
    durationMs: finished.durationMs,
    outcome: conclusion.failure?.kind ?? 'ok',
    sent: conclusion.sent,
    run: call.run,
    stepName: call.stepName,
  }
}
