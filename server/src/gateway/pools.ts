import { Agent, Dispatcher, Pool } from 'undici'
import { parseAllowedHosts } from './allowed-hosts.ts'
import { guardedConnector, type Resolve } from './guarded-connector.ts'

export interface PoolOptions {
  allowedHosts?: readonly string[]
  connectionsPerOrigin?: number
  connectTimeoutMs?: number
  certificateAuthorities?: string[]
  resolve?: Resolve
  /** Default 5 minutes. */
  socketLifetimeMs?: number
}

/** Idle sockets are closed before the usual partner closes them (60 s, some 15 s): a request on a dying socket is a lost answer. */
const KEEP_ALIVE_MS = 10_000
/** Then a socket is opened anew, so that a partner's change of address is followed under constant traffic. */
const SOCKET_LIFETIME_MS = 300_000

/** One bounded pool of guarded sockets per origin; undici drops a pool when its last socket closes. @throws gateway.allowed_host_malformed */
export function createPools(options: PoolOptions): { dispatcher: Dispatcher; close: () => Promise<void> } {
  const connect = guardedConnector({
    allowsPrivate: parseAllowedHosts(options.allowedHosts ?? []),
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    ...(options.resolve ? { resolve: options.resolve } : {}),
    ...(options.certificateAuthorities ? { certificateAuthorities: options.certificateAuthorities } : {}),
  })
  const open = () =>
    new Agent({
      connect,
      connections: options.connectionsPerOrigin ?? 64,
      pipelining: 1,
      // Here and not as an option of the agent, which would write a key of its own for every request.
      factory: (origin, options) => new Pool(origin, { ...options, allowH2: false }),
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: 60_000,
      maxHeaderSize: 64 * 1024,
    })
  const dispatcher = new RenewedAgent(open, options.socketLifetimeMs ?? SOCKET_LIFETIME_MS)
  return { dispatcher, close: () => dispatcher.close() }
}

/**
 * Opens a new agent when the sockets of the last one are old; what runs on them ends there. undici's own `clientTtl` asks the clock for every
 * busy socket before each request (measured 2026-11: a third of a request's time where 64 are busy).
 */
class RenewedAgent extends Dispatcher {
  readonly #open: () => Agent
  readonly #lifetimeMs: number
  readonly #old = new Map<Agent, Promise<void>>()
  #agent: Agent
  #ended = false
  #openedMs = performance.now()

  constructor(open: () => Agent, lifetimeMs: number) {
    super()
    this.#open = open
    this.#lifetimeMs = lifetimeMs
    this.#agent = open()
  }

  override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!this.#ended && performance.now() - this.#openedMs >= this.#lifetimeMs) this.#renew()
    return this.#agent.dispatch(request, handler)
  }

  override async close(): Promise<void> {
    this.#ended = true
    await Promise.all([this.#agent.close(), ...this.#old.values()])
  }

  override async destroy(): Promise<void> {
    this.#ended = true
    await Promise.all([this.#agent, ...this.#old.keys()].map((agent) => agent.destroy()))
  }

  #renew(): void {
    const old = this.#agent
    // It rejects when it is destroyed meanwhile, and has ended then, too.
    const closed = old.close().catch(() => {})
    this.#old.set(
      old,
      closed.then(() => void this.#old.delete(old)),
    )
    this.#agent = this.#open()
    this.#openedMs = performance.now()
  }
}
