import { AsyncLocalStorage } from 'node:async_hooks'
import { clientName, type EveryFlow, type Integration, type OnFlow, timeBefore } from '@bridgekeeper/sdk'
import type { RunWatch } from '../contracts/index.ts'
import { storableText } from '../database/index.ts'
import { failPoint, type Log } from '../observation/index.ts'
import { durationMs } from './duration.ts'
import { effectId } from './effect-id.ts'
import { errors } from './errors.ts'
import type { Journal, JournalEntry } from './journal.ts'
import { applyMapping } from './mapping.ts'
import { admitWrite, createPlatformClient, type FlowAnswer, type FlowCall, isWrite, type OpenStep } from './platform-client.ts'
import { asCursor, movedTo, readingFrom } from './poll-position.ts'
import type { ClaimedRun, Emission, InstanceRevision, MeterRecord, StoredDelivery } from './run.ts'
import type { RememberedStep } from './run-queries.ts'

/** Everything one execution needs. */
export interface Execution {
  run: ClaimedRun
  integration: Integration
  instance: InstanceRevision
  /** Absent for scheduled runs. */
  delivery: StoredDelivery | undefined
  /** What earlier executions remembered, by name. */
  remembered: ReadonlyMap<string, RememberedStep>
  /** Committed position of a poll. `undefined` before its first run. */
  cursor: unknown
}

export interface ExecutionParts {
  journal: Journal
  /** Sends the call with the instance's connection. Writes carry `idempotencyKey`. */
  send(
    call: FlowCall,
    sent: { execution: Execution; connectionId: string; step: string | undefined; idempotencyKey: string | undefined },
  ): Promise<FlowAnswer>
  /** Begins to note what the code reads of events and answers. */
  watch?: ((instanceId: string) => RunWatch) | undefined
  log: Log
}

/** How an execution ended that neither failed nor lost its lease. */
export type Ended =
  | { kind: 'succeeded'; meters: MeterRecord[]; emissions: Emission[]; sweptSince?: string }
  | { kind: 'asleep'; until: Date }

/** Thrown through the author's code to leave it; not a failure. */
export class LeaveRun extends Error {
  readonly until: Date | undefined
  constructor(until?: Date) {
    super(until ? 'the run sleeps' : 'another worker owns the run')
    this.until = until
  }
}

const maxResultBytes = 256 * 1024

interface Place {
  step?: string
  platform?: string
  connectionId?: string
}
const places = new WeakMap<object, Place>()

/** Where in the run something was thrown, as far as it is known. */
export function placeOf(thrown: unknown): Place {
  return (typeof thrown === 'object' && thrown !== null && places.get(thrown)) || {}
}

function mark(thrown: unknown, place: Place): unknown {
  if (typeof thrown === 'object' && thrown !== null) places.set(thrown, { ...place, ...places.get(thrown) })
  return thrown
}

interface StepScope extends OpenStep {
  meters: MeterRecord[]
}

/**
 * Runs the author's code once, with what was remembered.
 *
 * A step's result is written behind: the code goes on at once, and the next effect waits until everything before it is committed. So an effect
 * never happens on the ground of something that a crash could forget, and the last step commits together with the end of the run.
 *
 * @throws LeaveRun when the lease was lost; whatever the author's code throws
 */
export async function executeRun(execution: Execution, parts: ExecutionParts): Promise<Ended> {
  const flow = flowOf(execution)
  const watch = parts.watch?.(execution.instance.instanceId)
  const session = new RunSession(execution, parts, watch)
  try {
    await flow.run(session.context())
  } catch (thrown) {
    // The author may have caught and wrapped it; the session knows.
    if (!session.left) throw thrown
  } finally {
    watch?.end(session.left?.until !== undefined)
  }
  if (session.left?.until) return { kind: 'asleep', until: session.left.until }
  if (session.left) throw session.left
  return { kind: 'succeeded', meters: session.looseMeters, emissions: session.emissions, ...session.swept }
}

/** @throws runtime.flow_not_found */
export function flowOf({ run, integration }: Pick<Execution, 'run' | 'integration'>): OnFlow | EveryFlow {
  const flow = integration.flows[run.flow]
  if (!flow) throw errors.flow_not_found({ flow: run.flow, integration: integration.name, version: integration.version })
  return flow
}

class RunSession {
  left: LeaveRun | undefined
  looseMeters: MeterRecord[] = []
  emissions: Emission[] = []
  readonly #execution: Execution
  readonly #parts: ExecutionParts
  readonly #watch: RunWatch | undefined
  readonly #scope = new AsyncLocalStorage<StepScope>()
  readonly #names = new Set<string>()
  /** What was written last: the journal commits what one run writes in order, so when this is settled all is. */
  #lastWritten: Promise<void> | undefined
  #brokenBy: unknown
  #cursor: unknown

