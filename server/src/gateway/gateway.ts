import { BugFailure, ThrottledFailure } from '@bridgekeeper/sdk'
import type { Authorization, Connection, Connections } from '../connections/index.ts'
import { type Database, uuidv7 } from '../database/index.ts'
import type { Log, Metrics } from '../observation/index.ts'
import { behindCircuits, circuitBlocks, isCircuit, stillDown } from './behind-circuits.ts'
import type { GatewayAnswer, GatewayCall, Observer } from './call.ts'
import type { CallRecord } from './call-record.ts'
import { type CallRecordFilter, listCallRecords } from './call-record-queries.ts'
import { createCallRecordWriter } from './call-record-writer.ts'
import { createCircuits, type OpenCircuit, type Probe } from './circuits.ts'
import { endClientSpan, startClientSpan } from './client-span.ts'
import { callRecordOf, conclude, type Finished, observationOf } from './conclude.ts'
import { type Blocked, blockedFailure, createConnectionHealth } from './connection-health.ts'
import type { Resolve } from './guarded-connector.ts'
import { CIRCUIT_POLICY, type CircuitPolicy } from './outcome-window.ts'
import type { GatewayPlatform } from './platform.ts'
import { createPools } from './pools.ts'
import { failureBeforeCall, prepareConnection, prepareRequest } from './prepare-request.ts'
import { rateWindow } from './rate-headers.ts'
import { send } from './send.ts'

export interface GatewayOptions {
  database: Database
  connections: Connections
  /** What the workspace says of a platform; asked for every call, so that a change is seen at once. */
  platform: (name: string) => GatewayPlatform | undefined
  log: Pick<Log, 'warn' | 'error'>
  metrics?: Pick<Metrics, 'calls' | 'callSeconds' | 'callRecordsDropped'>
  /** Told of every call, one after the other, before it resolves. What they throw is logged and forgotten. */
  observers?: readonly Observer[]
  /** Hosts that may stand for loopback and private addresses: `localhost:4010`, `crm.internal`, `[::1]:3000`. */
  allowedHosts?: readonly string[]
  /** Sockets per origin; default 64. */
  connectionsPerOrigin?: number
  /** From asking the resolver to the end of the TLS handshake; default 5 s. */
  connectTimeoutMs?: number
  /** What call records keep where the platform does not say; default `bodies`. */
  record?: 'bodies' | 'metadata'
  circuit?: Partial<CircuitPolicy>
  /** How often the circuits of other processes are read; default 500 ms. */
  pollIntervalMs?: number
  /** PEM of additional certificate authorities. */
  certificateAuthorities?: string[]
  /** Replaces the system's resolver. */
  resolve?: Resolve
  onCircuitChange?: (circuit: OpenCircuit, state: 'open' | 'closed') => void
  /** Told when a connection opens by time that has turned runs away, and when a call may try an open circuit. */
  onOpening?: () => void
}

export interface Gateway {
  /**
   * Makes one call and resolves to its 2xx answer.
   *
   * @throws Failure every other outcome, as the taxonomy of `failure-of.ts` says; ThrottledFailure also when connection,
   *         rate budget or circuit are known to be closed, without a call
   * @throws connections.connection_unknown, connections.secret_unreadable
   */
  call(call: GatewayCall): Promise<GatewayAnswer>
  /** Why a call under this connection would wait now, from memory; undefined: nothing known against it. For callers that would rather not start. */
  blocked(connectionId: string): Blocked | undefined
  /** Open ones. @param of only those that stop calls under this connection */
  circuits(of?: Connection): Promise<OpenCircuit[]>
  /**
   * Which of these are open, keys as failures name them, and how many of the runs that wait for each may go on: all (`Infinity`) where somebody
   * has ended the wait; where it ended by time, as many as the connection is likely to grant beyond those whose turn it is; behind a circuit that
   * has closed few at first, then more each time. What is missing is shut. For asking every few seconds, with all keys that runs wait for.
   */
  open(keys: readonly string[]): Promise<Map<string, number>>
  /** Of these the circuits that the caller shall let one waiting run try: they are due, and no other process was told so. */
  toTry(keys: readonly string[]): Promise<string[]>
  /** @throws gateway.circuit_unknown */
  resetCircuit(key: string): Promise<void>
  /** Newest first; a record appears within 250 ms of its call. */
  records(filter: CallRecordFilter): Promise<CallRecord[]>
  /** Stores the call records that wait. */
  flush(): Promise<void>
  /** Lets running calls end, stores their records, closes the sockets. */
  close(): Promise<void>
}

