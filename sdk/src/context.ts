import type { Client } from './client.ts'
import type { AnyMapping, MappingInput, MappingResult } from './mapping.ts'
import type { PathsOf, Platform, Trigger } from './platform.ts'

/** What a flow knows of the integration it belongs to. Exists only as a type. */
export interface Facts {
  platforms: Record<string, Platform>
  settings: unknown
  meters: string
  mappings: Record<string, AnyMapping>
}

/** One customer's installation. */
export interface InstanceFacts {
  readonly id: string
  readonly name: string
  readonly customer: string
}

/** One webhook or polled item as received. Times are RFC 3339 in UTC. */
export interface DeliveryFacts {
  readonly id: string
  /** When its bytes were stored here. Differs from `occurredAt` by minutes after an outage, by days after a replay. */
  readonly receivedAt: string
  /** When the sender says that it happened; absent when the sender does not say. */
  readonly occurredAt?: string
}

/** Lines go to the run's log, with run and step; never put secrets into `fields`. A line is written again when the code runs again. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/**
 * What every run receives.
 *
 * The body of `run` is executed again from its start after each failure, sleep or restart; what was inside a finished `step` is not:
 * its remembered result is returned. So keep the code between steps free of effects, clocks and chance.
 */
export interface RunTools<F extends Facts> {
  readonly instance: InstanceFacts
  /** The instance's settings, after the defaults of the integration's schema. The same for the whole run, even if somebody edits them meanwhile. */
  readonly settings: Readonly<F['settings']>

  /**
   * Does something once and remembers its result.
   *
   * `work` runs a second time only when the process dies, or the answer is lost, between the effect and its record. For that case each write
   * in it carries an idempotency key made from instance, delivery and step; where the platform honours none, look before you create.
   * At most one write per step, or the record can't say which of them happened.
   *
   * @param name unique within the run (in a loop put the item's id into it); renaming it makes the step run again in replays
   * @param result of `work`: JSON, at most 256 KiB; it is stored
   * @throws whatever `work` throws; nothing is remembered then, and the meters counted in it are dropped
   */
  step<T>(name: string, work: () => Promise<T> | T): Promise<T>

  /**
   * Applies a declared mapping: the instance's own expression where it has one, the default otherwise. Pure; may run any number of times.
   *
   * @throws CustomerDataFailure when the expression fails or makes nothing of the input
   */
  map<K extends keyof F['mappings'] & string>(name: K, input: MappingInput<F['mappings'][K]>): Promise<MappingResult<F['mappings'][K]>>

  /**
   * Counts something that is reported or billed. Exactly once for its effect: inside a step it commits with the step's result,
   * outside with the end of the run; a repeated execution does not count again.
   *
   * @param quantity integer ≥ 1 (count in a smaller unit rather than in fractions); default 1
   */
  meter(name: F['meters'], quantity?: number): void

  /**
   * Waits without holding a worker, across restarts. The lane stays behind it.
   *
   * @param name unique within the run, as for steps
   * @param duration ISO 8601 such as `PT10M`, or milliseconds; counted from the first time the run gets here
   */
  sleep(name: string, duration: string | number): Promise<void>

  readonly log: Log
}

/** The clients of the integration's platforms, by name. */
export type Clients<Platforms extends Record<string, Platform>> = { readonly [K in keyof Platforms]: Client<PathsOf<Platforms[K]>> }

/** What the `run` of an `on` flow receives. */
export type OnContext<F extends Facts, Event> = Clients<F['platforms']> &
  RunTools<F> & {
    /** The payload as the sender sent it. Its type is the contract's; the sender may still break it. */
    readonly event: Event
    readonly delivery: DeliveryFacts
  }

/** Where a poll stands for one instance. */
export interface Cursor<Value> {
  /** As committed by the last `advance`; the result of `initialCursor` in the first run of an instance. */
  readonly value: Value
  /** Read from here: `value` less the flow's `lookBack`, RFC 3339 in UTC. Exists for cursors that are times. */
  readonly since: Value extends string ? string : never
  /**
   * Commits the new position together with everything emitted since the last call, in one transaction: both or neither.
   * A run that fails afterwards starts again from here.
   *
   * @param next JSON of at most 256 KiB, kept as it is: a token of the partner is given back to it unchanged. A time is best taken from the
   *   newest item read, never from our own clock; where the source shows items late, declare `lookBack` and read from `since`: repeats are
   *   dropped by their id
   */
  advance(next: Value): Promise<void>
}

/** One item that a poll found. */
export interface Emission<Event> {
  /** The sender's id of the event. A delivery with an id that was seen before, by webhook or by poll, is dropped. */
  id: string
  event: Event
  /** RFC 3339. */
  occurredAt?: string
}

/** What the `run` of a `sweep` receives. One run at a time per instance. */
export type SweepContext<F extends Facts> = Clients<F['platforms']> &
  RunTools<F> & {
    /** List from here: the sweep's `back` before this tick, RFC 3339 in UTC. */
    readonly since: string
    /** Says that the source has this item. One that neither webhook nor poll had brought is handed on as if its webhook had come. */
    emit<Event>(trigger: Trigger<Event>, item: Emission<NoInfer<Event>>): void
    /** Commits what was emitted since the last call, so that long lists need not fit into memory. A run that fails afterwards lists anew. */
    flush(): Promise<void>
  }

/** What the `run` of an `every` flow receives. One run at a time per instance; a tick that falls into a running one is left out. */
export type EveryContext<F extends Facts, Value> = Clients<F['platforms']> &
  RunTools<F> & {
    readonly cursor: Cursor<Value>
    /**
     * Hands an item to the integration's `on` flows of this trigger, exactly as if the platform had sent it as a webhook.
     * Takes effect with the next `cursor.advance`, or with the end of the run; a run that fails before has emitted nothing.
     */
    emit<Event>(trigger: Trigger<Event>, item: Emission<NoInfer<Event>>): void
  }
