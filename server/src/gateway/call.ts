import type { FailureKind } from '@bridgekeeper/sdk'
import type { Headers } from './rate-headers.ts'

/** The run of a flow that makes a call. */
export interface CallingRun {
  id: string
  instanceId: string
  integration: string
}

/** One call to a platform on behalf of a connection. */
export interface GatewayCall {
  platform: string
  connectionId: string
  method: string
  /** Path template of the contract: `/tickets/{id}`. */
  path: string
  pathParameters?: Readonly<Record<string, unknown>> | undefined
  query?: Readonly<Record<string, unknown>> | undefined
  headers?: Readonly<Record<string, string>> | undefined
  /** Objects are JSON unless a content-type header says form; texts, bytes, URLSearchParams and FormData are sent as they are. */
  body?: unknown
  /** Sent where the platform declares it; for writes only. */
  idempotencyKey?: string | undefined
  run?: CallingRun | undefined
  stepName?: string | undefined
  /** For the whole call; default is the platform's, then 30 s. */
  timeoutMs?: number | undefined
  /** A person's test: goes out although the connection is paused or needs a new credential. */
  evenIfBlocked?: boolean | undefined
}

export interface GatewayAnswer {
  status: number
  /** Names in lower case. */
  headers: Headers
  /** As parsed by its content type; bytes when it is neither JSON nor text; undefined when empty. */
  body: unknown
  durationMs: number
  /** Id of the call record. */
  callId: string
}

/** What observers are told of each call, also of those without an answer. They must not change it. */
export interface Observation {
  callId: string
  platform: string
  connectionId: string
  organization: string
  customer: string
  method: string
  /** Path template of the contract. */
  path: string
  pathParameters: Readonly<Record<string, unknown>>
  query: Readonly<Record<string, unknown>>
  /** As sent, without the credential. */
  requestHeaders: Headers
  /** As the flow gave it. */
  requestBody: unknown
  /** undefined: there was no answer. */
  status: number | undefined
  responseHeaders: Headers
  /** As parsed, without the credential. */
  responseBody: unknown
  startedMs: number
  durationMs: number
  outcome: 'ok' | FailureKind
  /** Whether a part of the request may have reached the partner. */
  sent: boolean
  run: CallingRun | undefined
  stepName: string | undefined
}

export type Observer = (observation: Observation) => void
