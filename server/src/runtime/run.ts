import type { Transaction } from '../database/index.ts'
import type { RunFailure } from './decide.ts'

export type RunState = 'waiting' | 'queued' | 'parked' | 'blocked'
export type RunOutcome = 'succeeded' | 'skipped' | 'discarded'

/** A worker's hold of a queue job, which stands for one or several runs. */
export interface Lease {
  jobId: string
  /** Its runs that this worker has not settled yet: the job goes with the last of them. */
  open: Set<string>
}

/** A run as a worker holds it. `attempt` fences: it is this claim's number. */
export interface ClaimedRun {
  id: string
  instanceId: string
  revision: number
  integration: string
  version: string
  flow: string
  originId: string
  deliveryId: string | null
  lane: string
  lease: Lease
  attempt: number
  /** The worker that holds it; with `attempt` the fence. */
  claimedBy: string
  failures: number
  priority: number
  receivedAt: Date
  occurredAt: Date | null
}

/** What an instance is in one revision: all that a run needs to know of it. */
export interface InstanceRevision {
  instanceId: string
  revision: number
  integration: string
  organization: string
  customer: string
  name: string
  version: string
  settings: Record<string, unknown>
  /** Mapping name → JSONata. */
  mappings: Record<string, string>
  /** Platform → connection id. */
  connections: Record<string, string>
  key: string
  /** Platforms on which it is found by an account. */
  platformsWithAccount: readonly string[]
}

/** A run to be made. `id` sorts it in its lane. */
export interface NewRun {
  id: string
  instanceId: string
  revision: number
  integration: string
  version: string
  flow: string
  originId: string
  deliveryId: string | null
  lane: string
  priority: number
  replayOf: string | null
  receivedAt: Date
  occurredAt: Date | null
}

export interface MeterRecord {
  id: string
  meter: string
  quantity: number
}

/** A polled item on its way to become a delivery. */
export interface Emission {
  /** Key of the instance's own address; null where the instance is found by its accounts on this platform. */
  instanceKey: string | null
  platform: string
  event: string
  senderId: string
  body: string
  occurredAt: string | null
}

/** A delivery as routing and runs read it. */
export interface StoredDelivery {
  id: string
  /** Platform it came from. */
  platform: string
  /** Key of the instance's own address; null when it came to the platform's common one. */
  instanceKey: string | null
  event: string | null
  /** External account, for routing without an instance. */
  account: string | null
  /** Parsed body; `undefined` when it cannot be parsed. */
  payload: unknown
  /** Of the body as received. */
  bytes: number
  receivedAt: Date
  occurredAt: Date | null
  /** Made from what a poll brought, not sent by the platform. */
  polled?: boolean
  /** W3C trace context under which it was received, where that was traced. */
  traceparent?: string
}

export type DeliveryOutcome =
  | 'routed'
  | 'unparsable'
  | 'unknown-account'
  | 'unknown-instance'
  | 'no-event'
  | 'no-flow'
  | 'filtered'
  | 'instance-paused'
  | 'routing-failed'

export interface RoutedDelivery {
  delivery: Pick<StoredDelivery, 'id' | 'event' | 'account' | 'occurredAt'>
  outcome: DeliveryOutcome
  /** Null for `routed`. */
  reason: string | null
  /** How many it made, which will load it. */
  runs: number
}

/** What the runtime needs of the deliveries, which the ingress owns. Handed over when the program is put together. */
export interface DeliveryStore {
  /** In no particular order; those that are no longer kept are missing. */
  load(ids: readonly string[]): Promise<StoredDelivery[]>
  /** As many of the oldest as have at most `maxBytes` of bodies together; the `left` ones can be loaded later. */
  loadWithin(ids: readonly string[], maxBytes: number): Promise<{ loaded: StoredDelivery[]; left: { id: string; bytes: number }[] }>
  /** Given once for each run that has what it needs of its delivery: when all have, it need not be kept in memory. It can still be loaded. */
  release(ids: readonly string[]): void
  /** Stores polled items like webhooks: deduplicated by the sender's id. @returns for each item the id of its delivery, null when it was known */
  insertEmitted(tx: Transaction, emissions: readonly Emission[]): Promise<(string | null)[]>
  /** Says what became of deliveries: `routed` made runs, all else says why not. Routing again replaces it. */
  recordOutcomes(tx: Transaction, outcomes: readonly RoutedDelivery[]): Promise<void>
}

export type Settlement =
  | { kind: 'succeeded' }
  | { kind: 'skipped'; failure: RunFailure; fingerprint: string }
  | { kind: 'parked'; state: 'parked' | 'blocked'; failure: RunFailure; fingerprint: string }
  | {
      kind: 'again'
      at: Date
      reason: 'retry' | 'throttled' | 'partner-down' | 'sleep'
      countsAsFailure: boolean
      failure: RunFailure | null
    }
