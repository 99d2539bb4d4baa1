import { type AnsweredCall, callbackAddress, isOurs } from './callbacks.ts'
import { type Callback, type Contract, type Operation, readContract } from './contract.ts'
import { createWebhookSender, type SignWebhook, type WebhookDelivery, type WebhookSender } from './deliver-webhooks.ts'
import { type Change, createEngine, type Engine, learnContract } from './engine.ts'
import { errors } from './errors.ts'
import { createFaults, type Faults } from './faults.ts'
import { createLedger, type EffectReport, type Ledger } from './idempotency.ts'
import type { SandboxOptions, WebhookOptions } from './options.ts'
import { dumpState, loadFixtures, populate } from './populate.ts'
import { type PreparedOperation, prepare } from './prepared-operation.ts'
import { createRequestLog, type RequestLog } from './request-log.ts'
import { seededClock } from './seeded.ts'
import type { Serving } from './serve.ts'
import type { RecordValue } from './state.ts'
import { createWebhookEvents, namesNear, type WebhookEvents, type WebhookMessage } from './webhook-events.ts'

/** A sandbox without its server: state, faults, ledger and log, and what the control API and the tests do with them. */
export interface Sandbox {
  readonly contract: Contract
  readonly seed: string
  readonly serving: Serving
  readonly log: RequestLog
  readonly faults: Faults
  readonly effects: { report(): EffectReport; of: Ledger['of'] }
  readonly state: {
    /** Records by the path of their list; with a path or a noun only those. */
    dump(only?: string): Record<string, unknown[]>
    counts(): Record<string, number>
    /** Empties everything, the ledger and the log too, and loads the fixtures again. Fault rules stay. */
    reset(seed?: string | number): void
    /** Fills the lists with made-up records. Returns how many. */
    populate(count: number): number
  }
  readonly webhooks: {
    /** Sends a declared event now; a callback goes where the newest call that asked for it said. @throws sandbox.webhook_unknown, sandbox.webhooks_not_configured */
    emit(event: string, fields?: RecordValue): WebhookMessage
    deliveries(): WebhookDelivery[]
    /** Resolves when every message is delivered, given up or dropped. */
    settle(): Promise<void>
    readonly events: string[]
  }
  stop(): Promise<void>
}

/** @throws sandbox.contract_unreadable, sandbox.contract_version_unsupported, sandbox.fixture_unknown, sandbox.fault_invalid */
export function createSandbox(options: SandboxOptions, sign: SignWebhook | undefined): Sandbox {
  const learned = learnContract(readContract(options.contract))
  const limits = limitsOf(options.keepState)
  const credentials = options.credentials && new Set(options.credentials)
  let seed = String(options.seed ?? 1)
  const { operations, serverUrl } = learned.contract
  const basePath = new URL(serverUrl).pathname.replace(/\/$/, '')
  const faults = createFaults(seed, () => ({ operations, events: events.names, basePath }))
  const ledger = createLedger(limits.answers)
  const log = createRequestLog(options.logSize ?? 1000)
  const sender = options.webhooks && sign ? senderOf(options.webhooks, sign, faults) : undefined
  let prepared = new Map<Operation, PreparedOperation>()
  let engine: Engine
  let events: WebhookEvents

  /** Name of a callback → the address that the newest call gave. */
  const addresses = new Map<string, string>()

  const callBack = (callback: Callback, call: AnsweredCall, change: Change | undefined): void => {
    const address = callbackAddress(callback, call)
    if (!sender || address === undefined) return
    const message = events.forCallback(callback, change)
    if (isOurs(address, options.webhooks!.url)) {
      addresses.set(callback.name, address)
      sender.send(message, address)
    } else sender.withhold(message, `${address} is neither on this machine nor where webhooks go`)
  }

  const begin = () => {
    addresses.clear()
    engine = createEngine(learned, {
      seed,
      clock: options.clock === 'real' ? Date.now : seededClock(),
      itemLimit: limits.records,
      autoCreateParents: options.autoCreateParents ?? false,
    })
    events = createWebhookEvents(engine, seed, options.webhooks?.envelope ?? {})
    prepared = new Map()
    if (options.fixtures) loadFixtures(engine, options.fixtures)
  }
  begin()
  for (const fault of options.faults ?? []) faults.add(fault)

  return {
    contract: learned.contract,
    get seed() {
      return seed
    },
    log,
    faults,
    effects: ledger,
    serving: {
      get engine() {
        return engine
      },
      faults,
      ledger,
      preparedFor(match, method) {
        const operation = match.route.operations[method] ?? (method === 'head' ? match.route.operations.get : undefined)
        if (!operation) return undefined
        let found = prepared.get(operation)
        if (!found) {
          found = prepare(engine, match.route, operation, { credentials, idempotencyHeader: options.idempotencyHeader })
          prepared.set(operation, found)
        }
        return found
      },
      onChange: (change: Change) => sendChange(sender, events, change),
      onCallbacks: (operation, call, change) => {
        for (const callback of sender ? operation.callbacks : []) callBack(callback, call, change)
      },
    },
    state: {
      dump: (only) => dumpState(engine, only),
      counts: () => engine.store.counts(),
      reset(next) {
        if (next !== undefined) seed = String(next)
        ledger.clear()
        log.clear()
        begin()
      },
      populate: (count) => populate(engine, count, seed),
    },
    webhooks: {
      emit(event, fields = {}) {
        const message = events.forEvent(event, fields)
        if (!message) throw errors.webhook_unknown({ event, ...namesNear(event, events.names) })
        if (!sender) throw errors.webhooks_not_configured({})
        sender.send(message, addresses.get(event))
        return message
      },
      deliveries: () => sender?.list() ?? [],
      settle: async () => sender?.settle(),
      get events() {
        return events.names
      },
    },
    stop: async () => sender?.stop(),
  }
}

function limitsOf(keepState: SandboxOptions['keepState']): { records: number; answers: number } {
  if (typeof keepState === 'object') return keepState
  return keepState === 'bounded'
    ? { records: 10_000, answers: 20_000 }
    : { records: Number.POSITIVE_INFINITY, answers: Number.POSITIVE_INFINITY }
}

function senderOf(options: WebhookOptions, sign: SignWebhook, faults: Faults): WebhookSender {
  return createWebhookSender({ url: options.url, sign, ...(options.attempts === undefined ? {} : { attempts: options.attempts }) }, faults)
}

function sendChange(sender: WebhookSender | undefined, events: WebhookEvents, change: Change): void {
  const message = sender && events.forChange(change)
  if (message) sender.send(message)
}