const TIMEOUT_MS = 30_000
const MAX_RESPONSE_BYTES = 10 * 1024 * 1024

/** The one way out: every outbound call of every flow passes here, authorised, guarded, paced, recorded and observed. */
export function createGateway(options: GatewayOptions): Gateway {
  const { database, connections, log, metrics, observers = [] } = options
  const onProblem = (error: unknown, doing: string): void => log.error({ err: error }, `gateway could not ${doing}`)
  const pools = createPools(options)
  const health = createConnectionHealth(connections, (name) => options.platform(name)?.rateLimit?.documented, onProblem, options.onOpening)
  const circuits = createCircuits({
    database,
    policy: { ...CIRCUIT_POLICY, ...options.circuit },
    pollIntervalMs: options.pollIntervalMs ?? 500,
    onProblem,
    onChange: options.onCircuitChange,
    onDue: options.onOpening,
  })
  const writer = createCallRecordWriter({
    database,
    onDropped(count, error) {
      metrics?.callRecordsDropped.inc(count)
      log.warn({ count, err: error }, 'call records were not stored')
    },
  })
  let running = 0
  let idle: (() => void) | undefined

  /** Connections with an address of their own say nothing about the platform's: a customer's dead host must not stop everybody. */
  const circuitKeys = ({ id, platform, baseUrl }: Connection): readonly string[] => {
    const own = baseUrl === null ? undefined : originOf(baseUrl)
    const elsewhere = own !== undefined && own !== originOf(options.platform(platform)?.baseUrl ?? '')
    return [`connection:${id}`, elsewhere ? `platform:${platform}@${own.replace(/^https?:\/\//, '')}` : `platform:${platform}`]
  }
  const blockedNow = (connection: Connection): Blocked | undefined => {
    const nowMs = Date.now()
    const open = circuits.blocking(circuitKeys(connection), nowMs)
    return health.blocked(connection, nowMs) ?? (open && circuitBlocks(connection.platform, open, open.retryMs))
  }
  const admit = async (call: GatewayCall, connection: Connection, timeoutMs: number): Promise<readonly Probe[]> => {
    const blocked = call.evenIfBlocked ? undefined : health.blocked(connection, Date.now())
    if (blocked) throw blockedFailure(call.run === undefined ? blocked : health.turnedAway(connection, blocked, Date.now()))
    const answer = circuits.admit(circuitKeys(connection), timeoutMs + 5_000)
    const admission = answer instanceof Promise ? await answer : answer
    if (admission.admitted || call.evenIfBlocked) return admission.admitted ? admission.probes : []
    throw blockedFailure(circuitBlocks(connection.platform, admission.circuit, admission.untilMs))
  }
  /** @param key `connection:<id>` or `budget:<id>` */
  const roomOfConnection = async (key: string): Promise<number> => {
    const [kind, id] = key.split(':', 2) as [string, string]
    // An author's own: time alone.
    if (kind !== 'connection' && kind !== 'budget') return 0
    const connection = await connections.get(id).catch(() => undefined)
    // One that is gone is not paused: who waits for it should learn that. Nor is one whose pause somebody has taken away.
    if (kind === 'connection' && !connection?.pausedUntilMs) return Number.POSITIVE_INFINITY
    if (!connection || health.blocked(connection, Date.now())) return 0
    return health.release(connection)
  }
  const isStopped = (connectionId: string): boolean => {
    const connection = connections.peek(connectionId)
    return connection !== undefined && blockedNow(connection) !== undefined
  }
  const waiting = behindCircuits(circuits, isStopped)
  const learn = (finished: Finished, connection: Connection, probes: readonly Probe[]): void => {
    const { status, headers, failure, verdict } = finished.conclusion
    const nowMs = Date.now()
    health.ended(
      connection,
      status === undefined ? undefined : rateWindow(headers, nowMs, finished.prepared.platform.rateLimit?.headers),
      !(failure instanceof ThrottledFailure),
      nowMs,
    )
    circuits.ended(circuitKeys(connection), probes, verdict, connection.id)
    if (status === 401) health.credential(connection, 'refused', failure?.message ?? 'answered 401')
    else if (!failure) health.credential(connection, 'accepted', '')
    if (failure instanceof ThrottledFailure && failure.untilMs !== undefined) health.throttled(connection, failure.untilMs, failure.message)
  }
  /** Runs what only watches a call: whatever happens in it, the call goes its way. */
  const aside = (doing: string, work: () => void): void => {
    try {
      work()
    } catch (error) {
      onProblem(error, doing)
    }
  }
  // An observer that turned out to be async must not end the process with its rejection.
  const watchPromise = (result: unknown): void => {
    if (result instanceof Promise) result.catch((error) => onProblem(error, 'tell an observer'))
  }
  const tell = (finished: Finished, connection: Connection): void => {
    const { call, prepared, conclusion } = finished
    metrics?.calls.inc({ platform: call.platform, outcome: conclusion.failure?.kind ?? 'ok' })
    metrics?.callSeconds.observe({ platform: call.platform }, finished.durationMs / 1000)
    aside('record a call', () => writer.write(callRecordOf(finished, prepared.platform.record ?? options.record ?? 'bodies')))
    if (observers.length === 0) return
    const observation = observationOf(finished, connection)
    for (const observer of observers) aside('tell an observer', () => watchPromise(observer(observation)))
  }
  const perform = async (call: GatewayCall, authorization: Authorization, platform: GatewayPlatform): Promise<GatewayAnswer> => {
    const { connection } = authorization
    const prepared = prepareConnection(authorization, platform)
    const request = prepareRequest(call, prepared)
    const timeoutMs = call.timeoutMs ?? platform.timeoutMs ?? TIMEOUT_MS
    const probes = await admit(call, connection, timeoutMs)
    const callId = uuidv7()
    const span = startClientSpan(call, request, callId)
    const startedMs = Date.now()
    const start = performance.now()
    health.started(connection)
    const limits = { timeoutMs, maxResponseBytes: platform.maxResponseBytes ?? MAX_RESPONSE_BYTES }
    const exchanged = await send(pools.dispatcher, request, authorization, limits, platform.maxRedirects ?? 0)
    const facts = { operation: `${call.method} ${call.path}`, platform, nowMs: Date.now(), budgetKey: `connection:${connection.id}` }
    const conclusion = conclude(exchanged, call, facts, authorization.redact)
    const finished = { call, prepared, request, conclusion, callId, startedMs, durationMs: performance.now() - start }
    learn(finished, connection, probes)
    tell(finished, connection)
    endClientSpan(span, conclusion.status, conclusion.failure?.kind ?? 'ok')
    if (conclusion.failure)
      throw probes.length > 0 && conclusion.verdict === 'down' ? stillDown(conclusion.failure, probes[0]!) : conclusion.failure
    return { status: conclusion.status!, headers: conclusion.headers, body: conclusion.body.value, durationMs: finished.durationMs, callId }
  }

  return {
    async call(call) {
      const platform = options.platform(call.platform)
      if (!platform) throw new BugFailure(`the workspace has no platform ${call.platform}`)
      running += 1
      try {
        const authorization = await connections.authorize(call.connectionId).catch((error) => {
          throw failureBeforeCall(error)
        })
        return await perform(call, authorization, platform)
      } finally {
        running -= 1
        if (running === 0) idle?.()
      }
    },
    blocked(connectionId) {
      const connection = connections.peek(connectionId)
      return connection && blockedNow(connection)
    },
    async circuits(of) {
      const keys = of && circuitKeys(of)
      return (await circuits.list()).filter(({ key }) => keys?.includes(key) ?? true)
    },
    async open(keys) {
      const behind = await waiting.rooms(keys.filter(isCircuit))
      const others = keys.filter((key) => !isCircuit(key))
      const rooms = await Promise.all(others.map(async (key) => [key, await roomOfConnection(key)] as const))
      return new Map([...rooms, ...behind].filter(([, room]) => room > 0))
    },
    toTry: (keys) => waiting.toTry(keys.filter(isCircuit)),
    resetCircuit: (key) => circuits.reset(key),
    records: (filter) => listCallRecords(database.executor, filter),
    flush: () => writer.flush(),
    async close() {
      if (running > 0) await new Promise<void>((resolve) => (idle = resolve))
      await health.close()
      await circuits.close()
      await writer.stop()
      await pools.close()
    },
  }
}

const origins = new Map<string, string | undefined>()

/** Asked for every call; there are as many base URLs as platforms and customers' own addresses. */
function originOf(baseUrl: string): string | undefined {
  if (origins.has(baseUrl)) return origins.get(baseUrl)
  if (origins.size > 10_000) origins.clear()
  const origin = URL.parse(baseUrl)?.origin
  origins.set(baseUrl, origin)
  return origin
}
