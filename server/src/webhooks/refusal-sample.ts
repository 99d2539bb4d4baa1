import { hash } from 'node:crypto'
import { type Database, uuidv7 } from '../database/index.ts'
import { insertRefused } from './queries.ts'
import { redactHeaders } from './redact-request.ts'
import type { Refusal, SignedRequest } from './schemes/scheme.ts'
import type { WebhookSource } from './webhook-source.ts'

export interface RefusedArrival {
  source: WebhookSource
  instanceKey: string | null
  request: SignedRequest
  remoteAddress: string | null
  refusal: Refusal
}

export interface RefusalSample {
  /** Keeps it if there is room this second. Never throws and never makes the sender wait. */
  add(refused: RefusedArrival): void
  /** Resolves when what was taken is written. */
  drain(): Promise<void>
}

// An attacker must not be able to write to the database as fast as he can send.
const maxPerSecond = 5
const keptPerSource = 100

/** A bounded sample of refused requests for `refused_delivery`: enough to see why, never enough to fill a disk. */
export function createRefusalSample(database: Database, onFailure: (error: unknown) => void): RefusalSample {
  let second = 0
  let taken = 0
  let writing: Promise<void> = Promise.resolve()
  return {
    add(refused) {
      const now = Math.floor(refused.request.receivedAt.getTime() / 1000)
      if (now !== second) [second, taken] = [now, 0]
      taken += 1
      if (taken > maxPerSecond) return
      const row = rowOf(refused)
      writing = writing.then(() => insertRefused(database.executor, row, keptPerSource)).catch(onFailure)
    },
    drain: () => writing,
  }
}

function rowOf({ source, instanceKey, request, remoteAddress, refusal }: RefusedArrival) {
  return {
    id: uuidv7(),
    source: source.name,
    instance_key: instanceKey,
    reason: refusal.reason,
    detail: refusal.detail,
    remote_address: remoteAddress,
    content_type: request.headers['content-type']?.[0] ?? null,
    headers: redactHeaders(request.headers, source),
    body_bytes: request.body.byteLength,
    body_sha256: hash('sha256', request.body, 'buffer'),
    refused_at: request.receivedAt,
  }
}
