import type { Integration } from '../integration.ts'

/** One event as a platform sends it, or a tick of a schedule. */
export type Stimulus =
  | {
      readonly platform: string
      readonly event: string
      readonly payload: unknown
      /** The sender's id. Left out: made from the place in the scenario. */
      readonly id?: string
      /** RFC 3339. */
      readonly occurredAt?: string
    }
  | { readonly tick: string }

/** A write that changed a sandbox, as the sandbox saw it: a repetition that the sandbox answered from memory is none. */
export interface Effect {
  readonly platform: string
  readonly method: string
  /** Templated as in the contract: `/tickets/{id}`. */
  readonly path: string
  readonly pathParameters: Readonly<Record<string, string>>
  readonly body: unknown
  /** What the sandbox answered, whether or not the answer arrived. */
  readonly answer: unknown
  /** The delivery or tick that caused it. */
  readonly origin: string
  readonly lane: string
}

export interface MeterCount {
  readonly meter: string
  readonly quantity: number
  readonly origin: string
}

export interface RunReport {
  readonly id: string
  readonly flow: string
  readonly origin: string
  /** `ended`: nothing is left to do. `waiting`: scheduled or leased. `parked`: waits for a person or an event, lane free or held. */
  readonly state: 'ended' | 'waiting' | 'parked'
  /** Why it is parked. */
  readonly failure?: { readonly kind: string; readonly message: string }
}

/** What happens to a call of a platform instead of what its contract says. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  /** The connection breaks; nothing has happened. */
  | { readonly kind: 'dropped' }
  /** Silence, then the connection ends; nothing has happened. */
  | { readonly kind: 'no-answer' }
  /** It happened, but the answer is lost. */
  | { readonly kind: 'lost-answer' }

/**
 * A real server with one instance of the integration and a sandbox for each of its platforms, made for one test and thrown away after it.
 * Provided by `bridgekeeper/testing`.
 */
export interface TestBridge {
  /**
   * Sends a signed webhook (or starts a tick). Resolves when it is acknowledged and stored.
   * @returns the origin under which its runs, effects and meters are reported; the same for a repetition of the same id
   */
  deliver(stimulus: Stimulus): Promise<string>
  /** Works until nothing is left that can go on by itself. Retries and sleeps of any length pass at once. */
  settle(): Promise<void>
  /** In the order in which they happened. */
  effects(): Promise<readonly Effect[]>
  meters(): Promise<readonly MeterCount[]>
  runs(): Promise<readonly RunReport[]>
  /** Hits the first call of each operation of every platform; the next call of the same operation goes through. */
  faultFirstCalls(fault: Fault, calls: 'all' | 'writes'): void
  /** The execution ends, once at each step of each run, when it passes this point, as if the process had died; it begins again elsewhere. */
  crashOnceAt(point: 'before-effect' | 'after-effect'): void
  /** Gives up each execution after every newly remembered step and starts it again from the beginning. */
  replayAlways(): void
  /** Runs everything that has ended once more, in the same version. */
  replayAll(): Promise<void>
  /** A platform refuses the instance's credential from now on. */
  expireCredential(platform: string): Promise<void>
  /** The customer connects the account again; what waited for it goes on. */
  reconnect(platform: string): Promise<void>
  close(): Promise<void>
}

export interface TestBridgeOptions {
  readonly integration: Integration
  /** The folder of the workspace, whose Platform entities give the sandboxes their contracts and webhook schemes. */
  readonly workspace: string
  readonly settings: unknown
  /** Records that are in the sandboxes from the start. */
  readonly seed: Readonly<Record<string, readonly SeedRecord[]>>
}

export interface SeedRecord {
  /** A concrete path whose operation answers with the record, `/tickets/tkt_1`. */
  readonly path: string
  readonly record: unknown
}

export type OpenTestBridge = (options: TestBridgeOptions) => Promise<TestBridge>