  constructor(execution: Execution, parts: ExecutionParts, watch: RunWatch | undefined) {
    this.#execution = execution
    this.#parts = parts
    this.#watch = watch
    this.#cursor = execution.cursor
  }

  /** What the author's `run` receives. */
  context(): never {
    const { run, instance, delivery, integration } = this.#execution
    const send = (call: FlowCall) => this.#send(call)
    const clients: Record<string, ReturnType<typeof createPlatformClient>> = {}
    for (const [client, platform] of clientNamesOf(integration)) clients[client] = createPlatformClient(platform, send)
    const session = this
    return {
      ...clients,
      instance: { id: instance.instanceId, name: instance.name, customer: instance.customer },
      settings: instance.settings,
      // As the database keeps it, by which it is found again.
      step: (name: string, work: () => unknown) => this.#step(storableText(name), work),
      map: (name: string, input: unknown) => this.#map(name, input),
      meter: (name: string, quantity?: number) => this.#meter(name, quantity),
      sleep: (name: string, duration: string | number) => this.#sleep(storableText(name), duration),
      log: createFlowLog(() => this.#parts.log.child({ run: run.id, flow: run.flow, instance: run.instanceId }), this.#scope),
      ...(delivery
        ? {
            event: this.#watch?.event(delivery.platform, delivery.event ?? '', delivery.payload) ?? delivery.payload,
            delivery: {
              id: delivery.id,
              receivedAt: run.receivedAt.toISOString(),
              ...(run.occurredAt ? { occurredAt: run.occurredAt.toISOString() } : {}),
            },
          }
        : {
            cursor: {
              get value() {
                return session.#cursor
              },
              get since() {
                return readingFrom(run.flow, integration.flows[run.flow] as EveryFlow, session.#cursor)
              },
              advance: (next: unknown) => this.#advance(next),
            },
            emit: (trigger: { platform: string; event: string }, item: { id: string; event: unknown; occurredAt?: string }) =>
              this.#emit(trigger, item),
            ...(this.swept ? { since: this.swept.sweptSince, flush: () => this.#flush() } : {}),
          }),
    } as never
  }

  async #step(name: string, work: () => unknown): Promise<unknown> {
    this.#stayIn()
    const { run } = this.#execution
    if (this.#scope.getStore()) throw errors.step_in_step({ step: name, flow: run.flow })
    this.#take(name)
    const remembered = this.#execution.remembered.get(name)
    if (remembered) return remembered.result === null ? undefined : JSON.parse(remembered.result)
    const scope: StepScope = { name, writes: 0, meters: [] }
    const startedAt = performance.now()
    let value: unknown
    try {
      value = await this.#scope.run(scope, work)
    } catch (thrown) {
      throw mark(thrown, { step: name })
    }
    const watched = this.#watch?.unwrap(value)
    const result = asResult(name, watched ? watched.value : value)
    this.#write({
      run,
      meters: scope.meters,
      step: { name, kind: 'step', result, wakeAt: null, durationMs: Math.round(performance.now() - startedAt) },
    })
    // The same plain data that a later execution would be given.
    const copy = result === null ? undefined : JSON.parse(result)
    return watched ? watched.rewatch(copy) : copy
  }

  async #sleep(name: string, duration: string | number): Promise<void> {
    this.#stayIn()
    this.#take(name)
    const remembered = this.#execution.remembered.get(name)
    if (remembered?.wakeAt && remembered.wakeAt.getTime() <= Date.now()) return
    const until = remembered?.wakeAt ?? new Date(Date.now() + durationMs(duration))
    if (!remembered)
      this.#write({ run: this.#execution.run, meters: [], step: { name, kind: 'sleep', result: null, wakeAt: until, durationMs: null } })
    await this.#settled()
    throw this.#leave(new LeaveRun(until))
  }

  async #send(call: FlowCall): Promise<FlowAnswer> {
    this.#stayIn()
    const { run, instance } = this.#execution
    const scope = this.#scope.getStore()
    const connectionId = instance.connections[call.platform]
    if (!connectionId) throw errors.connection_missing({ platform: call.platform, instance: instance.name })
    const write = isWrite(call.method)
    if (write) {
      await this.#settled()
      admitWrite(run.flow, call, scope)
    }
    const idempotencyKey = write ? effectId(run.originId, run.instanceId, run.flow, scope!.name) : undefined
    try {
      const answer = await this.#parts.send(call, { execution: this.#execution, connectionId, step: scope?.name, idempotencyKey })
      if (write) failPoint('step.after-effect')
      return this.#watch ? { ...answer, body: this.#watch.answer(call.platform, call.method, call.path, answer.body) } : answer
    } catch (thrown) {
      throw mark(thrown, { platform: call.platform, connectionId })
    }
  }

