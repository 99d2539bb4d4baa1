import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ContractSource } from '../read-contract.ts'
import type { Recording, SentRequest } from '../recordings/record-message.ts'
import type { Checked, Message } from './check-message.ts'

export type Question =
  | { what: 'contract'; platform: string; key: string; source: ContractSource }
  | ({ what: 'check'; id: number; platform: string } & CheckedExchange)

/** A message, with the request that it answers when that is to be recorded. */
export interface CheckedExchange {
  message: Message
  request?: SentRequest | undefined
  /** Whether the exchange is to be recorded: it belongs to an instance. */
  record: boolean
  /** What the platform hides; see `hiddenPlaces`. */
  redact: readonly string[]
}

export interface CheckResult {
  checked: Checked
  recordings: readonly Recording[]
  /** Processor time that it took. */
  cpuMs: number
}

export type Answer =
  | { what: 'ready'; platform: string; key: string }
  | { what: 'unreadable'; platform: string; key: string; reason: string }
  /** Put out of memory for the sake of others. */
  | { what: 'forgotten'; platform: string }
  | ({ what: 'checked'; id: number } & CheckResult)

export interface CheckerOptions {
  /** Messages under way at most. Default 32. */
  maxWaiting?: number
  /** After so long without an answer the thread is ended. Default 5 s; 60 s while it reads a contract. */
  patienceMs?: number
  readPatienceMs?: number
  memoryMb?: number
  onProblem: (error: unknown) => void
}

export type ContractState = 'absent' | 'loading' | 'ready' | 'unreadable'

/** Checks messages in a thread of its own, started when the first contract comes. */
export interface Checker {
  /** Puts a version of a contract in place; the same key again does nothing. Resolves when it is ready, or will not be. */
  load(platform: string, key: string, source: ContractSource): Promise<void>
  stateOf(platform: string): ContractState
  /** Key of the contract that messages are held against now. */
  keyOf(platform: string): string | undefined
  readonly room: boolean
  /**
   * `done` is called once, and later than `check`. endless: the thread had to be ended while it worked on this message. lost: the message had
   * the bad luck to wait behind such a one.
   */
  check(platform: string, exchange: CheckedExchange, done: (result: CheckResult | 'endless' | 'lost') => void): void
  stop(): Promise<void>
}

type Done = Parameters<Checker['check']>[2]

/** A thread that ends by itself this often within the hour is not started again before it has passed. */
const maxCrashes = 5
const hourMs = 3_600_000

export function createChecker(options: CheckerOptions): Checker {
  const { maxWaiting = 32, patienceMs = 5_000, readPatienceMs = 60_000, memoryMb = 512, onProblem } = options
  const contracts = new Map<string, { key: string; state: ContractState; settled: PromiseWithResolvers<void> }>()
  const waiting = new Map<number, { done: Done; sinceMs: number }>()
  const ending = new Set<Promise<unknown>>()
  let crashes: number[] = []
  let worker: Worker | undefined
  let readingSinceMs: number | undefined
  let heardMs = 0
  let watchdog: NodeJS.Timeout | undefined
  let nextId = 0
  let stopped = false

  const settle = (id: number, result: Parameters<Done>[0]): void => {
    const found = waiting.get(id)
    if (!found) return
    waiting.delete(id)
    found.done(result)
  }
  const receive = (answer: Answer): void => {
    heardMs = Date.now()
    if (answer.what === 'checked') {
      settle(answer.id, answer)
      return
    }
    const contract = contracts.get(answer.platform)
    if (!contract) return
    if (answer.what === 'forgotten') {
      contracts.delete(answer.platform)
      return
    }
    if (contract.key !== answer.key) return
    contract.state = answer.what
    contract.settled.resolve()
    if (![...contracts.values()].some(({ state }) => state === 'loading')) readingSinceMs = undefined
    if (answer.what === 'unreadable') onProblem(new Error(`the contract of ${answer.platform} can not be read: ${answer.reason}`))
  }
  const end = (gone: Worker, reason: Error | undefined): void => {
    if (worker !== gone) return
    worker = undefined
    readingSinceMs = undefined
    clearInterval(watchdog)
    const ended = gone.terminate().catch(() => {})
    ending.add(ended)
    void ended.finally(() => ending.delete(ended))
    // A contract that was being read may be the reason: it is read again with its next version, all others with the next look.
    for (const [platform, contract] of contracts) {
      if (contract.state === 'ready') contracts.delete(platform)
      else contract.state = 'unreadable'
      contract.settled.resolve()
    }
    for (const [index, id] of [...waiting.keys()].entries()) settle(id, index === 0 && reason !== undefined ? 'endless' : 'lost')
    if (!reason) return
    crashes.push(Date.now())
    onProblem(reason)
  }
  const watch = (): void => {
    const nowMs = Date.now()
    const [oldest] = waiting.values()
    const patience = readingSinceMs === undefined ? patienceMs : readPatienceMs
    // The thread works on one thing after the other: what waited behind a contract that was read begins when that is done.
    const late =
      readingSinceMs !== undefined
        ? nowMs - readingSinceMs > readPatienceMs
        : oldest && nowMs - Math.max(oldest.sinceMs, heardMs) > patience
    if (late && worker) end(worker, new Error(`checking a contract took longer than ${patience} ms and was ended`))
  }
  const start = (): Worker | undefined => {
    if (worker || stopped) return worker
    crashes = crashes.filter((atMs) => Date.now() - atMs < hourMs)
    if (crashes.length >= maxCrashes) return undefined
    const fresh = new Worker(new URL(`./check-thread${extname(import.meta.filename)}`, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      execArgv: [],
    })
    fresh.on('message', receive)
    fresh.on('error', (error) => end(fresh, error as Error))
    fresh.on('exit', () => end(fresh, stopped ? undefined : new Error('the thread that checks contracts ended')))
    fresh.unref()
    watchdog = setInterval(watch, Math.min(1_000, patienceMs))
    watchdog.unref()
    worker = fresh
    return fresh
  }
  const send = (to: Worker, question: Question): void => to.postMessage(question)

  return {
    async load(platform, key, source) {
      const known = contracts.get(platform)
      if (known?.key === key) return known.settled.promise
      const thread = start()
      if (!thread) return
      const settled = Promise.withResolvers<void>()
      known?.settled.resolve()
      contracts.set(platform, { key, state: 'loading', settled })
      readingSinceMs ??= Date.now()
      send(thread, { what: 'contract', platform, key, source })
      await settled.promise
    },
    stateOf: (platform) => contracts.get(platform)?.state ?? 'absent',
    keyOf: (platform) => contracts.get(platform)?.key,
    get room() {
      return waiting.size < maxWaiting
    },
    check(platform, exchange, done) {
      const thread = worker
      if (!thread) return void setImmediate(() => done('lost'))
      const id = nextId++
      waiting.set(id, { done, sinceMs: Date.now() })
      send(thread, { what: 'check', id, platform, ...exchange })
    },
    async stop() {
      stopped = true
      if (worker) end(worker, undefined)
      await Promise.all(ending)
    },
  }
}
