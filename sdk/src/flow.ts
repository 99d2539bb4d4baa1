import type { EveryContext, Facts, InstanceFacts, OnContext, SweepContext } from './context.ts'
import type { Trigger } from './platform.ts'

/** What happens to the lane behind a run that can't go on: it waits, it goes on and the run is kept for replay, or the run is dropped with a record. */
export type PoisonPolicy = 'block' | 'park' | 'skip'

export type LaneKey = string | number | readonly (string | number)[]

/** What may be looked at before a run exists. */
export interface BeforeRun<F extends Facts> {
  readonly settings: Readonly<F['settings']>
  readonly instance: InstanceFacts
}

// biome-ignore lint/suspicious/noExplicitAny: the default stands for "some integration" where the runtime holds flows of any.
type AnyFacts = any

/** A flow that a delivery starts. */
export interface OnFlow<F extends Facts = AnyFacts, Event = AnyFacts> {
  readonly kind: 'on'
  readonly platform: string
  readonly event: string
  lane(event: Event): LaneKey
  readonly onPoison: PoisonPolicy
  filter?(event: Event, before: BeforeRun<F>): boolean
  run(context: OnContext<F, Event>): Promise<void>
}

/** A flow that the clock starts. Exactly one of `interval` and `cron` is present. */
export interface EveryFlow<F extends Facts = AnyFacts, Value = unknown> {
  readonly kind: 'every'
  /** ISO 8601 duration, of at least a minute. */
  readonly interval?: string
  /** Five fields, UTC. */
  readonly cron?: string
  /** ISO 8601 duration. */
  readonly lookBack?: string
  /** ISO 8601 duration: it is a sweep that lists so far back. */
  readonly sweep?: string
  initialCursor?(before: BeforeRun<F> & { readonly now: string }): Value
  run(context: EveryContext<F, Value>): Promise<void>
}

export type Flow<F extends Facts = AnyFacts> = OnFlow<F> | EveryFlow<F>

export interface OnDefinition<F extends Facts, Event> {
  /**
   * What must stay in order: deliveries of one instance with the same key run one after another in order of arrival, in all flows alike.
   * Pure, and total: a throw parks the delivery.
   */
  lane(event: Event): LaneKey
  /** `block` where later events make no sense without this one; `park` where they do; `skip` where this one is worth nothing alone. */
  onPoison: PoisonPolicy
  /** Deliveries for which it says false make no run; they are kept and shown as filtered. Pure. */
  filter?(event: Event, before: BeforeRun<F>): boolean
  /** The work. Executed again from its start after a failure or a restart; finished steps are remembered, all else happens again. */
  run(context: OnContext<F, Event>): Promise<void>
}

/** A flow for each delivery of one event. */
export function on<F extends Facts, Event>(trigger: Trigger<Event>, definition: OnDefinition<F, NoInfer<Event>>): OnFlow<F, Event> {
  return { kind: 'on', platform: trigger.platform, event: trigger.event, ...definition }
}

export interface EveryDefinition<F extends Facts, Value> {
  /**
   * By how much each poll overlaps the one before it, as an ISO 8601 duration such as `PT5M`: `cursor.since` lies that much before
   * `cursor.value`. Lists become complete late and clocks differ, so take the longest delay that was seen at the source. What is found and
   * emitted again under the same id is dropped; the cursor does not go back. Only for cursors that are times.
   */
  lookBack?: string
  /**
   * Where a new instance starts; without it the cursor is `undefined`, and `unknown` to the compiler. `now` is RFC 3339 in UTC: when the flow
   * was planned for the instance, and the same until the first position is committed, so that a first poll that fails misses nothing.
   */
  initialCursor?(before: BeforeRun<F> & { readonly now: string }): Value
  /** The poll. Executed again from its start after a failure, from the last committed cursor. */
  run(context: EveryContext<F, Value>): Promise<void>
}

/**
 * A flow on a schedule, once per instance. Ticks missed while the server was down are made up by one run.
 *
 * @param schedule ISO 8601 duration (`PT15M`; at least one minute; spread evenly over instances) or a cron expression of five fields in UTC
 */
export function every<F extends Facts, Value>(schedule: string, definition: EveryDefinition<F, Value>): EveryFlow<F, Value> {
  return { kind: 'every', ...(schedule.startsWith('P') ? { interval: schedule } : { cron: schedule }), ...definition }
}

export interface SweepDefinition<F extends Facts> {
  /**
   * How far back each sweep lists, as an ISO 8601 duration such as `P14D`. It must be shorter than the time for which deliveries are kept
   * (`retention.deliveries`, 30 days): what is forgotten would be taken for new.
   */
  back: string
  /** Lists everything since `since`, and emits each item under the id that its webhook has. */
  run(context: SweepContext<F>): Promise<void>
}

/**
 * Compares what the source has with what came: a list of everything in a window, on a schedule, once per instance. What neither webhook nor
 * poll had brought goes on as if its webhook had come, and is counted and shown as missed (`bridgekeeper sweeps`); all else is dropped by its id.
 *
 * @param schedule as of {@link every}
 */
export function sweep<F extends Facts>(schedule: string, { back, run }: SweepDefinition<F>): EveryFlow<F, null> {
  const when = schedule.startsWith('P') ? { interval: schedule } : { cron: schedule }
  return { kind: 'every', ...when, sweep: back, run: run as unknown as EveryFlow<F, null>['run'] }
}