  async #map(name: string, input: unknown): Promise<unknown> {
    const { integration, instance } = this.#execution
    const mapping = integration.mappings[name]
    if (!mapping) throw errors.mapping_unknown({ mapping: name, declared: Object.keys(integration.mappings).join(', ') || 'none' })
    const facts = { id: instance.instanceId, name: instance.name, customer: instance.customer }
    return applyMapping(name, instance.mappings[name] ?? mapping.expression, input, {
      settings: instance.settings,
      instance: facts,
    })
  }

  #meter(meter: string, quantity = 1): void {
    const { run, integration } = this.#execution
    if (!integration.meters.includes(meter)) throw errors.meter_unknown({ meter, declared: integration.meters.join(', ') || 'none' })
    if (!Number.isSafeInteger(quantity) || quantity < 1) throw errors.meter_quantity({ meter, quantity: String(quantity) })
    const scope = this.#scope.getStore()
    const meters = scope?.meters ?? this.looseMeters
    const position = meters.filter((record) => record.meter === meter).length
    meters.push({ id: effectId(run.originId, run.instanceId, run.flow, scope?.name ?? '', meter, position), meter, quantity })
  }

  #emit(trigger: { platform: string; event: string }, item: { id: string; event: unknown; occurredAt?: string }): void {
    this.#stayIn()
    const { key, platformsWithAccount } = this.#execution.instance
    this.emissions.push({
      instanceKey: platformsWithAccount.includes(trigger.platform) ? null : key,
      platform: trigger.platform,
      event: trigger.event,
      senderId: item.id,
      body: JSON.stringify(item.event) ?? 'null',
      occurredAt: item.occurredAt ?? null,
    })
  }

  async #advance(said: unknown): Promise<void> {
    this.#stayIn()
    const next = movedTo(flowOf(this.#execution) as EveryFlow, this.#cursor, said)
    const cursor = asCursor(this.#execution.run.flow, next)
    const emissions = this.emissions
    this.emissions = []
    failPoint('poll.before-advance')
    this.#write({ run: this.#execution.run, meters: [], emissions, cursor })
    await this.#settled()
    this.#cursor = next
  }

  /** For sweeps: since when it lists. From the tick, so that a second execution lists the same. */
  get swept(): { sweptSince: string } | undefined {
    const { sweep } = flowOf(this.#execution) as EveryFlow
    return sweep === undefined ? undefined : { sweptSince: timeBefore(this.#execution.run.receivedAt.toISOString(), sweep) }
  }

  async #flush(): Promise<void> {
    this.#stayIn()
    const emissions = this.emissions
    this.emissions = []
    this.#write({ run: this.#execution.run, meters: [], emissions, ...this.swept })
    await this.#settled()
  }

  #write(entry: JournalEntry): void {
    this.#lastWritten = this.#parts.journal.record(entry).then(
      (recorded) => {
        if (recorded === 'lease lost') this.#leave(new LeaveRun())
      },
      (error) => {
        this.#brokenBy ??= error
      },
    )
  }

  /** Resolves when everything written so far is committed. */
  async #settled(): Promise<void> {
    await this.#lastWritten
    this.#stayIn()
  }

  #stayIn(): void {
    if (this.left) throw this.left
    if (this.#brokenBy !== undefined) throw this.#brokenBy
  }

  #leave(leaving: LeaveRun): LeaveRun {
    this.left ??= leaving
    return this.left
  }

  #take(name: string): void {
    if (this.#names.has(name)) throw errors.step_name_repeated({ step: name, flow: this.#execution.run.flow })
    this.#names.add(name)
  }
}

const clientNames = new WeakMap<Integration, readonly (readonly [client: string, platform: string])[]>()

/** Found once per integration: every run asks. */
function clientNamesOf(integration: Integration): readonly (readonly [client: string, platform: string])[] {
  const known = clientNames.get(integration)
  if (known) return known
  const names = Object.values(integration.platforms).map(({ name }) => [clientName(name), name] as const)
  clientNames.set(integration, names)
  return names
}

type Line = (message: string, fields?: object) => void

/** What a flow sees as `log`. The logger is made when the first line is written: most runs write none, and a child costs more than a step. */
function createFlowLog(make: () => Log, scope: AsyncLocalStorage<StepScope>): Record<'debug' | 'info' | 'warn' | 'error', Line> {
  let made: Log | undefined
  const line =
    (level: 'debug' | 'info' | 'warn' | 'error'): Line =>
    (message, fields = {}) => {
      made ??= make()
      made[level]({ step: scope.getStore()?.name, fields }, message)
    }
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
}

/** @returns JSON text; null for undefined @throws runtime.step_result_not_json, runtime.step_result_too_large */
function asResult(step: string, value: unknown): string | null {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw errors.step_result_not_json({ step, reason: (error as Error).message })
  }
  if (text === undefined) {
    if (value !== undefined) throw errors.step_result_not_json({ step, reason: `a ${typeof value} is no data` })
    return null
  }
  const bytes = Buffer.byteLength(text)
  if (bytes > maxResultBytes) throw errors.step_result_too_large({ step, bytes, limitBytes: maxResultBytes })
  return text
}
