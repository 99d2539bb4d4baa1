import type { FailureWord } from './platform.ts'

/** One call as it is kept: without secrets, with bodies cut. */
export interface CallRecord {
  /** UUID v7, made when the call began. */
  id: string
  runId: string | null
  step: string | null
  connectionId: string
  platform: string
  method: string
  /** Path template of the contract. */
  operation: string
  /** Path with query as sent. */
  path: string
  /** null: there was no answer. */
  status: number | null
  outcome: 'ok' | FailureWord
  /** The failure's message. */
  error: string | null
  startedAt: Date
  durationMs: number
  idempotencyKey: string | null
  /** null where only metadata is kept. */
  requestHeaders: Record<string, string> | null
  requestBody: string | null
  responseHeaders: Record<string, string> | null
  responseBody: string | null
}
